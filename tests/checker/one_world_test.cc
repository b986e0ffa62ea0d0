// World and step are written once and run over two kinds of handles. Walked at random, side by
// side, a world of values and a world of numbers must be the same world at every step.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/checker/clusters.h"
#include "tests/checker/enumerator.h"
#include "tests/model/ledger.h"

namespace coracle::checker {
namespace {

// Chooses the next action, whatever is enabled.
using Choices = std::vector<std::uint32_t>;

Choices any_choices() { return *rc::gen::scale(5.0, rc::gen::arbitrary<Choices>()); }

template <Protocol P>
std::vector<Action<Interned<P>>> enabled(Interned<P>& interned, const World<Interned<P>>& world) {
  std::vector<Action<Interned<P>>> all;
  for_each_enabled(interned, world, [&](const auto& action) { all.emplace_back(action); });
  return all;
}

template <class T>
std::vector<T> sorted(std::vector<T> all) {
  std::ranges::sort(all);
  return all;
}

template <Protocol P>
class SideBySide {
 public:
  SideBySide(const Cluster<P>& cluster, const PropertiesOf<P>& properties)
      : judge_(properties, {}), cluster_(cluster), plain_(cluster), interned_(cluster, judge_) {}

  void walk(const Choices& choices) {
    World<Values<P>> values = plain_.values().initial_world();
    World<Interned<P>> numbers = interned_.interned(values);
    expect_same(values, numbers);
    for (const std::uint32_t choice : choices) {
      const auto as_numbers = enabled(interned_, numbers);
      const auto as_values = plain_.enabled(values);
      std::vector<Action<Values<P>>> told;
      told.reserve(as_numbers.size());
      for (const auto& action : as_numbers) told.push_back(interned_.plain(action));
      RC_ASSERT(sorted(told) == sorted(as_values));
      if (told.empty()) return;

      const std::size_t chosen = choice % told.size();
      const World<Interned<P>> before = numbers;
      step(interned_, numbers, as_numbers[chosen]);
      const World<Values<P>> next = plain_.after(values, told[chosen]);
      RC_ASSERT((numbers == before) == (next == values));
      values = next;
      expect_same(values, numbers);
    }
    expect_hash_of_contents(values, numbers);
  }

 private:
  void expect_same(const World<Values<P>>& values, const World<Interned<P>>& numbers) {
    RC_ASSERT(interned_.plain(numbers) == values);
    RC_ASSERT(interned_.interned(values) == numbers);
    RC_ASSERT(interned_.within_bounds(numbers.nodes) ==
              std::ranges::all_of(values.nodes.nodes, [&](const auto& node) {
                return plain_.values().within_bounds(node);
              }));
  }

  // The same contents under other numbers have the same hash: those that come first in a new table
  // are other ones than those that came first in the walk.
  void expect_hash_of_contents(const World<Values<P>>& values, const World<Interned<P>>& numbers) {
    Interned<P> fresh(cluster_, judge_);
    const World<Interned<P>> last = fresh.interned(values);
    RC_ASSERT(fresh.content_hash_of(last) == interned_.content_hash_of(numbers));
    const auto start = plain_.values().initial_world();
    RC_ASSERT((fresh.content_hash_of(fresh.interned(start)) == fresh.content_hash_of(last)) ==
              (start == values));
  }

