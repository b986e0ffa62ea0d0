// What people read when something fails, word for word; and that the same bounds hold where nothing
// is planted.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

// Words are what blanks separate; `more` are words as they stand.
Ended explore_raft(const std::string& words, const std::vector<std::string>& more = {}) {
  std::vector<std::string> all{"explore", "raft"};
  std::istringstream rest(words);
  all.insert(all.end(), std::istream_iterator<std::string>(rest), {});
  all.insert(all.end(), more.begin(), more.end());
  return run(all);
}

// The story without the summary behind it, which tells of time and memory.
std::string story_of(const std::string& words, const std::vector<std::string>& more = {}) {
  const Ended ended = explore_raft(words, more);
  EXPECT_EQ(ended.code, 1) << ended.err;
  return ended.out.substr(0, ended.out.find("\nraft: "));
}

std::string golden(const std::string& name) {
  std::ifstream file(CORACLE_SOURCE_DIR "/tests/golden/" + name + ".txt");
  return {std::istreambuf_iterator<char>(file), {}};
}

void expect_to_hold(const std::string& words) {
  const Ended ended = explore_raft(words);
  EXPECT_EQ(ended.code, 0) << ended.out;
  EXPECT_NE(ended.out.find("Every reachable world within the bounds was explored"),
            std::string::npos);
}

struct Planted {
  const char* mutant;
  const char* bounds;
  const char* falls;

  // NOLINTNEXTLINE(readability-identifier-naming): the name that GoogleTest looks for
  friend void PrintTo(const Planted& planted, std::ostream* out) { *out << planted.mutant; }
};

class PlantedBug : public testing::TestWithParam<Planted> {};

// Each bug falls at bounds at which the published rules hold.
TEST_P(PlantedBug, IsFoundWhereTheRulesHold) {
  const auto& [mutant, bounds, falls] = GetParam();
  const Ended ended = explore_raft(bounds, {"--mutant", mutant});
  EXPECT_EQ(ended.code, 1) << ended.out;
  EXPECT_NE(ended.out.find(std::string("\nViolated: ") + falls), std::string::npos) << ended.out;
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
  EXPECT_EQ(story_of(figure_8, {"--mutant", "commit-old-term"}), golden("figure-8"));
}

TEST(LargeFigure8, EndsInACommittedEntryReplaced) {
  const std::string story =
      story_of(figure_8, {"--mutant", "commit-old-term", "--property", "state machine safety"});
  EXPECT_EQ(story, golden("figure-8-replaced"));
}

TEST(LargeFigure8, IsAbsentWithTheRule) { expect_to_hold(figure_8); }

TEST(LargePlantedBug, AnyLogGetsAVote) {
  const std::string bounds = "--max-term 3 --max-log 2 --max-in-flight 2 --loss";
  const Ended ended = explore_raft(bounds, {"--mutant", "no-up-to-date-check"});
  EXPECT_EQ(ended.code, 1) << ended.out;
  EXPECT_NE(ended.out.find("\nViolated: leader completeness"), std::string::npos) << ended.out;
  expect_to_hold(bounds);
}

}  // namespace
}  // namespace coracle::tools
