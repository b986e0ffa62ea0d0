// A run in words: which sending a receipt is of, and what an event changed.
#include "sim/teller.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/raft/vocabulary.h"
#include "model/two_phase_commit_vocabulary.h"
#include "tests/sim/told_run.h"

namespace coracle::sim {
namespace {

constexpr NodeId s1{1};
constexpr NodeId s2{2};

NetworkKind any_network() {
  return *rc::gen::element(NetworkKind::unordered, NetworkKind::ordered);
}

RC_GTEST_PROP(Teller, EachReceiptIsOfASendingThatWasBefore, ()) {
  const ToldRun run = raft_run(*rc::gen::arbitrary<std::uint32_t>(), any_network());
  std::map<std::uint64_t, std::pair<Message, std::uint64_t>> sent;  // and by which event
  std::map<std::uint64_t, int> copies;
  for (const Happened& event : run.events) {
    if (event.message) {
      const auto known = sent.find(event.message->number);
      RC_ASSERT(known != sent.end());
      const auto& [message, by] = known->second;
      RC_ASSERT(event.sent_by == by && by < event.number);
      RC_ASSERT(message.from == event.message->from && message.to == event.message->to);
      RC_ASSERT(message.kind == event.message->kind && message.fields == event.message->fields);
      int& left = copies[message.number];
      RC_ASSERT(left > 0);
      left += event.verb == "duplicate" ? 1 : -1;
      RC_ASSERT(event.last == (left == 0));
    }
    for (const Message& message : event.sent) {
      RC_ASSERT(message.from == event.node);
      RC_ASSERT(sent.emplace(message.number, std::pair(message, event.number)).second);
      copies[message.number] = 1;
    }
  }
  RC_ASSERT(!sent.empty());
}

// Of a long value only the end is told.
std::string end_of(const std::string& value) {
  return value.starts_with("... ") ? value.substr(4) : value;
}

// What is told as changed leads from the words of the beginning to those of each later event.
RC_GTEST_PROP(Teller, ChangesLeadFromTheWordsBeforeToThoseAfter, ()) {
  const ToldRun run = raft_run(*rc::gen::arbitrary<std::uint32_t>(), any_network());
  std::vector<std::map<std::string, std::string>> words(run.cast.nodes.size());
  for (const Happened& event : run.events)
    for (const auto& [name, before, after] : event.changes) {
      RC_ASSERT(event.at_node());
      auto& word = words[position(event.node)][name];
      if (before && !word.empty())
        RC_ASSERT(end_of(word).ends_with(end_of(*before)) ||
                  end_of(*before).ends_with(end_of(word)));
      word = after;
    }
}

RC_GTEST_PROP(Teller, StandingsAreTheRolesAndNumbersOfTheWords, ()) {
  const ToldRun run = raft_run(*rc::gen::arbitrary<std::uint32_t>(), any_network());
  RC_ASSERT(run.cast.numbers == (std::vector<std::string>{"term", "commit"}));
  std::vector<Standing> before = run.cast.start;
  for (const Happened& event : run.events) {
    const auto number_of = [&](std::size_t i) {
      return event.standing.numbers[i] ? std::to_string(*event.standing.numbers[i]) : "";
    };
    for (const auto& [name, old, now] : event.changes) {
      if (name == "term") RC_ASSERT(number_of(0) == now);
      if (name == "commit") RC_ASSERT(number_of(1) == now);
      if (name == "role") RC_ASSERT(now.starts_with(run.cast.roles[*event.standing.role]));
      if (name == "down") RC_ASSERT(!event.standing.up && !event.standing.role);
    }
    Standing& old = before[position(event.node)];
    if (event.changes.empty()) RC_ASSERT(event.standing == old);
    old = event.standing;
  }
}

class TwoInFlight : public testing::Test {
 protected:
  using P = raft::Bench;
  using V = Values<P>;

  TwoInFlight() {
    raft::Vocabulary::Options options;
    options.loss = options.duplication = true;
    options.crashes = 1;
    values.emplace(raft::Vocabulary::cluster(options));
    world = values->initial_world();
    teller.emplace(world, NetworkKind::unordered, raft::Vocabulary::roles(), "server", true);
  }

  Happened take(const Action<V>& action) {
    step(*values, world, action);
    return teller->tell(0, action, world);
  }
  Happened campaign() { return take(Expire<V::Event>{{s1, raft::Expired{raft::Timer::election}}}); }
  V::Envelope vote(std::uint64_t term) const {
    return {s1, s2, raft::RequestVote{.term = {term}, .last = {}}};
  }

