// The world that a scenario lives in: what may happen there at all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include "model/values.h"
#include "sim/input.h"
#include "sim/scenario.h"

namespace coracle::sim {

// Refuses what can never be told in a cluster of so many nodes: an InputError with its place.
void check_story(const Scenario& scenario, std::size_t nodes);

// How many nodes a sentence can name at most.
inline std::size_t most_of(const Who& who, std::size_t nodes) {
  std::size_t most = 0;
  for (const auto& term : who)
    most += match(
        term, [&](const Minority&) { return (nodes - 1) / 2; },
        [&](const Majority&) { return nodes / 2 + 1; }, [&](const Others&) { return nodes; },
        [&](const All&) { return nodes; }, [](const auto&) { return std::size_t{1}; });
  return std::min(most, nodes);
}

// Makes the world of a cluster the scenario's: its network loses and repeats, its disks write and
// its nodes may crash, as far as the scenario makes them.
template <Protocol P>
void settle_in(Cluster<P>& cluster, const Scenario& scenario, bool remembers) {
  NetworkRules& network = cluster.network;
  std::size_t crashes = 0;
  // At the end of chaos the core is cut off from the others.
  bool loses = scenario.chaos.until < never && scenario.chaos.core == Chaos::Core::majority;
  bool repeats = false;
  const auto has = [&](const LinkWeather& link) {
    loses = loses || link.loss > 0 || link.capacity > 0;
    repeats = repeats || link.duplicate > 0 || link.replay.share > 0;
  };
  has(scenario.weather.network);
  for (const LinksWeather& links : scenario.weather.links) has(links.weather);
  const auto does = [&](const Verb& verb, bool once) {
    match(
        verb.what, [&](const Partition&) { loses = true; }, [&](const CutOneWay&) { loses = true; },
        [&](const PartitionRing&) { loses = true; }, [&](const PartitionBridge&) { loses = true; },
        [&](const CrashThem& crash) {
          crashes += once ? most_of(crash.who, cluster.configs.size()) : Faults::any_number;
        },
        [&](const Disturb& disturb) {
          loses = loses || disturb.what == Disturbance::What::lose;
          repeats = repeats || disturb.what == Disturbance::What::duplicate;
        },
        [&](const Exactly& exactly) {
          loses = loses || exactly.fate == Exactly::Fate::drop;
          repeats = repeats || exactly.fate == Exactly::Fate::duplicate;
        },
        [](const auto&) {});
  };
  for (const ScenarioStep& step : scenario.steps)
    for (const Verb& verb : step.verbs) does(verb, !step.every);
  for (const Chaos::Fault& fault : scenario.chaos.faults) does(fault.verb, /*once=*/false);
  cluster.disk = scenario.disk;
  if (network.kind == NetworkKind::set && scenario.network == NetworkKind::ordered)
    throw InputError(scenario.file + ": the network of " + scenario.model +
                     " is a set, and not ordered");
  if (network.kind != NetworkKind::set)
    network = {.kind = scenario.network, .loss = loses, .duplication = repeats};
  cluster.faults.crashes =
      static_cast<std::uint8_t>(std::min<std::size_t>(crashes, Faults::any_number));
  cluster.observing = crashes > 0 && remembers;
}

}  // namespace coracle::sim
