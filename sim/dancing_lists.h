// Doubly linked lists over numbers, from which a member can be taken, and put back where it was
// (Knuth's dancing links). Members are put back in the opposite order to that in which they were
// taken, so each finds its neighbours as it left them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace coracle::sim {

class DancingLists {
 public:
  using Node = std::uint32_t;  // a member, from 0, or, from the number of members on, an end

  DancingLists(std::size_t members, std::size_t lists) : members_(static_cast<Node>(members)) {
    for (Node node = 0; node < members + lists; ++node) {
      next_.push_back(node);
      previous_.push_back(node);
    }
  }

  void append(std::size_t list, Node member) {
    const Node end = end_of(list);
    next_[member] = end;
    previous_[member] = previous_[end];
    next_[previous_[end]] = member;
    previous_[end] = member;
  }

  bool is_end(Node node) const { return node >= members_; }
  Node first(std::size_t list) const { return next_[end_of(list)]; }
  Node after(Node node) const { return next_[node]; }
  Node before(Node node) const { return previous_[node]; }

  // Who is in no list can be taken and put back as well.
  void take(Node member) {
    next_[previous_[member]] = next_[member];
    previous_[next_[member]] = previous_[member];
  }
  void put_back(Node member) {
    next_[previous_[member]] = member;
    previous_[next_[member]] = member;
  }

 private:
  Node end_of(std::size_t list) const { return members_ + static_cast<Node>(list); }

  Node members_;
  std::vector<Node> next_;
  std::vector<Node> previous_;
};

}  // namespace coracle::sim
