// A scenario: a story with a seed. A cluster, the world it lives in, what happens to it, and what
// must be true. Here it is as a value; sim/read_scenario.h reads it from a TOML file.
//
// What is said in it about one protocol (roles, conditions, requests, messages, timers, options)
// stays text: a reader checks it against the protocol's Names, and the simulator looks it up.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/disk.h"
#include "model/network.h"
#include "model/protocol.h"

namespace coracle::sim {

using Time = std::int64_t;  // nanoseconds of virtual time

// What is too late to be a time is never.
inline constexpr Time never = std::numeric_limits<Time>::max();
inline constexpr Time later(Time now, Time span) { return span < never - now ? now + span : never; }

using Span = Delay;  // "1..5 ms", or "5 ms" for both

using PartsPerMillion = std::uint32_t;  // "0.5 %" is 5000

// Where in the file, from 1.
struct Place {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
};

inline std::string place_text(const Place& place) {
  if (place.line == 0) return place.file;
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

// --- Who: "leader", "old leader", "one follower", "a minority", "majority", "others", "1 3".

struct Node {  // by its number
  NodeId node{};
};
struct Role {  // the one that has it; of several, the one of the highest rank
  std::string name;
};
struct OldRole {  // the one that had it before the present one
  std::string name;
};
struct OneOf {  // any that has it, by the seed
  std::string role;
};
struct Minority {};  // any, by the seed
struct Majority {};  // any, by the seed
struct Others {};    // all that no other group of the sentence names
struct All {};

using Who = std::vector<std::variant<Node, Role, OldRole, OneOf, Minority, Majority, Others, All>>;

// --- What to do.

struct Partition {  // "partition leader | others": no message between groups
  std::vector<Who> groups;
};
struct CutOneWay {  // "partition 1 -> 2 3": no message from these to those
  Who from;
  Who to;
};
struct Heal {};  // every link
struct CrashThem {
  Who who;
  std::optional<std::uint32_t> kept;  // "keeping 1": so many of the unflushed writes of each
};
struct FlushThem {  // the oldest unflushed write of each
  Who who;
};
struct RestartThem {  // those of them that are down
  Who who;
};
struct Ask {  // a request of the protocol's: "propose x", "press at 2"
  std::string verb;
  std::string argument;
  Who at;  // empty: whom clients ask, as the protocol says
};
struct ExpireTimer {  // "expire election 1", now, whatever the clock says
  std::string timer;
  Who who;
};
// "deliver RequestVote 1 -> 2": the one of its kind on its link that was sent first; followed by
// "{term: 1, ...}" the one that reads so.
struct Exactly {
  enum class Fate : std::uint8_t { deliver, drop, duplicate };
  Fate fate{};
  std::string message;
  NodeId from{};
  NodeId to{};
  std::string fields;
};

struct Verb {
  std::variant<Partition, CutOneWay, Heal, CrashThem, RestartThem, FlushThem, Ask, ExpireTimer,
               Exactly>
      what;
  std::string text;  // as written
  Place place;
};

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
  std::optional<Time> lasting;    // undone after that time ("for")
  std::vector<Verb> verbs;
  Place place;
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
  bool by_hand = false;  // no timer fires and no message arrives but by a step
  std::string mutant = "none";
  std::vector<std::string> properties;         // ask only these; all where none is named
  std::map<std::string, std::string> options;  // the model's: {"election-timeout", "150..300 ms"}
  std::map<std::string, Place> option_places;

  NetworkKind network = NetworkKind::unordered;
  Span latency{1'000'000, 5'000'000};
  PartsPerMillion loss = 0;
  PartsPerMillion duplicate = 0;

  DiskKind disk = DiskKind::synced;
  Span flush{1'000'000, 5'000'000};

  std::uint64_t requests_per_second = 0;  // of all clients together

  std::vector<ScenarioStep> steps;
  std::vector<Expect> expects;
};

// The words that a protocol gives to scenarios.
struct Names {
  std::string model;
  std::vector<std::string> options;  // those that a scenario may set
  std::vector<std::string> mutants;
  std::vector<std::string> roles;
  std::vector<std::string> conditions;
  std::map<std::string, std::size_t> requests;  // verb, and of how many words its argument is
  std::vector<std::string> messages;
  std::vector<std::string> timers;
  std::vector<std::string> properties;
  bool has_disk = false;
};

}  // namespace coracle::sim
