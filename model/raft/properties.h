// What Raft promises (Figure 3), and beside it what must be seen to happen, so that an empty pass
// shows. Every driver asks all of it after every step, and prints the name of what fails.
#pragma once

#include <algorithm>
#include <iterator>
#include <variant>

#include "model/property.h"
#include "model/raft/observer.h"

namespace coracle::raft {

using TwoNodes = Pair<State>;
using NodeChange = Change<State, Effect>;

// Whether a log begins with what another one has up to `last`.
inline bool starts_with(const Log& log, const Log& other, Index last) {
  return last <= log.last().index && same_up_to(last, log, other);
}

// --- Of two servers at one moment. With an observer, "has ever" stands for "does".

inline bool both_lead(const TwoNodes& pair) { return leads(pair.one) && leads(pair.other); }

inline bool same_term(const State& one, const State& other) {
  return one.durable.term == other.durable.term;
}

// At most one server leads in a term (5.2).
inline bool election_safety(const TwoNodes& pair) {
  return !both_lead(pair) || !same_term(pair.one, pair.other);
}

// Asked of the term that a server is in: so it is found when the second leader comes to lead.
inline bool election_safety_ever(const State& state, const History& history) {
  const Term term = state.durable.term;
  const auto first = history.leaders.lower_bound({term, NodeId{0}});
  return std::distance(first, history.leaders.lower_bound({next(term), NodeId{0}})) <= 1;
}

// Two logs that have an entry of the same index and term are the same up to there (5.3). Of what is
// in a snapshot, its last entry and the digest still tell.
inline bool log_matching(const TwoNodes& pair) {
  const Log& log = pair.one.durable.log;
  const Log& other = pair.other.durable.log;
  Index shared = std::min(log.last().index, other.last().index);
  if (same_up_to(shared, log, other)) return true;
  const Index lowest{std::max(log.first(), other.first()).value - 1};
  while (shared > lowest && log.term_at(shared) != other.term_at(shared))
    shared = {shared.value - 1};
  return log.term_at(shared) != other.term_at(shared) || same_up_to(shared, log, other);
}

// An entry committed in a term is in the logs of the leaders of all later terms (5.4). What a
// server knows as committed was committed in its own term or an earlier one, so the leaders of its
// term and of later ones must have it. A leader of an earlier term need not: it has not heard yet
// that it is none.
inline bool leader_completeness(const TwoNodes& pair) {
  const auto& [leader, knows] = pair;
  return !leads(leader) || leader.durable.term < knows.durable.term ||
         starts_with(leader.durable.log, knows.durable.log, committed(knows));
}

inline bool leader_completeness_ever(const State& state, const History& history) {
  if (!leads(state)) return true;
  const Log& known = committed_by(history, state.durable.term);
  return starts_with(state.durable.log, known, known.last().index);
}

// No two servers know different entries as committed at the same index (5.4.3).
inline bool state_machine_safety(const TwoNodes& pair) {
  const Index both = std::min(committed(pair.one), committed(pair.other));
  return same_up_to(both, pair.one.durable.log, pair.other.durable.log);
}

inline bool state_machine_safety_ever(const State& state, const History& history) {
  const Log& known = committed_ever(history);
  return same_up_to(std::min(committed(state), known.last().index), state.durable.log, known);
}

inline bool two_leaders(const TwoNodes& pair) {
  return both_lead(pair) && !same_term(pair.one, pair.other);
}

// --- Of one server.

inline bool commit_is_in_log(const State& state) {
  return state.commit <= state.durable.log.last().index;
}

inline bool next_is_beyond_match(const State& state) {
  const auto* leader = std::get_if<Leader>(&state.role);
  return leader == nullptr || std::ranges::all_of(leader->peers, [](const auto& peer) {
           return peer.second.match < peer.second.next;
         });
}

// --- Of one server over one step.

inline bool same_term(const NodeChange& change) { return same_term(change.before, change.after); }

inline bool log_is_truncated(const NodeChange& change) {
  const Log& before = change.before.durable.log;
  return !starts_with(change.after.durable.log, before, before.last().index);
}

// A leader never overwrites or deletes entries of its log (5.3).
inline bool leader_append_only(const NodeChange& change) {
  return !leads(change.before) || !leads(change.after) || !same_term(change) ||
         !log_is_truncated(change);
}

inline bool vote_is_kept(const NodeChange& change) {
  const auto& vote = change.before.durable.voted_for;
  return !same_term(change) || !vote || change.after.durable.voted_for == vote;
}

inline bool match_never_goes_back(const NodeChange& change) {
  const auto* before = std::get_if<Leader>(&change.before.role);
  const auto* after = std::get_if<Leader>(&change.after.role);
  if (before == nullptr || after == nullptr || !same_term(change)) return true;
  return std::ranges::all_of(before->peers, [&](const auto& peer) {
    const auto still = after->peers.find(peer.first);
    return still == after->peers.end() || still->second.match >= peer.second.match;
  });
}

// What is dropped as impossible, no server that goes by the rules has sent.
inline bool every_message_is_possible(const NodeChange& change) {
  return std::ranges::none_of(change.effects, [](const Effect& effect) {
    const auto* refuse = std::get_if<Refuse>(&effect);
    return refuse != nullptr && refuse->flaw == Flaw::impossible;
  });
}

// Who leads, has a leader (thesis 9.6).
inline bool leader_grants_no_pre_vote(const NodeChange& change) {
  return !leads(change.before) || std::ranges::none_of(change.effects, [](const Effect& effect) {
    const auto* send = std::get_if<Send>(&effect);
    const auto* reply = send == nullptr ? nullptr : std::get_if<PreVoteReply>(&send->message);
    return reply != nullptr && reply->granted;
  });
}

// A leader finds an entry of an earlier leader committed, by way of one of its own term (5.4.2).
inline bool earlier_term_committed(const NodeChange& change) {
  const State& after = change.after;
  if (!leads(after) || after.commit <= change.before.commit) return false;
  return after.durable.log.term_at(next(change.before.commit)) < after.durable.term;
}

inline bool candidate_steps_down(const NodeChange& change) {
  return std::holds_alternative<Candidate>(change.before.role) &&
         std::holds_alternative<Follower>(change.after.role);
}

using enum Expectation;

inline const Properties<State, Effect, History> properties{
    .of_state = {{always, "commit is within the log", commit_is_in_log},
                 {always, "next is beyond match", next_is_beyond_match},
                 {sometimes, "a leader is elected", leads},
                 {sometimes, "an entry is committed",
                  [](const State& state) { return state.commit > Index{0}; }}},
    .of_pair = {{always, "election safety", election_safety, election_safety_ever,
                 "at most one server leads in a term", /*symmetric=*/true},
                {always, "log matching", log_matching, nullptr,
                 "logs that share an entry's index and term are the same up to there",
                 /*symmetric=*/true},
                {always, "leader completeness", leader_completeness, leader_completeness_ever,
                 "what was committed in a term is in the logs of all later leaders"},
                {always, "state machine safety", state_machine_safety, state_machine_safety_ever,
                 "no two servers know different entries as committed at an index",
                 /*symmetric=*/true},
                {sometimes, "two leaders are alive in different terms", two_leaders, nullptr, "",
                 /*symmetric=*/true}},
    .of_nodes = {},
    .of_step = {{always, "leader append-only", leader_append_only,
                 "a leader never overwrites or deletes entries of its log"},
                {always, "terms never go back",
                 [](const NodeChange& change) {
                   return change.before.durable.term <= change.after.durable.term;
                 }},
                {always, "a vote is never changed within its term", vote_is_kept},
                {always, "commit never goes back",
                 [](const NodeChange& change) {
                   return change.before.commit <= change.after.commit;
                 }},
                {always, "match never goes back", match_never_goes_back},
                {always, "a leader grants no pre-vote", leader_grants_no_pre_vote},
                {always, "no message is impossible", every_message_is_possible,
                 "what a server is sent agrees with what it knows as committed"},
                {sometimes, "an entry of an earlier term is committed", earlier_term_committed},
                {sometimes, "a log is truncated", log_is_truncated},
                {sometimes, "a candidate steps down", candidate_steps_down}},
    .never_stuck = false};

}  // namespace coracle::raft
