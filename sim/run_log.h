// A run as it is read: one line an event, in the column of the node that it happened at, and behind
// the columns what it changed.
//
//     time          server 1           server 2              what changed
//       0.163412 s  expire election                          term 0 -> 1, role ...
//       0.166120 s                     RequestVote from 1    vote none -> 1
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "model/narrative.h"
#include "sim/action_words.h"
#include "sim/moment.h"

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
    const std::size_t at = position(place_of<P>(action));
    std::vector<std::string> cells(words_.size());
    cells[at] = text_at_node<P>(action);
    auto words = words_of_node<P>(world.nodes.nodes[at]);
    const std::string changed = difference(words_[at], words);
    words_[at] = std::move(words);
    return row(padded(seconds_text(now)), cells, changed);
  }

  static std::string note(Time now, const std::string& what) {
    return padded(seconds_text(now)) + "  -- " + what + "\n";
  }

 private:
  static constexpr std::size_t time_width = 14;
  static constexpr std::size_t node_width = 26;

  static std::string padded(const std::string& time) {
    return std::string(time.size() < time_width - 2 ? time_width - 2 - time.size() : 0, ' ') + time;
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

  std::vector<coracle::Words> words_;  // of each node, as last told
  std::string head_;
};

}  // namespace coracle::sim
