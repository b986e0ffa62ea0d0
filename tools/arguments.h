// A command line, parsed with Boost.Program_options; its errors become UsageErrors with a near
// match.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

#include "tools/usage.h"

namespace coracle::tools {

namespace options = boost::program_options;

// Parses `typed` by the `visible` options; words without a dash go to the option "operand", where
// `operands_are` says what they are.
options::variables_map parse(const std::vector<std::string>& typed,
                             const options::options_description& visible,
                             const std::string& operands_are = "");

// Those every command has: --help, --json, --quiet, --color, --progress.
options::options_description common_options();

}  // namespace coracle::tools
