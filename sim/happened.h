// One event of a run as the views of it take it: in words, whatever the protocol. sim/teller.h
// makes these of actions; sim/views.h writes them as HTML, for ShiViz, for Perfetto, ...
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run_report.h"

namespace coracle::sim {

// A message that was sent. Its copies have its number.
struct Message {
  std::uint64_t number = 0;  // in the order of sending, from 1
  NodeId from{};
  NodeId to{};
  std::string kind;    // "RequestVote"
  std::string fields;  // "{term: 1, ...}"; empty where it has none
};

// Of one of a node's words (model/narrative.h). Where the node came back or went down it has other
// words, and only `after` is told.
struct WordChange {
  std::string name;
  std::optional<std::string> before;
  std::string after;
};

// What of a node is worth a colour or a curve.
struct Standing {
  std::optional<std::size_t> role;                   // of Cast::roles
  std::vector<std::optional<std::int64_t>> numbers;  // in the order of Cast::numbers
  bool up = true;
  bool operator==(const Standing&) const = default;
};

// Who takes part, and how it stands in the beginning.
struct Cast {
  std::string title;
  std::vector<std::string> nodes;    // by position: "server 1"
  std::vector<std::string> roles;    // "leader"; none where the protocol names none
  std::vector<std::string> numbers;  // those of a node's words that are numbers: "term", "commit"
  std::vector<Standing> start;       // by position
  bool timed = true;                 // false: an event's time is its number, a millisecond each
};

struct Happened {
  std::uint64_t number = 0;  // from 1
  Time at = 0;
  std::string_view verb;         // as a trace names it: "deliver"
  NodeId node{};                 // of a message, its receiver
  std::string sort{};            // what readers may want to leave out together: "expire heartbeat"
  std::string text{};            // without the node: "RequestVote from 1"
  boost::json::object action{};  // as in a trace

  // Of a message that arrives, is lost or is repeated.
  std::optional<Message> message{};
  std::uint64_t sent_by = 0;  // the number of an event; 0: it was there from the start
  bool lost = false;          // also where it arrives at a node that is down
  bool last = false;          // none of its copies is in flight any more

  std::vector<WordChange> changes{};
  std::vector<Message> sent{};
  Standing standing{};  // of the node, after it

  // Whether it happens to a node: what the network does, and what a node that is down does not
  // hear, does not.
  bool at_node() const { return verb != "drop" && verb != "duplicate" && !lost; }
};

// "term 0 -> 1, vote none -> 1"
inline std::string text_of(const std::vector<WordChange>& changes) {
  std::string all;
  for (const auto& [name, before, after] : changes) {
    all += (all.empty() ? "" : ", ") + name;
    if (before) all += " " + *before + " ->";
    if (!after.empty()) all += " " + after;
  }
  return all;
}

// Takes a run one event after another, and is told when it is over.
class View {
 public:
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  virtual ~View() = default;

  virtual void take(const Happened& event) = 0;
  virtual void note(Time at, const std::string& what) = 0;  // what a scenario does
  virtual void finish(const std::string& failure) = 0;      // its sentence; empty where all holds
};

}  // namespace coracle::sim
