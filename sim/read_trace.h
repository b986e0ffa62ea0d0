// Reads a trace back (sim/trace.h), in two stages, since its header must first say of which model
// its actions are. An InputError is one line: "FILE:LINE: what is wrong".
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "model/values.h"
#include "sim/from_json.h"
#include "sim/input.h"
#include "sim/trace.h"

namespace coracle::sim {

struct TraceFile {
  std::string file;  // its name
  TraceHeader header;
  std::vector<boost::json::object> lines;  // one an action, from the file's second line on
};

// Refuses a text that is not a whole trace, as it was written.
TraceFile read_trace(const std::string& file, std::string_view text);

// An error in the action at this position of the list.
InputError error_at(const TraceFile& trace, std::size_t action, std::string_view what);

template <class P>
concept TakesRequests = Value<typename P::Request>;

// The inverse of action_json. Of what its worlds do without, a protocol's traces cannot speak.
template <Protocol P>
Action<Values<P>> action_from(const boost::json::object& json) {
  using Envelope = typename Values<P>::Envelope;
  using Event = typename Values<P>::Event;
  const auto at_node = [&]<class Happened>(std::type_identity<Happened> /*type*/) {
    static const std::vector<std::string> beside{"at", "do", "node"};
    const auto happened = fields_from<Happened>(json, beside);
    return Event{field_from<NodeId>(json, "node"), happened};
  };
  static const std::vector<std::string> beside{"at", "do"};
  const auto verb = field_from<std::string>(json, "do");
  std::vector<std::string> verbs;
  const auto is = [&](std::string_view known) {
    verbs.emplace_back(known);
    return verb == known;
  };
  if constexpr (HasNetwork<P>) {
    if (is("deliver")) return Deliver<Envelope>{fields_from<Envelope>(json, beside)};
    if (is("drop")) return Drop<Envelope>{fields_from<Envelope>(json, beside)};
    if (is("duplicate")) return Duplicate<Envelope>{fields_from<Envelope>(json, beside)};
  }
  if constexpr (HasTimers<P>) {
    using Expired = coracle::Expired<typename P::Timer>;
    if (is("expire")) return Expire<Event>{at_node(std::type_identity<Expired>{})};
  }
  if constexpr (TakesRequests<P>) {
    using Requested = coracle::Requested<typename P::Request>;
    if (is("request")) return Request<Event>{at_node(std::type_identity<Requested>{})};
  }
  if constexpr (HasDisk<P>) {
    using Saved = coracle::Saved<typename P::Change>;
    if (is("flush")) return Flush<Event>{at_node(std::type_identity<Saved>{})};
  }
  if (is("crash")) return fields_from<Crash>(json, beside);
  if (is("restart")) return fields_from<Restart>(json, beside);
  detail::refuse_word("action", verb, verbs);
}

template <Protocol P>
std::vector<TimedAction<P>> actions_of(const TraceFile& trace) {
  std::vector<TimedAction<P>> actions;
  actions.reserve(trace.lines.size());
  for (const auto& line : trace.lines) {
    try {
      std::optional<std::int64_t> at;
      if (line.contains("at")) at = field_from<std::int64_t>(line, "at");
      actions.push_back({at, action_from<P>(line)});
    } catch (const InputError& error) {
      throw error_at(trace, actions.size(), error.what());
    }
  }
  return actions;
}

}  // namespace coracle::sim
