// A buffered disk, rule by rule, with a protocol that does what it is told: a client's request is
// the list of effects that it orders.
#include "model/disk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/judge.h"
#include "model/narrative.h"
#include "model/values.h"

namespace coracle::scribe {

struct Config {};

struct State {
  int number = 0;                // to be on disk
  std::vector<int> confirmed{};  // what came back from there
  std::vector<int> on_saved{};   // what to save, one each time that something did
  auto operator<=>(const State&) const = default;
};
BOOST_DESCRIBE_STRUCT(State, (), (number, confirmed, on_saved))

enum class Timer : std::uint8_t { nap };
BOOST_DESCRIBE_ENUM(Timer, nap)

struct Word {
  int value = 0;
  auto operator<=>(const Word&) const = default;
};
BOOST_DESCRIBE_STRUCT(Word, (), (value))
struct Written {
  int value = 0;
  auto operator<=>(const Written&) const = default;
};
BOOST_DESCRIBE_STRUCT(Written, (), (value))
struct Durable {
  int number = 0;
  auto operator<=>(const Durable&) const = default;
};
BOOST_DESCRIBE_STRUCT(Durable, (), (number))
struct Shout {  // an output
  int value = 0;
  auto operator<=>(const Shout&) const = default;
};
BOOST_DESCRIBE_STRUCT(Shout, (), (value))

using Effect = std::variant<Send<Word>, Save<Written>, SetTimer<Timer>, Shout>;
using Effects = std::vector<Effect>;
struct Orders {
  Effects effects{};
  auto operator<=>(const Orders&) const = default;
};
BOOST_DESCRIBE_STRUCT(Orders, (), (effects))
using Event = std::variant<Received<Word>, Requested<Orders>, Saved<Written>>;
using Step = coracle::Step<State, Effect>;

inline State initial_state(const Config& /*config*/) { return {}; }

inline Step obeyed(State state, Effects effects) {
  for (const auto& effect : effects)
    if (const auto* save = std::get_if<Save<Written>>(&effect); save != nullptr && save->change)
      state.number = save->change->value;
  return {std::move(state), std::move(effects)};
}

inline Step next_state(const Config& /*config*/, State state, const Event& event) {
  return match(
      event,
      [&](const Received<Word>&) -> Step {
        return {std::move(state), {}};
      },
      [&](const Requested<Orders>& told) { return obeyed(std::move(state), told.request.effects); },
      [&](const Saved<Written>& saved) -> Step {
        state.confirmed.push_back(saved.change.value);
        Effects effects{Send<Word>{NodeId{2}, {100 + saved.change.value}}};
        if (state.on_saved.empty()) return {std::move(state), std::move(effects)};
        effects.emplace_back(Save<Written>{Written{state.on_saved.front()}});
        effects.emplace_back(Shout{state.on_saved.front()});
        state.on_saved.erase(state.on_saved.begin());
        return obeyed(std::move(state), std::move(effects));
      });
}

inline Durable durable(const State& state) { return {state.number}; }
inline State restarted(const Config& /*config*/, Durable disk) { return {.number = disk.number}; }
inline Durable kept(Durable /*disk*/, const Written& change) { return {change.value}; }

struct Protocol {
  using Config = scribe::Config;
  using State = scribe::State;
  using Event = scribe::Event;
  using Effect = scribe::Effect;
  using Message = Word;
  using Request = Orders;
  using Durable = scribe::Durable;
  using Change = Written;
};

namespace {

using Here = Values<Protocol>;
using HereWorld = World<Here>;

constexpr NodeId n1{1};
constexpr NodeId n2{2};

Cluster<Protocol> cluster(DiskKind disk = DiskKind::buffered) {
  Cluster<Protocol> two;
  two.configs = {{}, {}};
  two.faults.crashes = 1;
  two.disk = disk;
  return two;
}

const Effect barrier = Save<Written>{};
Effect save(int value) { return Save<Written>{Written{value}}; }
Effect send(int value) { return Send<Word>{n2, {value}}; }
Effect shout(int value) { return Shout{value}; }

class BufferedDisk : public testing::Test {
 protected:
  BufferedDisk() : values(cluster()), world(values.initial_world()) {
    values.witness = [this](const auto&, const auto&, const Here::Reaction& reaction) {
      last = reaction;
    };
  }

  void order(const Effects& effects) {
    step(values, world, Request<Here::Event>{{n1, Requested<Orders>{ClientId{1}, {effects}}}});
  }
  void flush_oldest() {
    const auto oldest = values.flushes(n1, world.nodes.nodes[0]);
    ASSERT_EQ(oldest.size(), 1U);
    step(values, world, Flush<Here::Event>{oldest.front()});
  }

