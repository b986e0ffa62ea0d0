// What a user typed or wrote wrong: one clear line that says what, where, what was expected, and
// what was perhaps meant.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace coracle::sim {

class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How many letters must be added, removed or replaced to make one word of the other.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

// "; did you mean raft?", or the whole choice where nothing is near.
inline std::string near_match(std::string_view typed, std::span<const std::string> known) {
  if (known.empty()) return "";
  const auto nearest = std::ranges::min_element(
      known, {}, [&](const std::string& name) { return edit_distance(typed, name); });
  if (edit_distance(typed, *nearest) <= std::max<std::size_t>(2, nearest->size() / 3))
    return "; did you mean " + *nearest + "?";
  std::string all;
  for (const auto& name : known) all += (all.empty() ? "" : ", ") + name;
  return "; expected one of: " + all;
}

}  // namespace coracle::sim
