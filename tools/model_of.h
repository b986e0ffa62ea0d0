// A Model made of a protocol's vocabulary.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "model/vocabulary.h"
#include "tools/explore_cluster.h"
#include "tools/model.h"
#include "tools/options_of.h"
#include "tools/replay_cluster.h"
#include "tools/run_cluster.h"

namespace coracle::tools {

template <class Vocabulary>
class ModelOf : public Model {
 public:
  using Options = typename Vocabulary::Options;
  using P = typename Vocabulary::Protocol;

  std::string name() const override { return std::string(Vocabulary::name); }
  std::string what() const override { return std::string(Vocabulary::what); }

  options::options_description options() const override {
    options::options_description all("Options of " + name());
    auto add = all.add_options();
    for (const auto& option : options_for<Vocabulary>(Use::exploring)) {
      const std::string option_name(option.name);
      const std::string help = std::string(option.help) + default_text(option);
      if (std::holds_alternative<Switch<Options>>(option.place))
        add(option_name.c_str(), options::bool_switch(), help.c_str());
      else
        add(option_name.c_str(), options::value<std::string>()->value_name(value_name(option)),
            help.c_str());
    }
    return all;
  }

  std::vector<std::string> properties() const override {
    std::vector<std::string> lines;
    for (const auto& asked : this->asked())
      lines.push_back((asked.expectation == Expectation::always ? "always    " : "sometimes ") +
                      std::string(asked.name));
    return lines;
  }

  std::string mutants() const override {
    std::string lines;
    for (const auto& [mutant, change] : Vocabulary::mutants()) {
      std::string line = "  " + mutant;
      line.resize(std::max<std::size_t>(line.size() + 1, 28), ' ');
      lines += line + change + "\n";
    }
    return lines;
  }

  sim::Names names() const override {
    sim::Names names;
    names.model = name();
    for (const auto& option : options_for<Vocabulary>(Use::simulating))
      if (option.name != "mutant") names.options.emplace_back(option.name);
    for (const auto& mutant : Vocabulary::mutants()) names.mutants.push_back(mutant.name);
    for (const auto& role : Vocabulary::roles()) names.roles.push_back(role.name);
    for (const auto& condition : Vocabulary::conditions())
      names.conditions.push_back(condition.name);
    for (const auto& asked : this->asked()) names.properties.emplace_back(asked.name);
    if constexpr (HasNetwork<P>) names.messages = sim::kind_names<typename P::Message>();
    if constexpr (HasTimers<P>) names.timers = sim::kind_names<typename P::Timer>();
    names.has_disk = HasDisk<P>;
    for (const auto& request : sim::spoken<P, Vocabulary>().requests)
      names.requests[request.verb] = request.words;
    for (const auto& request : sim::spoken<P, Vocabulary>().requests)
      if (request.load) names.loads.push_back(request.verb);
    return names;
  }

  int explore(const options::variables_map& typed, const ExploreSettings& settings) const override {
    Options chosen = settings.from ? told_in(settings.from->trace) : Options{};
    for (const auto& option : options_for<Vocabulary>(Use::exploring)) {
      const std::string option_name(option.name);
      if (typed.count(option_name) == 0 || typed[option_name].defaulted()) continue;
      const bool is_switch = std::holds_alternative<Switch<Options>>(option.place);
      set_option(chosen, option,
                 is_switch ? "true" : typed[option_name].template as<std::string>());
    }
    if (const auto why = Vocabulary::refusal(chosen, Use::exploring)) throw UsageError(*why);
    auto told = Vocabulary::options();
    std::erase_if(told, [](const auto& option) {
      return option.use != Use::everywhere || option.name == "mutant";
    });
    const ExploredModel model{name(), std::string(Vocabulary::node),
                              options_json(options_for<Vocabulary>(Use::exploring), chosen),
                              options_json(told, chosen), chosen.mutant};
    auto cluster = Vocabulary::cluster(chosen);
    if (settings.from) live_as_told(cluster, settings.from->trace);
    return explore_cluster<P>(cluster, Vocabulary::properties(), sim::spoken<P, Vocabulary>(),
                              model, settings);
  }

