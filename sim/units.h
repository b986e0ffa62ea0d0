// Quantities as people write them: "10 ms", "150..300 ms", "0.5 %", "200 /s". A unit is never left
// out, and nothing is rounded: what is not a whole number of the smallest unit is not read. Whoever
// reads a nullopt says so in words of their own; what to expect is said here.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario.h"

namespace coracle::sim {

inline constexpr std::string_view expected_duration =
    "a duration with its unit, such as '10 ms', '3 s', '2 min' or '1 h'";
inline constexpr std::string_view expected_span =
    "a duration or a range of them with its unit, such as '5 ms' or '1..5 ms'";
inline constexpr std::string_view expected_percentage =
    "a percentage from 0 to 100, such as '0.5 %', in steps of 0.0001 %";
inline constexpr std::string_view expected_rate =
    "a whole number a second up to 1000000000, such as '200 /s'";

// Digits and nothing else.
inline std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return {};
  return number;
}

inline std::string_view without_spaces_before(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

inline std::string_view without_spaces_after(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "1.5 h": the number as it is written, and what stands behind it.
struct Quantity {
  std::string_view number;
  std::string_view unit;
};

inline Quantity split_quantity(std::string_view text) {
  const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
  return {.number = text.substr(0, end), .unit = without_spaces_before(text.substr(end))};
}

// `number`, in digits with or without a fraction, times `unit`, where that is a whole number.
inline std::optional<std::uint64_t> exact_product(std::string_view number, std::uint64_t unit) {
  const auto point = number.find('.');
  const auto whole = parse_whole(number.substr(0, point));
  if (!whole || *whole > std::numeric_limits<std::uint64_t>::max() / unit) return {};
  if (point == std::string_view::npos) return *whole * unit;

  std::string_view decimals = number.substr(point + 1);
  while (decimals.size() > 1 && decimals.ends_with('0')) decimals.remove_suffix(1);
  const auto parts = parse_whole(decimals);
  if (!parts || decimals.size() > 19) return {};  // 10^19 is the last power that fits
  std::uint64_t power = 1;
  for (std::size_t i = 0; i < decimals.size(); ++i) power *= 10;
  const std::uint64_t common = std::gcd(power, unit);
  if (*parts % (power / common) != 0) return {};
  const std::uint64_t product = *whole * unit;
  const std::uint64_t rest = *parts / (power / common) * (unit / common);
  if (rest > std::numeric_limits<std::uint64_t>::max() - product) return {};
  return product + rest;
}

inline std::uint64_t nanoseconds_of(std::string_view unit) {  // 0 for what is no unit
  if (unit == "ns") return 1;
  if (unit == "us") return 1'000;
  if (unit == "ms") return 1'000'000;
  if (unit == "s") return 1'000'000'000;
  if (unit == "min") return 60'000'000'000;
  if (unit == "h") return 3'600'000'000'000;
  return 0;
}

inline std::optional<Time> parse_time(Quantity quantity) {
  const std::uint64_t unit = nanoseconds_of(quantity.unit);
  if (unit == 0) return {};
  const auto time = exact_product(quantity.number, unit);
  if (!time || *time > static_cast<std::uint64_t>(std::numeric_limits<Time>::max())) return {};
  return static_cast<Time>(*time);
}

// "10 ms", "3s", "2 min", "1.5 h".
inline std::optional<Time> parse_duration(std::string_view text) {
  return parse_time(split_quantity(text));
}

// "150..300 ms", "1 s..2 s", or a duration, which is both its least and its most.
inline std::optional<Span> parse_span(std::string_view text) {
  const auto dots = text.find("..");
  const Quantity last = split_quantity(
      dots == std::string_view::npos ? text : without_spaces_before(text.substr(dots + 2)));
  Quantity first = dots == std::string_view::npos
                       ? last
                       : split_quantity(without_spaces_after(text.substr(0, dots)));
  if (first.unit.empty()) first.unit = last.unit;
  const auto least = parse_time(first);
  const auto most = parse_time(last);
  if (!least || !most || *least > *most) return {};
  return Span{.least = *least, .most = *most};
}

// The inverse, in the largest unit that leaves whole numbers.
inline std::string span_text(const Span& span) {
  constexpr std::array units{"h", "min", "s", "ms", "us"};
  const char* unit = "ns";
  std::int64_t size = 1;
  for (const char* larger : units) {
    const auto nanoseconds = static_cast<std::int64_t>(nanoseconds_of(larger));
    if (span.least % nanoseconds != 0 || span.most % nanoseconds != 0) continue;
    unit = larger;
    size = nanoseconds;
    break;
  }
  std::string text = std::to_string(span.least / size);
  if (span.least != span.most) text += ".." + std::to_string(span.most / size);
  return text + " " + unit;
}

// "0.5 %".
inline std::optional<PartsPerMillion> parse_percentage(std::string_view text) {
  const auto [number, unit] = split_quantity(text);
  const auto parts = exact_product(number, 10'000);
  if (unit != "%" || !parts || *parts > 1'000'000) return {};
  return static_cast<PartsPerMillion>(*parts);
}

// "200 /s", "200/s", "200 per s": at most one a nanosecond.
inline std::optional<std::uint64_t> parse_rate(std::string_view text) {
  const auto [number, unit] = split_quantity(text);
  const auto rate = parse_whole(number);
  if ((unit != "/s" && unit != "per s") || !rate || *rate > 1'000'000'000) return {};
  return rate;
}

}  // namespace coracle::sim
