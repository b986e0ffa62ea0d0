// Two things that make a leader and its followers agree on who is alive: a leader that hears no
// majority steps down (thesis 6.2), and who hears a leader ignores who wants to be one (4.2.3).
#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

EntryId id(std::uint64_t term, std::uint64_t index) { return {.term = {term}, .index = {index}}; }

Config checking(std::size_t servers) {
  Config own = server(s1, servers);
  own.check_quorum = true;
  return own;
}

const Config config = checking(3);
const Config five = checking(5);

Config sticking() {
  Config own = server(s1, 3);
  own.stickiness = true;
  return own;
}

const Config sticky = sticking();

State pre_candidate(Term term) {
  State state = follower(term);
  state.role = PreCandidate{{s1}};
  return state;
}

State hearing(NodeId leader, State state) {
  state.role = Follower{.leader = leader, .heard = true};
  return state;
}

Received accepts(NodeId from, Term term, Index match) {
  return {from, AppendEntriesReply{.term = term, .accepted = true, .match = match}};
}
Received heartbeat(NodeId from, Term term, EntryId previous = {}) {
  return {from, AppendEntries{.term = term, .previous = previous, .entries = {}, .commit = {}}};
}
Received request(NodeId from, Term term, bool transfer = false) {
  return {from, RequestVote{.term = term, .last = {}, .transfer = transfer}};
}

std::set<NodeId> active(const State& state) {
  std::set<NodeId> all;
  for (const auto& [peer, progress] : std::get<Leader>(state.role).peers)
    if (progress.active) all.insert(peer);
  return all;
}

State leader_that_heard(const Config& own, const std::set<NodeId>& peers) {
  State state = leader(own, {2}, log_of({1}));
  for (const NodeId peer : peers) progress(state, peer).active = true;
  return state;
}

// --- The leader asks itself.

TEST(CheckQuorum, ANewLeaderSetsItsTimer) {
  const Received vote{s2, RequestVoteReply{.term = {2}, .granted = true}};
  const auto set = [&](const Config& own) {
    return only<SetTimer>(next_state(own, candidate(s1, {2}, {s1}), vote));
  };
  EXPECT_EQ(set(config), (std::vector{SetTimer{Timer::heartbeat}, SetTimer{Timer::quorum}}));
  EXPECT_EQ(set(server(s1, 3)), (std::vector{SetTimer{Timer::heartbeat}}));
}

TEST(CheckQuorum, OnlyALeaderHasItsTimer) {
  using Timers = std::vector<Timer>;
  EXPECT_EQ(timers(config, leader(config, {1})), (Timers{Timer::heartbeat, Timer::quorum}));
  EXPECT_EQ(timers(config, follower({1})), (Timers{Timer::election}));
  EXPECT_EQ(timers(config, pre_candidate({1})), (Timers{Timer::election}));
  EXPECT_EQ(timers(config, candidate(s1, {1}, {s1})), (Timers{Timer::election}));
  EXPECT_EQ(timers(server(s1, 3), leader(config, {1})), (Timers{Timer::heartbeat}));
  const Delay least{config.election_timeout.least, config.election_timeout.least};
  EXPECT_EQ(delay(config, Timer::quorum), least);
}

TEST(CheckQuorum, GoesOnWithAMajorityItselfIncluded) {
  for (const auto& [own, heard] : {std::pair{config, std::set{s3}},
                                   {config, {s2, s3}},
                                   {five, {s2, s5}},
                                   {five, {s2, s3, s4, s5}},
                                   {checking(2), {s2}},
                                   {checking(4), {s2, s4}}}) {
    const Step step = next_state(own, leader_that_heard(own, heard), Expired{Timer::quorum});
    EXPECT_EQ(step, (Step{leader_that_heard(own, {}), {SetTimer{Timer::quorum}}}));
  }
}

TEST(CheckQuorum, AServerAloneIsAMajority) {
  const Config alone = checking(1);
  const State before = leader(alone, {2});
  EXPECT_EQ(next_state(alone, before, Expired{Timer::quorum}),
            (Step{before, {SetTimer{Timer::quorum}}}));
}

// Nothing is to be saved: it is in the same term, and its vote in it stays given.
TEST(CheckQuorum, StepsDownWithoutAMajorityInItsOwnTermKeepingItsVote) {
  for (const auto& [own, heard] : {std::pair{config, std::set<NodeId>{}},
                                   {five, {s2}},
                                   {checking(2), {}},
                                   {checking(4), {s3}}}) {
    const State before = committed_up_to(1, leader_that_heard(own, heard));
    const Step step = next_state(own, before, Expired{Timer::quorum});
    EXPECT_EQ(step.state, committed_up_to(1, follower({2}, log_of({1}), s1)));
    EXPECT_EQ(step.effects, (Effects{SetTimer{Timer::election}}));
  }
}

