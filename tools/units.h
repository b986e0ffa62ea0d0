// Numbers as users type them. What does not fit is a UsageError that names the option.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/units.h"
#include "tools/usage.h"

namespace coracle::tools {

[[noreturn]] inline void refuse_option(std::string_view option, std::string_view typed,
                                       std::string_view expected) {
  throw UsageError("--" + std::string(option) + " '" + std::string(typed) + "': expected " +
                   std::string(expected));
}

// A whole number from `least` to `most`.
inline std::uint64_t whole_number(std::string_view option, std::string_view typed,
                                  std::uint64_t least, std::uint64_t most) {
  const auto number = sim::parse_whole(typed);
  if (!number || *number < least || *number > most)
    refuse_option(option, typed,
                  "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return *number;
}

// "10 ms", "3s", "2 min", "1.5 h". A bare number is an error.
inline std::chrono::nanoseconds duration(std::string_view option, std::string_view typed) {
  const auto time = sim::parse_duration(typed);
  if (!time) refuse_option(option, typed, sim::expected_duration);
  return std::chrono::nanoseconds(*time);
}

}  // namespace coracle::tools
