// What each kind of network does with the messages in flight, as lists of plain envelopes.
#include "model/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/print.h"

namespace coracle {
namespace {

using Letter = Envelope<std::string>;
using Letters = std::vector<Letter>;

constexpr NetworkRules unordered{.kind = NetworkKind::unordered};
constexpr NetworkRules set{.kind = NetworkKind::set};
constexpr NetworkRules ordered{.kind = NetworkKind::ordered};

Letter letter(int from, int to, const std::string& message) {
  return {static_cast<NodeId>(from), static_cast<NodeId>(to), message};
}

Link link_of(const Letter& letter) { return link(letter.from, letter.to); }

Letters sent(const NetworkRules& rules, const Letters& letters) {
  Letters in_flight;
  for (const Letter& each : letters) put_in_flight(rules, in_flight, each, link_of);
  return in_flight;
}

Letters without(const NetworkRules& rules, Letters in_flight, const Letter& taken) {
  take_out(rules, in_flight, taken);
  return in_flight;
}

Letters deliverable(const NetworkRules& rules, const Letters& in_flight) {
  Letters all;
  for_each_deliverable(rules, in_flight, link_of, [&](const Letter& each) { all.push_back(each); });
  return all;
}

Hash128 hash(const NetworkRules& rules, const Letters& in_flight) {
  return network_hash(rules, in_flight, link_of, content_hash<Letter>);
}

const Letter a = letter(1, 2, "a");
const Letter b = letter(1, 2, "b");
const Letter to_third = letter(1, 3, "a");
const Letter back = letter(2, 1, "a");

TEST(Link, IsADirection) {
  EXPECT_NE(link(NodeId{1}, NodeId{2}), link(NodeId{2}, NodeId{1}));
  EXPECT_NE(link(NodeId{1}, NodeId{2}), link(NodeId{1}, NodeId{3}));
  EXPECT_LT(link(NodeId{1}, NodeId{255}), link(NodeId{2}, NodeId{0}));
}

// ---- unordered: a bag

TEST(UnorderedNetwork, ForgetsTheOrder) {
  EXPECT_EQ(sent(unordered, {b, back, a, to_third}), sent(unordered, {to_third, a, b, back}));
  EXPECT_EQ(sent(unordered, {b, back, a}), (Letters{a, b, back}));
}

TEST(UnorderedNetwork, KeepsCopiesAndOffersEachMessageOnce) {
  const Letters twice = sent(unordered, {a, b, a});
  EXPECT_EQ(twice, (Letters{a, a, b}));
  EXPECT_EQ(deliverable(unordered, twice), (Letters{a, b}));
}

TEST(UnorderedNetwork, TakesOneCopyOut) {
  EXPECT_EQ(without(unordered, {a, a, b}, a), (Letters{a, b}));
  EXPECT_EQ(without(unordered, {a, b}, b), Letters{a});
}

TEST(UnorderedNetwork, RepeatingIsSendingAgain) {
  Letters in_flight = sent(unordered, {a, b, back});
  repeat(in_flight, b);
  EXPECT_EQ(in_flight, sent(unordered, {b, a, back, b}));
}

// ---- set: what was said stays said

TEST(SetNetwork, KeepsOneOfEach) {
  EXPECT_EQ(sent(set, {b, a, b, a, back}), (Letters{a, b, back}));
}

TEST(SetNetwork, KeepsWhatIsDelivered) {
  const Letters in_flight = sent(set, {a, b});
  EXPECT_EQ(without(set, in_flight, a), in_flight);
  EXPECT_EQ(deliverable(set, in_flight), in_flight);
}

// ---- ordered: a queue a link

TEST(OrderedNetwork, KeepsTheOrderWithinALink) {
  EXPECT_EQ(sent(ordered, {b, a, b}), (Letters{b, a, b}));
  EXPECT_NE(sent(ordered, {b, a}), sent(ordered, {a, b}));
}

TEST(OrderedNetwork, ForgetsTheOrderBetweenLinks) {
  EXPECT_EQ(sent(ordered, {back, b, to_third, a}), sent(ordered, {b, a, to_third, back}));
  EXPECT_EQ(sent(ordered, {back, b, to_third, a}), (Letters{b, a, to_third, back}));
}

TEST(OrderedNetwork, OffersEachLinksFirst) {
  const Letters in_flight = sent(ordered, {b, a, back, to_third, b});
  EXPECT_EQ(deliverable(ordered, in_flight), (Letters{b, to_third, back}));
  EXPECT_EQ(deliverable(ordered, without(ordered, in_flight, b)), (Letters{a, to_third, back}));
}

TEST(OrderedNetwork, TakesTheFirstCopyOut) {
  EXPECT_EQ(without(ordered, {b, a, b}, b), (Letters{a, b}));
}

TEST(OrderedNetwork, ARepeatedMessageStaysNextToTheFirst) {
  Letters in_flight = sent(ordered, {b, a, back});
  repeat(in_flight, b);
  EXPECT_EQ(in_flight, (Letters{b, b, a, back}));
  EXPECT_EQ(deliverable(ordered, in_flight), (Letters{b, back}));
  EXPECT_EQ(deliverable(ordered, without(ordered, in_flight, b)), (Letters{b, back}));
}

// ---- the hash of what is in flight

TEST(NetworkHash, DependsOnTheOrderWithinAnOrderedLinkOnly) {
  EXPECT_NE(hash(ordered, {a, b}), hash(ordered, {b, a}));
  EXPECT_EQ(hash(unordered, {a, b}), hash(unordered, {b, a}));
  EXPECT_EQ(hash(set, {a, b}), hash(set, {b, a}));
  EXPECT_EQ(hash(ordered, {a, b, back}), hash(ordered, {back, a, b}));
  EXPECT_EQ(hash(ordered, {a, to_third}), hash(ordered, {to_third, a}));
}

TEST(NetworkHash, CountsCopiesAndTellsMessagesApart) {
  for (const NetworkRules& rules : {unordered, ordered}) {
    EXPECT_NE(hash(rules, {a}), hash(rules, {a, a}));
    EXPECT_NE(hash(rules, {a, a}), hash(rules, {a, a, a}));
    EXPECT_NE(hash(rules, {a}), hash(rules, {to_third}));
    EXPECT_NE(hash(rules, {a}), hash(rules, {back}));
    EXPECT_NE(hash(rules, {a}), hash(rules, {}));
  }
}

TEST(NetworkHash, TellsWhereInALinkAMessageStands) {
  EXPECT_NE(hash(ordered, {a, a, b}), hash(ordered, {a, b, a}));
  EXPECT_NE(hash(ordered, {a, b, b}), hash(ordered, {b, a, a}));
}

}  // namespace
}  // namespace coracle
