// The log on its own: Figure 2's rules for appends and Figure 13's for snapshots, one by one and
// then all small cases at once.
#include "model/raft/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

TEST(Log, StartsEmpty) {
  const Log log;
  EXPECT_EQ(log.last(), EntryId{});
  EXPECT_EQ(log.term_at({0}), Term{0});
  EXPECT_EQ(log.term_at({1}), std::nullopt);
  EXPECT_TRUE(log.from({1}).empty());
}

TEST(Log, CountsItsEntriesFromOne) {
  Log log;
  EXPECT_EQ(log.append({{1}, "a"}), (EntryId{.term = {1}, .index = {1}}));
  EXPECT_EQ(log.append({{2}, "b"}), (EntryId{.term = {2}, .index = {2}}));
  EXPECT_EQ(log.at({1}), (Entry{{1}, "a"}));
  EXPECT_EQ(log.term_at({2}), Term{2});
  EXPECT_EQ(log.from({2}).size(), 1U);
  EXPECT_EQ(log.from({7}).size(), 0U);
  EXPECT_EQ(log.size(), 2U);
}

TEST(Log, NeverHasAGap) {
  Log log = log_of({1});
  EXPECT_FALSE(log.accept({.term = {1}, .index = {2}}, entries({1}, 3)));
  EXPECT_EQ(log, log_of({1}));
  EXPECT_THROW(log.rewrite({3}, entries({1}, 3)), BrokenPromise);
}

TEST(Log, MustMatchThePrecedingTerm) {
  Log log = log_of({1, 1});
  EXPECT_FALSE(log.accept({.term = {2}, .index = {2}}, entries({2}, 3)));
  EXPECT_EQ(log, log_of({1, 1}));
  EXPECT_TRUE(log.accept({.term = {1}, .index = {2}}, entries({2}, 3)));
  EXPECT_EQ(log, log_of({1, 1, 2}));
}

TEST(Log, AcceptsTheSameAppendAgain) {
  Log log = log_of({1});
  const EntryId previous{.term = {1}, .index = {1}};
  EXPECT_TRUE(log.accept(previous, entries({2, 2}, 2)));
  EXPECT_TRUE(log.accept(previous, entries({2, 2}, 2)));
  EXPECT_EQ(log, log_of({1, 2, 2}));
}

TEST(Log, DeletesAConflictAndAllThatFollowsIt) {
  Log log = log_of({1, 1, 1, 3});
  EXPECT_TRUE(log.accept({.term = {1}, .index = {2}}, entries({2}, 3)));
  EXPECT_EQ(log, log_of({1, 1, 2}));
}

TEST(Log, KeepsWhatADelayedAppendDoesNotReach) {
  Log log = log_of({1, 1, 2});
  EXPECT_TRUE(log.accept({}, entries({1})));
  EXPECT_TRUE(log.accept({.term = {1}, .index = {1}}, {}));
  EXPECT_EQ(log, log_of({1, 1, 2}));
}

TEST(Log, AnEmptyAppendProbes) {
  Log log = log_of({1, 2});
  EXPECT_TRUE(log.accept({.term = {2}, .index = {2}}, {}));
  EXPECT_FALSE(log.accept({.term = {1}, .index = {2}}, {}));
  EXPECT_FALSE(log.accept({.term = {1}, .index = {0}}, {}));
}

// Figure 7: the leader of term 8 sends its first entry, after (term 6, index 10).
TEST(Log, AnswersAsInFigure7) {
  const auto answers = [](Log log) {
    const bool accepted = log.accept({.term = {6}, .index = {10}}, entries({8}, 11));
    if (accepted) {
      EXPECT_EQ(log, log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8}));
    }
    return accepted;
  };
  EXPECT_FALSE(answers(log_of({1, 1, 1, 4, 4, 5, 5, 6, 6})));          // (a)
  EXPECT_FALSE(answers(log_of({1, 1, 1, 4})));                         // (b)
  EXPECT_TRUE(answers(log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6})));     // (c)
  EXPECT_TRUE(answers(log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7})));  // (d)
  EXPECT_FALSE(answers(log_of({1, 1, 1, 4, 4, 4, 4})));                // (e)
  EXPECT_FALSE(answers(log_of({1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3})));    // (f)
}

