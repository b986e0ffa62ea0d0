// Whether a world is one in which nothing more can happen, faults aside: a deadlock.
#pragma once

#include "model/values.h"
#include "model/world.h"

namespace coracle::sim {

template <Protocol P>
bool is_stuck(const Cluster<P>& cluster, const World<Values<P>>& world) {
  Values<P> values(cluster);
  bool moves = false;
  for_each_enabled(values, world, [&]<class Taken>(const Taken& action) {
    if (is_fault<Taken> || moves) return;
    World<Values<P>> next = world;
    step(values, next, action);
    moves = next != world;
  });
  return !moves;
}

}  // namespace coracle::sim
