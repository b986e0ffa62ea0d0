// The nouns of the replicated key-value store: who takes part, and what they tell each other.
//
//     servers   each a Raft server with a machine beside it (server.h)
//     clients   one node that plays them all, as a test harness does (clients.h): so it is known of
//               each call which others were answered before it began
#pragma once

#include <boost/mp11/list.hpp>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "model/kv/sessions.h"
#include "model/linearizable.h"
#include "model/raft/node.h"

namespace coracle::kv {

// --- Messages: Raft's, and what clients and servers tell each other.

struct Ask {
  ClientId client{};
  Serial serial;  // a client gives each request another one, and repeats it where it asks again
  Command command;
  auto operator<=>(const Ask&) const = default;
};
BOOST_DESCRIBE_STRUCT(Ask, (), (client, serial, command))

// It has not been done, and will not be because of this asking.
struct Elsewhere {
  std::optional<NodeId> leader;
  auto operator<=>(const Elsewhere&) const = default;
};
BOOST_DESCRIBE_STRUCT(Elsewhere, (), (leader))

// The server led when it took the request, and does so no longer: it may be done yet, or never.
struct Unknown {
  auto operator<=>(const Unknown&) const = default;
};
BOOST_DESCRIBE_STRUCT(Unknown, (), ())

using Outcome = std::variant<Opened, Closed, Executed, Refused, Elsewhere, Unknown>;

struct Answer {
  ClientId client{};
  Serial serial;
  Outcome outcome;
  auto operator<=>(const Answer&) const = default;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (client, serial, outcome))

using Message = boost::mp11::mp_push_back<raft::Message, Ask, Answer>;

// --- Requests: what is asked of a server from outside, as of any of Raft's; and of the clients,
// to make a call.

struct Call {
  Operation operation;
  std::optional<ClientId> client;  // none: the first that is free
  std::optional<NodeId> server;    // none: the one that it turned to last
  auto operator<=>(const Call&) const = default;
};
BOOST_DESCRIBE_STRUCT(Call, (), (operation, client, server))

using Request = std::variant<Call, raft::TransferLeadership, raft::ChangeMembers, raft::Compact>;

// --- Alarms: Raft's, and one for each client that waits for an answer.

enum class Timer : std::uint8_t {
  election,
  heartbeat,
  silence,
  quorum,
  transfer,
  retry_1,
  retry_2,
  retry_3,
  retry_4,
  retry_5,
  retry_6,
  retry_7,
  retry_8
};
BOOST_DESCRIBE_ENUM(Timer, election, heartbeat, silence, quorum, transfer, retry_1, retry_2,
                    retry_3, retry_4, retry_5, retry_6, retry_7, retry_8)

inline constexpr std::size_t most_clients = 8;

constexpr Timer timer_of(raft::Timer timer) { return static_cast<Timer>(timer); }
constexpr Timer retry_of(ClientId client) {
  return static_cast<Timer>(static_cast<std::uint32_t>(Timer::retry_1) +
                            static_cast<std::uint32_t>(client) - 1);
}

// Raft's alarm, or whose a client's is.
constexpr std::variant<raft::Timer, ClientId> owner(Timer timer) {
  if (timer < Timer::retry_1) return static_cast<raft::Timer>(timer);
  return ClientId{static_cast<std::uint32_t>(timer) - static_cast<std::uint32_t>(Timer::retry_1) +
                  1};
}
static_assert(timer_of(raft::Timer::transfer) == Timer::transfer);

// --- What nodes are told to begin with.

// given: each client has one; opened: each opens one first; none: what may have been done once
// already is not asked again, and where messages arrive twice it may be done twice all the same.
enum class Sessions : std::uint8_t { given, opened, none };
BOOST_DESCRIBE_ENUM(Sessions, given, opened, none)

// What clients call, for those who try everything.
enum class Mix : std::uint8_t { set_get, increment };
BOOST_DESCRIBE_ENUM(Mix, set_get, increment)

struct Workload {
  std::size_t clients = 1;
  std::size_t operations = 2;  // of each client
  std::size_t retries = 0;     // so often a client asks again what is not answered
  Sessions sessions = Sessions::given;
  Mix mix = Mix::set_get;
  Delay retry{500'000'000, 500'000'000};
  // Calls are told as they happen, and are not kept in the state: then there may be any number of
  // them, and a client that has asked often enough gives up.
  bool told = false;
  auto operator<=>(const Workload&) const = default;
};
BOOST_DESCRIBE_STRUCT(Workload, (), (clients, operations, retries, sessions, mix, retry, told))

template <class Raft>
struct ConfigOver {
  Raft raft;  // its `self` is the node's, which may be the clients' instead of a server's
  std::set<NodeId> servers;
  Machine start;  // of each server, before any entry is applied
  Workload workload;
  auto operator<=>(const ConfigOver&) const = default;
};
using Config = ConfigOver<raft::Config>;

// --- State.

struct Asker {
  NodeId node{};
  ClientId client{};
  Serial serial;
  auto operator<=>(const Asker&) const = default;
};
BOOST_DESCRIBE_STRUCT(Asker, (), (node, client, serial))

struct Reading {
  NodeId node{};  // that asked
  Operation operation;
  std::optional<raft::Index> index{};  // to be applied first, once Raft has said it
  auto operator<=>(const Reading&) const = default;
};
BOOST_DESCRIBE_STRUCT(Reading, (), (node, operation, index))

struct Server {
  raft::State raft;
  Machine machine;                           // Invariant: all that `raft` has committed is applied
  std::map<raft::EntryId, Asker> proposals;  // whose entries are not committed yet
  std::map<raft::ReadId, Reading> reads;
  auto operator<=>(const Server&) const = default;
};
BOOST_DESCRIBE_STRUCT(Server, (), (raft, machine, proposals, reads))

struct Client {
  std::optional<SessionId> session;
  NodeId server{};                 // that it turns to
  Serial serial;                   // of its last request
  std::optional<Command> request;  // that is not answered
  bool is_to_ask = false;          // it has yet to ask, or to ask elsewhere
  std::size_t left = 0;            // so often it may ask again
  auto operator<=>(const Client&) const = default;
};
BOOST_DESCRIBE_STRUCT(Client, (), (session, server, serial, request, is_to_ask, left))

using History = CallHistory<Operation, Result>;

struct Clients {
  std::map<ClientId, Client> clients;
  History history;
  auto operator<=>(const Clients&) const = default;
};
BOOST_DESCRIBE_STRUCT(Clients, (), (clients, history))

using State = std::variant<Server, Clients>;

// --- Events and effects.

using Received = coracle::Received<Message>;
using Expired = coracle::Expired<Timer>;
using Requested = coracle::Requested<Request>;
using Saved = raft::Saved;
using Event = std::variant<Received, Expired, Requested, Saved>;

// What clients see, for whoever writes their history.
struct Called {
  ClientId client{};
  Operation operation;
  auto operator<=>(const Called&) const = default;
};
BOOST_DESCRIBE_STRUCT(Called, (), (client, operation))
struct Returned {
  ClientId client{};
  Result result;
  auto operator<=>(const Returned&) const = default;
};
BOOST_DESCRIBE_STRUCT(Returned, (), (client, result))
// It may be done yet, or never.
struct GaveUp {
  ClientId client{};
  auto operator<=>(const GaveUp&) const = default;
};
BOOST_DESCRIBE_STRUCT(GaveUp, (), (client))

using Send = coracle::Send<Message>;
using SetTimer = coracle::SetTimer<Timer>;
using Save = raft::Save;
using Effect = std::variant<Send, SetTimer, Save, raft::Redirect, raft::Decline, raft::Refuse,
                            Called, Returned, GaveUp>;
using Effects = std::vector<Effect>;
using Step = coracle::Step<State, Effect>;

}  // namespace coracle::kv
