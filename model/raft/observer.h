// What a Raft cluster's present no longer shows once servers may crash: who has led, and what has
// been committed. A committed entry whose last holder is down is in no state that is up.
#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/state.h"

namespace coracle::raft {

struct CommittedEntry {
  Entry entry;
  Term in;  // the smallest term of a server when it learnt of it
  auto operator<=>(const CommittedEntry&) const = default;
};
BOOST_DESCRIBE_STRUCT(CommittedEntry, (), (entry, in))

struct History {
  std::set<std::pair<Term, NodeId>> leaders;
  std::vector<CommittedEntry> committed;  // from index 1 on, as first seen
  auto operator<=>(const History&) const = default;
};
BOOST_DESCRIBE_STRUCT(History, (), (leaders, committed))

inline std::span<const Entry> committed(const State& state) {
  return state.durable.log.up_to(state.commit);
}

inline History observed(History so_far, NodeId node, const State& before, const State& after,
                        const Effects& /*effects*/) {
  const Term term = after.durable.term;
  if (std::holds_alternative<Leader>(after.role)) so_far.leaders.emplace(term, node);
  const auto now = committed(after);
  const auto known = std::min<std::size_t>(before.commit.value, so_far.committed.size());
  for (std::size_t i = known; i < now.size(); ++i) {
    if (i == so_far.committed.size()) so_far.committed.push_back({.entry = now[i], .in = term});
    so_far.committed[i].in = std::min(so_far.committed[i].in, term);
  }
  return so_far;
}

}  // namespace coracle::raft
