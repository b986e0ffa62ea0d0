// Every step of the simulator is an edge of the checker's graph. Beside a simulator under faults
// goes a world of the checker's, in numbers: each action that the simulator takes must be among
// those that the checker enumerates there, and the checker's step must lead to the world that the
// simulator reached.
//
// All faults lower to actions but these, which change no world: latency, which links are cut, and
// when alarms ring. They only decide which action comes next.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <ostream>
#include <set>
#include <utility>
#include <vector>

#include "checker/interned.h"
#include "sim/exactly.h"
#include "sim/replay.h"
#include "sim/simulator.h"
#include "tests/checker/clusters.h"
#include "tests/model/ledger.h"

namespace coracle::sim {
namespace {

using checker::Interned;

template <Protocol P>
class Shadow {
 public:
  using V = Values<P>;

  Shadow(const Cluster<P>& cluster, const Judge<P>& judge)
      : interned_(cluster, judge), numbers_(interned_.interned(V(cluster).initial_world())) {}

  void follow(const Action<V>& action, const World<V>& reached) {
    std::optional<Action<Interned<P>>> same;
    for_each_enabled(interned_, numbers_, [&](const auto& enabled) {
      const Action<Interned<P>> candidate = enabled;
      if (interned_.plain(candidate) == action) same = candidate;
    });
    RC_ASSERT(same.has_value());
    step(interned_, numbers_, *same);
    RC_ASSERT(interned_.plain(numbers_) == reached);
  }

 private:
  Interned<P> interned_;
  World<Interned<P>> numbers_;
};

// What a test does to a simulator: the next of its agenda, or a fault.
struct Deed {
  unsigned kind = 0;
  unsigned one = 0;
  unsigned other = 0;

  friend std::ostream& operator<<(std::ostream& out, const Deed& deed) {
    return out << "{" << deed.kind << ", " << deed.one << ", " << deed.other << "}";
  }
};

std::vector<Deed> any_deeds() {
  const auto deed = rc::gen::build<Deed>(rc::gen::set(&Deed::kind, rc::gen::inRange(0U, 32U)),
                                         rc::gen::set(&Deed::one, rc::gen::inRange(0U, 5U)),
                                         rc::gen::set(&Deed::other, rc::gen::inRange(0U, 5U)));
  return *rc::gen::scale(6.0, rc::gen::container<std::vector<Deed>>(deed));
}

template <Protocol P>
class Walk {
 public:
  using V = Values<P>;

  Walk(const Cluster<P>& cluster, const PropertiesOf<P>& properties, Weather weather,
       std::uint64_t seed)
      : judge_(properties, {}),
        shadow_(cluster, judge_),
        simulator_(cluster, judge_, weather, seed) {
    simulator_.on_action = [this](const Action<V>& action) {
      shadow_.follow(action, simulator_.world());
      ++actions_;
    };
  }

  void walk(const std::vector<Deed>& deeds) {
    for (const Deed& deed : deeds) {
      const auto at = [&](unsigned number) {
        return node_at(number % simulator_.world().nodes.nodes.size());
      };
      do_one(deed, at(deed.one), at(deed.other));
    }
  }

  std::size_t actions() const { return actions_; }
  const Simulator<P>& simulator() const { return simulator_; }

 private:
  void do_one(const Deed& deed, NodeId one, NodeId other) {
    const World<V> before = simulator_.world();
    const bool crashes = before.nodes.left.crashes > 0;
    switch (deed.kind) {
      case 0:
        if (one != other) simulator_.cut(one, other), cuts_.emplace_back(one, other);
        RC_ASSERT(simulator_.world() == before);
        break;
      case 1:
        if (!cuts_.empty()) {
          simulator_.mend(cuts_.back().first, cuts_.back().second);
          cuts_.pop_back();
        }
        RC_ASSERT(simulator_.world() == before);
        break;
      case 2:
        if (simulator_.is_up(one) && crashes) crash(one, deed.other);
        break;
      case 3:
        if (!simulator_.is_up(one)) simulator_.restart(one);
        break;
      case 4:
        ask(other);
        break;
      case 5:
        expire(one);
        break;
      case 6:
      case 7:
      case 8:
        decide_on_a_message(deed.kind, one, other);
        break;
      case 9:
        if (simulator_.is_up(one) && simulator_.unflushed(one) > 0) simulator_.flush(one);
        break;
      default:
        if (deed.kind < 17) return disturb(deed, one, other);
        if (simulator_.next_time()) simulator_.advance();
    }
  }

