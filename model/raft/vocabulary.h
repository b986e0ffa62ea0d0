// What drivers and tools know of Raft.
#pragma once

#include <string>

#include "model/raft/mutants.h"
#include "model/raft/node.h"
#include "model/raft/properties.h"
#include "model/raft/story.h"
#include "model/raft/words.h"
#include "model/vocabulary.h"

namespace coracle::raft {

struct Vocabulary {
  using Protocol = raft::Bench;

  struct Options {
    int servers = 3;
    int max_term = 2;
    int max_log = 1;
    int max_round = 1;
    int max_in_flight = 4;
    int crashes = 0;
    bool loss = false;
    bool duplication = false;
    std::string network = "unordered";
    std::string disk = "synced";
    std::string timers = "any";
    bool no_op = false;
    bool pre_vote = false;
    bool check_quorum = false;
    bool stickiness = false;
    bool transfer = false;
    bool hints = false;
    bool snapshots = false;
    bool membership = false;
    bool one_step = false;
    std::string reads = "log";
    int drift = 0;
    int voters = 0;
    int appends = 0;
    int append_bytes = 0;
    int window_bytes = 0;
    int chunk_bytes = 0;
    Delay election_timeout = Config{}.election_timeout;
    Delay heartbeat = Config{}.heartbeat;
    std::string logs{};
    std::string mutant = "none";
  };

  static constexpr std::string_view name = "raft";
  static constexpr std::string_view what = "consensus: elections, replication, commit and restart";
  static constexpr std::string_view node = "server";

