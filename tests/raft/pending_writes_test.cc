// What a server orders while its disk still has to write what it ordered before.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/disk.h"
#include "model/raft/node.h"
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

}  // namespace
}  // namespace coracle::raft
