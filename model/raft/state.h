// One Raft server as a value, what can happen to it, and what it can order.
#pragma once

#include <boost/container/flat_map.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/log.h"
#include "model/raft/types.h"

namespace coracle::raft {

struct Config {
  NodeId self{};
  std::set<NodeId> peers;  // without self
  bool no_op = false;      // a new leader appends an empty command, to commit what it finds (8)
  Delay election_timeout{150'000'000, 300'000'000};
  Delay heartbeat{50'000'000, 50'000'000};
  Log log;  // to start with
  auto operator<=>(const Config&) const = default;
};
BOOST_DESCRIBE_STRUCT(Config, (), (self, peers, no_op, election_timeout, heartbeat, log))

// --- State: each role holds just what that role needs.

struct Follower {
  std::optional<NodeId> leader;  // in this term, once heard
  auto operator<=>(const Follower&) const = default;
};
BOOST_DESCRIBE_STRUCT(Follower, (), (leader))

struct Candidate {
  std::set<NodeId> votes;  // the own one too, once it is on disk
  auto operator<=>(const Candidate&) const = default;
};
BOOST_DESCRIBE_STRUCT(Candidate, (), (votes))

// Invariant: match < next.
struct Progress {
  Index next;
  Index match;
  auto operator<=>(const Progress&) const = default;
};
BOOST_DESCRIBE_STRUCT(Progress, (), (next, match))

struct Leader {
  boost::container::flat_map<NodeId, Progress> peers;
  Index written;  // the last index known to be on its own disk: its own match
  std::strong_ordering operator<=>(const Leader&) const = default;
};
BOOST_DESCRIBE_STRUCT(Leader, (), (peers, written))

using Role = std::variant<Follower, Candidate, Leader>;

// What outlives a crash. The steps' Saves, replayed, rebuild exactly this.
struct Durable {
  Term term;
  std::optional<NodeId> voted_for;  // in `term`
  Log log;
  auto operator<=>(const Durable&) const = default;
};
BOOST_DESCRIBE_STRUCT(Durable, (), (term, voted_for, log))

struct State {
  Durable durable;
  Role role;
  Index commit;  // Invariant: commit <= durable.log.last().index
  auto operator<=>(const State&) const = default;
};
BOOST_DESCRIBE_STRUCT(State, (), (durable, role, commit))

inline bool leads(const State& state) { return std::holds_alternative<Leader>(state.role); }

// --- Events say what happened; effects say what to do.

enum class Timer : std::uint8_t { election, heartbeat };
BOOST_DESCRIBE_ENUM(Timer, election, heartbeat)

using Received = coracle::Received<Message>;
using Expired = coracle::Expired<Timer>;
using Proposed = coracle::Requested<Command>;
using Saved = coracle::Saved<Kept>;
using Event = std::variant<Received, Expired, Proposed, Saved>;

using Send = coracle::Send<Message>;
using SetTimer = coracle::SetTimer<Timer>;
using Save = coracle::Save<Kept>;

struct Apply {
  Index index;
  Command command;
  auto operator<=>(const Apply&) const = default;
};
BOOST_DESCRIBE_STRUCT(Apply, (), (index, command))

struct Redirect {
  ClientId client{};
  std::optional<NodeId> leader;
  auto operator<=>(const Redirect&) const = default;
};
BOOST_DESCRIBE_STRUCT(Redirect, (), (client, leader))

using Effect = std::variant<Send, SetTimer, Save, Apply, Redirect>;
using Effects = std::vector<Effect>;
using Step = coracle::Step<State, Effect>;

// --- The disk.

inline Durable durable(const State& state) { return state.durable; }

inline Durable kept(Durable disk, const Kept& change) {
  match(
      change,
      [&](const TermAndVote& saved) {
        disk.term = saved.term;
        disk.voted_for = saved.voted_for;
      },
      [&](const Written& written) { disk.log.rewrite(written.first, written.entries); });
  return disk;
}

// --- How far an enumeration goes.

struct Bounds {
  Term max_term;
  Index max_log;
  auto operator<=>(const Bounds&) const = default;
};
BOOST_DESCRIBE_STRUCT(Bounds, (), (max_term, max_log))

inline bool within(const Bounds& bounds, const State& state) {
  return state.durable.term <= bounds.max_term && state.durable.log.last().index <= bounds.max_log;
}

}  // namespace coracle::raft
