// How a leader hands over to a server of one's choice: thesis 3.10.
#include "model/raft/transfer.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

EntryId id(std::uint64_t term, std::uint64_t index) { return {.term = {term}, .index = {index}}; }

Requested hand_over_to(NodeId to) { return {ClientId{7}, TransferLeadership{to}}; }
Received accepts(NodeId from, Term term, Index match) {
  return {from, AppendEntriesReply{.term = term, .accepted = true, .match = match}};
}
Received campaign_now(NodeId from, Term term) { return {from, TimeoutNow{.term = term}}; }

// Two entries, both of which s2 has; of s3 the leader knows the first only.
State leader_of_two() {
  State state = leader(config, {2}, log_of({2, 2}));
  progress(state, s2) = {.next = {3}, .match = {2}};
  progress(state, s3) = {.next = {2}, .match = {1}};
  state.commit = {2};
  return state;
}

State handing_over_to(NodeId successor, State state) {
  std::get<Leader>(state.role).successor = successor;
  return state;
}

State following(NodeId leader, State state) {
  state.role = Follower{.leader = leader, .heard = true};
  return state;
}

const Send order{s2, TimeoutNow{.term = {2}}};

// --- A leader is asked.

TEST(Transfer, WhoHasEverythingIsToldToCampaignAtOnce) {
  const Step step = next_state(config, leader_of_two(), hand_over_to(s2));
  EXPECT_EQ(step.state, handing_over_to(s2, leader_of_two()));
  EXPECT_EQ(step.effects, (Effects{SetTimer{Timer::transfer}, order}));
}

// Or it would lose the election that it is told to hold.
TEST(Transfer, WhoLacksAnEntryIsToldOnceItHasIt) {
  Step step = next_state(config, leader_of_two(), hand_over_to(s3));
  EXPECT_EQ(step, (Step{handing_over_to(s3, leader_of_two()), {SetTimer{Timer::transfer}}}));
  step = next_state(config, step.state, accepts(s3, {2}, {1}));
  EXPECT_TRUE(sent<TimeoutNow>(step, s3).empty());
  step = next_state(config, step.state, accepts(s3, {2}, {2}));
  EXPECT_EQ(sent<TimeoutNow>(step, s3), (std::vector{TimeoutNow{.term = {2}}}));
}

// What lacks is sent as ever.
TEST(Transfer, AHeartbeatBringsTheSuccessorWhatItLacks) {
  const State before = handing_over_to(s3, leader_of_two());
  const Step step = next_state(config, before, Expired{Timer::heartbeat});
  EXPECT_EQ(step.state, before);
  EXPECT_EQ(sent<AppendEntries>(step, s3).at(0).entries, entries({2}, 2));
}

TEST(Transfer, WhatTheSuccessorHasCountsNotWhatIsCommitted) {
  State before = leader_of_two();
  before.durable.log = log_of({2, 2, 2});
  EXPECT_TRUE(sent<TimeoutNow>(next_state(config, before, hand_over_to(s2)), s2).empty());
}

TEST(Transfer, NobodyElseIsToldToCampaign) {
  const State before = handing_over_to(s3, leader_of_two());
  EXPECT_EQ(next_state(config, before, accepts(s2, {2}, {2})), (Step{before, {}}));
}

// The first order may be lost; the answer to the next heartbeat brings another one.
TEST(Transfer, TheSuccessorIsToldAgainAtItsNextAcknowledgement) {
  const State before = handing_over_to(s2, leader_of_two());
  for (int times = 0; times < 2; ++times)
    EXPECT_EQ(next_state(config, before, accepts(s2, {2}, {2})), (Step{before, {order}}));
}

TEST(Transfer, ARefusalOrALateAcknowledgementOrdersNothing) {
  const State before = handing_over_to(s3, leader_of_two());
  const Received refused{s3, AppendEntriesReply{.term = {2}, .accepted = false, .match = {}}};
  for (const Received& answer : {accepts(s3, {2}, {1}), accepts(s3, {1}, {2}), refused}) {
    const Step step = next_state(config, before, answer);
    EXPECT_TRUE(sent<TimeoutNow>(step, s3).empty());
    EXPECT_EQ(std::get<Leader>(step.state.role).successor, s3);
  }
}

// "The prior leader stops accepting new client requests": else the successor might never have all.
TEST(Transfer, ProposalsAreRedirectedToNobodyWhileItGoesOn) {
  const State before = handing_over_to(s2, leader_of_two());
  EXPECT_EQ(next_state(config, before, propose("x")), (Step{before, {Redirect{ClientId{7}, {}}}}));
}

