// Runs a scenario on one cluster of one protocol, for one seed: the part of `coracle run` that is
// made anew for each protocol.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/matrix.h"
#include "sim/past.h"
#include "sim/run_log.h"
#include "sim/settle.h"
#include "sim/story.h"
#include "sim/twice.h"
#include "tools/judged_calls.h"
#include "tools/ran.h"
#include "tools/recording.h"

namespace coracle::tools {

// A scenario with the cluster that it is about.
template <Protocol P>
struct Staged {
  const sim::Scenario& scenario;
  Cluster<P> cluster;
  const Judge<P> judge;
  const sim::Spoken<P>& spoken;
  std::string node_noun;
};

// Refuses what can never be told; an InputError with its place.
template <Protocol P>
Staged<P> staged(const sim::Scenario& scenario, Cluster<P> cluster,
                 const PropertiesOf<P>& properties, const sim::Spoken<P>& spoken,
                 const std::string& node_noun) {
  Staged<P> all{scenario, std::move(cluster), Judge<P>(properties, scenario.properties), spoken,
                node_noun};
  sim::check_story(scenario, all.cluster.configs.size());
  sim::settle_in(all.cluster, scenario, all.judge.remembers());
  return all;
}

// Whose past a failure is about: of a property's, the node of the last event and whoever breaks it
// together with it. Nobody in particular where an expectation was not met, and where a property
// remembers: it may be about one that is down by now.
template <Protocol P>
std::vector<NodeId> those_who_broke(const Judge<P>& judge, bool observing,
                                    const World<Values<P>>& world, Marks violated, NodeId last) {
  using V = Values<P>;
  std::vector<NodeId> all;
  const Marks remembered = observing ? judge.remembering() : 0;
  if (violated == 0 || (violated & remembered) != 0) return all;
  all.push_back(last);
  const auto& nodes = world.nodes.nodes;
  const auto& one = nodes[position(last)];
  for (std::size_t at = 0; at < nodes.size() && V::is_up(one); ++at) {
    if (at == position(last) || !V::is_up(nodes[at])) continue;
    const auto& other = V::state(nodes[at]);
    const Marks speak = judge.of_pair(V::state(one), other) | judge.of_pair(other, V::state(one));
    if ((speak & violated) != 0) all.push_back(node_at(at));
  }
  return all;
}

// Runs it, telling each event and each thing that the scenario does to those who want to know.
template <Protocol P>
class Performance {
 public:
  using V = Values<P>;

  Performance(const Staged<P>& stage, std::uint64_t seed, const RunSettings& settings,
              sim::TraceHeader header)
      : stage_(stage), seed_(seed), settings_(settings), header_(std::move(header)) {
    header_.network = stage.cluster.network;
    header_.faults = stage.cluster.faults;
    header_.disk = stage.cluster.disk;
    header_.properties = stage.scenario.properties;
  }

  sim::RunReport run(const sim::OnAction<P>& also, const std::atomic<bool>* stop) {
    sim::Story<P> story(stage_.scenario, stage_.cluster, stage_.judge, seed_, stage_.spoken);
    story.stop = stop;
    JudgedCalls<P> calls;
    judge_calls_of(story, calls);
    open(story.simulator().world());
    if (log_ || recording_ || settings_.past || also)
      story.on_action = [&](sim::Time now, const Action<V>& action, const World<V>& world) {
        if (log_) *settings_.log << log_->line(now, action, world);
        if (recording_) recording_->take(now, action, world);
        if (past_) past_->take(past_teller_->tell(now, action, world));
        if (settings_.past && ++count_ == past_begins()) begin_past(world);
        if (also) also(now, action, world);
      };
    if (log_ || recording_ || settings_.past)
      story.on_note = [&](sim::Time now, const std::string& what) {
        if (log_) *settings_.log << sim::RunLog<P>::note(now, what);
        if (recording_) recording_->note(now, what);
        if (past_) past_->note(now, what);
      };
    const auto start = std::chrono::steady_clock::now();
    sim::RunReport report = story.run();
    report.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report.seed = seed_;
    if (settings_.history) write_calls(calls);
    if (recording_) recording_->finish(report.failure);
    if (past_ && !report.failure.empty())
      told_past_ = past_->text(
          those_who_broke<P>(stage_.judge, stage_.cluster.observing, story.simulator().world(),
                             story.simulator().violated(), past_->last_node()),
          "    ");
    close();
    return report;
  }

  const std::string& told_past() const { return told_past_; }

 private:
  sim::Teller<P> teller(const World<V>& world, std::uint64_t before = 0) const {
    return sim::Teller<P>(world, stage_.cluster.network.kind, stage_.spoken.roles, stage_.node_noun,
                          /*timed=*/true, before);
  }

  void write_calls(const JudgedCalls<P>& calls) const {
    if constexpr (JudgedCalls<P>::are_told) {
      std::ofstream file(*settings_.history, std::ios::binary);
      calls.write(file);
      if (!file.flush()) throw UsageError("cannot write " + *settings_.history);
    } else {
      throw UsageError("--history: clients of " + header_.model + " have no history");
    }
  }

  // Only a first run is told.
  void open(const World<V>& world) {
    if (was_told_) return;
    if (settings_.log != nullptr) {
      log_.emplace(world, stage_.node_noun);
      *settings_.log << log_->head();
    }
    if (settings_.trace)
      recording_.emplace(*settings_.trace, header_, teller(world),
                         sim::name_of(stage_.scenario) + ", seed " + std::to_string(seed_));
    if (settings_.past && past_begins() == 0) begin_past(world);
  }

  // Behind which event.
  std::uint64_t past_begins() const {
    const std::uint64_t events = settings_.past.value_or(0);
    return events - std::min<std::uint64_t>(events, sim::Past::searched_most);
  }
  void begin_past(const World<V>& world) {
    past_teller_.emplace(teller(world, past_begins()));
    past_.emplace(past_teller_->cast());
  }

  void close() {
    was_told_ = true;
    log_.reset();
    recording_.reset();
    past_.reset();
  }

  const Staged<P>& stage_;
  std::uint64_t seed_;
  const RunSettings& settings_;
  sim::TraceHeader header_;
  bool was_told_ = false;
  std::optional<sim::RunLog<P>> log_;
  std::optional<Recording<P>> recording_;
  std::optional<sim::Teller<P>> past_teller_;
  std::optional<sim::Past> past_;
  std::uint64_t count_ = 0;
  std::string told_past_;
};

template <Protocol P>
Ran run_cluster(const Staged<P>& stage, std::uint64_t seed, const sim::TraceHeader& header,
                const RunSettings& settings) {
  Performance<P> performance(stage, seed, settings, header);
  Ran ran;
  if (!settings.twice) {
    ran.report = performance.run(nullptr, settings.stop);
  } else {
    const std::atomic<bool> never_stops = false;
    const auto& stop = settings.stop != nullptr ? *settings.stop : never_stops;
    const sim::RunOnce<P> run = [&](const sim::OnAction<P>& also, const std::atomic<bool>& until) {
      return performance.run(also, &until);
    };
    sim::Twice twice = sim::run_twice<P>(run, Values<P>(stage.cluster).initial_world(),
                                         stage.cluster.network.kind, stage.node_noun, stop);
    ran.report = std::move(twice.first);
    if (twice.interrupted && ran.report.failure.empty()) ran.report.interrupted = true;
    if (!twice.interrupted) ran.deterministic = !twice.difference.has_value();
    if (twice.difference) ran.report.failure = *twice.difference;
  }
  ran.past = performance.told_past();
  return ran;
}

}  // namespace coracle::tools
