// Clusters as the command line chooses them, and an exploration of one with all it needs to stay
// alive.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "checker/search.h"
#include "model/raft/vocabulary.h"
#include "model/traffic_light_vocabulary.h"
#include "model/two_phase_commit_vocabulary.h"

namespace coracle::checker {

// The cluster that a vocabulary makes of its options, where these choose the protocol P.
template <Protocol P, class Vocabulary>
Cluster<P> cluster_of(const typename Vocabulary::Options& options) {
  std::optional<Cluster<P>> chosen;
  Vocabulary::visit(options, [&]<class Q>(const Cluster<Q>& cluster, const auto& /*properties*/) {
    if constexpr (std::is_same_v<P, Q>) chosen = cluster;
  });
  CHECK(chosen.has_value());
  return *chosen;
}

inline Cluster<traffic_light::Protocol> crossings(int count, const std::string& mutant = "none") {
  return cluster_of<traffic_light::Protocol, traffic_light::Vocabulary>(
      {.crossings = count, .mutant = mutant});
}

inline Cluster<two_phase_commit::Protocol> managers(int count, const std::string& mutant = "none") {
  return cluster_of<two_phase_commit::Protocol, two_phase_commit::Vocabulary>(
      {.managers = count, .mutant = mutant});
}

using RaftOptions = raft::Vocabulary::Options;

template <Protocol P = raft::Protocol>
Cluster<P> servers(const RaftOptions& options) {
  return cluster_of<P, raft::Vocabulary>(options);
}

template <Protocol P>
struct Exploration {
  explicit Exploration(Cluster<P> cluster, const PropertiesOf<P>& properties, Limits limits = {},
                       const std::vector<std::string>& only = {})
      : judge(properties, only), space(std::move(cluster), judge), search(space, limits) {
    report = search.run();
  }
  Exploration(const Exploration&) = delete;
  Exploration& operator=(const Exploration&) = delete;

  // Of a property that was asked.
  const PropertyReport& property(const std::string& name) const {
    const auto found = std::ranges::find(report.properties, name, &PropertyReport::name);
    CHECK(found != report.properties.end());
    return *found;
  }
  Verdict verdict(const std::string& name) const { return property(name).verdict; }

  Judge<P> judge;
  Space<P> space;
  Search<P> search;
  Report report;
};

}  // namespace coracle::checker
