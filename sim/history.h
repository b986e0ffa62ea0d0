// What clients saw of a system: which call each made and when, and when it was answered and how.
// Nothing of what happened inside.
//
//     client 1   |-- set x 1 -------------------------------- ...   no answer: open for ever
//     client 2        |-- get x: 1 --|   |-- get x: 1 --|
//
// Real time is kept as the order of the invocations and completions; hours are for telling alone.
// A call that is known to have failed did not happen, and is not in it. (Jepsen's words: a process
// makes an operation; invoke, and ok, fail or info.)
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "model/check.h"
#include "sim/time.h"

namespace coracle::sim {

using Process = std::uint64_t;

// The place among all invocations and completions of the history, from 0, says what was before
// what. The time is in nanoseconds, or is whatever counts the events of a history without a clock.
struct Moment {
  std::size_t place = 0;
  Time time = 0;
  auto operator<=>(const Moment&) const = default;
};

template <class Operation, class Result>
struct Recorded {
  Process process = 0;
  Operation operation{};
  Moment invoked{};
  // None: nobody knows. It took effect, or will, or never does. There is a result where it was
  // completed, and only there.
  std::optional<Moment> completed{};
  std::optional<Result> result{};
  auto operator<=>(const Recorded&) const = default;
};

template <class Operation, class Result>
struct History {
  std::vector<Recorded<Operation, Result>> operations{};  // in the order of their invocations
  bool timed = true;                                      // times are nanoseconds
  auto operator<=>(const History&) const = default;
};

template <class Operation, class Result>
std::size_t count_of_processes(const History<Operation, Result>& history) {
  std::set<Process> all;
  for (const auto& recorded : history.operations) all.insert(recorded.process);
  return all.size();
}

// Writes a history down while it happens. A process makes one call after the other; who gives up
// on a call and goes on is another process in all but its name.
template <class Operation, class Result>
class Recorder {
 public:
  explicit Recorder(bool timed = true) { history_.timed = timed; }

  bool is_busy(Process process) const { return under_way_.contains(process); }

  // The call that a busy process waits for.
  const Operation& asked_by(Process process) const {
    return history_.operations[under_way_.at(process)].operation;
  }

  void invoke(Process process, Operation operation, Time time) {
    CHECK(!is_busy(process));
    under_way_[process] = history_.operations.size();
    Recorded<Operation, Result> recorded{.process = process, .operation = std::move(operation)};
    recorded.invoked = {.place = events_++, .time = time};
    history_.operations.push_back(std::move(recorded));
    failed_.push_back(false);
  }

  void complete(Process process, Result result, Time time) {
    auto& recorded = history_.operations[no_longer_under_way(process)];
    recorded.completed = {.place = events_++, .time = time};
    recorded.result = std::move(result);
  }

  // It is known not to have happened, and never to happen.
  void fail(Process process) { failed_[no_longer_under_way(process)] = true; }

  // Nobody will know.
  void lose(Process process) { no_longer_under_way(process); }

  // What was recorded, without what failed.
  History<Operation, Result> history() const {
    History<Operation, Result> kept;
    kept.timed = history_.timed;
    std::vector<Moment*> moments;
    kept.operations.reserve(history_.operations.size());
    for (std::size_t at = 0; at < history_.operations.size(); ++at)
      if (!failed_[at]) kept.operations.push_back(history_.operations[at]);
    for (auto& recorded : kept.operations) {
      moments.push_back(&recorded.invoked);
      if (recorded.completed) moments.push_back(&*recorded.completed);
    }
    std::ranges::sort(moments, {}, [](const Moment* moment) { return moment->place; });
    for (std::size_t place = 0; place < moments.size(); ++place) moments[place]->place = place;
    return kept;
  }

 private:
  std::size_t no_longer_under_way(Process process) {
    const auto found = under_way_.find(process);
    CHECK(found != under_way_.end());
    const std::size_t at = found->second;
    under_way_.erase(found);
    return at;
  }

  History<Operation, Result> history_;
  std::vector<bool> failed_;
  std::map<Process, std::size_t> under_way_;
  std::size_t events_ = 0;
};

}  // namespace coracle::sim
