// What is changed of a scenario on the command line: --set raft.heartbeat='20 ms'.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "sim/settings.h"

namespace coracle::tools {

// Throws a UsageError where there is no value.
sim::Setting setting_of(const std::string& set);

// "1..100" and "2/8": two whole numbers with `between` between them, the first not above the
// second.
std::pair<std::uint64_t, std::uint64_t> pair_of(std::string_view option, std::string_view between,
                                                const std::string& typed);

}  // namespace coracle::tools
