// A buffered disk in virtual time: a write takes its time, what it holds back goes out then, and a
// crash keeps what the seed or the exact replay says.
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <vector>

#include "sim/simulator.h"
#include "tests/model/ledger.h"

namespace coracle::sim {
namespace {

using Ledger = ledger::Protocol;
using V = Values<Ledger>;

constexpr Time ms = 1'000'000;
constexpr NodeId n1{1};
constexpr NodeId n2{2};

class DiskInTime : public testing::Test {
 protected:
  static Cluster<Ledger> cluster(DiskKind disk = DiskKind::buffered) {
    Cluster<Ledger> two;
    two.configs = {{.other = n2, .most = 9}, {.other = n1, .most = 9}};
    two.faults.crashes = 9;
    two.disk = disk;
    return two;
  }
  // A network that is too slow to matter.
  static Weather weather(Delay flush, bool by_hand = false) {
    return {.network = {.latency = {.span = {1'000'000 * ms, 1'000'000 * ms}}},
            .flush = flush,
            .by_hand = by_hand};
  }
  static void raise(Simulator<Ledger>& simulator, int times = 1) {
    for (; times > 0; --times)
      simulator.request(n1, {n1, Requested<ledger::Question>{ClientId{1}, {}}});
  }
  static void run_until(Simulator<Ledger>& simulator, Time time) {
    while (simulator.next_time() && *simulator.next_time() <= time) simulator.advance();
    simulator.wait_until(time);
  }
  static std::uint64_t sent(const Simulator<Ledger>& simulator) {
    const auto all = simulator.messages();
    return all.empty() ? 0 : all.begin()->second.sent;
  }
  // What its disk held when node 1 went down.
  static int number_after_a_crash(Simulator<Ledger>& simulator, std::optional<std::uint32_t> kept) {
    simulator.crash(n1, kept);
    return std::get<Down<Ledger>>(simulator.world().nodes.nodes[0]).disk.number;
  }

  const Judge<Ledger> judge{ledger::properties, {}};
};

TEST_F(DiskInTime, AWriteTakesItsTimeAndThenItsNodeSpeaks) {
  Simulator<Ledger> simulator(cluster(), judge, weather({5 * ms, 5 * ms}), 1);
  raise(simulator, 2);
  run_until(simulator, 5 * ms - 1);
  EXPECT_EQ(simulator.unflushed(n1), 2U);
  EXPECT_EQ(sent(simulator), 0U);
  run_until(simulator, 5 * ms);
  EXPECT_EQ(simulator.unflushed(n1), 0U);
  EXPECT_EQ(sent(simulator), 2U);
  EXPECT_EQ(simulator.counters().at("flush"), 2U);
  EXPECT_EQ(simulator.violated(), 0U);
}

TEST_F(DiskInTime, WritesAreFlushedInTheirOrderWhateverTheyTake) {
  Simulator<Ledger> simulator(cluster(), judge, weather({0, 50 * ms}), 3);
  std::vector<int> flushed;
  simulator.on_action = [&](const Action<V>& action) {
    if (const auto* flush = std::get_if<Flush<V::Event>>(&action))
      flushed.push_back(std::get<Saved<ledger::Number>>(flush->event.event).change.value);
  };
  raise(simulator, 5);
  run_until(simulator, 50 * ms);
  EXPECT_EQ(flushed, (std::vector<int>{1, 2, 3, 4, 5}));
}

TEST_F(DiskInTime, ACrashKeepsAnyPrefixByTheSeed) {
  std::set<int> kept;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Simulator<Ledger> simulator(cluster(), judge, weather({5 * ms, 5 * ms}), seed);
    raise(simulator, 3);
    kept.insert(number_after_a_crash(simulator, {}));
  }
  EXPECT_EQ(kept, (std::set<int>{0, 1, 2, 3}));
}

TEST_F(DiskInTime, ACrashKeepsWhatItIsToldAndByHandNothing) {
  for (const std::uint32_t kept : {0U, 1U, 2U}) {
    Simulator<Ledger> simulator(cluster(), judge, weather({5 * ms, 5 * ms}), 1);
    raise(simulator, 2);
    EXPECT_EQ(number_after_a_crash(simulator, kept), static_cast<int>(kept));
  }
  for (std::uint64_t seed = 1; seed <= 9; ++seed) {
    Simulator<Ledger> simulator(cluster(), judge, weather({}, /*by_hand=*/true), seed);
    raise(simulator, 2);
    EXPECT_EQ(number_after_a_crash(simulator, {}), 0);
  }
}

// What waited for the disk before the crash is not flushed after it.
TEST_F(DiskInTime, PlansOfWritesThatWereLostAreVoid) {
  Simulator<Ledger> simulator(cluster(), judge, weather({5 * ms, 5 * ms}), 1);
  raise(simulator, 2);
  run_until(simulator, 3 * ms);
  simulator.crash(n1, 1);
  simulator.restart(n1);
  raise(simulator);
  run_until(simulator, 8 * ms - 1);
  EXPECT_EQ(simulator.unflushed(n1), 1U);
  run_until(simulator, 8 * ms);
  EXPECT_EQ(simulator.unflushed(n1), 0U);
  EXPECT_EQ(simulator.counters().at("flush"), 1U);
}

TEST_F(DiskInTime, ByHandAWriteIsFlushedWhenToldOnly) {
  Simulator<Ledger> simulator(cluster(), judge, weather({}, /*by_hand=*/true), 1);
  raise(simulator, 2);
  EXPECT_FALSE(simulator.next_time().has_value());
  simulator.flush(n1);
  EXPECT_EQ(simulator.unflushed(n1), 1U);
  EXPECT_EQ(sent(simulator), 1U);
}

TEST_F(DiskInTime, ASyncedDiskHasNothingToFlush) {
  Simulator<Ledger> simulator(cluster(DiskKind::synced), judge, weather({5 * ms, 5 * ms}), 1);
  raise(simulator, 2);
  EXPECT_EQ(sent(simulator), 2U);
  EXPECT_FALSE(simulator.counters().contains("flush"));
  EXPECT_EQ(number_after_a_crash(simulator, {}), 2);
}

}  // namespace
}  // namespace coracle::sim