  // What is in flight, by value.
  std::vector<int> sent() const {
    std::vector<int> all;
    for (const auto& envelope : world.in_flight) all.push_back(envelope.message.value);
    return all;
  }
  const Buffer<Protocol>& buffer() const { return *Here::buffer(world.nodes.nodes[0]); }
  std::vector<int> pending() const {
    std::vector<int> all;
    for (const auto& write : buffer().pending) all.push_back(write.change.value);
    return all;
  }
  const State& state() const { return Here::state(world.nodes.nodes[0]); }

  Here values;
  HereWorld world;
  Here::Reaction last;
};

using Ints = std::vector<int>;

TEST_F(BufferedDisk, HoldsBackWhatFollowsASave) {
  order({send(1), save(5), send(2)});
  EXPECT_EQ(sent(), Ints{1});
  EXPECT_EQ(pending(), Ints{5});
  EXPECT_EQ(buffer().flushed, Durable{0});
  EXPECT_EQ(state().number, 5);
  EXPECT_TRUE(state().confirmed.empty());
}

TEST_F(BufferedDisk, LetsOutAtAFlushWhatItHeldAndHandsTheChangeBack) {
  order({save(5), send(2)});
  flush_oldest();
  EXPECT_EQ(sent(), (Ints{2, 105}));
  EXPECT_EQ(last.released, (Effects{send(2), send(105)}));
  EXPECT_EQ(last.effects, Effects{send(105)});  // what this step ordered
  EXPECT_EQ(state().confirmed, Ints{5});
  EXPECT_TRUE(pending().empty());
  EXPECT_EQ(buffer().flushed, Durable{5});
}

TEST_F(BufferedDisk, WaitsForEverySaveOfAStep) {
  order({save(5), send(1), save(6), send(2)});
  flush_oldest();
  EXPECT_EQ(sent(), (Ints{1, 105}));
  flush_oldest();
  EXPECT_EQ(sent(), (Ints{1, 2, 105, 106}));
}

// Two leaders in one term otherwise, in seven actions.
TEST_F(BufferedDisk, WaitsForTheSavesOfEarlierStepsAtABarrier) {
  order({save(5)});
  order({save(6)});
  order({barrier, send(1)});
  EXPECT_TRUE(sent().empty());
  flush_oldest();
  EXPECT_EQ(sent(), Ints{105});
  flush_oldest();
  EXPECT_EQ(sent(), (Ints{1, 105, 106}));
}

TEST_F(BufferedDisk, LetsOutAtOnceWhatPrecedesTheSavesOfAStepWhateverIsPending) {
  order({save(5)});
  order({send(1), save(6), send(2)});
  EXPECT_EQ(sent(), Ints{1});
  EXPECT_EQ(pending(), (Ints{5, 6}));
}

TEST_F(BufferedDisk, HoldsNothingAtABarrierWhereNothingIsPending) {
  order({barrier, send(1)});
  EXPECT_EQ(sent(), Ints{1});
  order({save(5)});
  flush_oldest();
  order({barrier, send(2)});
  EXPECT_EQ(sent(), (Ints{1, 2, 105}));
}

TEST_F(BufferedDisk, HoldsOutputsTooButNoAlarm) {
  order({save(5), SetTimer<Timer>{}, shout(1), barrier, shout(2)});
  EXPECT_EQ(buffer().pending.front().held, (Effects{shout(1), shout(2)}));
  EXPECT_TRUE(last.released.empty());
  EXPECT_EQ(last.effects.size(), 5U);  // all that the step ordered
  flush_oldest();
  EXPECT_EQ(last.released, (Effects{shout(1), shout(2), send(105)}));
}

// What a step on Saved orders waits for the writes that are still pending, and for its own.
TEST_F(BufferedDisk, TreatsWhatSavedOrdersLikeAnythingElse) {
  std::get<Buffered<Protocol>>(world.nodes.nodes[0]).state.on_saved = {9};
  order({save(5), save(6)});
  flush_oldest();
  EXPECT_EQ(last.released, Effects{send(105)});
  EXPECT_EQ(pending(), (Ints{6, 9}));
  flush_oldest();
  flush_oldest();
  EXPECT_EQ(last.released, (Effects{shout(9), send(109)}));
  EXPECT_EQ(state().confirmed, (Ints{5, 6, 9}));
}

// ---- crashes

TEST_F(BufferedDisk, ACrashKeepsAPrefixAndLosesWhatIsHeld) {
  order({save(5), send(1)});
  order({save(6), send(2)});
  for (const auto& [kept, number] : {std::pair{0U, 0}, {1U, 5}, {2U, 6}}) {
    HereWorld after = world;
    step(values, after, Crash{n1, kept});
    EXPECT_EQ(after.nodes.nodes[0], Here::Node(Down<Protocol>{{number}}));
    EXPECT_TRUE(after.in_flight.empty());
    step(values, after, Restart{n1});
    EXPECT_EQ(after.nodes.nodes[0],
              Here::Node(Buffered<Protocol>{{.number = number}, {{number}, {}}}));
  }
}

std::vector<std::string> enabled(Here& values, const HereWorld& world) {
  std::vector<std::string> all;
  for_each_local_action(values, world.nodes,
                        [&](const auto& action) { all.push_back(action_text<Protocol>(action)); });
  return all;
}

TEST_F(BufferedDisk, EveryPrefixMaySurviveAndTheOldestWriteIsFlushedFirst) {
  EXPECT_EQ(enabled(values, world), (std::vector<std::string>{"crash 1", "crash 2"}));
  order({save(5), save(6)});
  EXPECT_EQ(enabled(values, world),
            (std::vector<std::string>{"flush 1", "crash 1", "crash 1 keeping 1",
                                      "crash 1 keeping 2", "crash 2"}));
  flush_oldest();
  EXPECT_EQ(state().confirmed, Ints{5});
  world.nodes.left.crashes = 0;
  EXPECT_EQ(enabled(values, world), std::vector<std::string>{"flush 1"});
}

TEST_F(BufferedDisk, AFlushIsNoFault) { EXPECT_FALSE(is_fault<Flush<Here::Event>>); }

// ---- what must be saved

TEST_F(BufferedDisk, WhatIsFlushedAndPendingIsWhatMustOutliveACrash) {
  order({save(5), save(6)});
  EXPECT_TRUE(Here::writes_what_it_keeps(world.nodes.nodes[0]));
  auto& node = std::get<Buffered<Protocol>>(world.nodes.nodes[0]);
  node.state.number = 7;
  EXPECT_FALSE(Here::writes_what_it_keeps(world.nodes.nodes[0]));

  // A driver hears of it even where the step itself is sound.
  const Judge<Protocol> judge({}, {});
  const Here::Event idle{n1, Received<Word>{n2, {}}};
  EXPECT_EQ(judge.of_reaction(node, values.react(node, idle)), Marks{1});
  EXPECT_EQ(judge.of_reaction(node, values.react(node, idle), Marks{1}), Marks{0});
  node.state.number = 6;
  EXPECT_EQ(judge.of_reaction(node, values.react(node, idle)), Marks{0});
}

TEST(SyncedDisk, KeepsNothingInTheWorldAndHandsSavedBackAtOnce) {
  Here values(cluster(DiskKind::synced));
  HereWorld world = values.initial_world();
  const Here::Event orders{n1, Requested<Orders>{ClientId{1}, {{save(5), send(1)}}}};
  step(values, world, Request<Here::Event>{orders});
  EXPECT_EQ(world.nodes.nodes[0],
            Here::Node(Up<Protocol>{{.number = 5, .confirmed = {5}, .on_saved = {}}}));
  EXPECT_EQ(world.in_flight.size(), 2U);
  EXPECT_TRUE(values.flushes(n1, world.nodes.nodes[0]).empty());
  EXPECT_EQ(enabled(values, world), (std::vector<std::string>{"crash 1", "crash 2"}));
}

// ---- how it is told

TEST(BufferedStory, TellsWhatIsHeldFlushedAndLost) {
  Here values(cluster());
  Narrative<Protocol> narrative(values, "server");
  const auto told = [&](const Effects& effects) {
    return narrative.tell(Request<Here::Event>{{n1, Requested<Orders>{ClientId{1}, {effects}}}});
  };
  const std::string first = told({save(5), send(1), shout(2)});
  EXPECT_EQ(first.substr(first.find('\n') + 1),
            "       server 1: number 0 -> 5, unflushed nothing -> Written\n"
            "       holds back Word to 2, Shout\n");
  const std::string second = told({save(6), send(3)});
  EXPECT_EQ(second.substr(second.find('\n') + 1),
            "       server 1: number 5 -> 6, unflushed Written -> Written + Written\n"
            "       holds back Word to 2\n");
  EXPECT_EQ(narrative.tell(Flush<Here::Event>{{n1, Saved<Written>{{5}}}}),
            "  3. flush 1\n"
            "       server 1: Written {value: 5} is on disk\n"
            "       server 1: confirmed [] -> [5], unflushed Written + Written -> Written\n"
            "       sends Word to 2, 2\n");
  EXPECT_EQ(narrative.tell(Crash{n1, 1}),
            "  4. crash 1 keeping 1\n"
            "       server 1: keeps 1 of 1 unflushed write\n"
            "       server 1: down\n");
}

}  // namespace
}  // namespace coracle::scribe
