// A scenario: a story with a seed. A cluster, the world it lives in, what happens to it, and what
// must be true. Here it is as a value; sim/read_scenario.h reads it from a TOML file.
//
// What is said in it about one protocol (roles, conditions, requests, messages, timers, options)
// stays text: a reader checks it against the protocol's Names, and the simulator looks it up.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/disk.h"
#include "model/network.h"
#include "model/protocol.h"
#include "sim/verbs.h"
#include "sim/weather.h"

namespace coracle::sim {

// --- When, and what must be true.

struct Condition {
  std::string name;            // of the protocol's conditions, or, with a node, of its roles
  std::optional<NodeId> node;  // "2 is leader"
  bool negated = false;        // "2 is not leader"
  std::string text;
  Place place;
};

// A step without at, after or when happens right after the step before it.
struct ScenarioStep {
  std::optional<Time> at;
  std::optional<Time> after;      // the step before it
  std::optional<Condition> when;  // the first moment, from the step before on, at which it holds
  std::optional<Time> every;      // again and again, that much later
  std::optional<Time> lasting;    // undone after that time ("for")
  std::vector<Verb> verbs;
  Place place;
};

// What clients ask by themselves, at random times.
struct Load {
  std::uint64_t rate = 0;  // requests a second, of all clients together
  std::uint32_t keys = 1;
  PartsPerMillion hot = 0;  // so many are of the first key, beside its part of the others
  // A verb of the model's, and how many of so many are of it; empty: the model's first verb.
  std::vector<std::pair<std::string, std::uint32_t>> mix;
};

// Faults at random times, from the seed.
struct Chaos {
  struct Fault {
    Verb verb;
    Time mean = 0;  // between two of them, exponentially distributed
  };
  enum class Core : std::uint8_t { all, majority };

  std::vector<Fault> faults;
  Time from = 0;
  Time until = never;  // then the core is healed, and what else is wrong stays so
  Span lasting{200'000'000, 2'000'000'000};  // until a fault is undone, where it can be
  bool swarm = false;             // each seed has some of the faults only, more and less often
  bool most_may_be_down = false;  // else, so many that a majority is up and goes on
  Core core = Core::all;
};

struct Always {
  Condition condition;
};
struct Sometimes {
  Condition condition;
};
struct Eventually {  // within a time of the start, or of each "heal", ...; 0: by the end
  Condition condition;
  Time within = 0;
  std::string of;  // the verb's first word; empty: the start
};
struct InTheEnd {
  Condition condition;
};
struct Fails {  // the property that must fail
  std::string property;
};
struct Counted {  // "at most 12 AppendEntries to 2", of those delivered
  enum class Relation : std::uint8_t { at_most, exactly, at_least };
  Relation relation{};
  std::uint64_t number = 0;
  std::string message;
  std::optional<NodeId> from;
  std::optional<NodeId> to;
};

struct Expect {
  std::variant<Always, Sometimes, Eventually, InTheEnd, Fails, Counted> what;
  std::string text;
  Place place;
};

struct Scenario {
  std::string file;
  std::string title;
  std::string why;
  std::string model;
  std::uint64_t first_seed = 1;
  std::uint64_t last_seed = 1;
  Time duration = 0;
  std::string mutant = "none";
  std::vector<std::string> properties;         // ask only these; all where none is named
  std::map<std::string, std::string> options;  // the model's: {"election-timeout", "150..300 ms"}
  std::map<std::string, Place> option_places;

  NetworkKind network = NetworkKind::unordered;
  DiskKind disk = DiskKind::synced;
  Weather weather{.network = {.latency = {.span = {1'000'000, 5'000'000}}},
                  .flush = {1'000'000, 5'000'000}};

  Load load;

  std::vector<ScenarioStep> steps;
  Chaos chaos;
  std::vector<Expect> expects;

  // Which of a matrix's values it has, as they are typed: {"raft.pre_vote", "true"}.
  std::vector<std::pair<std::string, std::string>> axes;
};

// The words that a protocol gives to scenarios.
struct Names {
  std::string model;
  std::vector<std::string> options;  // those that a scenario may set
  std::vector<std::string> mutants;
  std::vector<std::string> roles;
  std::vector<std::string> conditions;
  std::map<std::string, std::size_t> requests;  // verb, and of how many words its argument is
  std::vector<std::string> loads{};             // the verbs of which a load can be made
  std::vector<std::string> messages;
  std::vector<std::string> timers;
  std::vector<std::string> properties;
  bool has_disk = false;
};

}  // namespace coracle::sim
