#include "sim/settings.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "model/protocol.h"
#include "sim/scenario_keys.h"

namespace coracle::sim {
namespace {

using Value = decltype(TomlEntry::value);

// A number as TOML would write it, so that nothing is lost: not 007.
Value typed_value(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && stop == end && std::to_string(number) == text) return number;
  return text;
}

std::string with_dashes(std::string option) {
  std::ranges::replace(option, '_', '-');
  return option;
}

bool is_option(const Names& names, const std::string& key) {
  return std::ranges::find(names.options, with_dashes(key)) != names.options.end();
}

// "raft.no_op": the key no_op in the table raft; without a dot there is no table.
struct Path {
  std::string table;
  std::string key;
};

Path path_of(const std::string& path) {
  const auto dot = path.find('.');
  if (dot == std::string::npos) return {.table = {}, .key = path};
  return {.table = path.substr(0, dot), .key = path.substr(dot + 1)};
}

// The other name of what has two; empty for all else. Where that is no option of the model, the
// reader says so.
std::string other_name(const Names& names, const std::string& key) {
  const std::string model = names.model + ".";
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"servers", model + "servers"},
      {"logs", model + "logs"},
      {"clients.count", model + "clients"},
      {"clients.timeout", model + "retry"}};
  for (const auto& [one, other] : pairs) {
    if (key == one) return other;
    if (key == other) return one;
  }
  return "";
}

// An option of a model may be spelt with '-' for '_'.
void erase_key(TomlTable& all, const std::string& path) {
  const Path at = path_of(path);
  TomlTable* table = &all;
  if (!at.table.empty()) {
    TomlEntry* entry = find_key(all, at.table);
    table = entry == nullptr ? nullptr : std::get_if<TomlTable>(&entry->value);
  }
  if (table == nullptr) return;
  const std::string dashed = at.table.empty() ? at.key : with_dashes(at.key);
  std::erase_if(table->entries,
                [&](const TomlEntry& one) { return one.key == at.key || one.key == dashed; });
}

// The table of that key, which is made where there is none.
TomlTable& table_in(TomlTable& all, const std::string& key, const TomlEntry& wanted_by) {
  if (TomlEntry* entry = find_key(all, key)) {
    if (auto* table = std::get_if<TomlTable>(&entry->value)) return *table;
    refuse_value(*entry, "a table, headed [" + key + "]");
  }
  all.entries.push_back({.key = key,
                         .key_place = wanted_by.key_place,
                         .place = wanted_by.place,
                         .value = TomlTable{}});
  return std::get<TomlTable>(all.entries.back().value);
}

}  // namespace

Setting typed_setting(const std::string& key, const std::string& value, const Place& place) {
  return {.key = key,
          .value = {.key = {}, .key_place = place, .place = place, .value = typed_value(value)}};
}

std::vector<std::string> settable_keys(const Names& names) {
  std::vector<std::string> keys;
  for (const ScenarioKey& key : scenario_keys) {
    if (!is_settable(key)) continue;
    const std::string name(key.key);
    if (!key.table.empty())
      keys.push_back(std::string(key.table) + "." + name);
    else if (key.shape != Shape::servers || is_option(names, name))
      keys.push_back(name);
  }
  for (const std::string& option : names.options) {
    std::string key = names.model + "." + option;
    std::ranges::replace(key.begin() + static_cast<std::ptrdiff_t>(names.model.size()), key.end(),
                         '-', '_');
    keys.push_back(std::move(key));
  }
  return keys;
}

bool is_same_key(const Names& names, const std::string& one, const std::string& other) {
  return one == other || other_name(names, one) == other;
}

void set_key(TomlTable& all, const Names& names, const Setting& setting) {
  erase_key(all, setting.key);
  if (const std::string other = other_name(names, setting.key); !other.empty())
    erase_key(all, other);
  const Path path = path_of(setting.key);
  TomlTable& where = path.table.empty() ? all : table_in(all, path.table, setting.value);
  where.entries.push_back(setting.value);
  where.entries.back().key = path.key;
}

std::optional<std::string> typed_text(const TomlEntry& entry) {
  using Text = std::optional<std::string>;
  return match(
      entry.value, [](const std::string& text) -> Text { return text; },
      [](std::int64_t number) -> Text { return std::to_string(number); },
      [](bool truth) -> Text { return truth ? "true" : "false"; },
      [](const auto& /*other*/) -> Text { return {}; });
}

TomlEntry* find_key(TomlTable& table, std::string_view key) {
  const auto entry = std::ranges::find(table.entries, key, &TomlEntry::key);
  return entry == table.entries.end() ? nullptr : &*entry;
}

}  // namespace coracle::sim
