// What drivers and tools know of two-phase commit.
#pragma once

#include "model/two_phase_commit.h"
#include "model/vocabulary.h"

namespace coracle::two_phase_commit {

struct Vocabulary {
  using Protocol = two_phase_commit::Protocol;

  struct Options {
    int managers = 3;
    std::string mutant = "none";
  };

  static constexpr std::string_view name = "two-phase-commit";
  static constexpr std::string_view what = "a transaction manager and its resource managers";
  static constexpr std::string_view node = "server";

  static std::vector<Option<Options>> options() {
    return {{"managers", "how many resource managers", Number<Options>{&Options::managers, 1, 10}},
            {"mutant", "plant a bug", Choice<Options>{&Options::mutant, typed_names<Mutant>()}}};
  }

  static std::vector<MutantWords> mutants() {
    return {{"commit-without-all", "the transaction manager commits once any manager is prepared"}};
  }

  static std::optional<std::string> refusal(const Options& /*options*/, Use /*use*/) { return {}; }

  static std::vector<RoleWords<State>> roles() { return {}; }
  static std::vector<ConditionWords<State>> conditions() { return {}; }
  static constexpr std::string_view asked{};

  static const PropertiesOf<Protocol>& properties() { return two_phase_commit::properties; }

  static Cluster<Protocol> cluster(const Options& options) {
    Cluster<Protocol> cluster;
    cluster.network.kind = NetworkKind::set;
    Config config;
    config.mutant = enumerator_typed<Mutant>(options.mutant);
    const auto count = static_cast<std::size_t>(options.managers);
    for (std::size_t at = 1; at <= count; ++at) config.managers.insert(node_at(at));
    for (std::size_t at = 0; at <= count; ++at) {
      config.self = node_at(at);
      cluster.configs.push_back(config);
    }
    return cluster;
  }
};

}  // namespace coracle::two_phase_commit
