// Who may lead: Figure 2's RequestVote and "Rules for Servers", 5.2 and 5.4.1.
#include "model/raft/election.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

Received request(NodeId from, Term term, EntryId last = {}) {
  return {from, RequestVote{.term = term, .last = last}};
}
Received reply(NodeId from, Term term, bool granted) {
  return {from, RequestVoteReply{.term = term, .granted = granted}};
}

bool grants(const State& state, const Received& asked) {
  const auto replies = sent<RequestVoteReply>(next_state(config, state, asked), asked.from);
  EXPECT_EQ(replies.size(), 1U);
  return replies.at(0).granted;
}

// --- A voter.

TEST(Election, RefusesAStaleTerm) {
  const Step step = next_state(config, follower({2}), request(s2, {1}));
  EXPECT_EQ(step.state, follower({2}));
  EXPECT_EQ(step.effects, (Effects{Send{s2, RequestVoteReply{.term = {2}, .granted = false}}}));
}

TEST(Election, GrantsAVoteOnceItIsSaved) {
  const Step step = next_state(config, follower({1}), request(s2, {1}));
  EXPECT_EQ(step.state, follower({1}, {}, s2));
  EXPECT_EQ(step.effects,
            (Effects{Save{TermAndVote{.term = {1}, .voted_for = s2}}, SetTimer{Timer::election},
                     Send{s2, RequestVoteReply{.term = {1}, .granted = true}}}));
}

TEST(Election, VotesOnceATerm) {
  EXPECT_FALSE(grants(follower({1}, {}, s2), request(s3, {1})));
  EXPECT_FALSE(grants(candidate(s1, {1}, {s1}), request(s2, {1})));
  EXPECT_FALSE(grants(leader(config, {1}), request(s2, {1})));
  EXPECT_TRUE(grants(follower({1}, {}, s2), request(s3, {2})));
}

// The first vote may still be on its way to the disk: the answer waits for it.
TEST(Election, GrantsTheSameCandidateAgainBehindABarrier) {
  const Step step = next_state(config, follower({1}, {}, s2), request(s2, {1}));
  EXPECT_EQ(step.state, follower({1}, {}, s2));
  EXPECT_EQ(step.effects, (Effects{SetTimer{Timer::election}, Save{},
                                   Send{s2, RequestVoteReply{.term = {1}, .granted = true}}}));
}

TEST(Election, VotesOnlyForALogAtLeastAsUpToDate) {
  const State voter = follower({3}, log_of({1, 2}));
  const auto last = [](std::uint64_t term, std::uint64_t index) {
    return EntryId{.term = {term}, .index = {index}};
  };
  EXPECT_TRUE(grants(voter, request(s2, {4}, last(2, 2))));
  EXPECT_TRUE(grants(voter, request(s2, {4}, last(2, 3))));
  EXPECT_TRUE(grants(voter, request(s2, {4}, last(3, 1))));  // a later term beats a longer log
  EXPECT_FALSE(grants(voter, request(s2, {4}, last(2, 1))));
  EXPECT_FALSE(grants(voter, request(s2, {4}, last(1, 9))));
  EXPECT_FALSE(grants(voter, request(s2, {4}, {})));
}

TEST(Election, ARefusalTakesTheTermButNotTheVote) {
  const Step step = next_state(config, follower({1}, log_of({1}), s3), request(s2, {2}));
  EXPECT_EQ(step.state, follower({2}, log_of({1})));
  EXPECT_EQ(step.effects, (Effects{Save{TermAndVote{.term = {2}, .voted_for = {}}},
                                   Send{s2, RequestVoteReply{.term = {2}, .granted = false}}}));
}

// --- A candidate.

TEST(Election, CampaignsWhenItsTimerExpires) {
  const Step step = next_state(config, follower({1}, log_of({1})), Expired{Timer::election});
  EXPECT_EQ(step.state, candidate(s1, {2}, {}, log_of({1})));
  const RequestVote asked{.term = {2}, .last = {.term = {1}, .index = {1}}};
  EXPECT_EQ(step.effects, (Effects{Save{TermAndVote{.term = {2}, .voted_for = s1}},
                                   SetTimer{Timer::election}, Send{s2, asked}, Send{s3, asked}}));
}

