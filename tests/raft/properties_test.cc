// What is claimed of Raft can be false: each property is shown what breaks it. And Raft as
// published breaks none on random walks.
#include "model/raft/properties.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <set>
#include <string_view>
#include <vector>

#include "model/values.h"
#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

template <class Subject>
bool holds(const std::vector<Property<Subject>>& all, std::string_view name,
           const Subject& subject) {
  for (const Property<Subject>& property : all)
    if (property.name == name) return property.holds(subject);
  ADD_FAILURE() << "no property " << name;
  return false;
}

bool holds(std::string_view name, const std::vector<State>& states,
           const History* observed = nullptr) {
  std::vector<const State*> up;
  up.reserve(states.size());
  for (const State& state : states) up.push_back(&state);
  return holds(properties.of_nodes, name, AllNodes{up, observed});
}

bool holds(std::string_view name, const State& before, const State& after) {
  const Effects none;
  return holds(properties.of_step, name, NodeChange{before, after, none});
}

// --- Of all servers at one moment.

TEST(RaftProperties, ElectionSafetyIsOneLeaderATerm) {
  const State one = leader(config, {2});
  const State later = leader(server(s2, 3), {3});
  const State same = leader(server(s2, 3), {2});
  EXPECT_TRUE(holds("election safety", {one, later, follower({3})}));
  EXPECT_FALSE(holds("election safety", {one, same}));
  EXPECT_FALSE(holds("two leaders are alive in different terms", {one, same}));
  EXPECT_TRUE(holds("two leaders are alive in different terms", {one, later}));
}

TEST(RaftProperties, ElectionSafetyRemembersWhoHasLed) {
  const History two{.leaders = {{{2}, s1}, {{2}, s3}, {{3}, s1}}, .committed = {}};
  const History one{.leaders = {{{2}, s1}, {{3}, s1}}, .committed = {}};
  EXPECT_FALSE(holds("election safety", {leader(config, {2})}, &two));
  EXPECT_TRUE(holds("election safety", {leader(config, {2})}, &one));
}

TEST(RaftProperties, LogMatchingLooksBelowTheLastSharedEntry) {
  EXPECT_TRUE(
      holds("log matching", {follower({3}, log_of({1, 1, 2})), follower({3}, log_of({1, 1, 3}))}));
  EXPECT_TRUE(holds("log matching", {follower({3}, log_of({1, 2})), follower({3}, log_of({1}))}));
  EXPECT_TRUE(holds("log matching", {follower({3}, log_of({1, 1})), follower({3}, log_of({2}))}));
  EXPECT_FALSE(
      holds("log matching", {follower({3}, log_of({1, 2})), follower({3}, log_of({2, 2}))}));
  const Log other({{{1}, "another command"}});
  EXPECT_FALSE(holds("log matching", {follower({3}, log_of({1})), follower({3}, other)}));
}

TEST(RaftProperties, LeaderCompletenessBindsLeadersOfTheSameAndLaterTerms) {
  const State knows = committed_up_to(2, follower({2}, log_of({1, 2})));
  EXPECT_TRUE(holds("leader completeness", {leader(config, {3}, log_of({1, 2, 3})), knows}));
  EXPECT_FALSE(holds("leader completeness", {leader(config, {3}, log_of({1})), knows}));
  EXPECT_FALSE(holds("leader completeness", {knows, leader(config, {2}, log_of({1}))}));
  EXPECT_TRUE(holds("leader completeness", {leader(config, {1}, log_of({1})), knows}));
}

TEST(RaftProperties, LeaderCompletenessRemembersWhatWasCommitted) {
  const History history{.leaders = {}, .committed = {{{{1}, "1@1"}, {2}}}};
  const std::string_view name = "leader completeness";
  EXPECT_FALSE(holds(name, {leader(config, {3})}, &history));
  EXPECT_FALSE(holds(name, {leader(config, {3}, log_of({2}))}, &history));
  EXPECT_TRUE(holds(name, {leader(config, {3}, log_of({1}))}, &history));
  EXPECT_TRUE(holds(name, {leader(config, {1})}, &history));
}

TEST(RaftProperties, StateMachineSafetyComparesWhatIsCommitted) {
  const State one = committed_up_to(1, follower({2}, log_of({1, 1})));
  const State two = committed_up_to(2, follower({2}, log_of({1, 2})));
  const State other = committed_up_to(1, follower({2}, log_of({2})));
  EXPECT_TRUE(holds("state machine safety", {one, two}));
  EXPECT_FALSE(holds("state machine safety", {one, other}));
  EXPECT_TRUE(holds("state machine safety", {one, follower({2}, log_of({2}))}));
  const History history{.leaders = {}, .committed = {{{{1}, "1@1"}, {2}}}};
  EXPECT_FALSE(holds("state machine safety", {other}, &history));
  EXPECT_TRUE(holds("state machine safety", {one, two}, &history));
}