TEST(CheckQuorum, ForgetsAtEachCheckWhomItHasHeard) {
  Step step = next_state(config, leader_that_heard(config, {s2}), Expired{Timer::quorum});
  EXPECT_EQ(active(step.state), (std::set<NodeId>{}));
  step = next_state(config, step.state, Expired{Timer::quorum});
  EXPECT_EQ(step.state, follower({2}, log_of({1}), s1));
}

TEST(CheckQuorum, ANewLeaderHasHeardNobodyYet) {
  const Received vote{s2, RequestVoteReply{.term = {2}, .granted = true}};
  const State state = next_state(config, candidate(s1, {2}, {s1}), vote).state;
  EXPECT_EQ(active(state), (std::set<NodeId>{}));
}

TEST(CheckQuorum, EveryAnswerInItsTermCounts) {
  State before = leader_that_heard(config, {});
  before.durable.log = compacted(log_of({1}), 1);
  const std::vector<Message> messages{
      AppendEntriesReply{.term = {2}, .accepted = true, .match = {1}},
      AppendEntriesReply{.term = {2}, .accepted = false, .match = {}},
      InstallSnapshotReply{.term = {2}, .last = {1}, .received = 0}};
  for (const Message& message : messages)
    EXPECT_EQ(active(next_state(config, before, Received{s2, message}).state), (std::set{s2}));
}

TEST(CheckQuorum, CountsAServerOnceHoweverOftenItSpeaks) {
  State state = leader_that_heard(five, {});
  for (int times = 0; times < 3; ++times)
    state = next_state(five, state, accepts(s2, {2}, {1})).state;
  EXPECT_EQ(active(state), (std::set{s2}));
  EXPECT_FALSE(leads(next_state(five, state, Expired{Timer::quorum}).state));
}

TEST(CheckQuorum, NeitherAStrangerNorAnImpossibleAnswerCounts) {
  const State before = leader_that_heard(config, {});
  EXPECT_EQ(next_state(config, before, accepts(s4, {2}, {1})).state, before);
  EXPECT_EQ(next_state(config, before, accepts(s2, {2}, {9})).state, before);
}

TEST(CheckQuorum, ALeaderThatDoesNotCheckRemembersNobody) {
  const State state =
      next_state(server(s1, 3), leader_that_heard(config, {}), accepts(s2, {2}, {1})).state;
  EXPECT_EQ(active(state), (std::set<NodeId>{}));
}

TEST(CheckQuorum, OnlyALeaderAsksItself) {
  for (const State& before : {follower({2}), pre_candidate({2}), candidate(s1, {2}, {s1})})
    EXPECT_EQ(next_state(config, before, Expired{Timer::quorum}), (Step{before, {}}));
}

// --- Who has stepped down.

State deposed() {
  return next_state(config, leader_that_heard(config, {}), Expired{Timer::quorum}).state;
}

TEST(CheckQuorum, WhoHasSteppedDownKnowsNoLeader) {
  EXPECT_EQ(timers(config, deposed()), (std::vector{Timer::election}));
  EXPECT_EQ(next_state(config, deposed(), propose("x")),
            (Step{deposed(), {Redirect{ClientId{7}, {}}}}));
}

// Or there might be two leaders in one term.
TEST(CheckQuorum, WhoHasSteppedDownGivesItsVoteToNobodyInThatTerm) {
  const Received asked{s2, RequestVote{.term = {2}, .last = id(1, 1)}};
  EXPECT_EQ(sent<RequestVoteReply>(next_state(config, deposed(), asked), s2),
            (std::vector{RequestVoteReply{.term = {2}, .granted = false}}));
  const Received later{s2, RequestVote{.term = {3}, .last = id(1, 1)}};
  EXPECT_EQ(sent<RequestVoteReply>(next_state(config, deposed(), later), s2),
            (std::vector{RequestVoteReply{.term = {3}, .granted = true}}));
}

TEST(CheckQuorum, WhoHasSteppedDownCommitsNothingByLateAnswers) {
  State before = leader_that_heard(config, {});
  before = synced(config, before, propose("2@2")).state;
  before = next_state(config, before, Expired{Timer::quorum}).state;
  EXPECT_EQ(next_state(config, before, accepts(s2, {2}, {2})), (Step{before, {}}));
}

