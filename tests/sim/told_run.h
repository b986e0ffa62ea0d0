// Any run of a small Raft, told: what comes next is drawn from a number. Its network loses and
// repeats, its servers crash and come back, its disks write later.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "model/network.h"
#include "sim/happened.h"

namespace coracle::sim {

struct ToldRun {
  Cast cast;
  std::vector<Happened> events;
};

ToldRun raft_run(std::uint32_t number, NetworkKind network, bool timed = true);

// What a view makes of a run, in the middle of which there is a note.
template <class MakeView>
std::string written(MakeView make, const ToldRun& run, const std::string& note = "",
                    const std::string& failure = "") {
  std::ostringstream out;
  const std::unique_ptr<View> view = make(out, run.cast);
  for (std::size_t i = 0; i < run.events.size(); ++i) {
    view->take(run.events[i]);
    if (!note.empty() && i == run.events.size() / 2) view->note(run.events[i].at, note);
  }
  view->finish(failure);
  return std::move(out).str();
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace coracle::sim
