// A world that the actions of a trace lead on, while all properties are asked of it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "model/judge.h"
#include "model/narrative.h"
#include "sim/read_trace.h"
#include "sim/replay.h"
#include "sim/stuck.h"

namespace coracle::tools {

// Asks all properties of a world that actions lead on; the bits of those that speak.
template <Protocol P>
class Watched {
 public:
  Watched(Cluster<P> cluster, const Judge<P>& judge)
      : values_(std::move(cluster)), judge_(judge), world_(values_.initial_world()) {
    values_.witness = [this](const auto& before, const auto& /*event*/, const auto& reaction) {
      marks_ |= judge_.of_reaction(before, reaction);
    };
    look();
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  const World<Values<P>>& world() const { return world_; }

  void take(const Action<Values<P>>& action) {
    step(values_, world_, action);
    look();
  }

  // Takes the first actions of a trace, as far as the one that breaks a property, and returns them.
  // An InputError where one cannot happen.
  std::vector<Action<Values<P>>> follow(const sim::TraceFile& trace, std::size_t count) {
    std::vector<Action<Values<P>>> taken;
    for (const auto& [at, action] : sim::actions_of<P>(trace)) {
      if (taken.size() == count || broken()) break;
      if (const auto why = sim::impossible<P>(values_, world_, action))
        throw sim::error_at(trace, taken.size(),
                            "'" + action_text<P>(action) + "' cannot happen here: " + *why);
      take(action);
      taken.push_back(action);
    }
    return taken;
  }

  // Asks what is asked at the end alone.
  void end() {
    if (judge_.stuck() != 0 && sim::is_stuck<P>(values_.cluster(), world_))
      marks_ |= judge_.stuck();
  }

  // The first `always` that is broken.
  std::optional<Asked> broken() const {
    for (std::size_t i = 0; i < judge_.asked().size(); ++i)
      if ((marks_ >> i & 1U) != 0 && judge_.asked()[i].expectation == Expectation::always)
        return judge_.asked()[i];
    return {};
  }

 private:
  void look() {
    std::vector<const typename P::State*> up;
    for (const auto& node : world_.nodes.nodes)
      if (Values<P>::is_up(node)) up.push_back(&Values<P>::state(node));
    const bool observing = values_.cluster().observing;
    for (const auto* one : up) {
      marks_ |= judge_.of_state(*one);
      if (observing) marks_ |= judge_.remembered(*one, world_.nodes.observed);
      for (const auto* other : up)
        if (one != other)
          marks_ |= judge_.of_pair(*one, *other, observing ? judge_.remembering() : 0);
    }
    marks_ |= judge_.of_nodes({up});
  }

  Values<P> values_;
  const Judge<P>& judge_;
  World<Values<P>> world_;
  Marks marks_ = 0;
};

}  // namespace coracle::tools
