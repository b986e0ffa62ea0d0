// The course's rules, one by one.
#include "model/traffic_light.h"

#include <gtest/gtest.h>

namespace coracle::traffic_light {
namespace {

constexpr Lights ew_green{.ew = green, .ns = red};
constexpr Lights ew_yellow{.ew = yellow, .ns = red};
constexpr Lights ns_green{.ew = red, .ns = green};
constexpr Lights ns_yellow{.ew = red, .ns = yellow};

const Config config;
const Ticked tick{Timer::tick};
const Pressed press{ClientId{1}, Button::press};

Step ticked(State state, const Config& rules = config) { return next_state(rules, state, tick); }
State pressed(State state) { return next_state(config, state, press).state; }

// How many ticks a light lasts: the one after its limit changes it.
int ticks_until_change(State state) {
  const Lights lights = state.lights;
  for (int ticks = 1; ticks < 1'000; ++ticks) {
    state = ticked(state).state;
    if (state.lights != lights) return ticks;
  }
  return 0;
}

static_assert(coracle::Protocol<Protocol> && HasTimers<Protocol> && HasRequests<Protocol>);
static_assert(!HasNetwork<Protocol> && !HasDisk<Protocol> && !HasObserver<Protocol>);

TEST(TrafficLight, BeginsWithEastWestGreen) {
  const State state = initial_state(config);
  EXPECT_EQ(state.lights, ew_green);
  EXPECT_EQ(state.clock, 0);
  EXPECT_FALSE(state.waiting);
}

TEST(TrafficLight, ATickBeforeTheLimitOnlyMovesTheClock) {
  const Step step = ticked({ew_green, 29, false});
  EXPECT_EQ(step.state, (State{ew_green, 30, false}));
  EXPECT_TRUE(step.effects.empty());
}

TEST(TrafficLight, TheTickAfterTheLimitChangesAndShowsTheLights) {
  const Step step = ticked({ew_green, 30, true});
  EXPECT_EQ(step.state, (State{ew_yellow, 0, true}));
  EXPECT_EQ(step.effects, (std::vector<Effect>{Show{ew_yellow}}));
}

TEST(TrafficLight, EachLightLastsItsLimit) {
  EXPECT_EQ(ticks_until_change({ew_green, 0, false}), 31);
  EXPECT_EQ(ticks_until_change({ew_yellow, 0, false}), 6);
  EXPECT_EQ(ticks_until_change({ns_green, 0, false}), 61);
  EXPECT_EQ(ticks_until_change({ns_yellow, 0, false}), 6);
}

TEST(TrafficLight, WhoWaitsShortensOnlyTheNorthSouthGreen) {
  EXPECT_EQ(ticks_until_change({ew_green, 0, true}), 31);
  EXPECT_EQ(ticks_until_change({ew_yellow, 0, true}), 6);
  EXPECT_EQ(ticks_until_change({ns_green, 0, true}), 31);
  EXPECT_EQ(ticks_until_change({ns_yellow, 0, true}), 6);
}

TEST(TrafficLight, ALatePressEndsTheGreenOnTheNextTick) {
  EXPECT_EQ(ticks_until_change(pressed({ns_green, 45, false})), 1);
  EXPECT_EQ(ticks_until_change(pressed({ns_green, 30, false})), 1);
  EXPECT_EQ(ticks_until_change(pressed({ns_green, 29, false})), 2);
}

TEST(TrafficLight, APressIsRememberedAndChangesNothingElse) {
  const State before{ew_yellow, 3, false};
  const Step step = next_state(config, before, press);
  EXPECT_EQ(step.state, (State{ew_yellow, 3, true}));
  EXPECT_TRUE(step.effects.empty());
  EXPECT_EQ(pressed(step.state), step.state);
}

TEST(TrafficLight, TheEndOfANorthSouthGreenServesWhoWaits) {
  EXPECT_EQ(ticked({ns_green, 30, true}).state, (State{ns_yellow, 0, false}));
  EXPECT_EQ(ticked({ns_yellow, 5, true}).state, (State{ew_green, 0, true}));
  EXPECT_EQ(ticked({ew_yellow, 5, true}).state, (State{ns_green, 0, true}));
}

TEST(TrafficLight, GoesRoundInItsOrder) {
  Lights lights = ew_green;
  for (const Lights next : {ew_yellow, ns_green, ns_yellow, ew_green}) {
    lights = after(config, lights);
    EXPECT_EQ(lights, next);
  }
}

TEST(TrafficLight, TheButtonAndTheClockAreAlwaysThere) {
  for (const State& state : {State{ew_green, 0, false}, State{ns_yellow, 5, true}}) {
    EXPECT_EQ(timers(config, state), std::vector{Timer::tick});
    EXPECT_EQ(requests(config, state), std::vector{Button::press});
  }
}

TEST(TrafficLight, MutantsLeaveOneRuleOut) {
  const Config never_ends{.mutant = Mutant::yellow_never_ends};
  const State yellow_over{ew_yellow, 5, false};
  EXPECT_EQ(ticked(yellow_over, never_ends).state, yellow_over);
  EXPECT_EQ(ticked({ns_yellow, 5, false}, never_ends).state.lights, ew_green);

  const Config both{.mutant = Mutant::both_turn_green};
  EXPECT_EQ(ticked(yellow_over, both).state.lights, (Lights{green, green}));
  EXPECT_EQ(ticked(yellow_over).state.lights, ns_green);
}

}  // namespace
}  // namespace coracle::traffic_light
