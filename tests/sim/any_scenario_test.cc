// Whatever is written in a scenario file, it is read, or it is refused in one line; nothing else
// comes of it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <tuple>
#include <vector>

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
                                         " is "};

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

}  // namespace
}  // namespace coracle::sim
