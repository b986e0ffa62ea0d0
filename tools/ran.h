// How a scenario is run, and what came of it.
#pragma once

#include <atomic>
#include <optional>
#include <ostream>
#include <string>

#include "sim/run_report.h"

namespace coracle::tools {

struct RunSettings {
  std::ostream* log = nullptr;       // where each event is told
  std::optional<std::string> trace;  // the file to write
  const std::atomic<bool>* stop = nullptr;
  std::optional<std::string> history;  // the file for what clients called and were told
  bool twice = false;                  // run it again, and see whether it is the same
  // Tell what led to its failure; it is known to have so many events.
  std::optional<std::uint64_t> past{};
};

struct Ran {
  sim::RunReport report;
  std::optional<bool> deterministic;  // where it was run twice
  std::string past;                   // where that was wanted, and it failed
};

}  // namespace coracle::tools
