// How a search goes and ends: what it asks of the protocol, where it stops, and what it then says.
#include "checker/search.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "checker/graph.h"
#include "tests/checker/clusters.h"
#include "tests/checker/enumerator.h"

namespace coracle::checker {
namespace {

using TwoPhaseCommit = Exploration<two_phase_commit::Protocol>;
using TrafficLight = Exploration<traffic_light::Protocol>;

Limits keep_going() {
  Limits limits;
  limits.keep_going = true;
  return limits;
}

// ---- next_state is called once for each distinct step

// The same protocol, but for a counter of calls.
template <Protocol P>
struct Counted : P {
  static inline std::size_t calls = 0;
  struct Config : P::Config {
    friend Step<typename P::State, typename P::Effect> next_state(const Config& config,
                                                                  typename P::State state,
                                                                  const typename P::Event& event) {
      ++calls;
      const typename P::Config& inner = config;
      return next_state(inner, std::move(state), event);
    }
  };
};

template <Protocol P>
Cluster<Counted<P>> counted(const Cluster<P>& cluster) {
  Cluster<Counted<P>> same;
  for (const auto& config : cluster.configs) same.configs.push_back({config});
  same.network = cluster.network;
  return same;
}

TEST(Search, CallsNextStateOnceForEachDistinctStep) {
  using CountedLight = Counted<traffic_light::Protocol>;
  const Exploration<CountedLight> light(counted(crossings(2)), traffic_light::properties);
  EXPECT_EQ(light.report.distinct, 43'264U);
  EXPECT_EQ(CountedLight::calls, light.report.next_state_calls);
  EXPECT_EQ(CountedLight::calls, 2 * 2 * 208U);  // a tick and a press from each state of each

  using CountedCommit = Counted<two_phase_commit::Protocol>;
  const Exploration<CountedCommit> commit(counted(managers(4)), two_phase_commit::properties);
  EXPECT_EQ(commit.report.distinct, 1'568U);
  EXPECT_EQ(CountedCommit::calls, commit.report.next_state_calls);
  EXPECT_LT(CountedCommit::calls, commit.report.generated / 10);
}

std::size_t uses(const std::string& folder, const std::regex& form) {
  std::size_t count = 0;
  const std::filesystem::path top = CORACLE_SOURCE_DIR;
  for (const auto& entry : std::filesystem::directory_iterator(top / folder)) {
    std::ifstream in(entry.path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    count += static_cast<std::size_t>(
        std::distance(std::sregex_iterator(text.begin(), text.end(), form), {}));
  }
  return count;
}

TEST(Search, ReachesTheProtocolByOneWayOnly) {
  EXPECT_EQ(uses("checker", std::regex(R"(\bnext_state\s*\()")), 0U);
  EXPECT_EQ(uses("checker", std::regex(R"(\bplain_\.react\()")), 1U);
}

// ---- limits

TEST(Search, StopsAtTheEndOfTheLevelThatReachesMaxStates) {
  const TwoPhaseCommit whole(managers(3), two_phase_commit::properties);
  const auto& begins = whole.search.begins();
  for (const std::uint64_t most : {1U, 2U, 10U, 50U, 200U, 287U}) {
    SCOPED_TRACE(most);
    Limits limits;
    limits.max_states = most;
    const TwoPhaseCommit cut(managers(3), two_phase_commit::properties, limits);
    const auto level = static_cast<std::size_t>(
        std::ranges::find_if(begins, [&](auto end) { return end >= most; }) - begins.begin());
    EXPECT_EQ(cut.report.distinct, begins[level]);
    EXPECT_EQ(cut.report.depth + 1, level);
    EXPECT_EQ(cut.report.queue, begins[level] - begins[level - 1]);
    EXPECT_EQ(cut.report.ending, Ending::max_states);
    EXPECT_EQ(exit_code(cut.report), 3);

    Limits by_depth;
    by_depth.max_depth = cut.report.depth;
    if (cut.report.depth == 0) continue;
    const TwoPhaseCommit same(managers(3), two_phase_commit::properties, by_depth);
    EXPECT_EQ(counts_of(same.report), counts_of(cut.report));
    EXPECT_EQ(same.report.hash, cut.report.hash);
  }
}

TEST(Search, DoesNotStopAtALimitThatItNeverReaches) {
  Limits limits;
  limits.max_states = 289;
  limits.max_depth = 100;
  const TwoPhaseCommit whole(managers(3), two_phase_commit::properties, limits);
  EXPECT_TRUE(whole.report.complete());
  EXPECT_EQ(exit_code(whole.report), 0);
}

TEST(Search, StopsAtMaxDepth) {
  Limits limits;
  limits.max_depth = 40;
  const TrafficLight cut(crossings(1), traffic_light::properties, limits);
  EXPECT_EQ(cut.report.ending, Ending::max_depth);
  EXPECT_EQ(cut.report.depth, 40U);
  EXPECT_GT(cut.report.queue, 0U);
  EXPECT_EQ(exit_code(cut.report), 3);
  // What was not seen may still come, what was not broken may still break.
  EXPECT_EQ(cut.verdict("a north-south green ends early for someone who waits"), Verdict::open);
  EXPECT_EQ(cut.verdict("one road faces red"), Verdict::open);
  EXPECT_EQ(cut.verdict("someone waits while east-west is green"), Verdict::shown);
}

TEST(Search, StopsWhenItsTimeIsUp) {
  Limits limits;
  limits.time_limit = std::chrono::nanoseconds(-1);
  const TrafficLight cut(crossings(2), traffic_light::properties, limits);
  EXPECT_EQ(cut.report.ending, Ending::time_limit);
  EXPECT_EQ(cut.report.distinct, 1U);
  EXPECT_EQ(cut.report.queue, 1U);
  EXPECT_EQ(exit_code(cut.report), 3);
}

TEST(Search, StopsInTheMiddleWhenInterrupted) {
  const Judge<traffic_light::Protocol> judge(traffic_light::properties, {});
  Space<traffic_light::Protocol> space(crossings(2), judge);
  std::atomic<bool> interrupted = false;
  Limits limits;
  limits.interrupted = &interrupted;
  Search<traffic_light::Protocol> search(space, limits);
  std::uint64_t seen = 0;
  search.on_progress = [&](const Progress& now) {
    seen = now.distinct;
    interrupted = now.distinct > 1;
  };
  const Report report = search.run();
  EXPECT_EQ(report.ending, Ending::interrupted);
  EXPECT_GE(report.distinct, seen);
  EXPECT_LT(report.distinct, 43'264U);
  EXPECT_GT(report.queue, 0U);
  EXPECT_NE(summary(report).find("interrupted"), std::string::npos);
  EXPECT_EQ(exit_code(report), 3);
}

TEST(Search, GoesOnAfterAViolationOnlyWhenAsked) {
  const auto cluster = servers(
      {.servers = 2, .max_term = 2, .max_log = 1, .max_in_flight = 3, .mutant = "even-quorum"});
  const Exploration<raft::Bench> first(cluster, raft::properties);
  EXPECT_EQ(first.report.ending, Ending::violation);
  EXPECT_EQ(first.report.depth, 2U);
  EXPECT_EQ(first.verdict("election safety"), Verdict::violated);
  EXPECT_EQ(first.verdict("log matching"), Verdict::open);
  EXPECT_EQ(first.verdict("state machine safety"), Verdict::open);
  EXPECT_EQ(exit_code(first.report), 1);

  const Exploration<raft::Bench> all(cluster, raft::properties, keep_going());
  EXPECT_EQ(all.report.ending, Ending::violation);
  EXPECT_EQ(all.report.queue, 0U);
  EXPECT_EQ(all.property("election safety").depth, 2U);
  EXPECT_EQ(all.verdict("state machine safety"), Verdict::violated);
  EXPECT_GT(all.property("state machine safety").depth, 2U);
  EXPECT_EQ(all.verdict("terms never go back"), Verdict::holds);
  EXPECT_EQ(exit_code(all.report), 1);
}

TEST(Search, AsksOnlyWhatIsNamed) {
  const std::string asked = "every manager aborts";
  const TwoPhaseCommit some(managers(2, "commit-without-all"), two_phase_commit::properties, {},
                            {asked});
  ASSERT_EQ(some.report.properties.size(), 1U);
  EXPECT_EQ(some.verdict(asked), Verdict::shown);
  EXPECT_TRUE(some.report.complete());
}

TEST(Search, ReportsTheSameHashForTheSameWorldsOnly) {
  const auto hash = [](const RaftOptions& options) {
    return Exploration(servers(options), raft::properties).report.hash;
  };
  const RaftOptions options{.servers = 2, .max_term = 2, .max_log = 1, .max_in_flight = 2};
  EXPECT_EQ(hash(options), hash(options));
  RaftOptions other = options;
  other.max_in_flight = 3;
  EXPECT_NE(hash(other), hash(options));
  // Fewer questions do not make another space.
  const Exploration asked_less(servers(options), raft::properties, {}, {"log matching"});
  EXPECT_EQ(asked_less.report.hash, hash(options));
}

TEST(Search, CountsActionsByKind) {
  const TwoPhaseCommit two(managers(2), two_phase_commit::properties);
  std::uint64_t sum = 0;
  std::set<std::string> names;
  for (const auto& [name, count] : two.report.actions) {
    sum += count;
    names.insert(name);
    EXPECT_GT(count, 0U) << name;
  }
  EXPECT_EQ(sum + 1, two.report.generated);
  EXPECT_EQ(names, (std::set<std::string>{"deliver prepared", "deliver commit", "deliver abort",
                                          "expire decide_commit", "expire decide_abort",
                                          "expire prepare", "expire give_up"}));
}

// ---- the graph

TEST(Graph, OneTrafficLightIsASingleComponent) {
  TrafficLight light(crossings(1), traffic_light::properties);
  const Graph graph = graph_of(light.space, light.search);
  EXPECT_EQ(boost::num_vertices(graph), 208U);
  EXPECT_EQ(boost::num_edges(graph), 312U);
  EXPECT_EQ(strong_components(graph), 1U);
  std::ostringstream dot;
  write_dot(dot, graph);
  EXPECT_NE(dot.str().find("expire tick"), std::string::npos);
}

TEST(Graph, WhatIsDecidedIsNeverUndone) {
  TwoPhaseCommit commit(managers(2), two_phase_commit::properties);
  const Graph graph = graph_of(commit.space, commit.search);
  EXPECT_EQ(boost::num_vertices(graph), 56U);
  EXPECT_EQ(strong_components(graph), 56U);
}

TEST(Graph, IsCutWhereTheSearchWas) {
  Limits limits;
  limits.max_depth = 3;
  TrafficLight light(crossings(1), traffic_light::properties, limits);
  const Graph graph = graph_of(light.space, light.search);
  EXPECT_EQ(boost::num_vertices(graph), light.report.distinct);
  EXPECT_EQ(strong_components(graph), light.report.distinct);
}

}  // namespace
}  // namespace coracle::checker
