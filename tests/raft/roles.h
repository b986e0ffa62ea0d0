// A server in every role, with a snapshot, and what it may be told of one.
#pragma once

#include <utility>
#include <vector>

#include "tests/raft/servers.h"

namespace coracle::raft {

inline const Config in_three = server(s1, 3);

inline EntryId id(std::uint64_t term, std::uint64_t index) {
  return {.term = {term}, .index = {index}};
}

// All of a snapshot in one piece, or its end.
inline InstallSnapshot install(Term term, EntryId last, std::uint64_t offset = 0) {
  return {.term = term,
          .piece = apart(
              {.last = last, .digest = {}, .configuration = {.voters = {s1, s2, s3}}, .state = {}}),
          .offset = offset,
          .done = true};
}

// In every role: in term 3, with four entries, of which one is in a snapshot and two are committed.
inline State in_role(Role role) {
  State state = committed_up_to(2, follower({3}, compacted(log_of({1, 1, 2, 3}), 1), s1));
  state.role = std::move(role);
  return state;
}
inline State leading() {
  State state = leader(in_three, {3}, compacted(log_of({1, 1, 2, 3}), 1));
  return committed_up_to(2, std::move(state));
}
inline std::vector<State> all_roles() {
  return {in_role(Follower{}), in_role(Follower{.leader = s2, .heard = true}),
          in_role(PreCandidate{{s1}}), in_role(Candidate{{s1}}), leading()};
}

}  // namespace coracle::raft
