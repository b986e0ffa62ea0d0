// What Raft promises (Figure 3), and beside it what must be seen to happen, so that an empty pass
// shows. Every driver asks all of it after every step, and prints the name of what fails.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <variant>

#include "model/property.h"
#include "model/raft/observer.h"

namespace coracle::raft {

using AllNodes = Nodes<State, History>;
using NodeChange = Change<State, Effect>;

inline bool leads(const State& state) { return std::holds_alternative<Leader>(state.role); }

// As far as both of them go.
template <class T, class Projection = std::identity>
bool agree(std::span<const T> a, std::span<const Entry> b, Projection entry_of = {}) {
  const std::size_t common = std::min(a.size(), b.size());
  return std::ranges::equal(a.first(common), b.first(common), {}, entry_of);
}

inline bool starts_with(const Log& log, std::span<const Entry> start) {
  return start.size() <= log.size() && agree(start, log.up_to({start.size()}));
}

// Whether `holds(a, b)` for every two servers that are up, both ways round.
template <class F>
bool every_two(const AllNodes& nodes, F holds) {
  for (const State* a : nodes.up)
    for (const State* b : nodes.up)
      if (a != b && !holds(*a, *b)) return false;
  return true;
}

// --- Of all servers at one moment. With an observer, "has ever" stands for "does".

// At most one server leads in a term (5.2).
inline bool election_safety(const AllNodes& nodes) {
  if (nodes.observed != nullptr) {
    const auto& led = nodes.observed->leaders;
    const auto same_term = [](const auto& a, const auto& b) { return a.first == b.first; };
    return std::adjacent_find(led.begin(), led.end(), same_term) == led.end();
  }
  return every_two(nodes, [](const State& a, const State& b) {
    return !leads(a) || !leads(b) || a.durable.term != b.durable.term;
  });
}

// Two logs that have an entry of the same index and term are the same up to there (5.3).
inline bool log_matching(const AllNodes& nodes) {
  return every_two(nodes, [](const State& a, const State& b) {
    const Log& log = a.durable.log;
    const Log& other = b.durable.log;
    std::size_t shared = std::min(log.size(), other.size());
    while (shared > 0 && log.at({shared}).term != other.at({shared}).term) --shared;
    return agree(log.up_to({shared}), other.up_to({shared}));
  });
}

// What a server knows as committed was committed in its own term or an earlier one, so the leaders
// of its term and of later ones must have it. A leader of an earlier term need not: it has not
// heard yet that it is none.
inline bool has_all_committed(const Log& log, Term term, const History& history) {
  for (std::size_t i = 0; i < history.committed.size(); ++i) {
    const CommittedEntry& known = history.committed[i];
    if (known.in <= term && (i >= log.size() || log.at({i + 1}) != known.entry)) return false;
  }
  return true;
}

// An entry committed in a term is in the logs of the leaders of all later terms (5.4).
inline bool leader_completeness(const AllNodes& nodes) {
  if (nodes.observed != nullptr)
    return std::ranges::all_of(nodes.up, [&](const State* state) {
      return !leads(*state) ||
             has_all_committed(state->durable.log, state->durable.term, *nodes.observed);
    });
  return every_two(nodes, [](const State& a, const State& b) {
    return !leads(a) || a.durable.term < b.durable.term || starts_with(a.durable.log, committed(b));
  });
}

// No two servers know different entries as committed at the same index (5.4.3).
inline bool state_machine_safety(const AllNodes& nodes) {
  if (nodes.observed != nullptr)
    return std::ranges::all_of(nodes.up, [&](const State* state) {
      return agree(std::span(nodes.observed->committed), committed(*state), &CommittedEntry::entry);
    });
  return every_two(
      nodes, [](const State& a, const State& b) { return agree(committed(a), committed(b)); });
}

inline bool two_leaders(const AllNodes& nodes) {
  return !every_two(nodes, [](const State& a, const State& b) {
    return !leads(a) || !leads(b) || a.durable.term == b.durable.term;
  });
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

inline bool same_term(const NodeChange& change) {
  return change.before.durable.term == change.after.durable.term;
}

// A leader never overwrites or deletes entries of its log (5.3).
inline bool leader_append_only(const NodeChange& change) {
  const Log& before = change.before.durable.log;
  return !leads(change.before) || !leads(change.after) || !same_term(change) ||
         starts_with(change.after.durable.log, before.up_to(before.last().index));
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
    return after->peers.at(peer.first).match >= peer.second.match;
  });
}

// A leader finds an entry of an earlier leader committed, by way of one of its own term (5.4.2).
inline bool earlier_term_committed(const NodeChange& change) {
  const State& after = change.after;
  if (!leads(after) || after.commit <= change.before.commit) return false;
  return after.durable.log.term_at(next(change.before.commit)) < after.durable.term;
}

inline bool log_is_truncated(const NodeChange& change) {
  const Log& before = change.before.durable.log;
  return !starts_with(change.after.durable.log, before.up_to(before.last().index));
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
    .of_nodes = {{always, "election safety", election_safety, /*remembers=*/true,
                  "at most one server leads in a term"},
                 {always, "log matching", log_matching, /*remembers=*/false,
                  "logs that share an entry's index and term are the same up to there"},
                 {always, "leader completeness", leader_completeness, /*remembers=*/true,
                  "what was committed in a term is in the logs of all later leaders"},
                 {always, "state machine safety", state_machine_safety, /*remembers=*/true,
                  "no two servers know different entries as committed at an index"},
                 {sometimes, "two leaders are alive in different terms", two_leaders}},
    .of_step = {{always, "leader append-only", leader_append_only, /*remembers=*/false,
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
                {sometimes, "an entry of an earlier term is committed", earlier_term_committed},
                {sometimes, "a log is truncated", log_is_truncated},
                {sometimes, "a candidate steps down", candidate_steps_down}},
    .never_stuck = false};

}  // namespace coracle::raft
