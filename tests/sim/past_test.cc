// What led to a failure, and what did not.
#include "sim/past.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace coracle::sim {
namespace {

constexpr NodeId s1{1};
constexpr NodeId s2{2};
constexpr NodeId s3{3};

class ThreeServers : public testing::Test {
 protected:
  // An event that changes a word, perhaps by a message that the sender's event of this number sent.
  void happens(NodeId node, NodeId sender = {}, std::uint64_t sent_by = 0, bool changes = true) {
    Happened event{.number = ++count,
                   .at = static_cast<Time>(count) * 1'000'000,
                   .verb = "expire",
                   .node = node,
                   .text = "event " + std::to_string(count)};
    if (sent_by > 0) {
      event.verb = "deliver";
      event.message = Message{1, sender, node, "Vote", ""};
      event.sent_by = sent_by;
    }
    if (changes) event.changes = {{"term", "0", std::to_string(count)}};
    past.take(event);
  }
  std::string told(const std::vector<NodeId>& of) const { return past.text(of, ""); }
  bool tells(const std::vector<NodeId>& of, int event) const {
    return told(of).find("event " + std::to_string(event) + ":") != std::string::npos;
  }

  Past past{{.title = "",
             .nodes = {"server 1", "server 2", "server 3"},
             .roles = {},
             .numbers = {},
             .start = {}}};
  std::uint64_t count = 0;
};

TEST_F(ThreeServers, FollowsMessagesBackAndNothingElse) {
  happens(s3);         // 1: nobody hears of it
  happens(s1);         // 2: sends to 2
  happens(s1);         // 3: after that
  happens(s2, s1, 2);  // 4
  happens(s3);         // 5
  happens(s2);         // 6
  EXPECT_EQ(past.last_node(), s2);
  EXPECT_EQ(told({s2}),
            "0.002000 s  server 1: event 2: term 0 -> 2\n"
            "0.004000 s  server 2: event 4: term 0 -> 4\n"
            "0.006000 s  server 2: event 6: term 0 -> 6\n");
  EXPECT_TRUE(tells({s2, s3}, 5) && !tells({s2, s3}, 3));
  EXPECT_TRUE(tells({}, 3));
}

TEST_F(ThreeServers, LeavesOutWhatChangedNothingButFollowsIt) {
  happens(s1);
  happens(s2, s1, 1, /*changes=*/false);
  happens(s3, s2, 2);
  EXPECT_TRUE(tells({s3}, 1) && !tells({s3}, 2) && tells({s3}, 3));
}

TEST_F(ThreeServers, TellsWhatTheScenarioDidBetween) {
  happens(s1);
  past.note(1'500'000, "crash leader: 1");
  happens(s1);
  EXPECT_EQ(told({s1}),
            "0.001000 s  server 1: event 1: term 0 -> 1\n"
            "0.001500 s  -- crash leader: 1\n"
            "0.002000 s  server 1: event 2: term 0 -> 2\n");
}

TEST_F(ThreeServers, TellsTheLastTwentyAndHowManyWereBefore) {
  for (int i = 0; i < 30; ++i) happens(s1);
  const std::string text = told({s1});
  EXPECT_TRUE(text.starts_with("... 10 events before\n0.011000 s")) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 21);
}

// What is lost, or repeated, happens to nobody.
TEST_F(ThreeServers, WhatIsLostIsNobodysPast) {
  happens(s1);
  past.take({.number = ++count,
             .at = 0,
             .verb = "drop",
             .node = s2,
             .message = Message{1, s1, s2, "Vote", ""},
             .sent_by = 1,
             .lost = true});
  EXPECT_EQ(past.last_node(), s1);
  EXPECT_EQ(told({s2}), "");
}

}  // namespace
}  // namespace coracle::sim