// --- Of one server, and of one step of it.

TEST(RaftProperties, OfOneServer) {
  State leads = leader(config, {1}, log_of({1}));
  EXPECT_TRUE(holds(properties.of_state, "commit is within the log", committed_up_to(1, leads)));
  EXPECT_FALSE(holds(properties.of_state, "commit is within the log", committed_up_to(2, leads)));
  EXPECT_TRUE(holds(properties.of_state, "a leader is elected", leads));
  EXPECT_FALSE(holds(properties.of_state, "a leader is elected", follower({1})));
  EXPECT_FALSE(holds(properties.of_state, "an entry is committed", leads));
  EXPECT_TRUE(holds(properties.of_state, "an entry is committed", committed_up_to(1, leads)));
  EXPECT_TRUE(holds(properties.of_state, "next is beyond match", leads));
  progress(leads, s2) = {.next = {1}, .match = {1}};
  EXPECT_FALSE(holds(properties.of_state, "next is beyond match", leads));
}

TEST(RaftProperties, NothingGoesBack) {
  const State before = committed_up_to(1, follower({2}, log_of({1}), s2));
  EXPECT_TRUE(holds("terms never go back", before, follower({3}, log_of({1}))));
  EXPECT_FALSE(holds("terms never go back", before, follower({1}, log_of({1}))));
  EXPECT_FALSE(holds("commit never goes back", before, committed_up_to(0, before)));
  EXPECT_TRUE(holds("commit never goes back", before, before));
  State matched = leader(config, {1}, log_of({1}));
  progress(matched, s2).match = {1};
  EXPECT_FALSE(holds("match never goes back", matched, leader(config, {1}, log_of({1}))));
  EXPECT_TRUE(holds("match never goes back", matched, leader(config, {2}, log_of({1}))));
}

TEST(RaftProperties, AVoteChangesWithTheTermOnly) {
  const std::string_view name = "a vote is never changed within its term";
  EXPECT_TRUE(holds(name, follower({1}), follower({1}, {}, s2)));
  EXPECT_FALSE(holds(name, follower({1}, {}, s2), follower({1})));
  EXPECT_FALSE(holds(name, follower({1}, {}, s2), follower({1}, {}, s3)));
  EXPECT_TRUE(holds(name, follower({1}, {}, s2), follower({2}, {}, s3)));
}

TEST(RaftProperties, ALeadersLogOnlyGrows) {
  const State before = leader(config, {2}, log_of({1, 2}));
  EXPECT_TRUE(holds("leader append-only", before, leader(config, {2}, log_of({1, 2, 2}))));
  EXPECT_FALSE(holds("leader append-only", before, leader(config, {2}, log_of({1}))));
  EXPECT_FALSE(holds("leader append-only", before, leader(config, {2}, log_of({1, 1, 2}))));
  EXPECT_TRUE(holds("leader append-only", before, follower({3}, log_of({1}))));
}

TEST(RaftProperties, WhatMustBeSeenToHappen) {
  const State longer = follower({2}, log_of({1, 1}));
  EXPECT_TRUE(holds("a log is truncated", longer, follower({2}, log_of({1}))));
  EXPECT_TRUE(holds("a log is truncated", longer, follower({2}, log_of({1, 2}))));
  EXPECT_FALSE(holds("a log is truncated", longer, follower({2}, log_of({1, 1, 2}))));
  EXPECT_TRUE(holds("a candidate steps down", candidate(s1, {1}, {}), follower({1})));
  EXPECT_FALSE(holds("a candidate steps down", candidate(s1, {1}, {}), leader(config, {1})));
  const State leads = leader(config, {2}, log_of({1, 2}));
  const std::string_view name = "an entry of an earlier term is committed";
  EXPECT_TRUE(holds(name, leads, committed_up_to(2, leads)));
  EXPECT_FALSE(holds(name, committed_up_to(1, leads), committed_up_to(2, leads)));
  EXPECT_FALSE(holds(name, leads, leads));
}

