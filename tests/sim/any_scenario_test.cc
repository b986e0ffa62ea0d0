// Whatever is written in a scenario file, it is read, or it is refused in one line; nothing else
// comes of it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sim/matrix.h"
#include "sim/read_scenario.h"
#include "tests/sim/scenario_text.h"

namespace coracle::sim {
namespace {

struct Edit {
  std::uint32_t at = 0;
  std::uint8_t kind = 0;
  std::uint8_t what = 0;
};

// Words that mean something somewhere.
const std::vector<std::string> pieces = {"\n[[step]]\n",
                                         "\ndo = \"",
                                         "\"",
                                         "\n[raft]\n",
                                         "->",
                                         "|",
                                         " others",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         "..",
                                         " = ",
                                         "old ",
                                         "\n",
                                         "ms",
                                         "0",
                                         "1",
                                         ",",
                                         "at",
                                         "within",
                                         "'''",
                                         R"(""")",
                                         "\\u000a",
                                         "\xff",
                                         "\r",
                                         "true",
                                         ".",
                                         "=",
                                         " is ",
                                         "extends = 'base.toml'\n",
                                         "extends = 'a.toml'\n",
                                         "\n[matrix]\n",
                                         "servers = [3, 5]\n",
                                         "\nonly = { servers = 3 }\n"};

std::string edited(std::string text, const std::vector<Edit>& edits) {
  for (const Edit& edit : edits) {
    const std::size_t at = text.empty() ? 0 : edit.at % text.size();
    if (edit.kind % 4 == 0)
      text.insert(at, pieces[edit.what % pieces.size()]);
    else if (edit.kind % 4 == 1)
      text.erase(at, edit.what % 16U);
    else if (edit.kind % 4 == 2 && !text.empty())
      text[at] = static_cast<char>(edit.what);
    else
      text.insert(at, text.substr(edit.what * text.size() / 256, edit.at % 64));
  }
  return text;
}

rc::Gen<Edit> an_edit() {
  return rc::gen::map(rc::gen::arbitrary<std::tuple<std::uint32_t, std::uint8_t, std::uint8_t>>(),
                      [](const auto& tuple) {
                        const auto [at, kind, what] = tuple;
                        return Edit{at, kind, what};
                      });
}

void expect_read_or_refused_in_one_line(const std::string& text) {
  try {
    read_scenario("a.toml", text, names_of);
  } catch (const InputError& error) {
    const std::string line = error.what();
    RC_ASSERT(line.starts_with("a.toml:"));
    RC_ASSERT(line.find_first_of("\n\r") == std::string::npos);
  }
}

RC_GTEST_PROP(AnyScenario, IsReadOrRefusedInOneLine, ()) {
  const auto edits = *rc::gen::container<std::vector<Edit>>(an_edit());
  const std::string text = edited(whole_scenario, edits);
  for (const Edit& edit : edits) expect_read_or_refused_in_one_line(edited(whole_scenario, {edit}));
  expect_read_or_refused_in_one_line(text);
}

RC_GTEST_PROP(AnyScenario, OfAnySentenceIsReadOrRefusedInOneLine, ()) {
  const auto edits = *rc::gen::container<std::vector<Edit>>(an_edit());
  const std::string sentence = *rc::gen::elementOf(std::vector<std::string>{
      "partition leader, 1 | others", "partition 1 -> a minority", "expire election old leader",
      "deliver RequestVote 2 -> 1 {term: 1}", "propose x at one follower"});
  expect_read_or_refused_in_one_line("model = 'raft'\nby_hand = true\n[[step]]\ndo = '" +
                                     edited(sentence, edits) + "'");
}

const std::string several = R"(extends = "base.toml"
title = "two servers less"
[matrix]
servers = [3, 5]
raft.no_op = [true, false]
"network.loss" = ["0 %", "5 %"]
mutant = ["none", "vote-not-saved"]
[[step]]
do = "crash 2"
only = { servers = 5, raft.no_op = [true] }
[[expect]]
in_the_end = "2 is leader"
only.servers = 3
)";

