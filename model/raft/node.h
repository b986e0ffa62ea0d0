// One Raft server: the pure function that takes it from one value to the next. Here events only
// find their rule; the rules are in election.h and replication.h.
//
//                    Follower             Candidate            Leader
//   election expired campaign             campaign             -
//   heartbeat expired -                   -                    replicate to every peer
//   a higher term    step down, then the row below
//   RequestVote      grant or refuse      refuse               refuse
//   ...Reply         -                    count, become leader -
//   AppendEntries    accept or refuse     step down, as left   ignore (election safety tells)
//   ...Reply         -                    -                    advance or back up, commit
//   proposed         redirect             redirect             append, replicate
//   vote saved       -                    count the own vote   -
//   entries saved    -                    -                    count itself, commit
//
// It leaves out snapshots, changes of membership and reads.
#pragma once

#include <concepts>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/election.h"
#include "model/raft/observer.h"
#include "model/raft/replication.h"

namespace coracle::raft {

// What its disk held before the story begins: nothing, or the log that it is told to start with.
inline State initial_state(const Config& config) {
  State state;
  state.durable.term = config.log.last().term;
  state.durable.log = config.log;
  return state;
}

template <std::derived_from<Config> C>
State restarted(const C& config, Durable disk) {
  if (planted(config, Mutant::vote_not_saved)) disk.voted_for.reset();
  return {.durable = std::move(disk), .role = Follower{}, .commit = Index{0}};
}

inline std::vector<Timer> timers(const Config& /*config*/, const State& state) {
  return {std::holds_alternative<Leader>(state.role) ? Timer::heartbeat : Timer::election};
}

inline Delay delay(const Config& config, Timer timer) {
  return timer == Timer::election ? config.election_timeout : config.heartbeat;
}

inline std::vector<Command> requests(const Config& /*config*/, const State& state) {
  if (!std::holds_alternative<Leader>(state.role)) return {};
  return {"x"};
}

// Strangers are not heard.
template <class C>
void receive(Turn<C>& turn, const Received& received) {
  if (!turn.config.peers.contains(received.from)) return;
  follow_term(turn, received.message);
  std::visit([&](const auto& message) { receive(turn, received.from, message); }, received.message);
}

template <class C>
void expire(Turn<C>& turn, Timer timer) {
  const auto* leader = std::get_if<Leader>(&turn.state.role);
  if (timer == Timer::election && leader == nullptr) campaign(turn);
  if (timer == Timer::heartbeat && leader != nullptr) heartbeat(turn, *leader);
}

template <class C>
void ask(Turn<C>& turn, const Proposed& proposed) {
  match(
      turn.state.role,
      [&](const Follower& follower) {
        turn.effects.emplace_back(Redirect{proposed.client, follower.leader});
      },
      [&](const Candidate&) {
        turn.effects.emplace_back(Redirect{proposed.client, {}});
      },
      [&](const Leader& leader) { propose(turn, leader, proposed.request); });
}

template <std::derived_from<Config> C>
Step next_state(const C& config, State state, const Event& event) {
  Turn<C> turn = begun(config, std::move(state));
  match(
      event, [&](const Received& received) { receive(turn, received); },
      [&](const Expired& expired) { expire(turn, expired.timer); },
      [&](const Proposed& proposed) { ask(turn, proposed); },
      [&](const Saved& saved) {
        match(
            saved.change, [&](const TermAndVote& written) { vote_written(turn, written); },
            [&](const Written& written) { entries_written(turn, written); });
      });
  return ended(std::move(turn));
}

// --- The protocol's tags: as published, and with a bug planted in it for the bench.

struct Protocol {
  using Config = raft::Config;
  using State = raft::State;
  using Event = raft::Event;
  using Effect = raft::Effect;
  using Message = raft::Message;
  using Timer = raft::Timer;
  using Request = Command;
  using Durable = raft::Durable;
  using Change = Kept;
  using Bounds = raft::Bounds;
  using Observed = History;
};

struct Bench : Protocol {
  using Config = PlantedConfig;
};

}  // namespace coracle::raft
