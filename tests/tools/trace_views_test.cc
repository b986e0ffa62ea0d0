// `--trace OUT` of run and replay: what is written is chosen by the name's ending. What stands in
// it the tests of sim/views.h read back; here it is that the commands write it, whole. And what
// `run` tells of a failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/folder.h"
#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

using Words = std::vector<std::string>;

const std::string scenarios = std::string(CORACLE_SOURCE_DIR) + "/scenarios";

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class TraceViews : public Folder {
 protected:
  // What `coracle run` writes of a scenario to a file of this ending.
  std::string ran(const std::string& scenario, const std::string& ending, int code = 0,
                  const Words& more = {}) {
    const std::string file = in_folder("out" + ending);
    Words words{"run", scenario, "--seed", "1", "--quiet", "--trace", file};
    words.insert(words.end(), more.begin(), more.end());
    const Ended ended = run(words);
    EXPECT_EQ(ended.code, code) << ended.err;
    return contents(file);
  }
  std::string replayed(const std::string& trace, const std::string& ending, int code = 0) {
    const std::string file = in_folder("again" + ending);
    const Ended ended = run({"replay", trace, "--quiet", "--trace", file});
    EXPECT_EQ(ended.code, code) << ended.err;
    return contents(file);
  }

  const std::string crash = scenarios + "/raft/leader-crash.toml";
};

TEST_F(TraceViews, JsonLinesTellEachEventAndEachNote) {
  const auto lines = lines_of(ran(crash, ".jsonl"));
  std::size_t events = 0;
  std::size_t notes = 0;
  for (const auto& line : lines) {
    const auto json = boost::json::parse(line);
    events += json.as_object().contains("number") ? 1U : 0U;
    notes += json.as_object().contains("note") ? 1U : 0U;
  }
  EXPECT_EQ(events + notes + 2, lines.size());
  const auto last = boost::json::parse(lines.back());
  EXPECT_EQ(last.as_object().at("events").to_number<std::size_t>(), events);
  EXPECT_GE(notes, 4U);  // two crashes, and what undoes them
}

TEST_F(TraceViews, APageIsOneFile) {
  const std::string page = ran(crash, ".html");
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
  EXPECT_FALSE(holds(page, "http"));
  EXPECT_TRUE(holds(page, "leader-crash.toml, seed 1"));
}

TEST_F(TraceViews, ShiVizBeginsWithTheExpression) {
  const auto lines = lines_of(ran(crash, ".shiviz"));
  EXPECT_EQ(lines[0], R"((?<host>\S*) (?<clock>{.*}) (?<time>\S*)\n(?<event>.*))");
  EXPECT_TRUE(lines[2].starts_with("server-")) << lines[2];
  EXPECT_TRUE(holds(contents(in_folder("out.shiviz")), "\nscenario {"));
}

TEST_F(TraceViews, PerfettoHasATrackANode) {
  const auto json = boost::json::parse(ran(crash, ".perfetto.json"));
  std::vector<std::string> processes;
  for (const auto& event : json.as_object().at("traceEvents").as_array())
    if (event.as_object().at("name") == "process_name")
      processes.emplace_back(event.as_object().at("args").as_object().at("name").as_string());
  EXPECT_EQ(processes,
            (Words{"server 1", "server 2", "server 3", "server 4", "server 5", "network"}));
}

