// Every property of every model can say both: an `always` is violated by a mutant, a `sometimes` is
// shown by one run and missed by another that leaves out what it needs.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/checker/clusters.h"

namespace coracle::checker {
namespace {

template <class... Subjects>
std::set<std::string> sometimes(const std::vector<Subjects>&... properties) {
  std::set<std::string> names;
  const auto take = [&](const auto& some) {
    for (const auto& property : some)
      if (property.expectation == Expectation::sometimes) names.emplace(property.name);
  };
  (take(properties), ...);
  return names;
}

template <Protocol P>
std::set<std::string> sometimes_of(const PropertiesOf<P>& properties) {
  return sometimes(properties.of_state, properties.of_pair, properties.of_nodes,
                   properties.of_step);
}

template <Protocol P>
std::set<std::string> with_verdict(const Exploration<P>& explored, Verdict verdict) {
  std::set<std::string> names;
  for (const auto& property : explored.report.properties)
    if (property.verdict == verdict) names.insert(property.name);
  return names;
}

// ---- traffic light

const std::string waits = "someone waits while east-west is green";
const std::string ends_early = "a north-south green ends early for someone who waits";

// A crossing whose button is broken.
struct Unattended {
  using Config = traffic_light::Config;
  using State = traffic_light::State;
  using Event = traffic_light::Event;
  using Effect = traffic_light::Effect;
  using Timer = traffic_light::Timer;
};

TEST(Models, TrafficLightShowsAll) {
  const Exploration light(crossings(1), traffic_light::properties);
  EXPECT_TRUE(light.report.complete());
  EXPECT_EQ(with_verdict(light, Verdict::shown),
            sometimes_of<traffic_light::Protocol>(traffic_light::properties));
  EXPECT_EQ(with_verdict(light, Verdict::holds),
            (std::set<std::string>{"one road faces red", "something can always happen"}));
}

TEST(Models, TrafficLightMissesWhatNeedsAPress) {
  Cluster<Unattended> cluster;
  cluster.configs.resize(1);
  const Exploration<Unattended> light(cluster, traffic_light::properties);
  EXPECT_TRUE(light.report.complete());
  EXPECT_EQ(light.report.distinct, 31 + 6 + 61 + 6U);
  EXPECT_EQ(with_verdict(light, Verdict::missed), (std::set{waits, ends_early}));
  EXPECT_NE(summary(light.report).find("Never seen within these bounds"), std::string::npos);
}

// It takes 31 ticks to a yellow that never ends, 5 until its time is up, and the last press.
TEST(Models, AYellowThatNeverEndsIsStuck) {
  Limits limits;
  limits.keep_going = true;
  const Exploration light(crossings(1, "yellow-never-ends"), traffic_light::properties, limits);
  EXPECT_EQ(light.verdict("something can always happen"), Verdict::violated);
  EXPECT_EQ(light.property("something can always happen").depth, 31 + 5 + 1U);
  EXPECT_EQ(light.report.terminal, 1U);
  EXPECT_EQ(light.verdict("one road faces red"), Verdict::holds);
  EXPECT_EQ(light.verdict(ends_early), Verdict::missed);
}

// On the tick after a yellow's 5.
TEST(Models, BothRoadsTurnGreenWithoutTheRule) {
  const Exploration light(crossings(1, "both-turn-green"), traffic_light::properties);
  EXPECT_EQ(light.verdict("one road faces red"), Verdict::violated);
  EXPECT_EQ(light.property("one road faces red").depth, 31 + 6U);
}

// ---- two-phase commit

// As the protocol, but for what its nodes never do of their own accord.
struct Reluctant : two_phase_commit::Protocol {
  struct Config : two_phase_commit::Config {
    std::set<two_phase_commit::Timer> never;
    friend std::vector<two_phase_commit::Timer> timers(const Config& config, const State& state) {
      auto all = two_phase_commit::timers(config, state);
      std::erase_if(all, [&](auto timer) { return config.never.contains(timer); });
      return all;
    }
  };
};

std::set<std::string> missed_without(const std::set<two_phase_commit::Timer>& never) {
  Cluster<Reluctant> cluster;
  const auto willing = managers(2);
  cluster.network = willing.network;
  for (const auto& config : willing.configs) cluster.configs.push_back({config, never});
  const Exploration<Reluctant> explored(cluster, two_phase_commit::properties);
  EXPECT_TRUE(explored.report.complete());
  return with_verdict(explored, Verdict::missed);
}

TEST(Models, TwoPhaseCommitShowsAll) {
  const Exploration commit(managers(2), two_phase_commit::properties);
  EXPECT_TRUE(commit.report.complete());
  EXPECT_EQ(with_verdict(commit, Verdict::shown),
            sometimes_of<two_phase_commit::Protocol>(two_phase_commit::properties));
}

TEST(Models, TwoPhaseCommitMissesWhatNobodyDecides) {
  using enum two_phase_commit::Timer;
  const std::string commits = "every manager commits";
  const std::string aborts = "every manager aborts";
  EXPECT_EQ(missed_without({}), std::set<std::string>{});
  EXPECT_EQ(missed_without({decide_commit}), std::set{commits});
  EXPECT_EQ(missed_without({decide_abort, give_up}), std::set{aborts});
  EXPECT_EQ(missed_without({prepare, give_up, decide_abort}), (std::set{commits, aborts}));
}

// One prepares and is heard, the decision, its arrival, and the other gives up.
TEST(Models, CommittingWithoutAllIsCaught) {
  const Exploration commit(managers(2, "commit-without-all"), two_phase_commit::properties);
  const std::string broken = "no manager aborts what another commits";
  EXPECT_EQ(commit.verdict(broken), Verdict::violated);
  EXPECT_EQ(commit.property(broken).depth, 5U);
  const Exploration alone(managers(1, "commit-without-all"), two_phase_commit::properties);
  EXPECT_EQ(alone.verdict(broken), Verdict::holds);
}

// ---- Raft

struct Seen {
  std::string name;
  RaftOptions missing;
  RaftOptions showing;
};

std::vector<Seen> seen_in_raft() {
  const RaftOptions two{.servers = 2, .max_term = 2, .max_log = 1, .max_in_flight = 2};
  RaftOptions one_term = two;
  one_term.max_term = 1;
  RaftOptions no_entry = two;
  no_entry.max_log = 0;
  RaftOptions two_entries = two;
  two_entries.max_log = 2;
  RaftOptions no_term = two;
  no_term.max_term = 0;
  RaftOptions three = two;
  three.servers = 3;
  three.loss = true;
  RaftOptions three_one_term = three;
  three_one_term.max_term = 1;
  return {{"a leader is elected", no_term, two},
          {"an entry is committed", no_entry, two},
          {"two leaders are alive in different terms", three_one_term, three},
          {"an entry of an earlier term is committed", two, two_entries},
          {"a log is truncated", two_entries, three},
          {"a candidate steps down", one_term, two}};
}

TEST(Models, RaftShowsAndMissesEachSometimes) {
  std::set<std::string> covered;
  for (const auto& [name, missing, showing] : seen_in_raft()) {
    const Exploration without(servers(missing), raft::properties);
    EXPECT_TRUE(without.report.complete()) << name;
    EXPECT_EQ(without.verdict(name), Verdict::missed) << name;
    const Exploration with(servers(showing), raft::properties);
    EXPECT_TRUE(with.report.complete()) << name;
    EXPECT_EQ(with.verdict(name), Verdict::shown) << name;
    covered.insert(name);
  }
  EXPECT_EQ(covered, sometimes_of<raft::Bench>(raft::properties));
}

// What is shown only by a world out of bounds is shown all the same: it was looked at.
TEST(Models, WorldsOutOfBoundsAreLookedAt) {
  const Exploration one(servers({.servers = 1, .max_term = 0}), raft::properties);
  EXPECT_EQ(one.report.distinct, 1U);
  EXPECT_EQ(one.report.out_of_bounds, 1U);
  EXPECT_EQ(one.report.cut, 1U);
  EXPECT_EQ(one.report.terminal, 0U);
  EXPECT_EQ(one.verdict("a leader is elected"), Verdict::shown);
}

}  // namespace
}  // namespace coracle::checker