TEST(Election, CampaignsAgainInALaterTermAfterASplitVote) {
  const Step step = next_state(config, candidate(s1, {1}, {s1}), Expired{Timer::election});
  EXPECT_EQ(step.state, candidate(s1, {2}, {}));
}

TEST(Election, ALeaderDoesNotCampaign) {
  const Step step = next_state(config, leader(config, {1}), Expired{Timer::election});
  EXPECT_EQ(step, (Step{leader(config, {1}), {}}));
}

TEST(Election, CountsTheOwnVoteOnlyOnceItIsSaved) {
  const Saved saved{TermAndVote{.term = {2}, .voted_for = s1}};
  EXPECT_EQ(next_state(config, candidate(s1, {2}, {}), saved).state, candidate(s1, {2}, {s1}));
  EXPECT_EQ(next_state(config, candidate(s1, {3}, {}), saved).state, candidate(s1, {3}, {}));
  EXPECT_EQ(next_state(config, follower({2}, {}, s1), saved).state, follower({2}, {}, s1));
}

TEST(Election, LeadsOnAMajorityOfAllServers) {
  constexpr std::array<std::size_t, 6> needed{0, 1, 2, 2, 3, 3};
  for (std::size_t servers = 1; servers <= 5; ++servers) {
    const Config one = server(s1, servers);
    State state = synced(one, follower({}), Expired{Timer::election}).state;
    std::size_t votes = 1;
    for (const NodeId peer : one.peers) {
      if (std::holds_alternative<Leader>(state.role)) break;
      state = synced(one, state, reply(peer, {1}, true)).state;
      ++votes;
    }
    EXPECT_TRUE(std::holds_alternative<Leader>(state.role));
    EXPECT_EQ(votes, needed.at(servers));
  }
}

TEST(Election, CountsADuplicateVoteOnce) {
  const Config five = server(s1, 5);
  const State before = candidate(s1, {1}, {s1, s2});
  EXPECT_EQ(next_state(five, before, reply(s2, {1}, true)), (Step{before, {}}));
}

TEST(Election, CountsNeitherRefusalsNorOldVotesNorStrangers) {
  const State before = candidate(s1, {2}, {s1});
  EXPECT_EQ(next_state(config, before, reply(s2, {2}, false)), (Step{before, {}}));
  EXPECT_EQ(next_state(config, before, reply(s2, {1}, true)), (Step{before, {}}));
  EXPECT_EQ(next_state(config, before, reply(s4, {2}, true)),
            (Step{before, {Refuse{s4, Flaw::stranger}}}));
}

TEST(Election, AVoteForAServerThatIsNoCandidateIsNothing) {
  for (const State& before : {follower({1}, {}, s1), leader(config, {1})})
    EXPECT_EQ(next_state(config, before, reply(s2, {1}, true)), (Step{before, {}}));
}

TEST(Election, ANewLeaderSpeaksAtOnce) {
  const State before = candidate(s1, {2}, {s1}, log_of({1}));
  const Step step = next_state(config, before, reply(s2, {2}, true));
  EXPECT_EQ(step.state, leader(config, {2}, log_of({1})));
  const AppendEntries empty{
      .term = {2}, .previous = {.term = {1}, .index = {1}}, .entries = {}, .commit = {}};
  EXPECT_EQ(step.effects, (Effects{SetTimer{Timer::heartbeat}, Send{s2, empty}, Send{s3, empty}}));
}

TEST(Election, ANewLeaderMayAppendANoOp) {
  Config eager = config;
  eager.no_op = true;
  const Step step = next_state(eager, candidate(s1, {2}, {s1}, log_of({1})), reply(s3, {2}, true));
  EXPECT_EQ(step.state.durable.log.at({2}), (Entry{{2}, ""}));
  EXPECT_EQ(std::get<Leader>(step.state.role).written, Index{1});
  EXPECT_EQ(sent<AppendEntries>(step, s2).at(0).entries, (std::vector{Entry{{2}, ""}}));
  EXPECT_EQ(only<Save>(step), (std::vector{Save{Written{.first = {2}, .entries = {{{2}, ""}}}}}));
}

// --- Everyone.

