// What drivers and tools know of the replicated key-value store: Raft's options, and its clients'.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/kv/properties.h"
#include "model/kv/story.h"
#include "model/kv/words.h"
#include "model/raft/vocabulary.h"
#include "model/vocabulary.h"

namespace coracle::kv {

struct Vocabulary {
  using Protocol = kv::Bench;
  using Raft = raft::Vocabulary;

  struct Options : Raft::Options {
    Options() {
      no_op = true;
      reads = "read-index";
    }
    int clients = 1;
    int operations = 2;
    int retries = 0;
    std::string sessions = "given";
    std::string mix = "set-get";
    Delay retry = Workload{}.retry;
    std::string calls = "kept";
  };

  static constexpr std::string_view name = "raft-kv";
  static constexpr std::string_view what = "the key-value store on Raft, and its clients";
  static constexpr std::string_view node = "node";

  // An option of Raft's is one of the store's.
  static Option<Options> of_store(const Option<Raft::Options>& option) {
    using Place = decltype(Option<Options>::place);
    return {option.name, option.help,
            match(
                option.place,
                [](const coracle::Number<Raft::Options>& place) -> Place {
                  return coracle::Number<Options>{place.field, place.least, place.most};
                },
                [](const Choice<Raft::Options>& place) -> Place {
                  return Choice<Options>{place.field, place.names};
                },
                []<template <class> class Other>(const Other<Raft::Options>& place) -> Place {
                  return Other<Options>{place.field};
                }),
            option.use};
  }

  static std::vector<Option<Options>> options() {
    using O = Options;
    std::vector<Option<O>> all{
        {"clients", "who call the store", coracle::Number<O>{&O::clients, 1, most_clients}},
        {"operations", "that each of them calls at most",
         coracle::Number<O>{&O::operations, 1, 10'000}},
        {"retries", "so often a client asks again, each time",
         coracle::Number<O>{&O::retries, 0, 10'000}},
        {"sessions",
         "each client is given one, or opens it first, or asks nothing again that may be done",
         Choice<O>{&O::sessions, typed_names<Sessions>()}},
        {"mix", "what clients call", Choice<O>{&O::mix, typed_names<Mix>()}, Use::exploring},
        {"retry", "how long a client waits before it asks again", Range<O>{&O::retry},
         Use::simulating},
        {"calls",
         "kept in the state and judged after each, or told as they happen: any number of them, "
         "judged in the end, and clients give up",
         Choice<O>{&O::calls, {"kept", "told"}}, Use::simulating}};
    for (const auto& option : Raft::options())
      if (option.name != "mutant") all.push_back(of_store(option));
    std::vector<std::string> mutants = raft_mutants();
    for (const auto& [mutant, change] : mutant_notes) mutants.push_back(typed_name(mutant));
    all.push_back({"mutant", "plant a bug", Choice<O>{&O::mutant, mutants}});
    return all;
  }

  static std::vector<std::string> raft_mutants() { return typed_names<raft::Mutant>(); }

  static std::vector<MutantWords> mutants() {
    std::vector<MutantWords> all = Raft::mutants();
    for (const auto& [mutant, change] : mutant_notes)
      all.push_back({typed_name(mutant), std::string(change)});
    return all;
  }

  static bool is_of_raft(const std::string& mutant) {
    const auto all = raft_mutants();
    return std::ranges::find(all, mutant) != all.end();
  }

  static std::optional<std::string> refusal(const Options& options, Use use) {
    if (options.sessions == "none" && options.duplication)
      return "--sessions none with --duplication: a request that arrives twice is done twice, "
             "unless "
             "it belongs to a session";
    return Raft::refusal(options, use);
  }

  static std::vector<RoleWords<State>> roles() { return kv::roles(); }
  static std::vector<ConditionWords<State>> conditions() { return kv::conditions(); }
  static std::vector<RequestWords<State, Request>> requests() { return kv::orders(); }
  static constexpr std::string_view asked = "clients";

  static const PropertiesOf<Protocol>& properties() { return kv::properties; }

  // Each has session k, the k-th that was opened.
  static Machine machine_with(std::size_t sessions) {
    Machine machine;
    for (std::size_t at = 0; at < sessions; ++at) open_session(machine, 0);
    return machine;
  }

  static Cluster<Protocol> cluster(Options options) {
    const std::string mutant = options.mutant;
    if (!is_of_raft(mutant)) options.mutant = "none";
    const auto of_raft = Raft::cluster(options);
    Cluster<Protocol> cluster;
    cluster.network = of_raft.network;
    cluster.disk = of_raft.disk;
    cluster.faults = of_raft.faults;
    cluster.timers_in_order = of_raft.timers_in_order;
    cluster.max_in_flight = of_raft.max_in_flight;
    cluster.bounds = of_raft.bounds;
    PlantedConfig config;
    if (!is_of_raft(mutant)) config.mutant = enumerator_typed<Mutant>(mutant);
    config.workload = {.clients = static_cast<std::size_t>(options.clients),
                       .operations = static_cast<std::size_t>(options.operations),
                       .retries = static_cast<std::size_t>(options.retries),
                       .sessions = enumerator_typed<Sessions>(options.sessions),
                       .mix = enumerator_typed<Mix>(options.mix),
                       .retry = options.retry,
                       .told = options.calls == "told"};
    if (config.workload.sessions == Sessions::given)
      config.start = machine_with(config.workload.clients);
    for (std::size_t at = 0; at < of_raft.configs.size(); ++at) config.servers.insert(node_at(at));
    for (const auto& server : of_raft.configs) {
      config.raft = server;
      cluster.configs.push_back(config);
    }
    config.raft.self = node_at(of_raft.configs.size());
    cluster.configs.push_back(config);
    return cluster;
  }
};

}  // namespace coracle::kv