// "If leadership transfer does not complete after about an election timeout, the prior leader
// aborts the transfer and resumes accepting client requests."
TEST(Transfer, IsGivenUpWhenItsTimerExpiresAndProposalsAreTakenAgain) {
  Step step = next_state(config, handing_over_to(s2, leader_of_two()), Expired{Timer::transfer});
  EXPECT_EQ(step, (Step{leader_of_two(), {}}));
  step = next_state(config, step.state, accepts(s2, {2}, {2}));
  EXPECT_EQ(step, (Step{leader_of_two(), {}}));
  step = next_state(config, step.state, propose("2@3"));
  EXPECT_EQ(step.state.durable.log, log_of({2, 2, 2}));
  EXPECT_TRUE(only<Redirect>(step).empty());
}

TEST(Transfer, ToItselfOrAStrangerChangesNothing) {
  for (const NodeId to : {s1, s4, NodeId{0}})
    for (const State& before : {leader_of_two(), handing_over_to(s2, leader_of_two())})
      EXPECT_EQ(next_state(config, before, hand_over_to(to)), (Step{before, {}}));
}

TEST(Transfer, AServerAloneKeepsIt) {
  const Config alone = server(s1, 1);
  for (const NodeId to : {s1, s2})
    EXPECT_EQ(next_state(alone, leader(alone, {1}), hand_over_to(to)),
              (Step{leader(alone, {1}), {}}));
}

TEST(Transfer, ANewSuccessorTakesThePlaceOfTheOneBefore) {
  Step step = next_state(config, handing_over_to(s3, leader_of_two()), hand_over_to(s2));
  EXPECT_EQ(step, (Step{handing_over_to(s2, leader_of_two()), {SetTimer{Timer::transfer}, order}}));
  step = next_state(config, step.state, accepts(s3, {2}, {2}));
  EXPECT_TRUE(sent<TimeoutNow>(step, s3).empty());
}

TEST(Transfer, OnlyALeaderThatHandsOverHasItsTimer) {
  using Timers = std::vector<Timer>;
  Config own = config;
  own.transfers = true;
  EXPECT_EQ(timers(own, leader_of_two()), (Timers{Timer::heartbeat}));
  const State hands_over = handing_over_to(s2, leader_of_two());
  EXPECT_EQ(timers(own, hands_over), (Timers{Timer::heartbeat, Timer::transfer}));
  own.check_quorum = true;
  EXPECT_EQ(timers(own, hands_over), (Timers{Timer::heartbeat, Timer::quorum, Timer::transfer}));
  EXPECT_EQ(timers(own, follower({1})), (Timers{Timer::election}));
  const Delay least{own.election_timeout.least, own.election_timeout.least};
  EXPECT_EQ(delay(own, Timer::transfer), least);
}

TEST(Transfer, OnlyALeaderGivesUp) {
  for (const State& before : {follower({2}), candidate(s1, {2}, {s1}), leader_of_two()})
    EXPECT_EQ(next_state(config, before, Expired{Timer::transfer}), (Step{before, {}}));
}

TEST(Transfer, OthersRedirectTheRequestToTheLeaderTheyKnow) {
  const State knows = following(s2, follower({2}));
  EXPECT_EQ(next_state(config, knows, hand_over_to(s3)),
            (Step{knows, {Redirect{ClientId{7}, s2}}}));
  for (const State& before : {follower({2}), candidate(s1, {2}, {s1})})
    EXPECT_EQ(next_state(config, before, hand_over_to(s3)),
              (Step{before, {Redirect{ClientId{7}, {}}}}));
}

TEST(Transfer, MayBeAskedForWhereNoneGoesOn) {
  Config own = config;
  own.transfers = true;
  EXPECT_EQ(requests(own, leader_of_two()),
            (std::vector<Request>{Propose{"x"}, TransferLeadership{s2}, TransferLeadership{s3}}));
  EXPECT_EQ(requests(own, handing_over_to(s2, leader_of_two())),
            (std::vector<Request>{Propose{"x"}}));
  EXPECT_TRUE(requests(own, follower({2})).empty());
  EXPECT_EQ(requests(config, leader_of_two()), (std::vector<Request>{Propose{"x"}}));
}

