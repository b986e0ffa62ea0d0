// What is claimed of Raft can be false: each property is shown what breaks it. And Raft as
// published breaks none on random walks.
#include "model/raft/properties.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "model/values.h"
#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

template <class Kind>
const Kind& named(const std::vector<Kind>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &Kind::name);
  CHECK(found != all.end());
  return *found;
}

bool holds(std::string_view name, const State& state) {
  return named(properties.of_state, name).holds(state);
}

// Of every two, both ways round.
bool holds(std::string_view name, const std::vector<State>& states) {
  const auto asked = named(properties.of_pair, name).holds;
  for (const State& one : states)
    for (const State& other : states)
      if (&one != &other && !asked({one, other})) return false;
  return true;
}

// With an observer: what it remembers stands for what can be seen.
bool remembered(std::string_view name, const std::vector<State>& states, const History& history) {
  const auto asked = named(properties.of_pair, name).remembered;
  return std::ranges::all_of(states, [&](const State& state) { return asked(state, history); });
}

bool holds(std::string_view name, const State& before, const State& after) {
  const Effects none;
  return named(properties.of_step, name).holds({before, after, none});
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
  EXPECT_FALSE(remembered("election safety", {leader(config, {2})}, two));
  EXPECT_TRUE(remembered("election safety", {leader(config, {2})}, one));
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
  const History history{.leaders = {}, .committed = {{{2}, log_of({1})}}};
  const std::string_view name = "leader completeness";
  EXPECT_FALSE(remembered(name, {leader(config, {3})}, history));
  EXPECT_FALSE(remembered(name, {leader(config, {3}, log_of({2}))}, history));
  EXPECT_TRUE(remembered(name, {leader(config, {3}, log_of({1}))}, history));
  EXPECT_TRUE(remembered(name, {leader(config, {1})}, history));
}

TEST(RaftProperties, StateMachineSafetyComparesWhatIsCommitted) {
  const State one = committed_up_to(1, follower({2}, log_of({1, 1})));
  const State two = committed_up_to(2, follower({2}, log_of({1, 2})));
  const State other = committed_up_to(1, follower({2}, log_of({2})));
  EXPECT_TRUE(holds("state machine safety", {one, two}));
  EXPECT_FALSE(holds("state machine safety", {one, other}));
  EXPECT_TRUE(holds("state machine safety", {one, follower({2}, log_of({2}))}));
  const History history{.leaders = {}, .committed = {{{2}, log_of({1})}}};
  EXPECT_FALSE(remembered("state machine safety", {other}, history));
  EXPECT_TRUE(remembered("state machine safety", {one, two}, history));
}

// --- Of one server, and of one step of it.

TEST(RaftProperties, OfOneServer) {
  State leads = leader(config, {1}, log_of({1}));
  EXPECT_TRUE(holds("commit is within the log", committed_up_to(1, leads)));
  EXPECT_FALSE(holds("commit is within the log", committed_up_to(2, leads)));
  EXPECT_TRUE(holds("a leader is elected", leads));
  EXPECT_FALSE(holds("a leader is elected", follower({1})));
  EXPECT_FALSE(holds("an entry is committed", leads));
  EXPECT_TRUE(holds("an entry is committed", committed_up_to(1, leads)));
  EXPECT_TRUE(holds("next is beyond match", leads));
  progress(leads, s2) = {.next = {1}, .match = {1}};
  EXPECT_FALSE(holds("next is beyond match", leads));
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
  using Logs = std::map<Term, Log>;
  const State before = leader(config, {3}, log_of({1, 3}));
  History history = observed({}, s1, before, committed_up_to(2, before), {});
  EXPECT_EQ(history.leaders, (std::set<std::pair<Term, NodeId>>{{{3}, s1}}));
  EXPECT_EQ(history.committed, (Logs{{{3}, log_of({1, 3})}}));
  const State earlier = follower({2}, log_of({1}));
  history = observed(history, s2, earlier, committed_up_to(1, earlier), {});
  EXPECT_EQ(history.committed, (Logs{{{2}, log_of({1})}, {{3}, log_of({1, 3})}}));
  EXPECT_EQ(observed(history, s2, earlier, earlier, {}), history);
  const State other = follower({2}, log_of({2, 2}));
  history = observed(history, s3, other, committed_up_to(2, other), {});
  EXPECT_EQ(history.committed, (Logs{{{2}, log_of({1, 3})}}));  // as first seen
}

