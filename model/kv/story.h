// What scenarios say of the store: Raft's roles and conditions, of its servers; and its clients'
// calls.
#pragma once

#include <charconv>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "model/kv/node.h"
#include "model/raft/story.h"

namespace coracle::kv {

// --- Calls: "get x", "set x 1 by 2" (of client 2), "set x 1 by 2 of 3" (it asks server 3).

inline std::vector<std::string> parts_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> parts;
  for (std::string part; in >> part;) parts.push_back(part);
  return parts;
}

// Takes "WORD N" off the end; nothing where it does not stand there.
inline std::optional<NodeId> number_after(std::vector<std::string>& parts, std::string_view word) {
  if (parts.size() < 2 || parts[parts.size() - 2] != word) return {};
  const auto number = raft::server_written(parts.back());
  if (number) parts.resize(parts.size() - 2);
  return number;
}

using Parts = std::vector<std::string>;

inline std::optional<Request> call_of(const std::string& argument, std::size_t least,
                                      std::size_t most, Operation (*operation)(const Parts&)) {
  Parts parts = parts_of(argument);
  Call call;
  call.server = number_after(parts, "of");
  if (const auto client = number_after(parts, "by"))
    call.client = static_cast<ClientId>(static_cast<std::uint8_t>(*client));
  if (parts.size() < least || parts.size() > most) return {};
  call.operation = operation(parts);
  return call;
}

inline std::string call_text(const Call& call, const std::string& what) {
  std::string all = what;
  if (call.client) all += " by " + text(*call.client);
  if (call.server) all += " of " + text(*call.server);
  return all;
}

// The n-th call of a load: sets and gets by turns.
inline std::optional<Request> loaded(const std::string& argument, const State& /*state*/) {
  const Parts parts = parts_of(argument);
  const auto number = number_in(parts.size() == 2 ? parts[0] : argument);
  if (!number || *number < 1 || parts.size() > 2) return {};
  const std::string key = parts.size() == 2 ? parts[1] : "x";
  if (*number % 2 == 0) return Call{.operation = Get{key}, .client = {}, .server = {}};
  return Call{.operation = Set{.key = key, .value = parts[0]}, .client = {}, .server = {}};
}

inline std::optional<Request> called_set(const std::string& argument, const State& /*state*/) {
  return call_of(argument, 2, 2, [](const Parts& parts) -> Operation {
    return Set{.key = parts[0], .value = parts[1]};
  });
}
inline std::optional<Request> called_get(const std::string& argument, const State& /*state*/) {
  return call_of(argument, 1, 1, [](const Parts& parts) -> Operation { return Get{parts[0]}; });
}
inline std::optional<Request> called_increment(const std::string& argument,
                                               const State& /*state*/) {
  return call_of(argument, 1, 1,
                 [](const Parts& parts) -> Operation { return Increment{.key = parts[0]}; });
}

inline std::optional<Request> called_delete(const std::string& argument, const State& /*state*/) {
  return call_of(argument, 1, 1, [](const Parts& parts) -> Operation { return Delete{parts[0]}; });
}
inline std::optional<Request> called_append(const std::string& argument, const State& /*state*/) {
  return call_of(argument, 2, 2, [](const Parts& parts) -> Operation {
    return Append{.key = parts[0], .value = parts[1]};
  });
}
// "x 1 2": where it is 1 it shall be 2.
inline std::optional<Request> called_swap(const std::string& argument, const State& /*state*/) {
  return call_of(argument, 3, 3, [](const Parts& parts) -> Operation {
    return CompareAndSet{.key = parts[0], .expected = parts[1], .value = parts[2]};
  });
}

// Of a load: what is written tells which request wrote it.
inline std::string key_alone(std::uint64_t /*number*/, const std::string& key) { return key; }
inline std::string key_and_number(std::uint64_t number, const std::string& key) {
  return key + " " + std::to_string(number);
}
inline std::string key_and_two_numbers(std::uint64_t number, const std::string& key) {
  return key + " " + std::to_string(number - 1) + " " + std::to_string(number);
}
inline std::string number_and_key(std::uint64_t number, const std::string& key) {
  return std::to_string(number) + " " + key;
}

template <class O>
std::optional<std::string> argument_of(const Request& request, std::string (*what)(const O&)) {
  const auto* call = std::get_if<Call>(&request);
  const auto* operation = call == nullptr ? nullptr : std::get_if<O>(&call->operation);
  if (operation == nullptr) return {};
  return call_text(*call, what(*operation));
}

// What it has committed, with the machine as it is then.
inline std::optional<Request> compacted(const std::string& /*argument*/, const State& state) {
  const auto* server = std::get_if<Server>(&state);
  if (server == nullptr) return {};
  return raft::Compact{.last = server->raft.commit, .state = encoded(server->machine)};
}