  static std::vector<Option<Options>> options() {
    using O = Options;
    return {
        {"servers", "in the cluster", Number<O>{&O::servers, 1, 7}},
        {"max-term", "worlds beyond this term are out of bounds", Number<O>{&O::max_term, 1, 100},
         Use::exploring},
        {"max-log", "so are those with a longer log", Number<O>{&O::max_log, 0, 100},
         Use::exploring},
        {"max-round", "those whose leader has begun more rounds of heartbeats for readers",
         Number<O>{&O::max_round, 0, 100}, Use::exploring},
        {"max-in-flight", "and those with more messages in flight",
         Number<O>{&O::max_in_flight, 0, 100}, Use::exploring},
        {"crashes", "how many times a server may crash", Number<O>{&O::crashes, 0, 100},
         Use::exploring},
        {"loss", "messages may be lost", Switch<O>{&O::loss}, Use::exploring},
        {"duplication", "messages may arrive again", Switch<O>{&O::duplication}, Use::exploring},
        {"network", "in what order messages arrive",
         Choice<O>{&O::network, {"unordered", "ordered"}}, Use::exploring},
        {"disk", "when a write is durable: at once, or once it is flushed",
         Choice<O>{&O::disk, typed_names<DiskKind>()}, Use::exploring},
        {"timers",
         "which alarm goes off when: any at any moment, or with leases in the order of clocks, a "
         "leader's next heartbeat before who answered the last one may campaign or vote",
         Choice<O>{&O::timers, {"any", "in-order"}}, Use::exploring},
        {"election-timeout", "how long a server waits for a leader", Range<O>{&O::election_timeout},
         Use::simulating},
        {"heartbeat", "how often a leader speaks", Range<O>{&O::heartbeat}, Use::simulating},
        {"logs", "the terms of the entries to start with, such as '1: 1 1 4; 2: 1'",
         FreeText<O>{&O::logs}},
        {"no-op", "a new leader appends an empty entry", Truth<O>{&O::no_op}},
        {"pre-vote", "a server asks before it campaigns", Switch<O>{&O::pre_vote}},
        {"check-quorum", "a leader that hears no majority steps down", Switch<O>{&O::check_quorum}},
        {"stickiness", "who has a leader ignores who wants to be one", Switch<O>{&O::stickiness}},
        {"transfer", "a leader may be asked to hand over", Switch<O>{&O::transfer}},
        {"hints", "a refused append says where the logs may agree", Switch<O>{&O::hints}},
        {"snapshots", "a server may be asked to compact its log", Switch<O>{&O::snapshots}},
        {"membership", "a leader may be asked to change the members", Switch<O>{&O::membership}},
        {"one-step", "a single voter comes or goes without a joint configuration",
         Switch<O>{&O::one_step}},
        {"reads",
         "how reads are answered: as proposals, or by a leader that asks, has a lease, or "
         "does neither",
         Choice<O>{&O::reads, typed_names<Reads>()}},
        {"drift", "of clocks, in percent: so much shorter must a lease be",
         Number<O>{&O::drift, 0, 50}, Use::simulating},
        {"voters", "so many of the servers vote to begin with, the others are no members; 0: all",
         Number<O>{&O::voters, 0, 7}},
        {"appends", "that may go unanswered by a follower; 0: as the paper, no account of them",
         Number<O>{&O::appends, 0, 1000}},
        {"append-bytes", "of commands in one append; 0: any number",
         Number<O>{&O::append_bytes, 0, 1'000'000'000}},
        {"window-bytes", "of commands in all unanswered appends; 0: any number",
         Number<O>{&O::window_bytes, 0, 1'000'000'000}},
        {"chunk-bytes", "of a snapshot in one message; 0: all of it",
         Number<O>{&O::chunk_bytes, 0, 1'000'000'000}},
        {"mutant", "plant a bug", Choice<O>{&O::mutant, typed_names<Mutant>()}}};
  }

  static std::vector<MutantWords> mutants() {
    std::vector<MutantWords> all;
    for (const auto& [mutant, change] : mutant_notes)
      if (mutant != Mutant::none) all.push_back({typed_name(mutant), std::string(change)});
    return all;
  }

  static std::optional<std::string> refusal(const Options& options, Use use) {
    if (use == Use::exploring && options.max_in_flight < options.servers - 1)
      return "--max-in-flight " + std::to_string(options.max_in_flight) + ": a campaign among " +
             std::to_string(options.servers) + " servers sends " +
             std::to_string(options.servers - 1) +
             " messages at once, so nothing would ever happen; expected at least that many";
    if (options.window_bytes > 0 && options.appends == 0)
      return "window-bytes without appends: without a limit of appends there is no account of what "
             "goes unanswered; expected appends of at least 1";
    if (options.voters > options.servers)
      return "voters " + std::to_string(options.voters) + ": there are only " +
             std::to_string(options.servers) + " servers";
    if (options.chunk_bytes > 0 && !options.snapshots)
      return "chunk-bytes without snapshots: there is nothing to send in pieces";
    if (options.timers == "in-order" && options.reads != "lease")
      return "--timers in-order without --reads lease: nothing else rests on their order";
    if (options.reads == "lease")
      if (const auto why = lease_refusal(options, use)) return why;
    const auto logs = logs_written(options.logs);
    if (!logs)
      return "logs '" + options.logs +
             "': expected each server's terms, from 1 on and never decreasing, as in "
             "'1: 1 1 4; 2: 1'";
    for (const auto& [server, log] : *logs)
      if (static_cast<int>(server) > options.servers)
        return "logs: there is no server " + text(server) + " among " +
               std::to_string(options.servers);
    return {};
  }

  // A lease lasts until the next heartbeat is due by the leader's clock; the promise that it rests
  // on, for the least election timeout by the followers' clocks.
  static std::optional<std::string> lease_refusal(const Options& options, Use use) {
    if (use == Use::exploring && options.timers == "any")
      return "--reads lease: a lease rests on time, and here any alarm may go off at any moment; "
             "simulate it, or choose --timers in-order";
    if (use == Use::exploring && options.crashes > 0)
      return "--reads lease with --crashes: what a server that restarts knows of time is not in "
             "the "
             "order of --timers; simulate it";
    if (!options.stickiness)
      return "reads lease without stickiness: nothing keeps its followers from electing another "
             "leader before the lease is over";
    if (use == Use::simulating && options.heartbeat.most * (100 + options.drift) >=
                                      options.election_timeout.least * (100 - options.drift))
      return "reads lease: the next heartbeat may come after the least election timeout, by clocks "
             "that drift " +
             std::to_string(options.drift) + " %; expected it earlier";
    return {};
  }

  static std::vector<RoleWords<State>> roles() { return raft::roles(); }
  static std::vector<ConditionWords<State>> conditions() { return raft::conditions(); }
  static std::vector<RequestWords<State, Request>> requests() { return raft::orders(); }
  static constexpr std::string_view asked = "leader";

  static const PropertiesOf<Protocol>& properties() { return raft::properties; }

  static Cluster<Protocol> cluster(const Options& options) {
    Cluster<Protocol> cluster;
    const auto servers = static_cast<std::size_t>(options.servers);
    PlantedConfig config;
    config.mutant = enumerator_typed<Mutant>(options.mutant);
    config.no_op = options.no_op;
    config.pre_vote = options.pre_vote;
    config.check_quorum = options.check_quorum;
    config.stickiness = options.stickiness;
    config.transfers = options.transfer;
    config.hints = options.hints;
    config.snapshots = options.snapshots;
    config.membership = options.membership;
    config.one_step = options.one_step;
    config.reads = enumerator_typed<Reads>(options.reads);
    config.flow = {.appends = static_cast<std::size_t>(options.appends),
                   .bytes = static_cast<std::size_t>(options.window_bytes),
                   .append = static_cast<std::size_t>(options.append_bytes),
                   .chunk = static_cast<std::size_t>(options.chunk_bytes)};
    config.election_timeout = options.election_timeout;
    config.heartbeat = options.heartbeat;
    const auto voters = options.voters == 0 ? servers : static_cast<std::size_t>(options.voters);
    for (std::size_t voter = 0; voter < voters; ++voter) config.start.voters.insert(node_at(voter));
    auto logs = logs_written(options.logs).value();
    for (std::size_t self = 0; self < servers; ++self) {
      config.self = node_at(self);
      config.peers.clear();
      for (std::size_t peer = 0; peer < servers; ++peer)
        if (peer != self) config.peers.insert(node_at(peer));
      config.log = logs[config.self];
      cluster.configs.push_back(config);
    }
    cluster.network = {
        .kind = options.network == "ordered" ? NetworkKind::ordered : NetworkKind::unordered,
        .loss = options.loss,
        .duplication = options.duplication};
    cluster.disk = enumerator_typed<DiskKind>(options.disk);
    cluster.timers_in_order = options.timers == "in-order";
    cluster.faults.crashes = static_cast<std::uint8_t>(options.crashes);
    cluster.max_in_flight = static_cast<std::size_t>(options.max_in_flight);
    cluster.bounds = {.max_term = {static_cast<std::uint64_t>(options.max_term)},
                      .max_log = {static_cast<std::uint64_t>(options.max_log)},
                      .max_round = {static_cast<std::uint64_t>(options.max_round)}};
    return cluster;
  }
};

}  // namespace coracle::raft
