// When the pending writes of one node's buffered disk become durable, and how many a crash leaves.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "sim/random.h"
#include "sim/weather.h"

namespace coracle::sim {

class DiskClock {
 public:
  DiskClock(std::uint64_t seed, std::size_t node)
      : latency_(stream(seed, "disk", node)),
        stalls_(stream(seed, "stall", node)),
        crash_(stream(seed, "crash", node)) {}

  std::size_t planned() const { return due_.size(); }

  // Of a write that is issued now; never before the one that was issued before it.
  Time plan(Time now, const Delay& latency, const Sometime& stall) {
    Time at = later(now, latency_.within(latency));
    if (stalls_.happens(stall.share)) at = later(at, stalls_.within(stall.by));
    due_.push_back(due_.empty() ? at : std::max(at, due_.back()));
    return due_.back();
  }

  // A plan is void where its write was lost in a crash, or flushed by hand.
  bool is_due(Time at) const { return !due_.empty() && due_.front() == at; }
  void flushed() {
    if (!due_.empty()) due_.pop_front();
  }

  void lose() { due_.clear(); }
  std::uint32_t any_prefix(std::uint32_t pending) {
    return static_cast<std::uint32_t>(crash_.below(std::uint64_t{pending} + 1));
  }

 private:
  Stream latency_;
  Stream stalls_;
  Stream crash_;
  std::deque<Time> due_;  // the oldest first
};

}  // namespace coracle::sim
