// Whether a run is the same twice: what is no function is found, and where it shows first.
#include "sim/twice.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <string>
#include <variant>
#include <vector>

#include "sim/random.h"

namespace coracle::sim {
namespace {

// Two nodes that count and tell each other. The calls of next_state are counted beside all states,
// which a protocol must not do; at one of them a leak shows.
namespace leaky {

enum class Leak : std::uint8_t { none, state, message };
BOOST_DESCRIBE_ENUM(Leak, none, state, message)

struct Config {
  NodeId self{};
  Leak leak = Leak::none;
};

struct State {
  int ticks = 0;
  int heard = 0;
  auto operator<=>(const State&) const = default;
};
BOOST_DESCRIBE_STRUCT(State, (), (ticks, heard))

enum class Timer : std::uint8_t { tick };
BOOST_DESCRIBE_ENUM(Timer, tick)

struct Beat {
  int ticks = 0;
  auto operator<=>(const Beat&) const = default;
};
BOOST_DESCRIBE_STRUCT(Beat, (), (ticks))

using Event = std::variant<Expired<Timer>, Received<Beat>>;
using Effect = std::variant<Send<Beat>>;
using Step = coracle::Step<State, Effect>;

int calls = 0;
constexpr int leaking_call = 30;

inline State initial_state(const Config& /*config*/) { return {}; }

inline Step next_state(const Config& config, State state, const Event& event) {
  const bool leaks = ++calls == leaking_call;
  if (leaks && config.leak == Leak::state) state.heard += 1000;
  return match(
      event,
      [&](const Expired<Timer>&) -> Step {
        state.ticks += 1;
        const int told = state.ticks + (leaks && config.leak == Leak::message ? 1000 : 0);
        return {state, {Send<Beat>{node_at(config.self == node_at(0) ? 1 : 0), {told}}}};
      },
      [&](const Received<Beat>& beat) -> Step {
        state.heard += beat.message.ticks;
        return {state, {}};
      });
}

inline std::vector<Timer> timers(const Config& /*config*/, const State& /*state*/) {
  return {Timer::tick};
}

struct Protocol {
  using Config = leaky::Config;
  using State = leaky::State;
  using Event = leaky::Event;
  using Effect = leaky::Effect;
  using Timer = leaky::Timer;
  using Message = Beat;
};

}  // namespace leaky

using P = leaky::Protocol;
using V = Values<P>;

Cluster<P> cluster(leaky::Leak leak) {
  Cluster<P> two;
  for (std::size_t at = 0; at < 2; ++at) two.configs.push_back({node_at(at), leak});
  return two;
}

// So many events, alarms and messages in turn; then the sentence.
RunReport events(V& values, int count, const std::string& failure, const OnAction<P>& on_action,
                 const std::atomic<bool>& stop) {
  World<V> world = values.initial_world();
  for (int event = 0; event < count && !stop; ++event) {
    std::vector<Action<V>> enabled;
    for_each_enabled(values, world, [&](const auto& action) { enabled.emplace_back(action); });
    const bool delivers = event % 2 == 1;
    const auto action = std::ranges::find_if(enabled, [&](const Action<V>& one) {
      return std::holds_alternative<Deliver<V::Envelope>>(one) == delivers;
    });
    const Action<V> taken = *action;
    step(values, world, taken);
    on_action(Time{event} * 1'000'000, taken, world);
  }
  RunReport report;
  report.failure = failure;
  return report;
}

class RunTwice : public testing::Test {
 protected:
  Twice twice(leaky::Leak leak, const std::vector<int>& counts = {100, 100},
              const std::vector<std::string>& failures = {"", ""}) {
    V values(cluster(leak));
    leaky::calls = 0;
    std::size_t runs = 0;
    const RunOnce<P> run = [&](const OnAction<P>& on_action, const std::atomic<bool>& until) {
      const std::size_t number = runs++;
      return events(values, counts[number], failures[number], on_action, until);
    };
    return run_twice<P>(run, values.initial_world(), NetworkKind::unordered, "node", stop);
  }