// --- The first entries in a snapshot (7).

TEST(Log, GoesOnFromItsSnapshot) {
  Log log = compacted(log_of({1, 1, 2, 3}), 3);
  EXPECT_EQ(log.first(), Index{4});
  EXPECT_EQ(log.last(), (EntryId{.term = {3}, .index = {4}}));
  EXPECT_EQ(log.size(), 1U);
  EXPECT_EQ(log.term_at({2}), std::nullopt);
  EXPECT_EQ(log.term_at({3}), Term{2});
  EXPECT_THROW(log.at({3}), BrokenPromise);
  EXPECT_THROW(log.rewrite({3}, {}), BrokenPromise);
  EXPECT_EQ(log.append({{3}, "x"}).index, Index{5});
  EXPECT_EQ(compacted(log, 5).last(), (EntryId{.term = {3}, .index = {5}}));
}

TEST(Log, AcceptsAnAppendThatBeginsInItsSnapshot) {
  Log log = compacted(log_of({1, 1, 2, 3}), 3);
  EXPECT_TRUE(log.accept({.term = {1}, .index = {1}}, entries({1, 2, 4}, 2)));
  EXPECT_EQ(log, compacted(log_of({1, 1, 2, 4}), 3));
  EXPECT_TRUE(log.accept({.term = {1}, .index = {1}}, entries({1}, 2)));  // all of it is in there
  EXPECT_TRUE(log.accept({.term = {1}, .index = {1}}, {}));
  EXPECT_EQ(log, compacted(log_of({1, 1, 2, 4}), 3));
}

TEST(Log, TellsLogsApartByWhatTheirSnapshotsStandFor) {
  const Log log = log_of({1, 1, 3});
  const Log other = log_of({1, 2, 3});
  for (std::uint64_t last = 1; last <= 3; ++last)
    EXPECT_EQ(same_up_to({last}, compacted(log, last), compacted(other, last)), last == 1);
  EXPECT_TRUE(same_up_to({3}, compacted(log, 2), log));
  EXPECT_FALSE(same_up_to({3}, compacted(log, 2), other));
  EXPECT_TRUE(same_up_to({1}, compacted(log, 2), other));  // nothing is left to tell by
}

// --- Every small log and every small append, against rules written another way.

using Terms = std::vector<std::uint64_t>;

// In whatever order: what is asked of them does not need terms to ascend.
std::vector<Terms> all_terms(std::size_t length_max, std::uint64_t term_max) {
  std::vector<Terms> all{{}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].size() == length_max) continue;
    for (std::uint64_t term = 1; term <= term_max; ++term) {
      Terms longer = all[i];
      longer.push_back(term);
      all.push_back(longer);
    }
  }
  return all;
}

const std::vector<Terms> all_logs = all_terms(4, 3);
const std::vector<Terms> all_added = all_terms(2, 3);

std::vector<Entry> entries_of(const Terms& terms, std::uint64_t first = 1) {
  std::vector<Entry> all;
  for (const std::uint64_t term : terms)
    all.push_back({{term}, std::to_string(term) + "@" + std::to_string(first + all.size())});
  return all;
}

struct Append {
  EntryId previous;
  Terms terms;
  std::vector<Entry> entries;
};

Append append_of(std::uint64_t index, std::uint64_t term, const Terms& added) {
  return {.previous = {.term = {term}, .index = {index}},
          .terms = added,
          .entries = entries_of(added, index + 1)};
}

std::vector<Append> all_appends() {
  std::vector<Append> all;
  for (std::uint64_t index = 0; index <= 5; ++index)
    for (std::uint64_t term = 0; term <= 3; ++term)
      for (const Terms& added : all_added) all.push_back(append_of(index, term, added));
  return all;
}