TEST(Transfer, ALeaderThatStepsDownHandsOverNoMore) {
  Config own = config;
  own.check_quorum = true;
  const State before = handing_over_to(s2, leader_of_two());
  EXPECT_EQ(next_state(own, before, Expired{Timer::quorum}).state,
            committed_up_to(2, follower({2}, log_of({2, 2}), s1)));
  const Received refusal{s3, RequestVoteReply{.term = {3}, .granted = false}};
  EXPECT_EQ(next_state(own, before, refusal).state,
            committed_up_to(2, follower({3}, log_of({2, 2}))));
}

TEST(Transfer, ALeaderWithAQuorumHandsOverBeyondTheCheck) {
  Config own = config;
  own.check_quorum = true;
  State before = handing_over_to(s2, leader_of_two());
  progress(before, s3).active = true;
  const Step step = next_state(own, before, Expired{Timer::quorum});
  EXPECT_EQ(step.state, handing_over_to(s2, leader_of_two()));
}

// --- The successor.

TEST(Transfer, TheSuccessorCampaignsAtOnceAndSaysWhy) {
  const State before = following(s2, follower({2}, log_of({2, 2}), s2));
  const Step step = next_state(config, before, campaign_now(s2, {2}));
  EXPECT_EQ(step.state, candidate(s1, {3}, {}, log_of({2, 2})));
  const RequestVote asked{.term = {3}, .last = id(2, 2), .transfer = true};
  EXPECT_EQ(step.effects, (Effects{Save{TermAndVote{.term = {3}, .voted_for = s1}},
                                   SetTimer{Timer::election}, Send{s2, asked}, Send{s3, asked}}));
}

// Nobody would grant it a pre-vote: they all hear a leader (9.6).
TEST(Transfer, TheSuccessorAsksNobodyInAdvance) {
  Config asking = config;
  asking.pre_vote = true;
  asking.stickiness = true;
  const Step step = next_state(asking, following(s2, follower({2})), campaign_now(s2, {2}));
  EXPECT_EQ(step.state, candidate(s1, {3}, {}));
  EXPECT_TRUE(sent<PreVote>(step, s2).empty());
  EXPECT_TRUE(sent<RequestVote>(step, s3).at(0).transfer);
}

TEST(Transfer, OnlyTheFirstCampaignIsByOrder) {
  const Step step = next_state(config, candidate(s1, {3}, {s1}), Expired{Timer::election});
  EXPECT_FALSE(sent<RequestVote>(step, s2).at(0).transfer);
}

TEST(Transfer, AnOrderOfAnEarlierTermIsIgnored) {
  for (const State& before :
       {follower({3}), following(s2, follower({3})), candidate(s1, {3}, {s1}), leader(config, {3})})
    EXPECT_EQ(next_state(config, before, campaign_now(s2, {2})), (Step{before, {}}));
}

// By then it is in the next term.
TEST(Transfer, ADoubledOrderIsIgnored) {
  const State before = following(s2, follower({2}));
  const State once = next_state(config, before, campaign_now(s2, {2})).state;
  EXPECT_EQ(next_state(config, once, campaign_now(s2, {2})), (Step{once, {}}));
}

TEST(Transfer, AnOrderOfALaterTermIsFollowedInIt) {
  const Step step = next_state(config, follower({2}), campaign_now(s2, {5}));
  EXPECT_EQ(step.state, candidate(s1, {6}, {}));
  EXPECT_EQ(only<Save>(step), (std::vector{Save{TermAndVote{.term = {6}, .voted_for = s1}}}));
}

TEST(Transfer, WhoCampaignsAlreadyNeedsNoOrder) {
  State asks = follower({2});
  asks.role = PreCandidate{{s1}};
  for (const State& before : {asks, candidate(s1, {2}, {s1})})
    EXPECT_EQ(next_state(config, before, campaign_now(s2, {2})), (Step{before, {}}));
}

TEST(Transfer, AServerAloneInItsClusterIsOrderedByStrangersOnly) {
  EXPECT_EQ(next_state(server(s1, 1), follower({2}), campaign_now(s2, {2})),
            (Step{follower({2}), {Refuse{s2, Flaw::stranger}}}));
}

// --- Three servers with all that stands in the way of elections, by hand.

class Three {
 public:
  Three() {
    for (const NodeId node : {s1, s2, s3}) states_[node] = initial_state(own(node));
    take(s1, Expired{Timer::election});
    exchange_all();
    take(s1, Expired{Timer::heartbeat});
    exchange_all();
  }

  void take(NodeId node, const Event& event) {
    Step step = synced(own(node), states_.at(node), event);
    for (const Send& send : only<Send>(step)) on_the_way_.emplace_back(node, send);
    states_.at(node) = std::move(step.state);
  }

