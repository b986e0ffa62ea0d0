// Whether an action that a file names can happen in a world.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "model/print.h"
#include "model/values.h"
#include "model/world.h"

namespace coracle::sim {

namespace detail {

inline std::string node_text(NodeId node) { return "node " + text(node); }

// Whether this message may arrive next.
template <Protocol P>
std::optional<std::string> cannot_arrive(const NetworkRules& rules,
                                         const typename Values<P>::Network& in_flight,
                                         const typename Values<P>::Envelope& envelope) {
  const std::string nowhere = "no such message is in flight";
  if (rules.kind != NetworkKind::ordered) {
    if (std::ranges::binary_search(in_flight, envelope)) return {};
    return nowhere;
  }
  const Link link = Values<P>::link_of(envelope);
  const auto first = std::ranges::lower_bound(in_flight, link, {}, Values<P>::link_of);
  if (first != in_flight.end() && *first == envelope) return {};
  if (std::find(first, in_flight.end(), envelope) == in_flight.end()) return nowhere;
  return "a message that was sent before it on its link is still in flight";
}

template <Protocol P>
std::optional<std::string> is_not(bool up, const World<Values<P>>& world, NodeId id) {
  const auto& nodes = world.nodes.nodes;
  if (id == NodeId{} || position(id) >= nodes.size()) return "there is no " + node_text(id);
  if (Values<P>::is_up(nodes[position(id)]) == up) return {};
  return node_text(id) + (up ? " is down" : " is up");
}

}  // namespace detail

// Of the writes that wait for a disk.
inline std::optional<std::string> cannot_keep(std::uint32_t kept, std::uint32_t pending) {
  if (kept <= pending) return {};
  return "of " + text(pending) + (pending == 1 ? " unflushed write " : " unflushed writes ") +
         text(kept) + " cannot be kept";
}

// Nothing, or why not: the action must be among the enabled ones (model/world.h), but a client may
// ask anything of a node that is up.
template <Protocol P>
std::optional<std::string> impossible(const Values<P>& values, const World<Values<P>>& world,
                                      const Action<Values<P>>& action) {
  using Envelope = typename Values<P>::Envelope;
  using Event = typename Values<P>::Event;
  using Why = std::optional<std::string>;
  const NetworkRules& rules = values.cluster().network;
  const auto cannot_arrive = [&](const Envelope& envelope) {
    return detail::cannot_arrive<P>(rules, world.in_flight, envelope);
  };
  return match(
      action, [&](const Deliver<Envelope>& a) { return cannot_arrive(a.envelope); },
      [&](const Drop<Envelope>& a) -> Why {
        if (!rules.loss) return "this network loses nothing";
        return cannot_arrive(a.envelope);
      },
      [&](const Duplicate<Envelope>& a) -> Why {
        if (!rules.duplication) return "this network repeats nothing";
        return cannot_arrive(a.envelope);
      },
      [&](const Expire<Event>& a) -> Why {
        const NodeId id = a.event.node;
        if (auto why = detail::is_not<P>(true, world, id)) return why;
        const auto alarms = values.alarms(id, world.nodes.nodes[position(id)]);
        if (std::ranges::find(alarms, a.event) == alarms.end()) return "its timer is not set";
        return {};
      },
      [&](const Request<Event>& a) { return detail::is_not<P>(true, world, a.event.node); },
      [&](const Flush<Event>& a) -> Why {
        const NodeId id = a.event.node;
        if (auto why = detail::is_not<P>(true, world, id)) return why;
        const auto oldest = values.flushes(id, world.nodes.nodes[position(id)]);
        if (oldest.empty()) return "nothing waits to be written";
        if (oldest.front() != a.event) return "another write is older";
        return {};
      },
      [&](const Crash& a) -> Why {
        if (auto why = detail::is_not<P>(true, world, a.node)) return why;
        if (!Values<P>::may_crash(world.nodes.nodes[position(a.node)]))
          return "node " + text(a.node) + " never crashes";
        if (world.nodes.left.crashes == 0) return "no crash is left";
        return cannot_keep(a.kept, Values<P>::pending(world.nodes.nodes[position(a.node)]));
      },
      [&](const Restart& a) { return detail::is_not<P>(false, world, a.node); });
}

}  // namespace coracle::sim
