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
const Configuration with_learner{.voters = {s1, s2, s3}, .learners = {s4}};  // s5 is no member
const std::vector<Configuration> without_s1{{.voters = {s2, s3}},
                                            {.voters = {s2, s3}, .learners = {s1}}};

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

Received brings(Term term, EntryId previous, std::vector<Entry> all, std::uint64_t commit = 0) {
  return {s2,
          AppendEntries{
              .term = term, .previous = previous, .entries = std::move(all), .commit = {commit}}};
}
Received snapshot_with(Configuration members) {
  InstallSnapshot whole = install({2}, id(2, 2));
  Snapshot snapshot = whole.piece.front();
  snapshot.configuration = std::move(members);
  whole.piece = apart(snapshot);
  return {s2, whole};
}
const Received campaign_now{s2, TimeoutNow{.term = {2}}};

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
  log.append(entry(all_five));
  log.install(apart(snapshot_of(log_of({1, 3, 3, 3}), 4)));  // nothing of that log stays
  EXPECT_EQ(*log.configuration(), (Configuration{.voters = {s1, s2, s3}}));
  EXPECT_EQ(log.changed(), Index{0});
}

TEST(Configuration, GoesWithAnAppendInConflictOnly) {
  Log log = going_over_to(joint);
  EXPECT_TRUE(log.accept(id(2, 1), std::vector{entry(joint)}));
  EXPECT_FALSE(log.accept(id(3, 2), entries({3}, 3)));
  EXPECT_EQ(log.changed(), Index{2});
  EXPECT_TRUE(log.accept(id(2, 1), std::vector{entry(all_five, {3})}));
  EXPECT_EQ(*log.configuration(), all_five);
  EXPECT_TRUE(log.accept(id(2, 1), entries({4}, 2)));
  EXPECT_EQ(log.configuration(), nullptr);
}

// "A server always uses the latest configuration in its log, regardless of whether the entry is
// committed" (4.1).
TEST(Configuration, OfAFollowerIsInForceUncommittedAndTakenBack) {
  Config outside = config;
  outside.start = {.voters = {s2, s3}};
  State state = follower({2}, log_of({2}));
  EXPECT_TRUE(timers(outside, state).empty());
  state = synced(outside, state, brings({2}, id(2, 1), {entry(all_five)})).state;
  EXPECT_EQ(in_force(outside, state), all_five);
  EXPECT_EQ(timers(outside, state), (std::vector{Timer::election}));
  state = synced(outside, state, brings({3}, id(2, 1), entries({3}, 2))).state;
  EXPECT_EQ(in_force(outside, state), outside.start);
  EXPECT_TRUE(timers(outside, state).empty());
}

// A joint one too; and it is still there after a crash.
TEST(Configuration, OfASnapshotIsWhatAFollowerGoesBy) {
  const Configuration others{.voters = {s2, s3}, .old_voters = {s2, s4}, .learners = {s1}};
  const State state = synced(config, follower({2}), snapshot_with(others)).state;
  for (const State& after : {state, restarted(config, durable(state))}) {
    EXPECT_EQ(in_force(config, after), others);
    EXPECT_TRUE(timers(config, after).empty());
  }
}

Configuration compacted_at(std::uint64_t last, State state) {
  const Requested compact{ClientId{7}, Compact{.last = {last}, .state = "s"}};
  state = synced(config, std::move(state), compact).state;
  return state.durable.log.snapshot().front().configuration;
}

TEST(Configuration, GoesIntoASnapshotAsItIsAtItsLastIndex) {
  EXPECT_EQ(compacted_at(2, leading(joint, 2)), joint);
  EXPECT_EQ(compacted_at(1, leading(joint, 2)), config.start);
  const State without = committed_up_to(2, leader(config, {2}, log_of({2, 2})));
  EXPECT_EQ(compacted_at(2, without), config.start);
}

// --- Majorities: of each side of a joint configuration, and never with learners (4.2.1, 4.3).