  // What changes when things happen, and no world.
  void disturb(const Deed& deed, NodeId one, NodeId other) {
    const World<V> before = simulator_.world();
    const auto link = std::pair(one, other);
    switch (deed.kind) {
      case 10:
        if (one != other) simulator_.clog(one, other), clogs_.insert(link);
        break;
      case 11:
        for (; clogs_.contains(link); clogs_.erase(clogs_.find(link)))
          simulator_.unclog(one, other);
        break;
      case 12:
        simulator_.is_paused(one) ? simulator_.resume(one) : simulator_.pause(one);
        break;
      case 13:
        simulator_.jump(one, deed.other % 2 == 0 ? 300'000'000 : -300'000'000);
        break;
      case 14:
        simulator_.set_drift(one, deed.other % 2 == 0 ? fastest : slowest);
        break;
      case 15:
        simulator_.disturb({.what = static_cast<Disturbance::What>(deed.other % 3),
                            .share = certain / 2,
                            .by = {0, 500'000'000},
                            .kind = {},
                            .links = std::vector<bool>(
                                before.nodes.nodes.size() * before.nodes.nodes.size(), true),
                            .deed = deed.one});
        break;
      default:
        simulator_.undisturb(deed.one);
    }
    RC_ASSERT(simulator_.world() == before);
  }

  // Now and then it is said how much is kept.
  void crash(NodeId id, unsigned how) {
    const std::uint32_t most = simulator_.unflushed(id);
    if (how % 2 == 0)
      simulator_.crash(id);
    else
      simulator_.crash(id, how % (most + 1));
  }

  // As the exact sentences of a scenario do, where its actions can happen.
  void decide_on_a_message(unsigned kind, NodeId from, NodeId to) {
    auto* flight = simulator_.find_flight(
        [&](const auto& envelope) { return envelope.from == from && envelope.to == to; });
    if (flight == nullptr) return;
    const auto fate = kind == 6   ? Exactly::Fate::deliver
                      : kind == 7 ? Exactly::Fate::drop
                                  : Exactly::Fate::duplicate;
    const auto action = action_of<P>(fate, flight->envelope);
    if (impossible<P>(simulator_.values(), simulator_.world(), action)) return;
    const bool ordered = simulator_.values().cluster().network.kind == NetworkKind::ordered;
    if (fate == Exactly::Fate::deliver) simulator_.deliver(*flight);
    if (fate == Exactly::Fate::drop) simulator_.drop(*flight);
    if (fate == Exactly::Fate::duplicate && !ordered) simulator_.duplicate(*flight);
  }

  // What a client may ask, as the checker knows it.
  void ask(NodeId id) {
    if (!simulator_.is_up(id)) return;
    const auto& node = simulator_.world().nodes.nodes[position(id)];
    const auto questions = simulator_.values().questions(id, node);
    if (!questions.empty()) simulator_.request(id, questions.front());
  }

  void expire(NodeId id) {
    if (!simulator_.is_up(id)) return;
    const auto& config = simulator_.values().cluster().configs[position(id)];
    const auto set = timers(config, V::state(simulator_.world().nodes.nodes[position(id)]));
    if (!set.empty()) simulator_.expire(id, set.back());
  }

