// The key-value machine: what clients may do to a store of strings, and what comes of it.
//
//     execute(store, operation) -> result
//
// Pure: the result, and what the store becomes, depend on the arguments alone. A store may be
// large, so it is changed in place. An operation that fails changes nothing.
//
// Numbers are kept as text, and only in their one canonical form, as in Redis: "-7" is one; "+7",
// "07", "-0", " 7" and "" are none.
#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "model/print.h"
#include "model/protocol.h"

namespace coracle::kv {

using coracle::operator<<;

using Store = std::map<std::string, std::string>;

// --- What clients ask ...

struct Set {
  std::string key;
  std::string value;
  auto operator<=>(const Set&) const = default;
};
BOOST_DESCRIBE_STRUCT(Set, (), (key, value))

struct Get {
  std::string key;
  auto operator<=>(const Get&) const = default;
};
BOOST_DESCRIBE_STRUCT(Get, (), (key))

struct Delete {
  std::string key;
  auto operator<=>(const Delete&) const = default;
};
BOOST_DESCRIBE_STRUCT(Delete, (), (key))

struct Increment {
  std::string key;  // missing, it counts as 0
  std::int64_t by = 1;
  auto operator<=>(const Increment&) const = default;
};
BOOST_DESCRIBE_STRUCT(Increment, (), (key, by))

struct Append {
  std::string key;  // missing, it counts as empty
  std::string value;
  auto operator<=>(const Append&) const = default;
};
BOOST_DESCRIBE_STRUCT(Append, (), (key, value))

struct CompareAndSet {
  std::string key;
  std::optional<std::string> expected;  // none: the key must be missing
  std::string value;
  auto operator<=>(const CompareAndSet&) const = default;
};
BOOST_DESCRIBE_STRUCT(CompareAndSet, (), (key, expected, value))

using Operation = std::variant<Set, Get, Delete, Increment, Append, CompareAndSet>;

// --- ... and what they are told.

struct Done {
  auto operator<=>(const Done&) const = default;
};
BOOST_DESCRIBE_STRUCT(Done, (), ())

struct Found {
  std::optional<std::string> value;  // none: the key is missing
  auto operator<=>(const Found&) const = default;
};
BOOST_DESCRIBE_STRUCT(Found, (), (value))

struct Deleted {
  bool existed = false;
  auto operator<=>(const Deleted&) const = default;
};
BOOST_DESCRIBE_STRUCT(Deleted, (), (existed))

struct Number {  // the new sum, or the new length in bytes
  std::int64_t value = 0;
  auto operator<=>(const Number&) const = default;
};
BOOST_DESCRIBE_STRUCT(Number, (), (value))

struct Compared {
  bool equal = false;  // and so it was set
  auto operator<=>(const Compared&) const = default;
};
BOOST_DESCRIBE_STRUCT(Compared, (), (equal))

enum class Failure : std::uint8_t { not_a_number, overflow };
BOOST_DESCRIBE_ENUM(Failure, not_a_number, overflow)

struct Failed {
  Failure why{};
  auto operator<=>(const Failed&) const = default;
};
BOOST_DESCRIBE_STRUCT(Failed, (), (why))

using Result = std::variant<Done, Found, Deleted, Number, Compared, Failed>;

// --- From one to the other. (Not named apply: std::apply, found through the std::map and the
// std::variant, would be called in its place.)

inline std::optional<std::string> value_of(const Store& store, const std::string& key) {
  const auto found = store.find(key);
  if (found == store.end()) return std::nullopt;
  return found->second;
}

// A text is a number if it is how that number is written. What cannot be read leaves 0, which is
// not how such a text is written.
inline std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  if (std::to_string(number) != text) return std::nullopt;
  return number;
}

inline bool would_overflow(std::int64_t number, std::int64_t by) {
  using Range = std::numeric_limits<std::int64_t>;
  return by > 0 ? number > Range::max() - by : number < Range::min() - by;
}

inline Result increment(Store& store, const Increment& operation) {
  const auto number = number_in(value_of(store, operation.key).value_or("0"));
  if (!number) return Failed{Failure::not_a_number};
  if (would_overflow(*number, operation.by)) return Failed{Failure::overflow};
  const std::int64_t sum = *number + operation.by;
  store[operation.key] = std::to_string(sum);
  return Number{sum};
}

inline Result append(Store& store, const Append& operation) {
  std::string& value = store[operation.key];
  value += operation.value;
  return Number{static_cast<std::int64_t>(value.size())};
}

inline Result compare_and_set(Store& store, const CompareAndSet& operation) {
  if (value_of(store, operation.key) != operation.expected) return Compared{false};
  store[operation.key] = operation.value;
  return Compared{true};
}

inline Result execute(Store& store, const Operation& operation) {
  return match(
      operation,
      [&](const Set& set) -> Result {
        store[set.key] = set.value;
        return Done{};
      },
      [&](const Get& get) -> Result { return Found{value_of(store, get.key)}; },
      [&](const Delete& erase) -> Result { return Deleted{store.erase(erase.key) > 0}; },
      [&](const Increment& by) -> Result { return increment(store, by); },
      [&](const Append& tail) -> Result { return append(store, tail); },
      [&](const CompareAndSet& swap) -> Result { return compare_and_set(store, swap); });
}

}  // namespace coracle::kv
