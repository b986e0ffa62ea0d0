// Breadth-first exploration of every reachable world, a level at a time.
//
// A level is always finished before a verdict, so that what is reported (counts, first depths, the
// hash) depends on the protocol and the bounds alone. No world remembers where it came from;
// checker/path.h finds that out when asked.
#pragma once

#include <atomic>
#include <boost/sort/spreadsort/integer_sort.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "checker/report.h"
#include "checker/space.h"

namespace coracle::checker {

struct Limits {
  std::optional<std::uint64_t> max_states;  // stop at the end of the level that reaches it
  std::optional<std::size_t> max_depth;
  std::optional<std::chrono::nanoseconds> time_limit;
  const std::atomic<bool>* interrupted = nullptr;
  bool keep_going = false;  // past the first violation
};

struct Progress {
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  std::uint64_t queue = 0;
  std::size_t depth = 0;
  std::size_t bytes = 0;
  double seconds = 0;
};

template <Protocol P>
class Search {
 public:
  Search(Space<P>& space, Limits limits) : space_(space), limits_(limits) {}

  // Is called now and then, at most some hundred times a second.
  std::function<void(const Progress&)> on_progress;

  Report run() {
    started_ = Clock::now();
    report_.generated = 1;
    counts_ = ActionCounts::of(space_.interned().cluster());
    seen_.note(space_.initial());
    settle();
    note_marks(0);
    report_.ending = explore();
    for (std::size_t i = expanded_; i < worlds_.size(); ++i) add_to_hash(worlds_[i]);
    return finished();
  }

  // Worlds in the order of their depth; those at depth d are worlds[begins[d] .. begins[d + 1]).
  const Chunked<WorldKey>& worlds() const { return worlds_; }
  const std::vector<std::size_t>& begins() const { return begins_; }

 private:
  using Clock = std::chrono::steady_clock;

  // So many worlds are expanded between two looks at the limits.
  static constexpr std::size_t batch = 32;

  Ending explore() {
    for (std::size_t depth = 0;; ++depth) {
      const std::size_t begin = begins_.back();
      const std::size_t end = worlds_.size();
      if (begin == end) break;
      report_.depth = depth;
      if (violated_ != 0 && !limits_.keep_going) return Ending::violation;
      if (limits_.max_states && end >= *limits_.max_states) return Ending::max_states;
      if (limits_.max_depth && depth >= *limits_.max_depth) return Ending::max_depth;
      sort_level(begin, end);
      begins_.push_back(end);
      for (std::size_t i = begin; i < end; i += batch) {
        if (const auto reason = reason_to_stop()) {
          settle();
          note_marks(depth + 1);
          return *reason;
        }
        expand(i, std::min(i + batch, end));
      }
      settle();
      note_marks(depth + 1);
    }
    return violated_ != 0 ? Ending::violation : Ending::complete;
  }

  // Neighbours then have the same messages in flight, and what becomes of those is near at hand.
  void sort_level(std::size_t begin, std::size_t end) {
    level_.resize(end - begin);
    for (std::size_t i = begin; i < end; ++i) level_[i - begin] = worlds_[i];
    boost::sort::spreadsort::integer_sort(level_.begin(), level_.end());
    for (std::size_t i = begin; i < end; ++i) worlds_[i] = level_[i - begin];
  }

  void expand(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      add_to_hash(worlds_[i]);
      bool moves = false;
      bool moves_within = false;
      space_.for_each_successor(worlds_[i],
                                [&]<class Taken>(const Taken& action, const auto& next) {
                                  count(action);
                                  report_.generated += 1;
                                  report_.changed += next.changed ? 1 : 0;
                                  if constexpr (!is_fault<Taken>) {
                                    moves |= next.changed;
                                    moves_within |= next.changed && next.within;
                                  }
                                  if (!next.within) {
                                    report_.out_of_bounds += 1;
                                  } else if (next.changed) {
                                    seen_.note(next.key());
                                  }
                                });
      report_.terminal += moves ? 0 : 1;
      report_.cut += moves && !moves_within ? 1 : 0;
      if (!moves) stuck_ = true;
    }
    expanded_ = end;
    if (seen_.is_due()) settle();
  }

  void settle() {
    seen_.settle([&](WorldKey key) { worlds_.push_back(key); });
  }

