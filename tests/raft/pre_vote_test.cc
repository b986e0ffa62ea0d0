// To ask before campaigning, so that a server which cannot win disturbs nobody: thesis 9.6.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <utility>
#include <vector>

#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

Config asking(NodeId self, std::size_t servers) {
  Config own = server(self, servers);
  own.pre_vote = true;
  return own;
}

const Config config = asking(s1, 3);

EntryId id(std::uint64_t term, std::uint64_t index) { return {.term = {term}, .index = {index}}; }

State pre_candidate(Term term, std::set<NodeId> votes, Log log = {},
                    std::optional<NodeId> voted_for = {}) {
  State state = follower(term, std::move(log), voted_for);
  state.role = PreCandidate{std::move(votes)};
  return state;
}

State hearing(NodeId leader, State state) {
  state.role = Follower{.leader = leader, .heard = true};
  return state;
}

Received asks(NodeId from, Term term, EntryId last = {}) {
  return {from, PreVote{.term = term, .last = last}};
}
Received answers(NodeId from, Term term, bool granted) {
  return {from, PreVoteReply{.term = term, .granted = granted}};
}
Received heartbeat(NodeId from, Term term, EntryId previous = {}) {
  return {from, AppendEntries{.term = term, .previous = previous, .entries = {}, .commit = {}}};
}
Received first_piece(NodeId from, Term term) {
  return {from, InstallSnapshot{.term = term, .piece = apart(snapshot_of(log_of({1, 1}), 2))}};
}

// What the voter says is all that it does.
PreVoteReply reply_to(const State& voter, const Received& asked) {
  const Step step = next_state(config, voter, asked);
  EXPECT_EQ(step.state, voter);
  EXPECT_EQ(step.effects.size(), 1U);
  return sent<PreVoteReply>(step, asked.from).at(0);
}
bool grants(const State& voter, const Received& asked) { return reply_to(voter, asked).granted; }

// --- Who asks.

TEST(PreVote, AServerAsksAboutTheNextTermAndStaysInItsOwn) {
  const State before = follower({1}, log_of({1}), s3);
  const Step step = next_state(config, before, Expired{Timer::election});
  EXPECT_EQ(step.state, pre_candidate({1}, {s1}, log_of({1}), s3));
  const PreVote asked{.term = {2}, .last = id(1, 1)};
  EXPECT_EQ(step.effects, (Effects{SetTimer{Timer::election}, Send{s2, asked}, Send{s3, asked}}));
}

TEST(PreVote, AServerWithoutItCampaignsAtOnce) {
  const Step step = next_state(server(s1, 3), follower({1}), Expired{Timer::election});
  EXPECT_EQ(step.state, candidate(s1, {2}, {}));
}

// There is nobody to ask.
TEST(PreVote, AServerAloneCampaignsAtOnce) {
  const Step step = synced(asking(s1, 1), follower({1}), Expired{Timer::election});
  EXPECT_EQ(step.state, leader(asking(s1, 1), {2}));
}

TEST(PreVote, ACandidateThatFailedAsksBeforeItsNextTerm) {
  const Step step = next_state(config, candidate(s1, {2}, {s1}), Expired{Timer::election});
  EXPECT_EQ(step.state, pre_candidate({2}, {s1}, {}, s1));
  EXPECT_EQ(sent<PreVote>(step, s2), (std::vector{PreVote{.term = {3}, .last = {}}}));
}

TEST(PreVote, AsksAnewWhenItsTimerExpires) {
  const Config five = asking(s1, 5);
  const Step step = next_state(five, pre_candidate({1}, {s1, s2}), Expired{Timer::election});
  EXPECT_EQ(step.state, pre_candidate({1}, {s1}));
  for (const NodeId peer : five.peers) EXPECT_EQ(sent<PreVote>(step, peer).size(), 1U);
}

// --- A voter.

