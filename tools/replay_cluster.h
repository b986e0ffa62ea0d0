// Replays a trace on the cluster that its header describes: the part of `coracle replay` that is
// made anew for each protocol.
#pragma once

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "model/judge.h"
#include "sim/read_trace.h"
#include "sim/replay.h"
#include "sim/run_report.h"
#include "sim/stuck.h"
#include "tools/story_of.h"
#include "tools/usage.h"

namespace coracle::tools {

struct ReplaySettings {
  bool quiet = false;
  bool log = false;  // tell every action of a long trace, too
  std::optional<std::string> json;
};

struct Replayed {
  std::string file;
  std::string model;
  std::size_t actions = 0;
  std::size_t replayed = 0;  // up to the one after which a property was broken
  std::string failure;       // the sentence; empty where everything holds
};

// Prints what was found, and writes the JSON that was asked for. Returns the exit code.
int deliver(const Replayed& replayed, const ReplaySettings& settings);

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

  Values<P>& values() { return values_; }
  const World<Values<P>>& world() const { return world_; }

  void take(const Action<Values<P>>& action) {
    step(values_, world_, action);
    look();
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

// A property that nobody knows would be asked of nobody.
template <Protocol P>
void check_names(const sim::TraceFile& trace, const PropertiesOf<P>& properties) {
  const Judge<P> all(properties, {});
  std::vector<std::string> known;
  for (const auto& asked : all.asked()) known.emplace_back(asked.name);
  for (const auto& name : trace.header.properties)
    if (std::ranges::find(known, name) == known.end())
      throw UsageError(trace.file + ":1: " + trace.header.model + " has no property '" + name +
                       "'" + near_match(name, known));
}

template <Protocol P>
int replay_cluster(const sim::TraceFile& trace, Cluster<P> cluster,
                   const PropertiesOf<P>& properties, const std::string& node_noun,
                   const ReplaySettings& settings) {
  constexpr std::size_t told_at_most = 200;
  check_names<P>(trace, properties);
  const Judge<P> judge(properties, trace.header.properties);
  cluster.network = trace.header.network;
  cluster.faults = trace.header.faults;
  cluster.disk = trace.header.disk;
  if (!HasDisk<P> && cluster.disk != DiskKind::synced)
    throw UsageError(trace.file + ":1: " + trace.header.model + " has no disk");
  cluster.observing = cluster.faults.crashes > 0 && judge.remembers();
  const auto timed = sim::actions_of<P>(trace);

  Replayed replayed{trace.file, trace.header.model, timed.size(), 0, {}};
  std::vector<Action<Values<P>>> path;
  Watched<P> watched(cluster, judge);
  for (std::size_t i = 0; i < timed.size() && !watched.broken(); ++i) {
    if (const auto why = sim::impossible<P>(watched.values(), watched.world(), timed[i].action))
      throw sim::error_at(trace, i,
                          "'" + action_text<P>(timed[i].action) + "' cannot happen here: " + *why);
    watched.take(timed[i].action);
    path.push_back(timed[i].action);
  }
  watched.end();
  replayed.replayed = path.size();
  if (const auto broken = watched.broken())
    replayed.failure = sim::violation(broken->name, broken->meaning);
  if (!settings.quiet && (settings.log || path.size() <= told_at_most))
    std::cout << story_of<P>(cluster, node_noun, path) << "\n";
  return deliver(replayed, settings);
}

}  // namespace coracle::tools
