// A trace is a list of actions: whoever chose them, it is the same file.
//
//     {"coracle-trace":1,"model":"raft","options":{"servers":3,...},"mutant":"none","seed":null}
//     {"do":"expire","node":1,"timer":"election"}
//     {"do":"deliver","from":1,"to":2,"message":{"RequestVote":{...}}}
//     {"actions":2,"hash":"0f..."}
//
// JSON lines: a header, one action a line, named by value, and a last line with their number and
// the 128-bit hash of all the bytes before it, so that a truncated or edited file is seen.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "model/hash.h"
#include "model/values.h"
#include "sim/json.h"

namespace coracle::sim {

struct TraceHeader {
  std::string model;
  boost::json::object options;
  std::string mutant = "none";
};

template <Protocol P>
boost::json::object action_json(const Action<Values<P>>& action) {
  using Envelope = typename Values<P>::Envelope;
  using Event = typename Values<P>::Event;
  const auto on_link = [](std::string_view verb, const Envelope& e) {
    return boost::json::object{{"do", verb},
                               {"from", to_json(e.from)},
                               {"to", to_json(e.to)},
                               {"message", to_json(e.message)}};
  };
  const auto at_node = [](std::string_view verb, const Event& e) {
    boost::json::object json{{"do", verb}, {"node", to_json(e.node)}};
    std::visit(
        [&](const auto& happened) {
          for_each_field(happened, [&](std::string_view name, const auto& field) {
            json[name] = to_json(field);
          });
        },
        e.event);
    return json;
  };
  return match(
      action, [&](const Deliver<Envelope>& a) { return on_link("deliver", a.envelope); },
      [&](const Drop<Envelope>& a) { return on_link("drop", a.envelope); },
      [&](const Duplicate<Envelope>& a) { return on_link("duplicate", a.envelope); },
      [&](const Expire<Event>& a) { return at_node("expire", a.event); },
      [&](const Request<Event>& a) { return at_node("request", a.event); },
      [](const Crash& a) {
        return boost::json::object{{"do", "crash"}, {"node", to_json(a.node)}};
      },
      [](const Restart& a) {
        return boost::json::object{{"do", "restart"}, {"node", to_json(a.node)}};
      });
}

// The whole text of a trace file.
template <Protocol P>
std::string trace_text(const TraceHeader& header, const std::vector<Action<Values<P>>>& actions) {
  std::string text = boost::json::serialize(boost::json::object{{"coracle-trace", 1},
                                                                {"model", header.model},
                                                                {"options", header.options},
                                                                {"mutant", header.mutant},
                                                                {"seed", nullptr}}) +
                     "\n";
  for (const auto& action : actions) text += boost::json::serialize(action_json<P>(action)) + "\n";
  const Hash128 hash = hash_of_bytes(text.data(), text.size());
  return text +
         boost::json::serialize(
             boost::json::object{{"actions", actions.size()}, {"hash", hex(hash)}}) +
         "\n";
}

}  // namespace coracle::sim