  std::atomic<bool> stop = false;
};

TEST_F(RunTwice, AFunctionIsTheSameTwice) {
  const Twice same = twice(leaky::Leak::none);
  EXPECT_EQ(same.difference, std::nullopt);
  EXPECT_FALSE(same.interrupted);
}

TEST_F(RunTwice, AHiddenStateIsNamedWhereItShows) {
  const Twice other = twice(leaky::Leak::state);
  ASSERT_TRUE(other.difference.has_value());
  EXPECT_EQ(*other.difference,
            "Not the same twice: event 30 was '0.029000 s, node 2: Beat from 1 {ticks: 15}: heard "
            "105 -> 1120', and the second time '0.029000 s, node 2: Beat from 1 {ticks: 15}: heard "
            "105 -> 120'.");
}

TEST_F(RunTwice, AMessageThatIsAnotherIsNamedWhereItIsSent) {
  // The 30th call is of a receipt; with one call before it is of an alarm.
  V values(cluster(leaky::Leak::message));
  const Twice other = [&] {
    leaky::calls = 1;
    const RunOnce<P> run = [&](const OnAction<P>& on_action, const std::atomic<bool>& until) {
      return events(values, 100, "", on_action, until);
    };
    return run_twice<P>(run, values.initial_world(), NetworkKind::unordered, "node", stop);
  }();
  ASSERT_TRUE(other.difference.has_value());
  EXPECT_TRUE(other.difference->starts_with("Not the same twice: event 29 was "))
      << *other.difference;
  EXPECT_NE(other.difference->find("sends Beat to 2 {ticks: 1015}'"), std::string::npos);
  EXPECT_NE(other.difference->find("sends Beat to 2 {ticks: 15}'."), std::string::npos);
}

TEST_F(RunTwice, MoreOrFewerEventsAreADifference) {
  EXPECT_TRUE(twice(leaky::Leak::none, {10, 12})
                  .difference->starts_with("Not the same twice: event 11 was 'nothing any more'"));
  const std::string fewer = *twice(leaky::Leak::none, {10, 8}).difference;
  EXPECT_TRUE(fewer.starts_with("Not the same twice: event 9 was '0.008000 s, node 1: expire tick"))
      << fewer;
  EXPECT_TRUE(fewer.ends_with("and the second time 'nothing any more'.")) << fewer;
}

TEST_F(RunTwice, AnotherVerdictIsADifference) {
  EXPECT_EQ(twice(leaky::Leak::none, {10, 10}, {"", "Violated: x."}).difference,
            "Not the same twice: after the same 10 events the second run ended with 'Violated: "
            "x.'.");
}

TEST_F(RunTwice, OfTheLaterEventsOnlyTheNumberIsTold) {
  EXPECT_EQ(twice(leaky::Leak::none, {20'000, 19'000}).difference,
            "Not the same twice: event 19001 was another the second time; the words of so late a "
            "one are not kept.");
}

TEST_F(RunTwice, WhatIsInterruptedSaysNothing) {
  stop = true;
  const Twice cut = twice(leaky::Leak::state);
  EXPECT_TRUE(cut.interrupted);
  EXPECT_EQ(cut.difference, std::nullopt);
}

// ---- fingerprints

struct Listed {
  SharedList<int> list;
  std::optional<int> number;
  std::variant<leaky::State, leaky::Beat> either;
};
BOOST_DESCRIBE_STRUCT(Listed, (), (list, number, either))

Hash128 fingerprint(const Listed& value) {
  Bytes bytes;
  append_fingerprint(bytes, value);
  return hash_of_bytes(bytes.data(), bytes.size());
}

RC_GTEST_PROP(Fingerprint, IsTheSameForEqualValuesAlone, ()) {
  const auto any = [] {
    const auto list = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2));
    Listed value{SharedList<int>(std::span<const int>(list)), {}, {}};
    if (*rc::gen::arbitrary<bool>()) value.number = *rc::gen::inRange(0, 2);
    if (*rc::gen::arbitrary<bool>()) value.either = leaky::Beat{*rc::gen::inRange(0, 2)};
    return value;
  };
  const Listed one = any();
  const Listed two = any();
  const bool same = content_hash(one) == content_hash(two);
  RC_ASSERT((fingerprint(one) == fingerprint(two)) == same);
  Listed copy = one;
  copy.list.push_back(7);
  copy.list.cut(one.list.size());
  RC_ASSERT(fingerprint(copy) == fingerprint(one));
}

}  // namespace
}  // namespace coracle::sim
