// Runs a scenario on one cluster of one protocol, for one seed: the part of `coracle run` that is
// made anew for each protocol.
#pragma once

#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

#include "sim/run_log.h"
#include "sim/settle.h"
#include "sim/story.h"
#include "sim/trace.h"
#include "tools/usage.h"

namespace coracle::tools {

struct RunSettings {
  std::ostream* log = nullptr;       // where each event is told
  std::optional<std::string> trace;  // the file to write
  const std::atomic<bool>* stop = nullptr;
};

template <Protocol P>
sim::RunReport run_cluster(const sim::Scenario& scenario, Cluster<P> cluster,
                           const PropertiesOf<P>& properties, const sim::Spoken<P>& spoken,
                           std::uint64_t seed, sim::TraceHeader header,
                           const std::string& node_noun, const RunSettings& settings) {
  const Judge<P> judge(properties, scenario.properties);
  sim::check_story(scenario, cluster.configs.size());
  sim::settle_in(cluster, scenario, judge.remembers());
  header.network = cluster.network;
  header.faults = cluster.faults;
  header.disk = cluster.disk;
  header.properties = scenario.properties;
  sim::Story<P> story(scenario, std::move(cluster), judge, seed, spoken);

  story.stop = settings.stop;
  std::optional<sim::RunLog<P>> log;
  if (settings.log != nullptr) {
    log.emplace(story.simulator().world(), node_noun);
    *settings.log << log->head();
    story.on_note = [&](sim::Time now, const std::string& what) {
      *settings.log << sim::RunLog<P>::note(now, what);
    };
  }
  std::ofstream file;
  std::optional<sim::TraceWriter> trace;
  if (settings.trace) {
    file.open(*settings.trace, std::ios::binary);
    trace.emplace(file, header);
  }
  if (log || trace)
    story.on_action = [&](sim::Time now, const Action<Values<P>>& action,
                          const World<Values<P>>& world) {
      if (log) *settings.log << log->line(now, action, world);
      if (trace) trace->add<P>(action, now);
    };

  const auto start = std::chrono::steady_clock::now();
  sim::RunReport report = story.run();
  report.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.seed = seed;
  if (trace) {
    trace->finish();
    file.close();
    if (!file) throw UsageError("cannot write " + *settings.trace);
  }
  return report;
}

}  // namespace coracle::tools
