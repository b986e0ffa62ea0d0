// What was encoded is decoded as the same value, from these bytes and from no others; all other
// bytes are refused, whatever they are.
#include "model/codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/print.h"
#include "model/raft/types.h"
#include "model/shared_list.h"

namespace coracle {
namespace {

enum class Colour : std::uint8_t { red = 1, green = 5, blue = 200 };
BOOST_DESCRIBE_ENUM(Colour, red, green, blue)
enum class Side : std::int16_t { left = -100, right = 100 };
BOOST_DESCRIBE_ENUM(Side, left, right)

struct Empty {
  auto operator<=>(const Empty&) const = default;
};
BOOST_DESCRIBE_STRUCT(Empty, (), ())

struct Numbers {
  bool yes = false;
  std::uint8_t u8 = 0;
  std::uint32_t u32 = 0;
  std::uint64_t u64 = 0;
  std::int8_t i8 = 0;
  std::int64_t i64 = 0;
  Side side = Side::left;
  ClientId client{};
  auto operator<=>(const Numbers&) const = default;
};
BOOST_DESCRIBE_STRUCT(Numbers, (), (yes, u8, u32, u64, i8, i64, side, client))

using Choice = std::variant<Empty, std::string, Colour, std::string>;

struct Everything {
  std::vector<Numbers> numbers;
  std::set<std::int16_t> set;
  std::map<std::string, std::vector<bool>> map;
  boost::container::flat_map<NodeId, std::pair<Empty, std::uint16_t>> flat;
  SharedList<std::string> shared;
  std::optional<std::optional<Empty>> maybe;
  std::vector<Choice> choices;
  Empty nothing{};
  bool operator==(const Everything&) const = default;
};
BOOST_DESCRIBE_STRUCT(Everything, (), (numbers, set, map, flat, shared, maybe, choices, nothing))

// "0a ff" as two bytes.
std::string bytes(std::string_view digits) {
  std::string all;
  for (std::size_t at = 0; at < digits.size(); at += 3)
    all += static_cast<char>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16));
  return all;
}

template <class T>
void expect_bytes(const T& value, std::string_view digits) {
  EXPECT_EQ(encoded(value), bytes(digits)) << digits;
  EXPECT_EQ(decoded<T>(bytes(digits)), std::optional<T>(std::in_place, value)) << digits;
}

template <class T>
void expect_refused(std::initializer_list<std::string_view> all) {
  for (const std::string_view digits : all) EXPECT_FALSE(decoded<T>(bytes(digits))) << digits;
}

// ---- which bytes

TEST(Codec, WritesNumbersInAsFewBytesAsCanBe) {
  expect_bytes(false, "00");
  expect_bytes(true, "01");
  expect_bytes(std::uint8_t{127}, "7f");
  expect_bytes(std::uint8_t{255}, "ff 01");
  expect_bytes(std::uint64_t{0}, "00");
  expect_bytes(std::uint64_t{300}, "ac 02");
  expect_bytes(std::numeric_limits<std::uint64_t>::max(), "ff ff ff ff ff ff ff ff ff 01");
  expect_bytes(0, "00");
  expect_bytes(-1, "01");
  expect_bytes(1, "02");
  expect_bytes(std::int8_t{-128}, "ff 01");
  expect_bytes(std::numeric_limits<std::int64_t>::max(), "fe ff ff ff ff ff ff ff ff 01");
  expect_bytes(std::numeric_limits<std::int64_t>::min(), "ff ff ff ff ff ff ff ff ff 01");
}

TEST(Codec, WritesAnEnumAsItsNumber) {
  expect_bytes(Colour::blue, "c8 01");
  expect_bytes(Side::left, "c7 01");
  expect_bytes(NodeId{1}, "01");
  expect_bytes(ClientId{0}, "00");
}

TEST(Codec, WritesHowManyElementsThereAre) {
  expect_bytes(std::string(), "00");
  expect_bytes(std::string("a\0b", 3), "03 61 00 62");
  expect_bytes(std::vector<int>{-2, 5}, "02 03 0a");
  expect_bytes(std::vector<bool>{true, false}, "02 01 00");
  expect_bytes(std::set<int>{3, -3}, "02 05 06");
  expect_bytes(std::map<std::uint8_t, std::string>{{9, "x"}, {2, ""}}, "02 02 00 09 01 78");
  expect_bytes(boost::container::flat_map<NodeId, bool>{{NodeId{2}, true}}, "01 02 01");
  expect_bytes(SharedList<std::string>(std::vector<std::string>{"a", ""}), "02 01 61 00");
}

