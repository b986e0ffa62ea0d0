// What the clients of the store are told, as a history; and whether it is linearizable.
#pragma once

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>

#include "model/kv/node.h"
#include "sim/linearizability.h"
#include "tools/history_words.h"
#include "tools/judged_calls.h"
#include "tools/kv_events.h"
#include "tools/kv_history.h"

namespace coracle::tools {

template <>
class JudgedCalls<kv::Bench> {
 public:
  static constexpr bool are_told = true;

  void see(sim::Time now, const kv::Effect& effect) {
    match(
        effect,
        [&](const kv::Called& call) {
          recorder_.invoke(process(call.client), call.operation, now);
          ++open_;
        },
        [&](const kv::Returned& answer) {
          recorder_.complete(process(answer.client), answer.result, now);
          was_answered_ = --open_ == 0 || was_answered_;
        },
        [&](const kv::GaveUp& lost) {
          recorder_.lose(process(lost.client));
          --open_;
        },
        [](const auto&) {});
  }

  KeyValueHistory history() const { return recorder_.history(); }
  void write(std::ostream& out) const { write_history(history(), out); }

  sim::CallsJudged judge() const {
    const KeyValueHistory all = history();
    sim::CallsJudged judged{.broken = broken(all), .shown = {}};
    const auto sees = [](const auto& call) {
      const auto* found = call.result ? std::get_if<kv::Found>(&*call.result) : nullptr;
      return found != nullptr && found->value.has_value();
    };
    if (std::ranges::any_of(all.operations, sees)) judged.shown.emplace_back("a read sees a write");
    if (was_answered_) judged.shown.emplace_back("every call so far is answered");
    return judged;
  }

 private:
  // What could not be decided within the memory does not hold either.
  static std::optional<sim::Broken> broken(const KeyValueHistory& all) {
    const KeyValueMachine machine;
    const auto judgements = sim::judge(all, machine);
    for (const auto& [key, judgement] : judgements) {
      if (judgement.verdict == sim::Verdict::linearizable) continue;
      if (judgement.verdict == sim::Verdict::undecided)
        return sim::Broken{property, "It could not be decided of " + key + "."};
      sim::SearchLimits limits;
      limits.points = 1'000'000 + 2 * judgement.points;
      const auto places = sim::by_key(all, machine).at(key);
      const Unexplained why{key, places, sim::core_of(all, places, machine, limits)};
      return sim::Broken{property, told(all, why)};
    }
    return {};
  }

  static constexpr const char* property = "the calls are linearizable";

  static sim::Process process(ClientId client) { return static_cast<sim::Process>(client); }

  sim::Recorder<kv::Operation, kv::Result> recorder_;
  int open_ = 0;               // calls under way
  bool was_answered_ = false;  // all of them, at some time
};

}  // namespace coracle::tools
