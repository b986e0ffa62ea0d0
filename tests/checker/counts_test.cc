// How many worlds there are: the published numbers, and, where nobody has published any, those of
// an enumerator that is too simple to be wrong.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/checker/clusters.h"
#include "tests/checker/enumerator.h"
#include "tests/model/ledger.h"

namespace coracle::checker {
namespace {

Report crossings_report(int count) {
  return Exploration(crossings(count), traffic_light::properties).report;
}

Report managers_report(int count) {
  return Exploration(managers(count), two_phase_commit::properties).report;
}

std::uint64_t power(std::uint64_t base, int exponent) {
  std::uint64_t product = 1;
  for (int i = 0; i < exponent; ++i) product *= base;
  return product;
}

// 6^n + 4^n + 2^n, as TLC counts the specification of Gray and Lamport with n resource managers.
std::uint64_t published(int managers) {
  return power(6, managers) + power(4, managers) + power(2, managers);
}

TEST(Counts, OneCrossingHas208Worlds) {
  const Report report = crossings_report(1);
  EXPECT_TRUE(report.complete());
  EXPECT_EQ(report.distinct, 208U);
  EXPECT_EQ(report.changed, 312U);
  EXPECT_EQ(report.depth, 98U);
  EXPECT_EQ(report.generated, 1 + 2 * 208U);  // a tick and a press from each
  EXPECT_EQ(report.terminal, 0U);
  EXPECT_EQ(report.out_of_bounds, 0U);
}

TEST(Counts, TwoCrossingsHaveTheSquare) {
  const Report report = crossings_report(2);
  EXPECT_EQ(report.distinct, 43'264U);
  EXPECT_EQ(report.changed, 129'792U);
  EXPECT_EQ(report.depth, 196U);
  EXPECT_EQ(report.generated, 1 + 4 * 43'264U);
}

TEST(LargeCounts, ThreeCrossingsHaveTheCube) {
  const Report report = crossings_report(3);
  EXPECT_EQ(report.distinct, 8'998'912U);
  EXPECT_EQ(report.changed, 40'495'104U);
  EXPECT_EQ(report.depth, 294U);
}

TEST(Counts, TwoPhaseCommitHasThePublishedWorlds) {
  EXPECT_EQ(published(3), 288U);
  EXPECT_EQ(published(6), 50'816U);
  for (int n = 1; n <= 6; ++n) {
    const Report report = managers_report(n);
    EXPECT_TRUE(report.complete()) << n;
    EXPECT_EQ(report.distinct, published(n)) << n;
    EXPECT_GT(report.terminal, 0U) << n;  // all is decided and heard
  }
}

TEST(LargeCounts, TwoPhaseCommitHasThePublishedWorlds) {
  EXPECT_EQ(published(7), 296'448U);
  for (const int n : {7, 8}) EXPECT_EQ(managers_report(n).distinct, published(n)) << n;
}

// ---- the same by whole values in a std::set

template <Protocol P>
void expect_as_enumerated(const Cluster<P>& cluster, const PropertiesOf<P>& properties) {
  Limits to_the_end;
  to_the_end.keep_going = true;
  const Exploration<P> explored(cluster, properties, to_the_end);
  EXPECT_EQ(counts_of(explored.report), Enumerator<P>(cluster).all());
  EXPECT_EQ(explored.report.queue, 0U);
}

TEST(Counts, TrafficLightIsAsEnumerated) {
  expect_as_enumerated(crossings(1), traffic_light::properties);
}

TEST(Counts, AStuckTrafficLightIsAsEnumerated) {
  const auto cluster = crossings(1, "yellow-never-ends");
  expect_as_enumerated(cluster, traffic_light::properties);
  EXPECT_EQ(Enumerator<traffic_light::Protocol>(cluster).all().terminal, 1U);
}

TEST(Counts, TwoPhaseCommitIsAsEnumerated) {
  for (int n = 1; n <= 4; ++n) {
    SCOPED_TRACE(n);
    expect_as_enumerated(managers(n), two_phase_commit::properties);
    expect_as_enumerated(managers(n, "commit-without-all"), two_phase_commit::properties);
  }
}

struct RaftCase {
  const char* what;
  RaftOptions options;
  bool observing = false;
  DiskKind disk = DiskKind::synced;
};

std::vector<RaftCase> small_clusters() {
  return {
      {"two servers", {.servers = 2, .max_term = 2, .max_log = 2, .max_in_flight = 2}},
      {"three servers", {.servers = 3, .max_term = 2, .max_log = 1, .max_in_flight = 3}},
      {"no room for any entry", {.servers = 2, .max_log = 0, .max_in_flight = 3}},
      {"a no-op", {.servers = 2, .max_term = 2, .max_in_flight = 2, .no_op = true}},
      {"loss", {.servers = 3, .max_term = 1, .max_log = 0, .max_in_flight = 2, .loss = true}},
      {"duplication",
       {.servers = 2, .max_term = 1, .max_log = 1, .max_in_flight = 4, .duplication = true}},
      {"loss, duplication and a crash",
       {.servers = 2,
        .max_term = 1,
        .max_log = 1,
        .max_in_flight = 3,
        .crashes = 1,
        .loss = true,
        .duplication = true}},
      {"an ordered network",
       {.servers = 2, .max_term = 2, .max_log = 1, .max_in_flight = 4, .network = "ordered"}},
      {"an ordered network with loss and duplication",
       {.servers = 2,
        .max_term = 2,
        .max_log = 1,
        .max_in_flight = 3,
        .loss = true,
        .duplication = true,
        .network = "ordered"}},
      {"crashes without an observer",
       {.servers = 2, .max_term = 2, .max_log = 1, .max_in_flight = 2, .crashes = 2}},
      {"crashes with an observer",
       {.servers = 2, .max_term = 2, .max_log = 1, .max_in_flight = 2, .crashes = 2},
       /*observing=*/true},
      {"one server that crashes",
       {.servers = 1, .max_term = 3, .max_log = 2, .crashes = 3},
       /*observing=*/true},
      {"disks that write later",
       {.servers = 2, .max_term = 2, .max_log = 1, .max_in_flight = 2},
       /*observing=*/false,
       DiskKind::buffered},
      {"disks that write later, and crashes",
       {.servers = 2, .max_term = 1, .max_log = 1, .max_in_flight = 2, .crashes = 2},
       /*observing=*/true,
       DiskKind::buffered},
  };
}

TEST(Counts, SmallRaftClustersAreAsEnumerated) {
  for (const RaftCase& given : small_clusters()) {
    SCOPED_TRACE(given.what);
    auto cluster = servers(given.options);
    cluster.observing = given.observing;
    cluster.disk = given.disk;
    expect_as_enumerated(cluster, raft::properties);
  }
}

TEST(Counts, MutantsOfRaftAreAsEnumerated) {
  for (const char* mutant : {"even-quorum", "vote-not-saved", "old-append-lowers-term"}) {
    SCOPED_TRACE(mutant);
    expect_as_enumerated(servers({.servers = 2,
                                  .max_term = 2,
                                  .max_log = 1,
                                  .max_in_flight = 2,
                                  .crashes = 1,
                                  .mutant = mutant}),
                         raft::properties);
  }
}

Cluster<ledger::Protocol> ledgers(DiskKind disk, std::uint8_t crashes) {
  Cluster<ledger::Protocol> two;
  two.configs = {{.other = NodeId{2}}, {.other = NodeId{1}}};
  two.faults.crashes = crashes;
  two.disk = disk;
  two.max_in_flight = 2;
  two.bounds.most_told = 2;
  return two;
}

TEST(Counts, LedgersAreAsEnumerated) {
  for (const DiskKind disk : {DiskKind::synced, DiskKind::buffered})
    for (const std::uint8_t crashes : std::array<std::uint8_t, 3>{0, 1, 2})
      expect_as_enumerated(ledgers(disk, crashes), ledger::properties);
}

// What a disk that writes later adds: every write that waits, and every prefix that survives.
TEST(Counts, LedgersHaveTheirNumberOfWorlds) {
  const auto distinct = [](DiskKind disk, std::uint8_t crashes) {
    return Exploration(ledgers(disk, crashes), ledger::properties).report.distinct;
  };
  EXPECT_EQ(distinct(DiskKind::synced, 0), 59U);
  EXPECT_EQ(distinct(DiskKind::buffered, 0), 270U);
  EXPECT_EQ(distinct(DiskKind::synced, 1), 375U);
  EXPECT_EQ(distinct(DiskKind::buffered, 1), 1'450U);
}

// A fault that is switched on must add something, or the comparison above says nothing of it.
TEST(Counts, EachFaultAddsWorlds) {
  const RaftOptions none{.servers = 2, .max_term = 2, .max_log = 1, .max_in_flight = 3};
  const auto distinct = [](const RaftOptions& options) {
    return Exploration(servers(options), raft::properties).report.distinct;
  };
  const std::uint64_t least = distinct(none);
  RaftOptions more = none;
  more.loss = true;
  EXPECT_GT(distinct(more), least);
  more = none;
  more.duplication = true;
  EXPECT_GT(distinct(more), least);
  more = none;
  more.crashes = 1;
  EXPECT_GT(distinct(more), least);
  more = none;
  more.network = "ordered";
  EXPECT_LT(distinct(more), least);
}

}  // namespace
}  // namespace coracle::checker
