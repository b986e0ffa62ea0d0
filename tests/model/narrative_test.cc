// A run as people tell it: only what an action changed, in the words of the scenarios.
#include "model/narrative.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/raft/node.h"
#include "model/raft/words.h"
#include "tests/checker/clusters.h"
#include "tests/model/ledger.h"

namespace coracle {
namespace {

constexpr NodeId s1{1};
constexpr NodeId s2{2};

// ---- what is worth telling

TEST(Difference, NamesOnlyWhatChanged) {
  const Words before{{"term", "1"}, {"vote", "none"}, {"log", "empty"}};
  EXPECT_EQ(difference(before, {{"term", "2"}, {"vote", "none"}, {"log", "2"}}),
            "term 1 -> 2, log empty -> 2");
  EXPECT_EQ(difference(before, before), "");
}

TEST(Difference, TellsTheWholeWhereTheNamesAreOthers) {
  EXPECT_EQ(difference({{"down", ""}}, {{"term", "2"}, {"vote", "1"}}), "term 2, vote 1");
  EXPECT_EQ(difference({{"term", "2"}, {"vote", "1"}}, {{"down", ""}}), "down");
}

TEST(Words, AreTheFieldsOrTheProtocolsOwn) {
  EXPECT_EQ(words_of(traffic_light::State{}),
            (Words{{"ew", "green"}, {"ns", "red"}, {"clock", "0"}, {"waiting", "no"}}));
  EXPECT_EQ(words_of(two_phase_commit::State(two_phase_commit::TransactionManager{{s2}, {}})),
            (Words{{"prepared", "{2}"}, {"decision", "none"}}));
  raft::State leader;
  leader.durable = {.term = {2}, .voted_for = s1, .log = raft::Log({{{1}, "x"}, {{2}, "y"}})};
  leader.role = raft::Leader{};
  EXPECT_EQ(
      words_of(leader),
      (Words{{"term", "2"}, {"role", "leader"}, {"vote", "1"}, {"log", "1 2"}, {"commit", "0"}}));
}

// ---- actions

template <class Event>
std::string told(const Event& event) {
  return action_text<raft::Bench>(event);
}

TEST(ActionText, SaysWhatHappensToWhom) {
  using Here = Values<raft::Bench>;
  const Here::Envelope letter{s1, s2, raft::RequestVote{.term = {1}, .last = {}}};
  const Here::Event election{s1, raft::Expired{raft::Timer::election}};
  const Here::Event proposal{s2, raft::Requested{ClientId{1}, raft::Propose{"x"}}};
  EXPECT_EQ(told(Deliver<Here::Envelope>{letter}), "deliver RequestVote 1 -> 2");
  EXPECT_EQ(told(Drop<Here::Envelope>{letter}), "drop RequestVote 1 -> 2");
  EXPECT_EQ(told(Duplicate<Here::Envelope>{letter}), "duplicate RequestVote 1 -> 2");
  EXPECT_EQ(told(Expire<Here::Event>{election}), "expire election 1");
  EXPECT_EQ(told(Request<Here::Event>{proposal}), "request Propose{command: x} at 2");
  EXPECT_EQ(told(Crash{s2}), "crash 2");
  EXPECT_EQ(told(Restart{s2}), "restart 2");
  EXPECT_EQ(message_text<raft::Bench>(Deliver<Here::Envelope>{letter}),
            "{term: 1, last: {term: 0, index: 0}, transfer: no}");
  EXPECT_EQ(message_text<raft::Bench>(Crash{s2}), "");
}

TEST(ActionText, NamesAMessageThatIsNoVariant) {
  using Here = Values<ledger::Protocol>;
  const Deliver<Here::Envelope> deliver{{s1, s2, {.value = 7}}};
  EXPECT_EQ(action_text<ledger::Protocol>(deliver), "deliver Number 1 -> 2");
  EXPECT_EQ(message_text<ledger::Protocol>(deliver), "{value: 7}");
}

// ---- runs

template <Protocol P>
std::string story(const Cluster<P>& cluster, const std::vector<Action<Values<P>>>& actions) {
  Values<P> values(cluster);
  Narrative<P> narrative(values, "server");
  std::string all;
  for (const auto& action : actions) all += narrative.tell(action);
  return all;
}

TEST(Narrative, TellsATransaction) {
  using two_phase_commit::Message;
  using two_phase_commit::Timer;
  using Here = Values<two_phase_commit::Protocol>;
  const auto letter = [](NodeId from, NodeId to, Message message) {
    return Deliver<Here::Envelope>{{from, to, message}};
  };
  const auto expire = [](NodeId node, Timer timer) {
    return Expire<Here::Event>{{node, two_phase_commit::Expired{timer}}};
  };
  EXPECT_EQ(story<two_phase_commit::Protocol>(
                checker::managers(1),
                {expire(s2, Timer::prepare), letter(s2, s1, Message::prepared),
                 expire(s1, Timer::decide_commit), letter(s1, s2, Message::commit)}),
            "  1. expire prepare 2\n"
            "       server 2: state working -> prepared\n"
            "       sends prepared to 1\n"
            "  2. deliver prepared 2 -> 1\n"
            "       server 1: prepared {} -> {2}\n"
            "  3. expire decide_commit 1\n"
            "       server 1: decision none -> commit\n"
            "       sends commit to 2\n"
            "  4. deliver commit 1 -> 2\n"
            "       server 2: state prepared -> committed\n");
}

TEST(Narrative, TellsACrash) {
  auto two = checker::servers({.servers = 2, .crashes = 1});
  using Here = Values<raft::Bench>;
  const Here::Event election{s1, raft::Expired{raft::Timer::election}};
  const Here::Envelope ask{s1, s2, raft::RequestVote{.term = {1}, .last = {}}};
  EXPECT_EQ(
      story<raft::Bench>(two, {Expire<Here::Event>{election}, Deliver<Here::Envelope>{ask},
                               Crash{s2}, Restart{s2}}),
      "  1. expire election 1\n"
      "       server 1: term 0 -> 1, role follower -> candidate with votes {1}, vote none -> 1\n"
      "       sends RequestVote to 2\n"
      "  2. deliver RequestVote 1 -> 2 {term: 1, last: {term: 0, index: 0}, transfer: no}\n"
      "       server 2: term 0 -> 1, vote none -> 1\n"
      "       sends RequestVoteReply to 1\n"
      "  3. crash 2\n"
      "       server 2: down\n"
      "  4. restart 2\n"
      "       server 2: term 1, role follower, vote 1, log empty, commit 0\n");
}

TEST(Narrative, TellsACopyOnlyOnce) {
  auto two = checker::servers({.servers = 2, .duplication = true});
  using Here = Values<raft::Bench>;
  const Here::Event election{s1, raft::Expired{raft::Timer::election}};
  const Here::Envelope ask{s1, s2, raft::RequestVote{.term = {1}, .last = {}}};
  const std::string all =
      story<raft::Bench>(two, {Expire<Here::Event>{election}, Duplicate<Here::Envelope>{ask}});
  EXPECT_EQ(all.find("sends"), all.rfind("sends"));
  EXPECT_NE(all.find("  2. duplicate RequestVote 1 -> 2"), std::string::npos);
}

TEST(WorldText, HasALineANode) {
  const auto cluster = checker::crossings(2);
  const auto world = Values<traffic_light::Protocol>(cluster).initial_world();
  EXPECT_EQ(world_text<traffic_light::Protocol>(world, "crossing"),
            "crossing 1: ew green, ns red, clock 0, waiting no\n"
            "crossing 2: ew green, ns red, clock 0, waiting no");
  const auto one = Values<traffic_light::Protocol>(checker::crossings(1)).initial_world();
  EXPECT_EQ(world_text<traffic_light::Protocol>(one), "ew green, ns red, clock 0, waiting no");
}

}  // namespace
}  // namespace coracle
