// How a leader is chosen (5.2), and why it has every committed entry (5.4.1).
#pragma once

#include <algorithm>
#include <utility>
#include <variant>

#include "model/raft/replication.h"
#include "model/raft/turn.h"

namespace coracle::raft {

// --- A candidate.

template <class C>
void campaign(Turn<C>& turn) {
  Durable& durable = turn.state.durable;
  durable.term = next(durable.term);
  durable.voted_for = turn.config.self;
  if (planted(turn.config, Mutant::no_self_vote)) durable.voted_for.reset();
  turn.state.role = Candidate{};
  turn.effects.emplace_back(SetTimer{Timer::election});
  for (const NodeId peer : turn.config.peers)
    turn.effects.emplace_back(
        Send{peer, RequestVote{.term = durable.term, .last = durable.log.last()}});
}

// Everything in its log is on its disk by then: its own vote was written after all of it, and the
// others were asked only once that vote was on disk.
template <class C>
void become_leader(Turn<C>& turn) {
  const Index last = turn.state.durable.log.last().index;
  Leader leader{.peers = {}, .written = last};
  for (const NodeId peer : turn.config.peers)
    leader.peers[peer] = {.next = next(last), .match = Index{0}};
  turn.state.role = leader;
  turn.effects.emplace_back(SetTimer{Timer::heartbeat});
  if (turn.config.no_op)
    propose(turn, leader, Command{});
  else
    replicate(turn, leader);
}

template <class C>
void count_vote(Turn<C>& turn, Candidate& candidate, NodeId from) {
  const bool again = !candidate.votes.insert(from).second;
  if (again && planted(turn.config, Mutant::votes_as_counter)) {
    const auto other = std::ranges::find_if(
        turn.config.peers, [&](NodeId peer) { return !candidate.votes.contains(peer); });
    if (other != turn.config.peers.end()) candidate.votes.insert(*other);
  }
  if (candidate.votes.size() >= majority(turn.config)) become_leader(turn);
}

template <class C>
void receive(Turn<C>& turn, NodeId from, const RequestVoteReply& reply) {
  auto* candidate = std::get_if<Candidate>(&turn.state.role);
  const bool current =
      reply.term == turn.state.durable.term || planted(turn.config, Mutant::old_vote_reply_counts);
  if (candidate != nullptr && current && reply.granted) count_vote(turn, *candidate, from);
}

// A candidate counts its own vote like any other: once it is known to be on disk.
template <class C>
void vote_written(Turn<C>& turn, const TermAndVote& written) {
  auto* candidate = std::get_if<Candidate>(&turn.state.role);
  if (candidate != nullptr && written == term_and_vote(turn.state))
    count_vote(turn, *candidate, turn.config.self);
}

// --- A voter.

// At least as up-to-date as this server's own log (5.4.1).
template <class C>
bool up_to_date(const Turn<C>& turn, EntryId last) {
  const EntryId own = turn.state.durable.log.last();
  if (planted(turn.config, Mutant::no_up_to_date_check)) return true;
  if (planted(turn.config, Mutant::shorter_log_wins)) return last.index >= own.index;
  return last >= own;
}

template <class C>
void receive(Turn<C>& turn, NodeId from, const RequestVote& request) {
  Durable& durable = turn.state.durable;
  const bool free = !durable.voted_for || durable.voted_for == from;
  const bool granted = request.term == durable.term && free && up_to_date(turn, request.last);
  if (granted) {
    durable.voted_for = from;
    turn.effects.emplace_back(SetTimer{Timer::election});
    wait_for_disk(turn);
  }
  turn.effects.emplace_back(Send{from, RequestVoteReply{.term = durable.term, .granted = granted}});
}

// --- Everyone: a higher term, in whatever message, makes a follower of it first (5.1).

template <class C>
void follow_term(Turn<C>& turn, const Message& message) {
  Durable& durable = turn.state.durable;
  const Term term = std::visit([](const auto& any) { return any.term; }, message);
  const bool lowers = term < durable.term && std::holds_alternative<AppendEntries>(message) &&
                      planted(turn.config, Mutant::old_append_lowers_term);
  if (term <= durable.term && !lowers) return;
  durable.term = term;
  durable.voted_for.reset();
  // A leader has had no election timer.
  if (std::holds_alternative<Leader>(turn.state.role))
    turn.effects.emplace_back(SetTimer{Timer::election});
  turn.state.role = Follower{};
}

}  // namespace coracle::raft