  // The first message of this kind that is on its way there, which arrives.
  template <class M>
  M deliver(NodeId from, NodeId to) {
    for (std::size_t i = 0; i < on_the_way_.size(); ++i) {
      const auto [sender, send] = on_the_way_[i];
      const auto* message = std::get_if<M>(&send.message);
      if (message == nullptr || sender != from || send.to != to) continue;
      on_the_way_.erase(on_the_way_.begin() + static_cast<std::ptrdiff_t>(i));
      take(to, Received{from, *message});
      return *message;
    }
    ADD_FAILURE() << "no such message";
    return {};
  }

  void exchange_all() {
    while (!on_the_way_.empty()) {
      const auto [from, send] = on_the_way_.front();
      on_the_way_.erase(on_the_way_.begin());
      take(send.to, Received{from, send.message});
    }
  }
  void lose_all() { on_the_way_.clear(); }
  const State& operator[](NodeId node) const { return states_.at(node); }

 private:
  static Config own(NodeId node) {
    Config own = server(node, 3);
    own.no_op = own.pre_vote = own.check_quorum = own.stickiness = true;
    own.hints = own.transfers = true;
    return own;
  }

  std::map<NodeId, State> states_;
  std::vector<std::pair<NodeId, Send>> on_the_way_;
};

TEST(Transfer, LeadershipMovesThoughEveryoneHearsTheLeader) {
  Three all;
  for (const NodeId node : {s2, s3}) EXPECT_TRUE(std::get<Follower>(all[node].role).heard);
  all.take(s1, propose("x"));
  all.take(s1, hand_over_to(s2));
  all.deliver<AppendEntries>(s1, s2);
  all.deliver<AppendEntriesReply>(s2, s1);
  all.deliver<TimeoutNow>(s1, s2);
  EXPECT_EQ(all.deliver<RequestVote>(s2, s3).term, Term{2});
  EXPECT_TRUE(leads(all[s1]));
  all.deliver<RequestVoteReply>(s3, s2);
  EXPECT_TRUE(leads(all[s2]));
  all.exchange_all();
  EXPECT_EQ(all[s1].durable.term, Term{2});
  EXPECT_EQ(std::get<Follower>(all[s1].role).leader, s2);
  EXPECT_EQ(all[s2].commit, Index{3});  // with the proposal of before, and both no-ops
  EXPECT_EQ(all[s1].durable.log, all[s2].durable.log);
}

TEST(Transfer, WithoutAnOrderNobodyCouldHaveLed) {
  Three all;
  all.take(s2, Expired{Timer::election});
  all.exchange_all();
  EXPECT_TRUE(leads(all[s1]));
  EXPECT_EQ(all[s2].durable.term, Term{1});
}

TEST(Transfer, ALostOrderIsSentAgainAfterAHeartbeat) {
  Three all;
  all.take(s1, hand_over_to(s3));
  all.lose_all();
  all.take(s1, Expired{Timer::heartbeat});
  all.exchange_all();
  EXPECT_TRUE(leads(all[s3]));
  EXPECT_EQ(all[s3].durable.term, Term{2});
}

// The leader hears nothing more from its successor, and is the leader still.
TEST(Transfer, AfterASuccessorThatIsDownTheLeaderGoesOn) {
  Three all;
  all.take(s1, hand_over_to(s3));
  all.lose_all();
  all.take(s1, Expired{Timer::transfer});
  all.take(s1, propose("x"));
  all.deliver<AppendEntries>(s1, s2);
  all.deliver<AppendEntriesReply>(s2, s1);
  EXPECT_EQ(all[s1].commit, Index{2});
}

// The order was late: the leader has taken a proposal since. It hears of the election and steps
// down, and votes for no log that lacks it.
TEST(Transfer, ALateOrderLosesNothingThatWasCommitted) {
  Three all;
  all.take(s1, hand_over_to(s3));
  all.take(s1, Expired{Timer::transfer});
  all.take(s1, propose("x"));
  all.deliver<AppendEntries>(s1, s2);
  all.deliver<AppendEntriesReply>(s2, s1);
  EXPECT_EQ(all[s1].commit, Index{2});
  all.deliver<TimeoutNow>(s1, s3);
  all.exchange_all();
  for (const NodeId node : {s1, s2, s3}) EXPECT_FALSE(leads(all[node]));
  all.take(s2, Expired{Timer::election});
  all.exchange_all();
  EXPECT_TRUE(leads(all[s2]));
  EXPECT_EQ(all[s2].durable.log.at({2}).command, "x");
}

}  // namespace
}  // namespace coracle::raft
