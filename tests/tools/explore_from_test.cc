// An exploration that begins in the world that a trace reached.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/tools/folder.h"
#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

using Words = std::vector<std::string>;

using ExploreFrom = Folder;

Words joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

boost::json::object report(const Words& words) {
  const Ended ended = run(joined(words, {"--json", "-"}));
  EXPECT_TRUE(ended.err.empty()) << ended.err;
  return boost::json::parse(ended.out).as_object();
}

std::int64_t actions_of(const std::string& trace) {
  return report({"replay", trace}).at("actions").to_number<std::int64_t>();
}

// The depth at which this property was first violated; -1 where it never was.
std::int64_t depth_of(const boost::json::object& report, const std::string& name) {
  for (const auto& property : report.at("properties").as_array())
    if (property.at("name").as_string() == name && property.at("verdict") == "violated")
      return property.at("depth").to_number<std::int64_t>();
  return -1;
}

struct Counterexample {
  Words command;
  std::string property;
  std::string trace;
  std::int64_t actions = 0;
};

Counterexample found(const Words& command, const std::string& property, const std::string& trace) {
  EXPECT_EQ(run(joined(command, {"--quiet", "--trace", trace})).code, 1);
  return {command, property, trace, actions_of(trace)};
}

// What is left of a shortest way is a shortest way itself, and with what led there it is whole.
void expect_the_rest_from_everywhere(const Counterexample& whole) {
  const std::string rest = whole.trace + ".rest.trace";
  for (std::int64_t at = 0; at < whole.actions; ++at) {
    SCOPED_TRACE(at);
    const auto on = report({whole.command[0], whole.command[1], "--from", whole.trace, "--at",
                            std::to_string(at), "--trace", rest});
    EXPECT_EQ(depth_of(on, whole.property), whole.actions - at);
    EXPECT_EQ(on.at("from").at("at").to_number<std::int64_t>(), at);
    const auto again = report({"replay", rest});
    EXPECT_EQ(again.at("replayed").to_number<std::int64_t>(), whole.actions);
    EXPECT_EQ(again.at("failure"), report({"replay", whole.trace}).at("failure"));
  }
}

TEST_F(ExploreFrom, FindsTheRestOfACounterexampleOfTheTrafficLight) {
  expect_the_rest_from_everywhere(
      found({"explore", "traffic-light", "--crossings", "2", "--mutant", "both-turn-green"},
            "one road faces red", in_folder("whole.trace")));
}

TEST_F(ExploreFrom, FindsTheRestOfACounterexampleOfRaft) {
  expect_the_rest_from_everywhere(found({"explore", "raft", "--max-term", "1", "--max-log", "0",
                                         "--crashes", "1", "--mutant", "vote-not-saved"},
                                        "election safety", in_folder("whole.trace")));
}

TEST_F(ExploreFrom, TheBeginningIsTheWholeExploration) {
  const Words command{"explore", "raft",      "--max-term", "1",        "--max-log",
                      "0",       "--crashes", "1",          "--mutant", "vote-not-saved"};
  const auto whole = found(command, "election safety", in_folder("whole.trace"));
  const auto without = report(command);
  const auto with = report({"explore", "raft", "--from", whole.trace, "--at", "0"});
  for (const char* same : {"distinct", "generated", "depth", "hash", "options", "actions"})
    EXPECT_EQ(with.at(same), without.at(same)) << same;
}

