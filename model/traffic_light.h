// Two lights at a crossing and a button for those on foot. The smallest protocol: copy this one.
//
//   east-west   green 0..30   yellow 0..5   red ........................   red ........
//   north-south red ........................ green 0..60, or from 30 on     yellow 0..5
//                                            while someone waits
//
// The clock counts ticks since the lights last changed; a light changes on the tick after its
// limit, as in the course's TLA+ (so an east-west green is seen at 31 clock values). Explored, one
// crossing has 208 states.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "model/print.h"
#include "model/property.h"
#include "model/protocol.h"

namespace coracle::traffic_light {

using coracle::operator<<;

// A rule left out, to see that its absence is found.
enum class Mutant : std::uint8_t { none, yellow_never_ends, both_turn_green };
BOOST_DESCRIBE_ENUM(Mutant, none, yellow_never_ends, both_turn_green)

struct Config {
  int green_min = 30;
  int green_max = 60;  // north-south only, and only while nobody waits
  int yellow = 5;
  Mutant mutant = Mutant::none;
};

enum class Light : std::uint8_t { red, yellow, green };
BOOST_DESCRIBE_ENUM(Light, red, yellow, green)
using enum Light;

struct Lights {
  Light ew = green;
  Light ns = red;
  auto operator<=>(const Lights&) const = default;
};
BOOST_DESCRIBE_STRUCT(Lights, (), (ew, ns))

struct State {
  Lights lights;
  int clock = 0;         // ticks since the lights last changed
  bool waiting = false;  // someone pressed, and no north-south green has ended since
  auto operator<=>(const State&) const = default;
};
BOOST_DESCRIBE_STRUCT(State, (), (lights, clock, waiting))

enum class Timer : std::uint8_t { tick };  // once a second
BOOST_DESCRIBE_ENUM(Timer, tick)
enum class Button : std::uint8_t { press };
BOOST_DESCRIBE_ENUM(Button, press)

using Ticked = Expired<Timer>;
using Pressed = Requested<Button>;
using Event = std::variant<Ticked, Pressed>;

struct Show {
  Lights lights;
  auto operator<=>(const Show&) const = default;
};
BOOST_DESCRIBE_STRUCT(Show, (), (lights))
using Effect = std::variant<Show>;

using Step = coracle::Step<State, Effect>;

constexpr Lights after(const Config& config, Lights now) {
  if (now.ew == green) return {.ew = yellow, .ns = red};
  if (now.ew == yellow && config.mutant == Mutant::both_turn_green) return {green, green};
  if (now.ew == yellow) return {.ew = red, .ns = green};
  if (now.ns == green) return {.ew = red, .ns = yellow};
  return {.ew = green, .ns = red};
}

constexpr int limit(const Config& config, const State& state) {
  if (state.lights.ew == yellow || state.lights.ns == yellow) return config.yellow;
  if (state.lights.ew == green || state.waiting) return config.green_min;
  return config.green_max;
}

constexpr bool may_change(const Config& config, const State& state) {
  return config.mutant != Mutant::yellow_never_ends || state.lights.ew != yellow;
}

inline State initial_state(const Config& /*config*/) { return {}; }

inline Step next_state(const Config& config, State state, const Event& event) {
  return match(
      event,
      [&](const Ticked&) -> Step {
        if (state.clock < limit(config, state)) {
          state.clock += 1;
          return {state, {}};
        }
        if (!may_change(config, state)) return {state, {}};
        // The end of a north-south green serves everyone who waited for it.
        if (state.lights.ns == green) state.waiting = false;
        state.lights = after(config, state.lights);
        state.clock = 0;
        return {state, {Show{state.lights}}};
      },
      [&](const Pressed&) -> Step {
        state.waiting = true;
        return {state, {}};
      });
}

inline std::vector<Timer> timers(const Config& /*config*/, const State& /*state*/) {
  return {Timer::tick};
}
inline Delay delay(const Config& /*config*/, Timer /*timer*/) {
  constexpr std::int64_t second = 1'000'000'000;
  return {.least = second, .most = second};
}
inline std::vector<Button> requests(const Config& /*config*/, const State& /*state*/) {
  return {Button::press};
}

struct Protocol {
  using Config = traffic_light::Config;
  using State = traffic_light::State;
  using Event = traffic_light::Event;
  using Effect = traffic_light::Effect;
  using Timer = traffic_light::Timer;
  using Request = Button;
};

inline const PropertiesOf<Protocol> properties{
    .of_state = {{Expectation::always, "one road faces red",
                  [](const State& s) { return (s.lights.ew == red) != (s.lights.ns == red); }},
                 {Expectation::sometimes, "someone waits while east-west is green",
                  [](const State& s) { return s.waiting && s.lights.ew == green; }}},
    .of_pair = {},
    .of_nodes = {},
    .of_step = {{Expectation::sometimes, "a north-south green ends early for someone who waits",
                 [](const Change<State, Effect>& c) {
                   return c.before.lights.ns == green && c.after.lights.ns == yellow &&
                          c.before.waiting && c.before.clock == 30;
                 }}},
    .never_stuck = true};

}  // namespace coracle::traffic_light
