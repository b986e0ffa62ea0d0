// A scenario that is several: every combination of the values that its matrix gives to some keys.
//
//     [matrix]
//     raft.pre_vote = [true, false]
//     network.loss = ["0 %", "5 %"]
//
// Its steps and expectations are there in all of them, or `only` in some:
//
//     [[expect]]
//     always = "1 is leader"
//     only = { raft.pre_vote = true }
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/scenario.h"
#include "sim/settings.h"
#include "sim/toml.h"

namespace coracle::sim {

struct Axis {
  std::string key;
  std::vector<TomlEntry> values;  // as the file has them
  std::vector<TomlEntry> taken;   // in turn: these, or the one that was set on the command line
  bool varies = true;
};

struct Matrix {
  TomlTable all;  // without the matrix
  std::vector<Axis> axes;
};

// The settings are what stands on the command line: a key that is set does not vary any more.
// Throws an InputError as `refuse` does.
Matrix matrix_of(TomlTable all, const Names& names, const std::vector<Setting>& settings);

// How many combinations there are.
std::size_t size(const Matrix& matrix);

struct Combination {
  TomlTable table;
  // What is typed to get it, of the keys that vary: {"raft.pre_vote", "true"}.
  std::vector<std::pair<std::string, std::string>> axes;
};

// The combination of that number, from 0; the last key varies fastest.
Combination combination(const Matrix& matrix, const Names& names, std::size_t number);

// "scenarios/x.toml[raft.pre_vote=true, network.loss=0 %]", or just its file.
std::string name_of(const Scenario& scenario);

}  // namespace coracle::sim