  Judge<P> judge_;
  Cluster<P> cluster_;
  Enumerator<P> plain_;
  Interned<P> interned_;
};

template <Protocol P>
void expect_one_world(const Cluster<P>& cluster, const PropertiesOf<P>& properties,
                      const Choices& choices) {
  SideBySide<P>(cluster, properties).walk(choices);
}

RaftOptions any_raft() {
  RaftOptions options;
  options.servers = *rc::gen::inRange(1, 5);
  options.max_term = *rc::gen::inRange(1, 4);
  options.max_log = *rc::gen::inRange(0, 3);
  options.crashes = *rc::gen::inRange(0, 3);
  options.loss = *rc::gen::arbitrary<bool>();
  options.duplication = *rc::gen::arbitrary<bool>();
  options.no_op = *rc::gen::arbitrary<bool>();
  options.membership = *rc::gen::arbitrary<bool>();
  options.one_step = *rc::gen::arbitrary<bool>();
  options.network = *rc::gen::element<std::string>("ordered", "unordered");
  return options;
}

DiskKind any_disk() { return *rc::gen::element(DiskKind::synced, DiskKind::buffered); }

// A walk goes on beyond the bounds; only the messages in flight have to stay representable.
template <Protocol P>
Cluster<P> unbounded(Cluster<P> cluster, bool observing, DiskKind disk = DiskKind::synced) {
  cluster.max_in_flight.reset();
  cluster.observing = observing;
  cluster.disk = disk;
  return cluster;
}

RC_GTEST_PROP(OneWorld, OfTrafficLight, ()) {
  const int count = *rc::gen::inRange(1, 5);
  const auto mutant = *rc::gen::elementOf(typed_names<traffic_light::Mutant>());
  expect_one_world(crossings(count, mutant), traffic_light::properties, any_choices());
}

RC_GTEST_PROP(OneWorld, OfTwoPhaseCommit, ()) {
  const int count = *rc::gen::inRange(1, 6);
  const auto mutant = *rc::gen::elementOf(typed_names<two_phase_commit::Mutant>());
  expect_one_world(managers(count, mutant), two_phase_commit::properties, any_choices());
}

// Nothing in it knows what network it is meant for.
RC_GTEST_PROP(OneWorld, OfTwoPhaseCommitOnOtherNetworks, ()) {
  auto cluster = managers(*rc::gen::inRange(1, 4));
  cluster.network = {.kind = *rc::gen::element(NetworkKind::unordered, NetworkKind::ordered),
                     .loss = *rc::gen::arbitrary<bool>(),
                     .duplication = *rc::gen::arbitrary<bool>()};
  cluster.faults.crashes = *rc::gen::inRange<std::uint8_t>(0, 3);
  expect_one_world(cluster, two_phase_commit::properties, any_choices());
}

RC_GTEST_PROP(OneWorld, OfRaft, ()) {
  const auto cluster = servers(any_raft());
  expect_one_world(unbounded(cluster, *rc::gen::arbitrary<bool>(), any_disk()), raft::properties,
                   any_choices());
}

RC_GTEST_PROP(OneWorld, OfLedgers, ()) {
  Cluster<ledger::Protocol> cluster;
  cluster.configs = {{.other = NodeId{2}}, {.other = NodeId{1}}};
  cluster.configs[0].forgets = *rc::gen::arbitrary<bool>();
  cluster.faults.crashes = *rc::gen::inRange<std::uint8_t>(0, 4);
  expect_one_world(unbounded(cluster, *rc::gen::arbitrary<bool>(), any_disk()), ledger::properties,
                   any_choices());
}

RC_GTEST_PROP(OneWorld, OfRaftWithAPlantedBug, ()) {
  RaftOptions options = any_raft();
  options.mutant = *rc::gen::elementOf(typed_names<raft::Mutant>());
  RC_PRE(options.mutant != "none");
  const auto cluster = servers(options);
  expect_one_world(unbounded(cluster, *rc::gen::arbitrary<bool>(), any_disk()), raft::properties,
                   any_choices());
}

// A walk that never gets anywhere would prove nothing: one of a few hundred steps elects a leader.
TEST(OneWorld, AWalkGetsSomewhere) {
  Enumerator<raft::Bench> plain(unbounded(servers({.servers = 3}), false));
  auto world = plain.values().initial_world();
  std::uint32_t choice = 1;
  bool led = false;
  for (int i = 0; i < 500 && !led; ++i) {
    choice = choice * 1664525U + 1013904223U;
    const auto actions = plain.enabled(world);
    world = plain.after(world, actions[(choice >> 8U) % actions.size()]);
    for (const auto& node : world.nodes.nodes) led |= raft::leads(Values<raft::Bench>::state(node));
  }
  EXPECT_TRUE(led);
}

// Nor would one without a write that waits: in one of some hundred steps there are some, and a
// crash that may keep two of them.
TEST(OneWorld, ABufferedWalkGetsSomewhere) {
  auto cluster = unbounded(servers({.servers = 3, .crashes = 100}), false, DiskKind::buffered);
  Enumerator<raft::Bench> plain(cluster);
  auto world = plain.values().initial_world();
  std::uint32_t choice = 1;
  bool flushed = false;
  bool kept_two = false;
  for (int i = 0; i < 500; ++i) {
    choice = choice * 1664525U + 1013904223U;
    const auto actions = plain.enabled(world);
    for (const auto& action : actions) {
      flushed |= std::holds_alternative<Flush<Values<raft::Bench>::Event>>(action);
      const auto* crash = std::get_if<Crash>(&action);
      kept_two |= crash != nullptr && crash->kept == 2;
    }
    world = plain.after(world, actions[(choice >> 8U) % actions.size()]);
  }
  EXPECT_TRUE(flushed);
  EXPECT_TRUE(kept_two);
}

// What sends more than may be in flight leads out of bounds, whatever it makes of its node.
TEST(OneWorld, TooManyMessagesAreOutOfBounds) {
  auto cluster = servers({.servers = 3, .max_in_flight = 2});
  for (const std::size_t most : {1U, 2U}) {
    cluster.max_in_flight = most;
    const Judge<raft::Bench> judge(raft::properties, {});
    Space<raft::Bench> space(cluster, judge);
    std::size_t within = 0;
    std::size_t all = 0;
    space.for_each_successor(space.initial(), [&](const auto& /*action*/, const auto& next) {
      within += next.within ? 1U : 0U;
      ++all;
    });
    EXPECT_EQ(all, 3U);
    EXPECT_EQ(within, most == 2 ? 3U : 0U);
  }
}

}  // namespace
}  // namespace coracle::checker
