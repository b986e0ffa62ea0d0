// The properties of a protocol, asked as a run goes on: of each state and step that is new, of each
// pair of nodes of which one has changed, and of all nodes together.
#pragma once

#include <vector>

#include "model/judge.h"
#include "model/values.h"

namespace coracle::sim {

template <Protocol P>
class Asking {
 public:
  using V = Values<P>;
  using State = typename P::State;

  explicit Asking(const Judge<P>& judge) : judge_(judge) {
    for (std::size_t i = 0; i < judge.asked().size(); ++i)
      if (judge.asked()[i].expectation == Expectation::always) always_ |= Marks{1} << i;
  }

  // The bits of model/judge.h that have spoken so far.
  Marks marks() const { return marks_; }
  Marks violated() const { return marks_ & always_; }

  void reaction(const typename V::Node& before, const typename V::Reaction& reaction) {
    marks_ |= judge_.of_reaction(before, reaction, marks_);
  }

  void alone(const State& state) { marks_ |= judge_.of_state(state, marks_); }

  // Of a node that has changed, beside the others.
  void together(const World<V>& world, std::size_t changed, bool observing) {
    const auto& nodes = world.nodes.nodes;
    if (!V::is_up(nodes[changed])) return;
    if (judge_.asks_pairs()) {
      const State& one = V::state(nodes[changed]);
      for (std::size_t at = 0; at < nodes.size(); ++at) {
        if (!V::is_up(nodes[at])) continue;
        const State& other = V::state(nodes[at]);
        if (observing) marks_ |= judge_.remembered(other, world.nodes.observed, marks_);
        if (at == changed) continue;
        const Marks skip = observing ? judge_.remembering() : 0;
        marks_ |= judge_.of_pair(one, other, marks_ | skip);
        // NOLINTNEXTLINE(readability-suspicious-call-argument): the same pair from its other side
        marks_ |= judge_.of_pair(other, one, marks_ | skip | judge_.symmetric());
      }
    }
    all(world);
  }

  void all(const World<V>& world) {
    if (!judge_.asks_nodes()) return;
    std::vector<const State*> up;
    for (const auto& node : world.nodes.nodes)
      if (V::is_up(node)) up.push_back(&V::state(node));
    marks_ |= judge_.of_nodes({up}, marks_);
  }

 private:
  const Judge<P>& judge_;
  Marks always_ = 0;
  Marks marks_ = 0;
};

}  // namespace coracle::sim
