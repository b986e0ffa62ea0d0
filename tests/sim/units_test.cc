// Quantities have a unit and are exact, or they are not read.
#include "sim/units.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace coracle::sim {
namespace {

constexpr Time us = 1'000;
constexpr Time ms = 1'000'000;
constexpr Time s = 1'000'000'000;

TEST(Units, ADurationIsANumberOfNanoseconds) {
  EXPECT_EQ(parse_duration("7ns"), 7);
  EXPECT_EQ(parse_duration("8 us"), 8 * us);
  EXPECT_EQ(parse_duration("10 ms"), 10 * ms);
  EXPECT_EQ(parse_duration("3s"), 3 * s);
  EXPECT_EQ(parse_duration("2 min"), 120 * s);
  EXPECT_EQ(parse_duration("1.5 h"), 5400 * s);
  EXPECT_EQ(parse_duration("0 s"), 0);
  EXPECT_EQ(parse_duration("007.50  us"), 7500);
}

TEST(Units, ADurationIsExact) {
  EXPECT_EQ(parse_duration("0.1 s"), 100 * ms);
  EXPECT_EQ(parse_duration("0.3 s"), 300 * ms);
  EXPECT_EQ(parse_duration("1.000000001 s"), s + 1);
  EXPECT_EQ(parse_duration("1.0000000010000000000000000000 s"), s + 1);
  EXPECT_EQ(parse_duration("1.0000000001 s"), std::nullopt);
  EXPECT_EQ(parse_duration("0.5 ns"), std::nullopt);
  EXPECT_EQ(parse_duration("0.0001220703125 h"), 439'453'125);
  EXPECT_EQ(parse_duration("0.00000000000000000001 h"), std::nullopt);
  EXPECT_EQ(parse_duration("9007199254740993 ns"), 9'007'199'254'740'993);  // 2^53 + 1
}

TEST(Units, ADurationIsBounded) {
  EXPECT_EQ(parse_duration("9223372036854775807 ns"), std::numeric_limits<Time>::max());
  EXPECT_EQ(parse_duration("9223372036.854775807 s"), std::numeric_limits<Time>::max());
  for (const char* text :
       {"9223372036854775808 ns", "9223372036.854775808 s", "2562048 h", "18446744073709551615 ns",
        "18446744073709551616 ns", "18446744073.709551616 s", "18446744073709551615 h"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Units, NothingElseIsADuration) {
  for (const char* text :
       {"",      " ",     "s",       "10",     "10 m",  "10 S",     "-1 s",      "+1 s",
        "ten s", "10 s ", " 10 s",   "1e3 s",  "1,5 s", "10 years", "nan s",     "inf s",
        ".5 s",  "1. s",  "1.2.3 s", "1 .5 s", "0x1 s", "1..2 s",   "10 s 5 ms", "10\ts"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Units, ASpanIsFromTheLeastToTheMost) {
  EXPECT_EQ(parse_span("150..300 ms"), (Span{150 * ms, 300 * ms}));
  EXPECT_EQ(parse_span("1..5ms"), (Span{1 * ms, 5 * ms}));
  EXPECT_EQ(parse_span("1 s..2 s"), (Span{1 * s, 2 * s}));
  EXPECT_EQ(parse_span("500 us .. 2 ms"), (Span{500 * us, 2 * ms}));
  EXPECT_EQ(parse_span("0.5..1.5 s"), (Span{500 * ms, 1500 * ms}));
  EXPECT_EQ(parse_span("5 ms"), (Span{5 * ms, 5 * ms}));
  EXPECT_EQ(parse_span("5 ms..5 ms"), (Span{5 * ms, 5 * ms}));
  EXPECT_EQ(parse_span("0..0 s"), (Span{0, 0}));
}

TEST(Units, NothingElseIsASpan) {
  for (const char* text : {"", "..", "5", "1..5", "1 ms..5", "5..1 ms", "1 s..2 ms", "..5 ms",
                           "1.. ms", "1...5 ms", "1..2..3 ms", "1-5 ms", "1 ms.. ", "-1..5 ms"})
    EXPECT_EQ(parse_span(text), std::nullopt) << text;
}

TEST(Units, APercentageIsPartsPerMillion) {
  EXPECT_EQ(parse_percentage("0.5 %"), 5'000U);
  EXPECT_EQ(parse_percentage("10%"), 100'000U);
  EXPECT_EQ(parse_percentage("0 %"), 0U);
  EXPECT_EQ(parse_percentage("100 %"), 1'000'000U);
  EXPECT_EQ(parse_percentage("100.000 %"), 1'000'000U);
  EXPECT_EQ(parse_percentage("0.0001 %"), 1U);
  EXPECT_EQ(parse_percentage("33.3333 %"), 333'333U);
  for (const char* text : {"", "%", "0.5", "5", "0.00001 %", "100.0001 %", "101 %", "-1 %", "5 % %",
                           "5 ppm", "1..2 %", "18446744073709551615 %", "1844674407370956 %"})
    EXPECT_EQ(parse_percentage(text), std::nullopt) << text;
}

TEST(Units, ARateIsASecond) {
  EXPECT_EQ(parse_rate("200 /s"), 200U);
  EXPECT_EQ(parse_rate("200/s"), 200U);
  EXPECT_EQ(parse_rate("200 per s"), 200U);
  EXPECT_EQ(parse_rate("0 /s"), 0U);
  EXPECT_EQ(parse_rate("1000000000 /s"), 1'000'000'000U);
  for (const char* text : {"", "200", "/s", "200 s", "0.5 /s", "200 / s", "200 /min", "-1 /s",
                           "200 /s ", "1000000001 /s", "99999999999999999999 /s"})
    EXPECT_EQ(parse_rate(text), std::nullopt) << text;
}

TEST(Units, ALatencyIsASpanOrHasAnExponentialRest) {
  EXPECT_EQ(parse_latency("1..5 ms"), (Latency{.span = {1 * ms, 5 * ms}}));
  EXPECT_EQ(parse_latency("5 ms"), (Latency{.span = {5 * ms, 5 * ms}}));
  EXPECT_EQ(parse_latency("1 ms + exponential 3 ms"),
            (Latency{.span = {1 * ms, 1 * ms}, .mean = 3 * ms}));
  EXPECT_EQ(parse_latency("0 s+ exponential 24 h"), (Latency{.span = {}, .mean = 86'400 * s}));
  for (const char* text : {"", "5", "exponential 3 ms", "+ exponential 3 ms", "1 ms + exponential",
                           "1 ms + 3 ms", "1 ms + exponential 0 ms", "1 ms + exponential 1..3 ms",
                           "1..2 ms + exponential 3 ms", "1 ms + exponential 24.1 h",
                           "1 ms + exponential 3 ms + exponential 3 ms", "1 ms - exponential 3 ms"})
    EXPECT_EQ(parse_latency(text), std::nullopt) << text;
}

TEST(Units, SometimeIsAShareAndASpan) {
  EXPECT_EQ(parse_sometime("5 % by 50..200 ms"), (Sometime{50'000, {50 * ms, 200 * ms}}));
  EXPECT_EQ(parse_sometime("100% by 1s"), (Sometime{certain, {1 * s, 1 * s}}));
  EXPECT_EQ(parse_sometime("0 %  by  0 s"), (Sometime{0, {}}));
  for (const char* text : {"", "5 %", "by 5 ms", " by 5 ms", "5 % by", "5 % by 5", "5 by 5 ms",
                           "101 % by 5 ms", "5 % 5 ms", "5 %by 5 ms", "5 % by 5 ms by 5 ms"})
    EXPECT_EQ(parse_sometime(text), std::nullopt) << text;
}

TEST(Units, AFrequencyIsTheMeanTimeBetweenTwo) {
  EXPECT_EQ(parse_frequency("1 per 5 s"), 5 * s);
  EXPECT_EQ(parse_frequency("3 per min"), 20 * s);
  EXPECT_EQ(parse_frequency("2per s"), 500 * ms);
  EXPECT_EQ(parse_frequency("1 per  0.5 s"), 500 * ms);
  EXPECT_EQ(parse_frequency("3 per s"), 333'333'333);
  EXPECT_EQ(parse_frequency("1 per ns"), 1);
  EXPECT_EQ(parse_frequency("1 per 24 h"), 86'400 * s);
  EXPECT_EQ(parse_frequency("1000 per 24000 h"), 86'400 * s);
  for (const char* text :
       {"", "1", "per s", "1 s", "0 per s", "0.5 per s", "-1 per s", "1 per", "1 per 0 s",
        "2 per ns", "1 per 24.1 h", "1 per day", "1 per 1..2 s", "1 perhaps", "1/s",
        "9223372036854775807 per 1 s", "18446744073709551615 per h", "1 per 9999999999 h"})
    EXPECT_EQ(parse_frequency(text), std::nullopt) << text;
}

TEST(Units, ABandwidthIsBytesASecond) {
  EXPECT_EQ(parse_bandwidth("64 kB/s"), 64'000U);
  EXPECT_EQ(parse_bandwidth("64KiB/s"), 65'536U);
  EXPECT_EQ(parse_bandwidth("1.5 MB/s"), 1'500'000U);
  EXPECT_EQ(parse_bandwidth("1 MiB/s"), 1'048'576U);
  EXPECT_EQ(parse_bandwidth("10 GB/s"), 10'000'000'000U);
  EXPECT_EQ(parse_bandwidth("1 B/s"), 1U);
  for (const char* text :
       {"", "64", "64 kB", "kB/s", "0 B/s", "0.5 B/s", "0.0001 kB/s", "-1 B/s", "64 kb/s",
        "64 kbit/s", "64 kB / s", "1 TB/s", "18446744073709551616 B/s", "18446744074 GB/s"})
    EXPECT_EQ(parse_bandwidth(text), std::nullopt) << text;
}

TEST(Units, ADriftIsPartsPerMillion) {
  EXPECT_EQ(parse_drift("200 ppm"), 200U);
  EXPECT_EQ(parse_drift("5 %"), 50'000U);
  EXPECT_EQ(parse_drift("0.0001%"), 1U);
  EXPECT_EQ(parse_drift("0 ppm"), 0U);
  EXPECT_EQ(parse_drift("50 %"), 500'000U);
  for (const char* text : {"", "5", "%", "50.0001 %", "500001 ppm", "0.5 ppm", "0.00001 %", "-5 %",
                           "+5 %", "5 ppb", "5..6 %", "18446744073709551615 ppm"})
    EXPECT_EQ(parse_drift(text), std::nullopt) << text;
}

RC_GTEST_PROP(Units, EveryNumberOfNanosecondsCanBeWrittenInSeconds, ()) {
  const Time time = *rc::gen::inRange<Time>(0, std::numeric_limits<Time>::max());
  const std::string digits = std::to_string(time % s);
  const std::string text =
      std::to_string(time / s) + "." + std::string(9 - digits.size(), '0') + digits + " s";
  RC_ASSERT(parse_duration(text) == time);
  RC_ASSERT(parse_duration(std::to_string(time) + " ns") == time);
}

RC_GTEST_PROP(Units, AnyTextIsReadOrNot, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789.. %/smhnu-")));
  if (const auto span = parse_span(text)) RC_ASSERT(0 <= span->least && span->least <= span->most);
  if (const auto time = parse_duration(text)) RC_ASSERT((parse_span(text) == Span{*time, *time}));
  if (const auto parts = parse_percentage(text)) RC_ASSERT(*parts <= 1'000'000U);
  parse_rate(text);
}

RC_GTEST_PROP(Units, AnyTextOfAFaultIsReadOrNot, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
      rc::gen::elementOf(std::vector<std::string>{" ", "1", "5", "99999999999", ".", "..", "%",
                                                  " by ", "+ exponential ", " per ", "ms", "s", "h",
                                                  "kB/s", "GB/s", "ppm", "-"}),
      rc::gen::string<std::string>()));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  constexpr Time day = 86'400 * s;
  if (const auto latency = parse_latency(text))
    RC_ASSERT(0 <= latency->span.least && 0 <= latency->mean && latency->mean <= day);
  if (const auto sometime = parse_sometime(text))
    RC_ASSERT(sometime->share <= certain && sometime->by.least <= sometime->by.most);
  if (const auto mean = parse_frequency(text)) RC_ASSERT(0 < *mean && *mean <= day);
  if (const auto bandwidth = parse_bandwidth(text)) RC_ASSERT(*bandwidth > 0U);
  if (const auto drift = parse_drift(text)) RC_ASSERT(*drift <= certain / 2);
}

}  // namespace
}  // namespace coracle::sim
