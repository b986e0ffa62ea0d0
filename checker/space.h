// The space that is explored: worlds as numbers, and what follows each of them.
//
// A world is kept exactly in 64 bits: the id of its row of nodes and the id of its row of messages
// in flight. Few rows make many worlds. What the properties say of all nodes is asked once for each
// distinct row.
#pragma once

#include <cstdint>
#include <utility>

#include "checker/interned.h"
#include "checker/judge.h"
#include "model/world.h"

namespace coracle::checker {

// The network first: in the order of their keys, worlds with the same messages in flight are
// neighbours.
using WorldKey = std::uint64_t;

template <Protocol P>
class Space {
 public:
  using Handles = Interned<P>;
  using HandleWorld = World<Handles>;

  // What an action leads to.
  struct Successor {
    HandleWorld world;
    bool changed;
    bool within;

    WorldKey key() const { return pair_key(world.in_flight, world.nodes); }
  };

  // All that follows the initial world of a cluster, or another one of its worlds.
  Space(Cluster<P> cluster, const Judge<P>& judge)
      : judge_(judge),
        interned_(std::move(cluster), judge),
        initial_(interned_.interned(interned_.plain().initial_world())) {}
  Space(Cluster<P> cluster, const Judge<P>& judge, const World<Values<P>>& start)
      : judge_(judge), interned_(std::move(cluster), judge), initial_(interned_.interned(start)) {}

  const Judge<P>& judge() const { return judge_; }
  Handles& interned() { return interned_; }
  const Handles& interned() const { return interned_; }

  bool begins_within_bounds() const { return interned_.within_bounds(initial_); }
  WorldKey initial() const { return pair_key(initial_.in_flight, initial_.nodes); }
  static HandleWorld world(WorldKey key) {
    return {.nodes = static_cast<Id>(key), .in_flight = static_cast<Id>(key >> 32U)};
  }

  // Calls f(action, successor) for everything that can happen in a world.
  template <class F>
  void for_each_successor(WorldKey key, F f) {
    const HandleWorld here = world(key);
    for_each_enabled(interned_, here, [&](const auto& action) {
      HandleWorld next = here;
      step(interned_, next, action);
      f(action, Successor{next, !(next == here), interned_.within_bounds(next)});
    });
  }

  // Which properties speak of what an action does to a node.
  Marks marks_of_step(WorldKey key, const Deliver<Id>& action) {
    return marks_of_event(world(key), interned_.received(action.envelope));
  }
  template <class Taken>
  Marks marks_of_step(WorldKey key, const Taken& action) {
    if constexpr (requires { action.event; })
      return marks_of_event(world(key), action.event);
    else
      return 0;
  }

  Hash128 content_hash(WorldKey key) const { return interned_.content_hash_of(world(key)); }

 private:
  Marks marks_of_event(const HandleWorld& world, Id event) {
    const Id node = interned_.members(world.nodes).nodes[position(interned_.place(event))];
    return interned_.is_up(node) ? interned_.react(node, event).marks : 0;
  }

  const Judge<P>& judge_;
  Handles interned_;
  HandleWorld initial_;
};

}  // namespace coracle::checker