TEST(PreVote, NeverChangesTheVotersTermOrVote) {
  const Log log = log_of({1, 3});
  for (const State& voter :
       {follower({3}, log), follower({3}, log, s2), hearing(s3, follower({3}, log, s3)),
        pre_candidate({3}, {s1}, log), candidate(s1, {3}, {s1}, log), leader(config, {3}, log)})
    for (std::uint64_t term = 1; term <= 9; ++term)
      for (const EntryId last : {id(0, 0), id(3, 2), id(3, 9)})
        if (last.term.value < term) reply_to(voter, asks(s2, {term}, last));
}

// The term that it grants is the campaign's: the voter is not in it yet.
TEST(PreVote, AGrantSpeaksOfTheTermThatWasAskedAboutARefusalOfTheVotersOwn) {
  EXPECT_EQ(reply_to(follower({3}), asks(s2, {7})), (PreVoteReply{.term = {7}, .granted = true}));
  EXPECT_EQ(reply_to(hearing(s3, follower({3})), asks(s2, {7})),
            (PreVoteReply{.term = {3}, .granted = false}));
}

TEST(PreVote, IsRefusedForATermNotBeyondTheVoters) {
  EXPECT_TRUE(grants(follower({3}), asks(s2, {4})));
  for (const Term term : {Term{1}, Term{2}, Term{3}})
    EXPECT_EQ(reply_to(follower({3}), asks(s2, term)),
              (PreVoteReply{.term = {3}, .granted = false}));
}

// 5.4.1, as for votes.
TEST(PreVote, IsGrantedOnlyToALogAtLeastAsUpToDate) {
  const State voter = follower({3}, log_of({1, 2}));
  EXPECT_TRUE(grants(voter, asks(s2, {4}, id(2, 2))));
  EXPECT_TRUE(grants(voter, asks(s2, {4}, id(2, 3))));
  EXPECT_TRUE(grants(voter, asks(s2, {4}, id(3, 1))));
  EXPECT_FALSE(grants(voter, asks(s2, {4}, id(2, 1))));
  EXPECT_FALSE(grants(voter, asks(s2, {4}, id(1, 9))));
  EXPECT_FALSE(grants(voter, asks(s2, {4})));
}

// A vote is of one term, and this is about a later one; so it may be granted to several, too.
TEST(PreVote, IsGrantedByWhoHasVotedForAnother) {
  const State voter = follower({3}, {}, s3);
  EXPECT_TRUE(grants(voter, asks(s2, {4})));
  EXPECT_TRUE(grants(voter, asks(s3, {4})));
}

TEST(PreVote, IsGrantedByWhoCampaignsItself) {
  EXPECT_TRUE(grants(pre_candidate({3}, {s1}), asks(s2, {4})));
  EXPECT_TRUE(grants(candidate(s1, {3}, {s1}), asks(s2, {4})));
}

TEST(PreVote, IsRefusedByALeader) { EXPECT_FALSE(grants(leader(config, {3}), asks(s2, {4}))); }

// "Servers that have not received a heartbeat from a valid leader for at least a baseline election
// timeout" grant it.
TEST(PreVote, IsRefusedWhileALeaderIsHeardAndGrantedOnceItIsSilent) {
  const State hears = next_state(config, follower({3}), heartbeat(s3, {3})).state;
  EXPECT_EQ(hears, hearing(s3, follower({3})));
  EXPECT_FALSE(grants(hears, asks(s2, {4})));
  const Step silent = next_state(config, hears, Expired{Timer::silence});
  EXPECT_TRUE(silent.effects.empty());
  EXPECT_EQ(std::get<Follower>(silent.state.role).leader, s3);
  EXPECT_TRUE(grants(silent.state, asks(s2, {4})));
  const State again = next_state(config, silent.state, heartbeat(s3, {3})).state;
  EXPECT_FALSE(grants(again, asks(s2, {4})));
}

