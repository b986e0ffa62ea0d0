// What waits for a node that is paused, and before a link that is clogged, action by action:
// nothing is lost, nothing comes twice, and all comes in its order.
#include <gtest/gtest.h>

#include <string>

#include "tests/model/ledger.h"
#include "tests/sim/post_office.h"

namespace coracle::sim {
namespace {

using post::Log;
using post::ten_ms;
using post::weather_of;
using post::write;
using Post = post::Protocol;

constexpr Time ms = 1'000'000;
constexpr NodeId n1{1};
constexpr NodeId n2{2};
constexpr NodeId n3{3};

// ---- pauses

// Node 2 ticks every 25 ms.
class APausedNode : public post::Office {
 protected:
  APausedNode() : Office(ticking()) {}
  static Cluster<Post> ticking() {
    auto two = post::cluster(2);
    two.configs[1].tick = {25 * ms, 25 * ms};
    return two;
  }
};

TEST_F(APausedNode, DoesWhatWouldHaveHappenedWhenItGoesOnInThatOrder) {
  write(simulator, n1, 2);
  until(5 * ms);
  simulator.pause(n2);
  EXPECT_TRUE(simulator.is_paused(n2));
  EXPECT_FALSE(simulator.is_paused(n1));
  until(20 * ms);
  write(simulator, n1);
  until(40 * ms);
  EXPECT_EQ(log, Log{});
  simulator.resume(n2);
  EXPECT_EQ(log, Log{});
  EXPECT_EQ(simulator.next_time(), 40 * ms);
  until(65 * ms);
  EXPECT_EQ(log, (Log{"40 ms: letter 1, 1 -> 2", "40 ms: letter 2, 1 -> 2", "40 ms: tick 2",
                      "40 ms: letter 3, 1 -> 2", "65 ms: tick 2"}));
}

TEST_F(APausedNode, IsStillHeardOfWhatItSentBefore) {
  write(simulator, n2);
  simulator.pause(n2);
  until(30 * ms);
  EXPECT_EQ(log, (Log{"10 ms: letter 1, 2 -> 1"}));
}

TEST_F(APausedNode, LosesInACrashWhatWaitedForIt) {
  write(simulator, n1);
  until(5 * ms);
  simulator.pause(n2);
  until(30 * ms);
  simulator.crash(n2);
  EXPECT_FALSE(simulator.is_paused(n2));
  until(35 * ms);
  simulator.restart(n2);
  write(simulator, n1);
  until(60 * ms);
  // A message to a node that is down is consumed; an alarm is none any more.
  EXPECT_EQ(log, (Log{"30 ms: crash 2", "30 ms: letter 1, 1 -> 2", "35 ms: restart 2",
                      "45 ms: letter 2, 1 -> 2", "60 ms: tick 2"}));
  EXPECT_EQ(simulator.messages().at("Letter").delivered, 1U);
  EXPECT_EQ(simulator.messages().at("Letter").lost, 1U);
}

TEST_F(APausedNode, MayBePausedAgain) {
  write(simulator, n1);
  simulator.pause(n2);
  until(12 * ms);
  simulator.resume(n2);
  simulator.pause(n2);
  until(20 * ms);
  EXPECT_EQ(log, Log{});
  simulator.resume(n2);
  until(25 * ms);
  EXPECT_EQ(log, (Log{"20 ms: letter 1, 1 -> 2", "25 ms: tick 2"}));
}

// The clock jumps before the pause: an older plan of the alarm comes up while the node is paused.
TEST_F(APausedNode, TicksOnceForEachTimeAfterAnOldPlanOfItsAlarmCameUp) {
  until(5 * ms);
  simulator.jump(n2, 10 * ms);  // it is due at 15 ms, and planned for 25 ms, too
  until(20 * ms);
  simulator.pause(n2);
  until(30 * ms);
  simulator.resume(n2);
  until(65 * ms);
  EXPECT_EQ(log, (Log{"15 ms: tick 2", "40 ms: tick 2", "65 ms: tick 2"}));
}

TEST_F(APausedNode, TicksOnceWhereTwoPlansOfItsAlarmWaited) {
  until(5 * ms);
  simulator.jump(n2, 10 * ms);
  simulator.pause(n2);
  until(30 * ms);
  simulator.resume(n2);
  until(60 * ms);
  EXPECT_EQ(log, (Log{"30 ms: tick 2", "55 ms: tick 2"}));
}

TEST_F(APausedNode, HasAClockThatJumpsAllTheSame) {
  simulator.pause(n2);
  until(20 * ms);
  simulator.jump(n2, -20 * ms);  // from 25 ms to 45 ms
  until(30 * ms);
  simulator.resume(n2);
  until(44 * ms);
  EXPECT_EQ(log, Log{});
  simulator.pause(n2);
  until(50 * ms);
  simulator.jump(n2, -10 * ms);  // what was due at 45 ms is due at 55 ms
  simulator.resume(n2);
  until(80 * ms);
  EXPECT_EQ(log, (Log{"55 ms: tick 2", "80 ms: tick 2"}));
}

TEST_F(APausedNode, DoesWhatItIsToldExactly) {
  write(simulator, n1, 2);
  simulator.pause(n2);
  until(10 * ms);
  simulator.deliver(flight(2));
  simulator.expire(n2, post::Timer::tick);
  until(30 * ms);
  simulator.resume(n2);
  until(60 * ms);
  EXPECT_EQ(log, (Log{"10 ms: letter 2, 1 -> 2", "10 ms: tick 2", "30 ms: letter 1, 1 -> 2",
                      "35 ms: tick 2", "60 ms: tick 2"}));
}

// ---- and its disk

class APausedDisk : public testing::Test {
 protected:
  using Ledger = ledger::Protocol;
  static Cluster<Ledger> cluster() {
    Cluster<Ledger> two;
    two.configs = {{.other = n2, .most = 9}, {.other = n1, .most = 9}};
    two.faults.crashes = 9;
    two.disk = DiskKind::buffered;
    return two;
  }
  static Weather weather() {
    Weather slow = weather_of({.latency = {.span = {1'000'000 * ms, 1'000'000 * ms}}});
    slow.flush = {5 * ms, 5 * ms};
    return slow;
  }
  void raise() { simulator.request(n1, {n1, Requested<ledger::Question>{ClientId{1}, {}}}); }
  void until(Time time) {
    while (simulator.next_time() && *simulator.next_time() <= time) simulator.advance();
    simulator.wait_until(time);
  }
  const Judge<Ledger> judge{ledger::properties, {}};
  Simulator<Ledger> simulator{cluster(), judge, weather(), 1};
};

TEST_F(APausedDisk, IsHeardOfWhenItsNodeGoesOn) {
  raise();
  until(1 * ms);
  raise();
  simulator.pause(n1);
  until(20 * ms);
  EXPECT_EQ(simulator.unflushed(n1), 2U);
  simulator.resume(n1);
  raise();
  until(20 * ms);
  EXPECT_EQ(simulator.unflushed(n1), 1U);
  EXPECT_EQ(simulator.messages().at("Number").sent, 2U);
  until(25 * ms - 1);
  EXPECT_EQ(simulator.unflushed(n1), 1U);
  until(25 * ms);
  EXPECT_EQ(simulator.unflushed(n1), 0U);
  EXPECT_EQ(simulator.counters().at("flush"), 3U);
}

TEST_F(APausedDisk, LosesInACrashWhatWasNotYetHeardOf) {
  raise();
  simulator.pause(n1);
  until(20 * ms);
  simulator.crash(n1, 0);
  simulator.restart(n1);
  raise();
  until(25 * ms - 1);
  EXPECT_EQ(simulator.unflushed(n1), 1U);
  until(25 * ms);
  EXPECT_EQ(simulator.counters().at("flush"), 1U);
}

TEST_F(APausedDisk, MayBeFlushedByHand) {
  raise();
  raise();
  simulator.pause(n1);
  until(20 * ms);
  simulator.flush(n1);
  EXPECT_EQ(simulator.unflushed(n1), 1U);
  simulator.resume(n1);
  until(20 * ms);
  EXPECT_EQ(simulator.unflushed(n1), 0U);
  EXPECT_EQ(simulator.counters().at("flush"), 2U);
}

// ---- clogs

class AClog : public post::Office {
 protected:
  AClog() : Office(post::cluster(3)) {}
};

TEST_F(AClog, HoldsMessagesOfItsLinkAndReleasesThemInOrder) {
  simulator.clog(n1, n2);
  write(simulator, n1);
  until(5 * ms);
  write(simulator, n1);
  write(simulator, n2);
  until(30 * ms);
  EXPECT_EQ(log, (Log{"10 ms: letter 1, 1 -> 3", "15 ms: letter 2, 1 -> 3",
                      "15 ms: letter 1, 2 -> 1", "15 ms: letter 1, 2 -> 3"}));
  log.clear();
  simulator.unclog(n1, n2);
  EXPECT_EQ(log, Log{});
  until(30 * ms);
  EXPECT_EQ(log, (Log{"30 ms: letter 1, 1 -> 2", "30 ms: letter 2, 1 -> 2"}));
}

TEST_F(AClog, EndsOnceAllWhoCloggedTheLinkHaveFreedIt) {
  simulator.clog(n1, n2);
  simulator.clog(n1, n2);
  write(simulator, n1);
  until(20 * ms);
  simulator.unclog(n1, n2);
  until(25 * ms);
  EXPECT_EQ(log, (Log{"10 ms: letter 1, 1 -> 3"}));
  simulator.unclog(n1, n2);
  until(25 * ms);
  EXPECT_EQ(log.back(), "25 ms: letter 1, 1 -> 2");
  EXPECT_EQ(log.size(), 2U);
}

TEST_F(AClog, DoesNotKeepAMessageThatIsDeliveredExactly) {
  simulator.clog(n1, n2);
  write(simulator, n1, 3);
  until(20 * ms);
  log.clear();
  simulator.deliver(flight(2));
  simulator.drop(flight(1));
  write(simulator, n3);  // at places that are free, and not at those of the two
  simulator.unclog(n1, n2);
  until(40 * ms);
  EXPECT_EQ(log,
            (Log{"20 ms: letter 2, 1 -> 2", "20 ms: drop letter 1, 1 -> 2",
                 "20 ms: letter 3, 1 -> 2", "30 ms: letter 1, 3 -> 1", "30 ms: letter 1, 3 -> 2"}));
}

TEST_F(AClog, OfALinkThatIsCutLosesWhatItHeld) {
  simulator.clog(n1, n2);
  write(simulator, n1);
  until(20 * ms);
  simulator.cut(n1, n2);
  simulator.unclog(n1, n2);
  until(20 * ms);
  EXPECT_EQ(log.back(), "20 ms: drop letter 1, 1 -> 2");
}

TEST_F(AClog, AndAPauseHoldTogether) {
  for (const bool resumed_first : {true, false}) {
    log.clear();
    const Time now = simulator.now();
    simulator.clog(n1, n2);
    write(simulator, n1);
    until(now + 10 * ms);
    simulator.pause(n2);
    write(simulator, n1);
    until(now + 30 * ms);
    resumed_first ? simulator.resume(n2) : simulator.unclog(n1, n2);
    until(now + 40 * ms);
    EXPECT_EQ(log.size(), 2U);  // those to node 3
    resumed_first ? simulator.unclog(n1, n2) : simulator.resume(n2);
    until(now + 40 * ms);
    ASSERT_EQ(log.size(), 4U);
    const std::string first = resumed_first ? "1" : "3";
    EXPECT_TRUE(log[2].ends_with("letter " + first + ", 1 -> 2")) << log[2];
  }
}

// ---- ordered networks

class AnOrderedNetwork : public post::Office {
 protected:
  AnOrderedNetwork() : Office(of_kind(NetworkKind::ordered)) {}
  // The second letter arrives at 20 ms.
  void write_two() {
    write(simulator, n1);
    until(10 * ms - 1);
    write(simulator, n1);
  }
};

TEST_F(AnOrderedNetwork, StaysInOrderWhereAClogEndsAsAMessageArrives) {
  simulator.clog(n1, n2);
  write_two();
  until(20 * ms - 2);
  simulator.wait_until(20 * ms - 1);
  simulator.unclog(n1, n2);
  until(30 * ms);
  EXPECT_EQ(log, (Log{"19 ms: letter 1, 1 -> 2", "19 ms: letter 2, 1 -> 2"}));
}

TEST_F(AnOrderedNetwork, StaysInOrderWhereAPauseEndsAsAMessageArrives) {
  simulator.pause(n2);
  write_two();
  until(20 * ms - 2);
  simulator.wait_until(20 * ms - 1);
  simulator.resume(n2);
  until(30 * ms);
  EXPECT_EQ(log, (Log{"19 ms: letter 1, 1 -> 2", "19 ms: letter 2, 1 -> 2"}));
}

// The first waits for the clog to end, the second for the node to go on.
TEST_F(AnOrderedNetwork, StaysInOrderWhereAClogEndsWithinAPause) {
  simulator.clog(n1, n2);
  write_two();
  until(15 * ms);
  simulator.pause(n2);
  until(25 * ms);
  simulator.unclog(n1, n2);
  until(30 * ms);
  EXPECT_EQ(log, Log{});
  simulator.resume(n2);
  until(30 * ms);
  EXPECT_EQ(log, (Log{"30 ms: letter 1, 1 -> 2", "30 ms: letter 2, 1 -> 2"}));
}

TEST_F(AnOrderedNetwork, LetsNothingOvertakeWhatIsDelayed) {
  disturb(Disturbance::What::delay, {30 * ms, 30 * ms});
  write(simulator, n1);
  EXPECT_TRUE(simulator.undisturb(1));
  write(simulator, n1);
  until(60 * ms);
  EXPECT_EQ(log, (Log{"40 ms: letter 1, 1 -> 2", "40 ms: letter 2, 1 -> 2"}));
}

TEST_F(AnOrderedNetwork, PutsACopyRightBehindItsMessage) {
  disturb(Disturbance::What::duplicate);
  write(simulator, n1, 2);
  until(30 * ms);
  EXPECT_EQ(log, (Log{"10 ms: duplicate letter 1, 1 -> 2", "10 ms: letter 1, 1 -> 2",
                      "10 ms: letter 1, 1 -> 2", "10 ms: duplicate letter 2, 1 -> 2",
                      "10 ms: letter 2, 1 -> 2", "10 ms: letter 2, 1 -> 2"}));
}

}  // namespace
}  // namespace coracle::sim