TEST(CheckQuorum, WhoHasSteppedDownLeadsAgainOnlyInALaterTerm) {
  const Received vote{s2, RequestVoteReply{.term = {2}, .granted = true}};
  EXPECT_EQ(next_state(config, deposed(), vote), (Step{deposed(), {}}));
  Step step = synced(config, deposed(), Expired{Timer::election});
  EXPECT_EQ(step.state, candidate(s1, {3}, {s1}, log_of({1})));
  const Received next_vote{s2, RequestVoteReply{.term = {3}, .granted = true}};
  EXPECT_TRUE(leads(next_state(config, step.state, next_vote).state));
}

TEST(CheckQuorum, WhoHasSteppedDownAsksInAdvanceWhereServersDo) {
  Config asking = config;
  asking.pre_vote = true;
  const Step step = next_state(asking, deposed(), Expired{Timer::election});
  EXPECT_EQ(step.state.durable, deposed().durable);
  EXPECT_TRUE(std::holds_alternative<PreCandidate>(step.state.role));
}

// --- A follower that hears its leader.

TEST(Stickiness, WhoHearsALeaderIgnoresARequestVoteWholly) {
  const State before = hearing(s2, follower({2}, {}, s2));
  for (const std::uint64_t term : {1U, 2U, 3U, 9U})
    for (const NodeId from : {s2, s3})
      EXPECT_EQ(next_state(sticky, before, request(from, {term})), (Step{before, {}}));
}

TEST(Stickiness, ALeaderIgnoresItToo) {
  Config own = sticky;
  own.check_quorum = true;
  const State before = leader(own, {2});
  for (const std::uint64_t term : {1U, 2U, 3U, 9U})
    EXPECT_EQ(next_state(own, before, request(s3, {term})), (Step{before, {}}));
}

TEST(Stickiness, OnceItsLeaderIsSilentAFollowerVotes) {
  const State hears = next_state(sticky, follower({2}), heartbeat(s2, {2})).state;
  EXPECT_EQ(hears, hearing(s2, follower({2})));
  const Step silent = next_state(sticky, hears, Expired{Timer::silence});
  EXPECT_TRUE(silent.effects.empty());
  const Step voted = next_state(sticky, silent.state, request(s3, {3}));
  EXPECT_EQ(voted.state, follower({3}, {}, s3));
  EXPECT_EQ(sent<RequestVoteReply>(voted, s3),
            (std::vector{RequestVoteReply{.term = {3}, .granted = true}}));
}

TEST(Stickiness, EveryWordOfTheLeaderBreaksTheSilence) {
  const Snapshot snapshot = snapshot_of(log_of({1, 1}), 2);
  for (const Received& word :
       {heartbeat(s2, {2}), heartbeat(s2, {2}, id(1, 9)), heartbeat(s2, {3}),
        Received{s2, InstallSnapshot{.term = {2}, .piece = apart(snapshot)}}}) {
    const Step step = next_state(sticky, follower({2}), word);
    EXPECT_EQ(only<SetTimer>(step),
              (std::vector{SetTimer{Timer::election}, SetTimer{Timer::silence}}));
    EXPECT_TRUE(std::get<Follower>(step.state.role).heard);
  }
}

TEST(Stickiness, TheLeaderOfAnEarlierTermBreaksNone) {
  const Step step = next_state(sticky, follower({2}), heartbeat(s2, {1}));
  EXPECT_EQ(step.state, follower({2}));
  EXPECT_TRUE(only<SetTimer>(step).empty());
}

// Its leader wants that election (thesis 3.10).
TEST(Stickiness, NeverIgnoresTheRequestVoteOfATransfer) {
  for (const State& before : {hearing(s2, follower({2}, {}, s2)), leader(sticky, {2})}) {
    const Step step = next_state(sticky, before, request(s3, {3}, /*transfer=*/true));
    EXPECT_EQ(step.state, follower({3}, {}, s3));
    EXPECT_EQ(sent<RequestVoteReply>(step, s3),
              (std::vector{RequestVoteReply{.term = {3}, .granted = true}}));
  }
}

// A transfer opens the door, and no more: the rules for votes hold.
TEST(Stickiness, ATransferGetsNoVoteThatAnotherCandidateWouldNotGet) {
  const State before = hearing(s2, follower({2}, log_of({1}), s2));
  for (const std::uint64_t term : {1U, 2U, 3U}) {
    const Step step = next_state(sticky, before, request(s3, {term}, /*transfer=*/true));
    EXPECT_FALSE(sent<RequestVoteReply>(step, s3).at(0).granted);
  }
}

TEST(Stickiness, WhoWantsToLeadIsNotSticky) {
  for (const State& before : {pre_candidate({2}), candidate(s1, {2}, {s1})})
    EXPECT_EQ(next_state(sticky, before, request(s3, {3})).state, follower({3}, {}, s3));
}

