// Numbers as users type them. What does not fit is a UsageError that names the option.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/usage.h"

namespace coracle::tools {

// A whole number from `least` to `most`.
inline std::uint64_t whole_number(std::string_view option, std::string_view typed,
                                  std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* end = typed.data() + typed.size();
  const auto [stop, error] = std::from_chars(typed.data(), end, number);
  if (error != std::errc{} || stop != end || number < least || number > most)
    throw UsageError("--" + std::string(option) + " '" + std::string(typed) +
                     "': expected a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most));
  return number;
}

// "10 ms", "3s", "2 min", "1.5 h". A bare number is an error.
inline std::chrono::nanoseconds duration(std::string_view option, std::string_view typed) {
  const auto wrong = [&]() {
    return UsageError(
        "--" + std::string(option) + " '" + std::string(typed) +
        "': expected a duration with its unit, such as '10 ms', '3 s', '2 min' or '1 h'");
  };
  double count = 0;
  const char* end = typed.data() + typed.size();
  const auto [stop, error] = std::from_chars(typed.data(), end, count, std::chars_format::fixed);
  if (error != std::errc{} || !(count >= 0)) throw wrong();
  std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  double nanoseconds = 0;
  if (unit == "ns") nanoseconds = 1;
  if (unit == "us") nanoseconds = 1e3;
  if (unit == "ms") nanoseconds = 1e6;
  if (unit == "s") nanoseconds = 1e9;
  if (unit == "min") nanoseconds = 60e9;
  if (unit == "h") nanoseconds = 3600e9;
  if (nanoseconds == 0 || count * nanoseconds > 9e18) throw wrong();
  return std::chrono::nanoseconds(static_cast<std::int64_t>(count * nanoseconds));
}

}  // namespace coracle::tools