// At index 0 there is term 0.
std::uint64_t term_at(const Terms& log, std::uint64_t index) {
  return index == 0 ? 0 : log[index - 1];
}

// The log that an append leaves; nothing where it is refused.
std::optional<Terms> naive(const Terms& log, const Append& append) {
  const auto [previous, added, unused] = append;
  const std::uint64_t index = previous.index.value;
  if (index > log.size() || term_at(log, index) != previous.term.value) return {};
  bool contained = index + added.size() <= log.size();
  for (std::size_t i = 0; contained && i < added.size(); ++i)
    contained = log[index + i] == added[i];
  if (contained) return log;
  Terms result(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(index));
  result.insert(result.end(), added.begin(), added.end());
  return result;
}

void expect_as_naive(const Terms& terms, const Append& append) {
  const auto& [previous, added, sent] = append;
  const auto expected = naive(terms, append);
  const Log before(entries_of(terms));
  Log log = before;
  ASSERT_EQ(log.accept(previous, sent), expected.has_value());
  ASSERT_EQ(log, Log(entries_of(expected.value_or(terms))));
  if (!expected) return;
  ASSERT_TRUE(log.accept(previous, sent) && log.missing(previous, sent).empty());
  // What was missing, and only that, had to be written; nothing only where nothing changed.
  const auto missing = before.missing(previous, sent);
  ASSERT_EQ(missing.empty(), log == before);
  if (missing.empty()) return;
  Log replayed = before;
  replayed.rewrite({previous.index.value + sent.size() - missing.size() + 1}, missing);
  ASSERT_EQ(replayed, log);
}

TEST(Log, AcceptsAsFigure2SaysInEverySmallCase) {
  const auto appends = all_appends();
  ASSERT_EQ(all_logs.size(), 121U);
  ASSERT_EQ(appends.size(), 312U);
  for (const Terms& log : all_logs)
    for (const Append& append : appends) ASSERT_NO_FATAL_FAILURE(expect_as_naive(log, append));
}

// "If two logs contain an entry with the same index and term, then the logs are identical in all
// entries up through the given index" (5.3).
bool logs_match(const Log& one, const Log& other) {
  const std::uint64_t both = std::min(one.size(), other.size());
  for (std::uint64_t index = 1; index <= both; ++index) {
    if (one.at({index}).term != other.at({index}).term) continue;
    for (std::uint64_t up = 1; up <= index; ++up)
      if (one.at({up}) != other.at({up})) return false;
  }
  return true;
}

// True of every append that can be cut from the leader's log.
bool keep_matching(const Log& leader, const Log& follower) {
  for (std::uint64_t previous = 0; previous <= leader.size(); ++previous) {
    const auto rest = leader.from({previous + 1});
    for (std::size_t count = 0; count <= rest.size(); ++count) {
      Log log = follower;
      const EntryId id{.term = leader.term_at({previous}).value(), .index = {previous}};
      const bool accepted = log.accept(id, rest.first(count));
      if (!logs_match(leader, log)) return false;
      if (accepted && !same_up_to({previous + count}, leader, log)) return false;
      if (!accepted && log != follower) return false;
    }
  }
  return true;
}

TEST(Log, LogsThatMatchStillDoAfterEveryAppend) {
  std::vector<Log> logs;
  logs.reserve(all_logs.size());
  for (const Terms& terms : all_logs) logs.emplace_back(entries_of(terms));
  std::size_t pairs = 0;
  for (const Log& leader : logs) {
    for (const Log& follower : logs) {
      if (!logs_match(leader, follower)) continue;
      ++pairs;
      ASSERT_TRUE(keep_matching(leader, follower));
    }
  }
  EXPECT_EQ(pairs, 7873U);
}

// --- The same once any first part of the log is in a snapshot.

