// A whole cluster as one value, and the one function that moves it on.
//
//     World    its members (every node's state, or, while it is down, what its disk holds; what is
//              left of the fault budgets; what an observer has seen), and the messages in flight
//     Action   one thing that can happen in it
//     step     (world, action) -> world
//
// It is written once, over *handles*. In the simulator and in replay a handle is the value itself
// (model/values.h); in the checker it is the number under which the value is interned
// (checker/interned.h), and a whole world is two numbers. Handles offer, of a world's two halves:
//
//     Nodes, Network, Sent, Envelope, Event    the types; an Event knows where it happens
//     happened(nodes, event) -> sent           what its node makes of it, and what that sends
//     crashed(nodes, id, kept), restarted(nodes, id) -> nodes
//     for_each_local(nodes, f)                 f(action) for all that needs no message
//     with(network, sent), without(network, envelope), with_copy(network, envelope) -> network
//     arrived(network, envelope) -> event      takes it off the network, too
//     for_each_deliverable(network, f)         f(envelope) for each distinct one that may arrive
//
// and, of one node, what the functions on Members (model/members.h) ask.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "model/network.h"
#include "model/protocol.h"

namespace coracle {

template <class Handles>
struct World {
  typename Handles::Nodes nodes;
  typename Handles::Network in_flight;

  bool operator==(const World&) const = default;
  BOOST_DESCRIBE_CLASS(World, (), (nodes, in_flight), (), ())
};

// --- What can happen.

template <class Envelope>
struct Deliver {
  Envelope envelope;
  auto operator<=>(const Deliver&) const = default;
  BOOST_DESCRIBE_CLASS(Deliver, (), (envelope), (), ())
};
template <class Envelope>
struct Drop {
  Envelope envelope;
  auto operator<=>(const Drop&) const = default;
  BOOST_DESCRIBE_CLASS(Drop, (), (envelope), (), ())
};
template <class Envelope>
struct Duplicate {
  Envelope envelope;
  auto operator<=>(const Duplicate&) const = default;
  BOOST_DESCRIBE_CLASS(Duplicate, (), (envelope), (), ())
};
template <class Event>
struct Expire {
  Event event;
  auto operator<=>(const Expire&) const = default;
  BOOST_DESCRIBE_CLASS(Expire, (), (event), (), ())
};
template <class Event>
struct Request {
  Event event;
  auto operator<=>(const Request&) const = default;
  BOOST_DESCRIBE_CLASS(Request, (), (event), (), ())
};
// The oldest of a node's writes that are not yet durable becomes so (model/disk.h): the event is
// its Saved.
template <class Event>
struct Flush {
  Event event;
  auto operator<=>(const Flush&) const = default;
  BOOST_DESCRIBE_CLASS(Flush, (), (event), (), ())
};
struct Crash {
  NodeId node{};
  std::uint32_t kept = 0;  // so many of the writes that are not yet durable survive, the oldest
  auto operator<=>(const Crash&) const = default;
  BOOST_DESCRIBE_CLASS(Crash, (), (node, kept), (), ())
};
struct Restart {
  NodeId node{};
  auto operator<=>(const Restart&) const = default;
  BOOST_DESCRIBE_CLASS(Restart, (), (node), (), ())
};

template <class Handles>
using Action =
    std::variant<Deliver<typename Handles::Envelope>, Drop<typename Handles::Envelope>,
                 Duplicate<typename Handles::Envelope>, Expire<typename Handles::Event>,
                 Request<typename Handles::Event>, Flush<typename Handles::Event>, Crash, Restart>;

// Faults are what the world does to a protocol; a world in which nothing else can happen is stuck.
template <class A>
inline constexpr bool is_fault = false;
template <class Envelope>
inline constexpr bool is_fault<Drop<Envelope>> = true;
template <class Envelope>
inline constexpr bool is_fault<Duplicate<Envelope>> = true;
template <>
inline constexpr bool is_fault<Crash> = true;

// --- What follows. A message to a node that is down is lost.

template <class Handles>
void happen(Handles& handles, World<Handles>& world, const typename Handles::Event& event) {
  auto sent = handles.happened(world.nodes, event);
  world.in_flight = handles.with(std::move(world.in_flight), std::move(sent));
}

template <class Handles, class E>
void take(Handles& handles, World<Handles>& world, const Deliver<E>& action) {
  happen(handles, world, handles.arrived(world.in_flight, action.envelope));
}
template <class Handles, class E>
void take(Handles& handles, World<Handles>& world, const Drop<E>& action) {
  world.in_flight = handles.without(std::move(world.in_flight), action.envelope);
}
template <class Handles, class E>
void take(Handles& handles, World<Handles>& world, const Duplicate<E>& action) {
  world.in_flight = handles.with_copy(std::move(world.in_flight), action.envelope);
}
template <class Handles, class E>
void take(Handles& handles, World<Handles>& world, const Expire<E>& action) {
  happen(handles, world, action.event);
}
template <class Handles, class E>
void take(Handles& handles, World<Handles>& world, const Request<E>& action) {
  happen(handles, world, action.event);
}
template <class Handles, class E>
void take(Handles& handles, World<Handles>& world, const Flush<E>& action) {
  happen(handles, world, action.event);
}
template <class Handles>
void take(Handles& handles, World<Handles>& world, const Crash& action) {
  world.nodes = handles.crashed(std::move(world.nodes), action.node, action.kept);
}
template <class Handles>
void take(Handles& handles, World<Handles>& world, const Restart& action) {
  world.nodes = handles.restarted(std::move(world.nodes), action.node);
}

// Moves the world on by one action that is enabled in it. `Taken` is an Action, or one of its
// alternatives.
template <class Handles, class Taken>
void step(Handles& handles, World<Handles>& world, const Taken& action) {
  if constexpr (IsVariant<Taken>::value)
    std::visit([&](const auto& alternative) { take(handles, world, alternative); }, action);
  else
    take(handles, world, action);
}

// Calls f(action) for everything that can happen now: one action a distinct message, not one a
// copy.
template <class Handles, class F>
void for_each_enabled(Handles& handles, const World<Handles>& world, F f) {
  using Envelope = typename Handles::Envelope;
  const NetworkRules& rules = handles.cluster().network;
  handles.for_each_deliverable(world.in_flight, [&](const Envelope& envelope) {
    f(Deliver<Envelope>{envelope});
    if (rules.loss) f(Drop<Envelope>{envelope});
    if (rules.duplication) f(Duplicate<Envelope>{envelope});
  });
  handles.for_each_local(world.nodes, f);
}

}  // namespace coracle
