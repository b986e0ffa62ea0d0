// Why is a history not linearizable? Its shortest prefix that is not, and of that the fewest calls
// that must be as they were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/call_search.h"

namespace coracle::sim {

// The same call, answered as it was (or open), and as it would be had it never been answered.
struct TwoForms {
  NumberedCall told;
  NumberedCall open;
};

struct IllegalCore {
  // No order explains these, whenever the others took effect, or never; were any one of them
  // weaker, there would be an order. In the order of invocations.
  std::vector<std::size_t> members{};

  std::size_t completions = 0;  // of the shortest prefix that no order explains
  std::size_t open = 0;         // others of the prefix, taken as if they had never been answered
  std::size_t left_out = 0;     // others of it that change nothing
  bool is_least = true;         // false: a limit was reached before that was known
};

// Of calls that are not linearizable.
//
// A call is weakened by leaving it out where, answered so, it changed nothing; and by leaving it
// open where it may have changed something. Neither makes a linearizable history one that is not:
// its order explains it still, without the call or with it.
IllegalCore illegal_core(const std::vector<TwoForms>& calls, StateNumber initial,
                         NumberedMachine& machine, const SearchLimits& limits);

}  // namespace coracle::sim
