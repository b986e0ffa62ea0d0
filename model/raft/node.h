// One Raft server: the pure function that takes it from one value to the next. Here events only
// find their rule; the rules are in election.h, replication.h, membership.h, snapshot.h, transfer.h
// and reads.h.
//
//                     Follower            PreCandidate      Candidate         Leader
//   election expired  campaign, or with pre-vote ask first (all three)        -
//   heartbeat expired -                   -                 -                 speak to every peer
//   silence expired   others may lead     -                 -                 -
//   quorum expired    -                   -                 -                 go on or step down
//   transfer expired  -                   -                 -                 go on as leader
//   impossible, or from a stranger: drop and count
//   a higher term     step down, then the row below
//   RequestVote       grant or refuse     grant or refuse   refuse            refuse
//   ...Reply          -                   -                 count, lead       -
//   PreVote           grant or refuse     grant or refuse   grant or refuse   refuse
//   ...Reply          -                   count, campaign   -                 -
//   AppendEntries     accept or refuse    (step down, as left)                (impossible)
//   ...Reply          -                   -                 -                 advance or back up
//   InstallSnapshot   take the piece      (step down, as left)                (impossible)
//   ...Reply          -                   -                 -                 send the next piece
//   TimeoutNow        campaign            -                 -                 -
//   ReadIndex         -                   -                 -                 note the read
//   ...Reply          may read            may read          may read          may read
//   propose           redirect            redirect          redirect          append, replicate
//   transfer          redirect            redirect          redirect          hand over
//   change members    redirect            redirect          redirect          append, replicate
//   read              ask the leader      redirect          redirect          note the read
//   compact           (each by itself)
//   whatever it was   -                   -                 -                 go on with a change,
//                                                                             and with reads
//   vote saved        -                   -                 count its own     -
//   entries saved     -                   -                 -                 count itself, commit
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/election.h"
#include "model/raft/membership.h"
#include "model/raft/observer.h"
#include "model/raft/reads.h"
#include "model/raft/refusal.h"
#include "model/raft/snapshot.h"
#include "model/raft/transfer.h"

