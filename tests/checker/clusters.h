// Clusters as the command line chooses them, and an exploration of one with all it needs to stay
// alive.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "checker/search.h"
#include "model/raft/vocabulary.h"
#include "model/traffic_light_vocabulary.h"
#include "model/two_phase_commit_vocabulary.h"

namespace coracle::checker {

inline Cluster<traffic_light::Protocol> crossings(int count, const std::string& mutant = "none") {
  return traffic_light::Vocabulary::cluster({.crossings = count, .mutant = mutant});
}

inline Cluster<two_phase_commit::Protocol> managers(int count, const std::string& mutant = "none") {
  return two_phase_commit::Vocabulary::cluster({.managers = count, .mutant = mutant});
}

using RaftOptions = raft::Vocabulary::Options;

inline Cluster<raft::Bench> servers(const RaftOptions& options) {
  return raft::Vocabulary::cluster(options);
}

template <Protocol P>
struct Exploration {
  explicit Exploration(Cluster<P> cluster, const PropertiesOf<P>& properties, Limits limits = {},
                       const std::vector<std::string>& only = {});
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

template <Protocol P>
Exploration<P>::Exploration(Cluster<P> cluster, const PropertiesOf<P>& properties, Limits limits,
                            const std::vector<std::string>& only)
    : judge(properties, only), space(std::move(cluster), judge), search(space, limits) {
  report = search.run();
}

// Compiled once for all tests, in explorations.cc.
extern template struct Exploration<traffic_light::Protocol>;
extern template struct Exploration<two_phase_commit::Protocol>;
extern template struct Exploration<raft::Bench>;

}  // namespace coracle::checker
