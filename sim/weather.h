// How the network, the disks and the clocks of a simulated cluster behave by themselves, before
// anybody does anything to them.
#pragma once

#include <vector>

#include "sim/time.h"

namespace coracle::sim {

// How long a message is on its way: each time of the range as likely; or, with a mean, the least
// one and behind it a time of that mean, short ones more often than long ones (exponentially).
struct Latency {
  Span span{};
  Time mean = 0;
  bool operator==(const Latency&) const = default;
};

// So many of them, and each by so much: "5 % by 50..200 ms".
struct Sometime {
  PartsPerMillion share = 0;
  Span by{};
  bool operator==(const Sometime&) const = default;
};

// One link: the messages from one node to another.
struct LinkWeather {
  Latency latency{};
  PartsPerMillion loss = 0;
  PartsPerMillion duplicate = 0;
  Sometime reorder{};           // are delayed by that much more, so that others overtake them
  Sometime replay{};            // arrive once more, that much later
  std::uint32_t capacity = 0;   // more are not on their way at a time, they are lost; 0: any number
  std::uint64_t bandwidth = 0;  // bytes a second, one message after the other; 0: without bound
  bool operator==(const LinkWeather&) const = default;
};

// The links from some nodes to some: their own weather. An empty list is every node.
struct LinksWeather {
  std::vector<NodeId> from;
  std::vector<NodeId> to;
  LinkWeather weather;
};

struct Weather {
  LinkWeather network{};
  std::vector<LinksWeather> links{};  // of several that mean a link, the last one holds
  Span flush{};      // of each write of a buffered disk, from its issue; none overtakes another
  Sometime stall{};  // of the writes, which take that much longer
  PartsPerMillion drift = 0;  // each clock is faster or slower by up to so much, by the seed
  bool by_hand = false;       // nothing arrives, fires or is flushed by itself
};

}  // namespace coracle::sim
