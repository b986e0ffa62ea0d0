// The explorer's tables against those of the standard library, far beyond their first sizes.
#include "checker/tables.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "checker/interned.h"

namespace coracle::checker {
namespace {

using Row = std::vector<std::uint32_t>;

// The same numbers in every run.
class Numbers {
 public:
  std::uint64_t next() { return stirred(++count_); }
  std::uint32_t below(std::uint32_t most) { return static_cast<std::uint32_t>(next() % most); }

 private:
  std::uint64_t count_ = 0;
};

// ---- Chunked

TEST(Chunked, KeepsWhatIsPushedInOrder) {
  constexpr std::size_t count = 3 * Chunked<std::uint64_t>::per_chunk + 5;
  Chunked<std::uint64_t> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    numbers.push_back(stirred(i));
    ASSERT_EQ(numbers.size(), i + 1);
  }
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(numbers[i], stirred(i));
  numbers[7] = 7;
  EXPECT_EQ(numbers[7], 7U);
  EXPECT_EQ(numbers.bytes(), 4 * Chunked<std::uint64_t>::per_chunk * sizeof(std::uint64_t));
}

TEST(Chunked, KeepsRowsWholeAndWhereTheyAre) {
  Chunked<std::uint32_t> words;
  Numbers numbers;
  struct Kept {
    std::size_t begin;
    const std::uint32_t* place;
    Row row;
  };
  std::vector<Kept> kept;
  while (words.size() < 3 * Chunked<std::uint32_t>::per_chunk) {
    Row row(1 + numbers.below(300));
    for (auto& word : row) word = numbers.below(1'000);
    const std::size_t begin = words.append(row);
    EXPECT_EQ(words.size(), begin + row.size());
    kept.push_back({begin, words.row(begin, row.size()).data(), row});
  }
  for (const auto& [begin, place, row] : kept) {
    const auto found = words.row(begin, row.size());
    ASSERT_TRUE(std::ranges::equal(found, row));
    ASSERT_EQ(found.data(), place);
  }
}

TEST(Chunked, TakesARowOfAWholeChunkAndNoneLonger) {
  constexpr std::size_t whole = Chunked<std::uint32_t>::per_chunk;
  Chunked<std::uint32_t> words;
  words.push_back(1);
  EXPECT_EQ(words.append(Row(whole, 2)), whole);
  EXPECT_EQ(words.size(), 2 * whole);
  EXPECT_EQ(words.append(Row{}), 2 * whole);
  EXPECT_TRUE(words.row(2 * whole, 0).empty());
  EXPECT_EQ(words.append(Row{3}), 2 * whole);
  EXPECT_EQ(words[2 * whole], 3U);
  EXPECT_THROW(words.append(Row(whole + 1, 4)), BrokenPromise);
}

// ---- RowTable

RC_GTEST_PROP(RowTable, KnowsEachRowOnce, (const std::vector<Row>& rows)) {
  RowTable table;
  std::map<Row, std::uint32_t> known;
  for (const Row& row : rows) {
    const auto [id, is_new] = table.id_of(row);
    const auto [place, first] = known.emplace(row, id);
    RC_ASSERT(is_new == first);
    RC_ASSERT(id == place->second);
    RC_ASSERT(std::ranges::equal(table.row(id), row));
  }
  RC_ASSERT(table.size() == known.size());
}

TEST(RowTable, GrowsAndForgetsNothing) {
  RowTable table;
  Numbers numbers;
  std::map<Row, std::uint32_t> known;
  std::size_t again = 0;
  for (int i = 0; i < 100'000; ++i) {
    Row row(numbers.below(7));
    for (auto& word : row) word = numbers.below(12);
    const auto [id, is_new] = table.id_of(row);
    const auto [place, first] = known.emplace(row, id);
    ASSERT_EQ(is_new, first);
    ASSERT_EQ(id, place->second);
    again += is_new ? 0 : 1;
    if (is_new) table.note(id) = static_cast<std::uint32_t>(i + 1);
  }
  EXPECT_GT(known.size(), 20'000U);
  EXPECT_GT(again, 10'000U);
  EXPECT_EQ(table.size(), known.size());
  std::set<std::uint32_t> notes;
  const RowTable& as_const = table;
  for (const auto& [row, id] : known) {
    ASSERT_TRUE(std::ranges::equal(table.row(id), row));
    notes.insert(as_const.note(id));
  }
  EXPECT_EQ(notes.size(), known.size());
  EXPECT_FALSE(notes.contains(0));
}

// Rows that begin alike, or differ in their zeros only, are different rows.
TEST(RowTable, TellsSimilarRowsApart) {
  RowTable table;
  std::set<std::uint32_t> ids;
  const std::vector<Row> rows{{}, {0}, {0, 0}, {0, 0, 0}, {1}, {1, 0}, {0, 1}, {0xFFFFFFFF}};
  for (const Row& row : rows) {
    EXPECT_EQ(table.note(table.id_of(row).id), 0U);
    ids.insert(table.id_of(row).id);
  }
  EXPECT_EQ(ids.size(), rows.size());
  EXPECT_EQ(table.size(), rows.size());
}

// ---- SeenSet

RC_GTEST_PROP(SeenSet, SettlesEachKeyOnce, (const std::vector<std::vector<std::uint8_t>>& turns)) {
  SeenSet seen;
  std::set<std::uint64_t> known;
  for (const auto& turn : turns) {
    std::set<std::uint64_t> fresh;
    for (const std::uint64_t key : turn) {
      seen.note(key);
      if (!known.contains(key)) fresh.insert(key);
    }
    std::vector<std::uint64_t> settled;
    seen.settle([&](std::uint64_t key) { settled.push_back(key); });
    std::ranges::sort(settled);
    RC_ASSERT(std::ranges::equal(settled, fresh));
    known.merge(fresh);
  }
}

TEST(SeenSet, GrowsAndForgetsNothing) {
  SeenSet seen;
  Numbers numbers;
  std::set<std::uint64_t> known;
  const std::size_t empty = seen.bytes();
  bool was_due = false;
  for (int turn = 0; turn < 4; ++turn) {
    std::set<std::uint64_t> fresh;
    for (int i = 0; i < 70'000; ++i) {
      // As the explorer's keys: two small numbers, side by side.
      const std::uint64_t key = pair_key(numbers.below(1'000), numbers.below(300));
      seen.note(key);
      if (!known.contains(key)) fresh.insert(key);
    }
    was_due |= seen.is_due();
    std::vector<std::uint64_t> settled;
    seen.settle([&](std::uint64_t key) { settled.push_back(key); });
    EXPECT_FALSE(seen.is_due());
    std::ranges::sort(settled);
    ASSERT_TRUE(std::ranges::equal(settled, fresh));
    known.merge(fresh);
  }
  EXPECT_TRUE(was_due);
  EXPECT_GT(known.size(), 100'000U);
  EXPECT_GE(seen.bytes(), empty + known.size() * sizeof(std::uint64_t) / 2);
}

TEST(SeenSet, KnowsTheSmallestAndTheLargestKey) {
  SeenSet seen;
  const std::vector<std::uint64_t> keys{0, 1, 0xFFFFFFFF, 0xFFFFFFFEFFFFFFFF, 0xFFFFFFFFFFFFFFFE};
  std::size_t fresh = 0;
  for (int turn = 0; turn < 2; ++turn) {
    for (const std::uint64_t key : keys) seen.note(key);
    seen.settle([&](std::uint64_t /*key*/) { ++fresh; });
    EXPECT_EQ(fresh, keys.size());
  }
}

// ---- Interner

RC_GTEST_PROP(Interner, GivesEachValueOneNumber, (const std::vector<std::vector<int>>& values)) {
  Interner<std::vector<int>> interner;
  std::map<std::vector<int>, Id> known;
  for (const auto& value : values) {
    const Id expected = known.emplace(value, static_cast<Id>(known.size())).first->second;
    RC_ASSERT(interner.id_of(value) == expected);
    RC_ASSERT(interner[expected] == value);
    RC_ASSERT(interner.hash(expected) == content_hash(value));
  }
  RC_ASSERT(interner.size() == known.size());
}

}  // namespace
}  // namespace coracle::checker
