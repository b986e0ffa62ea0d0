// What drifting clocks make of a time: exact values, and the extremes.
#include "sim/clocks.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace coracle::sim {
namespace {

constexpr Time s = 1'000'000'000;
constexpr NodeId n1{1};
constexpr NodeId n2{2};

Time takes(Drift drift, Time span) {
  Clocks clocks(1, 0, 1);
  clocks.set_drift(n1, drift);
  return clocks.takes(n1, {span, span});
}

TEST(Clocks, WithoutDriftTakeTheirTime) {
  Clocks clocks(2, 0, 1);
  EXPECT_EQ(clocks.drift(n2), 0);
  EXPECT_EQ(clocks.takes(n2, {7 * s, 7 * s}), 7 * s);
  EXPECT_EQ(clocks.takes(n2, {never, never}), never);
}

TEST(Clocks, ThatAreFastTakeLessTime) {
  EXPECT_EQ(takes(1'000'000, s), s / 2);
  EXPECT_EQ(takes(250'000, s), 800'000'000);
  EXPECT_EQ(takes(1'000, s), 999'000'999);
  EXPECT_EQ(takes(1, s), 999'999'000);
  EXPECT_EQ(takes(fastest, s), s / 10);
}

TEST(Clocks, ThatAreSlowTakeMoreTime) {
  EXPECT_EQ(takes(-500'000, s), 2 * s);
  EXPECT_EQ(takes(-200'000, s), 1'250'000'000);
  EXPECT_EQ(takes(-1'000, s), 1'001'001'001);
  EXPECT_EQ(takes(-1, s), 1'000'001'000);
  EXPECT_EQ(takes(slowest, s), 10 * s);
}

TEST(Clocks, AreExactForShortAndForLongTimes) {
  EXPECT_EQ(takes(500'000, 0), 0);
  EXPECT_EQ(takes(500'000, 1), 0);
  EXPECT_EQ(takes(500'000, 2), 1);
  EXPECT_EQ(takes(-500'000, 1), 2);
  EXPECT_EQ(takes(fastest, never), never / 10);
  EXPECT_EQ(takes(1, 9'000'000'000 * s), 8'999'991'000'008'999'991);
}

TEST(Clocks, TakeForeverForWhatIsTooLong) {
  EXPECT_EQ(takes(slowest, never), never);
  EXPECT_EQ(takes(-1, never), never);
  EXPECT_EQ(takes(slowest, never / 10 + 1), never);
  EXPECT_EQ(takes(slowest, 900'000'000 * s), 9'000'000'000 * s);
}

RC_GTEST_PROP(Clocks, TakeATimeDividedByTheirRate, ()) {
  const auto span = *rc::gen::inRange<Time>(0, 9'000'000'000'000);
  const auto drift = *rc::gen::inRange<Drift>(slowest, fastest + 1);
  const Time taken = takes(drift, span);
  RC_ASSERT(taken == span * 1'000'000 / (1'000'000 + drift));
  RC_ASSERT(drift == fastest || takes(drift + 1, span) <= taken);
}

TEST(Clocks, AreSetEachOnItsOwn) {
  Clocks clocks(2, 0, 1);
  clocks.set_drift(n1, 1'000'000);
  EXPECT_EQ(clocks.drift(n1), 1'000'000);
  EXPECT_EQ(clocks.drift(n2), 0);
  EXPECT_EQ(clocks.takes(n1, {s, s}), s / 2);
  EXPECT_EQ(clocks.takes(n2, {s, s}), s);
}

// What a drifting clock draws is what it would have drawn.
TEST(Clocks, DrawTheSameWhateverTheyDrift) {
  Clocks right(2, 0, 1);
  Clocks fast(2, 0, 1);
  fast.set_drift(n1, 1'000'000);
  for (int i = 0; i < 100; ++i) {
    const Time span = right.takes(n1, {s, 2 * s});
    EXPECT_GE(span, s);
    EXPECT_LE(span, 2 * s);
    EXPECT_EQ(fast.takes(n1, {s, 2 * s}), span / 2);
  }
}

TEST(Clocks, DriftByUpToSoMuchByTheSeed) {
  constexpr std::size_t nodes = 200;
  const Clocks clocks(nodes, 100, 1);
  std::set<Drift> drifts;
  for (std::size_t at = 0; at < nodes; ++at) drifts.insert(clocks.drift(node_at(at)));
  EXPECT_GE(*drifts.begin(), -100);
  EXPECT_LT(*drifts.begin(), -90);
  EXPECT_LE(*drifts.rbegin(), 100);
  EXPECT_GT(*drifts.rbegin(), 90);
  EXPECT_GT(drifts.size(), 100U);
  EXPECT_EQ(clocks.drift(n2), Clocks(nodes, 100, 1).drift(n2));
  EXPECT_NE(Clocks(nodes, 500'000, 1).drift(n2), Clocks(nodes, 500'000, 2).drift(n2));
}

}  // namespace
}  // namespace coracle::sim
