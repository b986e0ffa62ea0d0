// A picture of a history: a lane for each process, a bar for each call from its invocation to its
// completion; one that was never completed fades out to the right. Some bars stand out.
//
//     client 1   [ set 1 ]
//     client 2               [ set 2 ]                              as an SVG
//     client 3                          [ get: 1 ]
//
// Moments are in their order, as far apart as the words on the bars need, not to scale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/history.h"

namespace coracle::sim {

struct Bar {
  Process process = 0;
  std::size_t from = 0;             // places of moments
  std::optional<std::size_t> to{};  // none: open
  std::string words{};              // on the bar
  std::string more{};               // where the mouse rests on it
  bool stands_out = false;
};

// Below the lanes, with a line through them.
struct Tick {
  std::size_t place = 0;
  std::string words{};
};

struct Lanes {
  std::string title{};
  std::vector<std::string> notes{};  // a line each, below the title
  std::vector<Bar> bars{};
  std::vector<Tick> ticks{};  // at moments of bars
};

// Whatever bytes are in the words, it is well-formed.
std::string svg(const Lanes& lanes);

// The same as a page.
std::string html(const Lanes& lanes);

}  // namespace coracle::sim
