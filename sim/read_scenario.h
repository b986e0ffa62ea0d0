// Scenarios from their TOML text: see sim/scenario.h for what they mean, sim/scenario_keys.h for
// all keys, sim/sentences.h for the sentences in them, sim/extends.h for what a file has from
// another, and sim/matrix.h for one that is several.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/extends.h"
#include "sim/input.h"
#include "sim/scenario.h"
#include "sim/settings.h"

namespace coracle::sim {

// The words of a model, by its name; an InputError where there is no such model.
using NamesOf = std::function<Names(const std::string& model)>;

// All combinations of the file's matrix, in its order; without one, a single scenario. Throws an
// InputError of one line, "FILE:LINE:COLUMN: what is wrong; what was expected", for the first
// mistake. `file` is a name, from which the paths of what it extends are seen.
std::vector<Scenario> read_scenarios(const std::string& file, std::string_view text,
                                     const NamesOf& names_of, const ReadFile& read_file,
                                     const std::vector<Setting>& settings = {});

// A text that is one scenario by itself.
Scenario read_scenario(const std::string& file, std::string_view text, const NamesOf& names_of);

}  // namespace coracle::sim
