// What a client may read, and when, without an entry in the log: thesis 6.4.
#include "model/raft/reads.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/raft/roles.h"

namespace coracle::raft {
namespace {

using Servers = std::set<NodeId>;
using Number = std::uint64_t;

Config reading(Reads reads, std::size_t servers = 3) {
  Config own = server(s1, servers);
  own.reads = reads;
  own.stickiness = reads == Reads::lease;
  return own;
}

const Config config = reading(Reads::read_index);
const Config five = reading(Reads::read_index, 5);
const Config lease = reading(Reads::lease);
const Config five_lease = reading(Reads::lease, 5);
const Config naive = reading(Reads::naive);
const Config by_log = reading(Reads::log);

ReadId read_id(Number number) { return {.client = ClientId{7}, .number = number}; }
Requested asks(Number number) { return {ClientId{7}, Read{number}}; }
Received asks_for(NodeId from, Number number, Term term = {2}) {
  return {from, ReadIndex{term, read_id(number)}};
}
Effect tells(NodeId to, Number number, Number index = 2) {
  return Send{to, ReadIndexReply{.term = {2}, .read = read_id(number), .index = {index}}};
}
Readable readable(Number number, Number index = 2) { return {read_id(number), {index}}; }

Reading noted(Number number, Number round, NodeId asked_by = s1) {
  return {.read = read_id(number), .asked_by = asked_by, .round = {round}};
}
Standing standing(Number round, Servers answered = {}, std::vector<Reading> reads = {}) {
  return {.round = {round}, .answered = std::move(answered), .reads = std::move(reads)};
}
const Standing& standing(const Step& step) { return std::get<Leader>(step.state.role).standing; }

// A leader in term 2 with entries of terms 1 and 2. Its peers are known to have what is committed,
// so their answers change nothing but its standing.
State leader_with(Standing standing, const Config& own = config, Number commit = 2) {
  State state = committed_up_to(commit, leader(own, {2}, log_of({1, 2})));
  auto& role = std::get<Leader>(state.role);
  role.standing = std::move(standing);
  for (auto& [peer, progress] : role.peers) progress = {.next = {3}, .match = {commit}};
  return state;
}
// Nobody waits; nor where these have answered; one read waits, also before an own-term commit.
State idle(Number round, const Config& own = config) { return leader_with(standing(round), own); }
State leased(Number round, Servers by) { return leader_with(standing(round, std::move(by))); }
State waiting(Number round, Servers answered = {}, const Config& own = config, Number commit = 2) {
  return leader_with(standing(round, std::move(answered), {noted(1, round)}), own, commit);
}
State early(Servers by, const Config& own = config) { return waiting(1, std::move(by), own, 1); }
State told(State state) {
  std::get<Leader>(state.role).standing.has_handed_over = true;
  return state;
}
State hands_over(State state) {
  std::get<Leader>(state.role).successor = s2;
  return state;
}
const State follows_s2 = in_role(Follower{.leader = s2});

AppendEntriesReply reply(bool accepted, Number match, Number round) {
  return {.term = {2}, .accepted = accepted, .match = {match}, .conflict = {}, .round = {round}};
}
Received answers(NodeId from, Number round, Number match = 2) {
  return {from, reply(true, match, round)};
}
Received refuses(NodeId from, Number round) { return {from, reply(false, 0, round)}; }

AppendEntries append(Term term, EntryId previous, Number round, Number commit = 0) {
  return {.term = term, .previous = previous, .entries = {}, .commit = {commit}, .round = {round}};
}

const Expired heartbeat_due{Timer::heartbeat};
const Requested to_s2{ClientId{7}, TransferLeadership{s2}};

// What a leader of so many servers sends when a round begins.
Effects round_of(Number round, std::size_t servers = 3, Number commit = 2) {
  Effects all{SetTimer{Timer::heartbeat}};
  for (const NodeId peer : server(s1, servers).peers)
    all.emplace_back(Send{peer, append({2}, id(2, 2), round, commit)});
  return all;
}
Effects operator+(Effects first, const Effects& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

// --- Rounds.

TEST(Reads, ALeaderNotesAReadAndBeginsARound) {
  EXPECT_EQ(next_state(config, idle(0), asks(1)), (Step{waiting(1), round_of(1)}));
  EXPECT_EQ(next_state(config, idle(4), asks(1)), (Step{waiting(5), round_of(5)}));
}

// Whoever refuses an append follows its leader too.
TEST(Reads, AMajorityThatAnswersTheRoundMakesItReadable) {
  for (const Received& answer : {answers(s2, 1), answers(s3, 1), refuses(s2, 1), refuses(s3, 1)})
    EXPECT_EQ(next_state(config, waiting(1), answer), (Step{idle(1), {readable(1)}}));
}

TEST(Reads, OneAnswerOfFiveIsNotEnoughHoweverOftenItComes) {
  const State once = waiting(3, {s4}, five);
  EXPECT_EQ(next_state(five, waiting(3, {}, five), answers(s4, 3)), (Step{once, {}}));
  for (const Received& answer : {answers(s4, 3), refuses(s4, 3)})
    EXPECT_EQ(next_state(five, once, answer), (Step{once, {}}));
  EXPECT_EQ(next_state(five, once, refuses(s2, 3)), (Step{idle(3, five), {readable(1)}}));
}

// Who answered an earlier one may follow another leader by now.
TEST(Reads, AnswersOfAnotherRoundOrTermDoNotCount) {
  AppendEntriesReply earlier = reply(true, 2, 2);
  earlier.term = {1};
  for (const Received& answer : {answers(s2, 0), answers(s2, 1), refuses(s2, 0), refuses(s2, 1),
                                 answers(s2, 3), Received{s2, earlier}})
    EXPECT_EQ(next_state(config, waiting(2), answer), (Step{waiting(2), {}}));
}

// That one began before it was asked, and shows nothing about the time since.
TEST(Reads, WhatIsAskedWhileARoundIsUnderWayWaitsForTheNext) {
  Step step = next_state(config, waiting(1), asks(2));
  EXPECT_EQ(step, (Step{leader_with(standing(1, {}, {noted(1, 1), noted(2, 2)})), {}}));
  step = next_state(config, step.state, asks(3));
  const State late = leader_with(standing(2, {}, {noted(2, 2), noted(3, 2)}));
  EXPECT_EQ(next_state(config, step.state, answers(s2, 1)),
            (Step{late, Effects{readable(1)} + round_of(2)}));
  EXPECT_EQ(next_state(config, late, answers(s3, 1)), (Step{late, {}}));
  EXPECT_EQ(next_state(config, late, answers(s3, 2)), (Step{idle(2), {readable(2), readable(3)}}));
}

// What is committed since it was asked does no harm; it is applied by then.
TEST(Reads, IsReadableAtWhatIsCommittedWhenItIsConfirmed) {
  State before = waiting(1);
  before.durable.log = log_of({1, 2, 2});
  std::get<Leader>(before.role).written = {3};
  EXPECT_EQ(next_state(config, before, answers(s2, 1, 3)).effects,
            (Effects{Apply{.index = {3}, .command = "2@3"}, readable(1, 3)}));
  before.durable.log = compacted(log_of({1, 2}), 2);
  EXPECT_EQ(next_state(config, before, answers(s2, 1)).effects, (Effects{readable(1)}));
}

TEST(Reads, TheNextHeartbeatOrProposalAsksAgain) {
  const State before = waiting(1, {s5}, five);
  EXPECT_EQ(next_state(five, before, heartbeat_due), (Step{before, round_of(1, 5)}));
  const Step step = next_state(config, waiting(1), propose("x"));
  EXPECT_EQ(sent<AppendEntries>(step, s2).at(0).round, Round{1});
  EXPECT_EQ(next_state(config, step.state, answers(s2, 1)).effects, (Effects{readable(1)}));
}

TEST(Reads, WhereNobodyAsksAnswersLeaveNoTrace) {
  for (const Number round : {0U, 1U}) {
    EXPECT_EQ(next_state(config, idle(round), heartbeat_due), (Step{idle(round), round_of(round)}));
    for (const Received& answer : {answers(s2, round), refuses(s3, round)})
      EXPECT_EQ(next_state(config, idle(round), answer), (Step{idle(round), {}}));
  }
}

TEST(Reads, ALeaderThatStepsDownForgetsThem) {
  Config own = config;
  own.check_quorum = true;
  EXPECT_EQ(next_state(own, waiting(1), Expired{Timer::quorum}).state.role, Role{Follower{}});
  const Received later{s3, RequestVoteReply{.term = {3}, .granted = false}};
  EXPECT_EQ(next_state(own, waiting(1), later).state.role, Role{Follower{}});
}

TEST(Reads, ALeaderThatHandsOverAnswersByARound) {
  EXPECT_EQ(next_state(config, hands_over(idle(0)), asks(1)),
            (Step{hands_over(waiting(1)), round_of(1)}));
  EXPECT_EQ(next_state(config, hands_over(waiting(1)), answers(s3, 1)),
            (Step{hands_over(idle(1)), {readable(1)}}));
}

// --- Before an entry of its own term is committed.

// s2 answers without any round: its snapshot is there, or it answers an append of before.
TEST(Reads, WaitsForACommitOfTheOwnTermAndIsThenReadableByThatAlone) {
  const State before = early({s3});
  EXPECT_EQ(next_state(config, early({}), answers(s3, 1, 1)), (Step{before, {}}));
  const Step step = next_state(config, before, answers(s2, 0));
  EXPECT_EQ(step.effects, (Effects{Apply{.index = {2}, .command = "2@2"}, readable(1)}));
  EXPECT_EQ(standing(step), standing(1));
  EXPECT_TRUE(only<Readable>(next_state(config, early({}), answers(s2, 0))).empty());
}

// While it waits for that, its round is under way.
TEST(Reads, WhatIsAskedBeforeThatCommitWaitsForARoundOfItsOwn) {
  Step step = next_state(config, early({s3}), asks(2));
  EXPECT_TRUE(step.effects.empty());
  step = next_state(config, step.state, answers(s2, 1));
  EXPECT_EQ(only<Readable>(step), (std::vector{readable(1)}));
  EXPECT_EQ(standing(step), standing(2, {}, {noted(2, 2)}));
}

// --- Who is asked.

TEST(Reads, AServerAloneAnswersAtOnceOrWithItsFirstCommit) {
  for (const Reads reads : {Reads::read_index, Reads::lease}) {
    const Config alone = reading(reads, 1);
    EXPECT_EQ(next_state(alone, idle(0, alone), asks(1)),
              (Step{idle(1, alone), round_of(1, 1) + Effects{readable(1)}}));
    EXPECT_EQ(next_state(alone, idle(1, alone), asks(2)).state,
              idle(reads == Reads::lease ? 1 : 2, alone));
    EXPECT_EQ(next_state(alone, leader_with(standing(0), alone, 1), asks(1)),
              (Step{early({}, alone), round_of(1, 1)}));
    const Saved written{Written{.first = {2}, .entries = entries({2}, 2)}};
    EXPECT_EQ(only<Readable>(next_state(alone, early({}, alone), written)).size(), 1U);
    const State two = leader_with(standing(1, {}, {noted(1, 1), noted(2, 2)}), alone, 1);
    EXPECT_EQ(only<Readable>(next_state(alone, two, written)).size(), 2U);
  }
}

// In how many of two ways s1 can read with these others: by a round, and by a lease.
int ways_to_read(const Configuration& members, const Servers& others) {
  State state = committed_up_to(1, leader(five, {2}, log_of({2})));
  state.durable.log.append({.term = {2}, .command = {}, .configuration = members});
  std::get<Leader>(state.role).peers.clear();
  track_members(begun(five, State(state)), std::get<Leader>(state.role));
  Step by_round = next_state(five, state, asks(1));
  Step by_lease = next_state(five_lease, state, heartbeat_due);
  for (const NodeId other : others) {
    by_round = next_state(five, by_round.state, refuses(other, 1));
    by_lease = next_state(five_lease, by_lease.state, refuses(other, 1));
  }
  by_lease = next_state(five_lease, by_lease.state, asks(1));
  const std::vector one{readable(1, 1)};
  return (only<Readable>(by_round) == one ? 1 : 0) + (only<Readable>(by_lease) == one ? 1 : 0);
}

TEST(Reads, AMajorityOfEachSideIsAskedAndNoLearner) {
  const Configuration joint{.voters = {s1, s4, s5}, .old_voters = {s1, s2, s3}};
  for (const Servers& others : {Servers{s2}, {s4}, {s2, s3}, {s4, s5}})
    EXPECT_EQ(ways_to_read(joint, others), 0);
  for (const Servers& others : {Servers{s2, s4}, {s3, s5}})
    EXPECT_EQ(ways_to_read(joint, others), 2);
  const Configuration two_learn{.voters = {s1, s2, s3}, .learners = {s4, s5}};
  EXPECT_EQ(ways_to_read(two_learn, {s4, s5}), 0);
  EXPECT_EQ(ways_to_read(two_learn, {s3}), 2);
  const Configuration without{.voters = {s2, s3}, .learners = {s1}};  // s1 itself
  EXPECT_EQ(ways_to_read(without, {s2}), 0);
  EXPECT_EQ(ways_to_read(without, {s2, s3}), 2);
  EXPECT_EQ(ways_to_read({.voters = {s1, s2}}, {s3, s4, s5}), 0);  // no members any more
}

// --- Followers.

TEST(Reads, AFollowerAsksItsLeaderAndWhoKnowsNoneSendsTheClientElsewhere) {
  const Send question{s2, ReadIndex{.term = {3}, .read = read_id(1)}};
  for (const Config& own : {config, lease})
    EXPECT_EQ(next_state(own, follows_s2, asks(1)), (Step{follows_s2, {question}}));
  for (const Config& own : {config, lease, naive})
    for (const Role& role : {Role{Follower{}}, Role{PreCandidate{{s1}}}, Role{Candidate{{s1}}}})
      EXPECT_EQ(next_state(own, in_role(role), asks(1)),
                (Step{in_role(role), {Redirect{ClientId{7}, {}}}}));
}

// The term in which it asked does not matter: the round begins after that.
TEST(Reads, ALeaderAnswersWhoAskedInTheOrderOfAsking) {
  const Step step = next_state(config, idle(0), asks_for(s3, 1, {1}));
  EXPECT_EQ(step, (Step{leader_with(standing(1, {}, {noted(1, 1, s3)})), round_of(1)}));
  EXPECT_EQ(next_state(config, step.state, answers(s2, 1)), (Step{idle(1), {tells(s3, 1)}}));
  const State both = leader_with(standing(1, {}, {noted(4, 1), noted(3, 1, s2)}));
  EXPECT_EQ(next_state(config, both, answers(s2, 1)).effects, (Effects{readable(4), tells(s2, 3)}));
}

TEST(Reads, WhoDoesNotLeadAnswersNobody) {
  const auto asked = asks_for(s3, 1, {3});
  for (const State& before : {follows_s2, in_role(PreCandidate{{s1}}), in_role(Candidate{{s1}})})
    EXPECT_EQ(next_state(config, before, asked), (Step{before, {}}));
  const Step step = next_state(config, idle(0), asked);
  EXPECT_EQ(step.state, committed_up_to(2, follower({3}, log_of({1, 2}))));
  EXPECT_TRUE(only<Send>(step).empty());
}

// What was committed then is committed, whoever leads now.
TEST(Reads, WhatTheLeaderAnswersIsReadableInEveryRoleAndTerm) {
  for (const State& before : all_roles())
    for (const Number term : {1U, 3U, 5U}) {
      const ReadIndexReply told{.term = {term}, .read = read_id(1), .index = {9}};
      const Step step = next_state(config, before, Received{s2, told});
      EXPECT_EQ(only<Readable>(step), (std::vector{readable(1, 9)}));
      EXPECT_EQ(step.state.durable.term, Term{std::max(term, Number{3})});
      EXPECT_EQ(step.state == before, term <= 3);
    }
  const ReadIndexReply impossible{.term = {2}, .read = read_id(1), .index = {beyond_all}};
  EXPECT_EQ(next_state(config, follows_s2, Received{s2, impossible}),
            (Step{follows_s2, {Refuse{s2, Flaw::impossible}}}));
}

// Of an append of an earlier term it says nothing; nor does it when a snapshot is there.
TEST(Reads, AFollowerSaysWhichRoundItAnswers) {
  const auto answer = [](const Message& message) {
    const Step step = next_state(config, follower({2}, log_of({2})), Received{s2, message});
    return sent<AppendEntriesReply>(step, s2).at(0);
  };
  for (const Number round : {0U, 6U}) {
    EXPECT_EQ(answer(append({2}, id(2, 1), round)), reply(true, 1, round));
    EXPECT_EQ(answer(append({2}, id(2, 4), round)), reply(false, 0, round));
    EXPECT_EQ(answer(append({1}, id(1, 1), round)), reply(false, 0, 0));
  }
  EXPECT_EQ(answer(install({2}, id(2, 2))), reply(true, 2, 0));
}

// --- Naive, and by the log.

TEST(Reads, NaiveOnesAreAnsweredAtOnceOrSentToTheLeader) {
  for (const Number commit : {1U, 2U}) {
    const State before = leader_with(standing(0), naive, commit);
    EXPECT_EQ(next_state(naive, before, asks(1)), (Step{before, {readable(1, commit)}}));
    EXPECT_EQ(next_state(naive, before, asks_for(s3, 1)), (Step{before, {tells(s3, 1, commit)}}));
  }
  EXPECT_EQ(next_state(naive, follows_s2, asks(1)),
            (Step{follows_s2, {Redirect{ClientId{7}, s2}}}));
}

TEST(Reads, WhoReadsByTheLogHearsOfNone) {
  for (const State& before : all_roles()) {
    EXPECT_EQ(next_state(by_log, before, asks(1)), (Step{before, {}}));
    EXPECT_EQ(next_state(by_log, before, asks_for(s3, 1, {3})), (Step{before, {}}));
  }
}

// --- Leases.

TEST(Reads, ALeaseAnswersAtOnceUntilTheNextHeartbeat) {
  const State before = leased(1, {s2});
  EXPECT_EQ(next_state(lease, idle(0), heartbeat_due), (Step{idle(1), round_of(1)}));
  EXPECT_EQ(next_state(lease, idle(1), answers(s2, 1)), (Step{before, {}}));
  for (const Number number : {1U, 2U})
    EXPECT_EQ(next_state(lease, before, asks(number)), (Step{before, {readable(number)}}));
  EXPECT_EQ(next_state(lease, before, asks_for(s3, 3)), (Step{before, {tells(s3, 3)}}));
  EXPECT_EQ(next_state(lease, before, heartbeat_due), (Step{idle(2), round_of(2)}));
  EXPECT_EQ(next_state(lease, idle(2), asks(1)), (Step{waiting(3), round_of(3)}));
}

TEST(Reads, WithoutALeaseARoundAnswersAndIsOneFromThenOn) {
  EXPECT_EQ(next_state(lease, idle(0), answers(s2, 0)), (Step{idle(0), {}}));
  EXPECT_EQ(next_state(lease, idle(0), asks(1)), (Step{waiting(1), round_of(1)}));
  const Step step = next_state(lease, waiting(1), answers(s2, 1));
  EXPECT_EQ(step, (Step{leased(1, {s2}), {readable(1)}}));
  EXPECT_EQ(next_state(lease, step.state, asks(2)), (Step{step.state, {readable(2)}}));
  EXPECT_EQ(next_state(lease, leader_with(standing(1, {s2, s3}), lease, 1), asks(1)),
            (Step{waiting(2, {}, lease, 1), round_of(2, 3, 1)}));  // nor is there one before this
}

// A heartbeat in between began after it was asked too.
TEST(Reads, WhatWaitsWhenAHeartbeatIsDueIsReadableByThatRound) {
  State state = leader_with(standing(1, {}, {noted(1, 1), noted(2, 2)}));
  state = next_state(lease, state, heartbeat_due).state;
  EXPECT_EQ(next_state(lease, state, answers(s2, 1)), (Step{state, {}}));
  EXPECT_EQ(next_state(lease, state, answers(s2, 2)),
            (Step{leased(2, {s2}), {readable(1), readable(2)}}));
}

// By then another one may lead, and stickiness did not stand in its way.
TEST(Reads, WhoToldAnotherToCampaignHasNoLeaseForTheRestOfItsTerm) {
  const State before = leased(1, {s2, s3});
  EXPECT_EQ(next_state(config, before, to_s2).state, hands_over(before));  // without leases
  const State after = next_state(lease, before, to_s2).state;
  EXPECT_EQ(after, hands_over(told(before)));
  EXPECT_EQ(next_state(lease, after, Expired{Timer::transfer}), (Step{told(before), {}}));
  EXPECT_EQ(next_state(lease, told(before), asks(1)), (Step{told(waiting(2)), round_of(2)}));
  EXPECT_EQ(next_state(lease, told(waiting(2)), answers(s2, 2)),
            (Step{told(leased(2, {s2})), {readable(1)}}));
}

TEST(Reads, ALeaseHoldsWhileTheSuccessorIsNotTold) {
  State before = leased(1, {s3});
  progress(before, s2).match = {1};
  const State asked = next_state(lease, before, to_s2).state;
  EXPECT_EQ(next_state(lease, asked, asks(1)), (Step{hands_over(before), {readable(1)}}));
  EXPECT_EQ(next_state(lease, asked, answers(s2, 0)).state, hands_over(told(leased(1, {s3}))));
}

// For all it knows, it answered a moment ago.
TEST(Reads, WhoRestartsWithLeasesIgnoresCandidatesForAWhile) {
  const State old = follower({2}, log_of({2}));
  for (const Config& own : {config, naive, by_log}) EXPECT_EQ(restarted(own, old.durable), old);
  const State state = restarted(lease, old.durable);
  EXPECT_EQ(state.role, Role{Follower{.heard = true}});
  EXPECT_EQ(timers(lease, state), (std::vector{Timer::election, Timer::silence}));
  const Received candidate{s3, RequestVote{.term = {3}, .last = id(2, 1)}};
  EXPECT_EQ(next_state(lease, state, candidate), (Step{state, {}}));
  const State silent = next_state(lease, state, Expired{Timer::silence}).state;
  EXPECT_TRUE(sent<RequestVoteReply>(next_state(lease, silent, candidate), s3).at(0).granted);
}

// Late news of a higher term does not end the promise that a lease rests on.
TEST(Reads, AFollowerOfALeaseKeepsItsPromiseInEveryTerm) {
  for (const Config& own : {lease, config}) {
    State promised = follower({2}, log_of({1, 2}));
    promised.role = Follower{.leader = s2, .heard = true};
    const Step step =
        next_state(own, promised, Received{s3, PreVoteReply{.term = {5}, .granted = false}});
    EXPECT_EQ(step.state.durable.term, Term{5});
    EXPECT_EQ(std::get<Follower>(step.state.role), (Follower{.heard = own.reads == Reads::lease}));
  }
}

TEST(Reads, AreAskedForWhereTheyMayBeAnsweredAndNoneWaits) {
  for (const Config& own : {config, lease, naive, by_log}) {
    const bool forwards = own.reads == Reads::read_index || own.reads == Reads::lease;
    const auto offered = [&](const State& state) {
      return std::ranges::count(requests(own, state), Request{Read{1}}) == 1;
    };
    EXPECT_EQ(offered(idle(1)), own.reads != Reads::log);
    EXPECT_EQ(offered(follows_s2), forwards);
    for (const State& state : {waiting(1), follower({2}), candidate(s1, {2}, {s1})})
      EXPECT_FALSE(offered(state));
    const auto never = std::ranges::count_if(
        unused(own), [](std::string_view kind) { return kind.starts_with("Read"); });
    EXPECT_EQ(never, forwards ? 0 : own.reads == Reads::naive ? 2 : 3);
  }
  const Bounds bounds{.max_term = {2}, .max_log = {2}, .max_round = {3}};
  EXPECT_TRUE(within(bounds, idle(3)) && !within(bounds, idle(4)));
}

// The effects of the same step, as published and with the bug.
using Both = std::pair<Effects, Effects>;
Both in_both(Mutant mutant, const Config& own, const State& before, const Event& event) {
  PlantedConfig bench;
  static_cast<Config&>(bench) = own;
  bench.mutant = mutant;
  return {next_state(own, before, event).effects, next_state(bench, before, event).effects};
}

TEST(Reads, WithAPlantedBugAreAnsweredTooEarly) {
  const Effects now{readable(1)};
  EXPECT_EQ(in_both(Mutant::read_before_own_commit, config, early({}), answers(s2, 1, 1)),
            (Both{{}, {readable(1, 1)}}));
  EXPECT_EQ(in_both(Mutant::read_without_quorum, config, idle(0), asks(1)),
            (Both{round_of(1), round_of(1) + now}));
  EXPECT_EQ(in_both(Mutant::read_ack_reused, config, waiting(2), answers(s2, 1)), (Both{{}, now}));
  EXPECT_EQ(in_both(Mutant::lease_survives_transfer, lease, told(leased(1, {s2})), asks(1)),
            (Both{round_of(2), now}));
}

// In any order, once or twice, late or never. What is known from outside: who answered which round,
// and which was the last one when each read was asked.
RC_GTEST_PROP(Reads, EachIsReadableOnceAMajorityHasAnsweredALaterRound, ()) {
  State state = idle(0, five);
  std::map<Number, Round> asked;
  std::map<Round, Servers> answered;
  const auto take = [&](const Event& event) {
    const Step step = next_state(five, state, event);
    state = step.state;
    for (const Readable& now : only<Readable>(step)) {
      const auto read = asked.extract(now.read.number);
      RC_ASSERT(!read.empty());
      RC_ASSERT(std::ranges::any_of(answered, [&](const auto& round) {
        return round.first > read.mapped() && round.second.size() >= 2;
      }));
    }
  };
  const auto last = [&] { return std::get<Leader>(state.role).standing.round; };
  const auto answer = [&](NodeId from, Number round) {
    answered[{round}].insert(from);
    take(answers(from, round));
  };
  const auto steps = *rc::gen::arbitrary<std::vector<std::pair<std::uint8_t, bool>>>();
  for (Number number = 0; number < steps.size(); ++number) {
    const auto& [what, late] = steps[number];
    const NodeId from = node_at(what % 5);
    if (from == s1) {
      asked[number] = last();
      take(asks(number));
    } else {
      answer(from, last().value - std::min(last().value, Number{late}));
    }
  }
  for (int rounds = 0; rounds < 2; ++rounds)
    for (const NodeId peer : five.peers) answer(peer, last().value);
  RC_ASSERT(asked.empty());
}

}  // namespace
}  // namespace coracle::raft
