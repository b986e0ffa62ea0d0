// Replays a trace on the cluster that its header describes: the part of `coracle replay` that is
// made anew for each protocol.
#pragma once

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "model/judge.h"
#include "sim/read_trace.h"
#include "sim/run_report.h"
#include "tools/recording.h"
#include "tools/story_of.h"
#include "tools/usage.h"
#include "tools/watched.h"

namespace coracle::tools {

struct ReplaySettings {
  bool quiet = false;
  bool log = false;  // tell every action of a long trace, too
  std::optional<std::string> json;
  std::optional<std::string> trace;  // the view of it to write
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

// The times of the first actions, which a trace of a run has; none where one is missing, or where
// they are not those of a clock.
inline std::vector<sim::Time> times_of(const sim::TraceFile& trace, std::size_t count) {
  std::vector<sim::Time> times;
  for (std::size_t i = 0; i < count; ++i) {
    if (!trace.lines[i].contains("at")) return {};
    times.push_back(sim::field_from<std::int64_t>(trace.lines[i], "at"));
    if (times.back() < (i == 0 ? 0 : times[i - 1])) return {};
  }
  return times;
}

template <Protocol P>
void write_view(const std::string& file, const sim::TraceFile& trace, const Cluster<P>& cluster,
                const std::vector<RoleWords<typename P::State>>& roles,
                const std::string& node_noun, const std::vector<Action<Values<P>>>& path,
                const std::string& failure) {
  const auto times = times_of(trace, path.size());
  Values<P> values(cluster);
  World<Values<P>> world = values.initial_world();
  Recording<P> recording(
      file, trace.header,
      sim::Teller<P>(world, cluster.network.kind, roles, node_noun, !times.empty()), trace.file);
  for (std::size_t i = 0; i < path.size(); ++i) {
    step(values, world, path[i]);
    recording.take(times.empty() ? 0 : times[i], path[i], world);
  }
  recording.finish(failure);
}

template <Protocol P>
int replay_cluster(const sim::TraceFile& trace, Cluster<P> cluster,
                   const PropertiesOf<P>& properties,
                   const std::vector<RoleWords<typename P::State>>& roles,
                   const std::string& node_noun, const ReplaySettings& settings) {
  constexpr std::size_t told_at_most = 200;
  check_names<P>(trace, properties);
  const Judge<P> judge(properties, trace.header.properties);
  cluster.network = trace.header.network;
  cluster.faults = trace.header.faults;
  cluster.disk = trace.header.disk;
  if (!HasDisk<P> && cluster.disk != DiskKind::synced)
    throw UsageError(trace.file + ":1: " + trace.header.model + " has no disk");
  cluster.observing = cluster.faults.crashes > 0 && judge.remembers();

  Replayed replayed{trace.file, trace.header.model, trace.lines.size(), 0, {}};
  Watched<P> watched(cluster, judge);
  const auto path = watched.follow(trace, trace.lines.size());
  watched.end();
  replayed.replayed = path.size();
  if (const auto broken = watched.broken())
    replayed.failure = sim::violation(broken->name, broken->meaning);
  if (!settings.quiet && (settings.log || path.size() <= told_at_most))
    std::cout << story_of<P>(cluster, node_noun, path) << "\n";
  if (settings.trace)
    write_view<P>(*settings.trace, trace, cluster, roles, node_noun, path, replayed.failure);
  return deliver(replayed, settings);
}

}  // namespace coracle::tools
