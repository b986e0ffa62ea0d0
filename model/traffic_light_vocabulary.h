// What drivers and tools know of the traffic light.
#pragma once

#include "model/traffic_light.h"
#include "model/vocabulary.h"

namespace coracle::traffic_light {

struct Vocabulary {
  using Protocol = traffic_light::Protocol;

  struct Options {
    int crossings = 1;
    std::string mutant = "none";
  };

  static constexpr std::string_view name = "traffic-light";
  static constexpr std::string_view what = "two lights and a button at each crossing";
  static constexpr std::string_view node = "crossing";

  static std::vector<Option<Options>> options() {
    return {
        {"crossings", "how many, each on its own", Number<Options>{&Options::crossings, 1, 5}},
        {"mutant", "leave a rule out", Choice<Options>{&Options::mutant, typed_names<Mutant>()}}};
  }

  static std::vector<MutantWords> mutants() {
    return {{"yellow-never-ends", "the rule that ends an east-west yellow is missing"},
            {"both-turn-green", "after an east-west yellow both roads are shown green"}};
  }

  static std::optional<std::string> refusal(const Options& /*options*/, Use /*use*/) { return {}; }

  static std::vector<RoleWords<State>> roles() { return {}; }
  static std::vector<ConditionWords<State>> conditions() {
    using AllNodes = Nodes<State>;
    return {{"north-south is green",
             [](const AllNodes& nodes) {
               return std::ranges::any_of(nodes.up, [](auto* s) { return s->lights.ns == green; });
             }},
            {"someone waits",
             [](const AllNodes& nodes) {
               return std::ranges::any_of(nodes.up, [](auto* s) { return s->waiting; });
             }},
            {"nobody waits", [](const AllNodes& nodes) {
               return std::ranges::none_of(nodes.up, [](auto* s) { return s->waiting; });
             }}};
  }
  static std::vector<RequestWords<State, Button>> requests() {
    return {{"press", 0,
             [](const std::string&, const State&) { return std::optional(Button::press); },
             [](const Button&) { return std::optional<std::string>(""); }}};
  }
  static constexpr std::string_view asked{};

  static const PropertiesOf<Protocol>& properties() { return traffic_light::properties; }

  static Cluster<Protocol> cluster(const Options& options) {
    Cluster<Protocol> cluster;
    const Config config{.mutant = enumerator_typed<Mutant>(options.mutant)};
    cluster.configs.assign(static_cast<std::size_t>(options.crossings), config);
    return cluster;
  }
};

}  // namespace coracle::traffic_light
