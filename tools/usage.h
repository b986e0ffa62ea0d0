// What the user typed wrong: ends the program with exit code 2 and its line on standard error.
#pragma once

#include "sim/input.h"

namespace coracle::tools {

using UsageError = sim::InputError;
using sim::edit_distance;
using sim::near_match;

}  // namespace coracle::tools
