// Faults at random times, from the seed: when the next one is due, and which it is. Where the
// scenario swarms, each seed has a random part of them, each more or less often than it says
// (Groce and others, Swarm Testing, 2012): what never happens lets other things happen.
#pragma once

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "sim/random.h"
#include "sim/scenario.h"

namespace coracle::sim {

class RandomFaults {
 public:
  RandomFaults(const Chaos& chaos, std::uint64_t seed)
      : chaos_(chaos), swarm_(stream(seed, "swarm")), lasting_(stream(seed, "lasting")) {
    for (std::size_t i = 0; i < chaos.faults.size(); ++i) {
      One one{stream(seed, "chaos", i), chaos.faults[i].mean, never};
      if (!chaos.swarm || swarms(one)) plan(one, chaos.from);
      faults_.push_back(one);
    }
  }

  Time next_time() const {
    Time next = never;
    for (const One& one : faults_) next = std::min(next, one.next);
    return next;
  }

  struct Due {
    const Verb* verb = nullptr;
    Time lasting = 0;
  };

  // Of those whose time has come, the first; its next time is later.
  Due take() {
    const auto first = std::ranges::min_element(faults_, {}, &One::next);
    plan(*first, first->next);
    return {&chaos_.faults[static_cast<std::size_t>(first - faults_.begin())].verb,
            lasting_.within(chaos_.lasting)};
  }

 private:
  struct One {
    Stream times;
    Time mean = 0;
    Time next = never;
  };

  bool swarms(One& one) {
    constexpr std::array<Time, 5> quarters{1, 2, 4, 8, 16};
    one.mean = std::max<Time>(1, one.mean / 4 * quarters[swarm_.below(quarters.size())]);
    return swarm_.below(2) == 0;
  }

  void plan(One& one, Time from) const {
    one.next = later(from, std::max<Time>(1, one.times.exponential(one.mean)));
    if (one.next >= chaos_.until) one.next = never;
  }

  const Chaos& chaos_;
  Stream swarm_;
  Stream lasting_;
  std::vector<One> faults_;
};

}  // namespace coracle::sim