TEST(PreVote, AnyWordOfTheLeaderBreaksTheSilence) {
  const State before = follower({3});
  for (const Received& word : {heartbeat(s3, {3}), heartbeat(s3, {3}, id(2, 9)), heartbeat(s3, {4}),
                               first_piece(s3, {3})}) {
    const Step step = next_state(config, before, word);
    EXPECT_EQ(only<SetTimer>(step),
              (std::vector{SetTimer{Timer::election}, SetTimer{Timer::silence}}));
    EXPECT_TRUE(std::get<Follower>(step.state.role).heard);
  }
}

TEST(PreVote, ALeaderOfAnEarlierTermDoesNot) {
  for (const Received& word : {heartbeat(s3, {2}), first_piece(s3, {2})}) {
    const Step step = next_state(config, follower({3}), word);
    EXPECT_EQ(step.state, follower({3}));
    EXPECT_TRUE(only<SetTimer>(step).empty());
  }
}

TEST(PreVote, ARestartedServerHasHeardNobody) {
  const State hears = hearing(s3, follower({3}));
  EXPECT_TRUE(grants(restarted(config, durable(hears)), asks(s2, {4})));
}

// --- The answers.

TEST(PreVote, CampaignsOnAMajorityOfAllServers) {
  constexpr std::array<std::size_t, 6> needed{0, 1, 2, 2, 3, 3};
  for (std::size_t servers = 2; servers <= 5; ++servers) {
    const Config own = asking(s1, servers);
    State state = next_state(own, follower({1}), Expired{Timer::election}).state;
    std::size_t votes = 1;
    for (const NodeId peer : own.peers) {
      if (!std::holds_alternative<PreCandidate>(state.role)) break;
      state = next_state(own, state, answers(peer, {2}, true)).state;
      ++votes;
    }
    EXPECT_EQ(state, candidate(s1, {2}, {}));
    EXPECT_EQ(votes, needed.at(servers));
  }
}

// From here on it is an election as ever: nothing that was granted before is a vote.
TEST(PreVote, TheCampaignThatFollowsIsAsEver) {
  const State before = pre_candidate({1}, {s1}, log_of({1}), s3);
  const Step step = next_state(config, before, answers(s2, {2}, true));
  EXPECT_EQ(step.state, candidate(s1, {2}, {}, log_of({1})));
  const RequestVote asked{.term = {2}, .last = id(1, 1)};
  EXPECT_EQ(step.effects, (Effects{Save{TermAndVote{.term = {2}, .voted_for = s1}},
                                   SetTimer{Timer::election}, Send{s2, asked}, Send{s3, asked}}));
}

TEST(PreVote, CountsADuplicateGrantOnce) {
  const State before = pre_candidate({1}, {s1, s2});
  EXPECT_EQ(next_state(asking(s1, 5), before, answers(s2, {2}, true)), (Step{before, {}}));
}

TEST(PreVote, ALateGrantIsNothing) {
  for (const State& before : {follower({1}), hearing(s3, follower({1})), candidate(s1, {1}, {s1}),
                              candidate(s1, {2}, {s1}), leader(config, {1}), leader(config, {2})})
    EXPECT_EQ(next_state(config, before, answers(s2, {2}, true)), (Step{before, {}}));
}

// Nor is its term taken: nobody may be in it.
TEST(PreVote, AGrantOfAnotherTermIsNothing) {
  const State before = pre_candidate({3}, {s1});
  for (const std::uint64_t term : {1U, 2U, 3U, 5U, 9U})
    EXPECT_EQ(next_state(config, before, answers(s2, {term}, true)).state, before);
}

TEST(PreVote, ARefusalInTheSameOrAnEarlierTermIsNothing) {
  for (const State& before : {follower({3}), pre_candidate({3}, {s1}), leader(config, {3})})
    for (const std::uint64_t term : {1U, 2U, 3U})
      EXPECT_EQ(next_state(config, before, answers(s2, {term}, false)), (Step{before, {}}));
}

