// The store as its users explore it: how each kind of read fares once there are two leaders.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tools/folder.h"
#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

using Words = std::vector<std::string>;

using ExploreStore = Folder;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void expect_refused(const Words& more, const std::string& why) {
  Words words{"explore", "raft-kv"};
  words.insert(words.end(), more.begin(), more.end());
  const Ended ended = run(words);
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, why)) << ended.err;
}

// What follows a scenario, with two clients of a call each.
Ended explored_from(const std::string& scenario, const std::string& trace, const Words& more) {
  const std::string file = CORACLE_SOURCE_DIR "/scenarios/raft-kv/" + scenario + ".toml";
  EXPECT_EQ(run({"run", file, "--trace", trace}).code, 0);
  Words words{"explore",   "raft-kv", "--from",          trace, "--operations", "1",
              "--max-log", "4",       "--max-in-flight", "2",   "--loss"};
  words.insert(words.end(), more.begin(), more.end());
  return run(words);
}

TEST_F(ExploreStore, NaiveReadsAreStaleAndTheOthersAreNot) {
  const std::string trace = in_folder("two.trace");
  const Ended naive = explored_from("two-leaders", trace, {"--reads", "naive"});
  EXPECT_EQ(naive.code, 1);
  EXPECT_TRUE(holds(naive.out, "Violated: the calls are linearizable")) << naive.out;
  EXPECT_TRUE(holds(naive.out, "get x = nothing")) << naive.out;
  for (const char* reads : {"read-index", "log"}) {
    const Ended ended = explored_from("two-leaders", trace, {"--reads", reads});
    EXPECT_EQ(ended.code, 0) << ended.out;
    EXPECT_TRUE(holds(ended.out, "shown       sometimes  a read sees a write")) << ended.out;
  }
}

TEST_F(ExploreStore, AForgottenSessionDoesARequestTwice) {
  const std::string trace = in_folder("installed.trace");
  const Ended ended = explored_from("installed", trace, {"--mutant", "session-forgotten"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_TRUE(holds(ended.out, "increment x by 1 = 2")) << ended.out;
  EXPECT_EQ(explored_from("installed", trace, {}).code, 0);
}

TEST_F(ExploreStore, LeasesAreRefusedUnlessTheirOrderIsStated) {
  expect_refused({"--reads", "lease", "--stickiness"}, "a lease rests on time");
  expect_refused({"--reads", "lease", "--timers", "in-order"}, "reads lease without stickiness");
  expect_refused({"--reads", "lease", "--timers", "in-order", "--stickiness", "--crashes", "1"},
                 "what a server that restarts knows of time");
}

TEST_F(ExploreStore, WhatMayBeDoneTwiceNeedsSessions) {
  expect_refused({"--sessions", "none", "--duplication"}, "done twice");
}

}  // namespace
}  // namespace coracle::tools
