// Explores one cluster of one protocol, and says what was found: the part of `coracle explore` that
// is made anew for each protocol.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <functional>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "checker/graph.h"
#include "checker/path.h"
#include "checker/search.h"
#include "sim/run_report.h"
#include "sim/trace.h"
#include "sim/write_scenario.h"
#include "tools/files.h"
#include "tools/story_of.h"
#include "tools/usage.h"

namespace coracle::tools {

struct ExploreSettings {
  std::optional<From> from;
  checker::Limits limits;
  std::vector<std::string> properties;  // all where none is named
  std::optional<std::string> trace;     // files to write
  std::optional<std::string> graph;
  std::optional<std::string> json;
  bool quiet = false;
  bool color = false;
  std::function<void(const checker::Progress&)> on_progress;
};

struct ExploredModel {
  std::string name;
  std::string node;  // the noun: "server"
  boost::json::object options;
  boost::json::object told;  // those that a scenario may set
  std::string mutant;
};

// Bytes of memory that the process had at its largest.
std::size_t peak_bytes();

// Prints the report, and writes the JSON that was asked for. Returns the exit code.
int deliver(const checker::Report& report, const ExploreSettings& settings);

// The counterexample as a story that ends in the world where the property fails, and the sentence
// it breaks.
template <Protocol P>
std::string counterexample(const Start<P>& start, const ExploredModel& model,
                           const checker::PropertyReport& broken,
                           const std::vector<Action<Values<P>>>& path) {
  return (start.before.empty() ? "The shortest way to where it fails, "
                               : "The shortest way on to where it fails, ") +
         std::to_string(path.size()) + (path.size() == 1 ? " action.\n\n" : " actions.\n\n") +
         story_of<P>(start, model.node, path) + "\n" + sim::violation(broken.name, broken.meaning) +
         "\n\n";
}

// As a trace, or as a scenario of exact steps, by the ending of the file's name. Whole: with what
// led to where the exploration began.
template <Protocol P>
std::string written(const std::string& file, const Start<P>& start, const ExploredModel& model,
                    const std::vector<std::string>& properties, const sim::Spoken<P>& spoken,
                    const std::vector<Action<Values<P>>>& path) {
  std::vector<Action<Values<P>>> whole = start.before;
  whole.insert(whole.end(), path.begin(), path.end());
  const Cluster<P>& cluster = start.cluster;
  const bool as_scenario = file.ends_with(".toml");
  const sim::TraceHeader header{.model = model.name,
                                .options = as_scenario ? model.told : model.options,
                                .mutant = model.mutant,
                                .seed = {},
                                .network = cluster.network,
                                .faults = cluster.faults,
                                .disk = cluster.disk,
                                .properties = properties};
  if (as_scenario) return sim::scenario_text<P>(header, spoken, whole);
  return sim::trace_text<P>(header, whole);
}

template <Protocol P>
void write_graph(checker::Space<P>& space, const checker::Search<P>& search,
                 const std::string& file, checker::Report& report) {
  if (report.distinct > checker::largest_graph)
    throw UsageError("--graph: more than " + checker::grouped(checker::largest_graph) +
                     " worlds are too many to draw; choose smaller bounds");
  const auto graph = checker::graph_of(space, search);
  report.components = checker::strong_components(graph);
  std::ostringstream dot;
  checker::write_dot(dot, graph);
  write_file(file, dot.str());
}

// Nothing would be explored.
template <Protocol P>
std::string out_of_bounds(const Start<P>& start) {
  std::string nodes = world_text<P>(start.world);
  for (std::size_t at = nodes.find('\n'); at != std::string::npos; at = nodes.find('\n', at))
    nodes.replace(at, 1, "; ");
  return "the world to begin with is out of bounds; expected wider ones for " +
         std::to_string(start.world.in_flight.size()) + " messages in flight and " + nodes;
}

template <Protocol P>
int explore_cluster(Cluster<P> cluster, const PropertiesOf<P>& properties,
                    const sim::Spoken<P>& spoken, const ExploredModel& model,
                    const ExploreSettings& settings) {
  const checker::Judge<P> all(properties, {});
  std::vector<std::string> names;
  for (const auto& asked : all.asked()) names.emplace_back(asked.name);
  for (const auto& name : settings.properties)
    if (std::ranges::find(names, name) == names.end())
      throw UsageError("--property '" + name + "' is not one of " + model.name +
                       near_match(name, names));

  const checker::Judge<P> judge(properties, settings.properties);
  const bool crashed = settings.from && settings.from->trace.header.faults.crashes > 0;
  cluster.observing = (crashed || cluster.faults.crashes > 0) && judge.remembers();
  const Start<P> start =
      settings.from ? reached(*settings.from, cluster, judge) : beginning(cluster);
  checker::Space<P> space(cluster, judge, start.world);
  if (!space.begins_within_bounds()) throw UsageError(out_of_bounds(start));
  checker::Limits limits = settings.limits;
  if (settings.graph)
    limits.max_states = std::min<std::uint64_t>(
        limits.max_states.value_or(checker::largest_graph + 1), checker::largest_graph + 1);
  checker::Search<P> search(space, limits);
  search.on_progress = settings.on_progress;
  checker::Report report = search.run();
  report.model = model.name;
  report.options = model.options;
  if (settings.from) report.began = {settings.from->trace.file, settings.from->at};

  if (settings.graph) write_graph(space, search, *settings.graph, report);
  checker::PathFinder<P> paths(space, search);
  bool first = true;
  for (std::size_t i = 0; i < report.properties.size(); ++i) {
    auto& property = report.properties[i];
    if (property.verdict != checker::Verdict::violated) continue;
    const auto path = paths.path_to_mark(checker::Marks{1} << i, *property.depth);
    for (const auto& action : path) property.trace.push_back(action_text<P>(action));
    if (!settings.quiet) std::cout << counterexample<P>(start, model, property, path);
    if (settings.trace && first)
      write_file(*settings.trace,
                 written<P>(*settings.trace, start, model, settings.properties, spoken, path));
    first = false;
  }
  report.peak_bytes = peak_bytes();
  return deliver(report, settings);
}

}  // namespace coracle::tools