// Else it would ask for ever about a term that is gone.
TEST(PreVote, ARefusalFromALaterTermBringsTheAskerUpToDate) {
  const State before = pre_candidate({1}, {s1}, log_of({1}), s1);
  const Step step = next_state(config, before, answers(s2, {5}, false));
  EXPECT_EQ(step.state, follower({5}, log_of({1})));
  EXPECT_EQ(step.effects, (Effects{Save{TermAndVote{.term = {5}, .voted_for = {}}}}));
  const Step again = next_state(config, step.state, Expired{Timer::election});
  EXPECT_EQ(sent<PreVote>(again, s2), (std::vector{PreVote{.term = {6}, .last = id(1, 1)}}));
}

// --- A pre-candidate among the others.

TEST(PreVote, APreCandidateStepsDownForTheLeaderOfItsTerm) {
  const State before = pre_candidate({2}, {s1}, {}, s1);
  EXPECT_EQ(next_state(config, before, heartbeat(s2, {2})).state,
            hearing(s2, follower({2}, {}, s1)));
  const State after = next_state(config, before, first_piece(s2, {2})).state;
  EXPECT_EQ(std::get<Follower>(after.role).leader, s2);
  EXPECT_EQ(next_state(config, before, heartbeat(s2, {1})).state, before);
}

TEST(PreVote, APreCandidateStepsDownForALaterTermAndVotesInIt) {
  const Received request{s2, RequestVote{.term = {3}, .last = {}}};
  const Step step = next_state(config, pre_candidate({2}, {s1}, {}, s1), request);
  EXPECT_EQ(step.state, follower({3}, {}, s2));
  EXPECT_EQ(sent<RequestVoteReply>(step, s2),
            (std::vector{RequestVoteReply{.term = {3}, .granted = true}}));
}

// It has not voted for itself: to ask is no vote.
TEST(PreVote, APreCandidateStillHasItsVote) {
  const Received request{s2, RequestVote{.term = {2}, .last = {}}};
  const Step step = next_state(config, pre_candidate({2}, {s1}), request);
  EXPECT_EQ(step.state.durable.voted_for, s2);
  EXPECT_EQ(sent<RequestVoteReply>(step, s2),
            (std::vector{RequestVoteReply{.term = {2}, .granted = true}}));
}

TEST(PreVote, AVoteIsNoPreVote) {
  const State before = pre_candidate({2}, {s1}, {}, s1);
  const Received vote{s2, RequestVoteReply{.term = {2}, .granted = true}};
  EXPECT_EQ(next_state(config, before, vote), (Step{before, {}}));
}

TEST(PreVote, APreCandidateKnowsNoLeader) {
  const State before = pre_candidate({2}, {s1});
  EXPECT_EQ(next_state(config, before, propose("x")), (Step{before, {Redirect{ClientId{7}, {}}}}));
}

// Servers may be switched over to it one by one.
TEST(PreVote, IsAnsweredByWhoDoesNotAsk) {
  const Step step = next_state(server(s1, 3), follower({1}), asks(s2, {2}));
  EXPECT_EQ(step, (Step{follower({1}), {Send{s2, PreVoteReply{.term = {2}, .granted = true}}}}));
}

TEST(PreVote, WatchesSilenceWhereALeaderWasHeard) {
  using Timers = std::vector<Timer>;
  EXPECT_EQ(timers(config, follower({1})), (Timers{Timer::election}));
  EXPECT_EQ(timers(config, hearing(s2, follower({1}))), (Timers{Timer::election, Timer::silence}));
  EXPECT_EQ(timers(config, pre_candidate({1}, {s1})), (Timers{Timer::election}));
  EXPECT_EQ(timers(config, candidate(s1, {1}, {s1})), (Timers{Timer::election}));
  EXPECT_EQ(timers(config, leader(config, {1})), (Timers{Timer::heartbeat}));
  const Delay least{config.election_timeout.least, config.election_timeout.least};
  EXPECT_EQ(delay(config, Timer::silence), least);
  EXPECT_EQ(delay(config, Timer::election), config.election_timeout);
}

