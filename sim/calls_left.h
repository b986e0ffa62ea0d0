// The calls of a search for an order: which of them have not taken effect yet, in lists from which
// they are lifted when they do, and into which they are put back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/call_search.h"
#include "sim/dancing_lists.h"

namespace coracle::sim {

using CallIndex = std::uint32_t;

inline constexpr CallIndex nobody = ~CallIndex{0};

struct Step {
  CallIndex call = nobody;
  bool passed = false;  // it is nowhere to be seen: put it before what covers it
};

class CallsLeft {
 public:
  using Node = DancingLists::Node;

  explicit CallsLeft(const std::vector<NumberedCall>& calls);

  const NumberedCall& operator[](CallIndex call) const { return calls_[call]; }
  bool is_open(CallIndex call) const { return !calls_[call].completed; }

  // --- What took effect.
  void lift(Step step);
  void put_back_to(std::size_t steps);
  const std::vector<Step>& steps() const { return steps_; }
  std::vector<CallIndex> order() const;  // of all of it; who was passed is before who covers it

  // --- Answered calls that are left: the invocation and the completion of each, in their order.
  Node first_event() const { return events_.first(0); }
  Node event_after(Node event) const { return events_.after(event); }
  Node event_before(Node event) const { return events_.before(event); }
  bool is_end(Node event) const { return events_.is_end(event); }
  static bool is_completion(Node event) { return event % 2 != 0; }
  static CallIndex call_of(Node event) { return event / 2; }

  // --- Open calls, in the order of invocations; those that were used, in that of their use.
  const std::vector<CallIndex>& open() const { return open_; }
  std::uint32_t place_in_open(CallIndex call) const { return place_in_open_[call]; }
  bool is_used(CallIndex call) const { return is_used_[call]; }
  const std::vector<CallIndex>& used() const { return used_; }

  // Open calls that do not overwrite, and do something in one state alone.
  const std::vector<CallIndex>& open_in_need() const { return open_in_need_; }

  // --- States that some call needs or leaves: their numbers are below this.
  std::size_t states() const { return states_; }
  bool is_needed(StateNumber state) const {
    return open_needs_[state] || !who_needs_.is_end(who_needs_.first(state));
  }
  // Who is left that leaves this state, in the order of invocations.
  template <class F>
  void each_that_leaves(StateNumber state, F heed) const {
    for (Node call = who_leaves_.first(state); !who_leaves_.is_end(call);
         call = who_leaves_.after(call))
      heed(call);
  }

  // That the state, in which the machine is not, is needed, and nobody can lead to it in time.
  bool is_left_for_good(StateNumber state, const NumberedMachine& machine) const;
  bool is_hopeless(StateNumber initial, const NumberedMachine& machine) const;

  // That some call soon needs a state which this one, that left another, was the last to leave.
  bool is_wasted(const NumberedCall& call, StateNumber left, const NumberedMachine& machine) const;

  std::size_t bytes() const;

 private:
  const std::vector<NumberedCall>& calls_;
  std::size_t states_;
  DancingLists events_;      // 2c: the invocation of c; 2c+1: its completion
  DancingLists who_needs_;   // answered calls by state, in the order of completions
  DancingLists who_leaves_;  // by state, in the order of invocations; the last list: any state
  std::vector<CallIndex> in_need_;  // all that are in who_needs_, in the order of completions
  std::vector<CallIndex> open_;
  std::vector<std::uint32_t> place_in_open_;
  std::vector<CallIndex> open_in_need_;
  std::vector<bool> open_needs_;  // by state
  std::vector<bool> is_used_;
  std::vector<CallIndex> used_;
  std::vector<Step> steps_;
};

}  // namespace coracle::sim
