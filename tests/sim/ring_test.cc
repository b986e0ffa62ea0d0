// The two partitions that leave nobody alone: in a ring each node hears a majority of its own, over
// a bridge two halves hear one node, and it hears them.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "sim/link_deeds.h"
#include "tests/sim/post_office.h"

namespace coracle::sim {
namespace {

using Post = post::Protocol;
using Heard = std::set<NodeId>;

class Rings : public testing::TestWithParam<std::size_t> {
 protected:
  Rings() {
    for (std::size_t at = 0; at < GetParam(); ++at) all.push_back(node_at(at));
  }
  // Whom each of them hears, itself included.
  std::vector<Heard> heard() const {
    std::vector<Heard> each;
    for (const NodeId to : all) {
      each.emplace_back();
      for (const NodeId from : all)
        if (!simulator.links().is_cut(simulator.links().number(from, to))) each.back().insert(from);
    }
    return each;
  }
  std::size_t majority() const { return all.size() / 2 + 1; }

  std::vector<NodeId> all;
  const Judge<Post> judge{post::properties, {}};
  Simulator<Post> simulator{post::cluster(GetParam()), judge, {}, 1};
  LinkDeeds<Post> deeds{simulator, 1};
};

TEST_P(Rings, LetEachHearAMajorityOfItsOwn) {
  const std::size_t cut = deeds.cut_ring(all, 1);
  const auto each = heard();
  std::size_t silent = 0;
  for (std::size_t at = 0; at < each.size(); ++at) {
    EXPECT_TRUE(each[at].contains(all[at]));
    EXPECT_GE(each[at].size(), majority());
    EXPECT_LE(each[at].size(), majority() + 1);  // as many to each side
    silent += all.size() - each[at].size();
    for (std::size_t other = 0; other < each.size(); ++other)
      EXPECT_EQ(each[at].contains(all[other]), each[other].contains(all[at]));
  }
  EXPECT_EQ(std::set<Heard>(each.begin(), each.end()).size(), all.size());
  EXPECT_EQ(silent, cut);
  EXPECT_GT(cut, 0U);
}

TEST_P(Rings, AreHealedByTheirDeed) {
  deeds.cut_ring(all, 1);
  deeds.cut_ring(all, 2);
  EXPECT_EQ(deeds.undo(1), "cut");
  EXPECT_LT(heard().front().size(), all.size());
  EXPECT_EQ(deeds.undo(2), "cut");
  EXPECT_EQ(deeds.undo(2), "");
  for (const Heard& whom : heard()) EXPECT_EQ(whom.size(), all.size());
}

TEST_P(Rings, ABridgeIsHeardByAllAndHearsAll) {
  std::set<NodeId> bridges;
  for (std::uint64_t deed = 1; deed <= 60; ++deed) {
    const auto groups = deeds.cut_but_a_bridge(all, deed);
    ASSERT_EQ(groups.size(), 3U);
    ASSERT_EQ(groups[1].size(), 1U);
    bridges.insert(groups[1].front());
    EXPECT_EQ(groups[0].size() + groups[2].size(), all.size() - 1);
    EXPECT_LE(groups[2].size() - groups[0].size(), 1U);
    const auto each = heard();
    for (std::size_t at = 0; at < each.size(); ++at) {
      Heard expected(all.begin(), all.end());
      for (const auto& [half, other] : {std::pair{0U, 2U}, std::pair{2U, 0U}})
        if (std::ranges::count(groups[half], all[at]) > 0)
          for (const NodeId silent : groups[other]) expected.erase(silent);
      EXPECT_EQ(each[at], expected);
    }
    deeds.undo(deed);
  }
  EXPECT_EQ(bridges.size(), all.size());  // any of them, by the seed
}

INSTANTIATE_TEST_SUITE_P(OfSomeSizes, Rings, testing::Values(4, 5, 6, 7, 8, 9, 10, 11));

// Of three, any two neighbours of a node are all others.
TEST(ARing, OfThreeCutsNothing) {
  const Judge<Post> judge{post::properties, {}};
  Simulator<Post> simulator(post::cluster(3), judge, {}, 1);
  LinkDeeds<Post> deeds(simulator, 1);
  EXPECT_EQ(deeds.cut_ring({NodeId{1}, NodeId{2}, NodeId{3}}, 1), 0U);
}

}  // namespace
}  // namespace coracle::sim