TEST(RaftProperties, AnObserverRemembersLeadersAndTheFirstTermThatKnew) {
  const State before = leader(config, {3}, log_of({1, 3}));
  History history = observed({}, s1, before, committed_up_to(2, before), {});
  EXPECT_EQ(history.leaders, (std::set<std::pair<Term, NodeId>>{{{3}, s1}}));
  EXPECT_EQ(history.committed,
            (std::vector<CommittedEntry>{{{{1}, "1@1"}, {3}}, {{{3}, "3@2"}, {3}}}));
  const State earlier = follower({2}, log_of({1}));
  history = observed(history, s2, earlier, committed_up_to(1, earlier), {});
  EXPECT_EQ(history.committed,
            (std::vector<CommittedEntry>{{{{1}, "1@1"}, {2}}, {{{3}, "3@2"}, {3}}}));
  EXPECT_EQ(observed(history, s2, earlier, earlier, {}), history);
}

// --- Random walks of whole clusters, whatever the network loses or repeats and whoever crashes: as
// published, nothing is broken, and all that must be seen to happen does.

using Nodewise = Values<Protocol>;
using Names = std::set<std::string_view>;

class Walk {
 public:
  Walk(std::size_t servers, std::uint64_t seed, Names& seen)
      : values_(cluster_of(servers)), random_(seed), seen_(seen) {}

  void go(int steps) {
    while (steps-- > 0) step_on();
  }

 private:
  static Cluster<Protocol> cluster_of(std::size_t servers) {
    Cluster<Protocol> cluster;
    for (std::size_t at = 0; at < servers; ++at)
      cluster.configs.push_back(server(node_at(at), servers));
    cluster.network = {.kind = NetworkKind::unordered, .loss = true, .duplication = true};
    cluster.faults = {.crashes = 3};
    cluster.observing = true;
    return cluster;
  }

  // Of three draws the first delivery, so that something gets done.
  Action<Nodewise> choose() {
    std::vector<Action<Nodewise>> enabled;
    for_each_enabled(values_, world_, [&](const auto& action) { enabled.push_back(action); });
    Action<Nodewise> chosen = enabled[0];
    for (int draws = 0; draws < 3; ++draws) {
      chosen = enabled[random_() % enabled.size()];
      if (chosen.index() == 0) break;
    }
    return chosen;
  }

  void step_on() {
    const Action<Nodewise> action = choose();
    match(
        action,
        [&](const Deliver<Nodewise::Envelope>& it) { ask(Nodewise::received(it.envelope)); },
        [&](const Expire<Nodewise::Event>& it) { ask(it.event); },
        [&](const Request<Nodewise::Event>& it) { ask(it.event); }, [](const auto&) {});
    step(values_, world_, action);
    std::vector<const State*> up;
    for (const auto& node : world_.nodes.nodes)
      if (Nodewise::is_up(node)) up.push_back(&Nodewise::state(node));
    for (const State* state : up) ask(properties.of_state, *state);
    ask(properties.of_nodes, AllNodes{up, nullptr});
    ask(properties.of_nodes, AllNodes{up, &world_.nodes.observed});
  }

  // The properties of the step that an event leads to.
  void ask(const Occurrence<Protocol>& event) {
    const auto& node = world_.nodes.nodes[position(event.node)];
    if (!Nodewise::is_up(node)) return;
    const auto reaction = values_.react(node, event);
    const NodeChange change{Nodewise::state(node), Nodewise::state(reaction.after),
                            reaction.effects};
    EXPECT_TRUE(Nodewise::saves_what_it_keeps(change));
    ask(properties.of_step, change);
  }

  template <class Subject>
  void ask(const std::vector<Property<Subject>>& all, const Subject& subject) {
    for (const auto& property : all) {
      const bool holds = property.holds(subject);
      if (property.expectation == always) {
        EXPECT_TRUE(holds) << property.name;
      } else if (holds) {
        seen_.insert(property.name);
      }
    }
  }

  Nodewise values_;
  std::mt19937_64 random_;
  World<Nodewise> world_ = values_.initial_world();
  Names& seen_;  // of what must happen
};

template <class Subject>
void expect_seen(const std::vector<Property<Subject>>& all, const Names& seen) {
  for (const auto& property : all)
    if (property.expectation == sometimes) {
      EXPECT_TRUE(seen.contains(property.name)) << property.name;
    }
}

TEST(RaftProperties, HoldOnRandomWalksAndShowWhatTheyMust) {
  Names seen;
  for (std::uint64_t seed = 1; seed <= 400 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Walk(1 + seed % 5, seed, seen).go(150);
  }
  expect_seen(properties.of_state, seen);
  expect_seen(properties.of_nodes, seen);
  expect_seen(properties.of_step, seen);
}

}  // namespace
}  // namespace coracle::raft
