// A counterexample is a scenario of exact steps that ends in the same sentence, and a trace that
// can be replayed; also where a disk writes later.
#include "sim/write_scenario.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "checker/path.h"
#include "sim/read_scenario.h"
#include "sim/read_trace.h"
#include "sim/replay.h"
#include "sim/settle.h"
#include "sim/story.h"
#include "tests/checker/clusters.h"
#include "tests/model/ledger.h"

namespace coracle::sim {
namespace {

using Ledger = ledger::Protocol;
using V = Values<Ledger>;
using Path = std::vector<Action<V>>;
using ToBreak = bool (*)(const ledger::State&, const ledger::Seen&);

constexpr NodeId n1{1};

// One server, which may crash once.
Cluster<Ledger> cluster() {
  Cluster<Ledger> one;
  one.configs = {{.other = n1}};
  one.faults.crashes = 1;
  one.disk = DiskKind::buffered;
  one.observing = true;
  one.max_in_flight = 4;
  one.bounds.most_told = 3;
  return one;
}

PropertiesOf<Ledger> to_break(ToBreak holds) {
  return {.of_state = {},
          .of_pair = {{Expectation::always, "it never happens",
                       [](const Pair<ledger::State>&) { return true; }, holds}},
          .of_nodes = {},
          .of_step = {},
          .never_stuck = false};
}

Path shortest(const PropertiesOf<Ledger>& properties) {
  checker::Exploration<Ledger> explored(cluster(), properties);
  const auto& property = explored.property("it never happens");
  EXPECT_EQ(property.verdict, checker::Verdict::violated);
  checker::PathFinder<Ledger> paths(explored.space, explored.search);
  return paths.path_to_mark(Marks{1}, property.depth.value());
}

const TraceHeader header{.model = "ledger", .faults = {.crashes = 1}, .disk = DiskKind::buffered};
const Spoken<Ledger> words{
    .roles = {},
    .conditions = {},
    .requests = {{"raise", false,
                  [](const std::string&, const ledger::State&) {
                    return std::optional(ledger::Question{});
                  },
                  [](const ledger::Question&) { return std::optional<std::string>(""); }}},
    .asked = ""};

Names names_of_ledger(const std::string& /*model*/) {
  return {.model = "ledger",
          .options = {},
          .mutants = {},
          .roles = {},
          .conditions = {},
          .requests = {{"raise", false}},
          .messages = {"Number"},
          .timers = {"remind"},
          .properties = {},
          .has_disk = true};
}

std::string failure_of(const std::string& text, const PropertiesOf<Ledger>& properties) {
  const Judge<Ledger> judge(properties, {});
  const Scenario scenario = read_scenario("a.toml", text, names_of_ledger);
  auto here = cluster();
  settle_in(here, scenario, judge.remembers());
  Story<Ledger> story(scenario, here, judge, 1, words);
  return story.run().failure;
}

void expect_to_replay(const Path& path) {
  const TraceFile trace = read_trace("a.trace", trace_text<Ledger>(header, path));
  EXPECT_EQ(trace.header.disk, DiskKind::buffered);
  V values(cluster());
  auto world = values.initial_world();
  for (const auto& timed : actions_of<Ledger>(trace)) {
    EXPECT_FALSE(impossible<Ledger>(values, world, timed.action).has_value());
    step(values, world, timed.action);
  }
}

TEST(WriteScenario, ACrashThatKeepsAPartIsExact) {
  const auto properties = to_break([](const ledger::State& state, const ledger::Seen& seen) {
    return !(seen.most == 2 && state.number == 1);
  });
  const Path path = shortest(properties);
  const std::string text = scenario_text<Ledger>(header, words, path);
  EXPECT_EQ(text.substr(text.find("[disk]")),
            "[disk]\nkind = \"buffered\"\n\n[[step]]\ndo = [\n  \"raise at 1\",\n"
            "  \"raise at 1\",\n  \"crash 1 keeping 1\",\n  \"restart 1\",\n]\n");
  EXPECT_EQ(failure_of(text, properties), "Violated: it never happens.");
  expect_to_replay(path);
}

TEST(WriteScenario, AFlushIsExact) {
  const PropertiesOf<Ledger> properties{
      .of_state = {{Expectation::always, "it never happens",
                    [](const ledger::State& state) {
                      return !(state.number == 2 && state.confirmed == 1);
                    }}},
      .of_pair = {},
      .of_nodes = {},
      .of_step = {},
      .never_stuck = false};
  const Path path = shortest(properties);
  const std::string text = scenario_text<Ledger>(header, words, path);
  EXPECT_EQ(text.substr(text.find("[[step]]")),
            "[[step]]\ndo = [\n  \"raise at 1\",\n  \"raise at 1\",\n  \"flush 1\",\n]\n");
  EXPECT_EQ(failure_of(text, properties), "Violated: it never happens.");
  expect_to_replay(path);
}

// ---- what cannot be told

std::string by_hand(const std::string& steps) {
  return failure_of(
      "model = \"ledger\"\nby_hand = true\n[disk]\nkind = \"buffered\"\n[[step]]\n"
      "do = [" +
          steps + "]\n",
      to_break([](const ledger::State&, const ledger::Seen&) { return true; }));
}

TEST(WriteScenario, WhatADiskDoesNotHaveIsNotDone) {
  EXPECT_EQ(by_hand(R"("raise at 1", "flush 1", "crash 1", "restart 1")"), "");
  EXPECT_EQ(by_hand(R"("flush 1")"),
            "Could not be told: line 6, 'flush 1': nothing of it waits to be written.");
  EXPECT_EQ(by_hand(R"("crash 1", "flush 1")"),
            "Could not be told: line 6, 'flush 1': node 1 is down.");
  EXPECT_EQ(by_hand(R"("raise at 1", "crash 1 keeping 2")"),
            "Could not be told: line 6, 'crash 1 keeping 2': of 1 unflushed write 2 cannot be "
            "kept.");
}

}  // namespace
}  // namespace coracle::sim
