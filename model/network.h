// The network as a value: the messages in flight, as a sorted list of envelopes, or of handles to
// them.
//
//   kind       deliver            may also be lost or repeated
//   unordered  any; it is gone    where the rules say so
//   set        any; it stays      always, by nature: it takes neither rule
//   ordered    each link's first  its first, where the rules say so
//
// In an ordered network a message is lost or repeated when its turn comes: what arrives is the same
// as if it had happened on the way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "model/hash.h"
#include "model/protocol.h"

namespace coracle {

enum class NetworkKind : std::uint8_t { unordered, set, ordered };
BOOST_DESCRIBE_ENUM(NetworkKind, unordered, set, ordered)

struct NetworkRules {
  NetworkKind kind = NetworkKind::unordered;
  bool loss = false;
  bool duplication = false;
  auto operator<=>(const NetworkRules&) const = default;
  BOOST_DESCRIBE_CLASS(NetworkRules, (), (kind, loss, duplication), (), ())
};

template <class Message>
struct Envelope {
  NodeId from{};
  NodeId to{};
  Message message;
  auto operator<=>(const Envelope&) const = default;
  BOOST_DESCRIBE_CLASS(Envelope, (), (from, to, message), (), ())
};

// A link is one direction between two nodes.
using Link = std::uint16_t;
constexpr Link link(NodeId from, NodeId to) {
  return static_cast<Link>(static_cast<unsigned>(from) << 8U | static_cast<unsigned>(to));
}

// Below, `link_of(envelope)` tells an envelope's link.

// Puts an envelope in flight.
template <class List, class Envelope, class LinkOf>
void put_in_flight(const NetworkRules& rules, List& in_flight, Envelope envelope, LinkOf link_of) {
  if (rules.kind == NetworkKind::ordered) {
    const auto behind = std::upper_bound(
        in_flight.begin(), in_flight.end(), link_of(envelope),
        [&](Link sought, const Envelope& other) { return sought < link_of(other); });
    in_flight.insert(behind, std::move(envelope));
    return;
  }
  const auto place = std::lower_bound(in_flight.begin(), in_flight.end(), envelope);
  const bool there = place != in_flight.end() && *place == envelope;
  if (rules.kind == NetworkKind::set && there) return;
  in_flight.insert(place, std::move(envelope));
}

// Puts a second copy of an envelope beside the one that is in flight.
template <class List, class Envelope>
void repeat(List& in_flight, const Envelope& envelope) {
  in_flight.insert(std::find(in_flight.begin(), in_flight.end(), envelope), envelope);
}

// Takes one copy of an envelope away, delivered or lost, and returns it. A set keeps what it has.
template <class List, class Envelope>
Envelope take_out(const NetworkRules& rules, List& in_flight, const Envelope& envelope) {
  if (rules.kind == NetworkKind::set) return envelope;
  const auto place = rules.kind == NetworkKind::ordered
                         ? std::find(in_flight.begin(), in_flight.end(), envelope)
                         : std::lower_bound(in_flight.begin(), in_flight.end(), envelope);
  Envelope taken = std::move(*place);
  in_flight.erase(place);
  return taken;
}

// Calls f(envelope) for each distinct message that may arrive next.
template <class List, class LinkOf, class F>
void for_each_deliverable(const NetworkRules& rules, const List& in_flight, LinkOf link_of, F f) {
  for (auto it = in_flight.begin(); it != in_flight.end(); ++it) {
    const bool first = it == in_flight.begin();
    const bool behind =
        !first && (rules.kind == NetworkKind::ordered ? link_of(*std::prev(it)) == link_of(*it)
                                                      : *std::prev(it) == *it);
    if (!behind) f(*it);
  }
}

// The content hash of a whole network, from its envelopes' hashes: order counts within a link only.
template <class List, class LinkOf, class HashOf>
Hash128 network_hash(const NetworkRules& rules, const List& in_flight, LinkOf link_of,
                     HashOf hash_of) {
  Hash128 sum;
  std::uint64_t place = 0;
  for (auto it = in_flight.begin(); it != in_flight.end(); ++it) {
    const bool same_link = it != in_flight.begin() && link_of(*std::prev(it)) == link_of(*it);
    place = rules.kind == NetworkKind::ordered && same_link ? place + 1 : 0;
    sum += place == 0 ? hash_of(*it) : mixed(hash_of(*it), place);
  }
  return sum;
}

}  // namespace coracle
