// A scenario that is several: which there are, in which order, under which names, what each
// expects, and how one of them is had again.
#include "sim/matrix.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/read_scenario.h"
#include "tests/sim/scenario_text.h"

namespace coracle::sim {
namespace {

using Texts = std::vector<std::string>;

// Behind what every scenario needs.
std::vector<Scenario> read(const std::string& text, const std::vector<Setting>& settings = {}) {
  const ReadFile no_file = [](const std::string& path) -> std::string {
    throw InputError("cannot read " + path);
  };
  return read_scenarios("a.toml", "model = 'raft'\nduration = '1 s'\n" + text, names_of, no_file,
                        settings);
}

Setting set(const std::string& key, const std::string& value) {
  return typed_setting(key, value, {.file = "--set " + key, .line = 0, .column = 0});
}

std::string refusal(const std::string& text, const std::vector<Setting>& settings = {}) {
  try {
    read(text, settings);
    return "it was read";
  } catch (const InputError& error) {
    return error.what();
  }
}

Texts names(const std::vector<Scenario>& scenarios) {
  Texts all;
  for (const Scenario& scenario : scenarios) all.push_back(name_of(scenario));
  return all;
}

Texts expected(const Scenario& scenario) {
  Texts all;
  for (const Expect& expect : scenario.expects) all.push_back(expect.text);
  return all;
}

const std::string two_by_two = R"([matrix]
raft.no_op = [true, false]
network.loss = ["0 %", "5 %"]
)";

// ---- what is read

TEST(Matrix, IsEveryCombinationAndTheLastKeyVariesFastest) {
  const auto all = read("servers = 5\n" + two_by_two);
  EXPECT_EQ(names(all), (Texts{"a.toml[raft.no_op=true, network.loss=0 %]",
                               "a.toml[raft.no_op=true, network.loss=5 %]",
                               "a.toml[raft.no_op=false, network.loss=0 %]",
                               "a.toml[raft.no_op=false, network.loss=5 %]"}));
  EXPECT_EQ(all[0].options.at("no-op"), "true");
  EXPECT_EQ(all[2].options.at("no-op"), "false");
  EXPECT_EQ(all[2].options.at("servers"), "5");
  EXPECT_EQ(all[2].weather.network.loss, 0U);
  EXPECT_EQ(all[3].weather.network.loss, 50'000U);
  EXPECT_EQ(all[3].file, "a.toml");
  EXPECT_EQ(all[3].option_places.at("no-op").line, 5U);
}

TEST(Matrix, WithoutOneThereIsOneScenarioUnderTheNameOfItsFile) {
  EXPECT_EQ(names(read("")), Texts{"a.toml"});
  EXPECT_EQ(names(read("[matrix]")), Texts{"a.toml"});
}

TEST(Matrix, StandsInThePlaceOfWhatTheFileSays) {
  const auto all = read(
      "mutant = 'none'\n[matrix]\nservers = [3, 5]\n"
      "mutant = ['none', 'vote-not-saved']\nduration = ['1 s', '2 s']\n"
      "[raft]\nservers = 7\n");
  ASSERT_EQ(all.size(), 8U);
  EXPECT_EQ(all[0].options.at("servers"), "3");
  EXPECT_EQ(all[0].mutant, "none");
  EXPECT_EQ(all[7].options.at("servers"), "5");
  EXPECT_EQ(all[7].mutant, "vote-not-saved");
  EXPECT_EQ(all[7].duration, 2'000'000'000);
  EXPECT_EQ(name_of(all[7]), "a.toml[servers=5, mutant=vote-not-saved, duration=2 s]");
}

TEST(Matrix, AKeyMayBeQuotedOrNot) {
  EXPECT_EQ(names(read("[matrix]\n'raft.no_op' = [true]\n[matrix.network]\nloss = ['1 %']")),
            Texts{"a.toml[raft.no_op=true, network.loss=1 %]"});
}

TEST(Matrix, WhatIsOnlySomewhereIsThereAndNowhereElse) {
  const auto all = read(two_by_two + R"(
[[step]]
do = "crash 1"
only = { raft.no_op = true }
[[step]]
do = "crash 2"
[[expect]]
always = "1 is leader"
only = { raft.no_op = true, network.loss = "0 %" }
[[expect]]
always = "2 is leader"
only = { network.loss = ["0 %", "5 %"], "raft.no_op" = [false] }
[[expect]]
always = "3 is leader"
)");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(expected(all[0]), (Texts{"always 1 is leader", "always 3 is leader"}));
  EXPECT_EQ(expected(all[1]), (Texts{"always 3 is leader"}));
  EXPECT_EQ(expected(all[2]), (Texts{"always 2 is leader", "always 3 is leader"}));
  EXPECT_EQ(expected(all[3]), (Texts{"always 2 is leader", "always 3 is leader"}));
  EXPECT_EQ(all[1].steps.size(), 2U);
  ASSERT_EQ(all[2].steps.size(), 1U);
  EXPECT_EQ(all[2].steps[0].verbs[0].text, "crash 2");
}

// ---- what is set from outside

TEST(Matrix, AKeyThatIsSetDoesNotVary) {
  const std::string only = "[[expect]]\nalways = '1 is leader'\nonly = { raft.no_op = true }\n";
  const auto on = read(two_by_two + only, {set("raft.no_op", "true")});
  EXPECT_EQ(names(on), (Texts{"a.toml[network.loss=0 %]", "a.toml[network.loss=5 %]"}));
  EXPECT_EQ(on[1].options.at("no-op"), "true");
  EXPECT_EQ(on[1].expects.size(), 1U);
  const auto off = read(two_by_two + only, {set("raft.no_op", "true"), set("raft.no_op", "false")});
  ASSERT_EQ(off.size(), 2U);
  EXPECT_EQ(off[1].options.at("no-op"), "false");
  EXPECT_EQ(off[1].expects.size(), 0U);
  EXPECT_EQ(read(two_by_two, {set("network.loss", "7 %")}).at(1).weather.network.loss, 70'000U);
}

TEST(Matrix, EachCombinationIsHadAgainByItsAxes) {
  const std::string text =
      "[matrix]\nraft.no_op = [true, false]\nraft.servers = [3, 5]\n"
      "network.loss = ['0 %', '5 %']\nmutant = ['none', 'vote-not-saved']\n"
      "[[expect]]\nalways = '1 is leader'\nonly = { servers = 3 }\n";
  for (const Scenario& scenario : read(text)) {
    std::vector<Setting> typed;
    for (const auto& [key, value] : scenario.axes) typed.push_back(set(key, value));
    const auto again = read(text, typed);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].options, scenario.options);
    EXPECT_EQ(again[0].weather.network.loss, scenario.weather.network.loss);
    EXPECT_EQ(again[0].mutant, scenario.mutant);
    EXPECT_EQ(expected(again[0]), expected(scenario));
    EXPECT_TRUE(again[0].axes.empty());
  }
}

TEST(Matrix, WhateverHasOneValueCanBeSet) {
  const Scenario scenario =
      read("servers = 3\nlogs = { 1 = '1' }\n[raft]\nno-op = true\n[disk]\nkind = 'buffered'\n",
           {set("duration", "3 s"), set("by_hand", "true"), set("raft.no_op", "false"),
            set("raft.servers", "7"), set("raft.logs", "1: 1 1"), set("disk.flush", "7 ms"),
            set("clients.rate", "5 /s"), set("network.kind", "ordered"),
            set("mutant", "vote-not-saved")})
          .at(0);
  EXPECT_EQ(scenario.duration, 3'000'000'000);
  EXPECT_TRUE(scenario.weather.by_hand);
  EXPECT_EQ(scenario.options.at("no-op"), "false");
  EXPECT_EQ(scenario.options.at("servers"), "7");
  EXPECT_EQ(scenario.options.at("logs"), "1: 1 1");
  EXPECT_EQ(scenario.option_places.at("logs").file, "--set raft.logs");
  EXPECT_EQ(scenario.weather.flush, (Span{7'000'000, 7'000'000}));
  EXPECT_EQ(scenario.load.rate, 5U);
  EXPECT_EQ(scenario.network, NetworkKind::ordered);
  EXPECT_EQ(scenario.mutant, "vote-not-saved");
  EXPECT_EQ(read("", {set("raft.heartbeat", "007")}).at(0).options.at("heartbeat"), "007");
  EXPECT_EQ(read("[raft]\nservers = 3", {set("servers", "5")}).at(0).options.at("servers"), "5");
}

TEST(Matrix, RefusesASettingOnTheCommandLine) {
  EXPECT_EQ(refusal("", {set("raft.hartbeat", "5 ms")}),
            "--set raft.hartbeat: there is no key 'raft.hartbeat'; did you mean raft.heartbeat?");
  EXPECT_EQ(refusal("", {set("network.loss", "5")}),
            "--set network.loss: loss 5; expected a percentage from 0 to 100, such as '0.5 %', in "
            "steps of 0.0001 %");
  EXPECT_EQ(refusal("", {set("duration", "0 s")}),
            "--set duration: duration '0 s'; expected more than nothing");
  EXPECT_EQ(refusal("network = 3", {set("network.loss", "5 %")}),
            "a.toml:3:11: network 3; expected a table, headed [network]");
  EXPECT_EQ(refusal("", {set("mutant", "vote-not-save")}),
            "--set mutant: unknown mutant 'vote-not-save'; did you mean vote-not-saved?");
}

// ---- what is refused

TEST(Matrix, RefusesAKeyThatCannotVary) {
  EXPECT_EQ(refusal("[matrix]\nraft.noop = [true]"),
            "a.toml:4:6: unknown key 'raft.noop' in [matrix]; did you mean raft.no_op?");
  EXPECT_EQ(refusal("[matrix]\ntitle = ['a']").substr(0, 73),
            "a.toml:4:1: unknown key 'title' in [matrix]; expected one of: duration, b");
  EXPECT_EQ(refusal("matrix = 3"), "a.toml:3:10: matrix 3; expected a table, headed [matrix]");
  EXPECT_EQ(refusal("[matrix]\nservers = [3]\nraft.servers = [5]"),
            "a.toml:5:6: raft.servers for the second time; expected it once");
  EXPECT_EQ(refusal("[matrix]\n'raft.no_op' = [true]\nraft.no_op = [true]"),
            "a.toml:5:6: raft.no_op for the second time; expected it once");
}

TEST(Matrix, RefusesValuesThatAreNone) {
  const std::string array = "; expected an array of the values to take in turn, one at least";
  EXPECT_EQ(refusal("[matrix]\nservers = []"), "a.toml:4:11: servers is an array" + array);
  EXPECT_EQ(refusal("[matrix]\nservers = 3"), "a.toml:4:11: servers 3" + array);
  EXPECT_EQ(refusal("[matrix]\nservers = [3, [5]]"),
            "a.toml:4:15: servers is an array; expected a text, a whole number, true or false");
  EXPECT_EQ(refusal("[matrix]\nservers = [3, 5, 3]"),
            "a.toml:4:18: servers '3' for the second time; expected it once");
}

TEST(Matrix, RefusesAValueWhereItStands) {
  EXPECT_EQ(refusal("[matrix]\nservers = [3,\n  256]"),
            "a.toml:5:3: servers 256; expected a whole number from 1 to 255");
  EXPECT_EQ(refusal("[matrix]\nnetwork.loss = ['5 %', 0]"),
            "a.toml:4:24: loss 0; expected a percentage from 0 to 100, such as '0.5 %', in steps "
            "of 0.0001 %");
}

std::string counting_to(std::size_t last) {
  std::string text;
  for (std::size_t i = 1; i <= last; ++i) text += "'" + std::to_string(i) + " ms', ";
  return "[" + text + "]";
}

TEST(Matrix, RefusesTooManyCombinations) {
  const std::string text =
      "[matrix]\nnetwork.latency = " + counting_to(100) + "\nraft.heartbeat = " + counting_to(100);
  EXPECT_EQ(read(text).size(), 10'000U);
  EXPECT_EQ(refusal(text + "\nraft.no_op = [true, false]"),
            "a.toml:6:6: raft.no_op makes 20000 combinations; expected at most 10000");
}

TEST(Matrix, RefusesAnOnlyThatIsNever) {
  const auto with = [](const std::string& only) {
    return refusal(two_by_two + "[[expect]]\nalways = '1 is leader'\nonly = " + only);
  };
  EXPECT_EQ(with("{ raft.noop = true }"),
            "a.toml:8:15: 'raft.noop' is no key of [matrix]; did you mean raft.no_op?");
  EXPECT_EQ(with("{ raft.no_op = 1 }"),
            "a.toml:8:23: '1' is no value of raft.no_op in [matrix]; expected one of: true, false");
  EXPECT_EQ(with("{ network.loss = '5%' }"),
            "a.toml:8:25: '5%' is no value of network.loss in [matrix]; did you mean 5 %?");
  EXPECT_EQ(with("{ network.loss = [] }"),
            "a.toml:8:25: loss is an array; expected a value of network.loss, or an array of them");
  EXPECT_EQ(with("{ network.loss = [1.5] }"),
            "a.toml:8:26: loss is a fraction; expected a text, a whole number, true or false");
  EXPECT_EQ(with("'raft.no_op'"),
            "a.toml:8:8: only 'raft.no_op'; expected what the matrix varies, such as { "
            "raft.pre_vote = false }");
  EXPECT_EQ(refusal("[[step]]\ndo = 'heal'\nonly = { raft.no_op = true }"),
            "a.toml:5:15: 'raft.no_op' is no key of [matrix]");
}

TEST(Matrix, IsNoSingleScenario) {
  try {
    read_scenario("a.toml", "model = 'raft'\nby_hand = true\n" + two_by_two, names_of);
    ADD_FAILURE() << "it was read";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "a.toml:1:1: its matrix makes 4 scenarios; expected one");
  }
}

}  // namespace
}  // namespace coracle::sim