TEST_F(TraceViews, MermaidIsADiagramOfItsOwnSize) {
  const std::string text = ran(scenarios + "/raft/figure-8.toml", ".mmd");
  EXPECT_TRUE(text.starts_with("sequenceDiagram\n  participant n1 as server 1\n"));
  EXPECT_FALSE(holds(text, "not drawn"));
  const std::string longer = ran(crash, ".mmd");
  EXPECT_LT(longer.size(), 50'000U);
  EXPECT_TRUE(holds(longer, " events before are not drawn\n"));
}

// A run's trace has its times: of the same actions the same is told, but for what only a scenario
// knows.
TEST_F(TraceViews, AReplayTellsWhatTheRunDid) {
  ran(crash, ".trace");
  const auto without_notes = [](const std::string& text) {
    std::string all;
    for (const auto& line : lines_of(text))
      if (!holds(line, "\"note\"") && !holds(line, "\"coracle-events\"")) all += line + "\n";
    return all;
  };
  EXPECT_EQ(without_notes(replayed(in_folder("out.trace"), ".jsonl")),
            without_notes(ran(crash, ".jsonl")));
}

TEST_F(TraceViews, OfACounterexampleWithoutTimesTheNumbersAreTold) {
  const std::string trace = in_folder("found.trace");
  run({"explore", "raft", "--max-term", "1", "--max-log", "0", "--crashes", "1", "--mutant",
       "vote-not-saved", "--trace", trace});
  const std::string log = replayed(trace, ".shiviz", 1);
  EXPECT_TRUE(holds(log, " 1\n")) << log;
  EXPECT_TRUE(holds(log, "\nViolated: ")) << log;
  EXPECT_TRUE(holds(replayed(trace, ".html", 1), R"("timed":false)"));
  for (const char* ending : {".jsonl", ".perfetto.json", ".mmd"})
    EXPECT_TRUE(holds(replayed(trace, ending, 1), "Violated: ")) << ending;
}

TEST_F(TraceViews, EveryModelIsTold) {
  for (const char* scenario :
       {"/traffic-light/two-crossings.toml", "/raft-kv/stale-read-naive.toml",
        "/raft/crash-before-flush.toml", "/raft/lossy-network.toml"})
    for (const char* ending : {".jsonl", ".html", ".shiviz", ".perfetto.json", ".mmd"})
      EXPECT_GT(ran(scenarios + scenario, ending).size(), 1000U) << scenario << ending;
}

TEST_F(TraceViews, AnotherEndingIsOneLine) {
  for (const Words& words : {Words{"run", crash, "--seed", "1", "--trace", "x.htm"},
                             Words{"replay", "nowhere.trace", "--trace", "x.trace"}}) {
    const Ended ended = run(words);
    EXPECT_EQ(ended.code, 2);
    EXPECT_TRUE(holds(ended.err, "': expected a file name that ends in ")) << ended.err;
    EXPECT_TRUE(holds(ended.err, ".jsonl, .html, .shiviz, .perfetto.json or .mmd\n")) << ended.err;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
  }
}

TEST_F(TraceViews, AFolderThatIsNotThereIsOneLine) {
  const Ended ended = run({"run", crash, "--seed", "1", "--trace", in_folder("nowhere/x.html")});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, "cannot write ")) << ended.err;
}

// ---- what led to a failure

std::string part_between(const std::string& text, const std::string& from, const std::string& to) {
  const auto begin = text.find(from);
  if (begin == std::string::npos) return "";
  const auto end = text.find(to, begin);
  return text.substr(begin + from.size(), end - begin - from.size());
}

TEST_F(TraceViews, AFailureIsToldWithWhatLedToIt) {
  const Ended ended =
      run({"run", scenarios + "/raft/figure-8.toml", "--mutant", "commit-old-term"});
  EXPECT_EQ(ended.code, 1);
  const std::string story = part_between(ended.out, "  what led to it:\n", "  again: coracle run ");
  ASSERT_NE(story, "") << ended.out;
  EXPECT_TRUE(story.starts_with("    ... ")) << story;
  EXPECT_LE(std::ranges::count(story, '\n'), 21) << story;
  EXPECT_TRUE(holds(story, "    0.000000 s  -- crash 1\n")) << story;
  EXPECT_TRUE(holds(story,
                    "server 5: RequestVoteReply from 3: role candidate with votes {2, 5} -> "
                    "leader\n"))
      << story;
  // That it was committed is no cause of the later leader, but it is what the property remembers.
  EXPECT_TRUE(holds(story, "commit 0 -> 2")) << story;
}

// Two leaders of one term do not know of each other: what led to both is told.
TEST_F(TraceViews, WhoBreaksAPropertyTogetherIsToldTogether) {
  const std::string found = in_folder("found.toml");
  run({"explore", "raft", "--loss", "--servers", "4", "--max-in-flight", "3", "--max-term", "1",
       "--max-log", "0", "--mutant", "even-quorum", "--trace", found});
  const Ended ended = run({"run", found});
  EXPECT_EQ(ended.code, 1) << ended.err;
  const std::string story = part_between(ended.out, "  what led to it:\n", "  again: ");
  std::size_t leaders = 0;
  for (const auto& line : lines_of(story)) leaders += line.ends_with("-> leader") ? 1U : 0U;
  EXPECT_EQ(leaders, 2U) << ended.out;
}

TEST_F(TraceViews, OfManyFailuresThreeAreTold) {
  const std::string file = written("never.toml",
                                   "model = \"raft\"\nservers = 3\nduration = \"2 s\"\n"
                                   "[[expect]]\nalways = \"there is no leader\"\n");
  const Ended ended = run({"run", file, "--seeds", "1..5"});
  std::size_t stories = 0;
  for (auto at = ended.out.find("  what led to it:\n"); at != std::string::npos;
       at = ended.out.find("  what led to it:\n", at + 1))
    ++stories;
  EXPECT_EQ(stories, 3U) << ended.out;
  EXPECT_EQ(run({"run", file, "--seeds", "1..5", "--quiet"}).out, "");
}

TEST_F(TraceViews, WhatHoldsHasNoStory) {
  EXPECT_FALSE(holds(run({"run", crash, "--seed", "1"}).out, "what led to it"));
}

}  // namespace
}  // namespace coracle::tools
