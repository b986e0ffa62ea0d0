// `coracle run` of a file that is several scenarios, or that extends another, from outside.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "tests/tools/folder.h"
#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

namespace json = boost::json;
using Words = std::vector<std::string>;
using MatrixRun = Folder;

const std::string four = R"(model = "raft"
servers = 3
duration = "2 s"
[matrix]
network.loss = ["0 %", "5 %"]
raft.pre_vote = [true, false]
)";

json::array runs_of(Words words) {
  words.insert(words.begin(), "run");
  words.insert(words.end(), {"--json", "-"});
  const Ended ended = run(words);
  return json::parse(ended.out).at("runs").as_array();
}

Words names_of(const json::array& runs) {
  Words names;
  for (const auto& one : runs) names.emplace_back(one.at("scenario").as_string());
  return names;
}

// Words as a shell would split them, of which those with spaces are in single quotes.
Words split(const std::string& command) {
  Words words(1);
  bool is_quoted = false;
  for (const char letter : command) {
    if (letter == '\'')
      is_quoted = !is_quoted;
    else if (letter == ' ' && !is_quoted)
      words.emplace_back();
    else
      words.back() += letter;
  }
  return words;
}

std::string behind(const std::string& text, const std::string& mark) {
  const auto at = text.find(mark);
  if (at == std::string::npos) return "";
  const auto begin = at + mark.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

TEST_F(MatrixRun, IsARunOfEveryCombination) {
  const std::string file = written("four.toml", four);
  EXPECT_EQ(names_of(runs_of({file})), (Words{file + "[network.loss=0 %, raft.pre_vote=true]",
                                              file + "[network.loss=0 %, raft.pre_vote=false]",
                                              file + "[network.loss=5 %, raft.pre_vote=true]",
                                              file + "[network.loss=5 %, raft.pre_vote=false]"}));
  EXPECT_EQ(names_of(runs_of({file, "--set", "network.loss=1 %"})),
            (Words{file + "[raft.pre_vote=true]", file + "[raft.pre_vote=false]"}));
  EXPECT_EQ(runs_of({file, "--seeds", "1..3", "--shard", "2/3"}).size(), 4U);
}

TEST_F(MatrixRun, WhatFailedIsRunAgainAsItWas) {
  const std::string file =
      written("it fails.toml", four +
                                   "[[expect]]\nalways = \"there is no leader\"\n"
                                   "only = { network.loss = \"5 %\", raft.pre_vote = false }\n");
  const Ended ended = run({"run", file, "--seed", "7"});
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  const Words again = split(behind(ended.out, "again: coracle "));
  EXPECT_EQ(again, (Words{"run", file, "--set", "network.loss=5 %", "--set", "raft.pre_vote=false",
                          "--seed", "7", "--log"}));
  const Ended repeated = run(again);
  EXPECT_EQ(repeated.code, 1);
  const std::string hash = behind(
      ended.out.substr(ended.out.find("[network.loss=5 %, raft.pre_vote=false]: seed 7 failed")),
      "hash ");
  EXPECT_EQ(behind(repeated.out, "hash "), hash) << repeated.out;
}

// A mutant that is typed stands in the place of those in the matrix.
TEST_F(MatrixRun, AMutantThatIsTypedIsTheOnlyOne) {
  const std::string file = written("mutants.toml",
                                   "model = \"raft\"\nduration = \"1 s\"\n[matrix]\n"
                                   "mutant = [\"none\", \"vote-not-saved\"]\n");
  EXPECT_EQ(runs_of({file}).size(), 2U);
  EXPECT_EQ(names_of(runs_of({file, "--mutant", "no-self-vote"})), Words{file});
}

TEST_F(MatrixRun, ExtendsAFileFromItsOwnFolder) {
  written("base.toml", four);
  const std::string file = written("more.toml", "extends = \"base.toml\"\nseeds = \"1..2\"\n");
  EXPECT_EQ(runs_of({file}).size(), 8U);
}

TEST_F(MatrixRun, AMistakeIsOneLineThatSaysWhere) {
  const auto told = [&](const std::string& text) {
    const Ended ended = run({"run", written("a.toml", text)});
    EXPECT_EQ(ended.code, 2);
    return ended.err;
  };
  EXPECT_EQ(told("extends = \"b.toml\"\n"), "coracle: " + in_folder("a.toml") +
                                                ":1:11: extends 'b.toml': cannot read " +
                                                in_folder("b.toml") + "\n");
  EXPECT_EQ(told(four + "raft.pre_vot = [true]\n"),
            "coracle: " + in_folder("a.toml") +
                ":7:6: unknown key 'raft.pre_vot' in [matrix]; did you mean raft.pre_vote?\n");
  EXPECT_EQ(told(four + "raft.voters = [1, 9]\n"),
            "coracle: " + in_folder("a.toml") +
                ":7:19: voters '9': expected a whole number from 0 to 7\n");
}

}  // namespace
}  // namespace coracle::tools