TEST_F(ExploreFrom, TellsWhereItBegan) {
  const auto whole = found({"explore", "raft", "--max-term", "1", "--max-log", "0", "--crashes",
                            "1", "--mutant", "vote-not-saved"},
                           "election safety", in_folder("whole.trace"));
  const Ended ended = run({"explore", "raft", "--from", whole.trace, "--at", "6"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_TRUE(
      ended.out.starts_with("The shortest way on to where it fails, 3 actions.\n\n"
                            "After 6 actions:\n"
                            "server 1: term 1, role candidate"))
      << ended.out;
  EXPECT_NE(ended.out.find("\nin flight: RequestVote 1 -> 2\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("\n  9. deliver RequestVoteReply 2 -> 1"), std::string::npos);
}

// The rules that are typed hold from the first action on; so the way that only the bug allows
// cannot be gone without it.
TEST_F(ExploreFrom, WhatIsTypedHoldsFromTheFirstActionOn) {
  const auto whole = found({"explore", "raft", "--max-term", "1", "--max-log", "0", "--crashes",
                            "1", "--mutant", "vote-not-saved"},
                           "election safety", in_folder("whole.trace"));
  const Words published{"explore", "raft", "--from", whole.trace, "--mutant", "none"};
  const Ended early = run(joined(published, {"--at", "3"}));
  EXPECT_EQ(early.code, 0) << early.out << early.err;
  EXPECT_NE(early.out.find("Every reachable world within the bounds was explored"),
            std::string::npos);
  const Ended late = run(published);
  EXPECT_EQ(late.code, 2) << late.out;
  EXPECT_NE(late.err.find("cannot happen here"), std::string::npos) << late.err;
}

// From a run's trace, which goes to this file: five servers, of which one crashes later on.
Words from_a_run(const std::string& trace, const Words& more) {
  const Ended ended = run({"run", CORACLE_SOURCE_DIR "/scenarios/raft/leader-crash.toml", "--seed",
                           "3", "--trace", trace});
  EXPECT_EQ(ended.code, 0) << ended.err;
  return joined({"explore", "raft", "--from", trace, "--at", "100", "--max-term", "2"}, more);
}

TEST_F(ExploreFrom, BeginsWhereARunHasGot) {
  const Words words = from_a_run(in_folder("run.trace"),
                                 {"--max-log", "8", "--max-in-flight", "6", "--max-depth", "5"});
  const Ended ended = run(words);
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_NE(ended.out.find("the world after 100 actions of "), std::string::npos) << ended.out;
  // What the one that crashes has seen is remembered; but the fault is the run's.
  EXPECT_NE(ended.out.find("what nodes that crashed have seen"), std::string::npos) << ended.out;
  EXPECT_FALSE(report(words).at("actions").as_object().contains("crash"));
  EXPECT_GT(report(joined(words, {"--crashes", "1"})).at("actions").at("crash").to_number<int>(),
            0);
}

TEST_F(ExploreFrom, AWorldOutOfBoundsIsRefused) {
  const Ended ended =
      run(from_a_run(in_folder("run.trace"), {"--max-log", "5", "--max-in-flight", "6"}));
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.err.find("out of bounds"), std::string::npos) << ended.err;
  EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
}

TEST_F(ExploreFrom, SaysWhatIsWrongInOneLine) {
  const auto whole = found({"explore", "traffic-light", "--mutant", "both-turn-green"},
                           "one road faces red", in_folder("whole.trace"));
  const std::string count = std::to_string(whole.actions);
  const std::string& trace = whole.trace;
  const std::vector<std::pair<Words, std::string>> mistakes{
      {{"--at", "3"}, "--at without --from"},
      {{"--from", in_folder("nowhere.trace")}, "cannot read"},
      {{"--from", trace, "--at", "999"}, "expected a whole number from 0 to " + count},
      {{"--from", trace}, "after " + count + " of its actions 'one road faces red' is broken"}};
  for (const auto& [words, expected] : mistakes) {
    const Ended ended = run(joined({"explore", "traffic-light"}, words));
    EXPECT_EQ(ended.code, 2);
    EXPECT_NE(ended.err.find(expected), std::string::npos) << ended.err;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
  }
  const Ended other = run({"explore", "raft", "--from", trace});
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.err.find("a trace of traffic-light, not of raft"), std::string::npos);
}

}  // namespace
}  // namespace coracle::tools
