// The replicated log, usable on its own: entries from index 1 on, without gaps.
//
//     index   1  2  3  4          accept({.term = 1, .index = 2}, [2 2])
//     term    1  1  1  3    ->    1  1  2  2     the third conflicts: it goes, with all that follow
//
// Copies share their entries: a state is copied, and two logs are compared, whatever their length.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "model/check.h"
#include "model/raft/types.h"
#include "model/shared_list.h"

namespace coracle::raft {

class Log {
 public:
  Log() = default;
  explicit Log(const std::vector<Entry>& entries) : entries_(entries) {}

  std::size_t size() const { return entries_.size(); }

  // The zero EntryId where the log is empty.
  EntryId last() const {
    if (entries_.empty()) return {};
    return {.term = entries_.back().term, .index = {entries_.size()}};
  }

  // Term{0} at Index{0}; nothing past the end.
  std::optional<Term> term_at(Index index) const {
    if (index == Index{0}) return Term{0};
    if (index > last().index) return {};
    return at(index).term;
  }

  const Entry& at(Index index) const {
    CHECK(index > Index{0} && index <= last().index);
    return entries_[index.value - 1];
  }

  // Both are cut to what there is.
  std::span<const Entry> from(Index first) const {
    CHECK(first > Index{0});
    return std::span(entries_).subspan(std::min<std::size_t>(first.value - 1, size()));
  }
  std::span<const Entry> up_to(Index last) const {
    return std::span(entries_).first(std::min<std::size_t>(last.value, size()));
  }

  // As a leader does.
  EntryId append(Entry entry) {
    entries_.push_back(std::move(entry));
    return last();
  }

  // As a follower does (5.3). False, and nothing changed, where no entry matches `previous`.
  // Idempotent: only an entry in conflict takes those that follow it away, so a delayed append
  // undoes nothing.
  [[nodiscard]] bool accept(EntryId previous, std::span<const Entry> entries) {
    if (term_at(previous.index) != previous.term) return false;
    const auto fresh = missing(previous, entries);
    if (!fresh.empty()) rewrite({previous.index.value + entries.size() - fresh.size() + 1}, fresh);
    return true;
  }

  // The part of `entries`, which follow `previous`, that this log does not have yet.
  std::span<const Entry> missing(EntryId previous, std::span<const Entry> entries) const {
    Index index = next(previous.index);
    while (!entries.empty() && term_at(index) == entries.front().term) {
      entries = entries.subspan(1);
      index = next(index);
    }
    return entries;
  }

  // Cuts off everything from `first` on, then appends. `entries` are none of this log's own.
  void rewrite(Index first, std::span<const Entry> entries) {
    CHECK(first > Index{0} && first <= next(last().index));
    entries_.cut(first.value - 1);
    for (const Entry& entry : entries) entries_.push_back(entry);
  }

  // Whether the two are the same up to `last`, which both of them have.
  friend bool same_up_to(Index last, const Log& a, const Log& b) {
    CHECK(last <= a.last().index && last <= b.last().index);
    return same_prefix(a.entries_, b.entries_, last.value);
  }

  auto operator<=>(const Log&) const = default;

 private:
  SharedList<Entry> entries_;
  BOOST_DESCRIBE_CLASS(Log, (), (), (), (entries_))
};

}  // namespace coracle::raft
