// A whole cluster as a value: what can happen in it, and what each action makes of it.
#include "model/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "checker/search.h"
#include "model/narrative.h"
#include "model/two_phase_commit.h"
#include "tests/model/ledger.h"

namespace coracle::ledger {
namespace {

using Here = Values<Protocol>;
using HereWorld = World<Here>;
using Taken = Action<Here>;
using Letter = Here::Envelope;

constexpr NodeId n1{1};
constexpr NodeId n2{2};

static_assert(HasNetwork<Protocol> && HasTimers<Protocol> && HasRequests<Protocol> &&
              HasDisk<Protocol> && HasObserver<Protocol>);

Cluster<Protocol> cluster(std::uint8_t crashes = 0) {
  Cluster<Protocol> two;
  two.configs = {{.other = n2}, {.other = n1}};
  two.faults.crashes = crashes;
  return two;
}

const Taken raise1 = Request<Here::Event>{{n1, Requested<Question>{ClientId{1}, {}}}};
const Taken remind1 = Expire<Here::Event>{{n1, Expired<Timer>{}}};
Letter letter(NodeId from, NodeId to, int value) { return {from, to, {value}}; }

template <class A>
std::string told(const A& action) {
  if constexpr (std::is_same_v<A, Deliver<Letter>>)
    return "deliver to " + text(action.envelope.to);
  else
    return action_text<Protocol>(action);
}

std::vector<std::string> enabled(Here& values, const HereWorld& world) {
  std::vector<std::string> all;
  for_each_enabled(values, world, [&](const auto& action) { all.push_back(told(action)); });
  return all;
}

HereWorld after(Here& values, HereWorld world, const std::vector<Taken>& actions) {
  for (const Taken& action : actions) step(values, world, action);
  return world;
}

const State& state(const HereWorld& world, NodeId node) {
  return Here::state(world.nodes.nodes[position(node)]);
}
bool is_up(const HereWorld& world, NodeId node) {
  return Here::is_up(world.nodes.nodes[position(node)]);
}

// ---- what can happen

TEST(World, BeginsWithEveryNodeUpAndNothingInFlight) {
  const Here values(cluster(3));
  const HereWorld world = values.initial_world();
  EXPECT_TRUE(is_up(world, n1) && is_up(world, n2));
  EXPECT_EQ(state(world, n1), State{});
  EXPECT_TRUE(world.in_flight.empty());
  EXPECT_EQ(world.nodes.left.crashes, 3);
}

TEST(World, EnumeratesTimersAndRequestsOfEachNode) {
  Here values(cluster());
  HereWorld world = values.initial_world();
  EXPECT_EQ(enabled(values, world),
            (std::vector<std::string>{"request raise at 1", "request raise at 2"}));
  world = after(values, world, {raise1, Drop<Letter>{letter(n1, n2, 1)}});
  EXPECT_EQ(
      enabled(values, world),
      (std::vector<std::string>{"expire remind 1", "request raise at 1", "request raise at 2"}));
  world = after(values, world, {raise1, Drop<Letter>{letter(n1, n2, 2)}});
  EXPECT_EQ(enabled(values, world),
            (std::vector<std::string>{"expire remind 1", "request raise at 2"}));
}

TEST(World, EnumeratesOneActionADistinctMessage) {
  auto lossy = cluster();
  lossy.configs[0].most = lossy.configs[1].most = 0;
  Here values(lossy);
  HereWorld world = values.initial_world();
  world.in_flight = {letter(n1, n2, 1), letter(n1, n2, 1), letter(n2, n1, 1)};
  EXPECT_EQ(enabled(values, world), (std::vector<std::string>{"deliver to 2", "deliver to 1"}));

  lossy.network = {.kind = NetworkKind::unordered, .loss = true, .duplication = true};
  Here faulty(lossy);
  std::size_t drops = 0;
  std::size_t duplicates = 0;
  for_each_enabled(faulty, world, [&]<class A>(const A& /*action*/) {
    drops += std::is_same_v<A, Drop<Letter>> ? 1 : 0;
    duplicates += std::is_same_v<A, Duplicate<Letter>> ? 1 : 0;
  });
  EXPECT_EQ(enabled(faulty, world).size(), 6U);
  EXPECT_EQ(drops, 2U);
  EXPECT_EQ(duplicates, 2U);
}

TEST(World, FaultsAreWhatTheWorldDoes) {
  EXPECT_TRUE(is_fault<Drop<Letter>> && is_fault<Duplicate<Letter>> && is_fault<Crash>);
  EXPECT_FALSE(is_fault<Deliver<Letter>> || is_fault<Restart> || is_fault<Expire<Here::Event>> ||
               is_fault<Request<Here::Event>>);
}

// ---- what follows

TEST(World, ASyncedDiskHandsSavedBackInTheSameAction) {
  Here values(cluster());
  const HereWorld world = after(values, values.initial_world(), {raise1});
  EXPECT_EQ(state(world, n1), (State{.number = 1, .confirmed = 1, .told = 1}));
  EXPECT_EQ(world.in_flight, (Here::Network{letter(n1, n2, 1)}));
}

TEST(World, AReactionHasAllEffectsInOrder) {
  const Here values(cluster());
  const auto reaction = values.react(Up<Protocol>{{.number = 4}}, std::get<4>(raise1).event);
  EXPECT_EQ(reaction.effects,
            (std::vector<Effect>{Save<Number>{Number{5}}, Save<Number>{}, Send<Number>{n2, {5}}}));
  EXPECT_EQ(reaction.sent, std::vector{letter(n1, n2, 5)});
}

TEST(World, DeliversAMessageAndTakesItOut) {
  Here values(cluster());
  const HereWorld world =
      after(values, values.initial_world(), {raise1, Deliver<Letter>{letter(n1, n2, 1)}});
  EXPECT_EQ(state(world, n2), (State{.number = 1, .confirmed = 1, .told = 1}));
  EXPECT_EQ(world.in_flight, (Here::Network{letter(n2, n1, 1)}));
}

TEST(World, DropsAndDuplicatesOneCopy) {
  Here values(cluster());
  HereWorld world = after(values, values.initial_world(), {raise1});
  const HereWorld once = world;
  step(values, world, Duplicate<Letter>{letter(n1, n2, 1)});
  EXPECT_EQ(world.in_flight, (Here::Network{letter(n1, n2, 1), letter(n1, n2, 1)}));
  EXPECT_EQ(world.nodes, once.nodes);
  step(values, world, Drop<Letter>{letter(n1, n2, 1)});
  EXPECT_EQ(world, once);
}

TEST(World, ATimerThatExpiresIsAnEvent) {
  Here values(cluster());
  const HereWorld world = after(values, values.initial_world(), {raise1, remind1});
  EXPECT_EQ(state(world, n1).told, 2);
  EXPECT_EQ(world.in_flight, (Here::Network{letter(n1, n2, 1), letter(n1, n2, 1)}));
}

// ---- crashes

TEST(World, ACrashSpendsTheBudgetAndKeepsWhatIsDurable) {
  Here values(cluster(1));
  EXPECT_EQ(
      enabled(values, values.initial_world()),
      (std::vector<std::string>{"request raise at 1", "crash 1", "request raise at 2", "crash 2"}));
  const HereWorld world = after(values, values.initial_world(), {raise1, Crash{n1}});
  EXPECT_EQ(world.nodes.left.crashes, 0);
  EXPECT_EQ(world.nodes.nodes[0], Here::Node(Down<Protocol>{{.number = 1}}));
  EXPECT_EQ(world.in_flight, (Here::Network{letter(n1, n2, 1)}));
  EXPECT_EQ(enabled(values, world),
            (std::vector<std::string>{"deliver to 2", "restart 1", "request raise at 2"}));
}

TEST(World, ARestartKnowsOnlyWhatWasDurable) {
  Here values(cluster(1));
  const HereWorld world = after(values, values.initial_world(), {raise1, Crash{n1}, Restart{n1}});
  EXPECT_EQ(state(world, n1), State{.number = 1});
  EXPECT_EQ(world.nodes.left.crashes, 0);
}

TEST(World, AMessageToANodeThatIsDownIsLost) {
  Here values(cluster(1));
  HereWorld world = after(values, values.initial_world(), {raise1, Crash{n2}});
  const auto nodes = world.nodes;
  step(values, world, Deliver<Letter>{letter(n1, n2, 1)});
  EXPECT_TRUE(world.in_flight.empty());
  EXPECT_EQ(world.nodes, nodes);
}

TEST(World, WithoutADiskANodeRestartsAnew) {
  Cluster<two_phase_commit::Protocol> forgetful;
  forgetful.network.kind = NetworkKind::set;
  forgetful.configs = {{.self = n1, .managers = {n2}}, {.self = n2, .managers = {n2}}};
  forgetful.faults.crashes = 1;
  Values<two_phase_commit::Protocol> values(forgetful);
  auto world = values.initial_world();
  const auto start = world;
  using Event = Values<two_phase_commit::Protocol>::Event;
  using two_phase_commit::Timer;
  step(values, world, Expire<Event>{{n2, two_phase_commit::Expired{Timer::prepare}}});
  EXPECT_NE(world.nodes, start.nodes);
  step(values, world, Crash{n2});
  step(values, world, Restart{n2});
  EXPECT_EQ(world.nodes.nodes, start.nodes.nodes);
  EXPECT_EQ(world.in_flight.size(), 1U);
}

// ---- what a protocol must save

checker::Report explored(bool forgets) {
  auto bounded = cluster(1);
  bounded.observing = true;
  for (auto& config : bounded.configs) config.forgets = forgets;
  bounded.max_in_flight = 2;
  bounded.bounds.most_told = 3;
  const checker::Judge<Protocol> judge(properties, {});
  checker::Space<Protocol> space(bounded, judge);
  return checker::Search<Protocol>(space, {}).run();
}

TEST(World, AProtocolThatForgetsToSaveIsCaught) {
  const checker::Report honest = explored(false);
  EXPECT_TRUE(honest.complete());
  EXPECT_EQ(checker::exit_code(honest), 0);

  const checker::Report forgetful = explored(true);
  ASSERT_NE(forgetful.violated(), nullptr);
  EXPECT_EQ(forgetful.violated()->name, "what must outlive a crash is saved");
  EXPECT_EQ(forgetful.violated()->depth, 2U);  // it is told a number, and hears it
}

TEST(World, SavesAreReplayedOverWhatWasDurable) {
  const State before{.number = 1};
  const State raised{.number = 3};
  const auto kept_by = [&](const std::vector<Effect>& effects) {
    return Here::saves_what_it_keeps({before, raised, effects});
  };
  EXPECT_TRUE(kept_by({Save<Number>{Number{3}}}));
  EXPECT_TRUE(kept_by({Save<Number>{Number{2}}, Save<Number>{}, Save<Number>{Number{3}}}));
  EXPECT_FALSE(kept_by({Save<Number>{Number{3}}, Save<Number>{Number{2}}}));
  EXPECT_FALSE(kept_by({Save<Number>{}}));
  EXPECT_FALSE(kept_by({}));
  EXPECT_FALSE(Here::saves_what_it_keeps({before, before, {Save<Number>{Number{2}}}}));
}

// ---- the past

TEST(World, AnObserverIsPartOfItOnlyWhenAsked) {
  auto watched = cluster();
  Here blind(watched);
  EXPECT_EQ(after(blind, blind.initial_world(), {raise1}).nodes.observed, Seen{});
  watched.observing = true;
  Here values(watched);
  const HereWorld world = after(values, values.initial_world(), {raise1, raise1});
  EXPECT_EQ(world.nodes.observed, Seen{2});
}

TEST(World, TheObserverRemembersWhatACrashLost) {
  auto watched = cluster(1);
  watched.observing = true;
  watched.configs[0].forgets = watched.configs[1].forgets = true;
  Here values(watched);
  HereWorld world = values.initial_world();
  world.in_flight = {letter(n2, n1, 7)};
  world = after(values, world, {Deliver<Letter>{letter(n2, n1, 7)}, Crash{n1}});
  EXPECT_EQ(world.nodes.observed, Seen{7});
}

}  // namespace
}  // namespace coracle::ledger
