// What becomes of messages on their way, by arithmetic and by count: cuts, clogs, room, bandwidth,
// latency, and what is done to those of a kind.
#include "sim/links.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace coracle::sim {
namespace {

constexpr Time ms = 1'000'000;
constexpr Time s = 1'000'000'000;
constexpr NodeId n1{1};
constexpr NodeId n2{2};
constexpr NodeId n3{3};
constexpr std::size_t nodes = 3;
constexpr std::size_t any_kind = 0;
constexpr int many = 100'000;

Weather weather_of(LinkWeather network) {
  Weather weather;
  weather.network = network;
  return weather;
}

Links links_of(LinkWeather network, std::uint64_t seed = 1) {
  return {nodes, weather_of(network), seed};
}

// The first arrivals of messages that are sent at once.
std::vector<Time> arrivals(Links links, std::size_t link, int count, bool in_order = false) {
  std::vector<Time> all;
  for (int i = 0; i < count; ++i) all.push_back(links.arrival(link, 0, 0, 0, in_order));
  return all;
}

TEST(Links, AreNumberedByBothEnds) {
  const Links links = links_of({});
  std::vector<std::size_t> numbers;
  for (const NodeId from : {n1, n2, n3})
    for (const NodeId to : {n1, n2, n3}) numbers.push_back(links.number(from, to));
  EXPECT_EQ(numbers, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Links, AreCutOneWayAndEachCutIsMendedOnItsOwn) {
  Links links = links_of({});
  const std::size_t there = links.number(n1, n2);
  links.cut(n1, n2);
  links.cut(n1, n2);
  EXPECT_TRUE(links.is_cut(there));
  EXPECT_FALSE(links.is_cut(links.number(n2, n1)));
  EXPECT_FALSE(links.is_clogged(there));
  links.mend(n1, n2);
  EXPECT_TRUE(links.is_cut(there));
  links.mend(n1, n2);
  EXPECT_FALSE(links.is_cut(there));
}

TEST(Links, AreCloggedOneWayAndEachClogIsFreedOnItsOwn) {
  Links links = links_of({});
  const std::size_t there = links.number(n3, n2);
  links.clog(n3, n2);
  links.clog(n3, n2);
  EXPECT_TRUE(links.is_clogged(there));
  EXPECT_FALSE(links.is_clogged(links.number(n2, n3)));
  EXPECT_FALSE(links.is_cut(there));
  links.unclog(n3, n2);
  EXPECT_TRUE(links.is_clogged(there));
  links.unclog(n3, n2);
  EXPECT_FALSE(links.is_clogged(there));
}

// ---- room and bandwidth

TEST(Links, TakeAsManyMessagesAsThereIsRoomFor) {
  Links links = links_of({.capacity = 2});
  const std::size_t link = links.number(n1, n2);
  EXPECT_TRUE(links.takes(link));
  EXPECT_TRUE(links.takes(link));
  EXPECT_FALSE(links.takes(link));
  EXPECT_TRUE(links.takes(links.number(n2, n1)));
  links.landed(link);
  EXPECT_TRUE(links.takes(link));
  EXPECT_FALSE(links.takes(link));
}

TEST(Links, TakeAnyNumberWhereNothingIsSaid) {
  Links links = links_of({});
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(links.takes(0));
}

TEST(Links, OfABandwidthTakeOneMessageAfterTheOther) {
  Links links = links_of({.latency = {.span = {5 * ms, 5 * ms}}, .bandwidth = 1'000});
  const std::size_t link = links.number(n1, n2);
  EXPECT_TRUE(links.has_bandwidth(link));
  const auto arrival = [&](Time now, std::size_t bytes, Time more = 0) {
    return links.arrival(link, now, more, bytes, /*in_order=*/false);
  };
  EXPECT_EQ(arrival(0, 10), 15 * ms);         // sent at 0..10 ms
  EXPECT_EQ(arrival(2 * ms, 20), 35 * ms);    // at 10..30 ms
  EXPECT_EQ(arrival(30 * ms, 1), 36 * ms);    // at 30..31 ms
  EXPECT_EQ(arrival(100 * ms, 1), 106 * ms);  // it had nothing to do
  EXPECT_EQ(arrival(100 * ms, 0, 7 * ms), 113 * ms);
  EXPECT_EQ(arrival(100 * ms, 1), 107 * ms);  // what one is delayed by delays no other
  EXPECT_EQ(links.arrival(links.number(n2, n1), 0, 0, 10, false), 15 * ms);
}

TEST(Links, CountBandwidthToTheNanosecond) {
  const auto arrival = [](std::uint64_t bandwidth, std::size_t bytes) {
    return links_of({.bandwidth = bandwidth}).arrival(1, 0, 0, bytes, false);
  };
  EXPECT_EQ(arrival(3, 1), 333'333'333);
  EXPECT_EQ(arrival(3, 2), 666'666'666);
  EXPECT_EQ(arrival(3, 3), s);
  EXPECT_EQ(arrival(64'000, 64'000), s);
  EXPECT_EQ(arrival(1, 9'000'000'000), 9'000'000'000 * s);
  EXPECT_EQ(arrival(std::numeric_limits<std::uint64_t>::max(), 1'000'000), 0);
  EXPECT_EQ(arrival(0, 1'000'000'000), 0);  // none
  EXPECT_FALSE(links_of({}).has_bandwidth(1));
}

TEST(Links, WhatIsTooLateArrivesNever) {
  Links links = links_of({.latency = {.span = {never, never}}, .bandwidth = 1});
  EXPECT_EQ(links.arrival(1, 5, 0, 1'000'000'000, false), never);
  EXPECT_EQ(links.arrival(1, never, never, 1'000'000'000, false), never);
}

// ---- latency

TEST(Links, DrawEachTimeOfTheRangeAsOften) {
  std::map<Time, int> drawn;
  for (const Time at : arrivals(links_of({.latency = {.span = {3, 7}}}), 1, many)) drawn[at] += 1;
  ASSERT_EQ(drawn.size(), 5U);
  EXPECT_EQ(drawn.begin()->first, 3);
  for (const auto& [at, count] : drawn) EXPECT_NEAR(count, many / 5, many / 100);
}

// -ln(u) has the mean 1, the median ln 2, and more than x with the chance e^-x.
TEST(Links, DrawExponentialTimesBehindTheLeast) {
  constexpr Time least = 1 * ms;
  constexpr Time mean = 3 * ms;
  auto drawn = arrivals(links_of({.latency = {.span = {least, least}, .mean = mean}}), 1, many);
  std::ranges::sort(drawn);
  EXPECT_GE(drawn.front(), least);
  EXPECT_LT(drawn.front(), least + mean / 1000);
  Time sum = 0;
  for (const Time at : drawn) sum += at - least;
  EXPECT_NEAR(static_cast<double>(sum / many), 3e6, 3e6 * 0.02);
  EXPECT_NEAR(static_cast<double>(drawn[many / 2] - least), 3e6 * 0.693147, 3e6 * 0.02);
  const auto far = std::ranges::count_if(drawn, [](Time at) { return at > least + 3 * mean; });
  EXPECT_NEAR(static_cast<double>(far), 0.049787 * many, 0.002 * many);
}

TEST(Links, InOrderNothingOvertakes) {
  const LinkWeather weather{.latency = {.span = {0, 100}}};
  const auto in_order = arrivals(links_of(weather), 1, 1000, /*in_order=*/true);
  EXPECT_TRUE(std::ranges::is_sorted(in_order));
  EXPECT_FALSE(std::ranges::is_sorted(arrivals(links_of(weather), 1, 1000)));
  Links links = links_of({});
  EXPECT_EQ(links.arrival(1, 0, 50, 0, true), 50);
  EXPECT_EQ(links.arrival(1, 10, 0, 0, true), 50);
  EXPECT_EQ(links.arrival(2, 10, 0, 0, true), 10);
}

TEST(Links, HaveStreamsOfTheirOwn) {
  const Links links = links_of({.latency = {.span = {0, s}}});
  EXPECT_EQ(arrivals(links, 1, 9), arrivals(links, 1, 9));
  EXPECT_NE(arrivals(links, 1, 9), arrivals(links, 2, 9));
  EXPECT_NE(arrivals(links, 1, 9), arrivals(links_of({.latency = {.span = {0, s}}}, 2), 1, 9));
}

// ---- what is decided when a message is sent

struct Fates {
  int lost = 0;
  int twice = 0;
  int more = 0;
  int replayed = 0;
  Span delays{never, 0};
  Span replays{never, 0};
};

Fates fates(Links& links, std::size_t link, std::size_t kind = any_kind, int count = many) {
  Fates all;
  const auto widen = [](Span& span, Time time) {
    span = {std::min(span.least, time), std::max(span.most, time)};
  };
  for (int i = 0; i < count; ++i) {
    const Links::Fate fate = links.sent(link, kind);
    all.lost += fate.lost ? 1 : 0;
    all.twice += fate.twice ? 1 : 0;
    all.more += fate.more > 0 ? 1 : 0;
    all.replayed += fate.replay ? 1 : 0;
    if (fate.more > 0) widen(all.delays, fate.more);
    if (fate.replay) widen(all.replays, *fate.replay);
  }
  return all;
}

TEST(Links, LoseRepeatReorderAndReplayAsOftenAsTheWeatherSays) {
  Links links = links_of({.loss = 10'000,
                          .duplicate = 20'000,
                          .reorder = {50'000, {2, 9}},
                          .replay = {100'000, {20, 29}}});
  const Fates all = fates(links, 1);
  EXPECT_NEAR(all.lost, many / 100, 150);
  EXPECT_NEAR(all.twice, many / 50, 200);
  EXPECT_NEAR(all.more, many / 20, 300);
  EXPECT_NEAR(all.replayed, many / 10, 400);
  EXPECT_EQ(all.delays, (Span{2, 9}));
  EXPECT_EQ(all.replays, (Span{20, 29}));
}

TEST(Links, OfFineWeatherDoNothing) {
  Links links = links_of({});
  const Fates all = fates(links, 1, any_kind, 1000);
  EXPECT_EQ(all.lost + all.twice + all.more + all.replayed, 0);
}

// Of the links from node 1.
Disturbance disturbance(Disturbance::What what, PartsPerMillion share = certain, Span by = {},
                        std::uint64_t deed = 1) {
  std::vector<bool> links(nodes * nodes, false);
  links[1] = links[2] = true;
  return {.what = what, .share = share, .by = by, .kind = {}, .links = links, .deed = deed};
}

TEST(Links, AreDisturbedWhereSomebodyDoesSo) {
  using enum Disturbance::What;
  Links links = links_of({});
  links.disturb(disturbance(lose));
  EXPECT_EQ(fates(links, 1, any_kind, 100).lost, 100);
  EXPECT_EQ(fates(links, 2, any_kind, 100).lost, 100);
  EXPECT_EQ(fates(links, 3, any_kind, 100).lost, 0);
  links.undisturb(n1, n2);
  EXPECT_EQ(fates(links, 1, any_kind, 100).lost, 0);
  EXPECT_EQ(fates(links, 2, any_kind, 100).lost, 100);
}

TEST(Links, AreDisturbedForMessagesOfAKind) {
  Links links = links_of({});
  Disturbance of_kind = disturbance(Disturbance::What::duplicate);
  of_kind.kind = 3;
  links.disturb(of_kind);
  EXPECT_EQ(fates(links, 1, 3, 100).twice, 100);
  EXPECT_EQ(fates(links, 1, 2, 100).twice, 0);
  EXPECT_EQ(fates(links, 1, 3, 100).lost, 0);
}

TEST(Links, AreDisturbedInSomeShareAndByATime) {
  Links links = links_of({});
  links.disturb(disturbance(Disturbance::What::delay, 300'000, {10, 19}));
  const Fates all = fates(links, 1);
  EXPECT_NEAR(all.more, 3 * many / 10, many / 100);
  EXPECT_EQ(all.delays, (Span{10, 19}));
  EXPECT_EQ(all.lost + all.twice + all.replayed, 0);
}

TEST(Links, TakeEachDelayOnTopOfTheOthers) {
  Links links = links_of({.reorder = {certain, {1, 1}}});
  links.disturb(disturbance(Disturbance::What::delay, certain, {10, 10}));
  links.disturb(disturbance(Disturbance::What::delay, certain, {100, 100}));
  EXPECT_EQ(links.sent(1, any_kind).more, 111);
  EXPECT_EQ(links.sent(3, any_kind).more, 1);
  links.disturb(disturbance(Disturbance::What::delay, certain, {never, never}));
  EXPECT_EQ(links.sent(1, any_kind).more, never);
}

TEST(Links, AreDisturbedNoMoreOnceTheDeedIsUndone) {
  using enum Disturbance::What;
  Links links = links_of({});
  links.disturb(disturbance(lose, certain, {}, 7));
  links.disturb(disturbance(duplicate, certain, {}, 7));
  links.disturb(disturbance(delay, certain, {5, 5}, 8));
  EXPECT_FALSE(links.undisturb(9));
  EXPECT_TRUE(links.undisturb(7));
  EXPECT_FALSE(links.undisturb(7));
  const Fates all = fates(links, 1, any_kind, 100);
  EXPECT_EQ(all.lost + all.twice, 0);
  EXPECT_EQ(all.more, 100);
}

// One more draw in one place leaves the others alone.
TEST(Links, AreDisturbedAndTheWeatherStaysWhatItWas) {
  const LinkWeather weather{.loss = 300'000,
                            .duplicate = 300'000,
                            .reorder = {300'000, {1, 9}},
                            .replay = {300'000, {1, 9}}};
  Links calm = links_of(weather);
  Links disturbed = links_of(weather);
  disturbed.disturb(disturbance(Disturbance::What::delay, 500'000, {1000, 1000}));
  for (int i = 0; i < 1000; ++i) {
    const Links::Fate one = calm.sent(1, any_kind);
    const Links::Fate other = disturbed.sent(1, any_kind);
    EXPECT_EQ(one.lost, other.lost);
    EXPECT_EQ(one.twice, other.twice);
    EXPECT_EQ(one.more, other.more % 1000);
    EXPECT_EQ(one.replay, other.replay);
  }
}

// Of the first message, what is drawn for one purpose says nothing of another.
TEST(Links, DrawForEachPurposeFromAStreamOfItsOwn) {
  constexpr int seeds = 400;
  constexpr std::size_t purposes = 5;
  std::array<std::array<int, purposes>, purposes> alike{};
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Links links = links_of({.loss = 500'000,
                            .duplicate = 500'000,
                            .reorder = {500'000, {1, 1}},
                            .replay = {500'000, {1, 1}}},
                           seed);
    links.disturb(disturbance(Disturbance::What::delay, 500'000, {1000, 1000}));
    const Links::Fate fate = links.sent(1, any_kind);
    const std::array<bool, purposes> happened{fate.lost, fate.twice, fate.more % 1000 > 0,
                                              fate.replay.has_value(), fate.more >= 1000};
    for (std::size_t a = 0; a < purposes; ++a)
      for (std::size_t b = 0; b < a; ++b) alike[a][b] += happened[a] == happened[b] ? 1 : 0;
  }
  for (std::size_t a = 0; a < purposes; ++a)
    for (std::size_t b = 0; b < a; ++b) EXPECT_NEAR(alike[a][b], seeds / 2, 60) << a << " " << b;
}

// ---- links with a weather of their own

TEST(Links, HaveTheWeatherOfTheLastThatMeansThem) {
  Weather weather = weather_of({.capacity = 9});
  weather.links = {{{n1}, {}, {.capacity = 1}},
                   {{}, {n3}, {.capacity = 2}},
                   {{n2, n3}, {n1, n2}, {.capacity = 3}}};
  Links links(nodes, weather, 1);
  std::vector<int> room;
  for (std::size_t link = 0; link < nodes * nodes; ++link) {
    room.push_back(0);
    while (links.takes(link)) ++room.back();
  }
  EXPECT_EQ(room, (std::vector<int>{1, 1, 2,     // from 1
                                    3, 3, 2,     // from 2
                                    3, 3, 2}));  // from 3
}

}  // namespace
}  // namespace coracle::sim
