// A step while it is being taken: the rules of election.h and replication.h change the state and
// add effects. And the few things that both of them need.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "model/raft/mutants.h"
#include "model/raft/state.h"

namespace coracle::raft {

template <class C>
struct Turn {
  const C& config;
  State state;
  TermAndVote before;
  Effects effects;
};

inline TermAndVote term_and_vote(const State& state) {
  return {.term = state.durable.term, .voted_for = state.durable.voted_for};
}

template <class C>
Turn<C> begun(const C& config, State&& state) {
  const TermAndVote before = term_and_vote(state);
  return {.config = config, .state = std::move(state), .before = before, .effects = {}};
}

// A new term or vote is saved before anything else, so that whatever the step says waits for it.
template <class C>
Step ended(Turn<C>&& turn) {
  if (const TermAndVote now = term_and_vote(turn.state); now != turn.before)
    turn.effects.insert(turn.effects.begin(), Save{now});
  return {std::move(turn.state), std::move(turn.effects)};
}

// To be called before a message that acknowledges state, and before a follower applies anything:
// where nothing new is saved, what was saved earlier may still be on its way to the disk, and what
// was to be applied may be waiting for it.
template <class C>
void wait_for_disk(Turn<C>& turn) {
  const bool saves = term_and_vote(turn.state) != turn.before ||
                     std::ranges::any_of(turn.effects, [](const Effect& effect) {
                       return std::holds_alternative<Save>(effect);
                     });
  if (!saves) turn.effects.emplace_back(Save{});
}

// A leader that goes on unanswered must know what was refused, however late it hears of it.
inline bool gives_hints(const Config& config) { return config.hints || config.flow.appends > 0; }

// Whether a server minds how long ago it heard a leader.
inline bool minds_silence(const Config& config) { return config.pre_vote || config.stickiness; }

template <class C>
void step_down(Turn<C>& turn) {
  turn.state.role = Follower{};
  turn.effects.emplace_back(SetTimer{Timer::election});
}

// A follower, or a candidate that has just lost, hears the leader of its term.
template <class C>
Follower& hear_leader(Turn<C>& turn, NodeId from) {
  const bool candidate = std::holds_alternative<Candidate>(turn.state.role);
  if (planted(turn.config, Mutant::vote_cleared_by_leader) ||
      (candidate && planted(turn.config, Mutant::vote_cleared_on_step_down)))
    turn.state.durable.voted_for.reset();
  if (!std::holds_alternative<Follower>(turn.state.role)) turn.state.role = Follower{};
  auto& follower = std::get<Follower>(turn.state.role);
  follower.leader = from;
  turn.effects.emplace_back(SetTimer{Timer::election});
  if (minds_silence(turn.config)) {
    follower.heard = true;
    turn.effects.emplace_back(SetTimer{Timer::silence});
  }
  return follower;
}

}  // namespace coracle::raft
