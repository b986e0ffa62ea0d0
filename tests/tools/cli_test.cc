// The program from outside: its words, its exit codes, its JSON and its files, which users script
// against.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "model/hash.h"
#include "tests/tools/folder.h"
#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Line = std::vector<std::string>;

const Line huge{"explore",   "raft", "--servers",       "5", "--max-term", "3",
                "--max-log", "3",    "--max-in-flight", "8", "--loss"};

Line joined(Line line, const Line& more) {
  line.insert(line.end(), more.begin(), more.end());
  return line;
}

std::string text(const Line& line) {
  std::string all;
  for (const auto& word : line) all += " " + word;
  return all;
}

Line lines_of(const std::string& text) {
  Line lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// ---- usage

struct Mistake {
  Line line;
  std::string told;
};

TEST(Usage, AMistakeIsOneLineAndExitCode2) {
  const std::vector<Mistake> mistakes{
      {{}, "coracle --help"},
      {{"explor"}, "did you mean explore?"},
      {{"explore"}, "coracle explore traffic-light"},
      {{"explore", "raff"}, "did you mean raft?"},
      {{"models", "two-phase-comit"}, "did you mean two-phase-commit?"},
      {{"models", "raft", "raft"}, "at most one"},
      {{"explore", "raft", "--server", "3"}, "did you mean --servers?"},
      {{"explore", "raft", "--managers", "3"}, "unknown option --managers"},
      {{"explore", "raft", "--servers", "0"}, "--servers '0': expected a whole number from 1 to 7"},
      {{"explore", "raft", "--servers", "8"}, "--servers '8': expected a whole number from 1 to 7"},
      {{"explore", "raft", "--servers", "two"}, "--servers 'two'"},
      {{"explore", "raft", "--servers"}, "--servers"},
      {{"explore", "raft", "--servers", ""}, "--servers"},
      {{"explore", "raft", "--servers", "3", "--servers", "4"}, "--servers"},
      {{"explore", "raft", "--loss", "yes"}, "yes"},
      {{"explore", "raft", "--network", "order"}, "did you mean ordered?"},
      {{"explore", "raft", "--no-op", "maybe"}, "true, false"},
      {{"explore", "raft", "--mutant", "commit-old-terms"}, "did you mean commit-old-term?"},
      {{"explore", "raft", "--property", "log machin"}, "did you mean log matching?"},
      {{"explore", "raft", "--max-in-flight", "1"}, "--max-in-flight 1"},
      {{"explore", "raft", "--max-states", "0"}, "--max-states '0'"},
      {{"explore", "raft", "--max-depth", "-1"}, "--max-depth '-1'"},
      {{"explore", "traffic-light", "--time-limit", "10"}, "'10 ms'"},
      {{"explore", "traffic-light", "--threads", "2"}, "--threads"},
      {{"explore", "traffic-light", "--threads", "0"}, "--threads '0'"},
      {{"explore", "traffic-light", "--trace", "run.txt"}, "ends in .trace"},
      {{"explore", "traffic-light", "--graph", "run.png"}, "ends in .dot"},
      {{"explore", "traffic-light", "--trace", "/nonexistent/run.trace"}, "/nonexistent/run.trace"},
      {{"explore", "traffic-light", "--json", "/nonexistent/run.json"}, "/nonexistent/run.json"},
      {{"explore", "traffic-light", "--color", "blue"}, "auto, always or never"},
  };
  for (const auto& [line, told] : mistakes) {
    SCOPED_TRACE(text(line));
    const Ended ended = run(line);
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(lines_of(ended.err).size(), 1U) << ended.err;
    EXPECT_TRUE(ended.err.starts_with("coracle: ")) << ended.err;
    EXPECT_TRUE(holds(ended.err, told)) << ended.err;
  }
}

TEST(Usage, HelpIsEverywhereWithAnExample) {
  const std::vector<Line> helps{{"--help"},
                                {"explore", "--help"},
                                {"models", "--help"},
                                {"explore", "traffic-light", "--help"},
                                {"explore", "two-phase-commit", "--help"},
                                {"explore", "raft", "--help"},
                                {"explore", "raft", "--servers", "3", "--help"}};
  for (const Line& line : helps) {
    SCOPED_TRACE(text(line));
    const Ended ended = run(line);
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.err, "");
    EXPECT_TRUE(holds(ended.out, "Usage: coracle")) << ended.out;
    EXPECT_TRUE(holds(ended.out, "xample")) << ended.out;
  }
}