// --- Raft's words, of its servers.

using Order = RequestWords<State, Request>;

inline std::optional<Request> of_store(const raft::Request& request) {
  return match(
      request, [](const raft::Propose&) { return std::optional<Request>(); },
      [](const raft::Read&) { return std::optional<Request>(); },
      [](const auto& held) { return std::optional<Request>(held); });
}

inline std::optional<raft::Request> of_raft(const Request& request) {
  return match(
      request, [](const Call&) { return std::optional<raft::Request>(); },
      [](const auto& held) { return std::optional<raft::Request>(held); });
}

inline Order of_servers(const RequestWords<raft::State, raft::Request>& words) {
  return {words.verb, words.words,
          [ask = words.request](const std::string& argument,
                                const State& state) -> std::optional<Request> {
            const auto* server = std::get_if<Server>(&state);
            const auto request = server == nullptr ? std::nullopt : ask(argument, server->raft);
            return request ? of_store(*request) : std::nullopt;
          },
          [tell = words.argument](const Request& request) -> std::optional<std::string> {
            const auto asked = of_raft(request);
            return asked ? tell(*asked) : std::nullopt;
          },
          words.example};
}

// --- What there is to say.

inline std::vector<Order> orders() {
  using Argument = std::optional<std::string>;
  std::vector<Order> all{
      {"load", 2, loaded, [](const Request&) { return Argument{}; }, "7 x", number_and_key},
      {"set", 6, called_set,
       [](const Request& request) {
         return argument_of<Set>(request, [](const Set& s) { return s.key + " " + s.value; });
       },
       "x 1 by 2", key_and_number},
      {"get", 5, called_get,
       [](const Request& request) {
         return argument_of<Get>(request, [](const Get& g) { return g.key; });
       },
       "x by 2 of 3", key_alone},
      {"increment", 5, called_increment,
       [](const Request& request) {
         return argument_of<Increment>(request, [](const Increment& i) { return i.key; });
       },
       "x", key_alone},
      {"delete", 5, called_delete,
       [](const Request& request) {
         return argument_of<Delete>(request, [](const Delete& d) { return d.key; });
       },
       "x", key_alone},
      {"append", 6, called_append,
       [](const Request& request) {
         return argument_of<Append>(request, [](const Append& a) { return a.key + " " + a.value; });
       },
       "x 1", key_and_number},
      {"compare-and-set", 7, called_swap,
       [](const Request& request) {
         const auto* call = std::get_if<Call>(&request);
         const auto* swap =
             call == nullptr ? nullptr : std::get_if<CompareAndSet>(&call->operation);
         if (swap == nullptr || !swap->expected) return Argument{};
         return Argument{call_text(*call, swap->key + " " + *swap->expected + " " + swap->value)};
       },
       "x 1 2", key_and_two_numbers},
      {"compact", 0, compacted, [](const Request& request) {
         return std::holds_alternative<raft::Compact>(request) ? Argument{""} : Argument{};
       }}};
  for (const auto& words : raft::orders())
    if (words.verb == "transfer" || words.verb == "change") all.push_back(of_servers(words));
  return all;
}

inline std::vector<RoleWords<State>> roles() {
  std::vector<RoleWords<State>> all;
  for (const auto& role : raft::roles())
    all.push_back({role.name, [rank = role.rank](const State& state) -> std::uint64_t {
                     const auto* server = std::get_if<Server>(&state);
                     return server == nullptr ? 0 : rank(server->raft);
                   }});
  all.push_back({"clients", [](const State& state) -> std::uint64_t {
                   return std::holds_alternative<Clients>(state) ? 1 : 0;
                 }});
  return all;
}

inline bool every_call_is_answered(const Nodes<State>& nodes) {
  return std::ranges::none_of(nodes.up, [](const State* state) {
    const auto* clients = std::get_if<Clients>(state);
    return clients != nullptr && std::ranges::any_of(clients->clients, [](const auto& client) {
             return client.second.request.has_value();
           });
  });
}

inline std::vector<ConditionWords<State>> conditions() {
  std::vector<ConditionWords<State>> all{{"every call is answered", every_call_is_answered}};
  for (const auto& condition : raft::conditions())
    all.push_back({condition.name, [holds = condition.holds](const Nodes<State>& nodes) {
                     std::vector<const raft::State*> up;
                     for (const State* state : nodes.up)
                       if (const auto* server = std::get_if<Server>(state))
                         up.push_back(&server->raft);
                     return holds({up});
                   }});
  return all;
}

}  // namespace coracle::kv
