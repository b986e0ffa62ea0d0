// A counterexample is a real run: taken step by step from the initial world, it ends where the
// property fails, and no shorter run does.
#include "checker/path.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "model/narrative.h"
#include "tests/checker/clusters.h"
#include "tests/checker/enumerator.h"

namespace coracle::checker {
namespace {

// Asks a property of one step of whole worlds, with nothing remembered and nothing numbered.
template <Protocol P>
class Asking {
 public:
  using PlainWorld = World<Values<P>>;
  using PlainAction = Action<Values<P>>;

  Asking(const Values<P>& values, const PropertiesOf<P>& properties, std::string name)
      : values_(values), properties_(properties), name_(std::move(name)) {}

  bool broken_by(const PlainWorld& before, const PlainAction& action,
                 const PlainWorld& after) const {
    return broken_in(after) || std::visit(
                                   [&](const auto& taken) {
                                     const auto event = event_of(taken);
                                     return event && broken_by_event(before, *event);
                                   },
                                   action);
  }

  bool broken_in(const PlainWorld& world) const {
    std::vector<const State*> up;
    for (const auto& node : world.nodes.nodes)
      if (Values<P>::is_up(node)) up.push_back(&Values<P>::state(node));
    bool broken = false;
    for (const auto& property : properties_.of_state)
      for (const auto* state : up) broken |= property.name == name_ && !property.holds(*state);
    for (const auto& property : properties_.of_pair)
      broken |= property.name == name_ && pair_breaks(property, up, world.nodes.observed);
    for (const auto& property : properties_.of_nodes)
      broken |= property.name == name_ && !property.holds({up});
    return broken;
  }

 private:
  using State = typename P::State;
  using Event = typename Values<P>::Event;

  bool pair_breaks(const PairProperty<State, ObservedOf<P>>& property,
                   const std::vector<const State*>& up, const ObservedOf<P>& observed) const {
    const bool remembered = values_.cluster().observing && property.remembered != nullptr;
    bool broken = false;
    for (const State* one : up) {
      broken |= remembered && !property.remembered(*one, observed);
      for (const State* other : up)
        broken |= !remembered && one != other && !property.holds({*one, *other});
    }
    return broken;
  }

  template <class Taken>
  static std::optional<Event> event_of(const Taken& taken) {
    using Envelope = typename Values<P>::Envelope;
    if constexpr (std::is_same_v<Taken, Deliver<Envelope>>)
      return Values<P>::received(taken.envelope);
    else if constexpr (requires { taken.event; })
      return taken.event;
    else
      return {};
  }

  bool broken_by_event(const PlainWorld& before, const Event& event) const {
    const auto& node = before.nodes.nodes[position(event.node)];
    if (!Values<P>::is_up(node)) return false;
    const auto reaction = values_.react(node, event);
    bool broken = false;
    for (const auto& property : properties_.of_step)
      broken |= property.name == name_ &&
                !property.holds(
                    {Values<P>::state(node), Values<P>::state(reaction.after), reaction.effects});
    return broken;
  }

  const Values<P>& values_;
  const PropertiesOf<P>& properties_;
  std::string name_;
};

template <Protocol P>
std::vector<Action<Values<P>>> counterexample(Exploration<P>& explored, const std::string& name) {
  const auto& asked = explored.judge.asked();
  const auto at = std::ranges::find(asked, name, &Asked::name) - asked.begin();
  PathFinder<P> paths(explored.space, explored.search);
  return paths.path_to_mark(Marks{1} << at, explored.property(name).depth.value());
}

template <Protocol P>
void expect_shortest_run(const Cluster<P>& cluster, const PropertiesOf<P>& properties,
                         const std::string& name) {
  SCOPED_TRACE(name);
  Exploration<P> explored(cluster, properties);
  ASSERT_EQ(explored.verdict(name), Verdict::violated);
  const auto path = counterexample(explored, name);
  EXPECT_EQ(path.size(), explored.property(name).depth);
  EXPECT_EQ(path.size(), explored.report.depth);

  Enumerator<P> plain(cluster);
  const Asking<P> asking(plain.values(), properties, name);
  auto world = plain.values().initial_world();
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto enabled = plain.enabled(world);
    ASSERT_EQ(std::ranges::count(enabled, path[i]), 1) << i;
    const auto next = plain.after(world, path[i]);
    EXPECT_EQ(asking.broken_by(world, path[i], next), i + 1 == path.size()) << i;
    world = next;
  }
  EXPECT_EQ(plain.first([&](const auto&... step) { return asking.broken_by(step...); }),
            path.size());

