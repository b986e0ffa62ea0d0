// The clients of the store, all in one node. Each makes one call at a time, of the server that it
// was told of last; it asks again where it hears nothing, and elsewhere where it is sent there.
//
//     Elsewhere   it was not done: ask the leader, or, where none is known, the next server later
//     Unknown     it may have been done: ask again, if that can do no harm
//     no answer   the same
//
// To ask again does no harm where the request belongs to a session (sessions.h), or is a read. What
// it cannot ask again stays open: nobody knows whether it was done.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/kv/mutants.h"

namespace coracle::kv {

template <class C>
struct ClientsTurn {
  const C& config;
  Clients state;
  Effects effects;
};

// --- To begin with.

// Each turns to another server.
inline NodeId server_after(const std::set<NodeId>& servers, NodeId server) {
  const auto next = servers.upper_bound(server);
  return next == servers.end() ? *servers.begin() : *next;
}

template <class C>
Clients new_clients(const C& config) {
  Clients state;
  NodeId server = *config.servers.rbegin();
  for (std::uint32_t id = 1; id <= config.workload.clients; ++id) {
    Client& client = state.clients[ClientId{id}];
    client.server = server = server_after(config.servers, server);
    if (config.workload.sessions == Sessions::given) client.session = SessionId{id};
    if (config.workload.sessions == Sessions::opened) {
      client.serial = {1};
      client.request = OpenSession{};
      client.is_to_ask = true;
      client.left = config.workload.retries;
    }
  }
  return state;
}

// --- Asking.

template <class C>
void ask(ClientsTurn<C>& turn, ClientId id, Client& client) {
  client.is_to_ask = false;
  turn.effects.emplace_back(SetTimer{retry_of(id)});
  turn.effects.emplace_back(
      Send{client.server, Ask{.client = id, .serial = client.serial, .command = *client.request}});
}

inline bool may_be_repeated(const Command& request) {
  const auto* execute = std::get_if<Execute>(&request);
  return execute == nullptr || execute->id || std::holds_alternative<Get>(execute->operation);
}

inline bool may_ask_again(const Client& client) {
  return client.request &&
         (client.is_to_ask || (client.left > 0 && may_be_repeated(*client.request)));
}

// Whether it still does something about what it asked, by its alarm.
inline bool is_waiting(const Workload& workload, const Client& client) {
  return workload.told ? client.request.has_value() : may_ask_again(client);
}

// Nothing is under way any more.
inline void rest(Client& client) {
  client.request.reset();
  client.is_to_ask = false;
  client.left = 0;
}

// Of a call nobody will know whether it was done; a session is asked for until there is one.
template <class C>
void give_up(ClientsTurn<C>& turn, ClientId id, Client& client) {
  if (std::holds_alternative<OpenSession>(*client.request)) {
    client.server = server_after(turn.config.servers, client.server);
    return ask(turn, id, client);
  }
  turn.effects.emplace_back(GaveUp{id});
  rest(client);
}

template <class C>
void ask_again(ClientsTurn<C>& turn, ClientId id, Client& client) {
  if (!may_ask_again(client)) {
    if (is_waiting(turn.config.workload, client)) give_up(turn, id, client);
    return;
  }
  if (!client.is_to_ask) client.left -= 1;
  client.server = server_after(turn.config.servers, client.server);
  ask(turn, id, client);
}

// --- Calling.

inline std::size_t calls_of(const Clients& state, ClientId id) {
  const auto found = state.history.clients.find(id);
  return found == state.history.clients.end() ? 0 : found->second.size();
}

inline bool may_call(const Workload& workload, const Clients& state, ClientId id,
                     const Client& client) {
  return !client.request && (workload.told || calls_of(state, id) < workload.operations);
}

template <class C>
void call(ClientsTurn<C>& turn, const Call& order) {
  if (order.server && !turn.config.servers.contains(*order.server)) return;
  for (auto& [id, client] : turn.state.clients) {
    if (order.client.value_or(id) != id || !may_call(turn.config.workload, turn.state, id, client))
      continue;
    client.serial = {client.serial.value + 1};
    std::optional<RequestId> request;
    if (client.session) request = {.session = *client.session, .serial = client.serial};
    client.request = Execute{request, order.operation};
    client.left = turn.config.workload.retries;
    client.server = order.server.value_or(client.server);
    if (turn.config.workload.told)
      turn.effects.emplace_back(Called{id, order.operation});
    else
      begin(turn.state.history, id, order.operation);
    return ask(turn, id, client);
  }
}

// --- Hearing.

// Whether it can be an answer to this request at all.
inline bool fits(const Command& request, const Outcome& outcome) {
  if (std::holds_alternative<Opened>(outcome)) return std::holds_alternative<OpenSession>(request);
  if (std::holds_alternative<Executed>(outcome)) return std::holds_alternative<Execute>(request);
  return !std::holds_alternative<Closed>(outcome);
}

template <class C>
void hear(ClientsTurn<C>& turn, ClientId id, Client& client, const Outcome& outcome) {
  match(
      outcome,
      [&](const Opened& opened) {
        client.session = opened.session;
        rest(client);
      },
      [&](const Executed& executed) {
        if (turn.config.workload.told)
          turn.effects.emplace_back(Returned{id, executed.result});
        else
          end(turn.state.history, id, executed.result);
        rest(client);
      },
      [&](const Elsewhere& elsewhere) {
        client.is_to_ask = true;
        if (!elsewhere.leader) return;
        client.server = *elsewhere.leader;
        ask(turn, id, client);
      },
      [&](const Unknown&) { ask_again(turn, id, client); },
      [&](const Refused&) {  // its session is none any more: the call stays open
        client.is_to_ask = false;
        client.left = 0;
        if (turn.config.workload.told) give_up(turn, id, client);
      },
      [](const Closed&) {});
}

// Late answers are to what it no longer asks, or, where it asked again meanwhile, from servers that
// send it away: it is on its way already.
template <class C>
void receive(ClientsTurn<C>& turn, NodeId from, const Answer& answer) {
  const auto found = turn.state.clients.find(answer.client);
  if (found == turn.state.clients.end()) return;
  auto& [id, client] = *found;
  if (!client.request || answer.serial != client.serial) return;
  const bool sends_away = std::holds_alternative<Elsewhere>(answer.outcome) ||
                          std::holds_alternative<Unknown>(answer.outcome);
  if (sends_away && (from != client.server || client.is_to_ask)) return;
  if (fits(*client.request, answer.outcome))
    hear(turn, id, client, answer.outcome);
  else
    turn.effects.emplace_back(raft::Refuse{from, raft::Flaw::impossible});
}

// --- Events.

template <class C>
Step clients_step(const C& config, Clients state, const Event& event) {
  ClientsTurn<C> turn{.config = config, .state = std::move(state), .effects = {}};
  match(
      event,
      [&](const Received& received) {
        if (const auto* answer = std::get_if<Answer>(&received.message))
          return receive(turn, received.from, *answer);
        turn.effects.emplace_back(raft::Refuse{received.from, raft::Flaw::impossible});
      },
      [&](const Expired& expired) {
        const auto owned = owner(expired.timer);
        const auto* id = std::get_if<ClientId>(&owned);
        const auto found = id == nullptr ? turn.state.clients.end() : turn.state.clients.find(*id);
        if (found != turn.state.clients.end()) ask_again(turn, found->first, found->second);
      },
      [&](const Requested& asked) {
        if (const auto* order = std::get_if<Call>(&asked.request)) call(turn, *order);
      },
      [](const Saved&) {});
  return {std::move(turn.state), std::move(turn.effects)};
}

// --- What may be called, for those who try everything.

// Which client and which call wrote a value is in the value: "1.2" is the second call of client 1.
inline std::vector<Operation> possible_operations(Mix mix, ClientId id, std::size_t number) {
  if (mix == Mix::increment) return {Increment{.key = "x"}};
  const auto name = std::to_string(static_cast<std::uint32_t>(id)) + "." + std::to_string(number);
  return {Set{.key = "x", .value = name}, Get{.key = "x"}};
}

inline std::vector<Request> possible_calls(const Workload& workload, const Clients& state) {
  std::vector<Request> all;
  for (const auto& [id, client] : state.clients) {
    if (!may_call(workload, state, id, client)) continue;
    for (auto& operation : possible_operations(workload.mix, id, calls_of(state, id) + 1))
      all.emplace_back(Call{.operation = std::move(operation), .client = id, .server = {}});
  }
  return all;
}

}  // namespace coracle::kv
