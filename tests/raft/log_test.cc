// The log on its own: Figure 2's rules for appends, one by one and then all small cases at once.
#include "model/raft/log.h"

#include <gtest/gtest.h>

#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

TEST(Log, StartsEmpty) {
  const Log log;
  EXPECT_EQ(log.last(), EntryId{});
  EXPECT_EQ(log.term_at({0}), Term{0});
  EXPECT_EQ(log.term_at({1}), std::nullopt);
  EXPECT_TRUE(log.from({1}).empty());
}

TEST(Log, CountsItsEntriesFromOne) {
  Log log;
  EXPECT_EQ(log.append({{1}, "a"}), (EntryId{.term = {1}, .index = {1}}));
  EXPECT_EQ(log.append({{2}, "b"}), (EntryId{.term = {2}, .index = {2}}));
  EXPECT_EQ(log.at({1}), (Entry{{1}, "a"}));
  EXPECT_EQ(log.term_at({2}), Term{2});
  EXPECT_EQ(log.from({2}).size(), 1U);
  EXPECT_EQ(log.from({7}).size(), 0U);
  EXPECT_EQ(log.up_to({1}).front(), (Entry{{1}, "a"}));
  EXPECT_EQ(log.up_to({7}).size(), 2U);
}

TEST(Log, NeverHasAGap) {
  Log log = log_of({1});
  EXPECT_FALSE(log.accept({.term = {1}, .index = {2}}, entries({1}, 3)));
  EXPECT_EQ(log, log_of({1}));
  EXPECT_THROW(log.rewrite({3}, entries({1}, 3)), BrokenPromise);
}

TEST(Log, MustMatchThePrecedingTerm) {
  Log log = log_of({1, 1});
  EXPECT_FALSE(log.accept({.term = {2}, .index = {2}}, entries({2}, 3)));
  EXPECT_EQ(log, log_of({1, 1}));
  EXPECT_TRUE(log.accept({.term = {1}, .index = {2}}, entries({2}, 3)));
  EXPECT_EQ(log, log_of({1, 1, 2}));
}

TEST(Log, AcceptsTheSameAppendAgain) {
  Log log = log_of({1});
  const EntryId previous{.term = {1}, .index = {1}};
  EXPECT_TRUE(log.accept(previous, entries({2, 2}, 2)));
  EXPECT_TRUE(log.accept(previous, entries({2, 2}, 2)));
  EXPECT_EQ(log, log_of({1, 2, 2}));
}

TEST(Log, DeletesAConflictAndAllThatFollowsIt) {
  Log log = log_of({1, 1, 1, 3});
  EXPECT_TRUE(log.accept({.term = {1}, .index = {2}}, entries({2}, 3)));
  EXPECT_EQ(log, log_of({1, 1, 2}));
}

TEST(Log, KeepsWhatADelayedAppendDoesNotReach) {
  Log log = log_of({1, 1, 2});
  EXPECT_TRUE(log.accept({}, entries({1})));
  EXPECT_TRUE(log.accept({.term = {1}, .index = {1}}, {}));
  EXPECT_EQ(log, log_of({1, 1, 2}));
}

TEST(Log, AnEmptyAppendProbes) {
  Log log = log_of({1, 2});
  EXPECT_TRUE(log.accept({.term = {2}, .index = {2}}, {}));
  EXPECT_FALSE(log.accept({.term = {1}, .index = {2}}, {}));
  EXPECT_FALSE(log.accept({.term = {1}, .index = {0}}, {}));
}

// Figure 7: the leader of term 8 sends its first entry, after (term 6, index 10).
TEST(Log, AnswersAsInFigure7) {
  const auto answers = [](Log log) {
    const bool accepted = log.accept({.term = {6}, .index = {10}}, entries({8}, 11));
    if (accepted) {
      EXPECT_EQ(log, log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8}));
    }
    return accepted;
  };
  EXPECT_FALSE(answers(log_of({1, 1, 1, 4, 4, 5, 5, 6, 6})));          // (a)
  EXPECT_FALSE(answers(log_of({1, 1, 1, 4})));                         // (b)
  EXPECT_TRUE(answers(log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6})));     // (c)
  EXPECT_TRUE(answers(log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7})));  // (d)
  EXPECT_FALSE(answers(log_of({1, 1, 1, 4, 4, 4, 4})));                // (e)
  EXPECT_FALSE(answers(log_of({1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3})));    // (f)
}

// --- Every small log and every small append, against rules written another way.

using Terms = std::vector<std::uint64_t>;

std::vector<Terms> all_terms(std::size_t length_max, std::uint64_t term_max) {
  std::vector<Terms> all{{}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].size() == length_max) continue;
    for (std::uint64_t term = 1; term <= term_max; ++term) {
      Terms longer = all[i];
      longer.push_back(term);
      all.push_back(longer);
    }
  }
  return all;
}

std::vector<Entry> entries_of(const Terms& terms, std::uint64_t first = 1) {
  std::vector<Entry> all;
  for (const std::uint64_t term : terms)
    all.push_back({{term}, std::to_string(term) + "@" + std::to_string(first + all.size())});
  return all;
}

// The log that an append leaves; nothing where it is refused.
std::optional<Terms> naive(const Terms& log, std::uint64_t index, std::uint64_t term,
                           const Terms& added) {
  if (index > log.size()) return {};
  if ((index == 0 ? 0 : log[index - 1]) != term) return {};
  bool contained = index + added.size() <= log.size();
  for (std::size_t i = 0; contained && i < added.size(); ++i)
    contained = log[index + i] == added[i];
  if (contained) return log;
  Terms result(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(index));
  result.insert(result.end(), added.begin(), added.end());
  return result;
}

void expect_as_naive(const Terms& terms, std::uint64_t index, std::uint64_t term,
                     const Terms& added) {
  const EntryId previous{.term = {term}, .index = {index}};
  const auto append = entries_of(added, index + 1);
  const auto expected = naive(terms, index, term, added);
  const Log before(entries_of(terms));
  Log log = before;
  ASSERT_EQ(log.accept(previous, append), expected.has_value());
  ASSERT_EQ(log, Log(entries_of(expected.value_or(terms))));
  if (!expected) return;
  ASSERT_TRUE(log.accept(previous, append) && log.missing(previous, append).empty());
  // What was missing, and only that, had to be written; nothing only where nothing changed.
  const auto missing = before.missing(previous, append);
  ASSERT_EQ(missing.empty(), log == before);
  if (missing.empty()) return;
  Log replayed = before;
  replayed.rewrite({index + append.size() - missing.size() + 1}, missing);
  ASSERT_EQ(replayed, log);
}

TEST(Log, AcceptsAsFigure2SaysInEverySmallCase) {
  const auto all = all_terms(3, 3);
  ASSERT_EQ(all.size(), 40U);
  for (const Terms& log : all)
    for (std::uint64_t index = 0; index <= 4; ++index)
      for (std::uint64_t term = 0; term <= 3; ++term)
        for (const Terms& added : all) expect_as_naive(log, index, term, added);
}

}  // namespace
}  // namespace coracle::raft
