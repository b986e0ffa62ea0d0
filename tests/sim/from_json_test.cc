// What was written as JSON is read back as the same value; what was not is refused in a line.
#include "sim/from_json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/raft/node.h"
#include "model/traffic_light.h"
#include "model/values.h"
#include "sim/json.h"

namespace coracle::sim {
namespace {

constexpr NodeId s1{1};
constexpr NodeId s2{2};

template <class T>
T again(const T& value) {
  return from_json<T>(boost::json::parse(boost::json::serialize(to_json(value))));
}

template <class T>
void expect_again(const T& value) {
  EXPECT_EQ(again(value), value) << boost::json::serialize(to_json(value));
}

template <class T>
std::string refusal(std::string_view json) {
  try {
    from_json<T>(boost::json::parse(json));
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(FromJson, ReadsSimpleValues) {
  expect_again(true);
  expect_again(std::int8_t{-128});
  expect_again(std::uint64_t{18446744073709551615U});
  expect_again(NodeId{255});
  expect_again(ClientId{0});
  expect_again(std::string("a\"b\n\0c", 6));
  expect_again(traffic_light::yellow);
  expect_again(std::optional<NodeId>{});
  expect_again(std::optional<NodeId>{s2});
}

TEST(FromJson, ReadsCollections) {
  expect_again(std::pair<NodeId, bool>{s1, true});
  expect_again(std::vector<bool>{true, false});
  expect_again(std::deque<raft::Term>{{2}, {1}});
  expect_again(std::set<NodeId>{s2, s1});
  expect_again(std::multiset<int>{2, 2});
  expect_again(std::map<NodeId, raft::Term>{{s1, {2}}, {s2, {4}}});
  expect_again(std::vector<std::vector<std::optional<int>>>{{}, {1, {}}});
}

TEST(FromJson, ReadsStructsAndAlternatives) {
  expect_again(raft::Term{4});
  expect_again(traffic_light::State{.lights = {}, .clock = -3, .waiting = true});
  expect_again(raft::Role(raft::Follower{}));
  expect_again(raft::Role(raft::Candidate{{s1, s2}}));
  expect_again(raft::Role(raft::Leader{{{s1, {{2}, {1}}}}, {7}}));
  expect_again(traffic_light::Effect(traffic_light::Show{}));
  expect_again(coracle::Nothing{});
}

TEST(FromJson, ReadsFieldsInAnyOrder) {
  EXPECT_EQ(from_json<raft::EntryId>(boost::json::parse(R"({"index":1,"term":2})")),
            (raft::EntryId{{2}, {1}}));
}

TEST(FromJson, RefusesAnotherType) {
  EXPECT_EQ(refusal<bool>("1"), "expected true or false, not 1");
  EXPECT_EQ(refusal<int>("1.0"), "expected a whole number, not 1E0");
  EXPECT_EQ(refusal<int>("true"), "expected a whole number, not true");
  EXPECT_EQ(refusal<std::string>("null"), "expected a text in quotes, not null");
  EXPECT_EQ(refusal<traffic_light::Light>("2"), "expected one of red, yellow, green, not 2");
  EXPECT_EQ(refusal<std::vector<int>>("{}"), "expected a list, not {}");
  EXPECT_EQ((refusal<std::pair<int, int>>("[1]")), "expected a list of two, not [1]");
  EXPECT_EQ(refusal<raft::EntryId>("[]"), "expected an object with term, index, not []");
  EXPECT_EQ(refusal<raft::Role>("[]"),
            "expected an object with a single key, one of Follower, PreCandidate, Candidate, "
            "Leader, not []");
  EXPECT_EQ(refusal<raft::Role>("{}"),
            "expected an object with a single key, one of Follower, PreCandidate, Candidate, "
            "Leader, not {}");
  EXPECT_EQ(refusal<raft::Role>(R"({"Follower":null})"), "Follower: expected an object, not null");
}

TEST(FromJson, RefusesANumberOutOfRange) {
  EXPECT_EQ(refusal<std::uint8_t>("256"), "expected a number from 0 to 255, not 256");
  EXPECT_EQ(refusal<std::int8_t>("-129"), "expected a number from -128 to 127, not -129");
  EXPECT_EQ(refusal<raft::Term>("-1"), "expected a number from 0 to 18446744073709551615, not -1");
  EXPECT_EQ(refusal<std::int64_t>("9223372036854775808"),
            "expected a number from -9223372036854775808 to 9223372036854775807, not "
            "9223372036854775808");
  EXPECT_EQ(refusal<NodeId>("0"), "expected a node, from 1 on, not 0");
  EXPECT_EQ(refusal<NodeId>("256"), "expected a number from 0 to 255, not 256");
}

TEST(FromJson, RefusesAMisspeltName) {
  EXPECT_EQ(refusal<traffic_light::Light>(R"("gren")"), "unknown name 'gren'; did you mean green?");
  EXPECT_EQ(refusal<raft::Role>(R"({"Folower":{"leader":null}})"),
            "unknown kind 'Folower'; did you mean Follower?");
  EXPECT_EQ(refusal<raft::Message>(R"({"Hello":{}})"),
            "unknown kind 'Hello'; expected one of: RequestVote, RequestVoteReply, AppendEntries, "
            "AppendEntriesReply, PreVote, PreVoteReply, InstallSnapshot, InstallSnapshotReply, "
            "TimeoutNow, ReadIndex, ReadIndexReply");
  EXPECT_EQ(refusal<raft::EntryId>(R"({"trem":1,"index":2})"),
            "unknown field 'trem'; did you mean term?");
}

TEST(FromJson, RefusesAStructThatIsNotWhole) {
  EXPECT_EQ(refusal<raft::EntryId>(R"({"term":1})"), "missing field index");
  EXPECT_EQ(refusal<raft::Role>(R"({"Follower":{}})"), "Follower: missing field leader");
}

TEST(FromJson, RefusesAnElementTwiceWhereItCanBeThereOnlyOnce) {
  EXPECT_EQ(refusal<std::set<NodeId>>("[1,1]"), "expected each element or key once, not [1,1]");
  EXPECT_EQ((refusal<std::map<NodeId, int>>("[[1,2],[1,3]]")),
            "expected each element or key once, not [[1,2],[1,3]]");
}

TEST(FromJson, SaysWhereInTheValue) {
  EXPECT_EQ(refusal<raft::Message>(
                R"({"AppendEntries":{"term":1,"previous":{"term":0,"index":0},"commit":0,)"
                R"("entries":[{"term":1,"command":"x"},{"term":"1","command":"y"}]}})"),
            R"(AppendEntries: entries: element 2: term: expected a whole number, not "1")");
  EXPECT_EQ((refusal<std::map<NodeId, bool>>("[[1,true],[2,2]]")),
            "element 2: second: expected true or false, not 2");
}

TEST(FromJson, ShowsWhatItRefusesOnOneShortLine) {
  EXPECT_EQ(refusal<raft::EntryId>("{\"a\\nb\\u001btau\u007f\":1}"),
            "unknown field 'a?b?tau?'; expected one of: term, index");
  const std::string shown = refusal<bool>('"' + std::string(1000, 'x') + '"');
  EXPECT_EQ(shown, "expected true or false, not \"" + std::string(59, 'x') + "...");
}

RC_GTEST_PROP(FromJson, ReadsEveryNumberAndText, (std::uint64_t number, std::string text)) {
  RC_ASSERT(again(raft::Term{number}) == raft::Term{number});
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  const auto json = boost::json::parse(boost::json::serialize(to_json(text)), {}, options);
  RC_ASSERT(from_json<std::string>(json) == text);
}

}  // namespace
}  // namespace coracle::sim
