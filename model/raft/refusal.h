// Messages that no server which goes by the rules can have sent to this one. They are dropped and
// counted: nothing in them is believed, and nothing about them is fatal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <variant>

#include "model/raft/turn.h"

namespace coracle::raft {

// No term, log or snapshot ever comes near it; so no sum overflows.
inline constexpr std::uint64_t beyond_all = std::uint64_t{1} << 62U;

// An entry and its index come with a term, index zero with none.
inline bool is_possible(EntryId id) {
  return (id.index == Index{0}) == (id.term == Term{0}) && id.index.value < beyond_all;
}

// Somebody must be able to vote for what follows.
inline bool is_possible(const Configuration& members) { return !members.voters.empty(); }

inline bool is_possible(const Entry& entry) {
  return !entry.configuration || (entry.command.empty() && is_possible(*entry.configuration));
}

inline bool terms_ascend(Term from, std::span<const Entry> entries, Term to) {
  for (const Entry& entry : entries) {
    if (entry.term < from || entry.term == Term{0}) return false;
    from = entry.term;
  }
  return from <= to;
}

// --- Requests for a vote, and the votes. Nobody grants what was not asked for.

inline bool is_possible(const State& /*state*/, const RequestVote& request) {
  return is_possible(request.last) && request.last.term < request.term;
}
inline bool is_possible(const State& state, const RequestVoteReply& reply) {
  return !reply.granted || reply.term <= state.durable.term;
}
inline bool is_possible(const State& /*state*/, const PreVote& request) {
  return is_possible(request.last) && request.last.term < request.term;
}
// To ask in advance, nothing need be on disk: who asked may have forgotten its term in a crash.
inline bool is_possible(const State& /*state*/, const PreVoteReply& /*reply*/) { return true; }

// --- What a leader says. A second one in a term is none.

inline bool is_second_leader(const State& state, NodeId from, Term term) {
  if (term != state.durable.term) return false;
  const auto* follower = std::get_if<Follower>(&state.role);
  return leads(state) || (follower != nullptr && follower->leader.value_or(from) != from);
}

// Whether an append leaves alone what is known as committed. In a cluster that goes by the rules
// every leader has that (leader completeness).
inline bool spares_committed(const State& state, const AppendEntries& append) {
  const Log& log = state.durable.log;
  if (!log.matches(append.previous, append.entries)) return append.previous.index > state.commit;
  const std::size_t fresh = log.missing(append.previous, append.entries).size();
  return fresh == 0 ||
         append.previous.index.value + append.entries.size() - fresh >= state.commit.value;
}

inline bool is_possible(const State& state, const AppendEntries& append) {
  return is_possible(append.previous) && append.entries.size() < beyond_all &&
         terms_ascend(append.previous.term, append.entries, append.term) &&
         std::ranges::all_of(append.entries, [](const Entry& e) { return is_possible(e); }) &&
         (append.term < state.durable.term || spares_committed(state, append));
}

// So does a snapshot.
inline bool spares_committed(const State& state, const Snapshot& snapshot) {
  const Log& log = state.durable.log;
  const auto [term, index] = snapshot.last;
  if (index < log.base().index) return true;
  if (log.term_at(index) == term) return log.digest(index) == snapshot.digest;
  return index > state.commit && term >= log.term_at(state.commit);
}

inline bool is_possible(const State& state, const InstallSnapshot& install) {
  if (install.piece.size() != 1 || install.offset >= beyond_all) return false;
  const Snapshot& snapshot = install.piece.front();
  return is_possible(snapshot.last) && snapshot.last.index > Index{0} &&
         is_possible(snapshot.configuration) && snapshot.last.term <= install.term &&
         (install.term < state.durable.term || spares_committed(state, snapshot));
}

inline bool is_possible(const State& /*state*/, const TimeoutNow& /*order*/) { return true; }

inline bool is_possible(const State& /*state*/, const ReadIndex& /*asked*/) { return true; }
inline bool is_possible(const State& /*state*/, const ReadIndexReply& reply) {
  return reply.index.value < beyond_all;
}

// --- What followers answer. Of its leader's log, none can have more than there is.

inline bool answers_leader(const State& state, Term term) {
  return leads(state) && term == state.durable.term;
}

inline bool is_possible(const State& state, const AppendEntriesReply& reply) {
  const bool mine = answers_leader(state, reply.term);
  const Index last = state.durable.log.last().index;
  if (reply.accepted)
    return reply.term <= state.durable.term && !reply.conflict && (!mine || reply.match <= last);
  if (reply.match != Index{0}) return false;
  if (!reply.conflict) return true;
  const auto& [refused, may_agree] = *reply.conflict;
  return is_possible(may_agree) && may_agree.index <= refused && (!mine || refused <= last);
}

inline bool is_possible(const State& state, const InstallSnapshotReply& reply) {
  const Log& log = state.durable.log;
  return !answers_leader(state, reply.term) || reply.last != log.base().index ||
         log.snapshot().empty() || reply.received <= log.snapshot().front().state.size();
}

// --- Why a message is not to be heard; nothing where it is.

template <class C>
std::optional<Flaw> flaw(const Turn<C>& turn, const Received& received) {
  if (!turn.config.peers.contains(received.from)) return Flaw::stranger;
  const bool possible = match(received.message, [&]<class M>(const M& message) {
    constexpr bool leads = std::is_same_v<M, AppendEntries> || std::is_same_v<M, InstallSnapshot> ||
                           std::is_same_v<M, TimeoutNow>;
    if (message.term.value >= beyond_all) return false;
    if (leads && message.term == Term{0}) return false;
    if (leads && is_second_leader(turn.state, received.from, message.term)) return false;
    return is_possible(turn.state, message);
  });
  if (!possible) return Flaw::impossible;
  return {};
}

}  // namespace coracle::raft
