// The fields of a message, as people write them in a scenario: "{term: 4, last: {index: 2}}".
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace coracle::sim {

// "{a: 1, b: {c: 2}}" -> "a: 1", "b: {c: 2}"
inline std::vector<std::string> fields_in(std::string_view braced) {
  std::vector<std::string> fields;
  int depth = 0;
  for (const char letter : braced) {
    depth -= letter == '}' || letter == ']' ? 1 : 0;
    if (depth == 1 && letter == ',') {
      fields.emplace_back();
    } else if (depth > 1 || (depth == 1 && !(letter == ' ' && fields.back().empty()))) {
      fields.back() += letter;
    }
    const bool opens = letter == '{' || letter == '[';
    if (depth == 0 && opens) fields.emplace_back();
    depth += opens ? 1 : 0;
  }
  return fields;
}

// Whether a message has all the fields that a sentence names. What it does not name is free: so
// scenarios outlive a field that is added.
inline bool has_fields(std::string_view message, std::string_view named) {
  const std::vector<std::string> all = fields_in(message);
  return std::ranges::all_of(fields_in(named), [&](const std::string& field) {
    return std::ranges::find(all, field) != all.end();
  });
}

}  // namespace coracle::sim