// Whether an append says the same as a log of what comes first in it, up to `last`.
bool agrees_up_to(const Terms& log, std::uint64_t last, const Append& append) {
  const std::uint64_t index = append.previous.index.value;
  if (index <= last && term_at(log, index) != append.previous.term.value) return false;
  for (std::size_t i = 0; i < append.terms.size() && index + i < last; ++i)
    if (log[index + i] != append.terms[i]) return false;
  return true;
}

// To compact and to accept: in whichever order.
void expect_order_does_not_matter(const Terms& terms, std::uint64_t last, const Append& append) {
  if (!agrees_up_to(terms, last, append)) return;
  Log whole(entries_of(terms));
  Log log = compacted(whole, last);
  const Log before = log;
  const bool accepted = whole.accept(append.previous, append.entries);
  ASSERT_EQ(log.matches(append.previous, append.entries), accepted);
  const auto missing = log.missing(append.previous, append.entries);
  ASSERT_EQ(log.accept(append.previous, append.entries), accepted);
  ASSERT_EQ(log, compacted(whole, last));
  if (accepted) {
    ASSERT_EQ(missing.empty(), log == before);
  }
}

TEST(Log, AcceptsAfterACompactionAsBeforeIt) {
  const auto appends = all_appends();
  for (const Terms& log : all_logs)
    for (std::uint64_t last = 1; last <= log.size(); ++last)
      for (const Append& append : appends)
        ASSERT_NO_FATAL_FAILURE(expect_order_does_not_matter(log, last, append));
}

// Every snapshot of a log, the one that stands for nothing too.
std::vector<Log> all_compactions(const Log& log) {
  std::vector<Log> all{log};
  for (std::uint64_t last = 1; last <= log.size(); ++last) all.push_back(compacted(log, last));
  return all;
}

// What follows a snapshot stays only where its last entry is there, with its term.
TEST(Log, InstallsASnapshotAsRule6OfFigure13Says) {
  for (const Terms& source : all_logs) {
    if (source.empty()) continue;
    const std::uint64_t last = source.size();
    const Snapshot snapshot = snapshot_of(Log(entries_of(source)), last);
    for (const Terms& terms : all_logs) {
      const bool stays = terms.size() >= last && terms[last - 1] == source.back();
      Terms expected = source;
      if (stays)
        expected.insert(expected.end(), terms.begin() + static_cast<std::ptrdiff_t>(last),
                        terms.end());
      for (Log log : all_compactions(Log(entries_of(terms)))) {
        if (log.base().index.value > last) continue;
        log.install(apart(snapshot));
        ASSERT_EQ(log, compacted(Log(entries_of(expected)), last));
      }
    }
  }
}

TEST(Log, ADigestIsThatOfTheWholeLogHoweverItIsCompacted) {
  for (const Terms& terms : all_logs) {
    const Log whole(entries_of(terms));
    for (const Log& log : all_compactions(whole))
      for (std::uint64_t index = log.first().value - 1; index <= terms.size(); ++index)
        ASSERT_EQ(log.digest({index}), whole.digest({index}));
  }
}

void expect_told_apart(const Terms& terms, const Terms& others, const Log& log, const Log& other) {
  const std::size_t both = std::min(terms.size(), others.size());
  const std::uint64_t lost = std::max(log.first(), other.first()).value - 1;
  for (std::size_t last = 0; last <= both; ++last) {
    const auto end = terms.begin() + static_cast<std::ptrdiff_t>(last);
    const bool same = std::equal(terms.begin(), end, others.begin());
    ASSERT_EQ(same_up_to({last}, log, other), last < lost || same);
  }
}

TEST(Log, IsTheSameUpToWhereTheWholeLogsAre) {
  const auto small = all_terms(3, 3);
  for (const Terms& terms : small)
    for (const Terms& others : small)
      for (const Log& log : all_compactions(Log(entries_of(terms))))
        for (const Log& other : all_compactions(Log(entries_of(others))))
          ASSERT_NO_FATAL_FAILURE(expect_told_apart(terms, others, log, other));
}

}  // namespace
}  // namespace coracle::raft
