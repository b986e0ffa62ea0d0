// A TOML document as a value in which everything knows its place, so that whoever reads it can say
// where a mistake is. It hides the library that parses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/input.h"
#include "sim/scenario.h"

namespace coracle::sim {

struct TomlEntry;

struct TomlTable {  // in the order of the file, so that the first mistake is told first
  std::vector<TomlEntry> entries;
};
struct TomlArray {
  std::vector<TomlEntry> elements;
};
struct TomlOther {   // what no scenario needs
  std::string what;  // "a date or a time"
};

// A key and its value; or an element of an array, which has the array's key.
struct TomlEntry {
  std::string key;
  Place key_place;
  Place place;  // of the value
  std::variant<std::string, std::int64_t, bool, TomlTable, TomlArray, TomlOther> value;
};

// Throws an InputError as `refuse` does.
TomlTable parse_toml(const std::string& file, std::string_view text);

// Throws the InputError "FILE:LINE:COLUMN: mistake", which is one line whatever is quoted in it.
[[noreturn]] void refuse(const Place& place, const std::string& mistake);

// "duration 30; expected a duration with its unit"
[[noreturn]] void refuse_value(const TomlEntry& entry, std::string_view expected);

// The value of the entry; another type, or a number out of bounds, is refused.
const std::string& text_of(const TomlEntry& entry, std::string_view expected);
std::uint64_t whole_of(const TomlEntry& entry, std::uint64_t least, std::uint64_t most,
                       std::string_view expected);
bool truth_of(const TomlEntry& entry);
const TomlTable& table_of(const TomlEntry& entry, std::string_view expected);

}  // namespace coracle::sim
