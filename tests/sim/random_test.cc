#include "sim/random.h"

#include <gtest/gtest.h>

#include <array>
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