TEST(Codec, WritesWhichAlternativeThereIs) {
  expect_bytes(std::optional<std::uint8_t>{}, "00");
  expect_bytes(std::optional<std::uint8_t>{0}, "01 00");
  expect_bytes(std::optional<std::optional<bool>>{std::optional<bool>{}}, "01 00");
  expect_bytes(Choice(Empty{}), "00");
  expect_bytes(Choice(std::in_place_index<1>, "a"), "01 01 61");
  expect_bytes(Choice(std::in_place_index<3>, "a"), "03 01 61");
}

TEST(Codec, WritesAStructFieldAfterField) {
  expect_bytes(Empty{}, "");
  expect_bytes(std::pair<Empty, bool>{{}, true}, "01");
  expect_bytes(Numbers{.yes = true, .u32 = 128, .i8 = -1, .side = Side::right},
               "01 00 80 01 00 01 00 c8 01 00");
  expect_bytes(raft::Message(raft::RequestVote{.term = {7}, .last = {{1}, {200}}}),
               "00 07 01 c8 01 00");
}

// ---- there and back

template <class T>
T any_whole() {
  return *rc::gen::oneOf(
      rc::gen::arbitrary<T>(),
      rc::gen::element<T>(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

// So that all prefixes of an encoding can be tried.
template <class T>
rc::Gen<T> small(rc::Gen<T> gen) {
  return rc::gen::scale(0.2, std::move(gen));
}

std::string any_text() { return *small(rc::gen::arbitrary<std::string>()); }
bool any_bool() { return *rc::gen::arbitrary<bool>(); }
NodeId any_node() { return NodeId{*rc::gen::inRange<std::uint8_t>(1, 255)}; }

Numbers any_numbers() {
  return {any_bool(),
          any_whole<std::uint8_t>(),
          any_whole<std::uint32_t>(),
          any_whole<std::uint64_t>(),
          any_whole<std::int8_t>(),
          any_whole<std::int64_t>(),
          *rc::gen::element(Side::left, Side::right),
          ClientId{any_whole<std::uint32_t>()}};
}

Choice any_choice() {
  return *rc::gen::element<Choice>(Empty{}, Choice(std::in_place_index<1>, any_text()), Colour::red,
                                   Colour::blue, Choice(std::in_place_index<3>, any_text()));
}

Everything any_thing() {
  Everything all;
  all.set = *small(rc::gen::arbitrary<std::set<std::int16_t>>());
  all.map = *small(rc::gen::arbitrary<std::map<std::string, std::vector<bool>>>());
  if (any_bool()) all.maybe = any_bool() ? std::optional<Empty>(Empty{}) : std::nullopt;
  while (any_bool()) all.numbers.push_back(any_numbers());
  while (any_bool()) all.flat[any_node()].second = any_whole<std::uint16_t>();
  while (any_bool()) all.shared.push_back(any_text());
  while (any_bool()) all.choices.push_back(any_choice());
  return all;
}

raft::EntryId any_entry_id() {
  return {.term = {any_whole<std::uint64_t>()}, .index = {any_whole<std::uint64_t>()}};
}

raft::Message any_message() {
  const raft::EntryId id = any_entry_id();
  raft::AppendEntries append{
      .term = id.term, .previous = any_entry_id(), .entries = {}, .commit = {}};
  append.entries.resize(*rc::gen::inRange<std::size_t>(0, 4));
  raft::AppendEntriesReply reply{.term = id.term, .accepted = any_bool(), .match = id.index};
  if (any_bool()) reply.conflict = {.refused = id.index, .last = any_entry_id()};
  return *rc::gen::element<raft::Message>(raft::RequestVote{id.term, any_entry_id(), any_bool()},
                                          append, reply, raft::TimeoutNow{id.term});
}

raft::Request any_request() {
  return *rc::gen::element<raft::Request>(raft::Propose{any_text()},
                                          raft::TransferLeadership{any_node()});
}

// No more and no fewer bytes than these.
template <class T>
void expect_again(const T& value) {
  const std::string all = encoded(value);
  RC_ASSERT(decoded<T>(all) == std::optional<T>(value));
  for (std::size_t size = 0; size < all.size(); ++size)
    RC_ASSERT(!decoded<T>(std::string_view(all).substr(0, size)));
  for (const char more : {'\0', '\1', '\x7f', '\x80', '\xff'}) RC_ASSERT(!decoded<T>(all + more));
}

RC_GTEST_PROP(Codec, ReadsEveryValueAgainAndNeitherLessNorMore, ()) { expect_again(any_thing()); }

RC_GTEST_PROP(Codec, ReadsMessagesAndRequestsAgain, ()) {
  expect_again(any_message());
  expect_again(any_request());
}

// ---- what is refused

TEST(Codec, RefusesANumberOfMoreBytesThanItNeeds) {
  expect_refused<std::uint64_t>({"80 00", "ff 80 00", "81 80 80 80 80 80 80 80 80 00"});
  expect_refused<int>({"81 00"});
  expect_refused<bool>({"81 00"});
  expect_refused<Colour>({"81 00"});
  expect_refused<std::string>({"81 00 61"});
  expect_refused<std::optional<int>>({"80 00"});
  expect_refused<Choice>({"80 00"});
}

TEST(Codec, RefusesANumberThatIsTooLarge) {
  expect_refused<std::uint8_t>({"80 02", "ff ff ff ff ff ff ff ff ff 01"});
  expect_refused<std::uint16_t>({"80 80 04"});
  expect_refused<std::uint32_t>({"80 80 80 80 10"});
  expect_refused<std::uint64_t>({"80 80 80 80 80 80 80 80 80 02",
                                 "80 80 80 80 80 80 80 80 80 81 00",
                                 "ff ff ff ff ff ff ff ff ff ff 01"});
  expect_refused<std::int8_t>({"80 02", "81 02"});  // 128, -129
  expect_refused<std::int16_t>({"80 80 04", "81 80 04"});
  expect_refused<std::int32_t>({"80 80 80 80 10", "81 80 80 80 10"});
  expect_refused<std::int64_t>({"80 80 80 80 80 80 80 80 80 02"});
}

TEST(Codec, RefusesABoolThatIsNeither) {
  expect_refused<bool>({"02", "81 01", "ff 01"});
  expect_refused<std::optional<bool>>({"02 01", "01 02"});
}

TEST(Codec, RefusesANumberThatIsNoEnumerator) {
  expect_refused<Colour>({"00", "02", "81 02"});  // 257, of which the low byte is red
  expect_refused<Side>({"00", "c6 01"});
  expect_refused<NodeId>({"00", "80 02"});
}

TEST(Codec, RefusesAnAlternativeThatThereIsNot) {
  expect_refused<Choice>({"04", "04 01 61", "ff ff ff ff ff ff ff ff ff 01"});
}

TEST(Codec, RefusesASetOrMapThatIsNotInOrder) {
  expect_refused<std::set<int>>({"02 06 05", "02 05 05", "03 02 06 04", "03 02 06 02"});
  expect_refused<std::map<std::uint8_t, bool>>(
      {"02 02 00 01 00", "02 02 00 02 00", "02 02 00 02 01"});
  expect_refused<boost::container::flat_map<std::uint8_t, bool>>(
      {"02 02 00 01 00", "02 02 00 02 00", "02 02 00 02 01"});
}

// Counts what is allocated.
std::size_t allocated = 0;
template <class T>
struct Counting {
  using value_type = T;
  Counting() = default;
  template <class U>
  Counting(const Counting<U>& /*other*/) {}
  T* allocate(std::size_t count) {
    allocated += count * sizeof(T);
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* place, std::size_t count) { std::allocator<T>().deallocate(place, count); }
  bool operator==(const Counting&) const = default;
};
template <class T>
using Counted = std::vector<T, Counting<T>>;

TEST(Codec, RefusesALengthBeyondTheBytesThatAreLeft) {
  expect_refused<std::string>({"02 61", "ff ff ff ff ff ff ff ff ff 01 61"});
  expect_refused<std::set<int>>({"ff ff ff ff 0f 02 04"});
  expect_refused<SharedList<std::string>>({"ff ff ff ff 0f 00 00"});
  allocated = 0;
  expect_refused<Counted<std::uint64_t>>(
      {"03 01 01", "ff ff ff ff 0f 01 01", "ff ff ff ff ff ff ff ff ff 01 01"});
  using Pair = std::pair<std::uint8_t, Numbers>;  // at least nine bytes
  expect_refused<Counted<Pair>>({"02 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01"});
  EXPECT_EQ(allocated, 0U);
}

TEST(Codec, ReadsNothingAfterWhatItRefuses) {
  allocated = 0;
  expect_refused<std::pair<bool, Counted<std::uint64_t>>>({"02 02 01 01"});
  EXPECT_EQ(allocated, 0U);
}

// ---- whatever the bytes

template <class T>
bool is_accepted(const std::string& any) {
  const std::optional<T> value = decoded<T>(any);
  if (!value) return false;
  EXPECT_EQ(encoded(*value), any);
  return true;
}

// Mostly small numbers, which more often mean something.
std::string random_bytes(std::mt19937_64& random) {
  std::string all(random() % 40, '\0');
  for (char& byte : all) byte = static_cast<char>(random() % 4 == 0 ? random() : random() % 3);
  return all;
}

TEST(Codec, AcceptsOfRandomBytesOnlyThoseThatItWouldWrite) {
  std::mt19937_64 random(1);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string any = random_bytes(random);
    accepted += is_accepted<Everything>(any) ? 1 : 0;
    accepted += is_accepted<raft::Message>(any) ? 1 : 0;
    accepted += is_accepted<raft::Request>(any) ? 1 : 0;
    accepted += is_accepted<std::map<std::uint8_t, std::set<Choice>>>(any) ? 1 : 0;
  }
  EXPECT_GT(accepted, 100);
}

TEST(Codec, AllocatesInProportionToTheBytes) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const std::string any = random_bytes(random);
    allocated = 0;
    decoded<Counted<std::pair<Counted<std::uint64_t>, Counted<Counted<std::string>>>>>(any);
    EXPECT_LE(allocated, 100 * any.size());
  }
}

