// A trace names every action by value, in JSON that is derived from the described fields.
#include "sim/trace.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/raft/node.h"
#include "model/traffic_light.h"

namespace coracle::sim {
namespace {

using Here = Values<raft::Protocol>;

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
  EXPECT_EQ(json(raft::Log({{{1}, "x"}})), R"([{"term":1,"command":"x"}])");
}

std::string line(const Action<Here>& action) {
  return boost::json::serialize(action_json<raft::Protocol>(action));
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
  EXPECT_EQ(line(Request<Here::Event>{{s1, raft::Proposed{ClientId{1}, "x"}}}),
            R"({"do":"request","node":1,"client":1,"request":"x"})");
  EXPECT_EQ(line(Crash{s2}), R"({"do":"crash","node":2})");
  EXPECT_EQ(line(Restart{s2}), R"({"do":"restart","node":2})");
}

TEST(Trace, AnEditedOneHasAnotherHash) {
  const TraceHeader header{.model = "raft", .options = {{"servers", 2}}};
  const std::string none = trace_text<raft::Protocol>(header, {});
  const std::string one = trace_text<raft::Protocol>(header, {Crash{s1}});
  const std::string other = trace_text<raft::Protocol>(header, {Crash{s2}});
  EXPECT_EQ(
      none.substr(0, none.find('\n')),
      R"({"coracle-trace":1,"model":"raft","options":{"servers":2},"mutant":"none","seed":null})");
  const auto last = [](const std::string& trace) {
    return trace.substr(trace.rfind('\n', trace.size() - 2) + 1);
  };
  EXPECT_EQ(last(none).find(R"({"actions":0,"hash":")"), 0U);
  EXPECT_EQ(last(one).find(R"({"actions":1,"hash":")"), 0U);
  EXPECT_NE(last(one), last(other));
  // The same on every compiler.
  EXPECT_EQ(last(one), "{\"actions\":1,\"hash\":\"9ab9a25c2ff2d37e4b006fe527e904ae\"}\n");
}

}  // namespace
}  // namespace coracle::sim
