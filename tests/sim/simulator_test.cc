// A cluster in virtual time: what comes when, and what does not come.
#include "sim/simulator.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "tests/checker/clusters.h"

namespace coracle::sim {
namespace {

constexpr Time ms = 1'000'000;
constexpr NodeId s1{1};
constexpr NodeId s2{2};
constexpr NodeId s3{3};

TEST(Agenda, IsOrderedByTimeThenByWhenItWasPlanned) {
  Agenda agenda;
  agenda.add(5, Due::alarm, 0);
  agenda.add(3, Due::alarm, 1);
  agenda.add(5, Due::arrival, 2);
  agenda.add(3, Due::arrival, 3);
  std::vector<std::uint32_t> order;
  while (!agenda.empty()) order.push_back(agenda.take().which);
  EXPECT_EQ(order, (std::vector<std::uint32_t>{1, 3, 0, 2}));
}

class RaftInTime : public testing::Test {
 protected:
  using P = raft::Bench;
  using V = Values<P>;

  static Cluster<P> cluster(int servers = 3) {
    auto cluster = checker::servers({.servers = servers});
    cluster.max_in_flight.reset();
    cluster.network.loss = true;
    cluster.network.duplication = true;
    cluster.faults.crashes = 3;
    return cluster;
  }

  static Weather weather(PartsPerMillion loss = 0, PartsPerMillion duplicate = 0) {
    return {
        .network = {.latency = {.span = {1 * ms, 5 * ms}}, .loss = loss, .duplicate = duplicate}};
  }

  static void run_until(Simulator<P>& simulator, Time time) {
    while (simulator.next_time() && *simulator.next_time() <= time) simulator.advance();
  }

  static std::vector<NodeId> leaders(const Simulator<P>& simulator) {
    std::vector<NodeId> all;
    const auto& nodes = simulator.world().nodes.nodes;
    for (std::size_t at = 0; at < nodes.size(); ++at)
      if (V::is_up(nodes[at]) && raft::leads(V::state(nodes[at]))) all.push_back(node_at(at));
    return all;
  }

  static Hash128 hash_of_a_run(std::uint64_t seed) {
    const Judge<P> judge(raft::properties, {});
    Simulator<P> simulator(cluster(), judge, weather(50'000, 50'000), seed);
    run_until(simulator, 5000 * ms);
    return simulator.hash();
  }

