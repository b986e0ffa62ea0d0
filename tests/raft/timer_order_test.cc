// Where nothing tells the time, leases rest on an order of alarms: who has answered a leader's last
// heartbeat is not silent, nor campaigns, before the next one is due.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "model/narrative.h"
#include "model/raft/vocabulary.h"
#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

using V = Values<Bench>;
using Mail = V::Envelope;

// Three servers, and a hand that chooses what happens.
class Hand {
 public:
  explicit Hand(const std::string& timers) : values_(cluster(timers)) {
    world_ = values_.initial_world();
  }

  void expire(Timer timer, NodeId node) {
    step(values_, world_, Expire<V::Event>{{node, Expired{timer}}});
  }
  void crash(NodeId node) { step(values_, world_, Crash{node, 0}); }
  // All that is under way to a node and back, until nothing is.
  void deliver_all_to(const std::set<NodeId>& nodes) {
    while (const auto mail = first_to(nodes)) step(values_, world_, Deliver<Mail>{*mail});
  }
  // The alarms that may go off at a node.
  std::set<Timer> alarms(NodeId node) {
    std::set<Timer> all;
    for_each_enabled(values_, world_, [&](const auto& action) {
      if constexpr (requires { std::get<Expired>(action.event.event).timer; })
        if (const auto* expired = std::get_if<Expired>(&action.event.event);
            expired != nullptr && action.event.node == node)
          all.insert(expired->timer);
    });
    return all;
  }

 private:
  static Cluster<Bench> cluster(const std::string& timers) {
    Vocabulary::Options options;
    options.reads = "lease";
    options.stickiness = true;
    options.timers = timers;
    auto cluster = Vocabulary::cluster(options);
    cluster.faults.crashes = 1;
    return cluster;
  }
  std::optional<Mail> first_to(const std::set<NodeId>& nodes) {
    for (const Mail& mail : world_.in_flight)
      if (nodes.contains(mail.to)) return mail;
    return {};
  }

  V values_;
  World<V> world_;
};

// Server 1 leads, and server 2 alone has answered its last heartbeat.
Hand leased(const std::string& timers) {
  Hand hand(timers);
  hand.expire(Timer::election, s1);
  hand.deliver_all_to({s1, s2});
  hand.expire(Timer::heartbeat, s1);
  hand.deliver_all_to({s1, s2});
  return hand;
}

const std::set both{Timer::election, Timer::silence};

TEST(TimerOrder, WhoHasAnsweredWaitsForTheNextHeartbeat) {
  Hand hand = leased("in-order");
  EXPECT_EQ(hand.alarms(s2), std::set<Timer>{});
  EXPECT_EQ(hand.alarms(s1), std::set{Timer::heartbeat});
  EXPECT_EQ(hand.alarms(s3), std::set{Timer::election});  // which has heard nothing
  hand.expire(Timer::heartbeat, s1);
  EXPECT_EQ(hand.alarms(s2), both);
}

TEST(TimerOrder, IsNotKeptUnlessAskedFor) {
  Hand hand = leased("any");
  EXPECT_EQ(hand.alarms(s2), both);
}

TEST(TimerOrder, OutlivesNewsOfALaterTerm) {
  Hand hand = leased("in-order");
  hand.expire(Timer::election, s3);
  hand.deliver_all_to({s2});  // it ignores who wants to lead, and keeps its promise
  EXPECT_EQ(hand.alarms(s2), std::set<Timer>{});
}

TEST(TimerOrder, EndsWithTheLeader) {
  Hand hand = leased("in-order");
  hand.crash(s1);
  EXPECT_EQ(hand.alarms(s2), both);
}

}  // namespace
}  // namespace coracle::raft
