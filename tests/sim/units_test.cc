// Quantities have a unit and are exact, or they are not read.
#include "sim/units.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <optional>
#include <string>

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

}  // namespace
}  // namespace coracle::sim
