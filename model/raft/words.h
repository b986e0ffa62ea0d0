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

}  // namespace coracle::raft