Everything an_example() {
  Everything all;
  all.numbers = {{.yes = true, .u32 = 70'000, .i64 = -70'000}, {.u8 = 200, .client = ClientId{9}}};
  all.set = {-300, 0, 7};
  all.map = {{"", {true}}, {"a", {}}, {"ab", {false, true}}};
  all.flat = {{NodeId{1}, {{}, 3}}, {NodeId{3}, {{}, 300}}};
  for (const char* element : {"x", "", "y"}) all.shared.push_back(element);
  all.maybe.emplace();
  all.choices = {Empty{}, Colour::green, Choice(std::in_place_index<3>, "z")};
  return all;
}

void change(std::string& all, std::mt19937_64& random) {
  const std::size_t at = random() % all.size();
  const auto byte = static_cast<char>(random() % 2 == 0 ? random() : random() % 4);
  switch (random() % 4) {
    case 0:
      all.insert(at, 1, byte);
      break;
    case 1:
      all.erase(at, 1);
      break;
    default:
      all[at] = byte;
  }
}

template <class T>
void expect_canonical_where_changed(const T& value) {
  const std::string example = encoded(value);
  ASSERT_EQ(decoded<T>(example), std::optional<T>(value));
  std::mt19937_64 random(3);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string changed = example;
    for (auto changes = 1 + random() % 2; changes > 0; --changes) change(changed, random);
    accepted += is_accepted<T>(changed) ? 1 : 0;
  }
  EXPECT_GT(accepted, 1'000);
  EXPECT_LT(accepted, 19'000);
}

TEST(Codec, AcceptsOfChangedBytesOnlyThoseThatItWouldWrite) {
  expect_canonical_where_changed(an_example());
  raft::AppendEntries append{.term = {300}, .previous = {{1}, {7}}, .entries = {}, .commit = {}};
  append.entries.resize(3);
  expect_canonical_where_changed(raft::Message(append));
}

// ---- what there are no bytes for

TEST(Codec, DoesNotWriteWhatItWouldRefuse) {
  EXPECT_THROW(encoded(NodeId{}), BrokenPromise);
  EXPECT_THROW(encoded(static_cast<Colour>(2)), BrokenPromise);
  EXPECT_THROW(encoded(SharedList<int>(Hash128{.high = 0, .low = 1})), BrokenPromise);
}

}  // namespace
}  // namespace coracle
