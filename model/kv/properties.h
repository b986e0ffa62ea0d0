// What the store promises: all that Raft does, of its servers, and that its clients can tell it
// from a single machine that does one thing after the other.
#pragma once

#include <algorithm>
#include <utility>
#include <variant>

#include "model/kv/node.h"
#include "model/raft/properties.h"

namespace coracle::kv {

// --- Of each call.

inline bool is_linearizable_so_far(const State& state) {
  const auto* clients = std::get_if<Clients>(&state);
  return clients == nullptr || is_linearizable(clients->history, Store{}, execute);
}

inline bool all_calls_are_answered(const State& state) {
  const auto* clients = std::get_if<Clients>(&state);
  return clients != nullptr && !clients->history.clients.empty() &&
         std::ranges::all_of(clients->clients,
                             [](const auto& client) { return !client.second.request; });
}

inline bool a_read_sees_a_write(const State& state) {
  const auto* clients = std::get_if<Clients>(&state);
  if (clients == nullptr) return false;
  for (const auto& [id, calls] : clients->history.clients)
    for (const auto& call : calls)
      if (const auto* found = call.result ? std::get_if<Found>(&*call.result) : nullptr)
        if (found->value) return true;
  return false;
}

using NodeChange = Change<State, Effect>;

// --- Raft's, of the servers: an `always` holds of what is none, a `sometimes` is not shown by it.

inline raft::Effects raft_effects(const Effects& effects) {
  raft::Effects all;
  for (const Effect& effect : effects)
    match(
        effect,
        [&](const Send& send) {
          match(
              send.message, [](const Ask&) {}, [](const Answer&) {},
              [&](const auto& message) {
                all.emplace_back(raft::Send{send.to, message});
              });
        },
        [&](const SetTimer& set) {
          if (const auto owned = owner(set.timer); owned.index() == 0)
            all.emplace_back(raft::SetTimer{std::get<raft::Timer>(owned)});
        },
        [](const Called&) {}, [](const Returned&) {}, [](const GaveUp&) {},
        [&](const auto& other) { all.emplace_back(other); });
  return all;
}

inline Property<State> of_servers(const Property<raft::State>& property) {
  const bool otherwise = property.expectation == Expectation::always;
  return {property.expectation, property.name,
          [holds = property.holds, otherwise](const State& state) {
            const auto* server = std::get_if<Server>(&state);
            return server == nullptr ? otherwise : holds(server->raft);
          },
          property.meaning};
}

inline PairProperty<State, raft::History> of_servers(
    const PairProperty<raft::State, raft::History>& property) {
  const bool otherwise = property.expectation == Expectation::always;
  PairProperty<State, raft::History> lifted{
      property.expectation,
      property.name,
      [holds = property.holds, otherwise](const Pair<State>& pair) {
        const auto* one = std::get_if<Server>(&pair.one);
        const auto* other = std::get_if<Server>(&pair.other);
        if (one == nullptr || other == nullptr) return otherwise;
        return holds({one->raft, other->raft});
      },
      {},
      property.meaning,
      property.symmetric};
  if (property.remembered)
    lifted.remembered = [remembered = property.remembered, otherwise](
                            const State& state, const raft::History& history) {
      const auto* server = std::get_if<Server>(&state);
      return server == nullptr ? otherwise : remembered(server->raft, history);
    };
  return lifted;
}

inline Property<NodeChange> of_servers(const Property<raft::NodeChange>& property) {
  const bool otherwise = property.expectation == Expectation::always;
  return {property.expectation, property.name,
          [holds = property.holds, otherwise](const NodeChange& change) {
            const auto* before = std::get_if<Server>(&change.before);
            const auto* after = std::get_if<Server>(&change.after);
            if (before == nullptr || after == nullptr) return otherwise;
            return holds({before->raft, after->raft, raft_effects(change.effects)});
          },
          property.meaning};
}

// An answer that fits nothing that was asked.
inline bool every_answer_is_possible(const NodeChange& change) {
  return std::holds_alternative<Server>(change.before) ||
         std::ranges::none_of(change.effects, [](const Effect& effect) {
           return std::holds_alternative<raft::Refuse>(effect);
         });
}

using StoreProperties = Properties<State, Effect, raft::History>;

inline StoreProperties store_properties() {
  StoreProperties all;
  all.of_state = {{Expectation::always, "the calls are linearizable", is_linearizable_so_far,
                   "each call takes effect at one moment between its beginning and its answer"},
                  {Expectation::sometimes, "every call so far is answered", all_calls_are_answered},
                  {Expectation::sometimes, "a read sees a write", a_read_sees_a_write}};
  all.of_step = {{Expectation::always, "no answer is impossible", every_answer_is_possible,
                  "a client is answered by what it asked"}};
  for (const auto& property : raft::properties.of_state)
    all.of_state.push_back(of_servers(property));
  for (const auto& property : raft::properties.of_pair) all.of_pair.push_back(of_servers(property));
  for (const auto& property : raft::properties.of_step) all.of_step.push_back(of_servers(property));
  return all;
}

inline const StoreProperties properties = store_properties();

}  // namespace coracle::kv
