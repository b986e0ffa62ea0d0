// One node of the replicated store, a server or the clients, as a protocol: the pure function that
// takes it from one value to the next. The rules are in server.h and clients.h.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/kv/clients.h"
#include "model/kv/server.h"

namespace coracle::kv {

template <class C>
bool is_server(const C& config) {
  return config.servers.contains(config.raft.self);
}

template <class Raft>
State initial_state(const ConfigOver<Raft>& config) {
  if (!is_server(config)) return new_clients(config);
  return Server{.raft = raft::initial_state(config.raft),
                .machine = config.start,
                .proposals = {},
                .reads = {}};
}

template <class C>
Step next_state_by(const C& config, State state, const Event& event) {
  return match(
      std::move(state),
      [&](Server&& server) { return server_step(config, std::move(server), event); },
      [&](Clients&& clients) { return clients_step(config, std::move(clients), event); });
}
inline Step next_state(const Config& config, State state, const Event& event) {
  return next_state_by(config, std::move(state), event);
}
inline Step next_state(const PlantedConfig& config, State state, const Event& event) {
  return next_state_by(config, std::move(state), event);
}

// --- What drivers ask.

template <class Raft>
std::vector<Timer> timers(const ConfigOver<Raft>& config, const State& state) {
  std::vector<Timer> set;
  match(
      state,
      [&](const Server& server) {
        for (const raft::Timer timer : raft::timers(config.raft, server.raft))
          set.push_back(timer_of(timer));
      },
      [&](const Clients& clients) {
        for (const auto& [id, client] : clients.clients)
          if (is_waiting(config.workload, client)) set.push_back(retry_of(id));
      });
  return set;
}

template <class Raft>
Delay delay(const ConfigOver<Raft>& config, Timer timer) {
  return match(
      owner(timer), [&](raft::Timer of_raft) { return raft::delay(config.raft, of_raft); },
      [&](ClientId) { return config.workload.retry; });
}

inline bool comes_later(const State& state, Timer timer, NodeId other, const State& leader) {
  const auto* server = std::get_if<Server>(&state);
  const auto* leads = std::get_if<Server>(&leader);
  if (server == nullptr || leads == nullptr || timer >= Timer::retry_1) return false;
  return raft::comes_later(server->raft, std::get<raft::Timer>(owner(timer)), other, leads->raft);
}

// Those of Raft that are not the clients' affair; its snapshots hold the machine.
template <class Raft>
std::vector<Request> requests(const ConfigOver<Raft>& config, const State& state) {
  if (const auto* clients = std::get_if<Clients>(&state))
    return possible_calls(config.workload, *clients);
  const auto& server = std::get<Server>(state);
  std::vector<Request> all;
  for (auto& request : raft::requests(config.raft, server.raft))
    match(
        std::move(request), [](raft::Propose&&) {}, [](raft::Read&&) {},
        [&](raft::Compact&& compact) {
          compact.state = encoded(server.machine);
          all.emplace_back(std::move(compact));
        },
        [&](auto&& other) { all.emplace_back(std::forward<decltype(other)>(other)); });
  return all;
}

template <class Raft>
std::vector<std::string_view> unused(const ConfigOver<Raft>& config) {
  auto all = raft::unused(config.raft);
  for (std::size_t id = 1; id <= most_clients; ++id)
    if (id > config.workload.clients)
      all.push_back(enumerator_name(retry_of(ClientId{static_cast<std::uint32_t>(id)})));
  return all;
}

// --- The disk: a server's. The clients are not what is tested: they do not crash.

inline bool may_crash(const State& state) { return std::holds_alternative<Server>(state); }

inline const raft::Durable& durable(const State& state) {
  static const raft::Durable none;
  const auto* server = std::get_if<Server>(&state);
  return server == nullptr ? none : server->raft.durable;
}

template <class C>
State restarted_by(const C& config, raft::Durable disk) {
  if (!is_server(config)) return new_clients(config);
  return restarted_server(config, std::move(disk));
}
inline State restarted(const Config& config, raft::Durable disk) {
  return restarted_by(config, std::move(disk));
}
inline State restarted(const PlantedConfig& config, raft::Durable disk) {
  return restarted_by(config, std::move(disk));
}

// --- What an observer sees: what one of Raft sees.

inline raft::History observed(raft::History so_far, NodeId node, const State& before,
                              const State& after, const Effects& /*effects*/) {
  const auto* was = std::get_if<Server>(&before);
  const auto* is = std::get_if<Server>(&after);
  if (was == nullptr || is == nullptr) return so_far;
  return raft::observed(std::move(so_far), node, was->raft, is->raft, {});
}

// --- How far an enumeration goes.

using Bounds = raft::Bounds;

struct Protocol {
  using Config = kv::Config;
  using State = kv::State;
  using Event = kv::Event;
  using Effect = kv::Effect;
  using Message = kv::Message;
  using Timer = kv::Timer;
  using Request = kv::Request;
  using Durable = raft::Durable;
  using Change = raft::Kept;
  using Bounds = raft::Bounds;
  using Observed = raft::History;
};

struct Bench : Protocol {
  using Config = PlantedConfig;
};

inline bool within(const raft::Bounds& bounds, const State& state) {
  const auto* server = std::get_if<Server>(&state);
  return server == nullptr || raft::within(bounds, server->raft);
}

}  // namespace coracle::kv
