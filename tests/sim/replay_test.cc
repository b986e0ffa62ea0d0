// What a file says happened is held against what can happen.
#include "sim/replay.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/model/ledger.h"

namespace coracle::sim {
namespace {

using Ledger = ledger::Protocol;
using Here = Values<Ledger>;
using Letter = Here::Envelope;
using Taken = Action<Here>;

constexpr NodeId n1{1};
constexpr NodeId n2{2};
constexpr NodeId n3{3};

Here two_nodes(NetworkRules rules = {}, std::uint8_t crashes = 0,
               DiskKind disk = DiskKind::synced) {
  Cluster<Ledger> cluster;
  cluster.configs = {{.other = n2}, {.other = n1}};
  cluster.network = rules;
  cluster.faults.crashes = crashes;
  cluster.disk = disk;
  return Here(cluster);
}

Letter letter(NodeId from, NodeId to, int value) { return {from, to, {value}}; }
Taken remind(NodeId node) { return Expire<Here::Event>{{node, Expired<ledger::Timer>{}}}; }
Taken raise(NodeId node, ClientId client = ClientId{1}) {
  return Request<Here::Event>{{node, Requested<ledger::Question>{client, {}}}};
}

World<Here> after(Here& values, const std::vector<Taken>& actions) {
  World<Here> world = values.initial_world();
  for (const Taken& action : actions) step(values, world, action);
  return world;
}

std::string why(Here values, const std::vector<Taken>& before, const Taken& action) {
  return impossible(values, after(values, before), action).value_or("possible");
}

TEST(Replay, AMessageArrivesThatIsInFlight) {
  EXPECT_EQ(why(two_nodes(), {raise(n1)}, Deliver<Letter>{letter(n1, n2, 1)}), "possible");
  EXPECT_EQ(why(two_nodes(), {raise(n1)}, Deliver<Letter>{letter(n1, n2, 2)}),
            "no such message is in flight");
  EXPECT_EQ(why(two_nodes(), {raise(n1)}, Deliver<Letter>{letter(n2, n1, 1)}),
            "no such message is in flight");
  EXPECT_EQ(why(two_nodes(), {}, Deliver<Letter>{letter(n3, NodeId{}, 1)}),
            "no such message is in flight");
}

TEST(Replay, AMessageForANodeThatIsDownIsLost) {
  EXPECT_EQ(why(two_nodes({}, 1), {raise(n1), Crash{n2}}, Deliver<Letter>{letter(n1, n2, 1)}),
            "possible");
}

TEST(Replay, InAnOrderedNetworkTheFirstOfItsLinkArrives) {
  const NetworkRules ordered{.kind = NetworkKind::ordered, .loss = true, .duplication = true};
  const std::vector<Taken> twice{raise(n1), raise(n1)};
  const std::string behind = "a message that was sent before it on its link is still in flight";
  EXPECT_EQ(why(two_nodes(ordered), twice, Deliver<Letter>{letter(n1, n2, 1)}), "possible");
  EXPECT_EQ(why(two_nodes(ordered), twice, Deliver<Letter>{letter(n1, n2, 2)}), behind);
  EXPECT_EQ(why(two_nodes(ordered), twice, Drop<Letter>{letter(n1, n2, 2)}), behind);
  EXPECT_EQ(why(two_nodes(ordered), twice, Duplicate<Letter>{letter(n1, n2, 2)}), behind);
  EXPECT_EQ(why(two_nodes(ordered), twice, Deliver<Letter>{letter(n1, n2, 3)}),
            "no such message is in flight");
}

TEST(Replay, ANetworkLosesAndRepeatsByItsRules) {
  const Taken drop = Drop<Letter>{letter(n1, n2, 1)};
  const Taken repeat = Duplicate<Letter>{letter(n1, n2, 1)};
  EXPECT_EQ(why(two_nodes({.loss = true}), {raise(n1)}, drop), "possible");
  EXPECT_EQ(why(two_nodes({.loss = true}), {raise(n1)}, repeat), "this network repeats nothing");
  EXPECT_EQ(why(two_nodes({.duplication = true}), {raise(n1)}, repeat), "possible");
  EXPECT_EQ(why(two_nodes({.duplication = true}), {raise(n1)}, drop), "this network loses nothing");
  EXPECT_EQ(why(two_nodes({.loss = true}), {}, drop), "no such message is in flight");
}

TEST(Replay, AnAlarmGoesOffThatIsSet) {
  EXPECT_EQ(why(two_nodes(), {raise(n1)}, remind(n1)), "possible");
  EXPECT_EQ(why(two_nodes(), {raise(n1)}, remind(n2)), "its timer is not set");
  EXPECT_EQ(why(two_nodes({}, 1), {Crash{n2}}, remind(n2)), "node 2 is down");
  EXPECT_EQ(why(two_nodes(), {}, remind(n3)), "there is no node 3");
}

// Also what an enumeration would not: it asks no more once the number is 2.
TEST(Replay, AClientMayAskAnythingOfANodeThatIsUp) {
  EXPECT_EQ(why(two_nodes(), {raise(n1), raise(n1)}, raise(n1, ClientId{9})), "possible");
  EXPECT_EQ(why(two_nodes({}, 1), {Crash{n2}}, raise(n2)), "node 2 is down");
  EXPECT_EQ(why(two_nodes(), {}, raise(NodeId{})), "there is no node 0");
}

TEST(Replay, OnlyANodeThatIsUpCrashesAndOnlySoOften) {
  EXPECT_EQ(why(two_nodes({}, 1), {}, Crash{n2}), "possible");
  EXPECT_EQ(why(two_nodes({}, 1), {Crash{n2}}, Crash{n2}), "node 2 is down");
  EXPECT_EQ(why(two_nodes({}, 1), {Crash{n2}}, Crash{n1}), "no crash is left");
  EXPECT_EQ(why(two_nodes(), {}, Crash{n3}), "there is no node 3");
}

Taken flush(NodeId node, int value) {
  return Flush<Here::Event>{{node, Saved<ledger::Number>{{value}}}};
}

TEST(Replay, TheOldestWriteThatWaitsIsFlushed) {
  const Here buffered = two_nodes({}, 1, DiskKind::buffered);
  const std::vector<Taken> twice{raise(n1), raise(n1)};
  EXPECT_EQ(why(buffered, twice, flush(n1, 1)), "possible");
  EXPECT_EQ(why(buffered, twice, flush(n1, 2)), "another write is older");
  EXPECT_EQ(why(buffered, twice, flush(n2, 1)), "nothing waits to be written");
  EXPECT_EQ(why(buffered, {Crash{n1}}, flush(n1, 1)), "node 1 is down");
  EXPECT_EQ(why(buffered, {}, flush(n3, 1)), "there is no node 3");
  EXPECT_EQ(why(two_nodes(), twice, flush(n1, 1)), "nothing waits to be written");
}

TEST(Replay, ACrashKeepsNoMoreThanWaits) {
  const Here buffered = two_nodes({}, 1, DiskKind::buffered);
  const std::vector<Taken> once{raise(n1)};
  EXPECT_EQ(why(buffered, once, Crash{n1, 1}), "possible");
  EXPECT_EQ(why(buffered, once, Crash{n1, 2}), "of 1 unflushed write 2 cannot be kept");
  EXPECT_EQ(why(buffered, once, Crash{n2, 1}), "of 0 unflushed writes 1 cannot be kept");
  EXPECT_EQ(why(two_nodes({}, 1), once, Crash{n1, 1}), "of 0 unflushed writes 1 cannot be kept");
}

TEST(Replay, OnlyANodeThatIsDownRestarts) {
  EXPECT_EQ(why(two_nodes({}, 1), {Crash{n2}}, Restart{n2}), "possible");
  EXPECT_EQ(why(two_nodes(), {}, Restart{n2}), "node 2 is up");
  EXPECT_EQ(why(two_nodes(), {}, Restart{n3}), "there is no node 3");
}

// Everything that one might write into a trace of a ledger that has come so far.
std::vector<Taken> candidates() {
  std::vector<Taken> all;
  for (const NodeId node : {NodeId{}, n1, n2, n3}) {
    all.insert(all.end(), {Crash{node}, Crash{node, 1}, Restart{node}, remind(node), raise(node)});
    for (int value = 0; value < 4; ++value) all.push_back(flush(node, value));
    for (const NodeId to : {NodeId{}, n1, n2, n3}) {
      for (int value = 0; value < 4; ++value) {
        const Letter sent = letter(node, to, value);
        all.insert(all.end(), {Deliver<Letter>{sent}, Drop<Letter>{sent}, Duplicate<Letter>{sent}});
      }
    }
  }
  return all;
}

bool is_request_at_a_node_that_is_up(const World<Here>& world, const Taken& action) {
  const auto* request = std::get_if<Request<Here::Event>>(&action);
  if (request == nullptr) return false;
  const NodeId node = request->event.node;
  return node >= n1 && node <= n2 && Here::is_up(world.nodes.nodes[position(node)]);
}

RC_GTEST_PROP(Replay, CallsPossibleWhatIsEnabledAndNothingElse, ()) {
  const auto kind =
      *rc::gen::element(NetworkKind::unordered, NetworkKind::ordered, NetworkKind::set);
  const bool keeps = kind == NetworkKind::set;
  Here values = two_nodes(
      {kind, !keeps && *rc::gen::arbitrary<bool>(), !keeps && *rc::gen::arbitrary<bool>()},
      *rc::gen::inRange<std::uint8_t>(0, 3),
      *rc::gen::element(DiskKind::synced, DiskKind::buffered));
  World<Here> world = values.initial_world();
  const auto steps = rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 12));
  for (int left = *steps; left > 0; --left) {
    std::vector<Taken> enabled;
    for_each_enabled(values, world, [&](const auto& action) { enabled.emplace_back(action); });
    for (const Taken& action : enabled) RC_ASSERT(!impossible(values, world, action).has_value());
    for (const Taken& action : candidates()) {
      const bool is_enabled = std::ranges::find(enabled, action) != enabled.end();
      const bool expected = is_enabled || is_request_at_a_node_that_is_up(world, action);
      RC_ASSERT(!impossible(values, world, action).has_value() == expected);
    }
    if (enabled.empty()) return;
    step(values, world, *rc::gen::elementOf(enabled));
  }
}

}  // namespace
}  // namespace coracle::sim
