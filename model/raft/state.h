// One Raft server as a value, what can happen to it, and what it can order.
#pragma once

#include <boost/container/flat_map.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/log.h"
#include "model/raft/types.h"

namespace coracle::raft {

// How a leader paces what it sends to one follower.
struct Flow {
  std::size_t appends = 0;  // unanswered at most; 0: it keeps no account of them, as in the paper
  std::size_t bytes = 0;    // of commands in them; 0: any number
  std::size_t append = 0;   // bytes of commands in one append, or one entry; 0: any number
  std::size_t chunk = 0;    // bytes of a snapshot in one message; 0: all of it
  auto operator<=>(const Flow&) const = default;
};
BOOST_DESCRIBE_STRUCT(Flow, (), (appends, bytes, append, chunk))

// How a server answers reads (reads.h).
//
//   log         not at all: a read is proposed like anything else
//   read_index  once a round of heartbeats has shown that its leader still leads
//   lease       without asking, while the last round is fresh: this rests on clocks
//   naive       without asking: the answer may be stale
enum class Reads : std::uint8_t { log, read_index, lease, naive };
BOOST_DESCRIBE_ENUM(Reads, log, read_index, lease, naive)

struct Config {
  NodeId self{};
  std::set<NodeId> peers;  // whom it may ever hear: all servers, members or not, without self
  Configuration start;     // in force while its log has none
  bool no_op = false;      // a new leader appends an empty command, to commit what it finds (8)
  bool pre_vote = false;   // a server asks before it campaigns (thesis 9.6)
  // Where servers stick to a leader that they hear, or ask it before they campaign, one that hears
  // none of them must step down by itself.
  bool check_quorum = false;  // a leader that no majority answers steps down (thesis 6.2)
  bool stickiness = false;    // who has heard a leader lately ignores who wants to be one (4.2.3)
  bool hints = false;         // a refused append tells where the logs may agree (5.3)
  bool transfers = false;     // clients may ask for a change of leaders (thesis 3.10)
  bool snapshots = false;     // and for compaction (7)
  bool membership = false;    // and for other members (thesis 4)
  bool one_step = false;      // one voter comes or goes without a joint configuration (4.1)
  Reads reads = Reads::log;
  Flow flow{};
  Delay election_timeout{150'000'000, 300'000'000};
  Delay heartbeat{50'000'000, 50'000'000};
  Log log;  // to start with
  auto operator<=>(const Config&) const = default;
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (self, peers, start, no_op, pre_vote, check_quorum, stickiness, hints,
                       transfers, snapshots, membership, one_step, reads, flow, election_timeout,
                       heartbeat, log))

// --- State: each role holds just what that role needs.

// Which round of whose heartbeats a follower has answered: that leader may read by it, for a while.
struct Promise {
  NodeId leader{};
  Term term;
  Round round;
  auto operator<=>(const Promise&) const = default;
};
BOOST_DESCRIBE_STRUCT(Promise, (), (leader, term, round))

struct Follower {
  std::optional<NodeId> leader{};    // in this term, once heard
  bool heard = false;                // within the least election timeout, where that matters
  std::vector<Snapshot> incoming{};  // none or one: as much of its state as has arrived
  Apart<Promise> promise{};          // where leaders read by their leases
  auto operator<=>(const Follower&) const = default;
};
BOOST_DESCRIBE_STRUCT(Follower, (), (leader, heard, incoming, promise))

struct PreCandidate {
  std::set<NodeId> votes;  // the own one too
  auto operator<=>(const PreCandidate&) const = default;
};
BOOST_DESCRIBE_STRUCT(PreCandidate, (), (votes))

struct Candidate {
  std::set<NodeId> votes;  // the own one too, once it is on disk
  auto operator<=>(const Candidate&) const = default;
};
BOOST_DESCRIBE_STRUCT(Candidate, (), (votes))

// How a leader deals with a follower. It probes where their logs agree, one append at a time; once
// it knows, it goes on before it is answered; and it sends a snapshot where its own log no longer
// has what comes next. Without an account of its appends it probes all the time, unasked.
struct Probe {
  bool waiting = false;  // for an answer: until then heartbeats carry no entry
  auto operator<=>(const Probe&) const = default;
};
BOOST_DESCRIBE_STRUCT(Probe, (), (waiting))

struct Flight {
  Index last;
  std::size_t bytes = 0;
  auto operator<=>(const Flight&) const = default;
};
BOOST_DESCRIBE_STRUCT(Flight, (), (last, bytes))

struct Replicate {
  std::vector<Flight> unanswered;  // in the order of sending
  auto operator<=>(const Replicate&) const = default;
};
BOOST_DESCRIBE_STRUCT(Replicate, (), (unanswered))

struct Install {
  Index last;                  // the snapshot's
  std::uint64_t received = 0;  // how much of it the follower is known to have
  auto operator<=>(const Install&) const = default;
};
BOOST_DESCRIBE_STRUCT(Install, (), (last, received))

// Invariant: match < next.
struct Progress {
  Index next;
  Index match;
  std::variant<Probe, Replicate, Install> mode{};
  bool active = false;  // it has answered since the last check of the quorum
  auto operator<=>(const Progress&) const = default;
};
BOOST_DESCRIBE_STRUCT(Progress, (), (next, match, mode, active))

// A read that a leader has yet to answer.
struct Reading {
  ReadId read;
  NodeId asked_by{};  // itself, or a follower
  Round round;        // that must be answered by a majority first
  auto operator<=>(const Reading&) const = default;
};
BOOST_DESCRIBE_STRUCT(Reading, (), (read, asked_by, round))

// What a leader knows of its leading on, for those who read.
struct Standing {
  Round round;                   // the last one that it began
  std::set<NodeId> answered{};   // by whom
  std::vector<Reading> reads{};  // in the order of their asking
  bool has_handed_over = false;  // it told another one to campaign: no lease holds any more
  auto operator<=>(const Standing&) const = default;
};
BOOST_DESCRIBE_STRUCT(Standing, (), (round, answered, reads, has_handed_over))

inline bool is_left_out(const Standing& standing) { return standing == Standing{}; }

struct Leader {
  boost::container::flat_map<NodeId, Progress> peers;
  Index written;                      // the last index known to be on its own disk: its own match
  std::optional<NodeId> successor{};  // whom it hands over to
  Standing standing{};
  std::strong_ordering operator<=>(const Leader&) const = default;
};
BOOST_DESCRIBE_STRUCT(Leader, (), (peers, written, successor, standing))

using Role = std::variant<Follower, PreCandidate, Candidate, Leader>;

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

//   election   no leader for an election timeout
//   heartbeat  a leader has to speak
//   silence    no leader for the least election timeout: others may be heard now
//   quorum     a leader has to ask itself whether it still hears a majority
//   transfer   the successor took too long
enum class Timer : std::uint8_t { election, heartbeat, silence, quorum, transfer };
BOOST_DESCRIBE_ENUM(Timer, election, heartbeat, silence, quorum, transfer)

using Received = coracle::Received<Message>;
using Expired = coracle::Expired<Timer>;
using Requested = coracle::Requested<Request>;
using Saved = coracle::Saved<Kept>;
using Event = std::variant<Received, Expired, Requested, Saved>;

using Send = coracle::Send<Message>;
using SetTimer = coracle::SetTimer<Timer>;
using Save = coracle::Save<Kept>;

struct Apply {
  Index index;
  Command command;
  auto operator<=>(const Apply&) const = default;
};
BOOST_DESCRIBE_STRUCT(Apply, (), (index, command))

// The machine begins anew, from this.
struct Restore {
  Index index;
  std::string state;
  auto operator<=>(const Restore&) const = default;
};
BOOST_DESCRIBE_STRUCT(Restore, (), (index, state))

struct Redirect {
  ClientId client{};
  std::optional<NodeId> leader;
  auto operator<=>(const Redirect&) const = default;
};
BOOST_DESCRIBE_STRUCT(Redirect, (), (client, leader))

// Why a leader does not change the members now.
enum class Obstacle : std::uint8_t {
  no_such_change,  // it names a server twice, one that does not exist, or changes nothing
  no_voter_left,
  not_caught_up,      // who is to vote is no member yet, or lacks what is committed
  change_under_way,   // the last one is not committed
  no_own_term_commit  // the leader does not know all that was committed before it (thesis errata)
};
BOOST_DESCRIBE_ENUM(Obstacle, no_such_change, no_voter_left, not_caught_up, change_under_way,
                    no_own_term_commit)

struct Decline {
  ClientId client{};
  Obstacle why{};
  auto operator<=>(const Decline&) const = default;
};
BOOST_DESCRIBE_STRUCT(Decline, (), (client, why))

// Count a message that was dropped unheard: from no server of this cluster, or one that no server
// that goes by the rules can have sent.
enum class Flaw : std::uint8_t { stranger, impossible };
BOOST_DESCRIBE_ENUM(Flaw, stranger, impossible)

struct Refuse {
  NodeId from{};
  Flaw flaw{};
  auto operator<=>(const Refuse&) const = default;
};
BOOST_DESCRIBE_STRUCT(Refuse, (), (from, flaw))

// The read may be answered by a machine that has applied all up to this index.
struct Readable {
  ReadId read;
  Index index;
  auto operator<=>(const Readable&) const = default;
};
BOOST_DESCRIBE_STRUCT(Readable, (), (read, index))

using Effect =
    std::variant<Send, SetTimer, Save, Apply, Restore, Redirect, Decline, Refuse, Readable>;
using Effects = std::vector<Effect>;
using Step = coracle::Step<State, Effect>;

// --- The disk.

inline const Durable& durable(const State& state) { return state.durable; }

inline Durable kept(Durable disk, const Kept& change) {
  match(
      change,
      [&](const TermAndVote& saved) {
        disk.term = saved.term;
        disk.voted_for = saved.voted_for;
      },
      [&](const Written& written) { disk.log.rewrite(written.first, written.entries); },
      [&](const Compacted& compacted) { disk.log.install(compacted.snapshot); });
  return disk;
}

// What its machine has yet to be told leads up to what is committed, without a gap and in the order
// of the log; a snapshot stands for all before it.
inline bool in_order(const State& state, std::span<const Effect* const> held) {
  std::optional<Index> told;
  for (const Effect* effect : held) {
    if (const auto* apply = std::get_if<Apply>(effect)) {
      if (told && apply->index != next(*told)) return false;
      told = apply->index;
    } else if (const auto* restore = std::get_if<Restore>(effect)) {
      if (told && restore->index <= *told) return false;
      told = restore->index;
    }
  }
  return !told || *told == state.commit;
}

// --- How far an enumeration goes.

struct Bounds {
  Term max_term;
  Index max_log;
  Round max_round{2};  // in each term
  auto operator<=>(const Bounds&) const = default;
};
BOOST_DESCRIBE_STRUCT(Bounds, (), (max_term, max_log, max_round))

inline bool within(const Bounds& bounds, const State& state) {
  const auto* leader = std::get_if<Leader>(&state.role);
  return state.durable.term <= bounds.max_term &&
         state.durable.log.last().index <= bounds.max_log &&
         (leader == nullptr || leader->standing.round <= bounds.max_round);
}

}  // namespace coracle::raft

template <>
inline constexpr bool coracle::may_be_left_out<coracle::raft::Standing> = true;
