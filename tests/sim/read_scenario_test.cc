// A scenario file is read as the value that it means, or its first mistake is told in one line with
// its place.
#include "sim/read_scenario.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/sim/scenario_text.h"

namespace coracle::sim {
namespace {

constexpr Time ms = 1'000'000;
constexpr Time s = 1'000'000'000;

Scenario read(std::string_view text) { return read_scenario("a.toml", text, names_of); }

// Behind the two lines that every scenario needs.
const std::string head = "model = \"raft\"\nduration = \"30 s\"\n";
Scenario with(const std::string& text) { return read(head + text); }

std::string refusal(std::string_view text) {
  try {
    read(text);
    return "it was read";
  } catch (const InputError& error) {
    return error.what();
  }
}
std::string refused(const std::string& text) { return refusal(head + text); }

// ---- what is read

TEST(ReadScenario, TheClusterAndItsWorld) {
  const Scenario scenario = read(whole_scenario);
  EXPECT_EQ(scenario.file, "a.toml");
  EXPECT_EQ(scenario.title, "A partitioned leader");
  EXPECT_EQ(scenario.why, "It must not serve stale reads.");
  EXPECT_EQ(scenario.model, "raft");
  EXPECT_EQ(scenario.first_seed, 1U);
  EXPECT_EQ(scenario.last_seed, 200U);
  EXPECT_EQ(scenario.duration, 30 * s);
  EXPECT_FALSE(scenario.weather.by_hand);
  EXPECT_EQ(scenario.mutant, "vote-not-saved");
  const std::map<std::string, std::string> options = {{"servers", "5"},
                                                      {"election-timeout", "150..300 ms"},
                                                      {"heartbeat", "50 ms"},
                                                      {"no-op", "true"},
                                                      {"logs", "1: 1 1 4; 2: 1; 10: 2 2"}};
  EXPECT_EQ(scenario.options, options);
  EXPECT_EQ(scenario.option_places.at("servers").line, 5U);
  EXPECT_EQ(scenario.option_places.at("no-op").line, 13U);
  EXPECT_EQ(scenario.option_places.at("no-op").column, 9U);
  EXPECT_EQ(scenario.network, NetworkKind::ordered);
  EXPECT_EQ(scenario.disk, DiskKind::buffered);
  EXPECT_EQ(scenario.weather.flush, (Span{1 * ms, 20 * ms}));
  EXPECT_EQ(scenario.weather.network.latency.span, (Span{1 * ms, 5 * ms}));
  EXPECT_EQ(scenario.weather.network.loss, 10'000U);
  EXPECT_EQ(scenario.weather.network.duplicate, 5'000U);
  EXPECT_EQ(scenario.load.rate, 200U);
}

TEST(ReadScenario, ItsStepsInTheirOrder) {
  const std::vector<ScenarioStep> steps = read(whole_scenario).steps;
  ASSERT_EQ(steps.size(), 4U);

  EXPECT_EQ(steps[0].when->name, "a leader is elected");
  EXPECT_EQ(steps[0].when->place.line, 25U);
  EXPECT_EQ(steps[0].lasting, 3 * s);
  ASSERT_EQ(steps[0].verbs.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Partition>(steps[0].verbs[0].what));
  EXPECT_EQ(steps[0].verbs[0].text, "partition leader | others");
  EXPECT_EQ(steps[0].place.line, 24U);

  EXPECT_EQ(steps[1].at, 5 * s);
  ASSERT_EQ(steps[1].verbs.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<CrashThem>(steps[1].verbs[0].what));
  EXPECT_EQ(std::get<Ask>(steps[1].verbs[1].what).argument, "x");
  EXPECT_EQ(steps[1].verbs[1].place.file, "a.toml");
  EXPECT_EQ(steps[1].verbs[1].place.line, 31U);
  EXPECT_EQ(steps[1].verbs[1].place.column, 29U);

  EXPECT_EQ(steps[2].after, 10 * ms);
  EXPECT_EQ(std::get<Exactly>(steps[2].verbs[0].what).fields, "{term: 1}");

  EXPECT_TRUE(std::holds_alternative<Heal>(steps[3].verbs.at(0).what));
  EXPECT_FALSE(steps[3].at || steps[3].after || steps[3].when || steps[3].lasting);
}

TEST(ReadScenario, WhatIsExpected) {
  const std::vector<Expect> expects = read(whole_scenario).expects;
  ASSERT_EQ(expects.size(), 4U);
  EXPECT_EQ(expects[0].text, "always 2 is not leader");
  EXPECT_TRUE(std::get<Always>(expects[0].what).condition.negated);
  EXPECT_EQ(expects[0].place.line, 40U);
  EXPECT_EQ(expects[1].text, "eventually all logs are equal within 5 s of heal");
  EXPECT_EQ(std::get<Eventually>(expects[1].what).condition.name, "all logs are equal");
  EXPECT_EQ(std::get<Eventually>(expects[1].what).within, 5 * s);
  EXPECT_EQ(std::get<Eventually>(expects[1].what).of, "heal");
  EXPECT_EQ(expects[2].text, "fails at most one leader a term");
  EXPECT_EQ(std::get<Fails>(expects[2].what).property, "at most one leader a term");
  EXPECT_EQ(expects[3].text, "at most 12 AppendEntries to 2");
  EXPECT_EQ(std::get<Counted>(expects[3].what).relation, Counted::Relation::at_most);
  EXPECT_EQ(std::get<Counted>(expects[3].what).number, 12U);
}

TEST(ReadScenario, TheOtherExpectations) {
  const Scenario scenario = with(R"([[expect]]
sometimes = "a leader is elected"
[[expect]]
eventually = "1 is leader"
[[expect]]
eventually = "1 is leader"
within = "2 min"
[[expect]]
exactly = "1 RequestVote"
[[expect]]
at_least = "2 RequestVote"
[[expect]]
in_the_end = "2 is not leader"
)");
  ASSERT_EQ(scenario.expects.size(), 6U);
  EXPECT_TRUE(std::holds_alternative<Sometimes>(scenario.expects[0].what));
  EXPECT_EQ(std::get<Eventually>(scenario.expects[1].what).within, 0);  // by the end
  EXPECT_EQ(std::get<Eventually>(scenario.expects[1].what).of, "");
  EXPECT_EQ(std::get<Eventually>(scenario.expects[2].what).within, 120 * s);
  EXPECT_EQ(std::get<Counted>(scenario.expects[3].what).relation, Counted::Relation::exactly);
  EXPECT_EQ(std::get<Counted>(scenario.expects[4].what).relation, Counted::Relation::at_least);
  EXPECT_EQ(std::get<InTheEnd>(scenario.expects[5].what).condition.node, NodeId{2});
  EXPECT_EQ(scenario.expects[5].text, "in the end 2 is not leader");
}

TEST(ReadScenario, WhatIsLeftOutHasADefault) {
  const Scenario scenario = with("");
  EXPECT_EQ(scenario.first_seed, 1U);
  EXPECT_EQ(scenario.last_seed, 1U);
  EXPECT_EQ(scenario.mutant, "none");
  EXPECT_TRUE(scenario.options.empty());
  EXPECT_EQ(scenario.network, NetworkKind::unordered);
  EXPECT_EQ(scenario.weather.network.latency.span, (Span{1 * ms, 5 * ms}));
  EXPECT_EQ(scenario.weather.network.loss, 0U);
  EXPECT_TRUE(scenario.steps.empty());
  EXPECT_TRUE(scenario.expects.empty());
}

TEST(ReadScenario, ByHandItNeedsNoDuration) {
  const Scenario scenario = read("model = 'raft'\nby_hand = true\n");
  EXPECT_TRUE(scenario.weather.by_hand);
  EXPECT_EQ(scenario.duration, 0);
}

TEST(ReadScenario, OneSeedAndTheUnitedSpellings) {
  EXPECT_EQ(with("seed = 42").first_seed, 42U);
  EXPECT_EQ(with("seed = 42").last_seed, 42U);
  EXPECT_EQ(with("seed = 0").first_seed, 0U);
  EXPECT_EQ(with("seeds = '7..7'").last_seed, 7U);
  EXPECT_EQ(with("mutant = 'none'").mutant, "none");
  EXPECT_EQ(with("raft = { no-op = false, servers = 3 }").options.at("no-op"), "false");
  EXPECT_EQ(with("raft.servers = 3").options.at("servers"), "3");
  EXPECT_EQ(with("step = [{ do = 'heal' }]").steps.size(), 1U);
  EXPECT_EQ(with("network = { latency = '5 ms', kind = 'unordered' }").weather.network.latency.span,
            (Span{5 * ms, 5 * ms}));
  EXPECT_EQ(read("model = 'traffic-light'\nduration = '1 s'\n[traffic-light]\ncrossings = 2")
                .options.at("crossings"),
            "2");
}

// ---- what is refused

TEST(ReadScenario, RefusesWhatIsNotToml) {
  EXPECT_EQ(refused("title = \n"),
            "a.toml:3:9: not TOML; error while parsing key-value pair: expected value, saw '\\n'");
  EXPECT_EQ(refused("[raft\n").substr(0, 21), "a.toml:3:6: not TOML;");
  EXPECT_EQ(refused("title = 'a'\ntitle = 'b'\n").substr(0, 21), "a.toml:4:9: not TOML;");
}

TEST(ReadScenario, RefusesAnUnknownModel) {
  EXPECT_EQ(refusal(""), "a.toml:1:1: no model; expected its name, such as model = \"raft\"");
  EXPECT_EQ(refusal("duration = '1 s'\nmodle = 'raft'"),
            "a.toml:2:1: unknown key 'modle'; did you mean model?");
  EXPECT_EQ(refusal("\nmodel = 'rift'"),
            "a.toml:2:9: unknown model 'rift'; expected one of: raft, traffic-light");
  EXPECT_EQ(refusal("model = 1"), "a.toml:1:9: model 1; expected a model's name");
}

TEST(ReadScenario, RefusesAnUnknownKeyWhereverItIs) {
  EXPECT_EQ(refused("titel = 'x'"), "a.toml:3:1: unknown key 'titel'; did you mean title?");
  EXPECT_EQ(refused("colour = 'x'"),
            "a.toml:3:1: unknown key 'colour'; expected one of: by_hand, chaos, clients, clock, "
            "disk, duration, expect, extends, link, logs, matrix, model, mutant, network, "
            "properties, raft, seed, seeds, servers, step, title, why");
  EXPECT_EQ(refused("[traffic-light]\ncrossings = 1").substr(0, 43),
            "a.toml:3:2: unknown key 'traffic-light'; ex");
  EXPECT_EQ(refused("[raft]\nheart_beat = '1 s'"),
            "a.toml:4:1: unknown option 'heart_beat'; did you mean heartbeat?");
  EXPECT_EQ(refused("[raft]\nelection-timout = '1 s'"),
            "a.toml:4:1: unknown option 'election-timout'; did you mean election_timeout?");
  EXPECT_EQ(refused("[network]\nlatancy = '1 ms'"),
            "a.toml:4:1: unknown key 'latancy' in [network]; did you mean latency?");
  EXPECT_EQ(refused("[clients]\nseconds = 4"),
            "a.toml:4:1: unknown key 'seconds' in [clients]; expected one of: count, hot, keys, "
            "mix, rate, timeout");
  EXPECT_EQ(refused("[[step]]\ndo = 'heal'\nunless = '1 s'"),
            "a.toml:5:1: unknown key 'unless' in [[step]]; expected one of: after, at, do, every, "
            "for, only, when");
  EXPECT_EQ(refused("[[expect]]\nallways = '1 is leader'"),
            "a.toml:4:1: unknown key 'allways' in [[expect]]; did you mean always?");
  EXPECT_EQ(refusal("model = 'traffic-light'\nduration = '1 s'\nservers = 3"),
            "a.toml:3:1: unknown option 'servers'; expected one of: crossings");
  EXPECT_EQ(refusal("model = 'traffic-light'\nduration = '1 s'\nlogs = { 1 = '1' }"),
            "a.toml:3:1: unknown option 'logs'; expected one of: crossings");
}

TEST(ReadScenario, TellsTheFirstMistakeFirst) {
  EXPECT_EQ(refused("why = 1\na = 2\n"), "a.toml:3:7: why 1; expected a text");
  EXPECT_EQ(refused("zzz = 1\nwhy = 2\n").substr(0, 29), "a.toml:3:1: unknown key 'zzz'");
}

TEST(ReadScenario, RefusesAnotherType) {
  EXPECT_EQ(refused("title = true"), "a.toml:3:9: title true; expected a text");
  EXPECT_EQ(refused("title = ['a']"), "a.toml:3:9: title is an array; expected a text");
  EXPECT_EQ(refused("title = 2020-01-01"),
            "a.toml:3:9: title is a date or a time; expected a text");
  EXPECT_EQ(refused("why = {}"), "a.toml:3:7: why is a table; expected a text");
  EXPECT_EQ(refused("by_hand = 1"), "a.toml:3:11: by_hand 1; expected true or false");
  EXPECT_EQ(refused("by_hand = 'yes'"), "a.toml:3:11: by_hand 'yes'; expected true or false");
  EXPECT_EQ(refused("servers = '5'"),
            "a.toml:3:11: servers '5'; expected a whole number from 1 to 255");
  EXPECT_EQ(refused("network = 3"), "a.toml:3:11: network 3; expected a table, headed [network]");
  EXPECT_EQ(refused("clients = 3"), "a.toml:3:11: clients 3; expected a table, headed [clients]");
  EXPECT_EQ(refused("raft = 3"), "a.toml:3:8: raft 3; expected a table of the model's options");
  EXPECT_EQ(refused("raft = { no_op = 0.5 }"),
            "a.toml:3:18: no_op is a fraction; expected a text, a whole number, true or false");
  EXPECT_EQ(refused("[step]\ndo = 'heal'"),
            "a.toml:3:1: step is a table; expected tables, each headed [[step]]");
  EXPECT_EQ(refused("expect = 'x'"),
            "a.toml:3:10: expect 'x'; expected tables, each headed [[expect]]");
  EXPECT_EQ(refused("step = [1]"), "a.toml:3:9: step 1; expected a table");
  EXPECT_EQ(refused("[[step]]\ndo = 1"),
            "a.toml:4:6: do 1; expected a sentence or an array of them");
  EXPECT_EQ(refused("[[step]]\ndo = ['heal', 2]"),
            "a.toml:4:15: do 2; expected a sentence or an array of them");
}

TEST(ReadScenario, RefusesASeedOrSize) {
  EXPECT_EQ(refused("seed = -1"), "a.toml:3:8: seed -1; expected a whole number, such as 42");
  EXPECT_EQ(refused("seed = '42'"), "a.toml:3:8: seed '42'; expected a whole number, such as 42");
  const std::string expected = "; expected the first and the last, such as '1..200'";
  EXPECT_EQ(refused("seeds = 5"), "a.toml:3:9: seeds 5" + expected);
  EXPECT_EQ(refused("seeds = '5'"), "a.toml:3:9: seeds '5'" + expected);
  EXPECT_EQ(refused("seeds = '5..1'"), "a.toml:3:9: seeds '5..1'" + expected);
  EXPECT_EQ(refused("seeds = '1..x'"), "a.toml:3:9: seeds '1..x'" + expected);
  EXPECT_EQ(refused("seeds = '1..2'\nseed = 1"),
            "a.toml:4:1: seed beside seeds; expected one of the two");
  EXPECT_EQ(refused("servers = 0"),
            "a.toml:3:11: servers 0; expected a whole number from 1 to 255");
  EXPECT_EQ(refused("servers = 256"),
            "a.toml:3:11: servers 256; expected a whole number from 1 to 255");
  EXPECT_EQ(refused("servers = 3\n[raft]\nservers = 5"),
            "a.toml:5:1: servers for the second time; expected it once");
  EXPECT_EQ(refused("[raft]\nno_op = true\nno-op = true"),
            "a.toml:5:1: no-op for the second time; expected it once");
  EXPECT_EQ(refused("mutant = 'vote-not-save'"),
            "a.toml:3:10: unknown mutant 'vote-not-save'; did you mean vote-not-saved?");
}

TEST(ReadScenario, RefusesADiskThatIsNone) {
  EXPECT_EQ(with("").disk, DiskKind::synced);
  EXPECT_EQ(with("[disk]\nkind = \"synced\"").disk, DiskKind::synced);
  EXPECT_EQ(refused("[disk]\nkind = \"bufferd\""),
            "a.toml:4:8: unknown disk 'bufferd'; did you mean buffered?");
  EXPECT_EQ(refused("[disk]\nkind = \"buffered\"\nflush = \"5\""),
            "a.toml:5:9: flush '5'; expected a duration or a range of them with its unit, such "
            "as '5 ms' or '1..5 ms'");
  for (const char* kind : {"", "kind = \"synced\"\n"})
    EXPECT_NE(refused(std::string("[disk]\n") + kind + "flush = \"5 ms\"")
                  .find("flush of a synced disk, which writes at once; expected kind = "
                        "\"buffered\" with it"),
              std::string::npos);
  EXPECT_EQ(refusal("model = \"traffic-light\"\nby_hand = true\n[disk]\nkind = \"synced\""),
            "a.toml:3:2: a node of traffic-light has no disk; expected no [disk]");
}

TEST(ReadScenario, AsksForSomePropertiesOnly) {
  const std::vector<std::string> one = {"at most one leader a term"};
  EXPECT_EQ(with("properties = ['at most one leader a term']").properties, one);

  const std::string expected = "; expected an array of the names of properties, one at least";
  EXPECT_EQ(refused("properties = 'x'"), "a.toml:3:14: properties 'x'" + expected);
  EXPECT_EQ(refused("properties = []"), "a.toml:3:14: properties is an array" + expected);
  EXPECT_EQ(refused("properties = [1]"),
            "a.toml:3:15: properties 1; expected the name of a property");
  EXPECT_EQ(refused("properties = ['at most one leader']"),
            "a.toml:3:15: unknown property 'at most one leader'; did you mean at most one leader "
            "a term?");
}

TEST(ReadScenario, RefusesALogThatHasNoTerms) {
  EXPECT_EQ(refused("logs = '1 1'"),
            "a.toml:3:8: logs '1 1'; expected terms by server, such as {1 = \"1 1 4\", 2 = \"1 "
            "1\"}");
  EXPECT_EQ(refused("logs = { 0 = '1' }"),
            "a.toml:3:10: server '0'; expected its number, from 1 to 255");
  EXPECT_EQ(refused("logs = { 1 = '1 x' }"),
            "a.toml:3:14: 1 '1 x'; expected terms, such as '1 1 4'");
  EXPECT_EQ(refused("logs = { 1 = [1] }"),
            "a.toml:3:14: 1 is an array; expected terms, such as '1 1 4'");
  EXPECT_EQ(refused("logs = { 1 = '1', 01 = '1' }"),
            "a.toml:3:19: server 01 for the second time; expected it once");
}

TEST(ReadScenario, RefusesAQuantityWithoutItsUnit) {
  const std::string duration =
      "; expected a duration with its unit, such as '10 ms', '3 s', '2 min' or '1 h'";
  EXPECT_EQ(refusal("model = 'raft'"),
            "a.toml:1:1: no duration; expected such as duration = \"30 s\", or by_hand = true");
  EXPECT_EQ(refusal("model = 'raft'\nduration = 30"), "a.toml:2:12: duration 30" + duration);
  EXPECT_EQ(refusal("model = 'raft'\nduration = '30'"), "a.toml:2:12: duration '30'" + duration);
  EXPECT_EQ(refusal("model = 'raft'\nduration = 0.5"),
            "a.toml:2:12: duration is a fraction" + duration);
  EXPECT_EQ(refusal("model = 'raft'\nduration = '0 s'"),
            "a.toml:2:12: duration '0 s'; expected more than nothing");
  EXPECT_EQ(refused("network.latency = '5..1 ms'"),
            "a.toml:3:19: latency '5..1 ms'; expected a duration or a range, such as '1..5 ms', "
            "or one with an exponential rest, such as '1 ms + exponential 3 ms'");
  EXPECT_EQ(refused("network.loss = '101 %'"),
            "a.toml:3:16: loss '101 %'; expected a percentage from 0 to 100, such as '0.5 %', in "
            "steps of 0.0001 %");
  EXPECT_EQ(refused("network.duplicate = 1").substr(0, 45),
            "a.toml:3:21: duplicate 1; expected a percenta");
  EXPECT_EQ(refused("network.kind = 'orderly'"),
            "a.toml:3:16: unknown network 'orderly'; did you mean ordered?");
  EXPECT_EQ(refused("clients.rate = 200"),
            "a.toml:3:16: rate 200; expected a whole number a second up to 1000000000, such as "
            "'200 /s'");
  EXPECT_EQ(refused("[[step]]\nat = 5"), "a.toml:4:6: at 5" + duration);
  EXPECT_EQ(refused("[[step]]\nafter = '5'"), "a.toml:4:9: after '5'" + duration);
  EXPECT_EQ(refused("[[step]]\nfor = 'a while'"), "a.toml:4:7: for 'a while'" + duration);
  EXPECT_EQ(refused("[[step]]\nfor = '0 s'"), "a.toml:4:7: for '0 s'; expected more than nothing");
}

TEST(ReadScenario, RefusesAStepThatIsNone) {
  EXPECT_EQ(refused("[[step]]\nat = '1 s'"),
            "a.toml:3:1: a step without do; expected such as do = \"crash 1\"");
  EXPECT_EQ(refused("[[step]]\ndo = []"),
            "a.toml:4:6: nothing to do; expected a sentence or an array of them");
  EXPECT_EQ(refused("[[step]]\nat = '1 s'\nwhen = '1 is leader'\ndo = 'heal'"),
            "a.toml:5:1: when beside at; expected one of at, after and when");
  EXPECT_EQ(refused("[[step]]\nafter = '1 s'\ndo = 'heal'\nat = '1 s'"),
            "a.toml:6:1: at beside after; expected one of at, after and when");
  EXPECT_EQ(refused("[[step]]\ndo = ['crash 1', 'heal']\nfor = '1 s'"),
            "a.toml:5:1: for with 'heal'; expected it with what can be undone, such as partition "
            "or crash");
  EXPECT_EQ(refused("[[step]]\ndo = 'propose x'\nfor = '1 s'"),
            "a.toml:5:1: for with 'propose x'; expected it with what can be undone, such as "
            "partition or crash");
  EXPECT_EQ(with("[[step]]\ndo = ['crash 1', 'partition 2 -> 3']\nfor = '1 s'").steps.size(), 1U);
}

TEST(ReadScenario, RefusesASentenceAtItsPlace) {
  EXPECT_EQ(refused("[[step]]\ndo = 'crash laeder'"),
            "a.toml:4:6: unknown selector 'laeder'; did you mean leader?");
  EXPECT_EQ(refused("[[step]]\ndo = ['heal',\n  'hael']"),
            "a.toml:5:3: unknown verb 'hael'; did you mean heal?");
  EXPECT_EQ(refused("[[step]]\nwhen = 'a leader is electd'\ndo = 'heal'"),
            "a.toml:4:8: unknown condition 'a leader is electd'; did you mean a leader is "
            "elected?");
  EXPECT_EQ(refused("[[step]]\nwhen = 5\ndo = 'heal'"), "a.toml:4:8: when 5; expected a condition");
  EXPECT_EQ(refused("[[expect]]\nat_most = '12 Votes'"),
            "a.toml:4:11: unknown message 'Votes'; expected one of: RequestVote, AppendEntries");
}

TEST(ReadScenario, RefusesAnExpectationThatIsNone) {
  EXPECT_EQ(refused("[[expect]]"),
            "a.toml:3:1: nothing is expected; expected always, sometimes, eventually, in_the_end, "
            "fails, at_most, exactly or at_least");
  EXPECT_EQ(refused("[[expect]]\nwithin = '1 s'").substr(0, 31), "a.toml:3:1: nothing is expected");
  EXPECT_EQ(refused("[[expect]]\nalways = '1 is leader'\nsometimes = '2 is leader'"),
            "a.toml:5:1: sometimes beside always; expected an [[expect]] for each");
  EXPECT_EQ(refused("[[expect]]\nalways = '1 is leader'\nwithin = '1 s'"),
            "a.toml:5:1: within beside always; expected it beside eventually only");
  EXPECT_EQ(refused("[[expect]]\neventually = '1 is leader'\nwithin = 1"),
            "a.toml:5:10: within 1; expected a duration, such as '5 s' or '5 s of heal'");
  EXPECT_EQ(
      refused("[[expect]]\neventually = '1 is leader'\nwithin = '1 s of sleep'").substr(0, 35),
      "a.toml:5:10: unknown verb 'sleep'; ");
  EXPECT_EQ(refused("[[expect]]\nfails = 'at most one leader'"),
            "a.toml:4:9: unknown property 'at most one leader'; did you mean at most one leader a "
            "term?");
  EXPECT_EQ(refused("[[expect]]\nfails = 1"),
            "a.toml:4:9: fails 1; expected the name of a property");
  EXPECT_EQ(refused("[[expect]]\nexactly = 1"),
            "a.toml:4:11: exactly 1; expected a number of messages, such as '12 AppendEntries'");
}

TEST(ReadScenario, ShowsLineEndsInsteadOfBreakingItsLine) {
  EXPECT_EQ(refused("mutant = \"a\\n\\tb\\u007f\"").substr(0, 49),
            "a.toml:3:10: unknown mutant 'a\\n\\x09b\\x7f'; expec");
}

TEST(ReadScenario, RefusesTablesNestedWithoutEnd) {
  const auto nested = [](int times) {
    std::string key = "a";
    for (int i = 0; i < times; ++i) key += ".a";
    return key;
  };
  const std::string expected =
      "a.toml:1:1: too many dots between keys; expected [network], not a.b.c.d";
  const std::string deep = nested(100'000);
  EXPECT_EQ(refused(deep + " = 1"), expected);
  EXPECT_EQ(refused("[" + deep + "]"), expected);
  EXPECT_EQ(refused("why = 'x'  # y\n" + deep + " = 1"), expected);
  EXPECT_EQ(refused("why = \"\\\"\" \n" + deep + " = 1"), expected);
  EXPECT_EQ(refused("x = [\"\"\"a\"\"\"\", {" + deep + " = 1}]"), expected);
  EXPECT_EQ(refused("x = ['', {" + deep + " = 1}]"), expected);
  EXPECT_EQ(refused("x = '''it's''' \n" + deep + " = 1"), expected);
  EXPECT_EQ(refused("x = 'unfinished\n" + deep + " = 1"), expected);
  EXPECT_EQ(refused(nested(256) + " = 1").substr(0, 27), "a.toml:3:1: unknown key 'a'");
  EXPECT_EQ(refused(nested(257) + " = 1"), expected);
  EXPECT_EQ(refused("a = " + std::string(100'000, '[')).substr(0, 9), "a.toml:3:");
}

TEST(ReadScenario, CountsNoDotsInTextsAndRemarks) {
  const std::string dots(1000, '.');
  EXPECT_EQ(with("why = '" + dots + "'").why, dots);
  EXPECT_EQ(with("why = \"\\\"" + dots + "\"").why, "\"" + dots);
  EXPECT_EQ(with("why = \"\"\"\"\n" + dots + "\"\"\"\"\"").why, "\"\n" + dots + "\"\"");
  EXPECT_EQ(with("why = '''\n'" + dots + "'''").why, "'" + dots);
  EXPECT_EQ(with("why = 'x'  # '" + dots).why, "x");
}

}  // namespace
}  // namespace coracle::sim
