// The keys of a scenario as they are listed, and the readers: they know the same ones, read what is
// said to stand behind each, and nothing else.
#include "sim/scenario_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/read_scenario.h"

namespace coracle::sim {
namespace {

using Texts = std::vector<std::string>;

// A model of which all can be said.
Names names_of(const std::string& /*model*/) {
  return {.model = "all",
          .options = {"servers", "logs", "clients", "retry", "no-op"},
          .mutants = {"a-bug"},
          .roles = {"leader"},
          .conditions = {"a leader is elected"},
          .requests = {{"set", 2}},
          .loads = {"set"},
          .messages = {"Vote"},
          .timers = {"election"},
          .properties = {"one leader"},
          .has_disk = true};
}

std::string told(const std::string& text, const std::vector<Setting>& settings = {}) {
  const ReadFile no_mutant = [](const std::string&) { return std::string("mutant = 'none'"); };
  try {
    return read_scenarios("a.toml", text, names_of, no_mutant, settings).empty() ? "none" : "";
  } catch (const InputError& error) {
    return error.what();
  }
}

const std::string head = "model = 'all'\nduration = '10 s'\n";

std::string header(const ScenarioKey& table) {
  return table.shape == Shape::tables ? "[[" + std::string(table.key) + "]]\n"
                                      : "[" + std::string(table.key) + "]\n";
}

// As the reader lists them where none is near.
Texts known_to_the_reader(const std::string& before) {
  const std::string line = told(head + before + "nothing_of_all_this_at_all = 1");
  const std::string list = "; expected one of: ";
  Texts keys;
  const auto at = line.find(list);
  EXPECT_NE(at, std::string::npos) << line;
  if (at == std::string::npos) return keys;
  std::string rest = line.substr(at + list.size());
  for (std::size_t end = 0; end != std::string::npos;) {
    end = rest.find(", ");
    keys.push_back(rest.substr(0, end));
    if (end != std::string::npos) rest = rest.substr(end + 2);
  }
  return keys;
}

Texts listed(std::string_view table) {
  Texts keys;
  for (const ScenarioKey& key : scenario_keys)
    if (key.table == table) keys.emplace_back(key.key);
  std::ranges::sort(keys);
  return keys;
}

TEST(ScenarioKeys, AreThoseThatTheReadersKnow) {
  Texts top = known_to_the_reader("");
  std::erase(top, "all");  // the model's options
  EXPECT_EQ(top, listed(""));
  for (const ScenarioKey& table : scenario_keys) {
    if (table.shape != Shape::table && table.shape != Shape::tables) continue;
    EXPECT_EQ(known_to_the_reader(header(table)), listed(table.key)) << table.key;
  }
}

// In TOML.
std::string example(const ScenarioKey& key) {
  switch (key.shape) {
    case Shape::text:
      return "'x'";
    case Shape::path:
      return "'base.toml'";
    case Shape::truth:
      return "true";
    case Shape::servers:
      return "3";
    case Shape::whole:
      return std::to_string(key.most);
    case Shape::seed:
      return "42";
    case Shape::seeds:
      return "'1..3'";
    case Shape::nodes:
      return "'1 2'";
    case Shape::duration:
      return "'1.5 s'";
    case Shape::span:
      return "'1..5 ms'";
    case Shape::latency:
      return "'1 ms + exponential 3 ms'";
    case Shape::percentage:
      return "'0.5 %'";
    case Shape::sometime:
      return "'5 % by 1..2 ms'";
    case Shape::drift:
      return "'200 ppm'";
    case Shape::rate:
      return "'200 /s'";
    case Shape::frequency:
      return "'3 per min'";
    case Shape::bandwidth:
      return "'64 KiB/s'";
    case Shape::choice:
      return "'" + std::string(key.alternatives.substr(0, key.alternatives.find('|'))) + "'";
    case Shape::model:
      return "'all'";
    case Shape::mutant:
      return "'a-bug'";
    case Shape::property:
      return "'one leader'";
    case Shape::properties:
      return "['one leader']";
    case Shape::logs:
      return "{ 1 = '1 1' }";
    case Shape::sentences:
      return "['heal', 'crash 1']";
    case Shape::often:
      return "{ 'crash leader' = '1 per 5 s' }";
    case Shape::mix:
      return "{ set = 3 }";
    case Shape::condition:
      return "'1 is leader'";
    case Shape::counted:
      return "'3 Vote to 2'";
    case Shape::within:
      return "'5 s of heal'";
    case Shape::matrix:
      return "{ servers = [3, 5] }";
    case Shape::only:
      return "{ servers = 3 }";
    case Shape::table:
      return "{}";
    case Shape::tables:
      return "[]";
  }
  return "";
}

// What must stand beside a key for it to make sense.
std::string beside(const ScenarioKey& key) {
  std::string text;
  if (key.key != "model") text += "model = 'all'\n";
  if (key.key != "duration" || !key.table.empty()) text += "duration = '10 s'\n";
  if (key.shape == Shape::only) text += "matrix = { servers = [3, 5] }\n";
  for (const ScenarioKey& table : scenario_keys)
    if (table.table.empty() && !key.table.empty() && table.key == key.table) text += header(table);
  if (key.table == "disk" && key.key != "kind") text += "kind = 'buffered'\n";
  if (key.table == "step" && key.key != "do") text += "do = 'crash 1'\n";
  if (key.table == "expect" && key.shape == Shape::only) text += "always = '1 is leader'\n";
  if (key.key == "within") text += "eventually = '1 is leader'\n";
  return text;
}

TEST(ScenarioKeys, HaveTheShapeThatTheReadersRead) {
  for (const ScenarioKey& key : scenario_keys) {
    const std::string text = beside(key) + std::string(key.key) + " = ";
    EXPECT_EQ(told(text + example(key)), "") << text << example(key);
    EXPECT_NE(told(text + "1.5"), "") << text;
    if (key.shape != Shape::whole && key.shape != Shape::servers) continue;
    EXPECT_EQ(told(text + std::to_string(key.least)), "") << text;
    EXPECT_NE(told(text + std::to_string(key.least - 1)), "") << text;
    EXPECT_NE(told(text + std::to_string(key.most + 1)), "") << text;
  }
}

TEST(ScenarioKeys, OfAChoiceAreAllItsAlternatives) {
  for (const ScenarioKey& key : scenario_keys) {
    if (key.shape != Shape::choice) continue;
    const std::string line = told(beside(key) + std::string(key.key) + " = 'nothing_of_all_this'");
    std::string listed(key.alternatives);
    for (auto at = listed.find('|'); at != std::string::npos; at = listed.find('|'))
      listed.replace(at, 1, ", ");
    EXPECT_TRUE(line.ends_with("; expected one of: " + listed)) << line;
  }
}

TEST(ScenarioKeys, ThatHaveOneValueCanBeSetAndVaried) {
  std::size_t set = 0;
  for (const ScenarioKey& key : scenario_keys) {
    if (!is_settable(key)) continue;
    ++set;
    const std::string dot = key.table.empty() ? "" : ".";
    const std::string path = std::string(key.table) + dot + std::string(key.key);
    const std::string disk =
        key.key == "flush" || key.key == "stall" ? "disk.kind = 'buffered'\n" : "";
    const std::string value = example(key);
    const std::string typed = value.front() == '\'' ? value.substr(1, value.size() - 2) : value;
    const Place place{.file = "--set", .line = 0, .column = 0};
    EXPECT_EQ(told(head + disk, {typed_setting(path, typed, place)}), "") << path;
    EXPECT_EQ(told(head + disk + "[matrix]\n" + path + " = [" + value + "]"), "") << path;
    if (path == "clients.timeout") continue;  // what else it may be, the model judges
    EXPECT_NE(told(head + disk, {typed_setting(path, "what", place)}), "") << path;
  }
  EXPECT_GT(set, 30U);
}

}  // namespace
}  // namespace coracle::sim
