// The kinds of actions that a report lists, also those that never happened.
#include "checker/labels.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/checker/clusters.h"
#include "tests/model/ledger.h"

namespace coracle::ledger {

// A ledger that may do without what makes it tell the other.
struct ThriftyConfig : Config {
  std::vector<std::string_view> without{};
};
inline std::vector<std::string_view> unused(const ThriftyConfig& config) { return config.without; }

struct Thrifty : Protocol {
  using Config = ThriftyConfig;
};

}  // namespace coracle::ledger

namespace coracle::checker {
namespace {

using Names = std::vector<std::string>;

Names names_of(const ActionCounts& counts) {
  Names names;
  for (const auto& count : counts.list()) names.push_back(count.name);
  return names;
}

TEST(Labels, AFlushIsOfItsKindOfChangeWhereADiskWritesLater) {
  auto cluster = servers({.servers = 2});
  const auto flushes = [&] {
    Names found;
    for (const auto& name : names_of(ActionCounts::of(cluster)))
      if (name.starts_with("flush")) found.push_back(name);
    return found;
  };
  EXPECT_EQ(flushes(), Names{});
  cluster.disk = DiskKind::buffered;
  EXPECT_EQ(flushes(), (Names{"flush TermAndVote", "flush Written"}));
  for (auto& config : cluster.configs) config.snapshots = true;
  EXPECT_EQ(flushes(), (Names{"flush TermAndVote", "flush Written", "flush Compacted"}));
  Cluster<ledger::Protocol> ledgers;
  ledgers.disk = DiskKind::buffered;
  EXPECT_EQ(names_of(ActionCounts::of(ledgers)),
            (Names{"deliver", "expire remind", "request raise", "flush"}));
}

TEST(Labels, FlushesAreCountedByTheirKind) {
  auto cluster = servers({.servers = 2, .max_term = 1, .max_log = 1, .max_in_flight = 2});
  cluster.disk = DiskKind::buffered;
  const Exploration explored(cluster, raft::properties);
  for (const auto& [name, count] : explored.report.actions)
    EXPECT_TRUE(!name.starts_with("flush ") || count > 0) << name;
  EXPECT_TRUE(explored.report.complete());
}

TEST(Labels, WhatEveryConfigLeavesOutIsNotListed) {
  Cluster<ledger::Thrifty> cluster;
  cluster.configs.resize(2);
  EXPECT_EQ(names_of(ActionCounts::of(cluster)),
            (Names{"deliver", "expire remind", "request raise"}));
  cluster.configs[0].without = {"remind", "raise"};
  EXPECT_EQ(names_of(ActionCounts::of(cluster)).size(), 3U);
  cluster.configs[1].without = {"raise"};
  EXPECT_EQ(names_of(ActionCounts::of(cluster)), (Names{"deliver", "expire remind"}));

  // What happens all the same is told.
  ActionCounts counts = ActionCounts::of(cluster);
  counts.add(4, 0);
  EXPECT_EQ(names_of(counts).back(), "request raise");
}

}  // namespace
}  // namespace coracle::checker
