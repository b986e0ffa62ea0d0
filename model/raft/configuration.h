// Who takes part, and what a majority of it is (thesis 4.1, 4.3). A server goes by the latest
// configuration in its log, whether it is committed or not.
#pragma once

#include <algorithm>
#include <set>
#include <utility>

#include "model/raft/turn.h"

namespace coracle::raft {

inline bool is_joint(const Configuration& members) { return !members.old_voters.empty(); }

inline bool votes(const Configuration& members, NodeId server) {
  return members.voters.contains(server) || members.old_voters.contains(server);
}

// Of both sides, where it is joint.
inline std::set<NodeId> all_voters(const Configuration& members) {
  std::set<NodeId> all = members.voters;
  all.insert(members.old_voters.begin(), members.old_voters.end());
  return all;
}

inline std::set<NodeId> everyone(const Configuration& members) {
  std::set<NodeId> all = all_voters(members);
  all.insert(members.learners.begin(), members.learners.end());
  return all;
}

// The configuration in force at an index of the log, and at its end.
inline const Configuration& in_force_at(const Config& config, const State& state, Index index) {
  const Configuration* in_log = state.durable.log.configuration_at(index);
  return in_log == nullptr ? config.start : *in_log;
}
inline const Configuration& in_force(const Config& config, const State& state) {
  return in_force_at(config, state, state.durable.log.last().index);
}
template <class C>
const Configuration& in_force(const Turn<C>& turn) {
  return in_force(turn.config, turn.state);
}

// --- Majorities.

template <class C>
std::size_t majority(const C& config, const std::set<NodeId>& voters) {
  if (planted(config, Mutant::even_quorum)) return (voters.size() + 1) / 2;
  return voters.size() / 2 + 1;
}

// Whether `has` holds of a majority; of one on each side, where the configuration is joint.
template <class C, class Has>
bool is_quorum(const C& config, const Configuration& members, Has has) {
  const auto has_majority = [&](const std::set<NodeId>& voters) {
    return static_cast<std::size_t>(std::ranges::count_if(voters, has)) >= majority(config, voters);
  };
  return has_majority(members.voters) && (!is_joint(members) || has_majority(members.old_voters));
}

// --- Whose affair an election is.

// A voter's; and a server's that was one and whose leaving is not committed as far as it knows,
// since it may be the only one that has that (4.2.2). A learner's never.
inline bool may_campaign(const Config& config, const State& state) {
  return votes(in_force(config, state), config.self) ||
         votes(in_force_at(config, state, state.commit), config.self);
}

// By which votes are counted.
template <class C>
const Configuration& electorate(const Turn<C>& turn) {
  if (planted(turn.config, Mutant::campaign_with_pending_change))
    return in_force_at(turn.config, turn.state, turn.state.commit);
  return in_force(turn);
}

template <class C>
bool wins(const Turn<C>& turn, const std::set<NodeId>& granted) {
  return is_quorum(turn.config, electorate(turn),
                   [&](NodeId voter) { return granted.contains(voter); });
}

}  // namespace coracle::raft