// Whether s1 and these others are enough: to commit, for a check of the quorum, to be elected, and
// to campaign once it has asked in advance.
std::vector<bool> are_enough(const Configuration& members, const Servers& others) {
  Config own = config;
  own.check_quorum = own.pre_vote = true;
  State commits = leading(members, 1, own);
  State checks = commits;
  State elected = candidate(s1, {3}, {s1}, going_over_to(members));
  State asks = follower({2}, going_over_to(members));
  asks.role = PreCandidate{{s1}};
  for (const NodeId other : others) {
    commits = synced(own, commits, accepts(other, 2)).state;
    progress(checks, other).active = true;
    elected = next_state(own, elected, votes_for(other, {3})).state;
    const Received would{other, PreVoteReply{.term = {3}, .granted = true}};
    asks = next_state(own, asks, would).state;
  }
  return {commits.commit == Index{2}, leads(next_state(own, checks, Expired{Timer::quorum}).state),
          leads(elected), std::holds_alternative<Candidate>(asks.role)};
}

TEST(Membership, WhateverNeedsAMajorityNeedsOneOfEachSideAndNoLearner) {
  const std::vector<bool> all(4, true);
  const std::vector<bool> none(4, false);
  for (const Servers& others : {Servers{}, {s2}, {s4}, {s2, s3}, {s4, s5}})
    EXPECT_EQ(are_enough(joint, others), none);
  for (const Servers& others : {Servers{s2, s4}, {s3, s5}})
    EXPECT_EQ(are_enough(joint, others), all);
  const Configuration two_learn{.voters = {s1, s2, s3}, .learners = {s4, s5}};
  EXPECT_EQ(are_enough(two_learn, {s4, s5}), none);
  EXPECT_EQ(are_enough(two_learn, {s3}), all);
  const Configuration without{.voters = {s2, s3}, .learners = {s1}};  // s1 itself
  EXPECT_EQ(are_enough(without, {s2}), none);
  EXPECT_EQ(are_enough(without, {s2, s3}), all);
}

TEST(Membership, ALearnerIsSentTheLogOrASnapshotAndIsAskedForNoVote) {
  State state = leading(with_learner, 2);
  EXPECT_EQ(sent<AppendEntries>(next_state(config, state, propose("x")), s4).size(), 1U);
  const Requested compact{ClientId{7}, Compact{.last = {2}, .state = "s"}};
  state = synced(config, state, compact).state;
  progress(state, s4) = {.next = {1}, .match = {}};
  const Step beat = next_state(config, state, Expired{Timer::heartbeat});
  EXPECT_EQ(sent<InstallSnapshot>(beat, s4).at(0).piece.front().configuration, with_learner);
  EXPECT_TRUE(sent<AppendEntries>(beat, s5).empty());  // nor is anything sent to who is no member
  for (const bool pre_vote : {false, true}) {
    Config own = config;
    own.pre_vote = pre_vote;
    const State voter = follower({2}, going_over_to(with_learner));
    const Step step = next_state(own, voter, Expired{Timer::election});
    EXPECT_EQ(only<Send>(step).size(), 2U);
    EXPECT_TRUE(sent<RequestVote>(step, s4).empty() && sent<PreVote>(step, s4).empty());
  }
}

// --- Whose affair an election is.

TEST(Membership, WhoHasNoVoteTakesEntriesAndGrantsPreVotesAndAsksForNone) {
  Config own = config;
  own.pre_vote = true;
  own.start = without_s1.front();
  for (const Configuration& members : without_s1) {
    const State outside = follower({2}, going_over_to(members));
    EXPECT_TRUE(timers(own, outside).empty());
    EXPECT_EQ(next_state(own, outside, Expired{Timer::election}), (Step{outside, {}}));
    EXPECT_EQ(next_state(own, outside, campaign_now), (Step{outside, {}}));
    const Received asks{s3, PreVote{.term = {3}, .last = id(2, 2)}};
    EXPECT_TRUE(sent<PreVoteReply>(next_state(own, outside, asks), s3).at(0).granted);
    const Received candidate{s3, RequestVote{.term = {3}, .last = id(2, 2)}};
    EXPECT_TRUE(sent<RequestVoteReply>(next_state(own, outside, candidate), s3).at(0).granted);
    const Step step = synced(own, outside, brings({2}, id(2, 2), entries({2}, 3)));
    EXPECT_EQ(sent<AppendEntriesReply>(step, s2).at(0).match, Index{3});
  }
  const State promoted = follower({2}, going_over_to(all_five));  // committed or not
  EXPECT_EQ(timers(own, promoted), (std::vector{Timer::election}));
  EXPECT_EQ(next_state(own, promoted, campaign_now).state.durable.term, Term{3});
}

