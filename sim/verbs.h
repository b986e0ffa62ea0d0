// The sentences of a scenario as values: what is done, and to whom.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/clocks.h"
#include "sim/links.h"

namespace coracle::sim {

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

// --- Who: "leader", "old leader", "one follower", "any", "a minority", "majority", "others",
// "1 3".

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
struct Any {};       // one that is up, by the seed
struct Minority {};  // any, by the seed
struct Majority {};  // any, by the seed
struct Others {};    // all that no other group of the sentence names
struct All {};

using Who =
    std::vector<std::variant<Node, Role, OldRole, OneOf, Any, Minority, Majority, Others, All>>;

// --- What to do.

struct Partition {  // "partition leader | others": no message between groups
  std::vector<Who> groups;
};
struct CutOneWay {  // "partition 1 -> 2 3": no message from these to those
  Who from;
  Who to;
};
struct PartitionRing {
};  // each hears as many neighbours as make a majority with it, no two the same
struct PartitionBridge {};  // two halves, and one between them that hears both and is heard by both
struct ClogThem {           // "clog 1 | 2 3", "clog 1 -> 2": their messages wait
  std::vector<Who> groups;
  bool one_way = false;
};
// "swizzle all": of the links of any of them, one after the other is clogged, and in another order
// they are free again (FoundationDB).
struct Swizzle {
  Who who;
};
struct Heal {};  // every link, of all that was done to it
// "drop AppendEntries from 1 to 2", "delay 50 % of messages to 3 by 200 ms": from now on.
struct Disturb {
  Disturbance::What what{};
  PartsPerMillion share = certain;
  std::string message;  // empty: of every kind
  Who from;             // empty: all
  Who to;
  Span by{};  // of delay
};
struct PauseThem {  // what would happen to them waits
  Who who;
};
struct ResumeThem {  // those of them that are paused
  Who who;
};
struct SlowThem {  // what they send and what is sent to them takes that much longer
  Who who;
  Span by{};
};
struct SkewClock {  // "skew clock of 1 by -20 ms": it jumps
  Who who;
  Time by = 0;
};
struct DriftClock {  // "drift clock of 1 by 5 %": from now on it is that much faster
  Who who;
  Drift by = 0;
};
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
  std::variant<Partition, CutOneWay, PartitionRing, PartitionBridge, ClogThem, Swizzle, Disturb,
               Heal, CrashThem, RestartThem, PauseThem, ResumeThem, SlowThem, SkewClock, DriftClock,
               FlushThem, Ask, ExpireTimer, Exactly>
      what;
  std::string text;  // as written
  Place place;
};

// What `for` may undo after a time.
inline bool can_be_undone(const Verb& verb) {
  return match(
      verb.what, [](const Heal&) { return false; }, [](const RestartThem&) { return false; },
      [](const ResumeThem&) { return false; }, [](const SkewClock&) { return false; },
      [](const FlushThem&) { return false; }, [](const Ask&) { return false; },
      [](const ExpireTimer&) { return false; }, [](const Exactly&) { return false; },
      [](const auto&) { return true; });
}

// Whom it takes down; null where that is nobody.
inline const Who* taken_down(const Verb& verb) {
  if (const auto* crash = std::get_if<CrashThem>(&verb.what)) return &crash->who;
  if (const auto* pause = std::get_if<PauseThem>(&verb.what)) return &pause->who;
  return nullptr;
}

}  // namespace coracle::sim
