// The clocks by which nodes set their alarms. None tells the time of day: an alarm is so long from
// now, and a clock that is fast or jumps makes it come sooner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/random.h"
#include "sim/weather.h"

namespace coracle::sim {

// How much faster than time a clock is, in parts per million: -500'000 is half as fast.
using Drift = std::int64_t;
inline constexpr Drift slowest = -900'000;
inline constexpr Drift fastest = 9'000'000;

class Clocks {
 public:
  Clocks(std::size_t nodes, PartsPerMillion drift, std::uint64_t seed) {
    const auto most = static_cast<Drift>(drift);
    for (std::size_t at = 0; at < nodes; ++at)
      clocks_.push_back(
          {stream(seed, "clock", at), stream(seed, "drift", at).within({-most, most})});
  }

  Drift drift(NodeId id) const { return clocks_[position(id)].drift; }
  void set_drift(NodeId id, Drift drift) { clocks_[position(id)].drift = drift; }

  // How long it takes until the clock of the node has gone on by one drawn from the range.
  Time takes(NodeId id, const Delay& delay) {
    Clock& clock = clocks_[position(id)];
    const Time span = clock.draws.within(delay);
    if (clock.drift == 0) return span;
    constexpr Drift million = 1'000'000;
    const Drift rate = million + clock.drift;
    if (span / rate >= never / million) return never;
    return span / rate * million + span % rate * million / rate;
  }

 private:
  struct Clock {
    Stream draws;
    Drift drift = 0;
  };
  std::vector<Clock> clocks_;
};

}  // namespace coracle::sim
