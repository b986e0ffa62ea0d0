// How a client reads what is committed without an entry in the log, and never what is stale
// (thesis 6.4).
//
//     asked       the leader notes the read, and begins a round of heartbeats
//     confirmed   a majority has answered a round that began after it was asked: nobody else led
//                 when it was, so all that was committed then is in the leader's log
//     readable    once an entry of its own term is committed the leader knows how much of its log
//                 is: by now `commit`, or more than it was then, which does no harm
//
// One round is under way at a time; who asks meanwhile waits for the next. A follower asks the
// leader by message, and reads from its own machine once that has applied as much.
//
// A lease leaves the asking out. Every heartbeat begins a round, and from its confirmation to the
// next heartbeat the leader takes itself for the only one: who answered ignores all candidates for
// the least election timeout (stickiness, which a lease needs), and that is longer. So it rests on
// clocks; and where a heartbeat is not answered before the next one, no read is. A transfer breaks
// the promise: whoever told another one to campaign has no lease for the rest of its term.
//
// A follower that is being sent a snapshot confirms nothing until it has it.
#pragma once

#include <algorithm>
#include <variant>

#include "model/raft/progress.h"

namespace coracle::raft {

template <class C>
void begin_round(Turn<C>& turn, Leader& leader) {
  leader.standing.round = next(leader.standing.round);
  leader.standing.answered.clear();
  heartbeat(turn, leader);
}

// Whatever it says, who answers the last round has followed this leader since that began.
template <class C>
void note_round(const C& config, Standing& standing, NodeId from, Round round) {
  if (standing.round == Round{} || (config.reads != Reads::lease && standing.reads.empty())) return;
  if (round == standing.round || planted(config, Mutant::read_ack_reused))
    standing.answered.insert(from);
}

// Whether a majority has answered the last round.
template <class C>
bool is_confirmed(const Turn<C>& turn, const Standing& standing) {
  if (planted(turn.config, Mutant::read_without_quorum)) return true;
  return is_quorum(turn.config, in_force(turn), [&](NodeId voter) {
    return voter == turn.config.self || standing.answered.contains(voter);
  });
}

// Until an entry of its own term is committed, a leader may lag behind what earlier ones committed.
template <class C>
bool knows_commit(const Turn<C>& turn) {
  const Durable& durable = turn.state.durable;
  return durable.log.term_at(turn.state.commit) == durable.term ||
         planted(turn.config, Mutant::read_before_own_commit);
}

template <class C>
bool has_lease(const Turn<C>& turn, const Standing& standing) {
  if (turn.config.reads != Reads::lease || standing.round == Round{}) return false;
  if (standing.has_handed_over && !planted(turn.config, Mutant::lease_survives_transfer))
    return false;
  return is_confirmed(turn, standing) && knows_commit(turn);
}

template <class C>
void answer_read(Turn<C>& turn, NodeId asked_by, ReadId read) {
  const Index index = turn.state.commit;
  if (asked_by == turn.config.self)
    turn.effects.emplace_back(Readable{read, index});
  else
    turn.effects.emplace_back(Send{
        asked_by, ReadIndexReply{.term = turn.state.durable.term, .read = read, .index = index}});
}

template <class C>
void read_at_leader(Turn<C>& turn, Leader& leader, NodeId asked_by, ReadId read) {
  Standing& standing = leader.standing;
  if (turn.config.reads == Reads::naive || has_lease(turn, standing))
    return answer_read(turn, asked_by, read);
  const auto is_this = [&](const Reading& reading) {
    return reading.read == read && reading.asked_by == asked_by;
  };
  if (std::ranges::any_of(standing.reads, is_this)) return;  // asked again: it will be answered
  const bool under_way = !standing.reads.empty();
  standing.reads.push_back({.read = read, .asked_by = asked_by, .round = next(standing.round)});
  if (!under_way) begin_round(turn, leader);
}

// A client asks. Who has no leader to ask sends it elsewhere.
template <class C>
void read(Turn<C>& turn, ReadId read) {
  if (turn.config.reads == Reads::log) return;
  if (auto* leader = std::get_if<Leader>(&turn.state.role))
    return read_at_leader(turn, *leader, turn.config.self, read);
  const auto* follower = std::get_if<Follower>(&turn.state.role);
  const auto leader = follower == nullptr ? std::nullopt : follower->leader;
  if (leader && turn.config.reads != Reads::naive)
    turn.effects.emplace_back(
        Send{*leader, ReadIndex{.term = turn.state.durable.term, .read = read}});
  else
    turn.effects.emplace_back(Redirect{read.client, leader});
}

// A follower asks. Its client asks again where it is not answered.
template <class C>
void receive(Turn<C>& turn, NodeId from, const ReadIndex& asked) {
  auto* leader = std::get_if<Leader>(&turn.state.role);
  if (leader != nullptr && turn.config.reads != Reads::log)
    read_at_leader(turn, *leader, from, asked.read);
}

// Of whatever term: what was committed then is committed.
template <class C>
void receive(Turn<C>& turn, NodeId /*from*/, const ReadIndexReply& reply) {
  turn.effects.emplace_back(Readable{reply.read, reply.index});
}

// Answers those whose round has been answered.
template <class C>
void answer_confirmed(Turn<C>& turn, Standing& standing) {
  const auto late = std::ranges::find_if(
      standing.reads, [&](const Reading& reading) { return reading.round > standing.round; });
  for (auto reading = standing.reads.begin(); reading != late; ++reading)
    answer_read(turn, reading->asked_by, reading->read);
  standing.reads.erase(standing.reads.begin(), late);
  if (turn.config.reads != Reads::lease) standing.answered.clear();
}

// After every event: what has been confirmed is answered, and the next round begins for those who
// came too late for it. Who is a majority alone confirms that, too.
template <class C>
void go_on_with_reads(Turn<C>& turn) {
  auto* leader = std::get_if<Leader>(&turn.state.role);
  if (leader == nullptr) return;
  Standing& standing = leader->standing;
  while (!standing.reads.empty() && is_confirmed(turn, standing) && knows_commit(turn)) {
    answer_confirmed(turn, standing);
    if (!standing.reads.empty()) begin_round(turn, *leader);
  }
}

}  // namespace coracle::raft