  Ran run(const sim::Scenario& scenario, std::uint64_t seed,
          const RunSettings& settings) const override {
    const Options chosen = told_in(scenario);
    const sim::TraceHeader header{.model = name(),
                                  .options = options_json(Vocabulary::options(), chosen),
                                  .mutant = chosen.mutant,
                                  .seed = seed};
    const auto spoken = sim::spoken<P, Vocabulary>();
    return run_cluster<P>(on_stage(scenario, chosen, spoken), seed, header, settings);
  }

  void check(const sim::Scenario& scenario) const override {
    const auto spoken = sim::spoken<P, Vocabulary>();
    on_stage(scenario, told_in(scenario), spoken);
  }

  int replay(const sim::TraceFile& trace, const ReplaySettings& settings) const override {
    const Options chosen = told_in(trace);
    if (const auto why = Vocabulary::refusal(chosen, Use::simulating))
      throw UsageError(trace.file + ":1: " + *why);
    if (chosen.mutant != trace.header.mutant)
      throw UsageError(trace.file + ":1: its options have the mutant '" + chosen.mutant +
                       "', but it says '" + trace.header.mutant + "'");
    return replay_cluster<P>(trace, Vocabulary::cluster(chosen), Vocabulary::properties(),
                             Vocabulary::roles(), std::string(Vocabulary::node), settings);
  }

 private:
  // What a trace's header says of its world holds, whatever its options say, where nothing else is
  // typed.
  static void live_as_told(Cluster<P>& cluster, const sim::TraceFile& trace) {
    const auto as_told = Vocabulary::cluster(told_in(trace));
    if (cluster.network.kind == as_told.network.kind)
      cluster.network.kind = trace.header.network.kind;
    if (cluster.disk == as_told.disk) cluster.disk = trace.header.disk;
    if (!HasDisk<P> && cluster.disk != DiskKind::synced)
      throw UsageError(trace.file + ":1: " + std::string(Vocabulary::name) + " has no disk");
  }

  static Staged<P> on_stage(const sim::Scenario& scenario, const Options& chosen,
                            const sim::Spoken<P>& spoken) {
    return staged<P>(scenario, Vocabulary::cluster(chosen), Vocabulary::properties(), spoken,
                     std::string(Vocabulary::node));
  }

  // The options that a scenario tells.
  static Options told_in(const sim::Scenario& scenario) {
    Options chosen;
    for (const auto& option : options_for<Vocabulary>(Use::simulating)) {
      const auto set = scenario.options.find(std::string(option.name));
      if (set != scenario.options.end()) set_in(scenario, chosen, option, set->second);
    }
    chosen.mutant = scenario.mutant;
    if (const auto why = Vocabulary::refusal(chosen, Use::simulating))
      throw UsageError(refused_at(scenario, *why) + ": " + *why);
    return chosen;
  }

  // The options that the header of a trace tells.
  static Options told_in(const sim::TraceFile& trace) {
    Options chosen;
    for (const auto& [key, value] : trace.header.options) {
      const auto all = Vocabulary::options();
      const auto option = std::ranges::find(all, std::string_view(key), &Option<Options>::name);
      if (option == all.end())
        throw UsageError(trace.file + ":1: " + std::string(Vocabulary::name) + " has no option '" +
                         std::string(key) + "'");
      set_in(trace.file + ":1", chosen, *option, typed_text(value));
    }
    return chosen;
  }

  static std::vector<Asked> asked() { return Judge<P>(Vocabulary::properties(), {}).asked(); }

  // Where the option stands that a refusal begins with.
  static std::string refused_at(const sim::Scenario& scenario, const std::string& why) {
    for (const auto& [option, place] : scenario.option_places)
      if (why.starts_with(option)) return sim::place_text(place);
    return scenario.file;
  }

  static void set_in(const sim::Scenario& scenario, Options& chosen, const Option<Options>& option,
                     const std::string& value) {
    std::string where = scenario.file;
    const auto place = scenario.option_places.find(std::string(option.name));
    if (place != scenario.option_places.end()) where = sim::place_text(place->second);
    set_in(where, chosen, option, value);
  }

  // What a file says is wrong in the file, not on the command line.
  static void set_in(const std::string& where, Options& chosen, const Option<Options>& option,
                     const std::string& value) {
    try {
      set_option(chosen, option, value);
    } catch (const UsageError& error) {
      throw UsageError(where + ": " + std::string(error.what()).substr(2));
    }
  }
};

}  // namespace coracle::tools
