// What is to happen, by time; at equal times, in the order in which it was planned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

#include "sim/scenario.h"

namespace coracle::sim {

enum class Due : std::uint8_t { arrival, alarm, flush };

struct Plan {
  Time at = 0;
  std::uint64_t sequence = 0;
  Due due{};
  std::uint32_t which = 0;  // of its kind
};

class Agenda {
 public:
  bool empty() const { return plans_.empty(); }
  const Plan& next() const { return plans_.top(); }

  void add(Time at, Due due, std::size_t which) {
    plans_.push({at, planned_++, due, static_cast<std::uint32_t>(which)});
  }

  // What was put off: it stays before all that would have come after it.
  void put_back(const Plan& plan) { plans_.push(plan); }

  Plan take() {
    const Plan plan = plans_.top();
    plans_.pop();
    return plan;
  }

 private:
  struct Later {
    bool operator()(const Plan& a, const Plan& b) const {
      return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
  };

  std::priority_queue<Plan, std::vector<Plan>, Later> plans_;
  std::uint64_t planned_ = 0;
};

}  // namespace coracle::sim
