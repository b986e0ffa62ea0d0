// What a report says at its end, and with which exit code.
#include "checker/report.h"

#include <gtest/gtest.h>

#include <string>

namespace coracle::checker {
namespace {

Report report(Ending ending, Verdict verdict) {
  Report report;
  report.model = "raft";
  report.ending = ending;
  const bool always = verdict == Verdict::holds || verdict == Verdict::violated;
  report.properties.push_back({.name = "log matching",
                               .meaning = "",
                               .expectation = always ? Expectation::always : Expectation::sometimes,
                               .verdict = verdict,
                               .depth = {},
                               .trace = {}});
  return report;
}

bool says(const Report& report, const std::string& part) {
  return summary(report).find(part) != std::string::npos;
}

TEST(Report, ExitsWith0OnlyWhenAllWasExplored) {
  EXPECT_EQ(exit_code(report(Ending::complete, Verdict::holds)), 0);
  for (const Ending cut :
       {Ending::max_states, Ending::max_depth, Ending::time_limit, Ending::interrupted}) {
    EXPECT_EQ(exit_code(report(cut, Verdict::open)), 3);
    EXPECT_TRUE(says(report(cut, Verdict::open), "Not finished"));
    EXPECT_FALSE(says(report(cut, Verdict::open), "everything asked holds"));
  }
}

TEST(Report, AViolationCountsHoweverItEnded) {
  for (const Ending ending : {Ending::violation, Ending::time_limit, Ending::interrupted}) {
    EXPECT_EQ(exit_code(report(ending, Verdict::violated)), 1);
    EXPECT_TRUE(says(report(ending, Verdict::violated), "Violated: log matching."));
  }
}

TEST(Report, NamesWhatWasNeverSeen) {
  EXPECT_TRUE(says(report(Ending::complete, Verdict::missed),
                   "Never seen within these bounds, though it should be somewhere: log matching."));
  EXPECT_FALSE(says(report(Ending::complete, Verdict::shown), "Never seen"));
}

TEST(Report, NamesTheActionsThatNeverHappened) {
  Report some = report(Ending::complete, Verdict::holds);
  some.actions = {{"deliver RequestVote", 3}, {"expire heartbeat", 0}, {"crash", 0}};
  EXPECT_TRUE(says(some, "never happened   expire heartbeat, crash\n")) << summary(some);
}

TEST(Report, GroupsDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(12'345'678), "12,345,678");
}

}  // namespace
}  // namespace coracle::checker
