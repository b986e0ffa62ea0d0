// What happened in a run, counted by kind.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "model/values.h"
#include "sim/kinds.h"
#include "sim/run_report.h"

namespace coracle::sim {

template <Protocol P>
class Tally {
 public:
  using V = Values<P>;

  Fates& fates(const typename V::Envelope& envelope) {
    const std::size_t kind = kind_of(envelope.message);
    if (fates_.size() <= kind) fates_.resize(kind + 1);
    return fates_[kind];
  }
  template <class Timer>
  void rings(const Timer& timer) {
    const std::size_t kind = kind_of(timer);
    if (rings_.size() <= kind) rings_.resize(kind + 1);
    ++rings_[kind];
  }
  template <class Taken>
  void takes(const Taken& /*action*/) {
    ++actions_[kind_of_action<V, Taken>];
  }
  void orders(const typename P::Effect& effect) { ++outputs_[effect.index()]; }

  std::map<std::string, Fates> messages() const {
    std::map<std::string, Fates> all;
    const auto names = kind_names<MessageOf<P>>();
    for (std::size_t kind = 0; kind < fates_.size(); ++kind) all[names[kind]] = fates_[kind];
    return all;
  }

  // Of the actions that such a cluster knows, of its timers, and of the effects that there were.
  std::map<std::string, std::uint64_t> counters(DiskKind disk) const {
    std::map<std::string, std::uint64_t> all;
    for (std::size_t kind = 0; kind < actions_.size(); ++kind)
      all[std::string(action_names[kind])] = actions_[kind];
    if (disk == DiskKind::synced) all.erase("flush");
    if constexpr (HasTimers<P>) {
      const auto names = kind_names<TimerOf<P>>();
      for (std::size_t kind = 0; kind < rings_.size(); ++kind)
        all["expire " + names[kind]] = rings_[kind];
    }
    const auto effects = kind_names<typename P::Effect>();
    for (std::size_t kind = 0; kind < effects.size(); ++kind)
      if (outputs_[kind] > 0) all[effects[kind]] = outputs_[kind];
    return all;
  }

 private:
  std::vector<Fates> fates_;          // by kind of message
  std::vector<std::uint64_t> rings_;  // by kind of timer
  std::array<std::uint64_t, action_kinds<V>> actions_{};
  std::array<std::uint64_t, std::variant_size_v<typename P::Effect>> outputs_{};
};

}  // namespace coracle::sim
