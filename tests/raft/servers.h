// Servers as values, said briefly: what the tests of Raft set up and look for.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/node.h"

namespace coracle::raft {

inline constexpr NodeId s1{1};
inline constexpr NodeId s2{2};
inline constexpr NodeId s3{3};
inline constexpr NodeId s4{4};
inline constexpr NodeId s5{5};

inline Config server(NodeId self, std::size_t servers) {
  Config config;
  config.self = self;
  for (std::size_t at = 0; at < servers; ++at)
    if (node_at(at) != self) config.peers.insert(node_at(at));
  config.start.voters = config.peers;
  config.start.voters.insert(self);
  return config;
}

// One entry a term. An entry's command tells its term and index, as log matching has it.
inline std::vector<Entry> entries(std::initializer_list<std::uint64_t> terms,
                                  std::uint64_t first = 1) {
  std::vector<Entry> all;
  for (const std::uint64_t term : terms)
    all.push_back({{term}, std::to_string(term) + "@" + std::to_string(first + all.size())});
  return all;
}

inline Log log_of(std::initializer_list<std::uint64_t> terms) { return Log(entries(terms)); }

inline Snapshot snapshot_of(const Log& log, std::uint64_t last) {
  return {.last = {.term = log.term_at({last}).value(), .index = {last}},
          .digest = log.digest({last}),
          .configuration = {.voters = {s1, s2, s3}},
          .state = "after " + std::to_string(last)};
}

// The first entries, up to `last`, are in a snapshot.
inline Log compacted(Log log, std::uint64_t last) {
  log.install(apart(snapshot_of(log, last)));
  return log;
}

inline State follower(Term term, Log log = {}, std::optional<NodeId> voted_for = {}) {
  return {.durable = {.term = term, .voted_for = voted_for, .log = std::move(log)},
          .role = Follower{},
          .commit = {}};
}

inline State candidate(NodeId self, Term term, std::set<NodeId> votes, Log log = {}) {
  State state = follower(term, std::move(log), self);
  state.role = Candidate{std::move(votes)};
  return state;
}

// All of its log is on its disk; of its peers' it knows what a new leader knows.
inline State leader(const Config& config, Term term, Log log = {}) {
  State state = follower(term, std::move(log), config.self);
  const Index last = state.durable.log.last().index;
  Leader role{.peers = {}, .written = last};
  for (const NodeId peer : config.peers) role.peers[peer] = {.next = next(last), .match = {}};
  state.role = role;
  return state;
}

inline State committed_up_to(std::uint64_t commit, State state) {
  state.commit = {commit};
  return state;
}

inline Requested propose(Command command) { return {ClientId{7}, Propose{std::move(command)}}; }

// Of a server that leads.
inline Progress& progress(State& state, NodeId peer) {
  return std::get<Leader>(state.role).peers.at(peer);
}

// A step as with a disk that writes at once: each Save comes back within the same step.
template <class C>
Step synced(const C& config, State state, const Event& event) {
  Step step = next_state(config, std::move(state), event);
  for (std::size_t i = 0; i < step.effects.size(); ++i) {
    const auto* save = std::get_if<Save>(&step.effects[i]);
    if (save == nullptr || !save->change) continue;
    Step more = next_state(config, std::move(step.state), Saved{*save->change});
    step.state = std::move(more.state);
    step.effects.insert(step.effects.end(), more.effects.begin(), more.effects.end());
  }
  return step;
}

// The effects of one kind, in order.
template <class Kind>
std::vector<Kind> only(const Step& step) {
  std::vector<Kind> found;
  for (const Effect& effect : step.effects)
    if (const auto* kind = std::get_if<Kind>(&effect)) found.push_back(*kind);
  return found;
}

// The messages of one kind to one server, in order.
template <class M>
std::vector<M> sent(const Step& step, NodeId to) {
  std::vector<M> found;
  for (const Send& send : only<Send>(step))
    if (const auto* message = std::get_if<M>(&send.message); message != nullptr && send.to == to)
      found.push_back(*message);
  return found;
}

}  // namespace coracle::raft
