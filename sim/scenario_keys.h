// Every key that a scenario may have: in which table, what stands behind it, what it is for.
// Whoever lists the keys has them from here: the schema for editors, the keys that can be set or
// varied. A test asks the readers whether they know these, and no others.
//
// Left out: the options of a model, each in the model's vocabulary.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace coracle::sim {

enum class Shape : std::uint8_t {
  text,
  path,        // of another scenario, seen from this one
  truth,       // true
  servers,     // 5
  whole,       // from the key's least to its most
  seed,        // 42
  seeds,       // "1..200"
  nodes,       // "2 3"
  duration,    // "30 s"
  span,        // "1..5 ms"
  latency,     // "1..5 ms", "1 ms + exponential 3 ms"
  percentage,  // "0.5 %"
  sometime,    // "5 % by 50..200 ms"
  drift,       // "200 ppm", "5 %"
  rate,        // "200 /s"
  frequency,   // "1 per 5 s"
  bandwidth,   // "64 kB/s"
  choice,      // one of the key's alternatives
  model,
  mutant,
  property,
  properties,  // an array of them
  logs,        // terms by server
  sentences,   // one, or an array of them
  often,       // sentences as keys, and the frequency of each
  mix,         // requests as keys, and the weight of each
  condition,
  counted,  // "12 AppendEntries to 2"
  within,   // "5 s", "5 s of heal"
  matrix,   // what else has one value, and an array of these
  only,     // what the matrix varies, and one of its values or several
  table,    // the keys of the table that is called so
  tables,   // any number of such
};

struct ScenarioKey {
  std::string_view table;  // empty: none
  std::string_view key;
  Shape shape{};
  std::string_view what;
  std::string_view alternatives = {};  // of a choice: "unordered|ordered"
  std::int64_t least = 0;              // of a whole number
  std::int64_t most = 0;
};

// Of all links, or of some.
namespace of_links {
inline constexpr std::string_view latency =
    "How long a message travels: any time of a range, or a least one and an exponential rest.";
inline constexpr std::string_view loss = "How many messages are lost.";
inline constexpr std::string_view duplicate = "How many messages arrive twice.";
inline constexpr std::string_view reorder =
    "So many messages travel so much longer, so that others overtake them.";
inline constexpr std::string_view replay = "So many messages arrive once more, so much later.";
inline constexpr std::string_view capacity =
    "So many messages may be on their way at a time; more are lost.";
inline constexpr std::string_view bandwidth = "So many bytes go through in a second.";
}  // namespace of_links

