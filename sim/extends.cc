#include "sim/extends.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

#include "sim/scenario_keys.h"
#include "sim/settings.h"

namespace coracle::sim {
namespace {

// So many files may extend one after another. A link to its own folder gives one file names without
// end, so that comparing names is not enough to see a circle.
constexpr std::size_t bases_max = 32;

std::string normal(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().generic_string();
}

std::string seen_from(const std::string& file, const std::string& path) {
  return (std::filesystem::path(file).parent_path() / path).lexically_normal().generic_string();
}

// Of tables of this name there are any number, so that a file adds its own: [[step]].
bool adds(const std::string& key) {
  return std::ranges::any_of(scenario_keys, [&](const ScenarioKey& known) {
    return known.table.empty() && known.key == key && known.shape == Shape::tables;
  });
}

// Either says which seeds, so the one replaces the other.
std::string other_name(const std::string& key) {
  return key == "seed" ? "seeds" : key == "seeds" ? "seed" : key;
}

TomlTable merged(TomlTable base, TomlTable table, bool is_top) {
  for (TomlEntry& entry : table.entries) {
    if (is_top) {
      const std::string other = other_name(entry.key);
      if (other != entry.key)
        std::erase_if(base.entries, [&](const TomlEntry& one) { return one.key == other; });
    }
    TomlEntry* const of_base = find_key(base, entry.key);
    if (of_base == nullptr) {
      base.entries.push_back(std::move(entry));
      continue;
    }
    auto* const first_table = std::get_if<TomlTable>(&of_base->value);
    auto* const second_table = std::get_if<TomlTable>(&entry.value);
    auto* const first_array = std::get_if<TomlArray>(&of_base->value);
    auto* const second_array = std::get_if<TomlArray>(&entry.value);
    if (first_table != nullptr && second_table != nullptr) {
      *first_table = merged(std::move(*first_table), std::move(*second_table), false);
    } else if (is_top && adds(entry.key) && first_array != nullptr && second_array != nullptr) {
      std::ranges::move(second_array->elements, std::back_inserter(first_array->elements));
    } else {
      *of_base = std::move(entry);
    }
  }
  return base;
}

// `extending`: the files that led here, this one last.
TomlTable parsed(const std::string& file, std::string_view text, const ReadFile& read_file,
                 std::vector<std::string> extending) {
  TomlTable all = parse_toml(file, text);
  const TomlEntry* const found = find_key(all, "extends");
  if (found == nullptr) return all;
  const TomlEntry entry = *found;
  const std::string& said = text_of(entry, "the path of another scenario, such as 'base.toml'");
  if (said.empty()) refuse_value(entry, "the path of another scenario, such as 'base.toml'");
  const std::string base = seen_from(file, said);
  if (std::ranges::find(extending, base) != extending.end())
    refuse(entry.place, "extends '" + said + "', which extends this file; expected no circle");
  if (extending.size() > bases_max)
    refuse(entry.place, "extends '" + said + "'; expected at most " + std::to_string(bases_max) +
                            " files that extend one another");
  extending.push_back(base);
  std::erase_if(all.entries, [](const TomlEntry& one) { return one.key == "extends"; });
  try {
    return merged(parsed(base, read_file(base), read_file, std::move(extending)), std::move(all),
                  true);
  } catch (const InputError& error) {
    refuse(entry.place, "extends '" + said + "': " + error.what());
  }
}

}  // namespace

TomlTable parse_with_bases(const std::string& file, std::string_view text,
                           const ReadFile& read_file) {
  return parsed(file, text, read_file, {normal(file)});
}

}  // namespace coracle::sim
