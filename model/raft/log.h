// The replicated log, usable on its own: a snapshot of the first entries, where there is one, and
// those that follow, without gaps.
//
//     index   1  2  3  4          accept({.term = 1, .index = 2}, [2 2])
//     term    1  1  1  3    ->    1  1  2  2     the third conflicts: it goes, with all that follow
//
// Copies share their entries: a state is copied, and two logs are compared, whatever their length.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
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
  explicit Log(const std::vector<Entry>& entries) : entries_(entries), changed_(last_change()) {}

  // How many entries there are beyond the snapshot.
  std::size_t size() const { return entries_.size(); }
  const SharedList<Snapshot>& snapshot() const { return snapshot_; }

  // The last entry that the snapshot stands for; the zero EntryId where there is none.
  EntryId base() const { return base_; }

  // The first index that has an entry, or will have: what precedes it is in the snapshot.
  Index first() const { return next(base().index); }

  // The zero EntryId where nothing was ever appended.
  EntryId last() const {
    if (entries_.empty()) return base();
    return {.term = entries_.back().term, .index = {base().index.value + size()}};
  }

  // Term{0} at Index{0}; nothing past the end, nor before the snapshot's last entry.
  std::optional<Term> term_at(Index index) const {
    if (index == base().index) return base().term;
    if (index < first() || index > last().index) return {};
    return at(index).term;
  }

  const Entry& at(Index index) const {
    CHECK(index >= first() && index <= last().index);
    return entries_[place_of(index)];
  }

  // Cut to what there is.
  std::span<const Entry> from(Index index) const {
    CHECK(index >= first());
    return std::span(entries_).subspan(std::min(place_of(index), size()));
  }

  // Of all entries up to `last`, those in the snapshot too. Of `last` in the log, or the
  // snapshot's.
  Hash128 digest(Index last) const {
    CHECK(next(last) >= first() && last <= this->last().index);
    return entries_.prefix_hash(place_of(next(last)));
  }

  // The last entry, the snapshot's last one too, of an index and a term that are no later. The zero
  // EntryId where there is none.
  EntryId last_up_to(EntryId most) const {
    const std::span<const Entry> entries = std::span(entries_).first(
        most.index < first() ? 0 : std::min(place_of(next(most.index)), size()));
    const auto later =
        std::upper_bound(entries.begin(), entries.end(), most.term,
                         [](Term term, const Entry& entry) { return term < entry.term; });
    if (later == entries.begin())
      return base_.index <= most.index && base_.term <= most.term ? base_ : EntryId{};
    const auto count = static_cast<std::uint64_t>(later - entries.begin());
    return {.term = std::prev(later)->term, .index = {base_.index.value + count}};
  }

  // The last entry that is a configuration; zero where none is.
  Index changed() const { return changed_; }

  // The configuration in force at `index`, and at the end of the log; null where nothing in the log
  // says so.
  const Configuration* configuration_at(Index index) const {
    const Index change = index < changed_ ? change_up_to(index) : changed_;
    if (change > Index{0}) return &*at(change).configuration;
    return snapshot_.empty() ? nullptr : &snapshot_.front().configuration;
  }
  const Configuration* configuration() const { return configuration_at(last().index); }

  // As a leader does.
  EntryId append(Entry entry) {
    push(std::move(entry));
    return last();
  }

  // As a follower does (5.3). False, and nothing changed, where no entry matches `previous`.
  // Idempotent: only an entry in conflict takes those that follow it away, so a delayed append
  // undoes nothing.
  [[nodiscard]] bool accept(EntryId previous, std::span<const Entry> entries) {
    if (!matches(previous, entries)) return false;
    const auto fresh = missing(previous, entries);
    if (!fresh.empty()) rewrite({previous.index.value + entries.size() - fresh.size() + 1}, fresh);
    return true;
  }

  // Whether there is an entry for `entries` to follow. What the snapshot stands for is committed:
  // every leader has it, so it matches.
  bool matches(EntryId previous, std::span<const Entry> entries) const {
    skip_snapshot(previous, entries);
    return previous.index < base().index || term_at(previous.index) == previous.term;
  }

  // The part of `entries`, which follow `previous`, that this log does not have yet.
  std::span<const Entry> missing(EntryId previous, std::span<const Entry> entries) const {
    skip_snapshot(previous, entries);
    Index index = next(previous.index);
    while (!entries.empty() && term_at(index) == entries.front().term) {
      entries = entries.subspan(1);
      index = next(index);
    }
    return entries;
  }

  // Cuts off everything from `first` on, then appends. `entries` are none of this log's own.
  void rewrite(Index first, std::span<const Entry> entries) {
    CHECK(first >= this->first() && first <= next(last().index));
    entries_.cut(place_of(first));
    if (changed_ >= first) changed_ = last_change();
    for (const Entry& entry : entries) push(entry);
  }

  // The snapshot takes the place of the entries that it stands for. Those that follow stay only
  // where the log has its last entry (7).
  void install(const SharedList<Snapshot>& snapshot) {
    const EntryId last = snapshot.front().last;
    SharedList<Entry> rest(snapshot.front().digest);
    if (term_at(last.index) == last.term)
      for (const Entry& entry : from(next(last.index))) rest.push_back(entry);
    entries_ = std::move(rest);
    snapshot_ = snapshot;
    base_ = last;
    changed_ = last_change();
  }

  // Whether the two are the same up to `last`, which both of them have. Where one has only a
  // snapshot that goes farther, nothing is left to tell them apart.
  friend bool same_up_to(Index last, const Log& a, const Log& b) {
    if (a.base_.index != b.base_.index) return same_from_different_bases(last, a, b);
    if (last < a.base_.index) return true;
    CHECK(a.place_of(next(last)) <= std::min(a.size(), b.size()));
    return same_prefix(a.entries_, b.entries_, a.place_of(next(last)));
  }

  auto operator<=>(const Log&) const = default;

 private:
  static bool same_from_different_bases(Index last, const Log& a, const Log& b) {
    CHECK(last <= std::min(a.last().index, b.last().index));
    return last < std::max(a.base_.index, b.base_.index) || a.digest(last) == b.digest(last);
  }

  std::size_t place_of(Index index) const { return index.value - first().value; }

  void push(Entry entry) {
    const bool changes = entry.configuration.has_value();
    entries_.push_back(std::move(entry));
    if (changes) changed_ = last().index;
  }

  // Looks back for it, which only a change that is taken back or compacted asks for.
  Index change_up_to(Index index) const {
    for (; index >= first(); index = {index.value - 1})
      if (at(index).configuration) return index;
    return {};
  }
  Index last_change() const { return change_up_to(last().index); }

  // Leaves of an append what goes beyond the snapshot, or what is empty and does not reach it.
  void skip_snapshot(EntryId& previous, std::span<const Entry>& entries) const {
    while (previous.index < base().index && !entries.empty()) {
      previous = {.term = entries.front().term, .index = next(previous.index)};
      entries = entries.subspan(1);
    }
  }

  SharedList<Snapshot> snapshot_;  // none or one
  EntryId base_;                   // asked far too often to be looked up there
  SharedList<Entry> entries_;
  Index changed_;  // so is this
  BOOST_DESCRIBE_CLASS(Log, (), (), (), (snapshot_, entries_))
};

}  // namespace coracle::raft
