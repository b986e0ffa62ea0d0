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
inline constexpr std::string_view expected_latency =
    "a duration or a range, such as '1..5 ms', or one with an exponential rest, such as "
    "'1 ms + exponential 3 ms'";
inline constexpr std::string_view expected_sometime =
    "a percentage and a duration or range, such as '5 % by 50..200 ms'";
inline constexpr std::string_view expected_frequency =
    "how often, such as '1 per 5 s' or '3 per min'";
inline constexpr std::string_view expected_bandwidth =
    "whole bytes a second, such as '64 kB/s', '1 MB/s' or '64 KiB/s'";
inline constexpr std::string_view expected_drift =
    "how much faster or slower at most, such as '200 ppm' or '5 %', up to 50 %";
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

// "200 ppm", "5 %": up to a half.
inline std::optional<PartsPerMillion> parse_drift(std::string_view text) {
  const auto [number, unit] = split_quantity(text);
  const auto parts = exact_product(number, unit == "ppm" ? 1 : 10'000);
  if ((unit != "ppm" && unit != "%") || !parts || *parts > certain / 2) return {};
  return static_cast<PartsPerMillion>(*parts);
}

// "200 /s", "200/s", "200 per s": at most one a nanosecond.
inline std::optional<std::uint64_t> parse_rate(std::string_view text) {
  const auto [number, unit] = split_quantity(text);
  const auto rate = parse_whole(number);
  if ((unit != "/s" && unit != "per s") || !rate || *rate > 1'000'000'000) return {};
  return rate;
}

// "1..5 ms", or "1 ms + exponential 3 ms": the mean of what is more than the least, up to a day.
inline std::optional<Latency> parse_latency(std::string_view text) {
  constexpr std::string_view plus = "+ exponential ";
  constexpr Time day = 86'400'000'000'000;
  const auto at = text.find(plus);
  const auto span = parse_span(without_spaces_after(text.substr(0, at)));
  if (!span) return {};
  if (at == std::string_view::npos) return Latency{.span = *span};
  const auto mean = parse_duration(without_spaces_before(text.substr(at + plus.size())));
  if (span->least != span->most || !mean || *mean == 0 || *mean > day) return {};
  return Latency{.span = *span, .mean = *mean};
}

// "5 % by 50..200 ms".
inline std::optional<Sometime> parse_sometime(std::string_view text) {
  constexpr std::string_view by = " by ";
  const auto at = text.find(by);
  if (at == std::string_view::npos) return {};
  const auto share = parse_percentage(without_spaces_after(text.substr(0, at)));
  const auto span = parse_span(without_spaces_before(text.substr(at + by.size())));
  if (!share || !span) return {};
  return Sometime{.share = *share, .by = *span};
}

// "1 per 5 s", "3 per min": the mean time between two of them, up to a day; that one is rounded.
inline std::optional<Time> parse_frequency(std::string_view text) {
  constexpr std::string_view per = "per ";
  constexpr Time day = 86'400'000'000'000;
  const auto [number, rest] = split_quantity(text);
  const auto times = parse_whole(number);
  if (!times || *times == 0 || !rest.starts_with(per)) return {};
  std::string time(without_spaces_before(rest.substr(per.size())));
  if (nanoseconds_of(time) > 0) time = "1 " + time;
  const auto duration = parse_duration(time);
  if (!duration || *times > static_cast<std::uint64_t>(*duration)) return {};
  const Time mean = *duration / static_cast<Time>(*times);
  return mean <= day ? std::optional(mean) : std::nullopt;
}

// "64 kB/s".
inline std::optional<std::uint64_t> parse_bandwidth(std::string_view text) {
  const auto [number, unit] = split_quantity(text);
  const std::uint64_t size = unit == "B/s"     ? 1
                             : unit == "kB/s"  ? 1'000
                             : unit == "KiB/s" ? 1'024
                             : unit == "MB/s"  ? 1'000'000
                             : unit == "MiB/s" ? 1'048'576
                             : unit == "GB/s"  ? 1'000'000'000
                                               : 0;
  if (size == 0) return {};
  const auto bytes = exact_product(number, size);
  if (!bytes || *bytes == 0) return {};
  return bytes;
}

}  // namespace coracle::sim
