// A list that shares its elements is a value like any other: whatever is pushed, cut and copied, it
// is what a std::vector would be, and so it is hashed, printed and written.
#include "model/shared_list.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <future>
#include <latch>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/print.h"
#include "model/protocol.h"
#include "sim/json.h"

namespace coracle {
namespace {

using List = SharedList<std::string>;
using Plain = std::vector<std::string>;

static_assert(Value<List>);
static_assert(Sequence<List>);
static_assert(std::ranges::contiguous_range<List>);
static_assert(std::is_nothrow_move_constructible_v<List>);

List list_of(const Plain& elements) { return List(elements); }
Plain plain(const List& list) { return {list.begin(), list.end()}; }

List pushed(List list, const std::string& element) {
  list.push_back(element);
  return list;
}

Plain numbers(std::size_t count) {
  Plain all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(std::to_string(i));
  return all;
}

TEST(SharedList, CopiesShareTheirElements) {
  const List one = pushed({}, "a");
  const List more = pushed(one, "b");
  EXPECT_EQ(more.data(), one.data());
  EXPECT_EQ(pushed(one, "b").data(), one.data());  // it was there already
  const List other = pushed(one, "c");
  EXPECT_NE(other.data(), one.data());
  EXPECT_EQ(plain(one), (Plain{"a"}));
  EXPECT_EQ(plain(more), (Plain{"a", "b"}));
  EXPECT_EQ(plain(other), (Plain{"a", "c"}));
}

TEST(SharedList, CopiesThatOutgrowTheirBufferMeetInALargerOne) {
  const List full = list_of({"a", "b"});
  const List one = pushed(full, "c");
  const List other = pushed(full, "c");
  EXPECT_NE(one.data(), full.data());
  EXPECT_EQ(one.data(), other.data());
  EXPECT_EQ(plain(pushed(full, "d")), (Plain{"a", "b", "d"}));
  EXPECT_EQ(plain(one), (Plain{"a", "b", "c"}));
}

TEST(SharedList, WhatIsCutOffOneStaysInTheOthers) {
  const List whole = list_of({"a", "b", "c"});
  List part = whole;
  part.cut(5);
  EXPECT_EQ(part, whole);
  part.cut(1);
  EXPECT_EQ(plain(part), (Plain{"a"}));
  part.push_back("x");
  EXPECT_EQ(plain(part), (Plain{"a", "x"}));
  EXPECT_EQ(plain(whole), (Plain{"a", "b", "c"}));
  part.cut(0);
  EXPECT_EQ(part, List{});
  EXPECT_TRUE(part.empty());
}

TEST(SharedList, IsEmptyWhereItWasMovedFrom) {
  List from = list_of({"a", "b"});
  List to = std::move(from);
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
  from.push_back("c");
  from = std::exchange(to, {});
  EXPECT_EQ(plain(from), (Plain{"a", "b"}));
  EXPECT_TRUE(to.empty());
}

TEST(SharedList, TellsPrefixesApartAtAnyLength) {
  for (const std::size_t count : {1U, 2U, 63U, 64U, 65U, 1000U}) {
    const Plain elements = numbers(count);
    const List list = list_of(elements);
    for (const std::size_t place : {std::size_t{0}, count / 2, count - 1}) {
      Plain changed = elements;
      changed[place] = "x";
      const List other = list_of(changed);
      EXPECT_NE(list, other);
      EXPECT_EQ(list < other, elements < changed);
      for (const std::size_t common : {std::size_t{0}, place, place + 1, count})
        EXPECT_EQ(same_prefix(list, other, common), common <= place) << common;
    }
    EXPECT_EQ(list, list_of(elements));
    EXPECT_LT(list, pushed(list, ""));
  }
}

// Elements that would run into one another without their lengths.
TEST(SharedList, HashesWhereElementsEnd) {
  const auto long_list = [](std::vector<Plain> last) {
    SharedList<Plain> list;
    for (int i = 0; i < 100; ++i) list.push_back({});
    for (Plain& element : last) list.push_back(std::move(element));
    return list;
  };
  EXPECT_NE(long_list({{"a"}, {}}), long_list({{}, {"a"}}));
  EXPECT_EQ(long_list({{"a"}, {}}), long_list({{"a"}, {}}));
}

TEST(SharedList, ReadsAsAVectorDoes) {
  for (const Plain& elements : {Plain{}, Plain{"a"}, Plain{"a", "b", "c"}}) {
    const List list = list_of(elements);
    EXPECT_EQ(text(list), text(elements));
    EXPECT_EQ(content_hash(list), content_hash(elements));
    EXPECT_EQ(sim::to_json(list), sim::to_json(elements));
  }
}

// --- Lists that go on from others, whose elements they do not have.

TEST(SharedList, GoesOnFromTheHashOfWhatItDoesNotHave) {
  const Plain elements = numbers(100);
  const List whole = list_of(elements);
  for (const std::size_t gone : {0U, 1U, 4U, 99U, 100U}) {
    List rest(whole.prefix_hash(gone));
    EXPECT_TRUE(rest.empty());
    for (std::size_t at = gone; at < elements.size(); ++at) rest.push_back(elements[at]);
    EXPECT_EQ(plain(rest),
              Plain(elements.begin() + static_cast<std::ptrdiff_t>(gone), elements.end()));
    for (std::size_t count = gone; count <= elements.size(); ++count)
      EXPECT_EQ(rest.prefix_hash(count - gone), whole.prefix_hash(count));
  }
}

TEST(SharedList, GoesOnFromNothingAsAnEmptyListDoes) {
  EXPECT_EQ(List(Hash128{}), List{});
  EXPECT_EQ(pushed(List(Hash128{}), "a"), list_of({"a"}));
  EXPECT_EQ(List{}.prefix_hash(0), Hash128{});
}

// They are compared by their elements first, and then by what precedes those.
TEST(SharedList, IsNotEqualToOneThatGoesOnFromElsewhere) {
  const Hash128 low{.high = 0, .low = 1};
  const Hash128 high{.high = 1, .low = 0};
  for (const std::size_t count : {0U, 1U, 64U, 65U, 1000U}) {
    List one(low);
    List other(high);
    List same(low);
    for (const std::string& element : numbers(count))
      for (List* list : {&one, &other, &same}) list->push_back(element);
    EXPECT_EQ(one, same);
    EXPECT_NE(one, other);
    EXPECT_TRUE(one < other && !(other < one) && one <= same && one >= same);
    EXPECT_TRUE(same_prefix(one, same, count));
    EXPECT_FALSE(same_prefix(one, other, count));
    EXPECT_FALSE(same_prefix(one, other, 0));
    EXPECT_LT(other, pushed(one, ""));
    EXPECT_LT(pushed(other, "a"), pushed(one, "b"));
  }
}

TEST(SharedList, KeepsWhatPrecedesItUntilItIsMovedFrom) {
  const Hash128 before{.high = 1, .low = 2};
  List list(before);
  list.push_back("a");
  list.cut(0);
  EXPECT_EQ(list, List(before));
  const List copy = list;
  const List moved = std::move(list);
  EXPECT_EQ(copy, List(before));
  EXPECT_EQ(moved, List(before));
  EXPECT_EQ(list, List{});  // NOLINT(bugprone-use-after-move)
  List assigned;
  list = copy;
  assigned = std::move(list);
  EXPECT_EQ(assigned, List(before));
  EXPECT_EQ(list, List{});  // NOLINT(bugprone-use-after-move)
}

// --- A family of lists, each beside a vector: any of them is copied from another, pushed or cut,
// or goes on from another.

struct Family {
  std::array<List, 4> lists;
  std::array<Plain, 4> plains;
  std::array<Hash128, 4> before;  // what each goes on from

