// Faults in virtual time, action by action: clocks that jump and drift, slow nodes, links that are
// full or narrow, and messages that come late or again.
#include <gtest/gtest.h>

#include <cstdint>

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

// ---- clocks

// Both nodes tick every 20 ms.
class AClock : public post::Office {
 protected:
  AClock() : Office(post::cluster(2, {20 * ms, 20 * ms})) {}
};

TEST_F(AClock, ThatJumpsForwardsComesToItsAlarmsSooner) {
  until(5 * ms);
  simulator.jump(n1, 8 * ms);
  until(32 * ms);
  EXPECT_EQ(log, (Log{"12 ms: tick 1", "20 ms: tick 2", "32 ms: tick 1"}));
}

TEST_F(AClock, ThatJumpsBackwardsComesToItsAlarmsLater) {
  until(5 * ms);
  simulator.jump(n1, -8 * ms);
  until(48 * ms);
  EXPECT_EQ(log, (Log{"20 ms: tick 2", "28 ms: tick 1", "40 ms: tick 2", "48 ms: tick 1"}));
}

TEST_F(AClock, ThatJumpsBeyondAnAlarmRingsItAtOnce) {
  until(5 * ms);
  simulator.jump(n1, 1000 * ms);
  EXPECT_EQ(log, Log{});
  until(25 * ms);
  EXPECT_EQ(log, (Log{"5 ms: tick 1", "20 ms: tick 2", "25 ms: tick 1"}));
}

TEST_F(AClock, MayJumpThereAndBack) {
  simulator.jump(n1, 15 * ms);
  simulator.jump(n1, -15 * ms);
  simulator.jump(n2, -15 * ms);
  simulator.jump(n2, 15 * ms);
  until(40 * ms);
  EXPECT_EQ(log, (Log{"20 ms: tick 1", "20 ms: tick 2", "40 ms: tick 1", "40 ms: tick 2"}));
}

TEST_F(AClock, OfANodeThatIsDownHasNoAlarm) {
  simulator.crash(n1);
  simulator.jump(n1, 20 * ms);
  until(5 * ms);
  simulator.restart(n1);
  until(25 * ms);
  EXPECT_EQ(log, (Log{"0 ms: crash 1", "5 ms: restart 1", "20 ms: tick 2", "25 ms: tick 1"}));
}

TEST_F(AClock, ThatDriftsCountsFromTheNextAlarmOn) {
  simulator.set_drift(n1, 1'000'000);  // twice as fast
  EXPECT_EQ(simulator.drift(n1), 1'000'000);
  EXPECT_EQ(simulator.drift(n2), 0);
  until(40 * ms);
  EXPECT_EQ(log, (Log{"20 ms: tick 1", "20 ms: tick 2", "30 ms: tick 1", "40 ms: tick 2",
                      "40 ms: tick 1"}));
}

TEST(AClusterOfDriftingClocks, TicksByWhatTheWeatherSays) {
  Weather weather = weather_of(ten_ms());
  weather.drift = 500'000;
  const Judge<Post> judge{post::properties, {}};
  Simulator<Post> simulator(post::cluster(2, {20 * ms, 20 * ms}), judge, weather, 1);
  Log log;
  keep_log(simulator, log);
  const Drift drift = simulator.drift(n1);
  EXPECT_NE(drift, 0);
  const Time tick = 20 * ms * 1'000'000 / (1'000'000 + drift);
  while (log.empty() || !log.back().ends_with("tick 1")) simulator.advance();
  EXPECT_EQ(simulator.now(), tick);
}

// ---- slow nodes, and messages that come late or again

class AMessage : public post::Office {
 protected:
  explicit AMessage(LinkWeather network = ten_ms()) : Office(post::cluster(2), network) {}
};

TEST_F(AMessage, OfASlowNodeTakesLongerThereAndBack) {
  disturb(Disturbance::What::delay, {7 * ms, 7 * ms});
  write(simulator, n1);
  write(simulator, n2);
  until(16 * ms);
  EXPECT_TRUE(simulator.undisturb(1));
  EXPECT_FALSE(simulator.undisturb(1));
  write(simulator, n1);
  until(30 * ms);
  EXPECT_EQ(log,
            (Log{"17 ms: letter 1, 1 -> 2", "17 ms: letter 1, 2 -> 1", "26 ms: letter 2, 1 -> 2"}));
}

