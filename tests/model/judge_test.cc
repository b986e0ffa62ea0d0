// Each asked property has a bit, in the order of the lists; a subject sets those that it speaks of.
#include "model/judge.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "tests/model/ledger.h"

namespace coracle::ledger {
namespace {

using enum Expectation;

const PropertiesOf<Protocol> claims{
    .of_state = {{always, "no number is 7", [](const State& state) { return state.number != 7; }},
                 {sometimes, "a number is 3",
                  [](const State& state) { return state.number == 3; }}},
    .of_pair = {{always, "the one is not behind",
                 [](const Pair<State>& pair) { return pair.one.number >= pair.other.number; }},
                {sometimes, "two are equal",
                 [](const Pair<State>& pair) { return pair.one == pair.other; },
                 [](const State& state, const Seen& seen) { return seen.most == state.number; },
                 "equal numbers"}},
    .of_nodes = {{sometimes, "all are up",
                  [](const Nodes<State>& nodes) { return nodes.up.size() == 2; }}},
    .of_step = {{always, "a number never falls",
                 [](const Change<State, Effect>& change) {
                   return change.before.number <= change.after.number;
                 }}},
    .never_stuck = true};

const State one{.number = 1};
const State three{.number = 3};

TEST(Judge, NumbersWhatIsAskedInTheOrderOfTheLists) {
  const Judge<Protocol> judge(claims, {});
  std::vector<std::string_view> names;
  for (const Asked& asked : judge.asked()) names.push_back(asked.name);
  EXPECT_EQ(names, (std::vector<std::string_view>{
                       "no number is 7", "a number is 3", "the one is not behind", "two are equal",
                       "all are up", "a number never falls", "what must outlive a crash is saved",
                       "something can always happen"}));
  EXPECT_EQ(judge.asked()[3].meaning, "equal numbers");
  EXPECT_EQ(judge.stuck(), Marks{1} << 7);
}

TEST(Judge, MarksWhatSpeaks) {
  const Judge<Protocol> judge(claims, {});
  EXPECT_EQ(judge.of_state(one), 0U);
  EXPECT_EQ(judge.of_state({.number = 7}), 0b01U);
  EXPECT_EQ(judge.of_state(three), 0b10U);
  EXPECT_EQ(judge.of_pair(one, three), 0b0100U);
  // NOLINTNEXTLINE(readability-suspicious-call-argument): the other way round
  EXPECT_EQ(judge.of_pair(three, one), 0U);
  EXPECT_EQ(judge.of_pair(one, one), 0b1000U);
  const std::vector<const State*> up{&one, &three};
  EXPECT_EQ(judge.of_nodes({up}), 0b10000U);
  const std::vector<Effect> saves{Save<Number>{Number{1}}};
  EXPECT_EQ(judge.of_step({three, one, saves}), 0b100000U);
  EXPECT_EQ(judge.of_step({one, three, {}}), 0b1000000U);
}

TEST(Judge, AsksOnlyWhatNeedsAsking) {
  const Judge<Protocol> judge(claims, {});
  EXPECT_EQ(judge.of_state(three, 0b10), 0U);
  EXPECT_EQ(judge.of_state(three, ~Marks{0b10}), 0b10U);
  EXPECT_EQ(judge.of_pair(one, three, 0b0100), 0U);
  EXPECT_EQ(judge.of_step({three, one, {}}, 0b100000), 0b1000000U);
}

// With an observer, the remembered form of a pair's property stands for it.
TEST(Judge, AsksWhatAnObserverRemembers) {
  const Judge<Protocol> judge(claims, {});
  EXPECT_TRUE(judge.remembers());
  EXPECT_EQ(judge.remembering(), 0b1000U);
  EXPECT_EQ(judge.remembered(three, {3}), 0b1000U);
  EXPECT_EQ(judge.remembered(three, {3}, 0b1000), 0U);
  EXPECT_EQ(judge.remembered(three, {1}), 0U);
  EXPECT_EQ(judge.of_pair(one, one, judge.remembering()), 0U);
}

TEST(Judge, AsksTheNamedOnes) {
  const Judge<Protocol> pairs(claims, {"the one is not behind"});
  EXPECT_EQ(pairs.asked().size(), 1U);
  EXPECT_EQ(pairs.of_pair(one, three), 0b1U);
  EXPECT_TRUE(pairs.asks_pairs());
  EXPECT_FALSE(pairs.asks_nodes() || pairs.remembers());
  EXPECT_EQ(pairs.stuck(), 0U);
  const Judge<Protocol> nodes(claims, {"all are up"});
  EXPECT_TRUE(nodes.asks_nodes());
  EXPECT_FALSE(nodes.asks_pairs());
}

}  // namespace
}  // namespace coracle::ledger