TEST(Stickiness, WithoutItALeaderThatIsHeardProtectsNobody) {
  Config asking = server(s1, 3);
  asking.pre_vote = true;
  for (const Config& own : {server(s1, 3), asking})
    for (const State& before : {hearing(s2, follower({2})), leader(own, {2})})
      EXPECT_EQ(next_state(own, before, request(s3, {3})).state, follower({3}, {}, s3));
}

// Of a server that is ahead a leader must hear, or that one would be without a leader for ever.
TEST(Stickiness, AnyOtherMessageOfALaterTermIsHeard) {
  const std::vector<Message> messages{
      RequestVoteReply{.term = {3}, .granted = false},
      AppendEntries{.term = {3}, .previous = {}, .entries = {}, .commit = {}},
      AppendEntriesReply{.term = {3}, .accepted = false, .match = {}},
      PreVoteReply{.term = {3}, .granted = false},
      InstallSnapshotReply{.term = {3}, .last = {1}, .received = 0}};
  for (const State& before : {hearing(s2, follower({2})), leader(sticky, {2})})
    for (const Message& message : messages) {
      const State after = next_state(sticky, before, Received{s3, message}).state;
      EXPECT_EQ(after.durable.term, Term{3});
      EXPECT_TRUE(std::holds_alternative<Follower>(after.role));
    }
}

TEST(Stickiness, ALaterTermEndsIt) {
  const Received refusal{s3, AppendEntriesReply{.term = {3}, .accepted = false, .match = {}}};
  const State after = next_state(sticky, hearing(s2, follower({2})), refusal).state;
  EXPECT_EQ(after, follower({3}));
  EXPECT_EQ(next_state(sticky, after, request(s3, {3})).state, follower({3}, {}, s3));
}

TEST(Stickiness, ALeaderThatStepsDownIsNotSticky) {
  Config own = sticky;
  own.check_quorum = true;
  const State before = next_state(own, leader(own, {2}), Expired{Timer::quorum}).state;
  EXPECT_EQ(next_state(own, before, request(s3, {3})).state, follower({3}, {}, s3));
}

TEST(Stickiness, AVoteMakesNoLeaderHeard) {
  const State voted = next_state(sticky, follower({2}), request(s2, {3})).state;
  EXPECT_EQ(next_state(sticky, voted, request(s3, {4})).state, follower({4}, {}, s3));
}

TEST(Stickiness, ARestartedServerHasHeardNobody) {
  const State before = restarted(sticky, durable(hearing(s2, follower({2}))));
  EXPECT_EQ(next_state(sticky, before, request(s3, {3})).state, follower({3}, {}, s3));
}

TEST(Stickiness, WatchesSilenceWhereALeaderWasHeard) {
  using Timers = std::vector<Timer>;
  EXPECT_EQ(timers(sticky, follower({1})), (Timers{Timer::election}));
  EXPECT_EQ(timers(sticky, hearing(s2, follower({1}))), (Timers{Timer::election, Timer::silence}));
  EXPECT_EQ(timers(sticky, candidate(s1, {1}, {s1})), (Timers{Timer::election}));
  EXPECT_EQ(timers(sticky, leader(sticky, {1})), (Timers{Timer::heartbeat}));
}

TEST(Stickiness, ALeaderThatOnlyChecksItsQuorumIsNotSticky) {
  EXPECT_EQ(next_state(config, leader(config, {2}), request(s3, {3})).state, follower({3}, {}, s3));
  EXPECT_EQ(timers(config, next_state(config, follower({2}), heartbeat(s2, {2})).state),
            (std::vector{Timer::election}));
}

// A server that is ignored is not for ever without a leader: it refuses its leader's appends in its
// own term, and takes the leader down so.
TEST(Stickiness, WhoIsIgnoredIsLetInByItsAnswers) {
  Config other = sticky;
  other.self = s3;
  other.peers = {s1, s2};
  const State before = leader(sticky, {2}, log_of({1}));
  const State ahead = candidate(s3, {5}, {s3}, log_of({1}));
  const Step beat = next_state(sticky, before, Expired{Timer::heartbeat});
  const Step refused = next_state(other, ahead, Received{s1, sent<AppendEntries>(beat, s3).at(0)});
  EXPECT_EQ(refused.state, ahead);
  const AppendEntriesReply reply = sent<AppendEntriesReply>(refused, s1).at(0);
  EXPECT_EQ(next_state(sticky, before, Received{s3, reply}).state, follower({5}, log_of({1})));
}

}  // namespace
}  // namespace coracle::raft
