// `coracle run --check-determinism`: each run twice, compared event by event. That a protocol which
// is no function is found, and named, the tests of sim/twice.h show.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

const std::string scenarios = std::string(CORACLE_SOURCE_DIR) + "/scenarios";

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(CheckDeterminism, EveryModelIsTheSameTwice) {
  const Ended ended = run(
      {"run", scenarios + "/raft/leader-crash.toml", scenarios + "/raft/crash-before-flush.toml",
       scenarios + "/raft-kv/duplicate-request.toml", scenarios + "/traffic-light/buttons.toml",
       "--seeds", "1..2", "--check-determinism"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_TRUE(holds(ended.out, "leader-crash.toml: 2 seeds hold, the same twice, ")) << ended.out;
  EXPECT_TRUE(holds(ended.out, "buttons.toml: 2 seeds hold, the same twice, ")) << ended.out;
}

TEST(CheckDeterminism, IsInTheJsonWhereItWasAsked) {
  const std::string file = scenarios + "/raft/leader-crash.toml";
  const auto run_of = [](const Ended& ended) {
    const auto json = boost::json::parse(ended.out);
    return json.as_object().at("runs").as_array().at(0).as_object();
  };
  const auto asked =
      run_of(run({"run", file, "--seed", "1", "--check-determinism", "--json", "-"}));
  EXPECT_EQ(asked.at("deterministic"), boost::json::value(true));
  const auto plain = run_of(run({"run", file, "--seed", "1", "--json", "-"}));
  EXPECT_FALSE(plain.contains("deterministic"));
  EXPECT_EQ(asked.at("hash"), plain.at("hash"));
}

// What fails, fails the same way twice, and its story is told.
TEST(CheckDeterminism, OfAFailureToo) {
  const Ended ended = run({"run", scenarios + "/raft/figure-8.toml", "--mutant", "commit-old-term",
                           "--check-determinism"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_TRUE(holds(ended.out, "seed 1 failed, the same twice, ")) << ended.out;
  EXPECT_TRUE(holds(ended.out, "what led to it:\n")) << ended.out;
}

TEST(CheckDeterminism, OnlyTheFirstRunIsToldEventByEvent) {
  const std::string file = scenarios + "/raft/figure-8.toml";
  const std::string once = run({"run", file, "--log"}).out;
  const std::string twice = run({"run", file, "--log", "--check-determinism"}).out;
  const auto log = [](const std::string& text) {
    return text.substr(0, text.find("figure-8.toml:"));
  };
  EXPECT_EQ(log(once), log(twice));
}

}  // namespace
}  // namespace coracle::tools
