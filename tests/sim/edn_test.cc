// What a form of EDN says; and that no bytes at all make the reader do more than refuse.
#include "sim/edn.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/input.h"

namespace coracle::sim {
namespace {

std::string read(std::string_view text) {
  std::string all;
  EdnReader reader(text);
  while (const auto form = reader.next()) all += (all.empty() ? "" : " | ") + written(*form);
  return all;
}
Datum one(std::string_view text) { return EdnReader(text).next().value(); }

std::string refusal(std::string_view text) {
  EdnReader reader(text);
  try {
    while (reader.next_element()) continue;
  } catch (const InputError& error) {
    return std::to_string(reader.line()) + ": " + error.what();
  }
  return "none";
}

TEST(Edn, ReadsEachKindOfForm) {
  EXPECT_EQ(one("nil"), Datum{});
  EXPECT_EQ(one("true").what, Datum{.what = true}.what);
  EXPECT_EQ(one("-17"), Datum{.what = std::int64_t{-17}});
  EXPECT_EQ(one("+17"), Datum{.what = std::int64_t{17}});
  EXPECT_EQ(one("17N"), Datum{.what = std::int64_t{17}});
  EXPECT_EQ(one(":ok"), Datum{.what = Word{":ok"}});
  EXPECT_EQ(one("1.5"), Datum{.what = Word{"1.5"}});
  EXPECT_EQ(one("99999999999999999999"), Datum{.what = Word{"99999999999999999999"}});
  EXPECT_EQ(one(R"("a\"\\\n\tAé")"), Datum{.what = std::string("a\"\\\n\tA\xc3\xa9")});
  EXPECT_EQ(one("\\a"), Datum{.what = Word{"\\a"}});
  EXPECT_EQ(one("\\("), Datum{.what = Word{"\\("}});
}

TEST(Edn, ReadsWhatHoldsOthers) {
  EXPECT_EQ(read("[1 2]"), "[1 2]");
  EXPECT_EQ(read("(1, [2 \"x\"])"), "[1 [2 \"x\"]]");
  EXPECT_EQ(read("#{1}"), "[1]");
  EXPECT_EQ(read("{:process 0, :value nil}"), "{:process 0, :value nil}");
  EXPECT_EQ(read("{}[]()"), "{} | [] | []");
}

TEST(Edn, LeavesOutTagsCommentsAndWhatIsCommentedOut) {
  EXPECT_EQ(read("#jepsen.history.Op{:index 0} ; and so on\n 1"), "{:index 0} | 1");
  EXPECT_EQ(read("#_ 1 2 [3 #_ 4 5 #_ 6]"), "2 | [3 5]");
  EXPECT_EQ(read(" ,,\n;"), "");
}

TEST(Edn, ReadsTheElementsOfTheOneSequenceThatTheTextIs) {
  EdnReader reader("\n[{:a 1}\n [2] #_ 3\n 4]\n");
  EXPECT_EQ(written(*reader.next_element()), "{:a 1}");
  EXPECT_EQ(reader.line(), 2U);
  EXPECT_EQ(written(*reader.next_element()), "[2]");
  EXPECT_EQ(written(*reader.next_element()), "4");
  EXPECT_EQ(reader.line(), 4U);
  EXPECT_FALSE(reader.next_element());

  EdnReader bare("{:a 1} {:b [2]}");
  EXPECT_EQ(written(*bare.next_element()), "{:a 1}");
  EXPECT_EQ(written(*bare.next_element()), "{:b [2]}");
  EXPECT_FALSE(bare.next_element());
}

TEST(Edn, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(refusal("[1\n2"), "2: expected ']' at the end");
  EXPECT_EQ(refusal("[1] 2"), "1: expected nothing after the end of the history");
  EXPECT_EQ(refusal("1 [2\n 3"), "1: expected ']'");
  EXPECT_EQ(refusal("{:a}"), "1: a map has a key without a value");
  EXPECT_EQ(refusal("1\n)"), "2: ')' closes nothing");
  EXPECT_EQ(refusal("\"a"), "1: expected '\"' at the end of a text");
  EXPECT_EQ(refusal(R"("\x")"), "1: unknown escape \\x in a text");
  EXPECT_EQ(refusal(R"("\u12")"), "1: expected four hexadecimal digits after \\u");
  EXPECT_EQ(refusal("# 1"), "1: expected a tag after '#'");
  EXPECT_EQ(refusal("#tag"), "1: expected another form, not the end of the file");
  EXPECT_EQ(refusal("x " + std::string(1000, '[')), "1: forms are nested deeper than 64");
}

// ---- whatever the bytes are

std::size_t any_below(std::size_t end) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, end));
}

std::string any_text() {
  static const std::vector<std::string> words{
      "[",    "]",  "(",    ")",  "{",   "}", "\"", "\\", "#",   "#_", "#{",
      ";",    "\n", " ",    ":f", "nil", "1", "-",  "+",  "\\u", "é",  std::string(1, '\0'),
      "\xff", "N",  "#tag "};
  std::string text;
  for (std::size_t left = any_below(30); left > 0; --left) text += words[any_below(words.size())];
  return text;
}

RC_GTEST_PROP(Edn, ReadsOrRefusesWhateverTheBytesAre, ()) {
  for (int times = 0; times < 50; ++times) RC_ASSERT(!refusal(any_text()).empty());
}

RC_GTEST_PROP(Edn, RefusesOnOneLine, (const std::string& text)) {
  RC_ASSERT(std::ranges::none_of(refusal(text), [](char c) { return c >= 0 && c < ' '; }));
}

}  // namespace
}  // namespace coracle::sim
