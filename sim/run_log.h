// A run as it is read: one line an event, in the column of the node that it happened at, and behind
// the columns what it changed.
//
//     time          server 1           server 2              what changed
//       0.163412 s  expire election                          term 0 -> 1, role ...
//       0.166120 s                     RequestVote from 1    vote none -> 1
#pragma once

#include <string>
#include <vector>

#include "model/narrative.h"
#include "sim/kinds.h"
#include "sim/run_report.h"

namespace coracle::sim {

template <Protocol P>
class RunLog {
 public:
  using V = Values<P>;

  RunLog(const World<V>& world, const std::string& node_noun) {
    for (const auto& node : world.nodes.nodes) words_.push_back(words_of_node<P>(node));
    std::vector<std::string> heads;
    for (std::size_t at = 0; at < words_.size(); ++at)
      heads.push_back(node_noun + " " + text(node_at(at)));
    head_ = row("time", heads, "what changed");
  }

  const std::string& head() const { return head_; }

  std::string line(Time now, const Action<V>& action, const World<V>& world) {
    const std::size_t at = place(action);
    std::vector<std::string> cells(words_.size());
    cells[at] = cell(action);
    auto words = words_of_node<P>(world.nodes.nodes[at]);
    const std::string changed = difference(words_[at], words);
    words_[at] = std::move(words);
    return row(clock(now), cells, changed);
  }

  static std::string note(Time now, const std::string& what) {
    return clock(now) + "  -- " + what + "\n";
  }

 private:
  static constexpr std::size_t time_width = 14;
  static constexpr std::size_t node_width = 26;

  // In microseconds: "  0.163412 s".
  static std::string clock(Time now) {
    constexpr Time microsecond = 1'000;
    constexpr Time second = 1'000'000 * microsecond;
    std::string digits = std::to_string(now % second / microsecond);
    digits.insert(0, 6 - digits.size(), '0');
    std::string text = std::to_string(now / second) + "." + digits + " s";
    return std::string(text.size() < time_width - 2 ? time_width - 2 - text.size() : 0, ' ') + text;
  }

  static std::string row(const std::string& time, const std::vector<std::string>& cells,
                         const std::string& behind) {
    std::string line = time;
    std::size_t column = time_width;
    for (const auto& cell : cells) {
      line.resize(std::max(line.size() + (line.size() >= column ? 1 : 0), column), ' ');
      line += cell;
      column += node_width;
    }
    line.resize(std::max(line.size() + 1, column), ' ');
    line += behind;
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  }

  static std::size_t place(const Action<V>& action) {
    return std::visit(
        [](const auto& a) {
          if constexpr (requires { a.envelope; })
            return position(a.envelope.to);
          else if constexpr (requires { a.event; })
            return position(a.event.node);
          else
            return position(a.node);
        },
        action);
  }

  // Without the node, which the column tells.
  static std::string cell(const Action<V>& action) {
    return std::visit(
        [&]<class Taken>(const Taken& taken) -> std::string {
          std::string verb(action_names[kind_of_action<V, Taken>]);
          if constexpr (requires { taken.envelope; }) {
            const std::string arrives =
                kind_name(taken.envelope.message) + " from " + text(taken.envelope.from);
            return verb == "deliver" ? arrives : verb + " " + arrives;
          } else if constexpr (requires { taken.event; }) {
            return std::visit(
                [&](const auto& happened) {
                  if constexpr (requires { happened.timer; })
                    return verb + " " + text(happened.timer);
                  else if constexpr (requires { happened.request; })
                    return verb + " " + text(happened.request);
                  else if constexpr (requires { happened.change; })
                    return verb + " " + kind_name(happened.change);
                  else
                    return verb;
                },
                taken.event.event);
          } else if constexpr (requires { taken.kept; }) {
            return verb + (taken.kept > 0 ? " keeping " + text(taken.kept) : "");
          } else {
            return verb;
          }
        },
        action);
  }

  std::vector<Words> words_;  // of each node, as last told
  std::string head_;
};

}  // namespace coracle::sim
