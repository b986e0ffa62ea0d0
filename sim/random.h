// Randomness that is the same everywhere: integers only, from a stream for each purpose, so that
// one more draw in one place leaves the others alone.
#pragma once

#include <bit>
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

  // Exponentially distributed with this mean: -ln(u) for a u that is as likely everywhere in
  // (0, 1], to 20 bits behind the point. The mean is at most a day.
  std::int64_t exponential(std::int64_t mean) {
    constexpr unsigned bits = 20;
    constexpr std::uint64_t ln_2 = 726'817;  // of 2^20
    const std::uint64_t word = next() | 1U;
    const auto zeros = static_cast<unsigned>(std::countl_zero(word));
    // u = m / 2^(zeros + 1) with m in [1, 2); its logarithm bit by bit, by squaring.
    std::uint64_t m = word << zeros >> 32U;  // 2^31 is 1
    std::uint64_t logarithm = 0;
    for (unsigned bit = 0; bit < bits; ++bit) {
      m = m * m >> 31U;
      logarithm = logarithm << 1U | m >> 32U;
      m >>= m >> 32U;
    }
    const std::uint64_t log_2 = (std::uint64_t{zeros + 1} << bits) - logarithm;  // of 1/u
    const std::uint64_t log = log_2 * ln_2 >> bits;
    const auto times = static_cast<std::uint64_t>(mean);
    return static_cast<std::int64_t>((times >> bits) * log +
                                     ((times & ((1U << bits) - 1)) * log >> bits));
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
