// Who takes part, and how that changes (thesis 4).
#include "model/raft/membership.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tests/raft/roles.h"

namespace coracle::raft {
namespace {

using Servers = std::set<NodeId>;

const Config config = server(s1, 5);
const Configuration all_five{.voters = {s1, s2, s3, s4, s5}};
const Configuration joint{.voters = {s1, s4, s5}, .old_voters = {s1, s2, s3}};

Entry entry(Configuration members, Term term = {2}) {
  return {.term = term, .command = {}, .configuration = std::move(members)};
}

// A log whose first entry is of term 2, and whose second one says who the members are.
Log going_over_to(Configuration members) {
  Log log = log_of({2});
  log.append(entry(std::move(members)));
  return log;
}

// A leader of term 2 that has committed so many entries of such a log.
State leading(Configuration members, std::uint64_t commit, const Config& own = config) {
  State state = leader(own, {2}, going_over_to(std::move(members)));
  auto& role = std::get<Leader>(state.role);
  role.peers.clear();
  track_members(begun(own, State(state)), role);
  return committed_up_to(commit, std::move(state));
}

Requested change(Servers voters, Servers learners, Servers removed) {
  return {ClientId{7}, ChangeMembers{.voters = std::move(voters),
                                     .learners = std::move(learners),
                                     .removed = std::move(removed)}};
}

Received accepts(NodeId from, std::uint64_t match, Term term = {2}) {
  return {from, AppendEntriesReply{.term = term, .accepted = true, .match = {match}}};
}
Received votes_for(NodeId from, Term term) {
  return {from, RequestVoteReply{.term = term, .granted = true}};
}

Servers peers_of(const State& state) {
  Servers all;
  for (const auto& [peer, progress] : std::get<Leader>(state.role).peers) all.insert(peer);
  return all;
}

std::optional<Configuration> last_members(const State& state) {
  const Configuration* members = state.durable.log.configuration();
  return members == nullptr ? std::nullopt : std::optional(*members);
}

// --- Which configuration is in force.

TEST(Configuration, IsInForceWhenAppendedAndTakenBackWithItsEntry) {
  Log log = log_of({1});
  EXPECT_EQ(log.configuration(), nullptr);
  log.append(entry(all_five, {1}));
  log.append({.term = {1}, .command = "x"});
  log.append(entry(joint, {1}));
  EXPECT_EQ(*log.configuration(), joint);
  EXPECT_EQ(log.changed(), Index{4});
  EXPECT_EQ(log.configuration_at({1}), nullptr);
  EXPECT_EQ(*log.configuration_at({3}), all_five);
  log.rewrite({4}, entries({2}, 4));
  EXPECT_EQ(*log.configuration(), all_five);
  EXPECT_EQ(log.changed(), Index{2});
  log.rewrite({2}, {});
  EXPECT_EQ(log.configuration(), nullptr);
  EXPECT_EQ(log.changed(), Index{0});
  EXPECT_EQ(Log({entry(joint, {1})}).changed(), Index{1});
}

TEST(Configuration, OfASnapshotHoldsUntilTheLogHasALaterOne) {
  Log log = going_over_to(joint);
  log.append(entry(all_five));
  Snapshot snapshot = snapshot_of(log, 2);
  snapshot.configuration = joint;
  log.install(apart(snapshot));
  EXPECT_EQ(*log.configuration(), all_five);
  EXPECT_EQ(*log.configuration_at({2}), joint);
  log.rewrite({3}, {});
  EXPECT_EQ(*log.configuration(), joint);
}

TEST(Configuration, GoesIntoASnapshotAsItIsAtItsLastIndex) {
  const Requested compact{ClientId{7}, Compact{.last = {2}, .state = "s"}};
  const Step step = synced(config, leading(joint, 2), compact);
  EXPECT_EQ(step.state.durable.log.snapshot().front().configuration, joint);
  const Requested before{ClientId{7}, Compact{.last = {1}, .state = "s"}};
  EXPECT_EQ(
      synced(config, leading(joint, 2), before).state.durable.log.snapshot().front().configuration,
      config.start);
}

// --- Majorities: of each side of a joint configuration, and never with learners (4.2.1, 4.3).

TEST(Configuration, IsAQuorumWhereEachSideHasAMajority) {
  const auto is = [](const Configuration& members, const Servers& servers) {
    return is_quorum(config, members, [&](NodeId server) { return servers.contains(server); });
  };
  EXPECT_FALSE(is(joint, {s1, s2}));
  EXPECT_FALSE(is(joint, {s1, s4}));
  EXPECT_TRUE(is(joint, {s1, s2, s4}));
  EXPECT_TRUE(is(joint, {s2, s3, s4, s5}));
  const Configuration learning{.voters = {s1, s2, s3}, .learners = {s4, s5}};
  EXPECT_FALSE(is(learning, {s1, s4, s5}));
  EXPECT_TRUE(is(learning, {s1, s2}));
}

TEST(Membership, WhatIsCommittedIsOnAMajorityOfEachSide) {
  State state = synced(config, leading(joint, 1), accepts(s4, 2)).state;
  EXPECT_EQ(state.commit, Index{1});
  state = synced(config, state, accepts(s2, 2)).state;
  EXPECT_EQ(state.commit, Index{2});
}

TEST(Membership, ACandidateNeedsAMajorityOfEachSide) {
  State state = candidate(s1, {3}, {s1, s4}, going_over_to(joint));
  EXPECT_TRUE(leads(synced(config, state, votes_for(s2, {3})).state));
  EXPECT_FALSE(leads(synced(config, state, votes_for(s5, {3})).state));
}

TEST(Membership, ALeaderThatHearsOneSideOnlyStepsDown) {
  Config checks = config;
  checks.check_quorum = true;
  State state = leading(joint, 1, checks);
  progress(state, s4).active = true;
  progress(state, s5).active = true;
  EXPECT_FALSE(leads(next_state(checks, state, Expired{Timer::quorum}).state));
  progress(state, s2).active = true;
  EXPECT_TRUE(leads(next_state(checks, state, Expired{Timer::quorum}).state));
}

// --- Whose affair an election is.

TEST(Membership, WhoHasNoVoteDoesNotCampaignButVotes) {
  for (const Configuration& without :
       {Configuration{.voters = {s2, s3}}, Configuration{.voters = {s2, s3}, .learners = {s1}}}) {
    const State outside = committed_up_to(2, follower({2}, going_over_to(without)));
    EXPECT_TRUE(timers(config, outside).empty());
    EXPECT_EQ(next_state(config, outside, Expired{Timer::election}).state, outside);
    const Received order{s2, TimeoutNow{.term = {2}}};
    EXPECT_EQ(next_state(config, outside, order).state, outside);
    const Received asks{s2, RequestVote{.term = {3}, .last = id(2, 2)}};
    EXPECT_TRUE(sent<RequestVoteReply>(next_state(config, outside, asks), s2).at(0).granted);
  }
}

// It may be the only one that has the change (4.2.2).
TEST(Membership, WhoseLeavingIsNotCommittedMayCampaignAndDoesNotCountItself) {
  const State leaving = follower({2}, going_over_to({.voters = {s2, s3}}));
  EXPECT_EQ(timers(config, leaving), (std::vector{Timer::election}));
  State state = synced(config, leaving, Expired{Timer::election}).state;
  state = synced(config, state, votes_for(s2, {3})).state;
  EXPECT_FALSE(leads(state));
  EXPECT_TRUE(leads(synced(config, state, votes_for(s3, {3})).state));
}

// --- What is asked for, and why not now.

Obstacle declined(const State& state, const Requested& asked, const Config& own = config) {
  const Step step = next_state(own, state, asked);
  EXPECT_EQ(step.state, state);
  EXPECT_EQ(step.effects.size(), 1U);
  return only<Decline>(step).at(0).why;
}

TEST(Membership, AChangeThatCannotBeNowIsDeclined) {
  const State state = leading(all_five, 2);
  EXPECT_EQ(declined(state, change({s2}, {s2}, {})), Obstacle::no_such_change);
  EXPECT_EQ(declined(state, change({}, {NodeId{6}}, {})), Obstacle::no_such_change);
  EXPECT_EQ(declined(state, change({s2}, {}, {})), Obstacle::no_such_change);
  EXPECT_EQ(declined(state, change({}, {}, {s1, s2, s3, s4, s5})), Obstacle::no_voter_left);
  EXPECT_EQ(declined(leading(all_five, 1), change({}, {}, {s2})), Obstacle::change_under_way);
  EXPECT_EQ(declined(leading(joint, 1), change({}, {}, {s2})), Obstacle::change_under_way);
  const State fresh = committed_up_to(1, leader(config, {3}, log_of({2})));
  EXPECT_EQ(declined(fresh, change({}, {}, {s2})), Obstacle::no_own_term_commit);
  EXPECT_TRUE(only<Decline>(next_state(config, state, change({}, {}, {s2}))).empty());
}

TEST(Membership, WhoIsToVoteHasLearnedWhatIsCommitted) {
  State state = leading({.voters = {s1, s2, s3}, .learners = {s4}}, 2);
  EXPECT_EQ(declined(state, change({s5}, {}, {})), Obstacle::not_caught_up);
  EXPECT_EQ(declined(state, change({s4}, {}, {})), Obstacle::not_caught_up);
  progress(state, s4) = {.next = {3}, .match = {2}};
  const Step step = next_state(config, state, change({s4}, {}, {}));
  EXPECT_EQ(last_members(step.state),
            (Configuration{.voters = {s1, s2, s3, s4}, .old_voters = {s1, s2, s3}}));
}

TEST(Membership, OnlyALeaderThatStaysOneIsAsked) {
  State handing_over = leading(all_five, 2);
  std::get<Leader>(handing_over.role).successor = s2;
  for (const State& state : {follower({2}, going_over_to(all_five)), handing_over}) {
    const Step step = next_state(config, state, change({}, {}, {s3}));
    EXPECT_EQ(step.state, state);
    EXPECT_EQ(only<Redirect>(step).size(), 1U);
  }
}

TEST(Membership, OneVoterNeedsNoJointStepWhereThatIsAllowedAndLearnersNever) {
  Config one_step = config;
  one_step.one_step = true;
  const Configuration four{.voters = {s1, s2, s3, s4}};
  const auto asked = [&](const Config& own, const Requested& request) {
    return last_members(next_state(own, leading(all_five, 2, own), request).state);
  };
  EXPECT_EQ(asked(one_step, change({}, {}, {s5})), four);
  EXPECT_TRUE(is_joint(*asked(config, change({}, {}, {s5}))));
  EXPECT_TRUE(is_joint(*asked(one_step, change({}, {}, {s4, s5}))));
  const State learning = leading({.voters = {s1, s2, s3, s4}, .learners = {s5}}, 2);
  EXPECT_EQ(last_members(next_state(config, learning, change({}, {}, {s5})).state), four);
}

TEST(Membership, OnlyWhatIsPossibleIsOffered) {
  const State state = leading({.voters = {s1, s2, s3}, .learners = {s4}}, 2);
  const auto& role = std::get<Leader>(state.role);
  const auto all = possible_changes(config, state, role);
  EXPECT_FALSE(all.empty());
  for (const ChangeMembers& one : all) EXPECT_FALSE(obstacle(config, state, role, one));
  const State busy = leading(joint, 1);
  EXPECT_TRUE(possible_changes(config, busy, std::get<Leader>(busy.role)).empty());
}

// --- What follows.

TEST(Membership, AJointConfigurationIsLeftOnceItIsCommitted) {
  State state = synced(config, leading(joint, 1), accepts(s2, 2)).state;
  EXPECT_EQ(last_members(state), joint);
  state = synced(config, state, accepts(s5, 2)).state;
  EXPECT_EQ(last_members(state), (Configuration{.voters = {s1, s4, s5}}));
  EXPECT_EQ(peers_of(state), (Servers{s4, s5}));
  EXPECT_EQ(state.commit, Index{2});
}

// By an entry of its own term, a new leader commits the joint configuration that it found (5.4.2).
TEST(Membership, ANewLeaderGoesOnWithAChange) {
  Config own = config;
  own.no_op = true;
  State state = candidate(s1, {3}, {s1, s4}, going_over_to(joint));
  state = synced(own, state, votes_for(s2, {3})).state;
  ASSERT_TRUE(leads(state));
  state = synced(own, state, accepts(s2, 3, {3})).state;
  state = synced(own, state, accepts(s4, 3, {3})).state;
  EXPECT_EQ(last_members(state), (Configuration{.voters = {s1, s4, s5}}));
}

TEST(Membership, ALeaderWithoutAVoteDoesNotCountItselfAndStepsDownAtTheCommit) {
  const Configuration others{.voters = {s2, s3}, .learners = {s1}};
  State state = synced(config, leading(others, 1), accepts(s2, 2)).state;
  EXPECT_TRUE(leads(state));
  EXPECT_EQ(state.commit, Index{1});
  state = synced(config, state, accepts(s3, 2)).state;
  EXPECT_EQ(state.commit, Index{2});
  EXPECT_FALSE(leads(state));
  EXPECT_TRUE(timers(config, state).empty());
}

TEST(Membership, TheLeaderKeepsAccountOfTheMembersAndOfNobodyElse) {
  State state = leading(all_five, 2);
  progress(state, s2) = {.next = {3}, .match = {2}};
  std::get<Leader>(state.role).successor = s3;
  state.durable.log.append(entry({.voters = {s1, s2}, .learners = {s4}}));
  auto& role = std::get<Leader>(state.role);
  track_members(begun(config, State(state)), role);
  EXPECT_EQ(peers_of(state), (Servers{s2, s4}));
  EXPECT_EQ(progress(state, s2).match, Index{2});
  EXPECT_EQ(role.successor, std::nullopt);
  const Received late{s3, InstallSnapshotReply{.term = {2}, .last = {1}, .received = 1}};
  EXPECT_EQ(next_state(config, state, accepts(s3, 2)), (Step{state, {}}));
  EXPECT_EQ(next_state(config, state, late), (Step{state, {}}));
}

TEST(Membership, NobodyHandsOverToWhoHasNoVote) {
  const State state = leading({.voters = {s1, s2, s3}, .learners = {s4}}, 2);
  for (const NodeId to : {s1, s4, s5}) {
    const Requested order{ClientId{7}, TransferLeadership{to}};
    EXPECT_EQ(next_state(config, state, order), (Step{state, {}}));
  }
}

TEST(Membership, AConfigurationInWhichNobodyVotesIsImpossible) {
  const auto flaws = [](Entry last) {
    const AppendEntries append{
        .term = {2}, .previous = {}, .entries = {std::move(last)}, .commit = {}};
    return only<Refuse>(next_state(config, follower({2}), Received{s2, append})).size();
  };
  Entry both = entry(all_five);
  both.command = "x";
  EXPECT_EQ(flaws(entry(all_five)), 0U);
  EXPECT_EQ(flaws(entry({.voters = {}, .old_voters = {s1}})), 1U);
  EXPECT_EQ(flaws(both), 1U);
  InstallSnapshot piece = install({2}, id(1, 1));
  Snapshot without = piece.piece.front();
  without.configuration = {};
  piece.piece = apart(without);
  EXPECT_EQ(only<Refuse>(next_state(config, follower({2}), Received{s2, piece})).size(), 1U);
}

}  // namespace
}  // namespace coracle::raft
