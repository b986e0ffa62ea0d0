// Exactly once: client sessions beside the key-value machine (Ongaro's thesis, 6.3). A client that
// hears no answer asks again, and the log may come to hold its request twice. So it opens a session
// and numbers its requests; of each session the machine keeps the last number and what it came to.
//
//     apply(machine, index, command) -> reply
//
//     serial      reply
//     0           refused
//     < last      refused: the client has moved on, and what it was told is forgotten
//     = last      what it was told the first time; nothing is executed
//     > last      executed, and kept as the last
//
// There is no clock: sessions open, are used and expire at entries of the log, so that all servers
// that apply it keep the same. What a request of an unknown session once came to nobody knows, so
// it is refused and never executed.
//
// A client has one request under way at a time. One that repeats its OpenSession opens another; the
// one that it never uses expires. Two operations under one serial are a client's error, and are not
// told apart.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>

#include "model/kv/machine.h"
#include "model/print.h"
#include "model/protocol.h"

namespace coracle::kv {

struct SessionId {  // from 1, in the order of their opening
  std::uint64_t value = 0;
  auto operator<=>(const SessionId&) const = default;
};
BOOST_DESCRIBE_STRUCT(SessionId, (), (value))

struct Serial {  // from 1
  std::uint64_t value = 0;
  auto operator<=>(const Serial&) const = default;
};
BOOST_DESCRIBE_STRUCT(Serial, (), (value))

// --- What the log carries ...

struct OpenSession {
  auto operator<=>(const OpenSession&) const = default;
};
BOOST_DESCRIBE_STRUCT(OpenSession, (), ())

struct CloseSession {
  SessionId session;
  auto operator<=>(const CloseSession&) const = default;
};
BOOST_DESCRIBE_STRUCT(CloseSession, (), (session))

struct RequestId {
  SessionId session;
  Serial serial;
  auto operator<=>(const RequestId&) const = default;
};
BOOST_DESCRIBE_STRUCT(RequestId, (), (session, serial))

// Without an id it belongs to no session: it is executed each time that it is applied, so at least
// once if its client asks until it is answered.
struct Execute {
  std::optional<RequestId> id;
  Operation operation;
  auto operator<=>(const Execute&) const = default;
};
BOOST_DESCRIBE_STRUCT(Execute, (), (id, operation))

using Command = std::variant<OpenSession, CloseSession, Execute>;

// --- ... and what clients are told once it is applied.

struct Opened {
  SessionId session;
  auto operator<=>(const Opened&) const = default;
};
BOOST_DESCRIBE_STRUCT(Opened, (), (session))

struct Closed {
  auto operator<=>(const Closed&) const = default;
};
BOOST_DESCRIBE_STRUCT(Closed, (), ())

struct Executed {  // now or before: the client is told the same
  Result result;
  auto operator<=>(const Executed&) const = default;
};
BOOST_DESCRIBE_STRUCT(Executed, (), (result))

// unknown_session: never opened, closed or expired.
enum class Refusal : std::uint8_t { unknown_session, stale_serial, serial_zero };
BOOST_DESCRIBE_ENUM(Refusal, unknown_session, stale_serial, serial_zero)

struct Refused {
  Refusal why{};
  auto operator<=>(const Refused&) const = default;
};
BOOST_DESCRIBE_STRUCT(Refused, (), (why))

using Reply = std::variant<Opened, Closed, Executed, Refused>;

// --- What is kept.

struct Session {
  Serial last;             // 0: none yet
  Result result;           // what it came to; of none it says nothing
  std::uint64_t used = 0;  // the index of the last entry that named it
  auto operator<=>(const Session&) const = default;
};
BOOST_DESCRIBE_STRUCT(Session, (), (last, result, used))

struct Limits {
  std::uint64_t sessions = 1000;  // of 0, each is closed as it opens
  auto operator<=>(const Limits&) const = default;
};
BOOST_DESCRIBE_STRUCT(Limits, (), (sessions))

// All that a snapshot must hold: the limits too, since servers that differ in them drift apart.
struct Machine {
  Limits limits;
  Store store;
  std::map<SessionId, Session> sessions;  // Invariant: no more than the limit
  SessionId opened;                       // the last one, expired or not
  auto operator<=>(const Machine&) const = default;
};
BOOST_DESCRIBE_STRUCT(Machine, (), (limits, store, sessions, opened))

// --- How the log is applied.

// An entry uses at most one session, so that no two were used last by the same.
inline void close_longest_unused(Machine& machine) {
  machine.sessions.erase(std::ranges::min_element(
      machine.sessions, {}, [](const auto& session) { return session.second.used; }));
}

inline Reply open_session(Machine& machine, std::uint64_t index) {
  const SessionId id{machine.opened.value + 1};
  machine.opened = id;
  machine.sessions[id] = {.last = {}, .result = {}, .used = index};
  while (machine.sessions.size() > machine.limits.sessions) close_longest_unused(machine);
  return Opened{id};
}

inline Reply close_session(Machine& machine, SessionId id) {
  if (machine.sessions.erase(id) == 0) return Refused{Refusal::unknown_session};
  return Closed{};
}

inline Reply execute_once(Store& store, Session& session, Serial serial,
                          const Operation& operation) {
  if (serial == Serial{0}) return Refused{Refusal::serial_zero};
  if (serial < session.last) return Refused{Refusal::stale_serial};
  if (serial > session.last) {
    session.result = execute(store, operation);
    session.last = serial;
  }
  return Executed{session.result};
}

// Whatever names a session uses it: its client is still there.
inline Reply execute_in_session(Machine& machine, std::uint64_t index, const RequestId& id,
                                const Operation& operation) {
  const auto session = machine.sessions.find(id.session);
  if (session == machine.sessions.end()) return Refused{Refusal::unknown_session};
  session->second.used = index;
  return execute_once(machine.store, session->second, id.serial, operation);
}

// `index`: that of the command's entry in the log. Each is applied once, in the order of the log.
inline Reply apply(Machine& machine, std::uint64_t index, const Command& command) {
  return match(
      command, [&](const OpenSession&) -> Reply { return open_session(machine, index); },
      [&](const CloseSession& close) -> Reply { return close_session(machine, close.session); },
      [&](const Execute& request) -> Reply {
        if (!request.id) return Executed{execute(machine.store, request.operation)};
        return execute_in_session(machine, index, *request.id, request.operation);
      });
}

}  // namespace coracle::kv