// Once it knows that it has left, it is silent; in a crash it forgets that.
TEST(Membership, WhoKnowsThatItsLeavingIsCommittedDoesNotCampaign) {
  for (const Configuration& members : without_s1) {
    const State leaving = follower({2}, going_over_to(members));
    EXPECT_EQ(next_state(config, leaving, campaign_now).state.durable.term, Term{3});
    const State left = synced(config, leaving, brings({2}, id(2, 2), {}, 2)).state;
    EXPECT_TRUE(timers(config, left).empty());
    EXPECT_EQ(next_state(config, left, Expired{Timer::election}), (Step{left, {}}));
    EXPECT_EQ(next_state(config, left, campaign_now), (Step{left, {}}));
    const State again = restarted(config, durable(left));
    EXPECT_EQ(timers(config, again), (std::vector{Timer::election}));
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

void expect_declined(const State& state, const Requested& asked, Obstacle why) {
  EXPECT_EQ(next_state(config, state, asked), (Step{state, {Decline{ClientId{7}, why}}}));
}
void expect_made(const State& state, const Requested& asked) {
  const Step step = next_state(config, state, asked);
  EXPECT_TRUE(only<Decline>(step).empty());
  EXPECT_EQ(step.state.durable.log.changed(), next(state.durable.log.last().index));
}

TEST(Membership, BesideEachObstacleIsAChangeThatIsMade) {
  State state = leading(with_learner, 2);
  for (const NodeId none : {NodeId{0}, NodeId{6}})
    for (const auto& asked : {change({none}, {}, {}), change({}, {none}, {}),
                              change({}, {}, {none}), change({}, {none}, {s3})})
      expect_declined(state, asked, Obstacle::no_such_change);
  for (const auto& asked : {change({}, {}, {}), change({s1}, {}, {}), change({}, {s4}, {}),
                            change({}, {}, {s5}), change({}, {s5}, {s5}), change({s4}, {}, {s4})})
    expect_declined(state, asked, Obstacle::no_such_change);
  for (const auto& asked : {change({}, {s5}, {}), change({}, {}, {s4}), change({}, {s1}, {s2}),
                            change({s1}, {}, {s2}), change({}, {}, {s1, s2, s4})})
    expect_made(state, asked);
  expect_declined(state, change({}, {s1, s2}, {s3}), Obstacle::no_voter_left);
  // What is committed is enough, of a log that goes on.
  state.durable.log.append(entries({2}, 3).front());
  progress(state, s4) = {.next = {2}, .match = {1}};
  expect_declined(state, change({s4}, {}, {s3}), Obstacle::not_caught_up);
  progress(state, s4) = {.next = {3}, .match = {2}};
  expect_made(state, change({s4}, {}, {s3}));
  expect_declined(state, change({s4, s5}, {}, {}), Obstacle::not_caught_up);
}

// One of learners alone too; and a joint one until what it leads to is committed.
TEST(Membership, OneChangeAtATimeAndNoneBeforeAnEntryOfTheOwnTermIsCommitted) {
  expect_declined(leading(with_learner, 1), change({}, {s5}, {}), Obstacle::change_under_way);
  expect_made(leading(with_learner, 2), change({}, {s5}, {}));
  const State over = leading(joint, 2);
  EXPECT_EQ(obstacle(config, over, std::get<Leader>(over.role), {{}, {}, {s2}}),
            Obstacle::change_under_way);
  for (const std::uint64_t commit : {0U, 1U})
    expect_declined(committed_up_to(commit, leader(config, {3}, log_of({2, 3}))),
                    change({}, {}, {s2}), Obstacle::no_own_term_commit);
  expect_made(committed_up_to(2, leader(config, {3}, log_of({2, 3}))), change({}, {}, {s2}));
}

TEST(Membership, OnlyALeaderThatStaysOneIsAsked) {
  State handing_over = leading(all_five, 2);
  std::get<Leader>(handing_over.role).successor = s2;
  for (const State& state : {handing_over, candidate(s1, {3}, {s1})})
    EXPECT_EQ(next_state(config, state, change({}, {}, {s3})),
              (Step{state, {Redirect{ClientId{7}, {}}}}));
  State knows = follower({2}, going_over_to(all_five));
  knows.role = Follower{.leader = s2};
  EXPECT_EQ(next_state(config, knows, change({}, {}, {s3})),
            (Step{knows, {Redirect{ClientId{7}, s2}}}));
}

// 4.1: majorities that differ by one voter overlap.
TEST(Membership, GoesOverFromTheOldVotersToTheNewOnes) {
  Config one_step = config;
  one_step.one_step = true;
  State state = leading(with_learner, 2);
  progress(state, s4) = {.next = {3}, .match = {2}};
  const auto asked = [&](const Config& own, const Requested& request) {
    return last_members(next_state(own, state, request).state);
  };
  const Configuration four{.voters = {s1, s2, s3, s4}};
  EXPECT_EQ(asked(one_step, change({s4}, {}, {})), four);
  EXPECT_EQ(asked(one_step, change({}, {s5}, {s3})),
            (Configuration{.voters = {s1, s2}, .learners = {s4, s5}}));
  const Configuration demoted{.voters = {s1, s2}, .learners = {s3, s4}};
  EXPECT_EQ(asked(one_step, change({}, {s3}, {})), demoted);
  const Configuration swapped{.voters = {s1, s2, s4}, .old_voters = {s1, s2, s3}};
  for (const Config& own : {config, one_step})
    EXPECT_EQ(asked(own, change({s4}, {}, {s3})), swapped);
  EXPECT_EQ(asked(config, change({s4}, {}, {})),
            (Configuration{.voters = four.voters, .old_voters = {s1, s2, s3}}));
  EXPECT_EQ(asked(one_step, change({}, {}, {s2, s3}))->old_voters, (Servers{s1, s2, s3}));
  EXPECT_EQ(asked(config, change({}, {}, {s4})), (Configuration{.voters = {s1, s2, s3}}));
  const Configuration both_learn{.voters = {s1, s2, s3}, .learners = {s4, s5}};
  EXPECT_EQ(asked(config, change({}, {s5}, {})), both_learn);
}

TEST(Membership, OffersWhatBecomesOfOneServerOrOfTwoVoters) {
  Config own = config;
  own.membership = true;
  State state = leading(with_learner, 2);
  const auto offered = [&] { return requests(own, state).size() - 1; };  // but for a proposal
  EXPECT_EQ(offered(), 11U);  // 3 removed, 3 demoted, s4 removed, s5 learns, 3 pairs removed
  progress(state, s4) = {.next = {3}, .match = {2}};
  EXPECT_EQ(offered(), 15U);  // and s4 promoted, alone or for one of three
  auto& role = std::get<Leader>(state.role);
  for (const ChangeMembers& one : possible_changes(own, state, role))
    EXPECT_EQ(obstacle(own, state, role, one), std::nullopt);
  role.successor = s2;
  EXPECT_EQ(offered(), 0U);
  state = leading(all_five, 1);
  EXPECT_EQ(offered(), 0U);
}

// --- What follows (4.2.2, 4.3).

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

// What the leader knows as committed, by its log or by its snapshot, it goes on with at once.
TEST(Membership, ANewLeaderLeavesACommittedJointConfigurationAtOnce) {
  Log short_log = going_over_to(joint);
  Snapshot snapshot = snapshot_of(short_log, 2);
  snapshot.configuration = joint;
  short_log.install(apart(snapshot));
  for (const Log& log : {going_over_to(joint), short_log}) {
    const State state = committed_up_to(2, candidate(s1, {3}, {s1, s4}, log));
    const State leads_now = next_state(config, state, votes_for(s2, {3})).state;
    EXPECT_EQ(last_members(leads_now), (Configuration{.voters = {s1, s4, s5}}));
    EXPECT_EQ(leads_now.durable.log.last(), id(3, 3));
  }
}

// The whole way of one, from which the leader itself goes (4.2.2, 4.3).
TEST(Membership, ALeaderLeadsUntilItsOwnLeavingIsCommitted) {
  State state = leading(with_learner, 2);
  progress(state, s4) = {.next = {3}, .match = {2}};
  const auto at = [&](std::uint64_t commit, std::uint64_t last) {
    return leads(state) && state.commit == Index{commit} &&
           state.durable.log.last().index == Index{last};
  };
  Step step = synced(config, state, change({s4}, {s5}, {s1}));
  for (const NodeId to : {s2, s3, s4, s5}) EXPECT_EQ(sent<AppendEntries>(step, to).size(), 1U);
  state = synced(config, step.state, accepts(s4, 3)).state;
  EXPECT_TRUE(at(2, 3) && is_joint(*last_members(state)));
  state = synced(config, state, accepts(s2, 3)).state;
  EXPECT_TRUE(at(3, 4));
  EXPECT_EQ(last_members(state), (Configuration{.voters = {s2, s3, s4}, .learners = {s5}}));
  state = synced(config, state, accepts(s2, 4)).state;
  EXPECT_TRUE(at(3, 4));  // it has entry 4 itself, which does not count
  step = synced(config, state, accepts(s3, 4));
  EXPECT_EQ(step.state.commit, Index{4});
  EXPECT_EQ(step.state.role, Role{Follower{}});
  EXPECT_EQ(next_state(config, step.state, Expired{Timer::election}), (Step{step.state, {}}));
}

// Who comes back is a new one too.
TEST(Membership, OfANewMemberTheLeaderKnowsNothing) {
  Config checks = config;
  checks.check_quorum = true;
  State state = leading(with_learner, 2, checks);
  progress(state, s4) = {.next = {3}, .match = {2}};
  state = synced(checks, state, change({}, {}, {s4})).state;
  const auto& peers = std::get<Leader>(state.role).peers;
  EXPECT_TRUE(peers.size() == 2 && peers.contains(s2) && peers.contains(s3));
  const std::vector<Message> late{AppendEntriesReply{.term = {2}, .accepted = false, .match = {}},
                                  AppendEntriesReply{.term = {2}, .accepted = true, .match = {3}},
                                  InstallSnapshotReply{.term = {2}, .last = {1}, .received = 1}};
  for (const Message& message : late)
    EXPECT_EQ(next_state(checks, state, Received{s4, message}), (Step{state, {}}));
  state = synced(checks, state, accepts(s2, 3)).state;
  state = synced(checks, state, change({}, {s4, s5}, {})).state;
  EXPECT_EQ(progress(state, s2).match, Index{3});
  for (const NodeId to : {s4, s5})
    EXPECT_EQ(progress(state, to), (Progress{.next = {5}, .match = {}}));
}

TEST(Membership, ASuccessorThatLosesItsVoteIsNoneAnyMore) {
  for (const NodeId successor : {s2, s4}) {
    State state = leading(joint, 1);
    std::get<Leader>(state.role).successor = successor;
    state = synced(config, state, accepts(s2, 2)).state;
    EXPECT_EQ(std::get<Leader>(state.role).successor, successor);
    state = synced(config, state, accepts(s4, 2)).state;
    EXPECT_EQ(std::get<Leader>(state.role).successor.has_value(), successor == s4);
  }
}

TEST(Membership, NobodyHandsOverToWhoHasNoVote) {
  const State state = leading(with_learner, 2);
  for (const NodeId to : {s1, s4, s5}) {
    const Requested order{ClientId{7}, TransferLeadership{to}};
    EXPECT_EQ(next_state(config, state, order), (Step{state, {}}));
  }
}

TEST(Membership, AConfigurationInWhichNobodyVotesOrWithACommandIsImpossible) {
  const State before = follower({2}, log_of({2}));
  const auto refused = [&](const Received& received) {
    const Step step = next_state(config, before, received);
    return step == Step{before, {Refuse{s2, Flaw::impossible}}};
  };
  Entry both = entry(all_five);
  both.command = "x";
  const Configuration only_old{.voters = {}, .old_voters = {s1}};
  EXPECT_FALSE(refused(brings({2}, id(2, 1), {entry(all_five), entry(joint)})));
  EXPECT_TRUE(refused(brings({2}, id(2, 1), {entry(all_five), entry(only_old)})));
  EXPECT_TRUE(refused(brings({2}, id(2, 1), {both})));
  EXPECT_FALSE(refused(snapshot_with(joint)));
  EXPECT_TRUE(refused(snapshot_with(only_old)));
  EXPECT_TRUE(refused(snapshot_with({.voters = {}, .learners = {s1}})));
}

}  // namespace
}  // namespace coracle::raft
