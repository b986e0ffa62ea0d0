#include "sim/matrix.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sim/input.h"

namespace coracle::sim {
namespace {

constexpr std::size_t combinations_max = 10'000;

constexpr std::string_view one_value = "a text, a whole number, true or false";

std::string typed(const TomlEntry& entry) {
  if (const auto text = typed_text(entry)) return *text;
  refuse_value(entry, one_value);
}

// f of each key of the table by its path: raft.pre_vote is two tables to TOML, "raft.pre_vote" one.
template <class F>
void for_each_path(const TomlTable& table, const std::string& prefix, const F& f) {
  for (const TomlEntry& entry : table.entries) {
    if (const auto* below = std::get_if<TomlTable>(&entry.value))
      for_each_path(*below, prefix + entry.key + ".", f);
    else
      f(entry, prefix + entry.key);
  }
}

// ---- the keys that vary

Axis axis_of(const TomlEntry& entry, const std::string& key) {
  const auto* array = std::get_if<TomlArray>(&entry.value);
  if (array == nullptr || array->elements.empty())
    refuse_value(entry, "an array of the values to take in turn, one at least");
  std::set<std::string> seen;
  for (const TomlEntry& value : array->elements) {
    const std::string text = typed(value);
    if (!seen.insert(text).second)
      refuse(value.place, key + " '" + text + "' for the second time; expected it once");
  }
  return {.key = key, .values = array->elements, .taken = array->elements};
}

std::vector<Axis> axes_of(const TomlTable& table, const Names& names) {
  const std::vector<std::string> known = settable_keys(names);
  std::vector<Axis> axes;
  std::size_t combinations = 1;
  for_each_path(table, "", [&](const TomlEntry& entry, const std::string& key) {
    if (std::ranges::find(known, key) == known.end())
      refuse(entry.key_place, "unknown key '" + key + "' in [matrix]" + near_match(key, known));
    for (const Axis& axis : axes)
      if (is_same_key(names, axis.key, key))
        refuse(entry.key_place, key + " for the second time; expected it once");
    axes.push_back(axis_of(entry, key));
    combinations *= axes.back().values.size();
    if (combinations > combinations_max)
      refuse(entry.key_place, key + " makes " + std::to_string(combinations) +
                                  " combinations; expected at most " +
                                  std::to_string(combinations_max));
  });
  return axes;
}

void set_in(Matrix& matrix, const Names& names, const Setting& setting) {
  const std::vector<std::string> known = settable_keys(names);
  if (std::ranges::find(known, setting.key) == known.end())
    refuse(setting.value.place,
           "there is no key '" + setting.key + "'" + near_match(setting.key, known));
  const auto axis = std::ranges::find_if(
      matrix.axes, [&](const Axis& one) { return is_same_key(names, one.key, setting.key); });
  if (axis == matrix.axes.end()) {
    set_key(matrix.all, names, setting);
  } else {
    axis->taken = {setting.value};
    axis->varies = false;
  }
}

// ---- one combination

using Chosen = std::vector<const TomlEntry*>;  // of each axis

Chosen chosen(const Matrix& matrix, std::size_t number) {
  Chosen values(matrix.axes.size());
  for (std::size_t axis = matrix.axes.size(); axis-- > 0;) {
    const auto& taken = matrix.axes[axis].taken;
    values[axis] = &taken[number % taken.size()];
    number /= taken.size();
  }
  return values;
}

// Whether what was chosen is the value, or one of them.
bool is_chosen(const TomlEntry& entry, const Axis& axis, const TomlEntry& value) {
  const auto* array = std::get_if<TomlArray>(&entry.value);
  const auto wanted = array != nullptr ? array->elements : std::vector{entry};
  if (wanted.empty()) refuse_value(entry, "a value of " + axis.key + ", or an array of them");
  std::vector<std::string> known;
  for (const TomlEntry& one : axis.values) known.push_back(typed(one));
  bool found = false;
  for (const TomlEntry& one : wanted) {
    const std::string text = typed(one);
    if (std::ranges::find(known, text) == known.end())
      refuse(one.place, "'" + text + "' is no value of " + axis.key + " in [matrix]" +
                            near_match(text, known));
    found = found || text == typed(value);
  }
  return found;
}

bool holds(const TomlTable& only, const Matrix& matrix, const Names& names, const Chosen& values) {
  bool all = true;
  for_each_path(only, "", [&](const TomlEntry& entry, const std::string& key) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < matrix.axes.size(); ++i) {
      const Axis& axis = matrix.axes[i];
      known.push_back(axis.key);
      if (!is_same_key(names, axis.key, key)) continue;
      all = is_chosen(entry, axis, *values[i]) && all;
      return;
    }
    refuse(entry.key_place, "'" + key + "' is no key of [matrix]" + near_match(key, known));
  });
  return all;
}

// Leaves only the steps, or the expectations, of this combination.
void keep_those_of(const Chosen& values, TomlEntry& tables, const Matrix& matrix,
                   const Names& names) {
  auto* array = std::get_if<TomlArray>(&tables.value);
  if (array == nullptr) return;
  std::vector<TomlEntry> kept;
  for (TomlEntry& element : array->elements) {
    auto* table = std::get_if<TomlTable>(&element.value);
    const TomlEntry* only = table == nullptr ? nullptr : find_key(*table, "only");
    if (only != nullptr &&
        !holds(table_of(*only, "what the matrix varies, such as { raft.pre_vote = false }"), matrix,
               names, values))
      continue;
    kept.push_back(std::move(element));
  }
  array->elements = std::move(kept);
}

}  // namespace

Matrix matrix_of(TomlTable all, const Names& names, const std::vector<Setting>& settings) {
  Matrix matrix;
  if (const TomlEntry* entry = find_key(all, "matrix"))
    matrix.axes = axes_of(table_of(*entry, "a table, headed [matrix]"), names);
  std::erase_if(all.entries, [](const TomlEntry& entry) { return entry.key == "matrix"; });
  matrix.all = std::move(all);
  for (const Setting& setting : settings) set_in(matrix, names, setting);
  return matrix;
}

std::size_t size(const Matrix& matrix) {
  std::size_t combinations = 1;
  for (const Axis& axis : matrix.axes) combinations *= axis.taken.size();
  return combinations;
}

Combination combination(const Matrix& matrix, const Names& names, std::size_t number) {
  Combination one{.table = matrix.all, .axes = {}};
  const Chosen values = chosen(matrix, number);
  for (const char* tables : {"step", "expect"})
    if (TomlEntry* entry = find_key(one.table, tables))
      keep_those_of(values, *entry, matrix, names);
  for (std::size_t i = 0; i < matrix.axes.size(); ++i) {
    const Axis& axis = matrix.axes[i];
    set_key(one.table, names, {.key = axis.key, .value = *values[i]});
    if (axis.varies) one.axes.emplace_back(axis.key, typed(*values[i]));
  }
  return one;
}

std::string name_of(const Scenario& scenario) {
  if (scenario.axes.empty()) return scenario.file;
  std::string name = scenario.file;
  for (const auto& [key, value] : scenario.axes)
    name += (name.size() == scenario.file.size() ? "[" : ", ") + key + "=" + value;
  return name + "]";
}

}  // namespace coracle::sim
