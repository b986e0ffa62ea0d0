// Two-phase commit, as Gray and Lamport specify it ("Consensus on transaction commit", 2004): one
// transaction manager, server 1, asks the resource managers, all others, whether they can commit.
// Messages are a set: what was said may be heard at any time, again and again.
//
//   resource manager     working -> prepared -> committed
//                           |          |
//                           +----------+-----> aborted       (from working: also of its own accord)
//   transaction manager  collecting -> committed (once every manager is prepared),
//                                      or aborted (at any time before)
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <variant>
#include <vector>

#include "model/print.h"
#include "model/property.h"
#include "model/protocol.h"

namespace coracle::two_phase_commit {

using coracle::operator<<;

enum class Mutant : std::uint8_t { none, commit_without_all };
BOOST_DESCRIBE_ENUM(Mutant, none, commit_without_all)

inline constexpr NodeId transaction_manager{1};

struct Config {
  NodeId self{};
  std::set<NodeId> managers;  // the resource managers
  Mutant mutant = Mutant::none;
};

enum class Decision : std::uint8_t { none, commit, abort };
BOOST_DESCRIBE_ENUM(Decision, none, commit, abort)

struct TransactionManager {
  std::set<NodeId> prepared;  // those whose Prepared arrived before the decision
  Decision decision = Decision::none;
  auto operator<=>(const TransactionManager&) const = default;
};
BOOST_DESCRIBE_STRUCT(TransactionManager, (), (prepared, decision))

enum class Stage : std::uint8_t { working, prepared, committed, aborted };
BOOST_DESCRIBE_ENUM(Stage, working, prepared, committed, aborted)

struct ResourceManager {
  Stage stage = Stage::working;
  auto operator<=>(const ResourceManager&) const = default;
};
BOOST_DESCRIBE_STRUCT(ResourceManager, (), (stage))

using State = std::variant<TransactionManager, ResourceManager>;

enum class Message : std::uint8_t { prepared, commit, abort };
BOOST_DESCRIBE_ENUM(Message, prepared, commit, abort)

// What a node may do of its own accord.
enum class Timer : std::uint8_t { decide_commit, decide_abort, prepare, give_up };
BOOST_DESCRIBE_ENUM(Timer, decide_commit, decide_abort, prepare, give_up)

using Received = coracle::Received<Message>;
using Expired = coracle::Expired<Timer>;
using Event = std::variant<Received, Expired>;
using Send = coracle::Send<Message>;
using Effect = std::variant<Send>;
using Effects = std::vector<Effect>;
using Step = coracle::Step<State, Effect>;

inline bool may_commit(const Config& config, const TransactionManager& manager) {
  const bool all = manager.prepared == config.managers;
  return manager.decision == Decision::none &&
         (all || (config.mutant == Mutant::commit_without_all && !manager.prepared.empty()));
}

inline State initial_state(const Config& config) {
  if (config.self == transaction_manager) return TransactionManager{};
  return ResourceManager{};
}

inline Step decided(const Config& config, TransactionManager manager, Decision decision) {
  manager.decision = decision;
  Effects effects;
  for (const NodeId to : config.managers)
    effects.push_back(Send{to, decision == Decision::commit ? Message::commit : Message::abort});
  return {manager, effects};
}

inline Step next_state(const Config& config, TransactionManager manager, const Event& event) {
  return match(
      event,
      [&](const Received& received) -> Step {
        if (manager.decision == Decision::none && received.message == Message::prepared)
          manager.prepared.insert(received.from);
        return {manager, {}};
      },
      [&](const Expired& expired) -> Step {
        if (expired.timer == Timer::decide_commit && may_commit(config, manager))
          return decided(config, manager, Decision::commit);
        if (expired.timer == Timer::decide_abort && manager.decision == Decision::none)
          return decided(config, manager, Decision::abort);
        return {manager, {}};
      });
}

inline Step next_state(const Config& /*config*/, ResourceManager manager, const Event& event) {
  return match(
      event,
      [&](const Received& received) -> Step {
        if (received.message == Message::commit) manager.stage = Stage::committed;
        if (received.message == Message::abort) manager.stage = Stage::aborted;
        return {manager, {}};
      },
      [&](const Expired& expired) -> Step {
        if (manager.stage != Stage::working) return {manager, {}};
        if (expired.timer == Timer::prepare) {
          manager.stage = Stage::prepared;
          return {manager, {Send{transaction_manager, Message::prepared}}};
        }
        if (expired.timer == Timer::give_up) manager.stage = Stage::aborted;
        return {manager, {}};
      });
}

inline Step next_state(const Config& config, State state, const Event& event) {
  return std::visit([&](const auto& role) { return next_state(config, role, event); }, state);
}

inline std::vector<Timer> timers(const Config& config, const State& state) {
  return match(
      state,
      [&](const TransactionManager& manager) -> std::vector<Timer> {
        if (manager.decision != Decision::none) return {};
        if (!may_commit(config, manager)) return {Timer::decide_abort};
        return {Timer::decide_commit, Timer::decide_abort};
      },
      [](const ResourceManager& manager) -> std::vector<Timer> {
        if (manager.stage != Stage::working) return {};
        return {Timer::prepare, Timer::give_up};
      });
}

// Of people who work and managers who wait for them.
inline Delay delay(const Config& /*config*/, Timer /*timer*/) {
  constexpr std::int64_t millisecond = 1'000'000;
  return {.least = 10 * millisecond, .most = 100 * millisecond};
}

struct Protocol {
  using Config = two_phase_commit::Config;
  using State = two_phase_commit::State;
  using Event = two_phase_commit::Event;
  using Effect = two_phase_commit::Effect;
  using Message = two_phase_commit::Message;
  using Timer = two_phase_commit::Timer;
};

using AllNodes = Nodes<State>;

inline std::size_t managers_at(const AllNodes& nodes, Stage stage) {
  std::size_t count = 0;
  for (const State* state : nodes.up)
    if (const auto* manager = std::get_if<ResourceManager>(state))
      count += manager->stage == stage ? 1 : 0;
  return count;
}

inline std::size_t managers(const AllNodes& nodes) {
  return static_cast<std::size_t>(std::ranges::count_if(nodes.up, [](const State* state) {
    return std::holds_alternative<ResourceManager>(*state);
  }));
}

inline const PropertiesOf<Protocol> properties{
    .of_state = {},
    .of_pair = {},
    .of_nodes = {{Expectation::always, "no manager aborts what another commits",
                  [](const AllNodes& nodes) {
                    return managers_at(nodes, Stage::committed) == 0 ||
                           managers_at(nodes, Stage::aborted) == 0;
                  }},
                 {Expectation::sometimes, "every manager commits",
                  [](const AllNodes& nodes) {
                    return managers_at(nodes, Stage::committed) == managers(nodes);
                  }},
                 {Expectation::sometimes, "every manager aborts",
                  [](const AllNodes& nodes) {
                    return managers_at(nodes, Stage::aborted) == managers(nodes);
                  }}},
    .of_step = {},
    .never_stuck = false};

}  // namespace coracle::two_phase_commit
