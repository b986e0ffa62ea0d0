// What a Raft cluster's present no longer shows once servers may crash: who has led, and what has
// been committed. A committed entry whose last holder is down is in no state that is up.
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "model/raft/state.h"

namespace coracle::raft {

// A server that learns that an entry is committed learns the same of all that precede it. So what
// was known in a term, or in an earlier one, is a log of which every earlier term knew a beginning:
// only the terms in which it grew are kept. They share their entries.
struct History {
  std::set<std::pair<Term, NodeId>> leaders;
  std::map<Term, Log> committed;  // Invariant: each goes on from the one before; as first seen
  auto operator<=>(const History&) const = default;
};
BOOST_DESCRIBE_STRUCT(History, (), (leaders, committed))

inline const Log nothing_committed;

// What servers of this term and of earlier ones knew as committed.
inline const Log& committed_by(const History& history, Term term) {
  const auto later = history.committed.upper_bound(term);
  return later == history.committed.begin() ? nothing_committed : std::prev(later)->second;
}

inline const Log& committed_ever(const History& history) {
  return history.committed.empty() ? nothing_committed : history.committed.rbegin()->second;
}

// The last index that a server knows as committed, as far as its log goes.
inline Index committed(const State& state) {
  return std::min(state.commit, state.durable.log.last().index);
}

// That a server of this term knows its log as committed up to `last`.
inline void learn(History& history, Term term, const Log& log, Index last) {
  if (committed_by(history, term).last().index >= last) return;
  Log known = committed_ever(history);
  if (next(known.last().index) < log.first()) known = log;  // it has what led there in a snapshot
  for (Index index = next(known.last().index); index <= last; index = next(index))
    known.append(log.at(index));
  if (known.first() <= next(last)) known.rewrite(next(last), {});
  const auto here = history.committed.insert_or_assign(term, std::move(known)).first;
  const auto longer = std::find_if(std::next(here), history.committed.end(),
                                   [&](const auto& it) { return it.second.last().index > last; });
  history.committed.erase(std::next(here), longer);
}

inline History observed(History so_far, NodeId node, const State& before, const State& after,
                        const Effects& /*effects*/) {
  if (leads(after)) so_far.leaders.insert({after.durable.term, node});
  if (committed(after) > std::min(before.commit, committed_ever(so_far).last().index))
    learn(so_far, after.durable.term, after.durable.log, committed(after));
  return so_far;
}

}  // namespace coracle::raft
