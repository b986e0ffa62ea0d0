// What the user typed wrong is told in one line, with what was perhaps meant.
#include "tools/usage.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tools/units.h"

namespace coracle::tools {
namespace {

using namespace std::chrono_literals;

// ---- near matches

TEST(EditDistance, CountsLettersAddedRemovedAndReplaced) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("raft", "raft"), 0U);
  EXPECT_EQ(edit_distance("rat", "raft"), 1U);
  EXPECT_EQ(edit_distance("raaft", "raft"), 1U);
  EXPECT_EQ(edit_distance("reft", "raft"), 1U);
  EXPECT_EQ(edit_distance("", "raft"), 4U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

RC_GTEST_PROP(EditDistance, IsADistance, (const std::string& a, const std::string& b)) {
  const std::size_t distance = edit_distance(a, b);
  RC_ASSERT(distance == edit_distance(b, a));
  RC_ASSERT((distance == 0) == (a == b));
  RC_ASSERT(distance <= std::max(a.size(), b.size()));
  RC_ASSERT(distance >= std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
  RC_ASSERT(edit_distance(a + "x", b + "x") == distance);
}

TEST(NearMatch, NamesWhatWasPerhapsMeant) {
  const std::vector<std::string> models{"traffic-light", "two-phase-commit", "raft"};
  EXPECT_EQ(near_match("rift", models), "; did you mean raft?");
  EXPECT_EQ(near_match("trafic-ligth", models), "; did you mean traffic-light?");
  EXPECT_EQ(near_match("two-phase", models),
            "; expected one of: traffic-light, two-phase-commit, raft");
  EXPECT_EQ(near_match("paxos", {}), "");
}

// ---- numbers

TEST(WholeNumber, IsWithinItsRange) {
  EXPECT_EQ(whole_number("servers", "1", 1, 7), 1U);
  EXPECT_EQ(whole_number("servers", "7", 1, 7), 7U);
  EXPECT_EQ(whole_number("max-states", "1000000000000", 1, 1'000'000'000'000), 1'000'000'000'000U);
}

TEST(WholeNumber, RefusesEverythingElse) {
  for (const char* typed :
       {"", "0", "8", "-1", "+1", " 1", "1 ", "1.5", "0x1", "seven", "1e1", "99999999999999999999"})
    EXPECT_THROW(whole_number("servers", typed, 1, 7), UsageError) << typed;
}

TEST(WholeNumber, SaysWhatWasExpected) {
  try {
    whole_number("servers", "8", 1, 7);
    ADD_FAILURE() << "8 is not within 1 to 7";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "--servers '8': expected a whole number from 1 to 7");
  }
}

// ---- durations

TEST(Duration, HasAUnit) {
  EXPECT_EQ(duration("time-limit", "7ns"), 7ns);
  EXPECT_EQ(duration("time-limit", "8 us"), 8us);
  EXPECT_EQ(duration("time-limit", "10 ms"), 10ms);
  EXPECT_EQ(duration("time-limit", "3s"), 3s);
  EXPECT_EQ(duration("time-limit", "2 min"), 2min);
  EXPECT_EQ(duration("time-limit", "1.5 h"), 90min);
  EXPECT_EQ(duration("time-limit", "0 s"), 0s);
  EXPECT_EQ(duration("time-limit", "0.25  ms"), 250us);
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* typed : {"", "s", "10", "10 m", "10 S", "-1 s", "ten s", "10 s ", " 10 s",
                            "1e3 s", "1,5 s", "10 years", "nan s", "inf s", "9999999 h"})
    EXPECT_THROW(duration("time-limit", typed), UsageError) << typed;
}

TEST(Duration, NamesTheOptionAndTheUnits) {
  try {
    duration("time-limit", "10");
    ADD_FAILURE() << "a bare number has no unit";
  } catch (const UsageError& error) {
    EXPECT_EQ(std::string(error.what()).find("--time-limit '10': expected a duration"), 0U);
    EXPECT_NE(std::string(error.what()).find("'10 ms'"), std::string::npos);
  }
}

}  // namespace
}  // namespace coracle::tools
