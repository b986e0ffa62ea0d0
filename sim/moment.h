// A moment of virtual time as logs and stories write it, to the microsecond: "0.163412 s".
#pragma once

#include <string>

#include "sim/scenario.h"

namespace coracle::sim {

inline std::string seconds_text(Time time) {
  constexpr Time microsecond = 1'000;
  constexpr Time second = 1'000'000 * microsecond;
  std::string digits = std::to_string(time % second / microsecond);
  digits.insert(0, 6 - digits.size(), '0');
  return std::to_string(time / second) + "." + digits + " s";
}

}  // namespace coracle::sim
