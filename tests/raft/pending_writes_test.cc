// What a server orders while its disk still has to write what it ordered before.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/node.h"
#include "model/values.h"
#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

// A follower and its disk; and what its machine is told, in the order in which that goes out.
class Server {
 public:
  void receives(Message message) {
    Step step = next_state(config, state_, Received{s2, std::move(message)});
    state_ = std::move(step.state);
    note(buffered(disk_, step.effects));
    EXPECT_TRUE(Values<Protocol>::holds_in_order(Buffered<Protocol>{state_, disk_}));
  }
  void flushes_all() {
    while (!disk_.pending.empty()) note(flush(disk_));
  }

  std::vector<std::string> told;

 private:
  void note(const Effects& released) {
    for (const Effect& effect : released) {
      if (const auto* apply = std::get_if<Apply>(&effect))
        told.push_back("apply " + std::to_string(apply->index.value));
      if (const auto* restore = std::get_if<Restore>(&effect))
        told.push_back("restore " + std::to_string(restore->index.value));
    }
  }

  State state_ = follower({1});
  Buffer<Protocol> disk_{durable(state_), {}};
};

AppendEntries append(std::initializer_list<std::uint64_t> terms, EntryId previous, Index commit) {
  return {.term = {1}, .previous = previous, .entries = entries(terms), .commit = commit};
}
InstallSnapshot snapshot(std::uint64_t last) {
  return {
      .term = {1}, .piece = apart(snapshot_of(log_of({1, 1, 1}), last)), .offset = 0, .done = true};
}

using Told = std::vector<std::string>;

// The first entry waits to be applied until it is written; the second one waits for the first.
TEST(PendingWrites, WhatIsAppliedIsAppliedInOrder) {
  Server server;
  server.receives(append({1, 1}, {}, {1}));
  server.receives(append({}, {.term = {1}, .index = {2}}, {2}));
  EXPECT_EQ(server.told, Told{});
  server.flushes_all();
  EXPECT_EQ(server.told, (Told{"apply 1", "apply 2"}));
}

TEST(PendingWrites, ASnapshotOfWhatTheLogHasWaitsToo) {
  Server server;
  server.receives(append({1, 1}, {}, {1}));
  server.receives(snapshot(2));
  server.flushes_all();
  EXPECT_EQ(server.told, (Told{"apply 1", "apply 2"}));
}

TEST(PendingWrites, AMachineBeginsAnewOnlyAfterWhatItWasToldBefore) {
  Server server;
  server.receives(append({1, 1}, {}, {1}));
  server.receives(snapshot(3));
  server.flushes_all();
  EXPECT_EQ(server.told, (Told{"apply 1", "restore 3"}));
}

TEST(PendingWrites, WhereNothingWaitsItIsAppliedAtOnce) {
  Server server;
  server.receives(append({1, 1}, {}, {}));
  server.flushes_all();
  server.receives(append({}, {.term = {1}, .index = {2}}, {2}));
  EXPECT_EQ(server.told, (Told{"apply 1", "apply 2"}));
}

bool are_in_order(const Effects& held, std::uint64_t commit) {
  std::vector<const Effect*> all;
  for (const Effect& effect : held) all.push_back(&effect);
  return in_order(committed_up_to(commit, follower({1}, log_of({1, 1, 1}))), all);
}

TEST(PendingWrites, MustLeadUpToWhatIsCommitted) {
  const Apply one{{1}, "x"};
  const Apply two{{2}, "x"};
  const Apply three{{3}, "x"};
  const Restore snapshot{{2}, "s"};
  EXPECT_TRUE(are_in_order({}, 2));
  EXPECT_TRUE(are_in_order({one, two}, 2));
  EXPECT_TRUE(are_in_order({SetTimer{Timer::election}, two, Redirect{}, three}, 3));
  EXPECT_TRUE(are_in_order({one, snapshot, three}, 3));
  EXPECT_FALSE(are_in_order({two, one}, 2));
  EXPECT_FALSE(are_in_order({one, three}, 3));
  EXPECT_FALSE(are_in_order({one}, 2));  // the second one has overtaken it
  EXPECT_FALSE(are_in_order({two, snapshot}, 2));
}

}  // namespace
}  // namespace coracle::raft
