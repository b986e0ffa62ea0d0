// A trace is a list of actions: whoever chose them, it is the same file.
//
//     {"coracle-trace":2,"model":"raft","options":{"servers":3,...},"mutant":"none","seed":null,
//      "network":"unordered","loss":true,"duplication":false,"crashes":0,"disk":"buffered",
//      "properties":[]}
//     {"at":152000000,"do":"expire","node":1,"timer":"election"}
//     {"do":"deliver","from":1,"to":2,"message":{"RequestVote":{...}}}
//     {"do":"flush","node":2,"change":{"TermAndVote":{...}}}
//     {"do":"crash","node":2,"kept":0}
//     {"actions":4,"hash":"0f..."}
//
// JSON lines: a header (one line, broken here), one action a line, named by value, and a last line
// with their number and the 128-bit hash of all the bytes before it, so that a truncated or edited
// file is seen. The header says in which world the actions are possible, whatever the model's
// options say of it. `at` is in nanoseconds of virtual time: a run has it, a counterexample has
// not.
//
// What clients wrote may be no UTF-8. It is written as it is, and read back.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/digest.h"
#include "model/hash.h"
#include "model/values.h"
#include "sim/json.h"

namespace coracle::sim {

// The second came with disks that write later: how much a crash keeps, and when a write is flushed.
inline constexpr int trace_format = 2;

struct TraceHeader {
  std::string model{};
  boost::json::object options{};
  std::string mutant = "none";
  std::optional<std::uint64_t> seed{};
  NetworkRules network{};
  Faults faults{};
  DiskKind disk = DiskKind::synced;
  std::vector<std::string> properties{};  // those asked; all where none is named
};

template <Protocol P>
struct TimedAction {
  std::optional<std::int64_t> at;
  Action<Values<P>> action;
  bool operator==(const TimedAction&) const = default;
};

// One line, which sim/read_trace.h reads back.
template <Protocol P>
boost::json::object action_json(const Action<Values<P>>& action,
                                std::optional<std::int64_t> at = {}) {
  using Envelope = typename Values<P>::Envelope;
  using Event = typename Values<P>::Event;
  boost::json::object json;
  if (at) json["at"] = *at;
  const auto add_fields = [&](const auto& value) {
    for_each_field(value,
                   [&](std::string_view name, const auto& field) { json[name] = to_json(field); });
  };
  const auto say = [&](std::string_view verb, const auto& value) {
    json["do"] = verb;
    add_fields(value);
  };
  const auto say_at_node = [&](std::string_view verb, const Event& event) {
    json["do"] = verb;
    json["node"] = to_json(event.node);
    std::visit(add_fields, event.event);
  };
  match(
      action, [&](const Deliver<Envelope>& a) { say("deliver", a.envelope); },
      [&](const Drop<Envelope>& a) { say("drop", a.envelope); },
      [&](const Duplicate<Envelope>& a) { say("duplicate", a.envelope); },
      [&](const Expire<Event>& a) { say_at_node("expire", a.event); },
      [&](const Request<Event>& a) { say_at_node("request", a.event); },
      [&](const Flush<Event>& a) { say_at_node("flush", a.event); },
      [&](const Crash& a) { say("crash", a); }, [&](const Restart& a) { say("restart", a); });
  return json;
}

inline boost::json::object header_json(const TraceHeader& header) {
  return {{"coracle-trace", trace_format},
          {"model", header.model},
          {"options", header.options},
          {"mutant", header.mutant},
          {"seed", to_json(header.seed)},
          {"network", to_json(header.network.kind)},
          {"loss", header.network.loss},
          {"duplication", header.network.duplication},
          {"crashes", header.faults.crashes},
          {"disk", to_json(header.disk)},
          {"properties", to_json(header.properties)}};
}

inline std::string last_line(std::uint64_t actions, const Hash128& hash) {
  return boost::json::serialize(boost::json::object{{"actions", actions}, {"hash", hex(hash)}});
}

// Writes a trace as it happens, so that a long run is never in memory. A trace that was not
// finished is a truncated one. Whether `out` took it all, its owner asks.
class TraceWriter {
 public:
  TraceWriter(std::ostream& out, const TraceHeader& header) : out_(out) {
    write(boost::json::serialize(header_json(header)));
  }

  template <Protocol P>
  void add(const TimedAction<P>& action) {
    add<P>(action.action, action.at);
  }
  template <Protocol P>
  void add(const Action<Values<P>>& action, std::optional<std::int64_t> at = {}) {
    write(boost::json::serialize(action_json<P>(action, at)));
    actions_ += 1;
  }

  // Nothing may be added after it.
  void finish() { out_ << last_line(actions_, so_far_.hash()) << '\n'; }

 private:
  void write(std::string line) {
    line += '\n';
    so_far_.add(line);
    out_ << line;
  }

  std::ostream& out_;
  Digest so_far_;
  std::uint64_t actions_ = 0;
};

// The whole text of a trace file, of actions with or without their times.
template <Protocol P, class Actions = std::vector<Action<Values<P>>>>
std::string trace_text(const TraceHeader& header, const Actions& actions) {
  std::ostringstream text;
  TraceWriter writer(text, header);
  for (const auto& action : actions) writer.add<P>(action);
  writer.finish();
  return std::move(text).str();
}

}  // namespace coracle::sim