const std::vector<std::string> settable = settable_keys(names_of("raft"));

struct Typed {
  std::uint8_t key = 0;
  std::string value;
};

std::vector<Setting> settings_of(const std::vector<Typed>& typed) {
  std::vector<Setting> settings;
  for (const Typed& one : typed)
    settings.push_back(typed_setting(settable[one.key % settable.size()], one.value,
                                     {.file = "--set", .line = 0, .column = 0}));
  return settings;
}

rc::Gen<Typed> a_setting() {
  const auto value = rc::gen::oneOf(
      rc::gen::string<std::string>(),
      rc::gen::map(rc::gen::arbitrary<int>(), [](int number) { return std::to_string(number); }),
      rc::gen::elementOf(std::vector<std::string>{"true", "5 %", "1..2 ms", "none", "buffered"}));
  return rc::gen::map(rc::gen::pair(rc::gen::arbitrary<std::uint8_t>(), value),
                      [](const auto& pair) {
                        return Typed{pair.first, pair.second};
                      });
}

// What is read, is as many scenarios as there are names; and each is had again by what its name
// says.
void expect_each_is_had_again(const std::vector<Scenario>& scenarios, const std::string& text,
                              const ReadFile& read_file, const std::vector<Setting>& settings) {
  RC_ASSERT(!scenarios.empty());
  std::set<std::string> names;
  for (const Scenario& scenario : scenarios) {
    RC_ASSERT(names.insert(name_of(scenario)).second);
    if (names.size() > 2) continue;
    std::vector<Setting> all = settings;
    for (const auto& [key, value] : scenario.axes)
      all.push_back(typed_setting(key, value, {.file = "--set", .line = 0, .column = 0}));
    const auto again = read_scenarios("a.toml", text, names_of, read_file, all);
    RC_ASSERT(again.size() == 1U);
    RC_ASSERT(again[0].options == scenario.options);
    RC_ASSERT(again[0].mutant == scenario.mutant);
    RC_ASSERT(again[0].duration == scenario.duration);
    RC_ASSERT(again[0].steps.size() == scenario.steps.size());
    RC_ASSERT(again[0].expects.size() == scenario.expects.size());
  }
}

void expect_read_or_refused_in_one_line(const std::string& text, const std::string& base,
                                        const std::vector<Setting>& settings) {
  const ReadFile read_file = [&](const std::string& path) -> std::string {
    if (path == "base.toml") return base;
    if (path == "a.toml") return text;
    throw InputError("cannot read " + path);
  };
  std::vector<Scenario> scenarios;
  try {
    scenarios = read_scenarios("a.toml", text, names_of, read_file, settings);
  } catch (const InputError& error) {
    const std::string line = error.what();
    RC_ASSERT(line.starts_with("a.toml:") || line.starts_with("base.toml:") ||
              line.starts_with("--set: "));
    RC_ASSERT(line.find_first_of("\n\r") == std::string::npos);
    return;
  }
  expect_each_is_had_again(scenarios, text, read_file, settings);
}

RC_GTEST_PROP(AnyScenario, WithABaseAndAMatrixIsReadOrRefusedInOneLine, ()) {
  const auto edits = *rc::gen::container<std::vector<Edit>>(an_edit());
  const auto settings = settings_of(*rc::gen::container<std::vector<Typed>>(a_setting()));
  for (const Edit& edit : edits) {
    expect_read_or_refused_in_one_line(edited(several, {edit}), whole_scenario, {});
    expect_read_or_refused_in_one_line(several, edited(whole_scenario, {edit}), {});
  }
  for (const Setting& setting : settings)
    expect_read_or_refused_in_one_line(several, whole_scenario, {setting});
  expect_read_or_refused_in_one_line(edited(several, edits), edited(whole_scenario, edits),
                                     settings);
}

}  // namespace
}  // namespace coracle::sim
