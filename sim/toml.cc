#include "sim/toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "model/protocol.h"

namespace coracle::sim {
namespace {

// Dots between keys nest tables, toml++ sets no limit to that, and deep ones cannot be destroyed.
constexpr std::size_t dots_max = 256;

constexpr std::string_view line_ends = "\n\v\f\r";

// Of the string that the text begins with, with its quotes.
std::size_t length_of_string(std::string_view text) {
  const char quote = text.front();
  const bool has_lines = text.starts_with(std::string(3, quote));
  const std::string end(has_lines ? 3 : 1, quote);
  std::size_t i = end.size();
  for (; i < text.size() && !text.substr(i).starts_with(end); ++i) {
    if (!has_lines && line_ends.find(text[i]) != std::string_view::npos) return i;
    if (quote == '"' && text[i] == '\\') ++i;
  }
  i += end.size();
  while (has_lines && i < text.size() && text[i] == quote) ++i;  // """He said "yes""""
  return std::min(i, text.size());
}

std::size_t dots_outside_of_strings(std::string_view text) {
  std::size_t dots = 0;
  while (!text.empty()) {
    std::size_t length = 1;
    if (text.front() == '.') ++dots;
    if (text.front() == '#') length = std::min(text.find_first_of(line_ends), text.size());
    if (text.front() == '"' || text.front() == '\'') length = length_of_string(text);
    text.remove_prefix(length);
  }
  return dots;
}

Place place_of(const std::string& file, const toml::source_position& position) {
  return {.file = file, .line = position.line, .column = position.column};
}

TomlTable converted(const std::string& file, const toml::table& table);
TomlArray converted(const std::string& file, const std::string& key, const toml::array& array);

TomlEntry converted(const std::string& file, std::string key, const toml::node& node) {
  TomlEntry entry{.key = std::move(key),
                  .key_place = {},
                  .place = place_of(file, node.source().begin),
                  .value = {}};
  if (const auto* text = node.as_string())
    entry.value = text->get();
  else if (const auto* number = node.as_integer())
    entry.value = number->get();
  else if (const auto* truth = node.as_boolean())
    entry.value = truth->get();
  else if (const auto* table = node.as_table())
    entry.value = converted(file, *table);
  else if (const auto* array = node.as_array())
    entry.value = converted(file, entry.key, *array);
  else
    entry.value = TomlOther{node.is_floating_point() ? "a fraction" : "a date or a time"};
  return entry;
}

TomlTable converted(const std::string& file, const toml::table& table) {
  TomlTable copy;
  for (const auto& [key, node] : table) {
    copy.entries.push_back(converted(file, std::string(key.str()), node));
    copy.entries.back().key_place = place_of(file, key.source().begin);
  }
  std::ranges::sort(copy.entries, {}, [](const TomlEntry& entry) {
    return std::pair{entry.key_place.line, entry.key_place.column};
  });
  return copy;
}

TomlArray converted(const std::string& file, const std::string& key, const toml::array& array) {
  TomlArray copy;
  for (const toml::node& node : array) copy.elements.push_back(converted(file, key, node));
  return copy;
}

std::string with_control_characters_shown(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string shown;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code != 0x7f)
      shown += c;
    else if (c == '\n')
      shown += "\\n";
    else
      shown += {'\\', 'x', digits[code / 16U], digits[code % 16U]};
  }
  return shown;
}

}  // namespace

TomlTable parse_toml(const std::string& file, std::string_view text) {
  if (dots_outside_of_strings(text) > dots_max)
    refuse({file, 1, 1}, "too many dots between keys; expected [network], not a.b.c.d");
  try {
    return converted(file, toml::parse(text));
  } catch (const toml::parse_error& error) {
    std::string mistake(error.description());
    if (mistake.starts_with("Error")) mistake.front() = 'e';
    refuse(place_of(file, error.source().begin), "not TOML; " + mistake);
  }
}

void refuse(const Place& place, const std::string& mistake) {
  throw InputError(with_control_characters_shown(place_text(place) + ": " + mistake));
}

void refuse_value(const TomlEntry& entry, std::string_view expected) {
  const std::string shown = match(
      entry.value, [](const std::string& text) { return "'" + text + "'"; },
      [](std::int64_t number) { return std::to_string(number); },
      [](bool truth) { return std::string(truth ? "true" : "false"); },
      [](const TomlTable&) { return std::string("is a table"); },
      [](const TomlArray&) { return std::string("is an array"); },
      [](const TomlOther& other) { return "is " + other.what; });
  refuse(entry.place, entry.key + " " + shown + "; expected " + std::string(expected));
}

const std::string& text_of(const TomlEntry& entry, std::string_view expected) {
  if (const auto* text = std::get_if<std::string>(&entry.value)) return *text;
  refuse_value(entry, expected);
}

std::uint64_t whole_of(const TomlEntry& entry, std::uint64_t least, std::uint64_t most,
                       std::string_view expected) {
  const auto* number = std::get_if<std::int64_t>(&entry.value);
  if (number == nullptr || *number < 0) refuse_value(entry, expected);
  const auto whole = static_cast<std::uint64_t>(*number);
  if (whole < least || whole > most) refuse_value(entry, expected);
  return whole;
}

bool truth_of(const TomlEntry& entry) {
  if (const auto* truth = std::get_if<bool>(&entry.value)) return *truth;
  refuse_value(entry, "true or false");
}

const TomlTable& table_of(const TomlEntry& entry, std::string_view expected) {
  if (const auto* table = std::get_if<TomlTable>(&entry.value)) return *table;
  refuse_value(entry, expected);
}

}  // namespace coracle::sim
