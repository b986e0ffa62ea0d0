#include "sim/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

namespace coracle::sim {
namespace {

// The figures that others publish of SplitMix64 with this seed.
TEST(Random, IsSplitMix64) {
  Stream stream(1234567);
  for (const std::uint64_t word : {6457827717110365317U, 3203168211198807973U, 9817491932198370423U,
                                   4593380528125082431U, 16408922859458223821U})
    EXPECT_EQ(stream.next(), word);
}

TEST(Random, DrawsEveryNumberBelowAsOften) {
  Stream stream(1);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) counts[stream.below(7)] += 1;
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);
}

TEST(Random, DrawsWithinARangeItsEndsIncluded) {
  Stream stream(1);
  std::set<std::int64_t> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(stream.within({3, 6}));
  EXPECT_EQ(drawn, (std::set<std::int64_t>{3, 4, 5, 6}));
  EXPECT_EQ(stream.within({5, 5}), 5);
}

TEST(Random, HappensAsOftenAsItIsTold) {
  Stream stream(1);
  int happened = 0;
  for (int i = 0; i < 100'000; ++i) happened += stream.happens(100'000) ? 1 : 0;
  EXPECT_NEAR(happened, 10'000, 400);
  EXPECT_FALSE(stream.happens(0));
  EXPECT_TRUE(stream.happens(1'000'000));
}

// -ln(u) has the mean 1 and the variance 1, and more than x with the chance e^-x.
TEST(Random, DrawsExponentialTimesOfAMean) {
  Stream stream(1);
  constexpr int many = 1'000'000;
  constexpr std::int64_t mean = 1'000'000;
  double sum = 0;
  double squares = 0;
  std::array<int, 5> beyond{};
  for (int i = 0; i < many; ++i) {
    const auto drawn = static_cast<double>(stream.exponential(mean)) / mean;
    ASSERT_GE(drawn, 0);
    sum += drawn;
    squares += drawn * drawn;
    for (std::size_t x = 0; x < beyond.size(); ++x)
      beyond[x] += drawn > static_cast<double>(x) ? 1 : 0;
  }
  EXPECT_NEAR(sum / many, 1, 0.005);
  EXPECT_NEAR(squares / many, 2, 0.02);
  for (std::size_t x = 0; x < beyond.size(); ++x)
    EXPECT_NEAR(beyond[x], many * std::exp(-static_cast<double>(x)), 2500) << x;
}

TEST(Random, DrawsExponentialTimesByIntegersOnly) {
  const auto first = [](std::int64_t mean) { return Stream(1234567).exponential(mean); };
  // -ln(6457827717110365317 / 2^64) is 1.0495948874..., here to 20 bits.
  EXPECT_NEAR(static_cast<double>(first(1'000'000'000)), 1'049'594'887, 1'000);
  EXPECT_EQ(first(1), 1);
  EXPECT_EQ(first(0), 0);
  constexpr std::int64_t day = 86'400'000'000'000;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const auto drawn = Stream(seed).exponential(day);
    EXPECT_GE(drawn, 0);
    EXPECT_LT(drawn, 50 * day);
    EXPECT_NEAR(static_cast<double>(drawn),
                static_cast<double>(Stream(seed).exponential(1'000'000)) * 86.4e6, 86.4e6 * 3);
  }
}

// Neither a seed, nor a purpose, nor a number shares its stream with another.
TEST(Random, EveryPurposeHasAStreamOfItsOwn) {
  std::set<std::uint64_t> first;
  for (const std::uint64_t seed : {0U, 1U, 2U})
    for (const char* purpose : {"latency", "loss", "clock"})
      for (const std::uint64_t which : {0U, 1U, 2U})
        first.insert(stream(seed, purpose, which).next());
  EXPECT_EQ(first.size(), 27U);
  EXPECT_EQ(stream(7, "loss", 3).next(), stream(7, "loss", 3).next());
}

}  // namespace
}  // namespace coracle::sim
