// How a cluster changes its own members (thesis 4): the leader appends a configuration, and every
// server goes by the latest one in its log from then on, committed or not.
//
//     1 2 3  --remove 1, let 4 vote-->  1 2 3 > 2 3 4  --committed-->  2 3 4  --committed-->
//              (4 has caught up as        joint: what          appended by the     whoever led
//               a learner)                needs a majority     leader, whoever     and is none of
//                                         needs two            that is by then     them steps down
//
// Any number of servers may come and go in one such change. Where a single voter does, the joint
// step may be left out (`one_step`, 4.1), since majorities that differ by one server overlap all
// the same; learners count for nothing, so they come and go without it. Who is removed is told
// nothing any more, and may campaign when it hears from nobody: pre-votes and stickiness keep it
// from disturbing the others (4.2.3).
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/configuration.h"
#include "model/raft/replication.h"

namespace coracle::raft {

// --- What is asked for.

// The configuration that a change leads to in the end.
inline Configuration changed(const Configuration& now, const ChangeMembers& change) {
  Configuration next{.voters = now.voters, .learners = now.learners};
  for (const auto* servers : {&change.voters, &change.learners, &change.removed})
    for (const NodeId server : *servers) {
      next.voters.erase(server);
      next.learners.erase(server);
    }
  next.voters.insert(change.voters.begin(), change.voters.end());
  next.learners.insert(change.learners.begin(), change.learners.end());
  return next;
}

// Whether it names servers that there are, each of them once.
inline bool makes_sense(const Config& config, const ChangeMembers& change) {
  std::set<NodeId> named;
  for (const auto* servers : {&change.voters, &change.learners, &change.removed})
    for (const NodeId server : *servers)
      if (!named.insert(server).second || (server != config.self && !config.peers.contains(server)))
        return false;
  return true;
}

// Whether the leader knows that a server has all that is committed.
inline bool has_caught_up(const State& state, const Leader& leader, NodeId server) {
  const auto found = leader.peers.find(server);
  return found != leader.peers.end() && found->second.match >= state.commit;
}

// Why this change is not made now; nothing where it is.
template <class C>
std::optional<Obstacle> obstacle(const C& config, const State& state, const Leader& leader,
                                 const ChangeMembers& change) {
  const Durable& durable = state.durable;
  const Configuration& now = in_force(config, state);
  const Configuration next = changed(now, change);
  if (!makes_sense(config, change)) return Obstacle::no_such_change;
  if (next.voters.empty()) return Obstacle::no_voter_left;
  if ((is_joint(now) || durable.log.changed() > state.commit) &&
      !planted(config, Mutant::two_changes_in_flight))
    return Obstacle::change_under_way;
  if (durable.log.term_at(state.commit) != durable.term &&
      !planted(config, Mutant::change_before_own_commit))
    return Obstacle::no_own_term_commit;
  if (next.voters == now.voters && next.learners == now.learners) return Obstacle::no_such_change;
  for (const NodeId voter : next.voters)
    if (!now.voters.contains(voter) && !has_caught_up(state, leader, voter))
      return Obstacle::not_caught_up;
  return {};
}

// --- What follows from it.

inline std::size_t voters_changed(const Configuration& now, const Configuration& next) {
  std::set<NodeId> differ;
  std::ranges::set_symmetric_difference(now.voters, next.voters,
                                        std::inserter(differ, differ.end()));
  return differ.size();
}

template <class C>
void append(Turn<C>& turn, Leader& leader, Configuration members) {
  append(
      turn, leader,
      Entry{.term = turn.state.durable.term, .command = {}, .configuration = std::move(members)});
}

template <class C>
void change_members(Turn<C>& turn, Leader& leader, ClientId client, const ChangeMembers& change) {
  if (const auto why = obstacle(turn.config, turn.state, leader, change)) {
    turn.effects.emplace_back(Decline{client, *why});
    return;
  }
  const Configuration& now = in_force(turn);
  Configuration next = changed(now, change);
  if (voters_changed(now, next) > (turn.config.one_step ? 1U : 0U)) next.old_voters = now.voters;
  append(turn, leader, std::move(next));
}

// After every event: once a joint configuration is committed, the leader appends what it leads to;
// once that is, it steps down if it has no vote in it (4.2.2, 4.3).
template <class C>
void go_on_with_change(Turn<C>& turn) {
  const Log& log = turn.state.durable.log;
  auto* leader = std::get_if<Leader>(&turn.state.role);
  if (leader == nullptr || log.configuration() == nullptr) return;
  const Configuration& now = in_force(turn);
  const bool committed = log.changed() <= turn.state.commit;
  if (is_joint(now)) {
    if (committed || planted(turn.config, Mutant::joint_left_early))
      append(turn, *leader, {.voters = now.voters, .learners = now.learners});
  } else if (committed && !now.voters.contains(turn.config.self)) {
    step_down(turn);
  }
}

// --- What may be asked, for those who try everything: what becomes of each server alone, and of
// two voters at once.

inline std::vector<ChangeMembers> moves(const Configuration& now, NodeId server) {
  if (now.voters.contains(server))
    return {{.voters = {}, .learners = {}, .removed = {server}},
            {.voters = {}, .learners = {server}, .removed = {}}};
  if (now.learners.contains(server))
    return {{.voters = {server}, .learners = {}, .removed = {}},
            {.voters = {}, .learners = {}, .removed = {server}}};
  return {{.voters = {}, .learners = {server}, .removed = {}}};
}

inline ChangeMembers both(ChangeMembers one, const ChangeMembers& other) {
  one.voters.insert(other.voters.begin(), other.voters.end());
  one.removed.insert(other.removed.begin(), other.removed.end());
  return one;
}

template <class C>
std::vector<ChangeMembers> possible_changes(const C& config, const State& state,
                                            const Leader& leader) {
  const Configuration& now = in_force(config, state);
  std::set<NodeId> servers = config.peers;
  servers.insert(config.self);
  std::vector<ChangeMembers> all;
  std::vector<ChangeMembers> of_voters;  // first moves of others
  for (const NodeId server : servers) {
    const auto alone = moves(now, server);
    all.insert(all.end(), alone.begin(), alone.end());
    if (!now.voters.contains(server) && !now.learners.contains(server)) continue;
    for (const ChangeMembers& other : of_voters) all.push_back(both(other, alone.front()));
    of_voters.push_back(alone.front());
  }
  std::erase_if(all, [&](const ChangeMembers& change) {
    return obstacle(config, state, leader, change).has_value();
  });
  return all;
}

}  // namespace coracle::raft