TEST(Election, AHigherTermInAnyMessageMakesAFollower) {
  const std::vector<Message> messages{
      RequestVote{.term = {5}, .last = {}}, RequestVoteReply{.term = {5}, .granted = false},
      AppendEntries{
          .term = {5}, .previous = {.term = {5}, .index = {9}}, .entries = {}, .commit = {}},
      AppendEntriesReply{.term = {5}, .accepted = false, .match = {}}};
  for (const State& before :
       {follower({4}, log_of({1}), s1), candidate(s1, {4}, {s1, s2}, log_of({1})),
        leader(config, {4}, log_of({1}))})
    for (const Message& message : messages) {
      const Step step = next_state(config, before, Received{s3, message});
      EXPECT_EQ(step.state.durable, (Durable{.term = {5}, .voted_for = {}, .log = log_of({1})}));
      EXPECT_TRUE(std::holds_alternative<Follower>(step.state.role));
      EXPECT_EQ(step.effects.at(0), Effect(Save{TermAndVote{.term = {5}, .voted_for = {}}}));
    }
}

TEST(Election, ADeposedLeaderSetsItsElectionTimer) {
  const Step step = next_state(config, leader(config, {1}), reply(s2, {2}, false));
  EXPECT_EQ(only<SetTimer>(step), (std::vector{SetTimer{Timer::election}}));
  EXPECT_EQ(timers(config, leader(config, {1})), (std::vector{Timer::heartbeat}));
  EXPECT_EQ(timers(config, step.state), (std::vector{Timer::election}));
}

TEST(Election, StrangersAreNotHeard) {
  for (const NodeId stranger : {s1, s4})
    EXPECT_EQ(next_state(config, follower({1}), request(stranger, {9})),
              (Step{follower({1}), {Refuse{stranger, Flaw::stranger}}}));
}

TEST(Election, ARestartedServerRemembersItsVote) {
  State before = candidate(s1, {2}, {s1, s2}, log_of({1}));
  before.commit = {1};
  EXPECT_EQ(restarted(config, durable(before)), follower({2}, log_of({1}), s1));
  EXPECT_EQ(initial_state(config), follower({0}));
}

// --- Figure 6: whose log lets it lead? The course numbers the servers from 0.

const std::array<Log, 5> figure_6{log_of({1, 1, 1, 2, 3, 3, 3, 3}), log_of({1, 1, 1, 2, 3}),
                                  log_of({1, 1, 1, 2, 3, 3, 3, 3}), log_of({1, 1}),
                                  log_of({1, 1, 1, 2, 3, 3, 3})};

// Whether the server wins an election in term 4, where it reaches only `voters`, a bit each.
bool wins(std::size_t self, unsigned voters) {
  const Config own = server(node_at(self), 5);
  const State before = restarted(own, {.term = {3}, .voted_for = {}, .log = figure_6.at(self)});
  const Step campaigned = synced(own, before, Expired{Timer::election});
  State state = campaigned.state;
  for (const NodeId peer : own.peers) {
    if ((voters >> position(peer) & 1U) == 0) continue;
    const Config voter = server(peer, 5);
    const Durable disk{.term = {3}, .voted_for = {}, .log = figure_6.at(position(peer))};
    const RequestVote asked = sent<RequestVote>(campaigned, peer).at(0);
    const Step voted = synced(voter, restarted(voter, disk), Received{own.self, asked});
    const RequestVoteReply answer = sent<RequestVoteReply>(voted, own.self).at(0);
    state = synced(own, state, Received{peer, answer}).state;
  }
  return std::holds_alternative<Leader>(state.role);
}

TEST(Election, Figure6LetsServers0And2AlwaysWinAnd1And3NeverAnd4OnlyByTheVotesOf1And3) {
  for (unsigned voters = 0; voters < 32; ++voters) {
    const auto reached = [&](std::size_t self) {
      std::size_t count = 0;
      for (std::size_t at = 0; at < 5; ++at)
        count += at != self && (voters >> at & 1U) != 0 ? 1 : 0;
      return count;
    };
    EXPECT_EQ(wins(0, voters), reached(0) >= 2);
    EXPECT_FALSE(wins(1, voters));
    EXPECT_EQ(wins(2, voters), reached(2) >= 2);
    EXPECT_FALSE(wins(3, voters));
    EXPECT_EQ(wins(4, voters), (voters & 0b01010U) == 0b01010U);
  }
}

}  // namespace
}  // namespace coracle::raft