  void add_to_hash(WorldKey key) { report_.hash += space_.content_hash(key); }

  void count(const Deliver<Id>& a) {
    counts_.add(0, space_.interned().label_of_envelope(a.envelope));
  }
  void count(const Drop<Id>& a) { counts_.add(1, space_.interned().label_of_envelope(a.envelope)); }
  void count(const Duplicate<Id>& a) {
    counts_.add(2, space_.interned().label_of_envelope(a.envelope));
  }
  void count(const Expire<Id>& a) { counts_.add(3, space_.interned().label_of_event(a.event)); }
  void count(const Request<Id>& a) { counts_.add(4, space_.interned().label_of_event(a.event)); }
  void count(const Flush<Id>& a) { counts_.add(5, space_.interned().label_of_event(a.event)); }
  void count(const Crash&) { counts_.add(6, 0); }
  void count(const Restart&) { counts_.add(7, 0); }

  // What spoke for the first time did so at this depth; a world that is stuck was known for it when
  // it was expanded.
  void note_marks(std::size_t depth) {
    note(space_.interned().all_marks(), depth);
    if (stuck_ && depth > 0) note(space_.judge().stuck(), depth - 1);
  }
  void note(Marks marks, std::size_t depth) {
    const Marks fresh = marks & ~spoken_;
    spoken_ |= marks;
    const auto& asked = space_.judge().asked();
    first_depth_.resize(asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if ((fresh >> i & 1U) == 0) continue;
      first_depth_[i] = depth;
      if (asked[i].expectation == Expectation::always) violated_ |= Marks{1} << i;
    }
  }

  std::optional<Ending> reason_to_stop() {
    if (limits_.interrupted != nullptr && limits_.interrupted->load(std::memory_order_relaxed))
      return Ending::interrupted;
    if (expanded_ < next_look_) return {};
    next_look_ = expanded_ + 4096;
    const auto elapsed = Clock::now() - started_;
    if (limits_.time_limit && elapsed > *limits_.time_limit) return Ending::time_limit;
    if (on_progress)
      on_progress({worlds_.size(), report_.generated, worlds_.size() - expanded_, report_.depth,
                   bytes(), std::chrono::duration<double>(elapsed).count()});
    return {};
  }

  std::size_t bytes() const { return space_.interned().bytes() + seen_.bytes() + worlds_.bytes(); }

  Report finished() {
    report_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    report_.distinct = worlds_.size();
    report_.queue = worlds_.size() - expanded_;
    report_.depth = begins_.size() - (worlds_.size() > begins_.back() ? 1 : 2);
    report_.bytes = bytes();
    report_.node_rows = space_.interned().node_rows();
    report_.networks = space_.interned().networks();
    report_.next_state_calls = space_.interned().next_state_calls();
    report_.actions = counts_.list();
    if (space_.interned().cluster().observing)
      report_.observers.emplace_back("what nodes that crashed have seen");
    const auto& asked = space_.judge().asked();
    for (std::size_t i = 0; i < asked.size(); ++i)
      report_.properties.push_back({std::string(asked[i].name),
                                    std::string(asked[i].meaning),
                                    asked[i].expectation,
                                    verdict(asked[i].expectation, spoken_ >> i & 1U),
                                    first_depth_[i],
                                    {}});
    return report_;
  }

  Verdict verdict(Expectation expectation, bool spoken) const {
    if (expectation == Expectation::always && spoken) return Verdict::violated;
    if (expectation == Expectation::sometimes && spoken) return Verdict::shown;
    const bool whole = report_.ending == Ending::complete || report_.queue == 0;
    if (!whole) return Verdict::open;
    return expectation == Expectation::always ? Verdict::holds : Verdict::missed;
  }

  Space<P>& space_;
  Limits limits_;
  Clock::time_point started_;
  Report report_;
  ActionCounts counts_;
  SeenSet seen_;
  Chunked<WorldKey> worlds_;
  std::vector<std::size_t> begins_{0};
  std::vector<WorldKey> level_;
  std::size_t expanded_ = 0;
  std::size_t next_look_ = 0;
  Marks spoken_ = 0;
  Marks violated_ = 0;
  bool stuck_ = false;
  std::vector<std::optional<std::size_t>> first_depth_;
};

}  // namespace coracle::checker
