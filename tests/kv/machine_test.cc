// What each operation does to the store, and what it says of it.
#include "model/kv/machine.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "model/hash.h"

namespace coracle::kv {
namespace {

static_assert(Value<Store> && Value<Operation> && Value<Result>);

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

Result result(Store store, const Operation& operation) { return execute(store, operation); }

Store after(Store store, const Operation& operation) {
  execute(store, operation);
  return store;
}

const Store some = {{"a", "1"}, {"b", "two"}};

// ---- set, get, delete

TEST(KeyValue, SetPutsAValueInPlaceOfAnother) {
  EXPECT_EQ(result(some, Set{"c", "3"}), Result(Done{}));
  EXPECT_EQ(after(some, Set{"c", "3"}), (Store{{"a", "1"}, {"b", "two"}, {"c", "3"}}));
  EXPECT_EQ(result(some, Set{"b", "2"}), Result(Done{}));
  EXPECT_EQ(after(some, Set{"b", "2"}), (Store{{"a", "1"}, {"b", "2"}}));
}

TEST(KeyValue, GetFindsAValueAndChangesNothing) {
  EXPECT_EQ(result(some, Get{"b"}), Result(Found{"two"}));
  EXPECT_EQ(result(some, Get{"c"}), Result(Found{}));
  EXPECT_EQ(after(some, Get{"b"}), some);
  EXPECT_EQ(after(some, Get{"c"}), some);
}

TEST(KeyValue, DeleteSaysWhetherTheKeyExisted) {
  EXPECT_EQ(result(some, Delete{"b"}), Result(Deleted{true}));
  EXPECT_EQ(after(some, Delete{"b"}), (Store{{"a", "1"}}));
  EXPECT_EQ(result(some, Delete{"c"}), Result(Deleted{false}));
  EXPECT_EQ(after(some, Delete{"c"}), some);
}

TEST(KeyValue, AnEmptyValueIsNotAMissingOne) {
  const Store store = {{"a", ""}};
  EXPECT_EQ(result(store, Get{"a"}), Result(Found{""}));
  EXPECT_EQ(result(store, Delete{"a"}), Result(Deleted{true}));
  EXPECT_EQ(result(store, CompareAndSet{"a", std::nullopt, "x"}), Result(Compared{false}));
  EXPECT_EQ(result(store, CompareAndSet{"a", "", "x"}), Result(Compared{true}));
}

TEST(KeyValue, KeysAndValuesAreAnyBytes) {
  const std::string bytes("\0\xff\n", 3);
  EXPECT_EQ(result({{bytes, bytes}}, Get{bytes}), Result(Found{bytes}));
  EXPECT_EQ(result({{bytes, bytes}}, Get{std::string("\0", 1)}), Result(Found{}));
  EXPECT_EQ(result({{"", "x"}}, Get{""}), Result(Found{"x"}));
}

// ---- increment

TEST(KeyValue, IncrementAddsToWhatTheTextSays) {
  EXPECT_EQ(result(some, Increment{"a", 41}), Result(Number{42}));
  EXPECT_EQ(after(some, Increment{"a", 41}), (Store{{"a", "42"}, {"b", "two"}}));
  EXPECT_EQ(result(some, Increment{"a", -3}), Result(Number{-2}));
  EXPECT_EQ(after(some, Increment{"a", -3}), (Store{{"a", "-2"}, {"b", "two"}}));
}

TEST(KeyValue, IncrementCountsAMissingKeyAsZero) {
  EXPECT_EQ(result({}, Increment{"a", -7}), Result(Number{-7}));
  EXPECT_EQ(after({}, Increment{"a", -7}), (Store{{"a", "-7"}}));
  EXPECT_EQ(after({}, Increment{"a", 0}), (Store{{"a", "0"}}));
  EXPECT_EQ(after({}, Increment{"a", least}), (Store{{"a", "-9223372036854775808"}}));
}

TEST(KeyValue, IncrementReadsNoTextButACanonicalNumber) {
  const std::vector<std::string> texts = {"",
                                          "-",
                                          "-0",
                                          "+1",
                                          " 1",
                                          "1 ",
                                          "01",
                                          "-01",
                                          "00",
                                          "1.0",
                                          "1e3",
                                          "0x",
                                          "0x1",
                                          "x",
                                          "1x",
                                          "--1",
                                          "- 1",
                                          "1\n",
                                          std::string("1\0", 2),
                                          "9223372036854775808",
                                          "-9223372036854775809",
                                          "99999999999999999999999"};
  for (const std::string& text : texts) {
    const Store store = {{"a", text}};
    EXPECT_EQ(result(store, Increment{"a", 1}), Result(Failed{Failure::not_a_number})) << text;
    EXPECT_EQ(after(store, Increment{"a", 1}), store) << text;
  }
}

TEST(KeyValue, IncrementReadsEveryNumberThatItWrites) {
  for (const std::int64_t number : {least, least + 1, std::int64_t{-10}, std::int64_t{-1},
                                    std::int64_t{0}, std::int64_t{9}, most - 1, most}) {
    const Store store = {{"a", std::to_string(number)}};
    EXPECT_EQ(result(store, Increment{"a", 0}), Result(Number{number}));
    EXPECT_EQ(after(store, Increment{"a", 0}), store);
  }
}

TEST(KeyValue, IncrementRefusesToOverflowAndChangesNothing) {
  const std::vector<std::int64_t> ends = {least, least + 1, least / 2,    -2,       -1,  0, 1,
                                          2,     most / 2,  most / 2 + 1, most - 1, most};
  for (const std::int64_t number : ends) {
    for (const std::int64_t by : ends) {
      const Store store = {{"a", std::to_string(number)}};
      std::int64_t sum = 0;
      if (__builtin_add_overflow(number, by, &sum)) {
        EXPECT_EQ(result(store, Increment{"a", by}), Result(Failed{Failure::overflow}));
        EXPECT_EQ(after(store, Increment{"a", by}), store);
      } else {
        EXPECT_EQ(result(store, Increment{"a", by}), Result(Number{sum}));
        EXPECT_EQ(after(store, Increment{"a", by}), (Store{{"a", std::to_string(sum)}}));
      }
    }
  }
}

// ---- append, compare and set

TEST(KeyValue, AppendSaysTheNewLength) {
  EXPECT_EQ(result(some, Append{"b", "!?"}), Result(Number{5}));
  EXPECT_EQ(after(some, Append{"b", "!?"}), (Store{{"a", "1"}, {"b", "two!?"}}));
  EXPECT_EQ(result(some, Append{"b", ""}), Result(Number{3}));
  EXPECT_EQ(after(some, Append{"b", ""}), some);
}

TEST(KeyValue, AppendCountsAMissingKeyAsEmpty) {
  EXPECT_EQ(result({}, Append{"a", "xy"}), Result(Number{2}));
  EXPECT_EQ(after({}, Append{"a", "xy"}), (Store{{"a", "xy"}}));
  EXPECT_EQ(result({}, Append{"a", ""}), Result(Number{0}));
  EXPECT_EQ(after({}, Append{"a", ""}), (Store{{"a", ""}}));
}

TEST(KeyValue, CompareAndSetSetsWhereTheValueIsAsExpected) {
  EXPECT_EQ(result(some, CompareAndSet{"a", "1", "x"}), Result(Compared{true}));
  EXPECT_EQ(after(some, CompareAndSet{"a", "1", "x"}), (Store{{"a", "x"}, {"b", "two"}}));
  EXPECT_EQ(result(some, CompareAndSet{"a", "2", "x"}), Result(Compared{false}));
  EXPECT_EQ(after(some, CompareAndSet{"a", "2", "x"}), some);
}

TEST(KeyValue, CompareAndSetThatExpectsNoneSetsAMissingKeyAlone) {
  EXPECT_EQ(result({}, CompareAndSet{"a", std::nullopt, "x"}), Result(Compared{true}));
  EXPECT_EQ(after({}, CompareAndSet{"a", std::nullopt, "x"}), (Store{{"a", "x"}}));
  EXPECT_EQ(result(some, CompareAndSet{"a", std::nullopt, "x"}), Result(Compared{false}));
  EXPECT_EQ(after(some, CompareAndSet{"a", std::nullopt, "x"}), some);
  EXPECT_EQ(result({}, CompareAndSet{"a", "", "x"}), Result(Compared{false}));
  EXPECT_EQ(after({}, CompareAndSet{"a", "", "x"}), Store{});
}

// ---- as values

TEST(KeyValue, OperationsAndResultsRead) {
  EXPECT_EQ(text(Operation(Set{"a", "1"})), "Set{key: a, value: 1}");
  EXPECT_EQ(text(Operation(CompareAndSet{"a", std::nullopt, "1"})),
            "CompareAndSet{key: a, expected: none, value: 1}");
  EXPECT_EQ(text(Result(Done{})), "Done");
  EXPECT_EQ(text(Result(Found{})), "Found{value: none}");
  EXPECT_EQ(text(Result(Compared{true})), "Compared{equal: yes}");
  EXPECT_EQ(text(Result(Failed{Failure::not_a_number})), "Failed{why: not_a_number}");
}

TEST(KeyValue, AStoreHashesByItsContents) {
  const Store one = after(after({}, Set{"a", "1"}), Set{"b", "2"});
  const Store other = after(after({}, Append{"b", "2"}), Increment{"a", 1});
  EXPECT_EQ(content_hash(one), content_hash(other));
  EXPECT_NE(content_hash(one), content_hash(after(one, Delete{"a"})));
}

}  // namespace
}  // namespace coracle::kv
