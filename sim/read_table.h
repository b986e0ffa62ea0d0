// The pieces of which the readers of a scenario's tables are made: an entry's value as what it
// means, and a table as the reader of each of its keys. What is wrong is refused at its place.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/input.h"
#include "sim/scenario.h"
#include "sim/sentences.h"
#include "sim/toml.h"
#include "sim/units.h"

namespace coracle::sim {

// f(), whose mistakes are at `place`.
template <class F>
auto located(const Place& place, F f) {
  try {
    return f();
  } catch (const InputError& error) {
    refuse(place, error.what());
  }
}

// What `parse` reads in a text, and nothing else.
template <class Parse>
auto quantity_of(const TomlEntry& entry, Parse parse, std::string_view expected) {
  const auto quantity = parse(text_of(entry, expected));
  if (!quantity) refuse_value(entry, expected);
  return *quantity;
}

inline Time duration_of(const TomlEntry& entry) {
  return quantity_of(entry, parse_duration, expected_duration);
}

inline Time positive_duration_of(const TomlEntry& entry) {
  const Time time = duration_of(entry);
  if (time == 0) refuse_value(entry, "more than nothing");
  return time;
}

inline std::string spelt_with(std::string_view word, char from, char to) {
  std::string spelt(word);
  std::ranges::replace(spelt, from, to);
  return spelt;
}

inline const std::string& name_of(const TomlEntry& entry, std::string_view kind,
                                  const std::vector<std::string>& known) {
  const std::string& name = text_of(entry, "the name of a " + std::string(kind));
  if (std::ranges::find(known, name) == known.end())
    refuse(entry.place, unknown(kind, name, known).what());
  return name;
}

using Readers = std::map<std::string, std::function<void(const TomlEntry&)>, std::less<>>;

inline void read_table(const TomlTable& table, const std::string& where, const Readers& readers) {
  std::vector<std::string> known;
  for (const auto& [key, reader] : readers) known.push_back(key);
  for (const TomlEntry& entry : table.entries) {
    const auto reader = readers.find(entry.key);
    if (reader == readers.end())
      refuse(entry.key_place,
             "unknown key '" + entry.key + "'" + where + near_match(entry.key, known));
    reader->second(entry);
  }
}

}  // namespace coracle::sim