  Judge<P> judge_;
  Shadow<P> shadow_;
  Simulator<P> simulator_;
  std::vector<std::pair<NodeId, NodeId>> cuts_;
  std::multiset<std::pair<NodeId, NodeId>> clogs_;
  std::size_t actions_ = 0;
};

Weather any_weather() {
  const auto any_share = [] { return *rc::gen::element(0U, 100'000U, 300'000U); };
  const auto any_span = [](Time least) {
    return Span{least, *rc::gen::inRange<Time>(1'000'000, 400'000'000)};
  };
  Weather weather{.network = {.latency = {.span = any_span(1'000'000)},
                              .loss = any_share(),
                              .duplicate = any_share()},
                  .flush = any_span(0)};
  weather.network.reorder = {any_share(), any_span(0)};
  weather.network.replay = {any_share(), any_span(0)};
  weather.network.capacity = *rc::gen::element(0U, 1U, 4U);
  weather.network.bandwidth = *rc::gen::element<std::uint64_t>(0U, 1'000U);
  weather.stall = {any_share(), any_span(0)};
  weather.drift = any_share();
  return weather;
}

template <Protocol P>
Cluster<P> in_weather(Cluster<P> cluster) {
  cluster.max_in_flight.reset();
  cluster.network.loss = true;
  cluster.network.duplication = true;
  cluster.faults.crashes = 3;
  return cluster;
}

template <Protocol P>
void expect_one_world(const Cluster<P>& cluster, const PropertiesOf<P>& properties) {
  Walk<P> walk(cluster, properties, any_weather(), *rc::gen::arbitrary<std::uint64_t>());
  walk.walk(any_deeds());
  RC_TAG(walk.actions() < 10 ? "short" : walk.actions() < 100 ? "middling" : "long");
}

Cluster<raft::Bench> any_servers(const std::string& mutant = "none") {
  auto cluster = in_weather(
      checker::servers({.servers = *rc::gen::inRange(1, 6),
                        .network = *rc::gen::element<std::string>("unordered", "ordered"),
                        .no_op = *rc::gen::arbitrary<bool>(),
                        .membership = *rc::gen::arbitrary<bool>(),
                        .mutant = mutant}));
  cluster.disk = *rc::gen::element(DiskKind::synced, DiskKind::buffered);
  cluster.observing = *rc::gen::arbitrary<bool>();
  return cluster;
}

RC_GTEST_PROP(SimulatorAndChecker, ShareAWorldOfRaft, ()) {
  expect_one_world(any_servers(), raft::properties);
}

RC_GTEST_PROP(SimulatorAndChecker, ShareAWorldOfRaftWithAPlantedBug, ()) {
  const auto mutant = *rc::gen::elementOf(typed_names<raft::Mutant>());
  RC_PRE(mutant != "none");
  expect_one_world(any_servers(mutant), raft::properties);
}

RC_GTEST_PROP(SimulatorAndChecker, ShareAWorldOfTheTrafficLight, ()) {
  auto cluster = checker::crossings(*rc::gen::inRange(1, 4));
  cluster.faults.crashes = 3;
  expect_one_world(cluster, traffic_light::properties);
}

RC_GTEST_PROP(SimulatorAndChecker, ShareAWorldOfTheLedger, ()) {
  Cluster<ledger::Protocol> cluster;
  cluster.configs = {{.other = NodeId{2}, .most = 9}, {.other = NodeId{1}, .most = 9}};
  cluster.disk = *rc::gen::element(DiskKind::synced, DiskKind::buffered);
  cluster.observing = *rc::gen::arbitrary<bool>();
  expect_one_world(in_weather(cluster), ledger::properties);
}

// Its network is a set: what arrives stays.
RC_GTEST_PROP(SimulatorAndChecker, ShareAWorldOfTwoPhaseCommit, ()) {
  expect_one_world(checker::managers(*rc::gen::inRange(1, 5)), two_phase_commit::properties);
}

// A walk that never gets anywhere would prove nothing.
TEST(SimulatorAndChecker, AWalkGetsSomewhere) {
  auto cluster = in_weather(checker::servers({.servers = 3}));
  cluster.disk = DiskKind::buffered;
  Walk<raft::Bench> walk(cluster, raft::properties,
                         {.network = {.latency = {.span = {1'000'000, 5'000'000}},
                                      .loss = 10'000,
                                      .duplicate = 10'000},
                          .flush = {1'000'000, 5'000'000}},
                         1);
  for (unsigned i = 0; i < 12000; ++i) walk.walk({{i % 200, i / 200, i / 200 + 2}});
  EXPECT_GT(walk.actions(), 200U);
  const auto counters = walk.simulator().counters();
  for (const char* kind :
       {"deliver", "drop", "duplicate", "expire", "request", "flush", "crash", "restart"})
    EXPECT_GT(counters.at(kind), 0U) << kind;
}

}  // namespace
}  // namespace coracle::sim