TEST(PreVote, NobodyWatchesSilenceWithoutAReason) {
  const Config plain = server(s1, 3);
  const Step step = next_state(plain, follower({1}), heartbeat(s2, {1}));
  EXPECT_EQ(only<SetTimer>(step), (std::vector{SetTimer{Timer::election}}));
  EXPECT_EQ(timers(plain, step.state), (std::vector{Timer::election}));
}

TEST(PreVote, OnlyAFollowerMindsSilence) {
  for (const State& before :
       {pre_candidate({1}, {s1}), candidate(s1, {1}, {s1}), leader(config, {1})})
    EXPECT_EQ(next_state(config, before, Expired{Timer::silence}), (Step{before, {}}));
}

// --- Three servers, by hand. What one says reaches all who are not cut off, until all is said.

class Three {
 public:
  explicit Three(std::map<NodeId, State> states) : states_(std::move(states)) {}

  void expire(NodeId node, Timer timer) {
    take(node, Expired{timer});
    while (!said_.empty()) {
      const auto [from, send] = said_.front();
      said_.erase(said_.begin());
      if (from != cut_off && send.to != cut_off) take(send.to, Received{from, send.message});
    }
  }
  const State& operator[](NodeId node) const { return states_.at(node); }

  std::optional<NodeId> cut_off;

 private:
  void take(NodeId node, const Event& event) {
    Step step = synced(asking(node, 3), states_.at(node), event);
    for (const Send& send : only<Send>(step)) said_.emplace_back(node, send);
    states_.at(node) = std::move(step.state);
  }

  std::map<NodeId, State> states_;
  std::vector<std::pair<NodeId, Send>> said_;
};

TEST(PreVote, AServerThatWasCutOffDisturbsNobodyWhenItReturns) {
  Three all({{s1, follower({})}, {s2, follower({})}, {s3, follower({})}});
  all.expire(s1, Timer::election);
  EXPECT_TRUE(leads(all[s1]));
  all.expire(s1, Timer::heartbeat);
  all.cut_off = s3;
  for (int rounds = 0; rounds < 5; ++rounds) all.expire(s3, Timer::election);
  EXPECT_EQ(all[s3].durable.term, Term{1});
  all.cut_off.reset();
  all.expire(s3, Timer::election);
  EXPECT_TRUE(leads(all[s1]));
  all.expire(s1, Timer::heartbeat);
  EXPECT_EQ(all[s3], hearing(s1, follower({1}, {}, s1)));
}

// A leader that nobody heeds in a later term must learn of it, or the one that is there would be
// without a leader for ever.
TEST(PreVote, AServerOfALaterTermIsLetIn) {
  Three all({{s1, leader(asking(s1, 3), {1}, log_of({1}))},
             {s2, hearing(s1, follower({1}, log_of({1})))},
             {s3, follower({9}, log_of({1}), s3)}});
  all.expire(s3, Timer::election);
  EXPECT_TRUE(leads(all[s1]));
  EXPECT_EQ(all[s2].durable.term, Term{1});
  all.expire(s1, Timer::heartbeat);
  EXPECT_EQ(all[s1], committed_up_to(1, follower({9}, log_of({1}))));
  all.expire(s2, Timer::silence);
  all.expire(s1, Timer::election);
  EXPECT_TRUE(leads(all[s1]));
  EXPECT_EQ(all[s1].durable.term, Term{10});
}

// Of the two that are up, one has the later term, the other the longer log.
TEST(PreVote, NeitherALaterTermNorALongerLogBlocksTheOther) {
  Three all({{s1, follower({7}, log_of({1}), s1)},
             {s2, follower({2}, log_of({1, 2}))},
             {s3, follower({})}});
  all.cut_off = s3;
  all.expire(s1, Timer::election);
  EXPECT_EQ(all[s1].durable.term, Term{7});
  all.expire(s2, Timer::election);
  EXPECT_EQ(all[s2], follower({7}, log_of({1, 2})));
  all.expire(s2, Timer::election);
  EXPECT_TRUE(leads(all[s2]));
  EXPECT_EQ(all[s2].durable.term, Term{8});
}

}  // namespace
}  // namespace coracle::raft
