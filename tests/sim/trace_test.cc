// A trace names every action by value, in JSON that is derived from the described fields.
#include "sim/trace.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "model/raft/node.h"
#include "model/traffic_light.h"

namespace coracle::sim {
namespace {

using Here = Values<raft::Bench>;

constexpr NodeId s1{1};
constexpr NodeId s2{2};

template <class T>
std::string json(const T& value) {
  return boost::json::serialize(to_json(value));
}

TEST(Json, OfSimpleValues) {
  EXPECT_EQ(json(true), "true");
  EXPECT_EQ(json(-3), "-3");
  EXPECT_EQ(json(s2), "2");
  EXPECT_EQ(json(std::string("x\"y")), R"("x\"y")");
  EXPECT_EQ(json(traffic_light::yellow), R"("yellow")");
  EXPECT_EQ(json(std::optional<NodeId>{}), "null");
}

TEST(Json, OfStructsAndAlternatives) {
  EXPECT_EQ(json(raft::Term{4}), "4");
  EXPECT_EQ(json(traffic_light::Lights{}), R"({"ew":"green","ns":"red"})");
  EXPECT_EQ(json(raft::Role(raft::Candidate{{s1, s2}})), R"({"Candidate":{"votes":[1,2]}})");
  EXPECT_EQ(json(std::map<NodeId, raft::Term>{{s1, {2}}}), "[[1,2]]");
  EXPECT_EQ(json(raft::Log({{{1}, "x"}})),
            R"({"snapshot":[],"entries":[{"term":1,"command":"x"}]})");
}

std::string line(const Action<Here>& action) {
  return boost::json::serialize(action_json<raft::Bench>(action));
}

TEST(Trace, NamesEveryKindOfAction) {
  const Here::Envelope vote{s2, s1, raft::RequestVoteReply{.term = {1}, .granted = true}};
  const std::string message =
      R"("from":2,"to":1,"message":{"RequestVoteReply":{"term":1,"granted":true}}})";
  EXPECT_EQ(line(Deliver<Here::Envelope>{vote}), R"({"do":"deliver",)" + message);
  EXPECT_EQ(line(Drop<Here::Envelope>{vote}), R"({"do":"drop",)" + message);
  EXPECT_EQ(line(Duplicate<Here::Envelope>{vote}), R"({"do":"duplicate",)" + message);
  EXPECT_EQ(line(Expire<Here::Event>{{s1, raft::Expired{raft::Timer::election}}}),
            R"({"do":"expire","node":1,"timer":"election"})");
  EXPECT_EQ(line(Request<Here::Event>{{s1, raft::Requested{ClientId{1}, raft::Propose{"x"}}}}),
            R"({"do":"request","node":1,"client":1,"request":{"Propose":{"command":"x"}}})");
  EXPECT_EQ(line(Crash{s2}), R"({"do":"crash","node":2,"kept":0})");
  EXPECT_EQ(line(Crash{s2, 1}), R"({"do":"crash","node":2,"kept":1})");
  const raft::Event saved = raft::Saved{raft::TermAndVote{.term = {3}, .voted_for = s1}};
  EXPECT_EQ(line(Flush<Here::Event>{{s2, saved}}),
            R"({"do":"flush","node":2,"change":{"TermAndVote":{"term":3,"voted_for":1}}})");
  EXPECT_EQ(line(Restart{s2}), R"({"do":"restart","node":2})");
}

TEST(Trace, SaysWhenAnActionHappenedWhereThatIsKnown) {
  const TimedAction<raft::Bench> crash{.at = 152'000'000, .action = Crash{s2}};
  const auto json = action_json<raft::Bench>(crash.action, crash.at);
  EXPECT_EQ(boost::json::serialize(json), R"({"at":152000000,"do":"crash","node":2,"kept":0})");
}

std::vector<std::string> lines_of(const std::string& trace) {
  std::vector<std::string> lines;
  std::istringstream in(trace);
  for (std::string text; std::getline(in, text);) lines.push_back(text);
  return lines;
}

TEST(Trace, ItsHeaderSaysInWhichWorldItsActionsArePossible) {
  TraceHeader header{.model = "raft", .options = {{"servers", 2}}};
  EXPECT_EQ(lines_of(trace_text<raft::Bench>(header, {})).front(),
            R"({"coracle-trace":2,"model":"raft","options":{"servers":2},"mutant":"none",)"
            R"("seed":null,"network":"unordered","loss":false,"duplication":false,"crashes":0,)"
            R"("disk":"synced",)"
            R"("properties":[]})");
  header.seed = 18446744073709551615U;
  header.network = {.kind = NetworkKind::ordered, .loss = true, .duplication = true};
  header.faults.crashes = 3;
  header.disk = DiskKind::buffered;
  EXPECT_EQ(lines_of(trace_text<raft::Bench>(header, {})).front(),
            R"({"coracle-trace":2,"model":"raft","options":{"servers":2},"mutant":"none",)"
            R"("seed":18446744073709551615,"network":"ordered","loss":true,"duplication":true,)"
            R"("crashes":3,"disk":"buffered","properties":[]})");
}

TEST(Trace, AnEditedOneHasAnotherHash) {
  const TraceHeader header{.model = "raft", .options = {{"servers", 2}}};
  const auto last = [&](const std::vector<Action<Here>>& actions) {
    return lines_of(trace_text<raft::Bench>(header, actions)).back();
  };
  EXPECT_EQ(last({}).find(R"({"actions":0,"hash":")"), 0U);
  EXPECT_EQ(last({Crash{s1}}).find(R"({"actions":1,"hash":")"), 0U);
  EXPECT_NE(last({Crash{s1}}), last({Crash{s2}}));
  // The same on every compiler.
  EXPECT_EQ(last({Crash{s1}}), R"({"actions":1,"hash":"a707099536ee5d5b61480737d9926ea1"})");
}

// More than the hash takes at a time.
TEST(Trace, WrittenAsItHappensIsTheSameFile) {
  const TraceHeader header{.model = "raft"};
  std::vector<TimedAction<raft::Bench>> actions;
  actions.reserve(1000);
  for (int i = 0; i < 1000; ++i) actions.push_back({.at = i, .action = Crash{s1}});
  std::ostringstream out;
  TraceWriter writer(out, header);
  for (const auto& action : actions) writer.add(action);
  const std::string before = out.str();
  writer.finish();
  EXPECT_EQ(out.str(), trace_text<raft::Bench>(header, actions));
  EXPECT_EQ(out.str(),
            before + last_line(1000, hash_of_bytes(before.data(), before.size())) + "\n");
}

}  // namespace
}  // namespace coracle::sim
