// A run for ShiViz: a first line with the expression that parses the rest, an empty one (there is
// one execution), and two lines an event.
//
//     server-2 {"server-1":1,"server-2":1} 0.166120s
//     RequestVote from 1: vote none -> 1
//
// A host's clock goes up by one with each of its events. There is no event of sending: a message
// carries the clock of the event that sent it. What the network loses or repeats happens at a host
// of its own, which nobody hears of, and so does what a scenario does.
#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "model/check.h"
#include "sim/moment.h"
#include "sim/utf8.h"
#include "sim/views.h"

namespace coracle::sim {

namespace {

using Clock = std::vector<std::uint64_t>;  // by host

void hear(Clock& clock, const Clock& other) {
  for (std::size_t host = 0; host < clock.size(); ++host)
    clock[host] = std::max(clock[host], other[host]);
}

class ShiViz : public View {
 public:
  ShiViz(std::ostream& out, const Cast& cast) : out_(out), timed_(cast.timed) {
    for (const std::string& node : cast.nodes) hosts_.push_back(without_spaces(node));
    hosts_.emplace_back("network");
    hosts_.emplace_back("scenario");
    clocks_.assign(hosts_.size(), Clock(hosts_.size(), 0));
    out_ << R"((?<host>\S*) (?<clock>{.*}) (?<time>\S*)\n(?<event>.*))"
         << "\n\n";
  }

  void take(const Happened& event) override {
    std::string text = event.text;
    if (event.message) {
      text += event.message->fields.empty() ? "" : " " + event.message->fields;
      if (!event.at_node())
        text += (event.verb == "deliver" ? " is lost: down is " : ", which was for ") +
                hosts_[position(event.node)];
    }
    if (!event.changes.empty()) text += ": " + text_of(event.changes);
    const std::size_t host = event.at_node() ? position(event.node) : hosts_.size() - 2;
    if (event.message) hear_of(clocks_[host], event);
    happens(host, event.at, event.number, text);
    for (const Message& message : event.sent) carried_[message.number] = clocks_[host];
  }

  void note(Time at, const std::string& what) override { happens(hosts_.size() - 1, at, 0, what); }

  void finish(const std::string& failure) override {
    if (!failure.empty()) happens(hosts_.size() - 1, last_, 0, failure);
  }

 private:
  static std::string without_spaces(std::string name) {
    std::ranges::replace(name, ' ', '-');
    return name;
  }

  // What was there from the start has no clock.
  void hear_of(Clock& clock, const Happened& event) {
    const auto carried = carried_.find(event.message->number);
    if (carried == carried_.end()) return;
    hear(clock, carried->second);
    if (event.last) carried_.erase(carried);
  }

  void happens(std::size_t host, Time at, std::uint64_t number, std::string text) {
    last_ = at;
    Clock& clock = clocks_[host];
    clock[host] += 1;
    boost::json::object told;
    for (std::size_t other = 0; other < clock.size(); ++other)
      if (clock[other] > 0) told[hosts_[other]] = clock[other];
    std::string time = timed_ ? seconds_text(at) : number > 0 ? std::to_string(number) : "-";
    std::erase(time, ' ');
    std::ranges::replace(text, '\n', ' ');
    out_ << hosts_[host] << ' ' << boost::json::serialize(told) << ' ' << time << '\n'
         << as_utf8(text) << '\n';
  }

  std::ostream& out_;
  bool timed_;
  std::vector<std::string> hosts_;
  std::vector<Clock> clocks_;
  std::map<std::uint64_t, Clock> carried_;  // by the messages in flight
  Time last_ = 0;
};

}  // namespace

std::unique_ptr<View> shiviz_view(std::ostream& out, const Cast& cast) {
  return std::make_unique<ShiViz>(out, cast);
}

}  // namespace coracle::sim
