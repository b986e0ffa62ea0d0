// How a leader is chosen (5.2), and why it has every committed entry (5.4.1).
#pragma once

#include <algorithm>
#include <utility>
#include <variant>

#include "model/raft/replication.h"
#include "model/raft/turn.h"

namespace coracle::raft {

// --- Who wants to lead.

template <class C, class F>
void for_each_other_voter(const Turn<C>& turn, F f) {
  for (const NodeId voter : all_voters(electorate(turn)))
    if (voter != turn.config.self) f(voter);
}

// To the next term. `transfer`: because the leader said so.
template <class C>
void campaign(Turn<C>& turn, bool transfer = false) {
  Durable& durable = turn.state.durable;
  durable.term = next(durable.term);
  durable.voted_for = turn.config.self;
  if (planted(turn.config, Mutant::no_self_vote)) durable.voted_for.reset();
  turn.state.role = Candidate{};
  turn.effects.emplace_back(SetTimer{Timer::election});
  for_each_other_voter(turn, [&](NodeId voter) {
    turn.effects.emplace_back(
        Send{voter,
             RequestVote{.term = durable.term, .last = durable.log.last(), .transfer = transfer}});
  });
}

// It asks in advance, so that a server which cannot win disturbs nobody by its term (thesis 9.6).
template <class C>
void ask_in_advance(Turn<C>& turn) {
  const Durable& durable = turn.state.durable;
  turn.state.role = PreCandidate{{turn.config.self}};
  turn.effects.emplace_back(SetTimer{Timer::election});
  for_each_other_voter(turn, [&](NodeId voter) {
    turn.effects.emplace_back(
        Send{voter, PreVote{.term = next(durable.term), .last = durable.log.last()}});
  });
}

template <class C>
void election_timed_out(Turn<C>& turn) {
  if (!may_campaign(turn.config, turn.state)) return;
  if (turn.config.pre_vote && !wins(turn, {turn.config.self}))
    ask_in_advance(turn);
  else
    campaign(turn);
}

// Everything in its log is on its disk by then: its own vote was written after all of it, and the
// others were asked only once that vote was on disk.
template <class C>
void become_leader(Turn<C>& turn) {
  const Index last = turn.state.durable.log.last().index;
  turn.state.role = Leader{.peers = {}, .written = last};
  auto& leader = std::get<Leader>(turn.state.role);
  track_members(turn, leader);
  turn.effects.emplace_back(SetTimer{Timer::heartbeat});
  if (turn.config.check_quorum) turn.effects.emplace_back(SetTimer{Timer::quorum});
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
  if (wins(turn, candidate.votes)) become_leader(turn);
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

template <class C>
void receive(Turn<C>& turn, NodeId from, const PreVoteReply& reply) {
  auto* candidate = std::get_if<PreCandidate>(&turn.state.role);
  if (candidate == nullptr || !reply.granted || reply.term != next(turn.state.durable.term)) return;
  candidate->votes.insert(from);
  if (wins(turn, candidate->votes)) campaign(turn);
}

// A leader that hands over wants an election, now.
template <class C>
void receive(Turn<C>& turn, NodeId /*from*/, const TimeoutNow& order) {
  if (order.term == turn.state.durable.term && std::holds_alternative<Follower>(turn.state.role) &&
      may_campaign(turn.config, turn.state))
    campaign(turn, /*transfer=*/true);
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

// Whether it has, or is, a leader that is alive as far as it knows.
template <class C>
bool has_leader(const Turn<C>& turn) {
  return match(
      turn.state.role, [](const Follower& follower) { return follower.heard; },
      [](const PreCandidate&) { return false; }, [](const Candidate&) { return false; },
      [&](const Leader&) { return !planted(turn.config, Mutant::pre_vote_by_leader); });
}

template <class C>
void receive(Turn<C>& turn, NodeId from, const PreVote& request) {
  const Term own = turn.state.durable.term;
  const bool granted = request.term > own && !has_leader(turn) && up_to_date(turn, request.last);
  turn.effects.emplace_back(
      Send{from, PreVoteReply{.term = granted ? request.term : own, .granted = granted}});
}

// Who has a leader hears of no election, and takes no term from it, unless that leader itself wants
// it (4.2.3, 3.10).
template <class C>
bool ignores(const Turn<C>& turn, const Message& message) {
  const auto* request = std::get_if<RequestVote>(&message);
  return request != nullptr && turn.config.stickiness && !request->transfer && has_leader(turn);
}

// --- A leader.

// A leader whose term has gone by for the others does not know it: it asks itself once an election
// timeout who has answered it since.
template <class C>
void check_quorum(Turn<C>& turn, Leader& leader) {
  const bool heard = is_quorum(turn.config, in_force(turn), [&](NodeId voter) {
    return voter == turn.config.self || leader.peers.at(voter).active;
  });
  for (auto& [peer, progress] : leader.peers) progress.active = false;
  if (!heard) return step_down(turn);
  turn.effects.emplace_back(SetTimer{Timer::quorum});
}

// --- Everyone: a higher term, in whatever message, makes a follower of it first (5.1).

// A pre-vote's term is nobody's yet.
inline Term term_of(const Message& message) {
  if (std::holds_alternative<PreVote>(message)) return {};
  const auto* reply = std::get_if<PreVoteReply>(&message);
  if (reply != nullptr && reply->granted) return {};
  return std::visit([](const auto& any) { return any.term; }, message);
}

template <class C>
void follow_term(Turn<C>& turn, const Message& message) {
  Durable& durable = turn.state.durable;
  const Term term = term_of(message);
  const bool lowers = term < durable.term && std::holds_alternative<AppendEntries>(message) &&
                      planted(turn.config, Mutant::old_append_lowers_term);
  if (term <= durable.term && !lowers) return;
  durable.term = term;
  durable.voted_for.reset();
  // A leader has had no election timer. What a follower promised one that reads by its lease, it
  // keeps in every term.
  Follower next;
  if (const auto* follower = std::get_if<Follower>(&turn.state.role);
      follower != nullptr && turn.config.reads == Reads::lease) {
    next.heard = follower->heard;
    next.promise = follower->promise;
  }
  if (std::holds_alternative<Leader>(turn.state.role))
    step_down(turn);
  else
    turn.state.role = next;
}

}  // namespace coracle::raft
