// A protocol with one of everything, small enough to know by heart: two servers that each keep a
// number on disk, raise it when asked, and tell each other.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <variant>
#include <vector>

#include "model/print.h"
#include "model/property.h"
#include "model/protocol.h"

namespace coracle::ledger {

using coracle::operator<<;

struct Config {
  NodeId other{};
  int most = 2;          // what clients may raise the number to
  bool forgets = false;  // to save what it hears
};

struct State {
  int number = 0;     // on disk
  int confirmed = 0;  // what is known to be on disk
  int told = 0;       // how often it has told the other
  auto operator<=>(const State&) const = default;
};
BOOST_DESCRIBE_STRUCT(State, (), (number, confirmed, told))

enum class Timer : std::uint8_t { remind };
BOOST_DESCRIBE_ENUM(Timer, remind)
enum class Question : std::uint8_t { raise };
BOOST_DESCRIBE_ENUM(Question, raise)

struct Number {
  int value = 0;
  auto operator<=>(const Number&) const = default;
};
BOOST_DESCRIBE_STRUCT(Number, (), (value))

struct Durable {
  int number = 0;
  auto operator<=>(const Durable&) const = default;
};
BOOST_DESCRIBE_STRUCT(Durable, (), (number))

struct Seen {
  int most = 0;
  auto operator<=>(const Seen&) const = default;
};
BOOST_DESCRIBE_STRUCT(Seen, (), (most))

struct Bounds {
  int most_told = 0;
  auto operator<=>(const Bounds&) const = default;
};
BOOST_DESCRIBE_STRUCT(Bounds, (), (most_told))

using Event = std::variant<Received<Number>, Expired<Timer>, Requested<Question>, Saved<Number>>;
using Effect = std::variant<Send<Number>, Save<Number>, SetTimer<Timer>>;
using Step = coracle::Step<State, Effect>;

inline State initial_state(const Config& /*config*/) { return {}; }

inline Step next_state(const Config& config, State state, const Event& event) {
  return match(
      event,
      [&](const Received<Number>& received) -> Step {
        if (received.message.value <= state.number) return {state, {}};
        state.number = received.message.value;
        if (config.forgets) return {state, {}};
        return {state, {Save<Number>{Number{state.number}}}};
      },
      [&](const Expired<Timer>&) -> Step {
        state.told += 1;
        return {state, {SetTimer<Timer>{}, Send<Number>{config.other, {state.number}}}};
      },
      [&](const Requested<Question>&) -> Step {
        state.number += 1;
        return {state, {Save<Number>{Number{state.number}}, Save<Number>{}}};
      },
      // Only what is on disk is told.
      [&](const Saved<Number>& saved) -> Step {
        state.confirmed = saved.change.value;
        state.told += 1;
        return {state, {Send<Number>{config.other, saved.change}}};
      });
}

inline std::vector<Timer> timers(const Config& /*config*/, const State& state) {
  if (state.confirmed == 0) return {};
  return {Timer::remind};
}
inline Delay delay(const Config& /*config*/, Timer /*timer*/) { return {1'000'000, 9'000'000}; }
inline std::vector<Question> requests(const Config& config, const State& state) {
  if (state.number >= config.most) return {};
  return {Question::raise};
}

inline Durable durable(const State& state) { return {state.number}; }
inline State restarted(const Config& /*config*/, Durable disk) { return {.number = disk.number}; }
inline Durable kept(Durable /*disk*/, const Number& change) { return {change.value}; }
inline bool within(const Bounds& bounds, const State& state) {
  return state.told <= bounds.most_told;
}
inline Seen observed(Seen so_far, NodeId /*node*/, const State& /*before*/, const State& after,
                     const std::vector<Effect>& /*effects*/) {
  return {std::max(so_far.most, after.number)};
}

struct Protocol {
  using Config = ledger::Config;
  using State = ledger::State;
  using Event = ledger::Event;
  using Effect = ledger::Effect;
  using Message = Number;
  using Timer = ledger::Timer;
  using Request = Question;
  using Durable = ledger::Durable;
  using Change = Number;
  using Bounds = ledger::Bounds;
  using Observed = Seen;
};

inline const PropertiesOf<Protocol> properties{
    .of_state = {{Expectation::sometimes, "a number is raised as far as clients may",
                  [](const State& state) { return state.number == 2; }}},
    .of_pair = {{Expectation::always, "no number was ever beyond that",
                 [](const Pair<State>& /*pair*/) { return true; },
                 [](const State& /*state*/, const Seen& seen) { return seen.most <= 2; }}},
    .of_nodes = {},
    .of_step = {},
    .never_stuck = false};

}  // namespace coracle::ledger