inline constexpr auto scenario_keys = std::to_array<ScenarioKey>({
    {"", "title", Shape::text, "What happens, in one line."},
    {"", "why", Shape::text, "What it shows."},
    {"", "extends", Shape::path,
     "Another scenario, by its path from this file's folder: what it says holds here, too, unless "
     "it is said again; steps and expectations come behind its own."},
    {"", "model", Shape::model, "Which protocol; see: coracle models."},
    {"", "seed", Shape::seed, "The seed of the run, where the command line does not say."},
    {"", "seeds", Shape::seeds,
     "The first and the last seed of the runs, where the command line does not say."},
    {"", "duration", Shape::duration, "Virtual time."},
    {"", "by_hand", Shape::truth,
     "No timer fires and no message arrives but by a step; then no duration is needed."},
    {"", "mutant", Shape::mutant, "A bug to plant."},
    {"", "properties", Shape::properties,
     "Ask only these of the model's properties (default: all)."},
    {"", "servers", Shape::servers, "How many there are.", "", 1, 255},
    {"", "logs", Shape::logs,
     "The terms of the entries that servers start with, by server: { 1 = \"1 1 4\" }."},
    {"", "matrix", Shape::matrix,
     "Keys and the values that they take in turn: every combination is a scenario of its own."},
    {"", "network", Shape::table, "How messages travel."},
    {"", "link", Shape::tables, "Links that differ from the network."},
    {"", "disk", Shape::table, "When a write is durable."},
    {"", "clock", Shape::table, "How clocks go."},
    {"", "clients", Shape::table, "Who asks the cluster."},
    {"", "chaos", Shape::table, "Faults at random, by the seed."},
    {"", "step", Shape::tables, "What happens, in this order."},
    {"", "expect", Shape::tables, "What must be true beside the model's properties."},

    {"network", "kind", Shape::choice, "Whether messages of a link may overtake each other.",
     "unordered|ordered"},
    {"network", "latency", Shape::latency, of_links::latency},
    {"network", "loss", Shape::percentage, of_links::loss},
    {"network", "duplicate", Shape::percentage, of_links::duplicate},
    {"network", "reorder", Shape::sometime, of_links::reorder},
    {"network", "replay", Shape::sometime, of_links::replay},
    {"network", "capacity", Shape::whole, of_links::capacity, "", 1, 1'000'000},
    {"network", "bandwidth", Shape::bandwidth, of_links::bandwidth},

    {"link", "from", Shape::nodes, "The servers that send; without it, all."},
    {"link", "to", Shape::nodes, "The servers that receive; without it, all."},
    {"link", "latency", Shape::latency, of_links::latency},
    {"link", "loss", Shape::percentage, of_links::loss},
    {"link", "duplicate", Shape::percentage, of_links::duplicate},
    {"link", "reorder", Shape::sometime, of_links::reorder},
    {"link", "replay", Shape::sometime, of_links::replay},
    {"link", "capacity", Shape::whole, of_links::capacity, "", 1, 1'000'000},
    {"link", "bandwidth", Shape::bandwidth, of_links::bandwidth},

    {"disk", "kind", Shape::choice,
     "synced: a write is durable at once. buffered: once it is flushed, and what it must precede "
     "waits.",
     "synced|buffered"},
    {"disk", "flush", Shape::span, "How long a buffered disk takes to flush a write."},
    {"disk", "stall", Shape::sometime, "So many writes take so much longer to flush."},

    {"clock", "drift", Shape::drift, "Each clock is faster or slower by up to so much."},

    {"clients", "rate", Shape::rate, "Requests of all clients together, at random times."},
    {"clients", "keys", Shape::whole, "Of how many keys they ask.", "", 1, 1'000'000},
    {"clients", "hot", Shape::percentage, "So many requests more are of the first key."},
    {"clients", "mix", Shape::mix, "What they ask, and how often: { set = 50, get = 40 }."},
    {"clients", "count", Shape::whole, "How many clients there are.", "", 1, 255},
    {"clients", "timeout", Shape::span, "After what time without an answer they ask again."},

    {"chaos", "from", Shape::duration, "When it begins."},
    {"chaos", "until", Shape::duration,
     "When it ends: the core is healed, and what else is wrong stays so."},
    {"chaos", "lasting", Shape::span, "How long a fault lasts that can be undone."},
    {"chaos", "swarm", Shape::truth, "Each seed has some of the faults only, more and less often."},
    {"chaos", "max_down", Shape::choice, "How many servers may be down or paused at a time.",
     "minority|all"},
    {"chaos", "core", Shape::choice, "Who is healed once it ends.", "majority|all"},
    {"chaos", "crash", Shape::frequency, "How often a server crashes."},
    {"chaos", "pause", Shape::frequency, "How often a server is paused."},
    {"chaos", "partition", Shape::frequency, "How often the servers are parted."},
    {"chaos", "one_way", Shape::frequency, "How often links are cut one way."},
    {"chaos", "clog", Shape::frequency, "How often links are clogged, so that messages wait."},
    {"chaos", "swizzle", Shape::frequency,
     "How often links are clogged one after the other, and free again in another order."},
    {"chaos", "lose", Shape::frequency, "How often messages are lost for a while."},
    {"chaos", "duplicate", Shape::frequency, "How often messages arrive twice for a while."},
    {"chaos", "delay", Shape::frequency, "How often messages are late for a while."},
    {"chaos", "slow", Shape::frequency, "How often a server is slow for a while."},
    {"chaos", "skew", Shape::frequency, "How often a clock jumps."},
    {"chaos", "drift", Shape::frequency, "How often a clock goes faster or slower for a while."},
    {"chaos", "say", Shape::often, "Other sentences, and how often: { \"crash leader\" = ... }."},

    {"step", "do", Shape::sentences, "A sentence, or several: crash leader."},
    {"step", "at", Shape::duration, "A time of the run."},
    {"step", "after", Shape::duration, "A time after the step before."},
    {"step", "when", Shape::condition,
     "The first moment, from the step before on, at which this holds."},
    {"step", "every", Shape::duration, "Again and again, from that time on or from at."},
    {"step", "for", Shape::duration, "What was done is undone after that."},
    {"step", "only", Shape::only,
     "In these combinations of the matrix alone: { raft.pre_vote = false }."},

    {"expect", "always", Shape::condition, "Holds after every event."},
    {"expect", "sometimes", Shape::condition, "Holds once, in one of the runs."},
    {"expect", "eventually", Shape::condition, "Holds within a time, or by the end."},
    {"expect", "within", Shape::within,
     "Beside eventually: a time from the start, or of each time that a step does so: 5 s of heal."},
    {"expect", "in_the_end", Shape::condition, "Holds when the run ends."},
    {"expect", "fails", Shape::property, "The property that must fail, which ends the run."},
    {"expect", "at_most", Shape::counted, "So many messages are delivered, or fewer."},
    {"expect", "exactly", Shape::counted, "So many messages are delivered."},
    {"expect", "at_least", Shape::counted, "So many messages are delivered, or more."},
    {"expect", "only", Shape::only,
     "In these combinations of the matrix alone: { raft.pre_vote = false }."},
});

// Whether the key has one value, which can be set from outside of the file and varied by a matrix.
constexpr bool is_settable(const ScenarioKey& key) {
  if (key.table == "step" || key.table == "expect" || key.table == "link") return false;
  switch (key.shape) {
    case Shape::truth:
    case Shape::servers:
    case Shape::whole:
    case Shape::duration:
    case Shape::span:
    case Shape::latency:
    case Shape::percentage:
    case Shape::sometime:
    case Shape::drift:
    case Shape::rate:
    case Shape::frequency:
    case Shape::bandwidth:
    case Shape::choice:
    case Shape::mutant:
      return true;
    case Shape::text:
    case Shape::path:
    case Shape::seed:
    case Shape::seeds:
    case Shape::nodes:
    case Shape::model:
    case Shape::property:
    case Shape::properties:
    case Shape::logs:
    case Shape::sentences:
    case Shape::often:
    case Shape::mix:
    case Shape::condition:
    case Shape::counted:
    case Shape::within:
    case Shape::matrix:
    case Shape::only:
    case Shape::table:
    case Shape::tables:
      return false;
  }
  return false;
}

}  // namespace coracle::sim
