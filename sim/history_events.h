// The files in which histories are kept: events, one after the other, in the order in which they
// happened. What an f and its value mean is not known here. Three formats, told apart by how the
// file begins:
//
// Our own, JSON lines:
//     {"process":1,"type":"invoke","f":"set","key":"x","value":"1","time":520000}
//     {"process":1,"type":"ok","f":"set","key":"x","value":null,"time":700000}
//   type: invoke; ok; fail (it did not happen); info (nobody knows, and the process goes on as
//   another). time: nanoseconds, in all events or in none. After the invocation, f and key may be
//   left out, and error says what went wrong.
//
// Jepsen's EDN, a map an event, in a vector or list or not:
//     {:process 1, :type :invoke, :f :write, :key "x", :value 1, :time 520000}
//   Keys that are in no event above are left out, and so are processes that are no number
//   (:nemesis). A value is of the key in [key value] where all are.
//
// The lines of jepsen.util in a log, or a history.txt; other lines are left out:
//     INFO  jepsen.util - 1	:invoke	:cas	[1 4]
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/edn.h"
#include "sim/history.h"
#include "sim/input.h"

namespace coracle::sim {

enum class EventType : std::uint8_t { invoke, ok, fail, info };
BOOST_DESCRIBE_ENUM(EventType, invoke, ok, fail, info)

struct HistoryEvent {
  std::size_t line = 0;
  Process process = 0;
  EventType type{};
  std::string f{};  // what is asked; empty: not said again
  std::optional<std::string> key{};
  Datum value{};
  std::optional<Time> time{};
  std::string error{};
  bool operator==(const HistoryEvent&) const = default;
};

// An InputError names the file and the line.
std::vector<HistoryEvent> read_history_events(const std::string& file, std::string_view text);

// One of our own lines, without its end.
std::string json_line(const HistoryEvent& event);

InputError error_at(const std::string& file, const HistoryEvent& event, std::string_view what);

}  // namespace coracle::sim
