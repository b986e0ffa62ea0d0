// The content hash: 128 bits that depend on a value's contents alone, the same on every compiler,
// machine and run. Derived from the described fields, by way of a canonical row of bytes.
#pragma once

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "model/describe.h"

namespace coracle {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Hash128&) const = default;

  // Addition modulo 2^128: the hash of a collection is the sum of its members', in whatever order
  // they come.
  Hash128& operator+=(const Hash128& other) {
    const std::uint64_t sum = low + other.low;
    high += other.high + (sum < low ? 1 : 0);
    low = sum;
    return *this;
  }
  friend Hash128 operator+(Hash128 a, const Hash128& b) { return a += b; }
};
BOOST_DESCRIBE_STRUCT(Hash128, (), (high, low))

// 32 hexadecimal digits.
inline std::string hex(const Hash128& hash) {
  std::string text;
  for (const std::uint64_t word : {hash.high, hash.low})
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(word >> shift) & 15];
  return text;
}

// A row of bytes that grows by words, low byte first.
class Bytes {
 public:
  std::size_t size() const { return size_; }
  const std::uint8_t* data() const { return room_.data(); }
  const std::uint8_t* begin() const { return data(); }
  const std::uint8_t* end() const { return data() + size_; }
  void clear() { size_ = 0; }

  void append(std::uint64_t word) {
    if (size_ + 8 > room_.size()) room_.resize(2 * room_.size());
    std::uint8_t* place = room_.data() + size_;
    for (unsigned i = 0; i < 8; ++i) place[i] = static_cast<std::uint8_t>(word >> (8 * i));
    size_ += 8;
  }

  friend bool operator==(const Bytes& a, const Bytes& b) { return std::ranges::equal(a, b); }

 private:
  boost::container::small_vector<std::uint8_t, 256> room_ =  // the first size_ of it are taken
      boost::container::small_vector<std::uint8_t, 256>(256);
  std::size_t size_ = 0;
};

template <class T>
struct IsVariant : std::false_type {};
template <class... Ts>
struct IsVariant<std::variant<Ts...>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsPair : std::false_type {};
template <class A, class B>
struct IsPair<std::pair<A, B>> : std::true_type {};

// Appends the canonical bytes of a value: integers as eight bytes, low one first; sizes before
// elements; the index of an alternative before its contents.
template <class T>
void append_bytes(Bytes& bytes, const T& value) {
  if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    bytes.append(static_cast<std::uint64_t>(value));
  } else if constexpr (IsOptional<T>::value) {
    append_bytes(bytes, value.has_value());
    if (value) append_bytes(bytes, *value);
  } else if constexpr (IsVariant<T>::value) {
    append_bytes(bytes, value.index());
    std::visit([&](const auto& alternative) { append_bytes(bytes, alternative); }, value);
  } else if constexpr (IsPair<T>::value) {
    append_bytes(bytes, value.first);
    append_bytes(bytes, value.second);
  } else if constexpr (std::ranges::range<T>) {
    append_bytes(bytes, std::ranges::size(value));
    for (const auto& element : value) append_bytes(bytes, element);
  } else {
    static_assert(DescribedStruct<T>, "describe this type's fields");
    for_each_field(value, [&](std::string_view, const auto& field) { append_bytes(bytes, field); });
  }
}

inline Hash128 hash_of_bytes(const void* data, std::size_t size) {
  const XXH128_hash_t hash = XXH3_128bits(data, size);
  return {.high = hash.high64, .low = hash.low64};
}

template <class T>
Hash128 content_hash(const T& value) {
  Bytes bytes;
  append_bytes(bytes, value);
  return hash_of_bytes(bytes.data(), bytes.size());
}

// Stirs a hash, so that sums of the results do not cancel where sums of the arguments would.
inline Hash128 mixed(const Hash128& hash, std::uint64_t salt) {
  const std::array<std::uint64_t, 3> words{hash.high, hash.low, salt};
  return hash_of_bytes(words.data(), sizeof(words));
}

}  // namespace coracle
