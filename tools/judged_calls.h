// The calls of a run's clients, judged when it is over. Most protocols tell of none; one that does
// has a specialization.
#pragma once

#include <optional>
#include <ostream>

#include "sim/run_report.h"
#include "sim/story.h"

namespace coracle::tools {

template <Protocol P>
class JudgedCalls {
 public:
  static constexpr bool are_told = false;
};

// Lets a story's clients be heard and judged. `calls` outlives the run.
template <Protocol P>
void judge_calls_of(sim::Story<P>& story, JudgedCalls<P>& calls) {
  if constexpr (JudgedCalls<P>::are_told) {
    story.on_output = [&calls](sim::Time now, NodeId, const typename P::Effect& effect) {
      calls.see(now, effect);
    };
    story.judge_calls = [&calls] { return calls.judge(); };
  }
}

}  // namespace coracle::tools
