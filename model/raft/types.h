// The nouns of Raft, under the paper's names (Ongaro and Ousterhout 2014, Figure 2).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/apart.h"
#include "model/hash.h"
#include "model/print.h"
#include "model/protocol.h"
#include "model/shared_list.h"

namespace coracle::raft {

using coracle::operator<<;

struct Term {
  std::uint64_t value = 0;
  auto operator<=>(const Term&) const = default;
};
BOOST_DESCRIBE_STRUCT(Term, (), (value))

struct Index {  // from 1
  std::uint64_t value = 0;
  auto operator<=>(const Index&) const = default;
};
BOOST_DESCRIBE_STRUCT(Index, (), (value))

constexpr Term next(Term term) { return {term.value + 1}; }
constexpr Index next(Index index) { return {index.value + 1}; }

using Command = std::string;  // opaque here; only the replicated machine reads it

// Who takes part (thesis 4). While old voters go over to new ones it is joint: whatever needs a
// majority needs one of each.
struct Configuration {
  std::set<NodeId> voters;
  std::set<NodeId> old_voters{};  // none: it is not joint
  std::set<NodeId> learners{};    // they are sent the log, and count for nothing (4.2.1)
  auto operator<=>(const Configuration&) const = default;
};
BOOST_DESCRIBE_STRUCT(Configuration, (), (voters, old_voters, learners))

struct Entry {
  Term term;
  Command command;                       // empty where there is a configuration
  Apart<Configuration> configuration{};  // in force from here on, committed or not
  auto operator<=>(const Entry&) const = default;
};
BOOST_DESCRIBE_STRUCT(Entry, (), (term, command, configuration))

// Term comes first, so `a >= b` reads "a is at least as up-to-date as b" (5.4.1).
struct EntryId {
  Term term;
  Index index;
  auto operator<=>(const EntryId&) const = default;
};
BOOST_DESCRIBE_STRUCT(EntryId, (), (term, index))

// What the first entries of a log came to (7): it takes their place. It is large and rare, so that
// what may hold one holds a list of none or one.
struct Snapshot {
  EntryId last;                 // the last entry that it stands for: of zero, there is none
  Hash128 digest;               // of all of them: logs that differ before it do not pass for equal
  Configuration configuration;  // in force there
  std::string state;            // of the replicated machine, which alone reads it
  auto operator<=>(const Snapshot&) const = default;
};
BOOST_DESCRIBE_STRUCT(Snapshot, (), (last, digest, configuration, state))

inline SharedList<Snapshot> apart(Snapshot snapshot) {
  SharedList<Snapshot> one;
  one.push_back(std::move(snapshot));
  return one;
}

// --- Messages: what servers tell each other.

struct RequestVote {
  Term term;
  EntryId last;
  bool transfer = false;  // its leader asked it to campaign (thesis 3.10)
  auto operator<=>(const RequestVote&) const = default;
};
BOOST_DESCRIBE_STRUCT(RequestVote, (), (term, last, transfer))

struct RequestVoteReply {
  Term term;
  bool granted = false;
  auto operator<=>(const RequestVoteReply&) const = default;
};
BOOST_DESCRIBE_STRUCT(RequestVoteReply, (), (term, granted))

// Would you vote for me? (thesis 9.6) It commits nobody to anything.
struct PreVote {
  Term term;  // that of the campaign it asks about, one beyond its own
  EntryId last;
  auto operator<=>(const PreVote&) const = default;
};
BOOST_DESCRIBE_STRUCT(PreVote, (), (term, last))

struct PreVoteReply {
  Term term;  // where granted, the one that was asked about; else the voter's own
  bool granted = false;
  auto operator<=>(const PreVoteReply&) const = default;
};
BOOST_DESCRIBE_STRUCT(PreVoteReply, (), (term, granted))

// A leader counts the rounds of heartbeats by which it learns that it still leads (reads.h).
struct Round {
  std::uint64_t value = 0;  // of zero nothing is said: nobody has asked yet
  auto operator<=>(const Round&) const = default;
};
BOOST_DESCRIBE_STRUCT(Round, (), (value))

constexpr Round next(Round round) { return {round.value + 1}; }
constexpr bool is_left_out(Round round) { return round == Round{}; }

struct AppendEntries {
  Term term;
  EntryId previous;
  std::vector<Entry> entries;  // none: a heartbeat
  Index commit;
  Round round{};
  auto operator<=>(const AppendEntries&) const = default;
};
BOOST_DESCRIBE_STRUCT(AppendEntries, (), (term, previous, entries, commit, round))

// Why an append was refused, so that its leader need not try index by index (5.3).
struct Conflict {
  Index refused;  // the index of the append's `previous`
  EntryId last;   // up to there the logs may agree: its last entry of no later index and term
  auto operator<=>(const Conflict&) const = default;
};
BOOST_DESCRIBE_STRUCT(Conflict, (), (refused, last))

// The match index is missing in Figure 2: replies carry no request, so they say what they reply to.
struct AppendEntriesReply {
  Term term;
  bool accepted = false;
  Index match;  // last index known to agree with the leader's log; zero where refused
  std::optional<Conflict> conflict{};  // where refused, and servers give hints
  Round round{};                       // of what it answers, refused or not
  auto operator<=>(const AppendEntriesReply&) const = default;
};
BOOST_DESCRIBE_STRUCT(AppendEntriesReply, (), (term, accepted, match, conflict, round))

// One piece of a snapshot (7, Figure 13); AppendEntriesReply answers the last one.
struct InstallSnapshot {
  Term term;
  SharedList<Snapshot> piece;  // one, whose state holds only the bytes from `offset` on
  std::uint64_t offset = 0;
  bool done = false;
  auto operator<=>(const InstallSnapshot&) const = default;
};
BOOST_DESCRIBE_STRUCT(InstallSnapshot, (), (term, piece, offset, done))

struct InstallSnapshotReply {
  Term term;
  Index last;                  // which snapshot
  std::uint64_t received = 0;  // bytes of its state, from the first on
  auto operator<=>(const InstallSnapshotReply&) const = default;
};
BOOST_DESCRIBE_STRUCT(InstallSnapshotReply, (), (term, last, received))

// From a leader that hands over: campaign at once (thesis 3.10).
struct TimeoutNow {
  Term term;
  auto operator<=>(const TimeoutNow&) const = default;
};
BOOST_DESCRIBE_STRUCT(TimeoutNow, (), (term))

// One read of one client. Each has another number, so that no late answer to one passes for an
// answer to another; who asks for the same one again repeats its number.
struct ReadId {
  ClientId client{};
  std::uint64_t number = 0;
  auto operator<=>(const ReadId&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReadId, (), (client, number))

// From a follower that is asked to read: what is committed by now? (thesis 6.4)
struct ReadIndex {
  Term term;
  ReadId read;
  auto operator<=>(const ReadIndex&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReadIndex, (), (term, read))

struct ReadIndexReply {
  Term term;
  ReadId read;
  Index index;
  auto operator<=>(const ReadIndexReply&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReadIndexReply, (), (term, read, index))

using Message = std::variant<RequestVote, RequestVoteReply, AppendEntries, AppendEntriesReply,
                             PreVote, PreVoteReply, InstallSnapshot, InstallSnapshotReply,
                             TimeoutNow, ReadIndex, ReadIndexReply>;

// --- Requests: what clients ask of a server.

struct Propose {
  Command command;
  auto operator<=>(const Propose&) const = default;
};
BOOST_DESCRIBE_STRUCT(Propose, (), (command))

struct TransferLeadership {
  NodeId to{};
  auto operator<=>(const TransferLeadership&) const = default;
};
BOOST_DESCRIBE_STRUCT(TransferLeadership, (), (to))

// What is to become of these servers; the others stay what they are (thesis 4). Who is to vote must
// have caught up as a learner.
struct ChangeMembers {
  std::set<NodeId> voters;
  std::set<NodeId> learners;
  std::set<NodeId> removed;
  auto operator<=>(const ChangeMembers&) const = default;
};
BOOST_DESCRIBE_STRUCT(ChangeMembers, (), (voters, learners, removed))

// From the machine beside it: this is my state once `last` is applied, so forget what led to it.
struct Compact {
  Index last;
  std::string state;
  auto operator<=>(const Compact&) const = default;
};
BOOST_DESCRIBE_STRUCT(Compact, (), (last, state))

// May its client read, and from which index on? No other read has its number (see ReadId).
struct Read {
  std::uint64_t number = 0;
  auto operator<=>(const Read&) const = default;
};
BOOST_DESCRIBE_STRUCT(Read, (), (number))

using Request = std::variant<Propose, TransferLeadership, ChangeMembers, Compact, Read>;

// --- What a Save carries, and Saved hands back once it is on disk.

struct TermAndVote {
  Term term;
  std::optional<NodeId> voted_for;
  auto operator<=>(const TermAndVote&) const = default;
};
BOOST_DESCRIBE_STRUCT(TermAndVote, (), (term, voted_for))

// Everything from `first` on is cut off, then `entries` are appended.
struct Written {
  Index first;
  std::vector<Entry> entries;
  auto operator<=>(const Written&) const = default;
};
BOOST_DESCRIBE_STRUCT(Written, (), (first, entries))

// The snapshot takes the place of what it stands for; what follows stays only where the log has the
// snapshot's last entry.
struct Compacted {
  SharedList<Snapshot> snapshot;  // one
  auto operator<=>(const Compacted&) const = default;
};
BOOST_DESCRIBE_STRUCT(Compacted, (), (snapshot))

using Kept = std::variant<TermAndVote, Written, Compacted>;

}  // namespace coracle::raft

template <>
inline constexpr bool coracle::may_be_left_out<coracle::raft::Round> = true;
