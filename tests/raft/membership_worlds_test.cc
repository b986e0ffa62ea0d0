// What changes of members must be seen to lead to where they are explored, so that an empty pass
// shows.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/checker/clusters.h"

namespace coracle::raft {
namespace {

using checker::Exploration;
using checker::Verdict;

bool is_committed(const State& state) { return state.durable.log.changed() <= state.commit; }

const Configuration* members_of(const State& state) { return state.durable.log.configuration(); }

const Properties<State, Effect, History> sights{
    .of_state = {{sometimes, "a joint configuration is in force",
                  [](const State& state) {
                    return members_of(state) != nullptr && is_joint(*members_of(state));
                  }},
                 {sometimes, "a snapshot holds a joint configuration",
                  [](const State& state) {
                    const auto& snapshot = state.durable.log.snapshot();
                    return !snapshot.empty() && is_joint(snapshot.front().configuration);
                  }},
                 {sometimes, "three servers vote, of which two voted to begin with",
                  [](const State& state) {
                    return members_of(state) != nullptr && members_of(state)->voters.size() == 3 &&
                           !is_joint(*members_of(state)) && is_committed(state);
                  }}},
    .of_pair = {},
    .of_nodes = {},
    .of_step = {{sometimes, "a leader without a vote steps down",
                 [](const NodeChange& change) {
                   return leads(change.before) && !leads(change.after) && same_term(change) &&
                          is_committed(change.after);
                 }},
                {sometimes, "a new leader goes on with what another one began",
                 [](const NodeChange& change) {
                   const Log& log = change.after.durable.log;
                   const Configuration* before = members_of(change.before);
                   return leads(change.before) && before != nullptr && is_joint(*before) &&
                          !is_joint(*members_of(change.after)) &&
                          log.term_at(change.before.durable.log.changed()) < log.last().term;
                 }}},
    .never_stuck = false};

checker::RaftOptions joining(int max_term, int max_log) {
  checker::RaftOptions options;
  options.max_term = max_term;
  options.max_log = max_log;
  options.max_in_flight = 2;
  options.loss = true;
  options.membership = true;
  options.voters = 2;
  return options;
}

void expect_shown(const checker::RaftOptions& options, const std::vector<std::string>& names) {
  const Exploration<Bench> explored(checker::servers(options), sights, {}, names);
  for (const std::string& name : names) EXPECT_EQ(explored.verdict(name), Verdict::shown) << name;
}

TEST(MembershipWorlds, AServerJoinsLearnsAndVotes) {
  expect_shown(joining(1, 4), {"a joint configuration is in force",
                               "three servers vote, of which two voted to begin with",
                               "a leader without a vote steps down"});
}

TEST(MembershipWorlds, AnotherLeaderFinishesAChange) {
  auto options = joining(2, 5);
  options.no_op = true;
  expect_shown(options, {"a new leader goes on with what another one began"});
}

TEST(MembershipWorlds, AJointConfigurationGoesIntoASnapshot) {
  auto options = joining(1, 3);
  options.snapshots = true;
  expect_shown(options, {"a snapshot holds a joint configuration"});
}

}  // namespace
}  // namespace coracle::raft
