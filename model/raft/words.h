// A server in the words of the paper's figures: its log as the terms of its entries.
#pragma once

#include <set>
#include <string>

#include "model/narrative.h"
#include "model/raft/state.h"

namespace coracle::raft {

// "1,2,3": the voters; "1,2>2,3" while the old ones go over to new ones; "1,2~3" with a learner.
inline std::string members_text(const Configuration& members) {
  const auto list = [](const std::set<NodeId>& servers) {
    std::string all;
    for (const NodeId server : servers) {
      if (!all.empty()) all += ',';
      all += text(server);
    }
    return all;
  };
  std::string all = list(members.old_voters);
  if (!all.empty()) all += ">";
  all += list(members.voters);
  if (!members.learners.empty()) all += "~" + list(members.learners);
  return all;
}

// "2", its term; "2:1,2>2,3", of one that changes the members.
inline std::string term_of(const Entry& entry) {
  return text(entry.term) + (entry.configuration ? ":" + members_text(*entry.configuration) : "");
}

// A snapshot is told by its last entry, as in "(3@7) 4 4": the term 3, the index 7. In a long log
// what repeats is told once, as in "1^40 2": forty entries of term 1.
inline std::string terms_of(const Log& log) {
  std::string terms;
  if (const EntryId last = log.base(); last.index > Index{0})
    terms = "(" + text(last.term) + "@" + text(last.index) + ")";
  constexpr std::size_t long_log = 20;
  const auto entries = log.from(log.first());
  const auto tell = [&](const std::string& term, std::size_t times) {
    if (!terms.empty()) terms += ' ';
    terms += term;
    if (times == 1) return;
    terms += '^';
    terms += std::to_string(times);
  };
  for (std::size_t i = 0; i < entries.size();) {
    const std::string term = term_of(entries[i]);
    std::size_t end = i + 1;
    while (entries.size() > long_log && end < entries.size() && term_of(entries[end]) == term)
      ++end;
    tell(term, end - i);
    i = end;
  }
  return terms.empty() ? "empty" : terms;
}

inline std::string name_of(const Role& role) {
  return match(
      role, [](const Follower&) { return std::string("follower"); },
      [](const PreCandidate& candidate) {
        return "pre-candidate with votes " + text(candidate.votes);
      },
      [](const Candidate& candidate) { return "candidate with votes " + text(candidate.votes); },
      [](const Leader& leader) {
        return leader.successor ? "leader that hands over to " + text(*leader.successor)
                                : std::string("leader");
      });
}

inline Words words(const State& state) {
  return {{"term", text(state.durable.term)},
          {"role", name_of(state.role)},
          {"vote", text(state.durable.voted_for)},
          {"log", terms_of(state.durable.log)},
          {"commit", text(state.commit)}};
}

// "[1 1] 2 *3": two of three entries are known as committed, by the leader of term 3. "[(1@2)] 2":
// those two are in a snapshot.
inline std::string glimpse(const State& state) {
  std::string seen;
  const Log& log = state.durable.log;
  const bool compacted = log.first() > Index{1};
  if (state.commit > Index{0}) seen += "[";
  if (compacted) seen += "(" + text(log.base().term) + "@" + text(log.base().index) + ")";
  if (compacted && state.commit < log.first()) seen += "]";
  for (Index index = log.first(); index <= log.last().index; index = next(index)) {
    if (index > Index{1}) seen += " ";
    seen += term_of(log.at(index));
    if (index == state.commit) seen += "]";
  }
  if (log.last().index == Index{0}) seen = "-";
  if (std::holds_alternative<Leader>(state.role)) seen += " *" + text(state.durable.term);
  return seen;
}

inline std::string glimpse_key(const State& /*state*/) {
  return "each log as the terms of its entries, in brackets what is known as committed; (1@2) is a "
         "snapshot up to index 2; *3 leads term 3";
}

}  // namespace coracle::raft