TEST(Usage, HelpListsTheModelsOptions) {
  const Ended ended = run({"explore", "raft", "--help"});
  for (const char* option : {"--servers", "--max-in-flight", "--mutant", "--time-limit", "--json"})
    EXPECT_TRUE(holds(ended.out, option)) << option;
}

TEST(Usage, VersionIsANumber) {
  const Ended ended = run({"--version"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_TRUE(std::regex_match(ended.out, std::regex(R"(coracle \d+\.\d+\.\d+\n)"))) << ended.out;
}

TEST(Usage, ModelsAreListed) {
  const Ended all = run({"models"});
  EXPECT_EQ(all.code, 0);
  for (const char* name : {"traffic-light: ", "two-phase-commit: ", "raft: "})
    EXPECT_TRUE(holds(all.out, name)) << name;
  const Ended one = run({"models", "traffic-light"});
  EXPECT_EQ(one.code, 0);
  for (const char* told : {"--crossings", "always    one road faces red",
                           "something can always happen", "yellow-never-ends"})
    EXPECT_TRUE(holds(one.out, told)) << told;
}

TEST(Usage, MutantsAreListed) {
  const Ended ended = run({"explore", "raft", "--mutant", "list"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(lines_of(ended.out).size(), 38U);
  EXPECT_TRUE(holds(ended.out, "commit-old-term "));
}

// ---- verdicts

TEST(Explore, WhatHoldsEndsWith0) {
  const Ended ended = run({"explore", "traffic-light"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
  EXPECT_TRUE(ended.out.starts_with("traffic-light: 208 distinct worlds, depth 98")) << ended.out;
  EXPECT_TRUE(holds(ended.out, "everything asked holds"));
}

TEST(Explore, WhatFailsEndsWith1AndAStory) {
  const Ended ended =
      run({"explore", "two-phase-commit", "--mutant", "commit-without-all", "--managers", "2"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_TRUE(holds(ended.out, "5 actions"));
  EXPECT_TRUE(holds(ended.out, ". expire decide_commit 1\n"));
  EXPECT_EQ(lines_of(ended.out).back(), "Violated: no manager aborts what another commits.");
}

TEST(Explore, WhatIsCutShortEndsWith3AndSaysWhy) {
  const std::vector<Mistake> limits{{{"--max-states", "100"}, "--max-states was reached"},
                                    {{"--max-depth", "10"}, "--max-depth was reached"}};
  for (const auto& [limit, told] : limits) {
    const Ended ended = run(joined({"explore", "traffic-light"}, limit));
    EXPECT_EQ(ended.code, 3) << told;
    EXPECT_TRUE(holds(lines_of(ended.out).back(), told)) << ended.out;
    EXPECT_FALSE(holds(ended.out, "everything asked holds"));
  }
}

TEST(Explore, StopsAtItsTimeLimit) {
  const Ended ended = run(joined(huge, {"--time-limit", "200 ms"}));
  EXPECT_EQ(ended.code, 3);
  EXPECT_TRUE(holds(lines_of(ended.out).back(), "time limit was reached")) << ended.out;
  EXPECT_TRUE(holds(ended.out, "not expanded"));
  EXPECT_TRUE(holds(ended.out, "not settled"));
}

TEST(Explore, AnInterruptEndsItInGoodOrder) {
  Process process(joined(huge, {"--progress"}));
  ASSERT_TRUE(process.has_spoken_on_stderr());
  process.interrupt();
  const Ended ended = process.finished();
  EXPECT_EQ(ended.code, 3);
  EXPECT_TRUE(std::regex_search(ended.err, std::regex(R"([\d,]+ states, .*depth \d+)")))
      << ended.err;
  EXPECT_TRUE(holds(lines_of(ended.out).back(), "interrupted")) << ended.out;
  EXPECT_TRUE(holds(ended.out, "distinct worlds"));
}

TEST(Explore, IsQuietWhenAsked) {
  const Ended ended = run({"explore", "traffic-light", "--mutant", "both-turn-green", "--quiet"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.out + ended.err, "");
}

TEST(Explore, ColoursOnlyWhenAsked) {
  EXPECT_FALSE(holds(run({"explore", "traffic-light"}).out, "\033["));
  EXPECT_TRUE(holds(run({"explore", "traffic-light", "--color", "always"}).out, "\033["));
}

TEST(Explore, AsksOnlyThePropertiesNamed) {
  const Ended ended = run({"explore", "traffic-light", "--mutant", "both-turn-green", "--property",
                           "something can always happen"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_FALSE(holds(ended.out, "one road faces red"));
}

// ---- files

class Files : public Folder {
 protected:
  std::string path(const std::string& name) const { return in_folder(name); }
  std::string read(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

void expect_all_fields(const json::object& report) {
  for (const char* field : {"model",
                            "options",
                            "observers",
                            "complete",
                            "distinct",
                            "generated",
                            "changed",
                            "out_of_bounds",
                            "depth",
                            "terminal",
                            "cut",
                            "seconds",
                            "states_per_second",
                            "peak_bytes",
                            "bytes_per_state",
                            "collision_probability",
                            "actions",
                            "properties",
                            "next_state_calls",
                            "hash"})
    EXPECT_TRUE(report.contains(field)) << field;
  EXPECT_FALSE(report.at("properties").as_array().empty());
  for (const auto& property : report.at("properties").as_array())
    for (const char* field : {"name", "expectation", "verdict", "depth", "trace"})
      EXPECT_TRUE(property.as_object().contains(field)) << field;
}

TEST_F(Files, JsonHasEveryField) {
  const Ended ended = run({"explore", "traffic-light", "--json", "-"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(lines_of(ended.out).size(), 1U);
  const json::object report = json::parse(ended.out).as_object();
  expect_all_fields(report);
  EXPECT_EQ(report.at("model"), "traffic-light");
  EXPECT_EQ(report.at("complete"), true);
  EXPECT_EQ(report.at("distinct").to_number<int>(), 208);
  EXPECT_EQ(report.at("changed").to_number<int>(), 312);
  EXPECT_EQ(report.at("actions").at("expire tick").to_number<int>(), 208);
  EXPECT_EQ(report.at("next_state_calls").to_number<int>(), 416);
  EXPECT_TRUE(
      std::regex_match(json::value_to<std::string>(report.at("hash")), std::regex("[0-9a-f]{32}")));
  EXPECT_FALSE(report.contains("components"));
}

TEST_F(Files, JsonTellsTheOptionsAndTheCounterexample) {
  const Ended ended = run({"explore", "raft", "--servers", "2", "--crashes", "1", "--loss",
                           "--mutant", "even-quorum", "--json", path("r.json")});
  EXPECT_EQ(ended.code, 1);
  EXPECT_TRUE(holds(ended.out, "Violated: election safety"));
  const json::object report = json::parse(read("r.json")).as_object();
  expect_all_fields(report);
  EXPECT_EQ(report.at("complete"), false);
  EXPECT_EQ(report.at("options").at("servers"), 2);
  EXPECT_EQ(report.at("options").at("loss"), true);
  EXPECT_EQ(report.at("options").at("duplication"), false);
  EXPECT_EQ(report.at("options").at("mutant"), "even-quorum");
  EXPECT_EQ(report.at("observers").as_array().size(), 1U);
  for (const auto& property : report.at("properties").as_array()) {
    if (property.at("name") != "election safety") continue;
    EXPECT_EQ(property.at("verdict"), "violated");
    EXPECT_EQ(property.at("depth"), 2);
    EXPECT_EQ(property.at("trace").as_array().size(), 2U);
    return;
  }
  ADD_FAILURE() << "election safety is not asked";
}

TEST_F(Files, TheSameRunHasTheSameReport) {
  const auto report = [] {
    json::object all = json::parse(run({"explore", "raft", "--servers", "2", "--loss",
                                        "--duplication", "--json", "-"})
                                       .out)
                           .as_object();
    for (const char* measured : {"seconds", "states_per_second", "peak_bytes"}) all.erase(measured);
    return all;
  };
  EXPECT_EQ(report(), report());
}

TEST_F(Files, ATraceEndsWithItsCountAndHash) {
  const Ended ended = run({"explore", "two-phase-commit", "--mutant", "commit-without-all",
                           "--trace", path("run.trace")});
  EXPECT_EQ(ended.code, 1);
  const std::string trace = read("run.trace");
  const Line lines = lines_of(trace);
  ASSERT_EQ(lines.size(), 1 + 5 + 1U);
  const json::object header = json::parse(lines.front()).as_object();
  EXPECT_EQ(header.at("coracle-trace"), 2);
  EXPECT_EQ(header.at("model"), "two-phase-commit");
  EXPECT_EQ(header.at("mutant"), "commit-without-all");
  EXPECT_EQ(header.at("options").at("managers"), 3);
  EXPECT_EQ(lines[1], R"({"do":"expire","node":2,"timer":"prepare"})");
  EXPECT_EQ(lines[2], R"({"do":"deliver","from":2,"to":1,"message":"prepared"})");
  const json::object last = json::parse(lines.back()).as_object();
  EXPECT_EQ(last.at("actions"), 5);
  const std::size_t before = trace.size() - lines.back().size() - 1;
  EXPECT_EQ(last.at("hash"), json::value(hex(hash_of_bytes(trace.data(), before))));
}

TEST_F(Files, AGraphHasAVertexAWorld) {
  const Ended ended =
      run({"explore", "traffic-light", "--graph", path("light.dot"), "--json", path("r.json")});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(json::parse(read("r.json")).at("components"), 1);
  std::size_t vertices = 0;
  std::size_t edges = 0;
  for (const std::string& line : lines_of(read("light.dot"))) {
    vertices += std::regex_search(line, std::regex(R"(^\d+\[label=)")) ? 1U : 0U;
    edges += std::regex_search(line, std::regex(R"(^\d+->\d+)")) ? 1U : 0U;
  }
  EXPECT_EQ(vertices, 208U);
  EXPECT_EQ(edges, 312U);
}

TEST_F(Files, AGraphThatIsTooLargeIsRefused) {
  const Ended ended =
      run({"explore", "traffic-light", "--crossings", "3", "--graph", path("light.dot")});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, "--graph")) << ended.err;
}

// What the user typed wrong must not cost a file that was there before.
TEST_F(Files, AMistakeLeavesFilesAsTheyWere) {
  std::ofstream(path("old.trace")) << "kept\n";
  const Ended ended = run(
      {"explore", "traffic-light", "--trace", path("old.trace"), "--property", "no such property"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(read("old.trace"), "kept\n");
}

// An empty file is no trace: where there is no counterexample, none is written.
TEST_F(Files, NoCounterexampleNoTrace) {
  EXPECT_EQ(run({"explore", "traffic-light", "--trace", path("run.trace")}).code, 0);
  EXPECT_FALSE(fs::exists(path("run.trace")));
}

}  // namespace
}  // namespace coracle::tools