  Exploration<P> again(cluster, properties);
  EXPECT_EQ(counterexample(again, name), path);
}

TEST(Path, OfATrafficLightIsTheShortestRun) {
  expect_shortest_run(crossings(1, "both-turn-green"), traffic_light::properties,
                      "one road faces red");
}

TEST(Path, OfTwoPhaseCommitIsTheShortestRun) {
  for (const int n : {2, 3})
    expect_shortest_run(managers(n, "commit-without-all"), two_phase_commit::properties,
                        "no manager aborts what another commits");
}

struct Case {
  const char* mutant;
  const char* broken;
};

TEST(Path, OfRaftIsTheShortestRun) {
  const std::vector<Case> cases{
      {"even-quorum", "election safety"},
      {"no-self-vote", "election safety"},
      {"vote-cleared-by-leader", "a vote is never changed within its term"},
      {"old-append-lowers-term", "terms never go back"},
      {"truncate-always", "commit is within the log"},
      {"match-not-monotonic", "match never goes back"},
  };
  for (const auto& [mutant, broken] : cases) {
    SCOPED_TRACE(mutant);
    const RaftOptions options{.servers = 2,
                              .max_term = 2,
                              .max_log = 1,
                              .max_in_flight = 3,
                              .duplication = true,
                              .mutant = mutant};
    expect_shortest_run(servers(options), raft::properties, broken);
  }
}

// A voter that crashes has forgotten its vote, and gives it again.
TEST(Path, GoesThroughACrash) {
  auto cluster = servers({.servers = 3,
                          .max_term = 1,
                          .max_log = 0,
                          .max_in_flight = 2,
                          .crashes = 1,
                          .loss = true,
                          .mutant = "vote-not-saved"});
  cluster.observing = true;
  expect_shortest_run(cluster, raft::properties, "election safety");
  Exploration<raft::Bench> explored(cluster, raft::properties);
  const auto path = counterexample(explored, "election safety");
  EXPECT_EQ(
      std::ranges::count_if(path, [](const auto& a) { return std::holds_alternative<Crash>(a); }),
      1);
}

TEST(Path, EndsWhereNothingMoreCanHappen) {
  using Light = traffic_light::Protocol;
  const auto cluster = crossings(1, "yellow-never-ends");
  Exploration<Light> explored(cluster, traffic_light::properties);
  const std::string stuck = "something can always happen";
  const auto path = counterexample(explored, stuck);
  EXPECT_EQ(path.size(), explored.property(stuck).depth);

  Enumerator<Light> plain(cluster);
  auto world = plain.values().initial_world();
  for (const auto& action : path) world = plain.after(world, action);
  for (const auto& action : plain.enabled(world)) EXPECT_EQ(plain.after(world, action), world);
}

// Of several equally short ways the contents choose, the same on every compiler and in every run.
TEST(Path, IsChosenByContents) {
  Exploration<two_phase_commit::Protocol> explored(managers(3, "commit-without-all"),
                                                   two_phase_commit::properties);
  const auto path = counterexample(explored, "no manager aborts what another commits");
  std::vector<std::string> told;
  told.reserve(path.size());
  for (const auto& action : path) told.push_back(action_text<two_phase_commit::Protocol>(action));
  EXPECT_EQ(told, (std::vector<std::string>{"expire prepare 2", "deliver prepared 2 -> 1",
                                            "expire decide_commit 1", "expire give_up 4",
                                            "deliver commit 1 -> 2"}));
}

}  // namespace
}  // namespace coracle::checker