  void push(std::size_t at, const std::string& element) {
    lists[at].push_back(element);
    plains[at].push_back(element);
  }
  void cut(std::size_t at, std::size_t size) {
    lists[at].cut(size);
    plains[at].resize(std::min(size, plains[at].size()));
  }
  void copy(std::size_t from, std::size_t to) {
    lists[to] = lists[from];
    plains[to] = plains[from];
    before[to] = before[from];
  }
  void go_on(std::size_t from, std::size_t to) {
    before[to] = lists[from].prefix_hash(lists[from].size());
    lists[to] = List(before[to]);
    plains[to].clear();
  }

  void expect_same() const {
    for (std::size_t a = 0; a < lists.size(); ++a) {
      RC_ASSERT(plain(lists[a]) == plains[a]);
      for (std::size_t b = 0; b < lists.size(); ++b) expect_compared(a, b);
    }
  }
  void expect_compared(std::size_t a, std::size_t b) const {
    RC_ASSERT((lists[a] == lists[b]) == (plains[a] == plains[b] && before[a] == before[b]));
    const auto order = plains[a] <=> plains[b];
    RC_ASSERT((lists[a] <=> lists[b]) == (order != 0 ? order : before[a] <=> before[b]));
    const std::size_t both = std::min(plains[a].size(), plains[b].size());
    const auto end = plains[a].begin() + static_cast<std::ptrdiff_t>(both);
    const auto differs = std::mismatch(plains[a].begin(), end, plains[b].begin()).first;
    const auto common = static_cast<std::size_t>(differs - plains[a].begin());
    for (std::size_t count = 0; count <= both; ++count)
      RC_ASSERT(same_prefix(lists[a], lists[b], count) ==
                (count <= common && before[a] == before[b]));
  }
};

// With few different elements, so that lists meet again; long ones where many are pushed at once.
RC_GTEST_PROP(SharedList, IsWhatAVectorWouldBe, ()) {
  Family family;
  const int steps = *rc::gen::inRange(1, 60);
  for (int step = 0; step < steps; ++step) {
    const auto at = *rc::gen::inRange<std::size_t>(0, 4);
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
        family.go_on(at, *rc::gen::inRange<std::size_t>(0, 4));
        break;
      case 1:
      case 2:
        family.copy(at, *rc::gen::inRange<std::size_t>(0, 4));
        break;
      case 3:
      case 4:
        family.cut(at, *rc::gen::inRange<std::size_t>(0, 90));
        break;
      case 5:
      case 6:
        family.push(at, *rc::gen::element<std::string>("a", "b"));
        break;
      default:
        for (int i = *rc::gen::inRange(0, 40); i > 0; --i) family.push(at, "a");
    }
  }
  family.expect_same();
}

// --- Two threads append to copies of the same lists, at first the same and then not.

List with_room() {
  List list = list_of({"1", "2"});
  list.push_back("3");  // moves to a larger buffer
  return list;
}

List grown(List list, const std::string& own) {
  for (const char* same : {"4", "5"}) list.push_back(same);
  list.push_back(own);
  return list;
}

TEST(SharedList, CopiesMayBeUsedByTwoThreads) {
  constexpr std::size_t rounds = 2000;
  std::vector<List> starts;
  for (std::size_t i = 0; i < rounds; ++i) starts.push_back(with_room());
  std::latch both(2);
  const auto grow_all = [&](const std::string& own) {
    both.arrive_and_wait();
    std::vector<List> all;
    all.reserve(starts.size());
    for (const List& start : starts) all.push_back(grown(start, own));
    return all;
  };
  auto future = std::async(std::launch::async, grow_all, "theirs");
  const std::vector<List> ours = grow_all("ours");
  const std::vector<List> theirs = future.get();
  for (std::size_t i = 0; i < rounds; ++i) {
    ASSERT_EQ(plain(ours[i]), (Plain{"1", "2", "3", "4", "5", "ours"}));
    ASSERT_EQ(plain(theirs[i]), (Plain{"1", "2", "3", "4", "5", "theirs"}));
    ASSERT_TRUE(same_prefix(ours[i], theirs[i], 5) && ours[i] != theirs[i]);
    ASSERT_EQ(plain(starts[i]), (Plain{"1", "2", "3"}));
  }
}

}  // namespace
}  // namespace coracle
