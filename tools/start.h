// Where an exploration begins: at the beginning, or in the world that a trace reached.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "tools/usage.h"
#include "tools/watched.h"

namespace coracle::tools {

// The world after so many actions of a trace.
struct From {
  sim::TraceFile trace;
  std::size_t at = 0;
};

template <Protocol P>
struct Start {
  Cluster<P> cluster;  // in which all of it can happen: what led here and what follows
  std::vector<Action<Values<P>>> before;
  World<Values<P>> world;
};

template <Protocol P>
Start<P> beginning(const Cluster<P>& cluster) {
  return {cluster, {}, Values<P>(cluster).initial_world()};
}

// The trace's actions are taken again, by the rules of this cluster, in the world that its header
// tells. Of the faults that it has seen none is left: what may follow is the cluster's. An
// InputError where they cannot be taken; a UsageError where they already break what is asked.
template <Protocol P>
Start<P> reached(const From& from, const Cluster<P>& cluster, const Judge<P>& judge) {
  const sim::TraceHeader& header = from.trace.header;
  Cluster<P> seen = cluster;
  seen.network.loss |= header.network.loss;
  seen.network.duplication |= header.network.duplication;
  seen.faults = header.faults;
  Watched<P> watched(seen, judge);
  const auto before = watched.follow(from.trace, from.at);
  if (const auto broken = watched.broken())
    throw UsageError("--from " + from.trace.file + ": after " + std::to_string(before.size()) +
                     " of its actions '" + std::string(broken->name) +
                     "' is broken already; expected --at before that");
  World<Values<P>> world = watched.world();
  world.nodes.left = cluster.faults;
  constexpr unsigned countable = std::numeric_limits<decltype(Faults::crashes)>::max();
  seen.faults.crashes = static_cast<decltype(Faults::crashes)>(
      std::min<unsigned>(header.faults.crashes + cluster.faults.crashes, countable));
  return {seen, before, world};
}

}  // namespace coracle::tools