TEST_F(AMessage, IsDisturbedNoMoreOnALinkThatIsFreed) {
  disturb(Disturbance::What::lose);
  simulator.undisturb(n1, n2);
  write(simulator, n1);
  write(simulator, n2);
  until(10 * ms);
  EXPECT_EQ(log, (Log{"10 ms: letter 1, 1 -> 2", "10 ms: drop letter 1, 2 -> 1"}));
}

class AReplayedMessage : public AMessage {
 protected:
  AReplayedMessage() : AMessage(ten_ms({.replay = {certain, {30 * ms, 30 * ms}}})) {}
};
TEST_F(AReplayedMessage, ArrivesOnceMoreAndThatMuchLater) {
  write(simulator, n1);
  until(200 * ms);
  EXPECT_EQ(log, (Log{"10 ms: duplicate letter 1, 1 -> 2", "10 ms: letter 1, 1 -> 2",
                      "50 ms: letter 1, 1 -> 2"}));
}
TEST_F(AReplayedMessage, ThatIsRepeatedArrivesThreeTimes) {
  disturb(Disturbance::What::duplicate);
  write(simulator, n1);
  until(200 * ms);
  EXPECT_EQ(log,
            (Log{"10 ms: duplicate letter 1, 1 -> 2", "10 ms: duplicate letter 1, 1 -> 2",
                 "10 ms: letter 1, 1 -> 2", "20 ms: letter 1, 1 -> 2", "50 ms: letter 1, 1 -> 2"}));
  EXPECT_TRUE(simulator.world().in_flight.empty());
}

