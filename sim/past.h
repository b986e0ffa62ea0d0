// What led to a failure: a backward slice. From the last event of the nodes that it is about, back
// along what each node did before and the messages that led there (Lamport's happened-before); of
// those the events that changed a node's words, the last ones, and what the scenario did between.
//
//     ... 38 events before
//     0.163412 s  server 1: expire election: term 0 -> 1, role follower -> candidate
//     0.200000 s  -- crash leader: 1
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "sim/happened.h"

namespace coracle::sim {

class Past : public View {
 public:
  // So far back it is searched: a long run is never in memory, and its last events need be told
  // only.
  static constexpr std::size_t searched_most = 20'000;

  explicit Past(const Cast& cast) : cast_(cast) {}

  void take(const Happened& event) override;
  void note(Time at, const std::string& what) override;
  void finish(const std::string& /*failure*/) override {}

  // The node of the last event at a node; the first one where there was none.
  NodeId last_node() const { return last_; }

  // A line each, before each of them `indent`. Of no node: of all.
  std::string text(const std::vector<NodeId>& of, const std::string& indent) const;

 private:
  static constexpr std::size_t lines_most = 20;
  static constexpr std::size_t letters_most = 200;  // of a line
  struct Record {
    std::uint64_t number = 0;   // 0: a note
    NodeId node{};              // none in the network
    std::uint64_t sent_by = 0;  // the event that a message led here from
    NodeId sender{};
    std::string line{};  // empty where nothing changed
  };

  void keep(Record record);

  Cast cast_;
  std::deque<Record> records_;
  NodeId last_ = node_at(0);
};

}  // namespace coracle::sim
