// A server in the words of the paper's figures: its log as the terms of its entries.
#pragma once

#include <string>

#include "model/narrative.h"
#include "model/raft/state.h"

namespace coracle::raft {

inline std::string terms_of(const Log& log) {
  std::string terms;
  for (const Entry& entry : log.from(Index{1}))
    terms += (terms.empty() ? "" : " ") + text(entry.term);
  return terms.empty() ? "empty" : terms;
}

inline std::string name_of(const Role& role) {
  return match(
      role, [](const Follower&) { return std::string("follower"); },
      [](const Candidate& candidate) { return "candidate with votes " + text(candidate.votes); },
      [](const Leader&) { return std::string("leader"); });
}

inline Words words(const State& state) {
  return {{"term", text(state.durable.term)},
          {"role", name_of(state.role)},
          {"vote", text(state.durable.voted_for)},
          {"log", terms_of(state.durable.log)},
          {"commit", text(state.commit)}};
}

// "[1 1] 2 *3": two of three entries are known as committed, by the leader of term 3.
inline std::string glimpse(const State& state) {
  std::string seen;
  const Log& log = state.durable.log;
  for (std::size_t i = 1; i <= log.size(); ++i) {
    if (i > 1) seen += " ";
    if (i == 1 && state.commit >= Index{1}) seen += "[";
    seen += text(log.at({i}).term);
    if (Index{i} == state.commit) seen += "]";
  }
  if (log.size() == 0) seen = "-";
  if (std::holds_alternative<Leader>(state.role)) seen += " *" + text(state.durable.term);
  return seen;
}

inline std::string glimpse_key(const State& /*state*/) {
  return "each log as the terms of its entries, in brackets what is known as committed; *3 leads "
         "term 3";
}

}  // namespace coracle::raft
