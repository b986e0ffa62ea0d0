// Randomness that is the same everywhere: integers only, from a stream for each purpose, so that
// one more draw in one place leaves the others alone.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/hash.h"
#include "model/protocol.h"

namespace coracle::sim {

// SplitMix64 (Steele, Lea and Flood, 2014).
class Stream {
 public:
  explicit Stream(std::uint64_t state) : state_(state) {}

  std::uint64_t next() {
    std::uint64_t word = (state_ += 0x9e3779b97f4a7c15U);
    word = (word ^ (word >> 30U)) * 0xbf58476d1ce4e5b9U;
    word = (word ^ (word >> 27U)) * 0x94d049bb133111ebU;
    return word ^ (word >> 31U);
  }

  // From 0 to `count` - 1, each as likely.
  std::uint64_t below(std::uint64_t count) {
    const std::uint64_t unfair = (0 - count) % count;  // so many of the 2^64 words are left over
    std::uint64_t word = next();
    while (word < unfair) word = next();
    return word % count;
  }

  std::int64_t within(const Delay& range) {
    if (range.least == range.most) return range.least;
    const auto width = static_cast<std::uint64_t>(range.most - range.least);
    return range.least + static_cast<std::int64_t>(below(width + 1));
  }

  bool happens(std::uint32_t parts_per_million) {
    return parts_per_million > 0 && below(1'000'000) < parts_per_million;
  }

 private:
  std::uint64_t state_;
};

// The stream of one purpose ("latency"), of one of its kind (a link, a node).
inline Stream stream(std::uint64_t seed, std::string_view purpose, std::uint64_t which = 0) {
  const Hash128 hash = mixed(hash_of_bytes(purpose.data(), purpose.size()), seed);
  return Stream(mixed(hash, which).low);
}

}  // namespace coracle::sim
