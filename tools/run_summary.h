// What `coracle run` says of its runs: a line a scenario, and how to see a failure again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario.h"
#include "tools/arguments.h"
#include "tools/ran.h"

namespace coracle::tools {

struct Task {
  const sim::Scenario* scenario = nullptr;
  std::uint64_t seed = 0;
};

struct Results {
  std::vector<std::optional<Ran>> runs;  // by task; none: not run
  std::string refusal;                   // of what cannot be run at all
};

// What led to how a run of so many events ended; it is run again for that.
using ToldPast = std::function<std::string(const Task&, std::uint64_t events)>;

// Prints what was found, and writes the JSON that was asked for. Returns the exit code.
int deliver(const std::vector<Task>& tasks, const Results& results,
            const options::variables_map& typed, bool quiet, const ToldPast& told_past);

}  // namespace coracle::tools
