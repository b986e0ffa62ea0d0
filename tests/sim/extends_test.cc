// What a scenario has from another: which of the two says a key, in which order steps come, and
// where a mistake is.
#include "sim/extends.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "sim/read_scenario.h"
#include "tests/sim/scenario_text.h"

namespace coracle::sim {
namespace {

using Files = std::map<std::string, std::string>;

ReadFile from(Files files) {
  return [files = std::move(files)](const std::string& path) -> std::string {
    const auto file = files.find(path);
    if (file == files.end()) throw InputError("cannot read " + path);
    return file->second;
  };
}

// The file a.toml among others.
Scenario read(const Files& files) {
  return read_scenarios("a.toml", files.at("a.toml"), names_of, from(files)).at(0);
}

std::string refusal(const Files& files) {
  try {
    read(files);
    return "it was read";
  } catch (const InputError& error) {
    return error.what();
  }
}

const std::string base = R"(title = "the base"
model = "raft"
duration = "30 s"
seeds = "1..20"
servers = 5

[raft]
heartbeat = "50 ms"
no_op = true

[network]
loss = "1 %"

[[step]]
do = "crash 1"

[[expect]]
always = "1 is not leader"
)";

// ---- what is read

TEST(Extends, WhatIsSaidAgainIsReplacedAndTheRestHolds) {
  const Scenario scenario = read({{"base.toml", base}, {"a.toml", R"(extends = "base.toml"
title = "more"
[raft]
no_op = false
election_timeout = "1..2 s"
)"}});
  EXPECT_EQ(scenario.file, "a.toml");
  EXPECT_EQ(scenario.title, "more");
  EXPECT_EQ(scenario.last_seed, 20U);
  EXPECT_EQ(scenario.weather.network.loss, 10'000U);
  const std::map<std::string, std::string> options = {
      {"servers", "5"}, {"heartbeat", "50 ms"}, {"no-op", "false"}, {"election-timeout", "1..2 s"}};
  EXPECT_EQ(scenario.options, options);
  EXPECT_EQ(scenario.option_places.at("heartbeat").file, "base.toml");
  EXPECT_EQ(scenario.option_places.at("heartbeat").line, 8U);
  EXPECT_EQ(scenario.option_places.at("no-op").file, "a.toml");
  EXPECT_EQ(scenario.option_places.at("no-op").line, 4U);
}

TEST(Extends, StepsAndExpectationsComeBehindThoseOfTheBase) {
  const Scenario scenario = read({{"base.toml", base}, {"a.toml", R"(
title = "more"
extends = "base.toml"
[[step]]
do = "crash 2"
[[expect]]
sometimes = "2 is leader"
[[step]]
do = ["crash 3", "crash 4"]
)"}});
  ASSERT_EQ(scenario.steps.size(), 3U);
  EXPECT_EQ(scenario.steps[0].verbs.at(0).text, "crash 1");
  EXPECT_EQ(scenario.steps[0].place.file, "base.toml");
  EXPECT_EQ(scenario.steps[1].verbs.at(0).text, "crash 2");
  EXPECT_EQ(scenario.steps[1].place.file, "a.toml");
  EXPECT_EQ(scenario.steps[2].verbs.size(), 2U);
  ASSERT_EQ(scenario.expects.size(), 2U);
  EXPECT_EQ(scenario.expects[0].text, "always 1 is not leader");
  EXPECT_EQ(scenario.expects[1].text, "sometimes 2 is leader");
}

// Other arrays are one value each.
TEST(Extends, OtherArraysAreReplaced) {
  const std::string all = "properties = ['at most one leader a term']\n";
  EXPECT_EQ(read({{"base.toml", all + base}, {"a.toml", "extends = 'base.toml'\n" + all}})
                .properties.size(),
            1U);
}

TEST(Extends, TablesAreMergedHoweverDeepTheyAre) {
  const Scenario scenario =
      read({{"base.toml", "logs = { 1 = '1', 2 = '1 1' }\n" + base},
            {"a.toml", "extends = 'base.toml'\nlogs = { 2 = '1 2', 3 = '3' }\n"}});
  EXPECT_EQ(scenario.options.at("logs"), "1: 1; 2: 1 2; 3: 3");
}

TEST(Extends, ASeedStandsInThePlaceOfSeedsAndTheOtherWayRound) {
  const Scenario one = read({{"base.toml", base}, {"a.toml", "extends = 'base.toml'\nseed = 7"}});
  EXPECT_EQ(one.first_seed, 7U);
  EXPECT_EQ(one.last_seed, 7U);
  const Scenario many = read({{"base.toml", base},
                              {"one.toml", "extends = 'base.toml'\nseed = 7"},
                              {"a.toml", "seeds = '2..3'\nextends = 'one.toml'"}});
  EXPECT_EQ(many.first_seed, 2U);
  EXPECT_EQ(many.last_seed, 3U);
}

// A path is seen from the folder of the file that says it.
TEST(Extends, ABaseMayExtendAnother) {
  const Files files = {{"common/base.toml", base},
                       {"common/raft/two.toml", "extends = '../base.toml'\nservers = 3"},
                       {"a.toml", "extends = './common/raft/two.toml'\ntitle = 'three'"}};
  const Scenario scenario = read(files);
  EXPECT_EQ(scenario.title, "three");
  EXPECT_EQ(scenario.options.at("servers"), "3");
  EXPECT_EQ(scenario.steps.at(0).place.file, "common/base.toml");

  const Scenario below =
      read_scenarios("x/y/b.toml", "extends = '../z.toml'", names_of, from({{"x/z.toml", base}}))
          .at(0);
  EXPECT_EQ(below.title, "the base");
}

// ---- what is refused

TEST(Extends, RefusesABaseThatCannotBeRead) {
  EXPECT_EQ(refusal({{"a.toml", "\nextends = 'bse.toml'"}}),
            "a.toml:2:11: extends 'bse.toml': cannot read bse.toml");
  EXPECT_EQ(refusal({{"a.toml", "extends = 5"}}),
            "a.toml:1:11: extends 5; expected the path of another scenario, such as 'base.toml'");
  EXPECT_EQ(refusal({{"a.toml", "extends = ''"}}),
            "a.toml:1:11: extends ''; expected the path of another scenario, such as 'base.toml'");
  EXPECT_EQ(refusal({{"base.toml", "model = "}, {"a.toml", "extends = 'base.toml'"}}),
            "a.toml:1:11: extends 'base.toml': base.toml:1:9: not TOML; error while parsing "
            "key-value pair: encountered end-of-file");
  EXPECT_EQ(refusal({{"b/c.toml", "extends = 'd.toml'"}, {"a.toml", "extends = 'b/c.toml'"}}),
            "a.toml:1:11: extends 'b/c.toml': b/c.toml:1:11: extends 'd.toml': cannot read "
            "b/d.toml");
}

TEST(Extends, RefusesACircle) {
  EXPECT_EQ(refusal({{"a.toml", "extends = 'a.toml'"}}),
            "a.toml:1:11: extends 'a.toml', which extends this file; expected no circle");
  EXPECT_EQ(refusal({{"b.toml", "extends = 'x/../a.toml'"}, {"a.toml", "extends = 'b.toml'"}}),
            "a.toml:1:11: extends 'b.toml': b.toml:1:11: extends 'x/../a.toml', which extends this "
            "file; expected no circle");
}

// In a folder that holds a link to itself, every file has names without end.
TEST(Extends, RefusesACircleThroughALinkToItsFolder) {
  const ReadFile any = [](const std::string&) { return "extends = 'here/a.toml'"; };
  try {
    read_scenarios("a.toml", any("a.toml"), names_of, any);
    ADD_FAILURE() << "it was read";
  } catch (const InputError& error) {
    const std::string line = error.what();
    EXPECT_TRUE(line.ends_with("expected at most 32 files that extend one another")) << line;
  }
}

TEST(Extends, TellsAMistakeWhereItWasWritten) {
  EXPECT_EQ(refusal({{"base.toml", base + "[disk]\nkind = 'bufferd'"},
                     {"a.toml", "extends = 'base.toml'\ntitle = 'x'"}}),
            "base.toml:20:8: unknown disk 'bufferd'; did you mean buffered?");
  EXPECT_EQ(refusal({{"base.toml", base}, {"a.toml", "extends = 'base.toml'\n\nduration = 3"}}),
            "a.toml:3:12: duration 3; expected a duration with its unit, such as '10 ms', '3 s', "
            "'2 min' or '1 h'");
  EXPECT_EQ(refusal({{"base.toml", "title = 'x'"}, {"a.toml", "extends = 'base.toml'"}}),
            "a.toml:1:1: no model; expected its name, such as model = \"raft\"");
  EXPECT_EQ(refusal({{"base.toml", base}, {"a.toml", "extends = 'base.toml'\nnetwork = 3"}}),
            "a.toml:2:11: network 3; expected a table, headed [network]");
  EXPECT_EQ(refusal({{"base.toml", base}, {"a.toml", "extends = 'base.toml'\nexpect = 'x'"}}),
            "a.toml:2:10: expect 'x'; expected tables, each headed [[expect]]");
}

TEST(Extends, ATextByItselfHasNothingToExtend) {
  try {
    read_scenario("a.toml", "extends = 'base.toml'", names_of);
    ADD_FAILURE() << "it was read";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "a.toml:1:11: extends 'base.toml': no file base.toml beside a single text");
  }
}

}  // namespace
}  // namespace coracle::sim
