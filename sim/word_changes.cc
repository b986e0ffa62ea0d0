#include "sim/word_changes.h"

#include <algorithm>
#include <cstddef>

#include "sim/units.h"

namespace coracle::sim {

namespace {

constexpr std::size_t told_whole = 48;  // letters
constexpr std::size_t told_most = 240;
constexpr std::size_t kept_of_prefix = 8;

// How many letters at the beginning two long values may leave out.
std::size_t left_out(const std::string& before, const std::string& after) {
  if (std::max(before.size(), after.size()) <= told_whole) return 0;
  const auto [a, b] = std::ranges::mismatch(before, after);
  const auto same = static_cast<std::size_t>(a - before.begin());
  if (same <= kept_of_prefix) return 0;
  const std::size_t word = before.rfind(' ', same - kept_of_prefix);
  return word == std::string::npos ? 0 : word + 1;
}

std::string shortened(const std::string& value, std::size_t left_out) {
  const std::string rest = value.substr(std::min(left_out, value.size()));
  return cut_to((left_out > 0 ? "... " : "") + rest, told_most);
}

}  // namespace

std::vector<WordChange> changes_of(const coracle::Words& before, const coracle::Words& after) {
  std::vector<WordChange> changes;
  const bool same_names = std::ranges::equal(before, after, {}, &coracle::Words::value_type::first,
                                             &coracle::Words::value_type::first);
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto& [name, value] = after[i];
    if (!same_names) {
      changes.push_back({name, {}, cut_to(value, told_most)});
    } else if (const std::string& old = before[i].second; old != value) {
      const std::size_t skipped = left_out(old, value);
      changes.push_back({name, shortened(old, skipped), shortened(value, skipped)});
    }
  }
  return changes;
}

std::string cut_to(std::string text, std::size_t letters) {
  if (text.size() <= letters) return text;
  text.resize(letters);
  return text + "...";
}

std::optional<std::int64_t> number_in(const std::string& word) {
  const auto number = parse_whole(word);
  if (!number || *number > std::uint64_t{1} << 62U) return {};
  return static_cast<std::int64_t>(*number);
}

std::vector<std::string> numbers_of(const std::vector<coracle::Words>& nodes) {
  std::vector<std::string> numbers;
  std::vector<std::string> others;
  for (const coracle::Words& words : nodes)
    for (const auto& [name, value] : words) {
      auto& names = number_in(value) ? numbers : others;
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  std::erase_if(numbers, [&](const std::string& name) {
    return std::ranges::find(others, name) != others.end();
  });
  return numbers;
}

std::vector<std::optional<std::int64_t>> values_of(const std::vector<std::string>& numbers,
                                                   const coracle::Words& words) {
  std::vector<std::optional<std::int64_t>> values;
  for (const std::string& number : numbers) {
    const auto word = std::ranges::find(words, number, &coracle::Words::value_type::first);
    values.push_back(word == words.end() ? std::nullopt : number_in(word->second));
  }
  return values;
}

}  // namespace coracle::sim
