// A run in Chrome's Trace Event Format, which Perfetto and chrome://tracing open.
//
//     a node                 a process with two threads: its roles, and its events
//     a role, being down     a slice (X) of the first
//     an event               a slice (X) of the second, so long that one can point at it
//     a message              a flow (s, f) from the event that sent it to where it arrives
//     a number of its words  a counter (C)
//     a crash, a restart     an instant (i) of its process
//     what a scenario does   an instant (i) across all
//
// What is lost arrives at a process of its own. Flows bind to the slice around them that was
// written last, so each is written behind its slice. Slices of a thread must not overlap in part:
// an event's is written once the next one of its node is known, and cut there.
#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "sim/utf8.h"
#include "sim/views.h"

namespace coracle::sim {

namespace {

std::string quoted(const std::string& text) {
  return boost::json::serialize(boost::json::string(as_utf8(text)));
}

// Microseconds, in digits alone.
std::string microseconds(Time time) {
  std::string digits = std::to_string(time % 1'000);
  digits.insert(0, 3 - digits.size(), '0');
  return std::to_string(time / 1'000) + "." + digits;
}

class Perfetto : public View {
 public:
  Perfetto(std::ostream& out, const Cast& cast)
      : out_(out),
        cast_(cast),
        network_(cast.nodes.size()),
        standings_(cast.start),
        roles_since_(cast.nodes.size(), 0),
        held_back_(cast.nodes.size() + 1) {
    out_ << R"({"displayTimeUnit":"ns","traceEvents":[)";
    for (std::size_t at = 0; at < cast.nodes.size(); ++at) {
      metadata("process_name", at, 0, cast.nodes[at]);
      metadata("thread_name", at, roles_thread, "roles");
      metadata("thread_name", at, events_thread, "events");
      count(at, 0, {});
    }
    metadata("process_name", network_, 0, "network");
    metadata("thread_name", network_, events_thread, "lost or repeated");
  }

  void take(const Happened& event) override {
    last_ = event.at;
    const bool at_node = event.at_node();
    const std::size_t process = at_node ? position(event.node) : network_;
    write_held_back(process, event.at);
    std::string args = "\"number\":" + std::to_string(event.number);
    if (event.message) args += ",\"message\":" + quoted(event.message->fields);
    for (const auto& [name, before, after] : event.changes)
      args += "," + quoted(name) + ":" + quoted((before ? *before + " -> " : "") + after);
    const std::string name =
        at_node ? event.text : event.text + " to " + std::to_string(position(event.node) + 1);
    held_back_[process] = {event.at, name, args, {}};
    auto& flows = held_back_[process].flows;
    if (event.message && event.sent_by > 0)
      flows.push_back(flow("f", *event.message, process, event.at) + R"(,"bp":"e")");
    for (const Message& message : event.sent)
      flows.push_back(flow("s", message, process, event.at));
    if (event.verb == "crash" || event.verb == "restart")
      write(beginning(event.text, "i", process, events_thread, event.at) + R"(,"s":"p"})");
    if (at_node) stands(process, event.at, event.standing);
  }

  void note(Time at, const std::string& what) override {
    last_ = std::max(last_, at);
    write(beginning(what, "i", network_, events_thread, at) + R"(,"s":"g"})");
  }

  void finish(const std::string& failure) override {
    if (!failure.empty()) note(last_, failure);
    for (std::size_t process = 0; process < held_back_.size(); ++process)
      write_held_back(process, never);
    for (std::size_t at = 0; at < standings_.size(); ++at) write_role(at, last_);
    out_ << "\n]}\n";
  }

 private:
  static constexpr int roles_thread = 1;
  static constexpr int events_thread = 2;
  static constexpr Time longest = 100'000;  // of an event's slice

  // An event whose end is not known yet.
  struct HeldBack {
    Time at = 0;
    std::string name;  // empty: there is none
    std::string args;
    std::vector<std::string> flows;
  };

  void write(const std::string& event) {
    out_ << (first_ ? "\n" : ",\n") << event;
    first_ = false;
  }

  // Processes and threads count from 1: a thread's number must be its own among all.
  static std::string beginning(const std::string& name, const char* phase, std::size_t process,
                               int thread, Time at) {
    const std::string pid = std::to_string(process + 1);
    return "{\"name\":" + quoted(name) + R"(,"ph":")" + phase + R"(","pid":)" + pid +
           ",\"tid\":" + std::to_string((process + 1) * 10 + static_cast<std::size_t>(thread)) +
           ",\"ts\":" + microseconds(at);
  }

  void metadata(const char* what, std::size_t process, int thread, const std::string& name) {
    write(beginning(what, "M", process, thread, 0) + ",\"args\":{\"name\":" + quoted(name) + "}}");
  }

  static std::string flow(const char* phase, const Message& message, std::size_t process, Time at) {
    return beginning(message.kind, phase, process, events_thread, at) +
           R"(,"cat":"message","id":)" + std::to_string(message.number);
  }

  void write_held_back(std::size_t process, Time next) {
    HeldBack& held = held_back_[process];
    if (held.name.empty()) return;
    write(beginning(held.name, "X", process, events_thread, held.at) + ",\"dur\":" +
          microseconds(std::min(longest, next - held.at)) + ",\"args\":{" + held.args + "}}");
    for (const std::string& flow : held.flows) write(flow + "}");
    held = {};
  }

  void stands(std::size_t at, Time now, const Standing& standing) {
    Standing& before = standings_[at];
    if (before == standing) return;
    if (before.role != standing.role || before.up != standing.up) {
      write_role(at, now);
      roles_since_[at] = now;
    }
    const auto numbers = std::exchange(before, standing).numbers;
    count(at, now, numbers);
  }

  void write_role(std::size_t at, Time until) {
    const Standing& standing = standings_[at];
    if (standing.up && !standing.role) return;
    const std::string& name = standing.up ? cast_.roles[*standing.role] : "down";
    write(beginning(name, "X", at, roles_thread, roles_since_[at]) +
          ",\"dur\":" + microseconds(until - roles_since_[at]) + "}");
  }

  // The numbers that are others than before.
  void count(std::size_t at, Time now, const std::vector<std::optional<std::int64_t>>& before) {
    const auto& numbers = standings_[at].numbers;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (numbers[i] && (i >= before.size() || numbers[i] != before[i]))
        write(beginning(cast_.numbers[i], "C", at, roles_thread, now) +
              ",\"args\":{\"value\":" + std::to_string(*numbers[i]) + "}}");
  }

  std::ostream& out_;
  Cast cast_;
  std::size_t network_;  // its process
  std::vector<Standing> standings_;
  std::vector<Time> roles_since_;
  std::vector<HeldBack> held_back_;  // by process
  bool first_ = true;
  Time last_ = 0;
};

}  // namespace

std::unique_ptr<View> perfetto_view(std::ostream& out, const Cast& cast) {
  return std::make_unique<Perfetto>(out, cast);
}

}  // namespace coracle::sim