// The smallest term in which each entry was known, one by one.
class TermByEntry {
 public:
  void learn(Term term, std::size_t from, std::size_t to) {
    in_.resize(std::max(in_.size(), to), term);
    for (std::size_t i = from; i < to; ++i) in_[i] = std::min(in_[i], term);
  }

  void expect_told_by(const History& history) const {
    EXPECT_EQ(committed_ever(history).size(), in_.size());
    for (std::uint64_t term = 0; term <= 9; ++term) {
      const auto later = std::ranges::find_if(in_, [&](Term in) { return in > Term{term}; });
      EXPECT_EQ(committed_by(history, {term}).size(), static_cast<std::size_t>(later - in_.begin()))
          << term;
    }
    EXPECT_EQ(history.committed.size(), std::set<Term>(in_.begin(), in_.end()).size());
  }

 private:
  std::vector<Term> in_;
};

// Servers learn of one log in terms that never go back, and forget what they know when they crash.
TEST(RaftProperties, AnObserverKnowsATermForEachEntry) {
  std::mt19937_64 random(1);
  const Log log = log_of({1, 1, 1, 1, 1, 1, 1, 1});
  for (int walk = 0; walk < 200; ++walk) {
    std::vector<State> servers(3, follower({1}, log));
    History history;
    TermByEntry plain;
    for (int step = 0; step < 30; ++step) {
      State& server = servers[random() % servers.size()];
      if (random() % 8 == 0) server.commit = {0};
      if (random() % 4 == 0)
        server.durable.term = {
            std::min<std::uint64_t>(9, server.durable.term.value + random() % 3)};
      const State restarted = server;
      server.commit = std::min(log.last().index, Index{server.commit.value + random() % 3});
      plain.learn(server.durable.term, restarted.commit.value, server.commit.value);
      history = observed(std::move(history), s1, restarted, server, {});
      plain.expect_told_by(history);
    }
  }
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
        [&](const coracle::Request<Nodewise::Event>& it) { ask(it.event); }, [](const auto&) {});
    step(values_, world_, action);
    std::vector<const State*> up;
    for (const auto& node : world_.nodes.nodes)
      if (Nodewise::is_up(node)) up.push_back(&Nodewise::state(node));
    for (const State* state : up) ask(properties.of_state, *state);
    for (const auto& property : properties.of_pair)
      for (const State* one : up) ask(property, *one, up);
  }

  void ask(const PairProperty<State, History>& property, const State& one,
           const std::vector<const State*>& up) {
    for (const State* other : up)
      if (other != &one) note(property, property.holds({one, *other}));
    if (property.remembered != nullptr)
      note(property, property.remembered(one, world_.nodes.observed));
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
    for (const auto& property : all) note(property, property.holds(subject));
  }

  template <class Kind>
  void note(const Kind& property, bool holds) {
    if (property.expectation == always) {
      EXPECT_TRUE(holds) << property.name;
    } else if (holds) {
      seen_.insert(property.name);
    }
  }

  Nodewise values_;
  std::mt19937_64 random_;
  World<Nodewise> world_ = values_.initial_world();
  Names& seen_;  // of what must happen
};

template <class Kind>
void expect_seen(const std::vector<Kind>& all, const Names& seen) {
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
  expect_seen(properties.of_pair, seen);
  expect_seen(properties.of_step, seen);
}

}  // namespace
}  // namespace coracle::raft