  const Judge<P> judge{raft::properties, {}};
};

TEST_F(RaftInTime, ASeedIsARun) {
  EXPECT_EQ(hash_of_a_run(1), hash_of_a_run(1));
  EXPECT_NE(hash_of_a_run(1), hash_of_a_run(2));
}

TEST_F(RaftInTime, ElectsALeaderThatStays) {
  Simulator<P> simulator(cluster(5), judge, weather(), 1);
  run_until(simulator, 2000 * ms);
  ASSERT_EQ(leaders(simulator).size(), 1U);
  const NodeId leader = leaders(simulator).front();
  const auto elections = simulator.messages().at("RequestVote").sent;
  run_until(simulator, 10'000 * ms);
  EXPECT_EQ(leaders(simulator), std::vector{leader});
  EXPECT_EQ(simulator.messages().at("RequestVote").sent, elections);
  EXPECT_EQ(simulator.violated(), 0U);
}

// A heartbeat comes every 50 ms, and each sets the election timers anew: of those none rings.
TEST_F(RaftInTime, AnAlarmThatIsSetAnewRingsLater) {
  Simulator<P> simulator(cluster(), judge, weather(), 1);
  run_until(simulator, 2000 * ms);
  const auto before = simulator.counters();
  run_until(simulator, 12'000 * ms);
  EXPECT_EQ(simulator.counters().at("expire heartbeat") - before.at("expire heartbeat"), 200U);
  EXPECT_EQ(simulator.counters().at("expire election"), before.at("expire election"));
}

TEST_F(RaftInTime, WhatACutLinkShouldCarryIsDropped) {
  Simulator<P> simulator(cluster(), judge, weather(), 1);
  run_until(simulator, 2000 * ms);
  const NodeId leader = leaders(simulator).front();
  for (const NodeId other : {s1, s2, s3})
    if (other != leader) simulator.cut(leader, other);
  run_until(simulator, 4000 * ms);
  EXPECT_GT(simulator.counters().at("drop"), 0U);
  const auto others = leaders(simulator);
  EXPECT_TRUE(std::ranges::any_of(others, [&](NodeId id) { return id != leader; }));
}

TEST_F(RaftInTime, ALinkThatIsCutTwiceIsMendedTwice) {
  Simulator<P> simulator(cluster(), judge, weather(), 1);
  simulator.cut(s1, s2);
  simulator.cut(s1, s2);
  simulator.mend(s1, s2);
  std::size_t arrived = 0;
  simulator.on_action = [&](const Action<V>& action) {
    if (const auto* deliver = std::get_if<Deliver<V::Envelope>>(&action))
      arrived += deliver->envelope.from == s1 && deliver->envelope.to == s2 ? 1U : 0U;
  };
  run_until(simulator, 3000 * ms);
  EXPECT_EQ(arrived, 0U);
  simulator.mend(s1, s2);
  run_until(simulator, 6000 * ms);
  EXPECT_GT(arrived, 0U);
}

TEST_F(RaftInTime, LosesAndRepeatsAsOftenAsItIsTold) {
  Simulator<P> simulator(cluster(5), judge, weather(100'000, 50'000), 1);
  run_until(simulator, 60'000 * ms);
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;
  std::uint64_t duplicated = 0;
  for (const auto& [kind, fates] : simulator.messages()) {
    sent += fates.sent;
    lost += fates.lost;
    duplicated += fates.duplicated;
  }
  EXPECT_GT(sent, 5000U);
  EXPECT_NEAR(static_cast<double>(lost) / static_cast<double>(sent), 0.1, 0.015);
  EXPECT_NEAR(static_cast<double>(duplicated) / static_cast<double>(sent), 0.045, 0.01);
}

TEST_F(RaftInTime, ANodeThatIsDownHasNoAlarmAndHearsNothing) {
  Simulator<P> simulator(cluster(), judge, weather(), 1);
  run_until(simulator, 2000 * ms);
  simulator.crash(s1);
  bool moved = false;
  simulator.on_action = [&](const Action<V>& action) {
    const auto* expire = std::get_if<Expire<V::Event>>(&action);
    moved |= expire != nullptr && expire->event.node == s1;
    moved |= simulator.is_up(s1);
  };
  run_until(simulator, 4000 * ms);
  EXPECT_FALSE(moved);
  simulator.on_action = nullptr;
  simulator.restart(s1);
  EXPECT_TRUE(simulator.is_up(s1));
  run_until(simulator, 6000 * ms);
  EXPECT_EQ(leaders(simulator).size(), 1U);
  EXPECT_EQ(simulator.violated(), 0U);
}

// In an ordered network what is sent first on a link arrives first, a copy right behind.
TEST_F(RaftInTime, AnOrderedNetworkKeepsTheOrderOfALink) {
  auto ordered = cluster();
  ordered.network.kind = NetworkKind::ordered;
  Simulator<P> simulator(ordered, judge, weather(0, 200'000), 1);
  std::map<std::pair<NodeId, NodeId>, std::vector<V::Envelope>> sent;
  World<V> before = simulator.world();
  simulator.on_action = [&](const Action<V>& action) {
    if (const auto* deliver = std::get_if<Deliver<V::Envelope>>(&action)) {
      bool first = true;
      for_each_deliverable(ordered.network, before.in_flight, V::link_of, [&](const auto& next) {
        if (V::link_of(next) == V::link_of(deliver->envelope)) first = next == deliver->envelope;
      });
      EXPECT_TRUE(first);
    }
    before = simulator.world();
  };
  run_until(simulator, 5000 * ms);
  EXPECT_GT(simulator.counters().at("duplicate"), 0U);
}

// By hand, nothing happens by itself.
TEST_F(RaftInTime, ByHandOnlyWhatIsDoneHappens) {
  auto by_hand = weather();
  by_hand.by_hand = true;
  Simulator<P> simulator(cluster(), judge, by_hand, 1);
  EXPECT_FALSE(simulator.next_time().has_value());
  simulator.expire(s2, raft::Timer::election);
  EXPECT_FALSE(simulator.next_time().has_value());
  auto* flight = simulator.find_flight([](const auto& envelope) { return envelope.to == s1; });
  ASSERT_NE(flight, nullptr);
  simulator.deliver(*flight);
  EXPECT_EQ(simulator.find_flight([](const auto& envelope) { return envelope.to == s1; }), nullptr);
  EXPECT_EQ(simulator.counters().at("deliver"), 1U);
}

// A light's tick goes on without being set anew.
TEST(LightInTime, TicksOnceASecond) {
  const Judge<traffic_light::Protocol> judge(traffic_light::properties, {});
  Simulator<traffic_light::Protocol> simulator(checker::crossings(1), judge, {}, 1);
  while (*simulator.next_time() <= 100'000 * ms) simulator.advance();
  EXPECT_EQ(simulator.counters().at("expire"), 100U);
  EXPECT_EQ(simulator.now(), 100'000 * ms);
}

}  // namespace
}  // namespace coracle::sim
