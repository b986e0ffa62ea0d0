// Virtual time, and how often something happens.
#pragma once

#include <cstdint>
#include <limits>

#include "model/protocol.h"

namespace coracle::sim {

using Time = std::int64_t;  // nanoseconds of virtual time

// What is too late to be a time is never.
inline constexpr Time never = std::numeric_limits<Time>::max();
inline constexpr Time later(Time now, Time span) { return span < never - now ? now + span : never; }

using Span = Delay;  // "1..5 ms", or "5 ms" for both

using PartsPerMillion = std::uint32_t;  // "0.5 %" is 5000
inline constexpr PartsPerMillion certain = 1'000'000;

}  // namespace coracle::sim
