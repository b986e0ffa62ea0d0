// What people read when something fails, word for word; and that the same bounds hold where nothing
// is planted.
#include <gtest/gtest.h>

#include "tests/tools/command.h"

namespace coracle::tests {

// The story without the summary behind it, which tells of time and memory.
std::string story_of(const std::string& arguments) {
  const Said said = coracle("explore raft " + arguments);
  EXPECT_EQ(said.code, 1) << said.out;
  return said.out.substr(0, said.out.find("\nraft: "));
}

std::string golden(const std::string& name) {
  return contents(std::string(CORACLE_SOURCE_DIR) + "/tests/golden/" + name + ".txt");
}

void expect_to_hold(const std::string& arguments) {
  const Said said = coracle("explore raft " + arguments);
  EXPECT_EQ(said.code, 0) << said.out;
  EXPECT_NE(said.out.find("Every reachable world within the bounds was explored"),
            std::string::npos);
}

struct Planted {
  const char* mutant;
  const char* bounds;
  const char* falls;
};

class PlantedBug : public testing::TestWithParam<Planted> {};

// Each bug falls at bounds at which the published rules hold.
TEST_P(PlantedBug, IsFoundWhereTheRulesHold) {
  const auto& [mutant, bounds, falls] = GetParam();
  const Said said = coracle("explore raft " + std::string(bounds) + " --mutant " + mutant);
  EXPECT_EQ(said.code, 1) << said.out;
  EXPECT_NE(said.out.find(std::string("\nViolated: ") + falls), std::string::npos) << said.out;
  expect_to_hold(bounds);
}

INSTANTIATE_TEST_SUITE_P(
    Raft, PlantedBug,
    testing::Values(
        Planted{"vote-not-saved", "--max-term 1 --max-log 0 --crashes 1", "election safety"},
        Planted{"votes-as-counter",
                "--servers 4 --max-term 1 --max-log 0 --max-in-flight 3 --loss --duplication",
                "election safety"}));

TEST(Counterexample, OfALostVoteReadsAsItAlwaysDid) {
  EXPECT_EQ(story_of("--max-term 1 --max-log 0 --crashes 1 --mutant vote-not-saved"),
            golden("vote-not-saved"));
}

const std::string figure_8 = "--servers 3 --max-term 4 --max-log 2 --max-in-flight 2 --loss";

TEST(LargeFigure8, IsFoundUnaidedAndReadsAsItAlwaysDid) {
  EXPECT_EQ(story_of(figure_8 + " --mutant commit-old-term"), golden("figure-8"));
}

TEST(LargeFigure8, EndsInACommittedEntryReplaced) {
  const std::string story =
      story_of(figure_8 + " --mutant commit-old-term --property 'state machine safety'");
  EXPECT_EQ(story, golden("figure-8-replaced"));
}

TEST(LargeFigure8, IsAbsentWithTheRule) { expect_to_hold(figure_8); }

TEST(LargePlantedBug, AnyLogGetsAVote) {
  const std::string bounds = "--max-term 3 --max-log 2 --max-in-flight 2 --loss";
  const Said said = coracle("explore raft " + bounds + " --mutant no-up-to-date-check");
  EXPECT_EQ(said.code, 1) << said.out;
  EXPECT_NE(said.out.find("\nViolated: leader completeness"), std::string::npos) << said.out;
  expect_to_hold(bounds);
}

}  // namespace coracle::tests