class AReorderedMessage : public AMessage {
 protected:
  AReorderedMessage() : AMessage(ten_ms({.reorder = {500'000, {30 * ms, 30 * ms}}})) {}
};
TEST_F(AReorderedMessage, IsOvertakenByOthers) {
  write(simulator, n1, 40);
  until(10 * ms);
  const std::size_t first = log.size();
  EXPECT_GT(first, 10U);
  EXPECT_LT(first, 30U);
  until(40 * ms);
  EXPECT_EQ(log.size(), 40U);
  EXPECT_TRUE(log[first].starts_with("40 ms: "));
}

// ---- links that are full or narrow

class AFullLink : public post::Office {
 protected:
  AFullLink() : Office(post::cluster(2), ten_ms({.capacity = 2})) {}
};

TEST_F(AFullLink, LosesWhatItHasNoRoomFor) {
  write(simulator, n1, 4);
  write(simulator, n2);
  until(10 * ms);
  EXPECT_EQ(log, (Log{"10 ms: letter 1, 1 -> 2", "10 ms: letter 2, 1 -> 2",
                      "10 ms: drop letter 3, 1 -> 2", "10 ms: drop letter 4, 1 -> 2",
                      "10 ms: letter 1, 2 -> 1"}));
  log.clear();
  write(simulator, n1, 2);
  until(20 * ms);
  EXPECT_EQ(log, (Log{"20 ms: letter 5, 1 -> 2", "20 ms: letter 6, 1 -> 2"}));
}

TEST_F(AFullLink, HasRoomAgainOnceAMessageIsDeliveredOrLostExactly) {
  write(simulator, n1, 3);  // there is no room for the third
  simulator.deliver(flight(1));
  simulator.drop(flight(2));
  simulator.drop(flight(3));
  log.clear();
  write(simulator, n1, 3);
  until(20 * ms);
  EXPECT_EQ(log, (Log{"10 ms: letter 4, 1 -> 2", "10 ms: letter 5, 1 -> 2",
                      "10 ms: drop letter 6, 1 -> 2"}));
  log.clear();
  write(simulator, n1, 2);
  until(40 * ms);
  EXPECT_EQ(log, (Log{"30 ms: letter 7, 1 -> 2", "30 ms: letter 8, 1 -> 2"}));
}

TEST_F(AFullLink, IsFullOfWhatWaitsBeforeAClogAndOfCopies) {
  simulator.clog(n1, n2);
  write(simulator, n1);
  until(20 * ms);
  simulator.duplicate(flight(1));
  write(simulator, n1);
  log.clear();
  simulator.unclog(n1, n2);
  until(30 * ms);
  EXPECT_EQ(log, (Log{"20 ms: letter 1, 1 -> 2", "30 ms: letter 1, 1 -> 2",
                      "30 ms: drop letter 2, 1 -> 2"}));
}

std::uint64_t size_of_a_letter() {
  Bytes bytes;
  append_bytes(bytes, Post::Message{post::Letter{1}});
  return bytes.size();
}

// A letter takes it 20 ms.
class ANarrowLink : public post::Office {
 protected:
  explicit ANarrowLink(std::uint32_t capacity = 0)
      : Office(post::cluster(2),
               ten_ms({.capacity = capacity, .bandwidth = size_of_a_letter() * 50})) {}
};

TEST_F(ANarrowLink, TakesOneMessageAfterTheOther) {
  write(simulator, n1, 2);
  write(simulator, n2);
  until(200 * ms);
  write(simulator, n1);
  until(300 * ms);
  EXPECT_EQ(log, (Log{"30 ms: letter 1, 1 -> 2", "30 ms: letter 1, 2 -> 1",
                      "50 ms: letter 2, 1 -> 2", "230 ms: letter 3, 1 -> 2"}));
}

class ANarrowAndFullLink : public ANarrowLink {
 protected:
  ANarrowAndFullLink() : ANarrowLink(1) {}
};
TEST_F(ANarrowAndFullLink, SpendsNothingOnWhatItHasNoRoomFor) {
  write(simulator, n1, 10);
  until(30 * ms);
  EXPECT_EQ(log.front(), "30 ms: letter 1, 1 -> 2");
  EXPECT_EQ(log.size(), 10U);
  log.clear();
  write(simulator, n1);
  until(60 * ms);
  EXPECT_EQ(log, (Log{"60 ms: letter 11, 1 -> 2"}));
}

// ---- a network that keeps what it has

class ASet : public post::Office {
 protected:
  ASet() : Office(of_kind(NetworkKind::set), ten_ms({.replay = {certain, {5 * ms, 5 * ms}}})) {}
};
TEST_F(ASet, RepeatsByNatureAndLosesNothing) {
  disturb(Disturbance::What::duplicate);
  write(simulator, n1);
  until(100 * ms);
  EXPECT_EQ(log,
            (Log{"10 ms: letter 1, 1 -> 2", "20 ms: letter 1, 1 -> 2", "25 ms: letter 1, 1 -> 2"}));
  log.clear();
  disturb(Disturbance::What::lose);
  write(simulator, n1);
  until(200 * ms);
  EXPECT_EQ(log, Log{});
  EXPECT_EQ(simulator.world().in_flight.size(), 2U);
}

// ---- by hand

class ByHand : public post::Office {
 protected:
  ByHand() : Office(post::cluster(2, {20 * ms, 20 * ms}), ten_ms({.loss = certain}), true) {}
};
TEST_F(ByHand, NothingHappensByItselfWhateverIsDone) {
  write(simulator, n1, 2);
  simulator.clog(n1, n2);
  simulator.unclog(n1, n2);
  simulator.pause(n2);
  simulator.resume(n2);
  simulator.jump(n1, 100 * ms);
  EXPECT_FALSE(simulator.next_time().has_value());
  simulator.deliver(flight(2));
  simulator.drop(flight(1));
  write(simulator, n1);
  simulator.deliver(flight(3));
  EXPECT_EQ(log, (Log{"0 ms: letter 2, 1 -> 2", "0 ms: drop letter 1, 1 -> 2",
                      "0 ms: letter 3, 1 -> 2"}));
}

// ---- one seed, one run

TEST(ARunWithFaults, IsTheSameForTheSameSeedOnly) {
  const auto hash = [](std::uint64_t seed) {
    Weather weather = weather_of({.latency = {.span = {1 * ms, 1 * ms}, .mean = 5 * ms},
                                  .loss = 50'000,
                                  .duplicate = 50'000,
                                  .reorder = {100'000, {1 * ms, 50 * ms}},
                                  .replay = {100'000, {1 * ms, 50 * ms}},
                                  .capacity = 8,
                                  .bandwidth = 10'000});
    weather.drift = 100'000;
    const Judge<Post> judge{post::properties, {}};
    Simulator<Post> simulator(post::cluster(3, {20 * ms, 40 * ms}, /*writes=*/true), judge, weather,
                              seed);
    run_until(simulator, 200 * ms);
    simulator.pause(n1);
    simulator.clog(n2, n3);
    simulator.jump(n3, 10 * ms);
    run_until(simulator, 300 * ms);
    simulator.resume(n1);
    simulator.unclog(n2, n3);
    run_until(simulator, 500 * ms);
    EXPECT_GT(simulator.events(), 100U);
    return simulator.hash();
  };
  EXPECT_EQ(hash(1), hash(1));
  EXPECT_NE(hash(1), hash(2));
}

}  // namespace
}  // namespace coracle::sim
