// `coracle run --check`: says whether scenario files are valid, and runs nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <string>

#include "tests/tools/folder.h"
#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

const std::string scenarios = std::string(CORACLE_SOURCE_DIR) + "/scenarios";

using CheckFiles = Folder;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string good = "model = \"raft\"\nservers = 3\nduration = \"1 s\"\n";

TEST_F(CheckFiles, EveryScenarioThatComesWithItIsValid) {
  const Ended ended = run({"run", "--check", scenarios});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
  EXPECT_TRUE(holds(ended.out, "/raft/leader-crash.toml: valid, model raft, seeds 1.."))
      << ended.out;
  EXPECT_FALSE(holds(ended.out, "events"));
}

TEST_F(CheckFiles, AllFilesMistakesAreTold) {
  const std::string misspelt = written("misspelt.toml", good + "sevrers = 3\n");
  const std::string nobody =
      written("nobody.toml", good + "[[step]]\nat = \"1 ms\"\ndo = \"crash 9\"\n");
  const std::string refused = written("refused.toml", good + "[raft]\nreads = \"lease\"\n");
  const std::string valid = written("valid.toml", good + "seed = 7\n");
  const std::string nowhere = in_folder("nowhere.toml");
  const Ended ended = run({"run", "--check", misspelt, nobody, nowhere, refused, valid});
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.out, valid + ": valid, model raft, seed 7\n");
  EXPECT_EQ(std::ranges::count(ended.err, '\n'), 4) << ended.err;
  for (const std::string& part : {misspelt + ":4:1: ", std::string("did you mean servers?"),
                                  nobody + ":6:", "there is no file " + nowhere, refused + ":"})
    EXPECT_TRUE(holds(ended.err, part)) << part << "\n" << ended.err;
}

TEST_F(CheckFiles, WhatIsTypedCountsToo) {
  const std::string valid = written("valid.toml", good);
  EXPECT_EQ(run({"run", "--check", valid, "--seeds", "3..9"}).out,
            valid + ": valid, model raft, seeds 3..9\n");
  EXPECT_EQ(run({"run", "--check", valid, "--set", "raft.heartbeat=5"}).code, 2);
  const Ended quiet = run({"run", "--check", valid, "--quiet"});
  EXPECT_EQ(quiet.code, 0);
  EXPECT_EQ(quiet.out, "");
}

TEST_F(CheckFiles, IsToldToMachines) {
  const std::string valid = written("valid.toml", good);
  const std::string wrong = written("wrong.toml", good + "seed = \n");
  const Ended ended = run({"run", "--check", valid, wrong, "--json", "-"});
  EXPECT_EQ(ended.code, 2);
  const auto json = boost::json::parse(ended.out);
  const auto& files = json.as_object().at("files").as_array();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].as_object().at("model").as_string(), "raft");
  EXPECT_EQ(files[0].as_object().at("valid"), boost::json::value(true));
  EXPECT_EQ(files[1].as_object().at("valid"), boost::json::value(false));
}

}  // namespace
}  // namespace coracle::tools