  std::optional<V> values;
  World<V> world;
  std::optional<Teller<P>> teller;
};

TEST_F(TwoInFlight, OfEqualOnesTheFirstSentArrivesFirst) {
  const Happened first = campaign();
  ASSERT_EQ(first.sent.size(), 2U);
  EXPECT_EQ(text_of(first.changes),
            "term 0 -> 1, role follower -> candidate with votes {1}, vote none -> 1");
  EXPECT_EQ(take(Duplicate<V::Envelope>{vote(1)}).sent.size(), 0U);
  EXPECT_EQ(campaign().sent.size(), 2U);
  const Happened copy = take(Deliver<V::Envelope>{vote(1)});
  EXPECT_EQ(copy.message->number, first.sent[0].number);
  EXPECT_FALSE(copy.last);
  const Happened original = take(Drop<V::Envelope>{vote(1)});
  EXPECT_EQ(original.message->number, first.sent[0].number);
  EXPECT_TRUE(original.last && original.lost && !original.at_node());
  EXPECT_EQ(take(Deliver<V::Envelope>{vote(2)}).sent_by, 3U);
}

TEST_F(TwoInFlight, WhatArrivesAtANodeThatIsDownIsLost) {
  campaign();
  EXPECT_EQ(text_of(take(Crash{s2}).changes), "down");
  const Happened lost = take(Deliver<V::Envelope>{vote(1)});
  EXPECT_TRUE(lost.lost && !lost.at_node());
  EXPECT_FALSE(lost.standing.up);
}

// What a set has is not sent again, and may arrive as often as it likes.
TEST(Teller, InASetAMessageIsSentOnce) {
  using P = two_phase_commit::Protocol;
  using V = Values<P>;
  V values(two_phase_commit::Vocabulary::cluster({.managers = 2}));
  World<V> world = values.initial_world();
  Teller<P> teller(world, NetworkKind::set, {}, "server", true);
  EXPECT_TRUE(teller.cast().roles.empty());
  std::vector<Happened> deliveries;
  for (int round = 0; round < 2; ++round) {
    std::optional<Action<V>> next;
    for_each_enabled(values, world, [&](const auto& enabled) {
      const Action<V> action = enabled;
      const bool wanted =
          std::holds_alternative<Deliver<V::Envelope>>(action) != deliveries.empty();
      if (!next && wanted) next = action;
    });
    for (int again = 0; again < 2 && next; ++again) {
      if (round == 0 && again == 1) break;
      step(values, world, *next);
      const Happened event = teller.tell(0, *next, world);
      if (event.message) deliveries.push_back(event);
    }
  }
  for (const Happened& event : deliveries) {
    EXPECT_FALSE(event.last);
    EXPECT_EQ(event.message->number, deliveries[0].message->number);
  }
}

TEST(Teller, WithoutTimesAnEventIsAtItsNumber) {
  const ToldRun run = raft_run(7, NetworkKind::unordered, /*timed=*/false);
  EXPECT_EQ(run.events[2].at, 3'000'000);
  EXPECT_FALSE(run.events[2].action.contains("at"));
  EXPECT_TRUE(raft_run(7, NetworkKind::unordered).events[2].action.contains("at"));
}

// ---- words

std::string told(const std::string& before, const std::string& after) {
  return text_of(changes_of({{"log", before}}, {{"log", after}}));
}

TEST(WordChanges, OfALongValueOnlyTheEndIsTold) {
  EXPECT_EQ(told("1 1", "1 1 2"), "log 1 1 -> 1 1 2");
  std::string log = "1";
  for (int entry = 0; entry < 500; ++entry) log += " 1";
  EXPECT_EQ(told(log, log + " 2"), "log ... 1 1 1 1 -> ... 1 1 1 1 2");
  EXPECT_EQ(told("", log).size(), std::string("log  -> ...").size() + 240);
}

TEST(WordChanges, OfWhoCameBackAllIsTold) {
  EXPECT_EQ(text_of(changes_of({{"down", ""}}, {{"term", "1"}, {"vote", "none"}})),
            "term 1, vote none");
  EXPECT_EQ(text_of(changes_of({{"term", "1"}}, {{"down", ""}})), "down");
  EXPECT_EQ(changes_of({{"term", "1"}}, {{"term", "1"}}).size(), 0U);
}

TEST(WordChanges, ANumberIsOneWhereverItIs) {
  const std::vector<coracle::Words> nodes{{{"term", "0"}, {"log", "1"}, {"vote", "none"}},
                                          {{"term", "3"}, {"log", "1 1"}, {"vote", "2"}},
                                          {{"client 1:", "no call"}}};
  EXPECT_EQ(numbers_of(nodes), std::vector<std::string>{"term"});
  EXPECT_EQ(values_of({"term", "log"}, nodes[1]),
            (std::vector<std::optional<std::int64_t>>{3, std::nullopt}));
  EXPECT_EQ(number_in("18446744073709551615"), std::nullopt);
  EXPECT_EQ(number_in("-1"), std::nullopt);
}

}  // namespace
}  // namespace coracle::sim
