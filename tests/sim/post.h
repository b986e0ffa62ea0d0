// A protocol for tests of what happens between nodes: whoever is asked writes letters to all
// others, numbered as they are sent, and a clock ticks at each, which may make it write a card. And
// a log of what happened in a simulator, one short line an action:
//
//     "10 ms: letter 1, 1 -> 2"    "25 ms: tick 2"    "30 ms: drop card 2, 1 -> 3"
#pragma once

#include <compare>
#include <string>
#include <variant>
#include <vector>

#include "model/print.h"
#include "model/property.h"
#include "model/protocol.h"
#include "sim/simulator.h"
#include "sim/spoken.h"

namespace coracle::post {

using coracle::operator<<;

struct Config {
  std::vector<NodeId> others;
  Delay tick{};          // none: it has no clock
  bool writes = false;   // a card at each tick
  bool outside = false;  // it tests the others, and does not crash
};

struct State {
  int letters = 0;  // sent so far
  int ticks = 0;
  int heard = 0;  // messages
  bool has_clock = false;
  bool is_outside = false;
  auto operator<=>(const State&) const = default;
};
BOOST_DESCRIBE_STRUCT(State, (), (letters, ticks, heard, has_clock, is_outside))

struct Letter {
  int number = 0;
  auto operator<=>(const Letter&) const = default;
};
BOOST_DESCRIBE_STRUCT(Letter, (), (number))
struct Card {
  int number = 0;
  auto operator<=>(const Card&) const = default;
};
BOOST_DESCRIBE_STRUCT(Card, (), (number))

enum class Timer : std::uint8_t { tick };
BOOST_DESCRIBE_ENUM(Timer, tick)

struct Write {  // so many letters
  int letters = 0;
  auto operator<=>(const Write&) const = default;
};
BOOST_DESCRIBE_STRUCT(Write, (), (letters))

using Message = std::variant<Letter, Card>;
using Event = std::variant<Received<Message>, Expired<Timer>, Requested<Write>>;
using Effect = std::variant<Send<Message>, SetTimer<Timer>>;
using Step = coracle::Step<State, Effect>;

inline State initial_state(const Config& config) {
  return {.has_clock = config.tick.most > 0, .is_outside = config.outside};
}
inline bool may_crash(const State& state) { return !state.is_outside; }

inline Step next_state(const Config& config, State state, const Event& event) {
  Step step{state, {}};
  match(
      event, [&](const Received<Message>&) { step.state.heard += 1; },
      [&](const Expired<Timer>&) {
        step.state.ticks += 1;
        step.effects.push_back(SetTimer<Timer>{});
        if (!config.writes) return;
        for (const NodeId to : config.others)
          step.effects.push_back(Send<Message>{to, Card{step.state.ticks}});
      },
      [&](const Requested<Write>& asked) {
        for (int i = 0; i < asked.request.letters; ++i) {
          step.state.letters += 1;
          for (const NodeId to : config.others)
            step.effects.push_back(Send<Message>{to, Letter{step.state.letters}});
        }
      });
  return step;
}

inline std::vector<Timer> timers(const Config& /*config*/, const State& state) {
  if (!state.has_clock) return {};
  return {Timer::tick};
}
inline Delay delay(const Config& config, Timer /*timer*/) { return config.tick; }

struct Protocol {
  using Config = post::Config;
  using State = post::State;
  using Event = post::Event;
  using Effect = post::Effect;
  using Message = post::Message;
  using Timer = post::Timer;
  using Request = Write;
};

inline const PropertiesOf<Protocol> properties{
    .of_state = {}, .of_pair = {}, .of_nodes = {}, .of_step = {}, .never_stuck = false};

// So many nodes of which each knows all others.
inline Cluster<Protocol> cluster(std::size_t nodes, Delay tick = {}, bool writes = false) {
  Cluster<Protocol> cluster;
  for (std::size_t at = 0; at < nodes; ++at) {
    Config config{.others = {}, .tick = tick, .writes = writes};
    for (std::size_t other = 0; other < nodes; ++other)
      if (other != at) config.others.push_back(node_at(other));
    cluster.configs.push_back(config);
  }
  cluster.network = {.kind = NetworkKind::unordered, .loss = true, .duplication = true};
  cluster.faults.crashes = Faults::any_number;
  return cluster;
}

inline sim::Spoken<Protocol> spoken() {
  const auto each_has_heard = [](const Nodes<State>& nodes) {
    return std::ranges::all_of(nodes.up, [](const State* state) { return state->heard > 0; });
  };
  return {
      .roles = {{"writer",
                 [](const State& state) { return static_cast<std::uint64_t>(state.letters); }}},
      .conditions = {{"each has heard of another", each_has_heard}},
      .requests = {{"write", 1,
                    [](const std::string& argument, const State&) {
                      return argument == "none" ? std::nullopt
                                                : std::optional(Write{std::stoi(argument)});
                    },
                    [](const Write& asked) { return std::optional(std::to_string(asked.letters)); },
                    "3", [](std::uint64_t, const std::string&) { return std::string("1"); }}},
      .asked = {}};
}

inline sim::Names names() {
  return {.model = "post",
          .options = {},
          .mutants = {},
          .roles = {"writer"},
          .conditions = {"each has heard of another"},
          .requests = {{"write", 1}},
          .messages = {"Letter", "Card"},
          .timers = {"tick"},
          .properties = {}};
}

// ---- the log

inline std::string told(const Envelope<Message>& envelope) {
  const bool letter = std::holds_alternative<Letter>(envelope.message);
  const int number = match(envelope.message, [](const auto& message) { return message.number; });
  return (letter ? "letter " : "card ") + std::to_string(number) + ", " + text(envelope.from) +
         " -> " + text(envelope.to);
}

inline std::string told(const Action<Values<Protocol>>& action) {
  using Envelope = coracle::Envelope<Message>;
  return match(
      action, [](const Deliver<Envelope>& deliver) { return told(deliver.envelope); },
      [](const Drop<Envelope>& drop) { return "drop " + told(drop.envelope); },
      [](const Duplicate<Envelope>& twice) { return "duplicate " + told(twice.envelope); },
      [](const Crash& crash) { return "crash " + text(crash.node); },
      [](const Restart& restart) { return "restart " + text(restart.node); },
      [](const auto& of_event) {
        const std::string node = " " + text(of_event.event.node);
        if (std::holds_alternative<Expired<Timer>>(of_event.event.event)) return "tick" + node;
        return "write" + node;
      });
}

using Log = std::vector<std::string>;

// All but what clients ask.
inline void keep_log(sim::Simulator<Protocol>& simulator, Log& log) {
  simulator.on_action = [&](const Action<Values<Protocol>>& action) {
    constexpr sim::Time ms = 1'000'000;
    if (!told(action).starts_with("write"))
      log.push_back(std::to_string(simulator.now() / ms) + " ms: " + told(action));
  };
}

inline void write(sim::Simulator<Protocol>& simulator, NodeId id, int letters = 1) {
  simulator.request(id, {id, Requested<Write>{ClientId{1}, {letters}}});
}

inline void run_until(sim::Simulator<Protocol>& simulator, sim::Time time) {
  while (simulator.next_time() && *simulator.next_time() <= time) simulator.advance();
  simulator.wait_until(time);
}

}  // namespace coracle::post
