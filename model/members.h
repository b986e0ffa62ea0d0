// The members of a cluster at one moment, and what happens to one of them. Written once, over
// handles to nodes, events and what an observer has seen (model/world.h); the handles offer
//
//     is_up(node)
//     place(event)                              -> the id of the node that it happens at
//     react(node, event)                        -> {after, sent, ...}; the only way to next_state
//     observe(observed, node, event, reaction)  leads an observer on
//     alarms(id, node), questions(id, node), flushes(id, node)  -> a range of events
//     comes_later(node, alarm, id, other)       it waits for one of the other's, by their clocks
//     may_crash(node)                           its node is one that faults are for
//     pending(node)                             -> how many writes are not yet durable
//     crashed_node(id, node, kept), restarted_node(id, node) -> node
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "model/world.h"

namespace coracle {

// How many faults of a kind the world may still see.
struct Faults {
  // So many crashes may still happen; `any_number` of them never become fewer.
  std::uint8_t crashes = 0;
  static constexpr std::uint8_t any_number = 255;
  auto operator<=>(const Faults&) const = default;
  BOOST_DESCRIBE_CLASS(Faults, (), (crashes), (), ())
};

template <class Handles>
struct Members {
  typename Handles::template List<typename Handles::Node> nodes;  // by position
  Faults left;
  typename Handles::Observed observed{};

  bool operator==(const Members&) const = default;
  BOOST_DESCRIBE_CLASS(Members, (), (nodes, left, observed), (), ())
};

// Returns what the node sends. A node that is down hears nothing.
template <class Handles>
auto happen_to(Handles& handles, Members<std::remove_const_t<Handles>>& members,
               const typename Handles::Event& event) {
  auto& node = members.nodes[position(handles.place(event))];
  using Sent = decltype(handles.react(node, event).sent);
  if (!handles.is_up(node)) return Sent{};
  auto reaction = handles.react(node, event);
  handles.observe(members.observed, node, event, reaction);
  node = std::move(reaction.after);
  return Sent(std::move(reaction.sent));
}

template <class Handles>
void crash(Handles& handles, Members<std::remove_const_t<Handles>>& members, NodeId id,
           std::uint32_t kept) {
  auto& node = members.nodes[position(id)];
  node = handles.crashed_node(id, node, kept);
  if (members.left.crashes != Faults::any_number) members.left.crashes -= 1;
}

template <class Handles>
void restart(Handles& handles, Members<std::remove_const_t<Handles>>& members, NodeId id) {
  auto& node = members.nodes[position(id)];
  node = handles.restarted_node(id, node);
}

// Where alarms keep the order of clocks: whether this one comes after one of another node.
template <class Handles>
bool must_wait(Handles& handles, const Members<std::remove_const_t<Handles>>& members,
               const typename Handles::Node& node, const typename Handles::Event& alarm) {
  if (!handles.cluster().timers_in_order) return false;
  for (std::size_t at = 0; at < members.nodes.size(); ++at)
    if (handles.is_up(members.nodes[at]) &&
        handles.comes_later(node, alarm, node_at(at), members.nodes[at]))
      return true;
  return false;
}

// Calls f(action) for all that can happen to a node without a message.
template <class Handles, class F>
void for_each_local_action(Handles& handles, const Members<std::remove_const_t<Handles>>& members,
                           F f) {
  using Event = typename Handles::Event;
  for (std::size_t at = 0; at < members.nodes.size(); ++at) {
    const NodeId id = node_at(at);
    const auto& node = members.nodes[at];
    if (!handles.is_up(node)) {
      f(Restart{id});
      continue;
    }
    for (const Event& event : handles.alarms(id, node))
      if (!must_wait(handles, members, node, event)) f(Expire<Event>{event});
    for (const Event& event : handles.questions(id, node)) f(Request<Event>{event});
    for (const Event& event : handles.flushes(id, node)) f(Flush<Event>{event});
    if (members.left.crashes == 0 || !handles.may_crash(node)) continue;
    const std::uint32_t pending = handles.pending(node);
    for (std::uint32_t kept = 0; kept <= pending; ++kept) f(Crash{id, kept});
  }
}

}  // namespace coracle