namespace coracle::raft {

// What its disk held before the story begins: nothing, or the log that it is told to start with.
inline State initial_state(const Config& config) {
  State state;
  state.durable.term = config.log.last().term;
  state.durable.log = config.log;
  return state;
}

// What a snapshot stands for was committed.
template <std::derived_from<Config> C>
State restarted(const C& config, Durable disk) {
  if (planted(config, Mutant::vote_not_saved)) disk.voted_for.reset();
  const Index commit = disk.log.base().index;
  const bool heard = config.reads == Reads::lease;  // for all it knows, it answered a moment ago
  return {.durable = std::move(disk), .role = Follower{.heard = heard}, .commit = commit};
}

inline std::vector<Timer> timers(const Config& config, const State& state) {
  std::vector<Timer> set;
  match(
      state.role,
      [&](const Follower& follower) {
        if (may_campaign(config, state)) set.push_back(Timer::election);
        if (follower.heard) set.push_back(Timer::silence);
      },
      [&](const PreCandidate&) { set.push_back(Timer::election); },
      [&](const Candidate&) { set.push_back(Timer::election); },
      [&](const Leader& leader) {
        set.push_back(Timer::heartbeat);
        if (config.check_quorum) set.push_back(Timer::quorum);
        if (leader.successor) set.push_back(Timer::transfer);
      });
  return set;
}

// Only elections are drawn from the whole range: what else waits for an election timeout waits for
// the least one.
inline Delay delay(const Config& config, Timer timer) {
  if (timer == Timer::heartbeat) return config.heartbeat;
  if (timer == Timer::election) return config.election_timeout;
  return {config.election_timeout.least, config.election_timeout.least};
}

// For those who have no clocks: what a follower promised ends after its leader's next heartbeat is
// due. Neither its silence nor its next campaign come before.
inline bool comes_later(const State& state, Timer timer, NodeId other, const State& leader) {
  const auto* follower = std::get_if<Follower>(&state.role);
  const auto* leads = std::get_if<Leader>(&leader.role);
  if (follower == nullptr || leads == nullptr || !follower->promise) return false;
  const Promise last{.leader = other, .term = leader.durable.term, .round = leads->standing.round};
  return *follower->promise == last && (timer == Timer::silence || timer == Timer::election);
}

// Without a machine, the digest of all that it would have applied stands for its state.
inline std::string applied(const State& state) {
  return hex(state.durable.log.digest(state.commit));
}

// For those who try everything: no server need answer the same read twice at once.
inline bool may_ask_to_read(const Config& config, const State& state) {
  if (config.reads == Reads::log) return false;
  if (const auto* leader = std::get_if<Leader>(&state.role)) return leader->standing.reads.empty();
  const auto* follower = std::get_if<Follower>(&state.role);
  return follower != nullptr && follower->leader && config.reads != Reads::naive;
}

template <std::derived_from<Config> C>
std::vector<Request> requests(const C& config, const State& state) {
  std::vector<Request> all;
  if (const auto* leader = std::get_if<Leader>(&state.role); leader != nullptr) {
    all.emplace_back(Propose{"x"});
    if (config.transfers && !leader->successor)
      for (const NodeId voter : all_voters(in_force(config, state)))
        if (voter != config.self) all.emplace_back(TransferLeadership{voter});
    if (config.membership && !leader->successor)
      for (const auto& change : possible_changes(config, state, *leader)) all.emplace_back(change);
  }
  if (may_ask_to_read(config, state)) all.emplace_back(Read{1});
  if (config.snapshots && state.commit >= state.durable.log.first())
    all.emplace_back(Compact{.last = state.commit, .state = applied(state)});
  return all;
}

// The kinds of things that do not happen where a feature is off.
inline std::vector<std::string_view> unused(const Config& config) {
  std::vector<std::string_view> all;
  const auto without = [&](bool feature, std::initializer_list<std::string_view> kinds) {
    if (!feature) all.insert(all.end(), kinds);
  };
  without(config.pre_vote, {"PreVote", "PreVoteReply"});
  without(minds_silence(config), {"silence"});
  without(config.check_quorum, {"quorum"});
  without(config.transfers, {"transfer", "TransferLeadership", "TimeoutNow"});
  without(config.membership, {"ChangeMembers"});
  without(config.reads != Reads::log, {"Read"});
  without(config.reads == Reads::read_index || config.reads == Reads::lease,
          {"ReadIndex", "ReadIndexReply"});
  without(config.snapshots, {"Compact", "Compacted", "InstallSnapshot", "InstallSnapshotReply"});
  return all;
}

template <class C>
void receive(Turn<C>& turn, const Received& received) {
  if (const auto why = flaw(turn, received)) {
    turn.effects.emplace_back(Refuse{received.from, *why});
    return;
  }
  if (ignores(turn, received.message)) return;
  follow_term(turn, received.message);
  std::visit([&](const auto& message) { receive(turn, received.from, message); }, received.message);
}

template <class C>
void expire_at_leader(Turn<C>& turn, Leader& leader, Timer timer) {
  if (timer == Timer::heartbeat && turn.config.reads == Reads::lease) begin_round(turn, leader);
  if (timer == Timer::heartbeat && turn.config.reads != Reads::lease) heartbeat(turn, leader);
  if (timer == Timer::transfer) give_up_transfer(leader);
  if (timer == Timer::quorum) check_quorum(turn, leader);
}

template <class C>
void expire(Turn<C>& turn, Timer timer) {
  if (auto* leader = std::get_if<Leader>(&turn.state.role)) {
    expire_at_leader(turn, *leader, timer);
    return;
  }
  if (timer == Timer::election) election_timed_out(turn);
  if (auto* follower = std::get_if<Follower>(&turn.state.role);
      follower != nullptr && timer == Timer::silence) {
    follower->heard = false;
    follower->promise = {};
  }
}

// Only a leader that stays one takes orders.
template <class C>
void ask(Turn<C>& turn, const Requested& asked) {
  if (const auto* order = std::get_if<Compact>(&asked.request)) return compact(turn, *order);
  if (const auto* order = std::get_if<Read>(&asked.request))
    return read(turn, {.client = asked.client, .number = order->number});
  auto* leader = std::get_if<Leader>(&turn.state.role);
  const auto* follower = std::get_if<Follower>(&turn.state.role);
  const auto* order = std::get_if<TransferLeadership>(&asked.request);
  if (leader == nullptr || (leader->successor && order == nullptr)) {
    const auto hint = follower == nullptr ? std::nullopt : follower->leader;
    turn.effects.emplace_back(Redirect{asked.client, hint});
    return;
  }
  match(
      asked.request, [&](const Propose& proposal) { propose(turn, *leader, proposal.command); },
      [&](const TransferLeadership& to) { transfer(turn, *leader, to.to); },
      [&](const ChangeMembers& change) { change_members(turn, *leader, asked.client, change); },
      [](const Compact&) {}, [](const Read&) {});
}

template <class C>
void saved(Turn<C>& turn, const Kept& change) {
  match(
      change, [&](const TermAndVote& written) { vote_written(turn, written); },
      [&](const Written& written) { entries_written(turn, written); }, [](const Compacted&) {});
}

template <std::derived_from<Config> C>
Step next_state(const C& config, State state, const Event& event) {
  Turn<C> turn = begun(config, std::move(state));
  match(
      event, [&](const Received& received) { receive(turn, received); },
      [&](const Expired& expired) { expire(turn, expired.timer); },
      [&](const Requested& asked) { ask(turn, asked); },
      [&](const Saved& written) { saved(turn, written.change); });
  go_on_with_change(turn);
  go_on_with_reads(turn);
  return ended(std::move(turn));
}

// For the bench: the published rules themselves, or those with the planted bug.
inline Step next_state(const PlantedConfig& config, State state, const Event& event) {
  if (config.mutant == Mutant::none) return next_state<Config>(config, std::move(state), event);
  return next_state<PlantedConfig>(config, std::move(state), event);
}

// --- The protocol's tags: as deployed, and as simulated and explored, where a bug may be planted.

struct Protocol {
  using Config = raft::Config;
  using State = raft::State;
  using Event = raft::Event;
  using Effect = raft::Effect;
  using Message = raft::Message;
  using Timer = raft::Timer;
  using Request = raft::Request;
  using Durable = raft::Durable;
  using Change = Kept;
  using Bounds = raft::Bounds;
  using Observed = History;
};

struct Bench : Protocol {
  using Config = PlantedConfig;
};

}  // namespace coracle::raft
