// What clients wrote may be no UTF-8; what browsers, ShiViz and parsers of JSON read must be.
#pragma once

#include <string>
#include <string_view>

namespace coracle::sim {

// Each byte that is no part of a letter becomes U+FFFD.
std::string as_utf8(std::string_view text);

}  // namespace coracle::sim
