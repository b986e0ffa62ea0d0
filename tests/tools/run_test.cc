// `coracle run` and `coracle replay` from outside: the scenarios that come with Coracle, what they
// say when something fails, and the way from a counterexample to a trace and to a scenario.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "model/traffic_light.h"
#include "sim/trace.h"
#include "tests/tools/folder.h"
#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Words = std::vector<std::string>;

const std::string source = CORACLE_SOURCE_DIR;
const std::string scenarios = source + "/scenarios";

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  if (end == std::string::npos) return "";
  const auto begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

using RunCommand = Folder;
using ReplayCommand = Folder;

json::object json_of(const Words& words) {
  Words all = words;
  all.insert(all.end(), {"--json", "-"});
  const Ended ended = run(all);
  EXPECT_NE(ended.out, "") << ended.err;
  return json::parse(ended.out).as_object();
}

// ---- the scenarios that come with it

TEST_F(RunCommand, EveryScenarioHolds) {
  const Ended ended = run({"run", scenarios, "--seeds", "1..3"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_TRUE(holds(last_line(ended.out), "Everything asked holds in ")) << ended.out;
}

TEST(LargeScenarios, HoldForAHundredSeeds) {
  const Ended ended = run({"run", scenarios, "--seeds", "1..100"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

// The same in every build: tools/check compares the program's with this file, too.
TEST_F(RunCommand, AScenarioAndASeedAreOneRunOnEveryCompiler) {
  std::string hashes;
  const auto report = json_of({"run", scenarios, "--seeds", "1..3"});
  for (const auto& each : report.at("runs").as_array()) {
    const auto& one = each.as_object();
    hashes += fs::relative(std::string(one.at("scenario").as_string()), source).generic_string() +
              " " + std::to_string(json::value_to<std::uint64_t>(one.at("seed"))) + " " +
              std::string(one.at("hash").as_string()) + "\n";
  }
  EXPECT_EQ(hashes, contents(source + "/tests/golden/scenario-hashes.txt"));
}

TEST_F(RunCommand, JobsAndShardsChangeNoRun) {
  const std::string file = scenarios + "/raft/lossy-network.toml";
  const auto hashes = [&](const Words& more) {
    Words words{"run", file, "--seeds", "1..6"};
    words.insert(words.end(), more.begin(), more.end());
    std::map<std::uint64_t, std::string> all;
    const auto report = json_of(words);
    for (const auto& each : report.at("runs").as_array())
      all[json::value_to<std::uint64_t>(each.as_object().at("seed"))] =
          std::string(each.as_object().at("hash").as_string());
    return all;
  };
  const auto all = hashes({"--jobs", "1"});
  EXPECT_EQ(all.size(), 6U);
  EXPECT_EQ(hashes({"--jobs", "3"}), all);
  auto parts = hashes({"--shard", "1/2"});
  EXPECT_EQ(parts.size(), 3U);
  parts.merge(hashes({"--shard", "2/2"}));
  EXPECT_EQ(parts, all);
}

// ---- what fails

TEST_F(RunCommand, Figure8FailsWithoutTheCommitRule) {
  const std::string file = scenarios + "/raft/figure-8.toml";
  const Ended ended = run({"run", file, "--mutant", "commit-old-term"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(last_line(ended.out),
            "Violated: leader completeness (what was committed in a term is in the logs of all "
            "later leaders).");
  EXPECT_TRUE(holds(ended.out, "with seed 1 at ")) << ended.out;
  EXPECT_TRUE(
      holds(ended.out, "again: coracle run " + file + " --mutant commit-old-term --seed 1 --log"))
      << ended.out;
}

std::string raft_with(const std::string& rest) {
  return "model = \"raft\"\nservers = 3\nduration = \"3 s\"\n" + rest;
}

struct Unmet {
  const char* rest;
  const char* sentence;
};

TEST_F(RunCommand, AnExpectationThatIsNotMetIsTheLastSentence) {
  const std::vector<Unmet> unmet{
      {"[[expect]]\nalways = \"there is no leader\"\n", "Violated: always there is no leader."},
      {"[[expect]]\nsometimes = \"two leaders are alive\"\n", "Never seen: two leaders are alive."},
      {"[[expect]]\nin_the_end = \"there is no leader\"\n",
       "Not so in the end: there is no leader."},
      {"[[expect]]\neventually = \"a leader is elected\"\nwithin = \"1 ms\"\n",
       "Not in time: eventually a leader is elected within 1 ms."},
      {"[[expect]]\neventually = \"a leader is elected\"\nwithin = \"1 s of heal\"\n",
       "Never judged: eventually a leader is elected within 1 s of heal, for there was no heal."},
      {"[[expect]]\nfails = \"log matching\"\n", "Did not fail: log matching."},
      {"[[expect]]\nat_most = \"1 AppendEntries to 2\"\n",
       "Not so: at most 1 AppendEntries to 2, for "},
      {"[[step]]\nat = \"1 ms\"\ndo = \"crash leader\"\n",
       "Could not be told: line 6, 'crash leader': there is no leader."},
      {"[[step]]\ndo = \"deliver RequestVote 1 -> 2\"\n",
       "Could not be told: line 5, 'deliver RequestVote 1 -> 2': no such message is in flight."},
      {"[[step]]\ndo = \"partition all | others\"\n",
       "Could not be told: line 5, 'partition all | others': it touches no link."},
      {"[[step]]\ndo = \"partition 1 2 | 2 3\"\n",
       "Could not be told: line 5, 'partition 1 2 | 2 3': 2 is in two groups."},
      {"[[step]]\nwhen = \"two leaders are alive\"\ndo = \"heal\"\n",
       "Could not be told: line 4: the step never began."}};
  for (const auto& [rest, sentence] : unmet) {
    const std::string file = written("unmet.toml", raft_with(rest));
    const Ended ended = run({"run", file});
    EXPECT_EQ(ended.code, 1) << rest;
    EXPECT_EQ(last_line(ended.out).substr(0, std::string(sentence).size()), sentence) << rest;
  }
}

TEST_F(RunCommand, WhatMustFailMayFail) {
  std::string text = contents(scenarios + "/raft/figure-8.toml");
  text = text.substr(0, text.find("[[expect]]")) + "[[expect]]\nfails = \"leader completeness\"\n";
  const std::string file = written("fails.toml", text);
  EXPECT_EQ(run({"run", file, "--mutant", "commit-old-term"}).code, 0);
  EXPECT_EQ(last_line(run({"run", file}).out), "Did not fail: leader completeness.");
}

// What must fail ends the run, and what else is expected is judged there.
TEST_F(RunCommand, WhatFailsAsItMustExcusesNothingElse) {
  std::string text = contents(scenarios + "/raft/figure-8.toml");
  text = text.substr(0, text.find("[[expect]]")) +
         "[[expect]]\nfails = \"leader completeness\"\n[[expect]]\nin_the_end = ";
  const auto last = [&](const std::string& more) {
    return last_line(
        run({"run", written("more.toml", text + more), "--mutant", "commit-old-term"}).out);
  };
  EXPECT_EQ(last("\"2 is leader\"\n"), "Not so in the end: 2 is leader.");
  EXPECT_EQ(last("\"5 is leader\"\n[[expect]]\nfails = \"log matching\"\n"),
            "Did not fail: log matching.");
}

// What is undone "for" a time is what the step did, not what another did since.
TEST_F(RunCommand, AStepUndoesWhatItDidAndNothingElse) {
  const auto log_of = [&](const std::string& steps) {
    return run({"run", written("undone.toml", raft_with(steps)), "--log"}).out;
  };
  const std::string crashes = log_of(
      "[[step]]\nat = \"1 s\"\ndo = \"crash 1\"\nfor = \"500 ms\"\n"
      "[[step]]\nat = \"1.1 s\"\ndo = \"restart 1\"\n"
      "[[step]]\nat = \"1.2 s\"\ndo = \"crash 1\"\nfor = \"700 ms\"\n");
  EXPECT_FALSE(holds(crashes, "1.500000 s  -- restart")) << crashes;
  EXPECT_TRUE(holds(crashes, "1.900000 s  -- restart 1")) << crashes;
  const std::string cuts = log_of(
      "[[step]]\nat = \"500 ms\"\ndo = \"partition 1 | others\"\nfor = \"500 ms\"\n"
      "[[step]]\nat = \"700 ms\"\ndo = \"heal\"\n"
      "[[step]]\nat = \"800 ms\"\ndo = \"partition 1 | others\"\nfor = \"1 s\"\n");
  EXPECT_FALSE(holds(cuts, "1.000000 s  -- heal")) << cuts;
  EXPECT_TRUE(holds(cuts, "1.800000 s  -- heal what was cut")) << cuts;
}

TEST_F(RunCommand, TimesBeyondAllBoundsNeverCome) {
  for (const char* rest :
       {"[network]\nlatency = \"9223372036 s\"\n", "[raft]\nelection_timeout = \"9223372036 s\"\n",
        "[[step]]\nat = \"1 s\"\ndo = \"crash 1\"\n"
        "for = \"9223372036 s\"\n"}) {
    const Ended ended = run({"run", written("late.toml", raft_with(rest))});
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  }
}

TEST_F(RunCommand, AnInterruptedRunSaysSo) {
  Process process({"run", scenarios + "/raft/steady.toml", "--seed", "1", "--set",
                   "duration=100000 s", "--log", "--json", "-"});
  ASSERT_TRUE(process.has_spoken_on_stderr());
  process.interrupt();
  const Ended ended = process.finished();
  EXPECT_EQ(ended.code, 3);
  EXPECT_TRUE(holds(ended.out, "\"verdict\":\"interrupted\"")) << ended.out;
}

TEST_F(RunCommand, APartWithoutARunSaysSo) {
  const Ended ended = run({"run", scenarios + "/raft/figure-8.toml", "--shard", "2/2"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out, "There is no run in this part.\n");
}

struct Mistake {
  std::string rest;
  std::string told;
};

TEST_F(RunCommand, AMistakeIsOneLineWithItsPlaceAndExitCode2) {
  const std::vector<Mistake> mistakes{
      {"sevrers = 3\n", ":4:1: "},
      {"sevrers = 3\n", "did you mean servers?"},
      {"[raft]\nheartbeat = \"50\"\n", "a duration or a range of them with its unit"},
      {"[network]\nlatency = 5\n", ":5:11: "},
      {"[[step]]\nat = \"1 s\"\ndo = \"crash laeder\"\n", "did you mean leader?"},
      {"[[step]]\nat = \"1 s\"\ndo = \"crahs leader\"\n", "did you mean crash?"},
      {"[[step]]\ndo = \"crash 4\"\n", ":5:6: there is no 4; expected a number from 1 to 3"},
      {"[[expect]]\nalways = \"9 is not leader\"\n", ":4:1: there is no 9"},
      {"[[expect]]\nexactly = \"0 RequestVote to 9\"\n", ":4:1: there is no 9"},
      {"[[step]]\nat = \"3 s\"\ndo = \"heal\"\n", ":4:1: the step is at the end of the run"},
      {"[raft]\nelection_timeout = \"0 ms\"\n",
       ":5:20: election-timeout '0 ms': expected a duration"},
      {"logs = { 1 = \"3 1\" }\n", ":4:"},
      {"[[expect]]\nalways = \"2 is leeder\"\n", "did you mean leader?"},
      {"mutant = \"commit-old-terms\"\n", "did you mean commit-old-term?"}};
  for (const auto& [rest, told] : mistakes) {
    const std::string file = written("mistake.toml", raft_with(rest));
    const Ended ended = run({"run", file});
    EXPECT_EQ(ended.code, 2) << rest << ended.out;
    EXPECT_TRUE(holds(ended.err, told)) << ended.err;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(holds(ended.err, file)) << ended.err;
  }
}

TEST_F(RunCommand, AMistakeOnTheCommandLineIsOneLine) {
  const std::string file = scenarios + "/raft/steady.toml";
  const std::vector<std::pair<Words, std::string>> mistakes{
      {{"run"}, "coracle run scenarios/raft/leader-crash.toml"},
      {{"run", "nowhere.toml"}, "there is no file nowhere.toml"},
      {{"run", file, "--seed", "1", "--seeds", "1..2"}, "expected one of them"},
      {{"run", file, "--seeds", "2..1"}, "expected such as 1..100"},
      {{"run", file, "--shard", "0/2"}, "parts count from 1"},
      {{"run", file, "--set", "raft.hartbeat=5 ms"}, "did you mean raft.heartbeat?"},
      {{"run", file, "--set", "raft.heartbeat=5"}, "expected a duration"},
      {{"run", file, "--mutant", "commit-old-terms"}, "did you mean commit-old-term?"},
      {{"run", file, "--seeds", "1..2", "--log"}, "a single run"},
      {{"run", file, "--trace", "x.png"}, "ends in .trace"},
      {{"replay"}, "coracle replay figure8.trace"},
      {{"replay", "nowhere.trace"}, "cannot read nowhere.trace"},
      {{"replay", file}, ":1: expected a first line"}};
  for (const auto& [words, told] : mistakes) {
    const Ended ended = run(words);
    EXPECT_EQ(ended.code, 2) << ended.out;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(holds(ended.err, told)) << ended.err;
  }
}

// ---- traces

TEST_F(ReplayCommand, OfARunTakesTheSameActions) {
  const std::string trace = in_folder("run.trace");
  const std::string file = scenarios + "/raft/leader-crash.toml";
  const Ended ran = run({"run", file, "--seed", "3", "--trace", trace});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  const auto replayed = json_of({"replay", trace});
  EXPECT_EQ(replayed.at("verdict").as_string(), "holds");
  EXPECT_EQ(replayed.at("actions"), replayed.at("replayed"));
  EXPECT_TRUE(holds(run({"replay", trace}).out, "the model's properties hold"));
}

// A disk that writes later: what crashed with writes pending took the same ones with it.
TEST_F(ReplayCommand, OfARunWithBufferedDisksTakesTheSameActions) {
  const std::string trace = in_folder("run.trace");
  const std::string file = written(
      "buffered.toml",
      raft_with("[disk]\nkind = \"buffered\"\nflush = \"40..60 ms\"\n[clients]\nrate = \"100 /s\"\n"
                "[[step]]\nafter = \"1 s\"\ndo = \"crash leader\"\nfor = \"1 s\"\n"
                "[[step]]\nafter = \"2 s\"\ndo = \"crash all\"\nfor = \"1 s\"\n"));
  const Ended ran = run({"run", file, "--seed", "3", "--trace", trace, "--log"});
  EXPECT_EQ(ran.code, 0) << last_line(ran.out) << ran.err;
  EXPECT_TRUE(holds(ran.out, "flush Written"));
  EXPECT_TRUE(holds(ran.out, "crash keeping "));
  const std::string text = contents(trace);
  EXPECT_TRUE(holds(text, R"("disk":"buffered")"));
  const auto replayed = json_of({"replay", trace});
  EXPECT_EQ(replayed.at("verdict").as_string(), "holds");
  EXPECT_EQ(replayed.at("actions"), replayed.at("replayed"));
}

TEST_F(ReplayCommand, RefusesADiskThatTheModelDoesNotHave) {
  const std::string trace =
      written("disk.trace", sim::trace_text<traffic_light::Protocol>(
                                {.model = "traffic-light", .disk = DiskKind::buffered}, {}));
  const Ended ended = run({"replay", trace});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, "disk.trace:1: traffic-light has no disk\n")) << ended.err;
}

TEST_F(ReplayCommand, RefusesWhatWasEditedOrCut) {
  const std::string trace = in_folder("run.trace");
  run({"run", scenarios + "/raft/figure-8.toml", "--trace", trace});
  const std::string text = contents(trace);
  const auto refused = [&](const std::string& changed) {
    const Ended ended = run({"replay", written("changed.trace", changed)});
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    return ended.err;
  };
  EXPECT_TRUE(holds(refused(text.substr(0, text.size() / 2)), "truncated"));
  std::string edited = text;
  edited.replace(edited.find("\"node\":1"), 8, "\"node\":2");
  EXPECT_TRUE(holds(refused(edited), "edited or damaged"));
}

struct Planted {
  const char* name;
  const char* words;

  // NOLINTNEXTLINE(readability-identifier-naming): the name that GoogleTest looks for
  friend void PrintTo(const Planted& planted, std::ostream* out) { *out << planted.words; }
};

class CounterexampleFiles : public Folder, public testing::WithParamInterface<Planted> {};

// The explorer's counterexample, as a trace and as a scenario, ends in the same sentence.
TEST_P(CounterexampleFiles, EndInTheSameSentence) {
  Words words{"explore"};
  std::istringstream in(GetParam().words);
  words.insert(words.end(), std::istream_iterator<std::string>(in), {});
  const auto explored = [&](const std::string& file) {
    Words all = words;
    all.insert(all.end(), {"--trace", file});
    const Ended ended = run(all);
    EXPECT_EQ(ended.code, 1) << ended.err;
    const auto begin = ended.out.find("\nViolated: ") + 1;
    return ended.out.substr(begin, ended.out.find('\n', begin) - begin);
  };
  const std::string trace = in_folder("found.trace");
  const std::string scenario = in_folder("found.toml");
  const std::string sentence = explored(trace);
  EXPECT_EQ(explored(scenario), sentence);
  const Ended replayed = run({"replay", trace});
  EXPECT_EQ(replayed.code, 1) << replayed.err;
  EXPECT_EQ(last_line(replayed.out), sentence);
  const Ended ran = run({"run", scenario});
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_EQ(last_line(ran.out), sentence);
}

constexpr Planted small_ones[] = {
    {"LostVote", "raft --max-term 1 --max-log 0 --crashes 1 --mutant vote-not-saved"},
    {"BothTurnGreen", "traffic-light --mutant both-turn-green"},
    {"YellowNeverEnds", "traffic-light --crossings 2 --mutant yellow-never-ends"},
    {"CommitWithoutAll", "two-phase-commit --mutant commit-without-all"}};
std::string name_of(const testing::TestParamInfo<Planted>& planted) { return planted.param.name; }

INSTANTIATE_TEST_SUITE_P(Small, CounterexampleFiles, testing::ValuesIn(small_ones), name_of);

constexpr Planted large_ones[] = {
    {"Figure8",
     "raft --servers 3 --max-term 4 --max-log 2 --max-in-flight 2 --loss --mutant "
     "commit-old-term"}};
INSTANTIATE_TEST_SUITE_P(Large, CounterexampleFiles, testing::ValuesIn(large_ones), name_of);

}  // namespace
}  // namespace coracle::tools
