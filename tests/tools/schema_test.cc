// The schema of scenario files: the committed one is what the program knows, every scenario that
// comes with Coracle is valid by it, and what is misspelt is not.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "model/values.h"
#include "sim/sentences.h"
#include "sim/toml.h"
#include "tests/tools/folder.h"
#include "tests/tools/json_schema.h"
#include "tests/tools/process.h"

namespace coracle::tools {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Texts = std::vector<std::string>;

const std::string source = CORACLE_SOURCE_DIR;

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const json::value& schema() {
  static const json::value committed =
      json::parse(contents(source + "/scenarios/scenario.schema.json"));
  return committed;
}

json::value json_of(const sim::TomlEntry& entry);

json::value json_of(const sim::TomlTable& table) {
  json::object object;
  for (const auto& entry : table.entries) object[entry.key] = json_of(entry);
  return object;
}

json::value json_of(const sim::TomlEntry& entry) {
  return match(
      entry.value, [](const std::string& text) -> json::value { return json::string(text); },
      [](std::int64_t number) -> json::value { return number; },
      [](bool truth) -> json::value { return truth; },
      [](const sim::TomlTable& table) -> json::value { return json_of(table); },
      [](const sim::TomlArray& array) -> json::value {
        json::array all;
        for (const auto& element : array.elements) all.push_back(json_of(element));
        return all;
      },
      [](const sim::TomlOther&) -> json::value { return nullptr; });
}

Texts mistakes(const std::string& file, const std::string& text) {
  return SchemaCheck::mistakes(schema(), json_of(sim::parse_toml(file, text)));
}

std::string all(const Texts& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

TEST(Schema, IsTheOneThatTheProgramMakes) {
  const Ended ended = run({"models", "--schema"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, contents(source + "/scenarios/scenario.schema.json"))
      << "coracle models --schema > scenarios/scenario.schema.json writes it anew";
}

TEST(Schema, TakesEveryScenarioThatComesWithCoracle) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(source + "/scenarios")) {
    if (entry.path().extension() != ".toml") continue;
    ++files;
    const Texts found = mistakes(entry.path().string(), contents(entry.path()));
    EXPECT_TRUE(found.empty()) << entry.path() << "\n" << all(found);
  }
  EXPECT_GT(files, 30U);
}

// Every option of every model says what it is.
TEST(Schema, KnowsEveryOptionOfEveryModel) {
  const auto& properties = schema().at("properties").as_object();
  for (const auto& model : properties.at("model").at("enum").as_array()) {
    const auto& table = properties.at(model.as_string()).as_object();
    for (const auto& [option, of_option] : table.at("properties").as_object()) {
      EXPECT_TRUE(of_option.as_object().contains("type")) << model << "." << option;
      EXPECT_TRUE(of_option.as_object().contains("description")) << model << "." << option;
    }
  }
}

const std::string raft = "model = 'raft'\nduration = '1 s'\n";

using SchemaAndReader = Folder;

TEST_F(SchemaAndReader, TakeTheSameFiles) {
  written("base.toml", "model = 'raft-kv'\nduration = '1 s'\n");
  const Texts right = {
      raft,
      "model = 'raft'\nby_hand = true\n",
      "extends = 'base.toml'\nmutant = 'session-forgotten'\n",
      raft + "seeds = '1..2'\n[raft]\nelection_timeout = '200ms..1 s'\nvoters = 0\n",
      raft + "[network]\nlatency = '1.5 .. 20ms'\nloss = '0.5 %'\nkind = 'ordered'\n",
      raft +
          "[network]\nlatency = '1 ms + exponential 3 ms'\nreorder = '5 % by 1..2 ms'\n"
          "bandwidth = '64 kB/s'\ncapacity = 100\n[[link]]\nfrom = '1'\nto = '2 3'\nloss = '0%'\n",
      raft + "logs = { 1 = '1 1  4', 10 = '' }\n",
      raft + "[clients]\nrate = '200 per s'\n[disk]\nkind = 'buffered'\nflush = '5 ms'\n",
      raft +
          "[clock]\ndrift = '200 ppm'\n[chaos]\ncrash = '1 per 100ms'\npause = '3 per min'\n"
          "until = '0.5 s'\nmax_down = 'all'\nsay = { 'crash leader' = '1 per s' }\n",
      "extends = 'base.toml'\n[clients]\nrate = '9 /s'\nkeys = 5\nmix = { set = 1, get = 2 }\n",
      raft + "[[step]]\nat = '1 ms'\ndo = ['heal', ' crash 1 ', 'propose x at 2']\n",
      raft + "[[step]]\nwhen = '2 is not  leader'\ndo = 'deliver RequestVote 2->1 {term: 1}'\n",
      raft + "[[expect]]\neventually = 'a leader is elected'\nwithin = '5 s of heal'\n",
      raft + "[[expect]]\nat_most = '12 AppendEntries from 1 to 2'\n",
      raft +
          "[matrix]\nraft.pre_vote = [true]\n'network.loss' = ['0 %']\nmutant = ['none']\n"
          "[[step]]\ndo = 'heal'\nonly = { raft.pre_vote = true }\n"};
  for (const auto& text : right) {
    EXPECT_EQ(all(mistakes("a.toml", text)), "") << text;
    EXPECT_NE(run({"run", written("a.toml", text)}).code, 2) << text;
  }
}

TEST_F(SchemaAndReader, RefuseTheSameFiles) {
  written("base.toml", "model = 'raft-kv'\nduration = '1 s'\n");
  const Texts wrong = {
      "duration = '1 s'\n",
      "model = 'rift'\n",
      raft + "titel = 'x'\n",
      raft + "title = 1\n",
      raft + "seed = -1\n",
      raft + "seeds = '1-20'\n",
      raft + "servers = 300\n",
      raft + "mutant = 'vote-not-save'\n",
      raft + "mutant = 'both-turn-green'\n",
      raft + "properties = []\n",
      raft + "properties = ['one road faces red']\n",
      raft + "logs = { one = '1' }\n",
      raft + "logs = { 1 = 'one' }\n",
      raft + "[traffic-light]\ncrossings = 1\n",
      raft + "[raft]\npre_vot = true\n",
      raft + "[raft]\npre_vote = 1.5\n",
      raft + "[raft]\nelection_timeout = '150..300'\n",
      raft + "[raft]\nreads = 'leases'\n",
      raft + "[raft]\nvoters = 8\n",
      raft + "[network]\nlatency = 5\n",
      raft + "[network]\nloss = '5'\n",
      raft + "[network]\nkind = 'orderly'\n",
      raft + "[network]\ncapacity = 0\n",
      raft + "[network]\nreorder = '5 %'\n",
      raft + "[network]\nbandwidth = '64 kb/s'\n",
      raft + "[[link]]\nfrom = 'one'\n",
      raft + "[link]\nfrom = '1'\n",
      raft + "[disk]\nkind = 'buffered'\nstall = '1 s'\n",
      raft + "[clock]\ndrift = '200'\n",
      raft + "[clients]\nrate = '200'\n",
      raft + "[clients]\nmix = { set = 1 }\n",
      raft + "[chaos]\ncrash = '5 s'\n",
      raft + "[chaos]\ncore = 'minority'\n",
      raft + "[chaos]\nsay = { 'crahs leader' = '1 per s' }\n",
      raft + "[[step]]\nat = '1 s'\n",
      raft + "[[step]]\ndo = 'crahs 1'\n",
      raft + "[[step]]\ndo = []\n",
      raft + "[[step]]\ndo = 'press'\n",
      raft + "[[step]]\ndo = 'expire elections 1'\n",
      raft + "[[step]]\ndo = 'deliver RequestVote 2'\n",
      raft + "[[step]]\ndo = 'heal'\nwhen = 'nobody waits'\n",
      raft + "[[step]]\ndo = 'heal'\nwhen = '2 is leeder'\n",
      raft + "[[expect]]\nallways = '2 is leader'\n",
      raft + "[[expect]]\nfails = 'log-matching'\n",
      raft + "[[expect]]\nexactly = 'RequestVote'\n",
      raft + "[[expect]]\neventually = '2 is leader'\nwithin = '5 s of healing'\n",
      raft + "[matrix]\nservers = 3\n",
      raft + "[matrix]\nservers = []\n",
      raft + "[matrix]\nraft.pre_vot = [true]\n",
      raft + "[matrix]\n'raft.pre_vot' = [true]\n",
      raft + "[matrix]\nnetwork.loss = [5]\n",
      raft + "[[step]]\ndo = 'heal'\nonly = { raft.pre_vot = true }\n",
      raft + "[[step]]\ndo = 'drop Votes 1 -> 2'\n",
      raft + "[[step]]\ndo = 'delay 5 of messages by 1 ms'\n",
      "model = 'traffic-light'\nduration = '1 s'\n[disk]\nkind = 'synced'\n",
      "model = 'two-phase-commit'\nduration = '1 s'\n[[step]]\nat = '1 ms'\ndo = 'flush 1'\n",
      "model = 'two-phase-commit'\nduration = '1 s'\n[clients]\nrate = '1 /s'\n",
      "extends = 'base.toml'\nmutant = 'vote-not-save'\n"};
  for (const auto& text : wrong) {
    EXPECT_FALSE(mistakes("a.toml", text).empty()) << text;
    EXPECT_EQ(run({"run", written("a.toml", text)}).code, 2) << text;
  }
}

// As the reader lists them where none is near.
template <class Parse>
Texts listed_by(Parse parse) {
  std::string list;
  try {
    parse();
  } catch (const sim::InputError& error) {
    list = error.what();
  }
  const std::string before = "; expected one of: ";
  const auto at = list.find(before);
  EXPECT_NE(at, std::string::npos) << list;
  Texts verbs;
  std::istringstream words(list.substr(at + before.size()));
  for (std::string verb; words >> verb;)
    verbs.push_back(verb.ends_with(',') ? verb.substr(0, verb.size() - 1) : verb);
  return verbs;
}

// The example of each, by its first word.
TEST_F(SchemaAndReader, KnowTheSameVerbs) {
  const Texts sentences = {"partition 1 | 2 3",
                           "cut 1 -> 2",
                           "clog 1 | others",
                           "swizzle all",
                           "heal",
                           "delay 5 % of messages from 1 by 1..2 ms",
                           "crash 1",
                           "restart 1",
                           "pause 1",
                           "resume 1",
                           "slow 1 by 20 ms",
                           "skew clock of 1 by -20 ms",
                           "drift clock of 1 by 5 %",
                           "flush 1",
                           "expire election 1",
                           "deliver RequestVote 1 -> 2",
                           "duplicate RequestVote 1 -> 2 {term: 1}",
                           "drop 0.5% of AppendEntries to 2"};
  Texts verbs;
  for (const auto& sentence : sentences) {
    verbs.push_back(sentence.substr(0, sentence.find(' ')));
    const std::string text =
        raft + "[[step]]\nat = '1 ms'\nfor = '1 ms'\ndo = '" + sentence + "'\n";
    EXPECT_EQ(all(mistakes("a.toml", text)), "") << text;
  }
  std::ranges::sort(verbs);
  const sim::Names none;
  EXPECT_EQ(verbs, listed_by([&] { sim::parse_verb("nothing_of_all_this_at_all", none); }));

  for (const auto& verb : listed_by([&] { sim::parse_within("1 s of nothing_of_it", none); })) {
    const std::string text =
        raft + "[[expect]]\neventually = '1 is leader'\nwithin = '1 s of " + verb + "'\n";
    EXPECT_EQ(all(mistakes("a.toml", text)), "") << text;
  }
}

}  // namespace
}  // namespace coracle::tools
