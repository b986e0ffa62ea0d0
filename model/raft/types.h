// The nouns of Raft, under the paper's names (Ongaro and Ousterhout 2014, Figure 2).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/print.h"
#include "model/protocol.h"

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

struct Entry {
  Term term;
  Command command;
  auto operator<=>(const Entry&) const = default;
};
BOOST_DESCRIBE_STRUCT(Entry, (), (term, command))

// Term comes first, so `a >= b` reads "a is at least as up-to-date as b" (5.4.1).
struct EntryId {
  Term term;
  Index index;
  auto operator<=>(const EntryId&) const = default;
};
BOOST_DESCRIBE_STRUCT(EntryId, (), (term, index))

// --- Messages: what servers tell each other.

struct RequestVote {
  Term term;
  EntryId last;
  auto operator<=>(const RequestVote&) const = default;
};
BOOST_DESCRIBE_STRUCT(RequestVote, (), (term, last))

struct RequestVoteReply {
  Term term;
  bool granted = false;
  auto operator<=>(const RequestVoteReply&) const = default;
};
BOOST_DESCRIBE_STRUCT(RequestVoteReply, (), (term, granted))

struct AppendEntries {
  Term term;
  EntryId previous;
  std::vector<Entry> entries;  // none: a heartbeat
  Index commit;
  auto operator<=>(const AppendEntries&) const = default;
};
BOOST_DESCRIBE_STRUCT(AppendEntries, (), (term, previous, entries, commit))

// The match index is missing in Figure 2: replies carry no request, so they say what they reply to.
struct AppendEntriesReply {
  Term term;
  bool accepted = false;
  Index match;  // last index known to agree with the leader's log; zero where refused
  auto operator<=>(const AppendEntriesReply&) const = default;
};
BOOST_DESCRIBE_STRUCT(AppendEntriesReply, (), (term, accepted, match))

using Message = std::variant<RequestVote, RequestVoteReply, AppendEntries, AppendEntriesReply>;

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

using Kept = std::variant<TermAndVote, Written>;

}  // namespace coracle::raft
