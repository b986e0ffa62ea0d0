// What an exploration found, in the words of the field: for people as text, for machines as JSON.
#pragma once

#include <boost/describe/enum.hpp>
#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/labels.h"
#include "model/hash.h"
#include "model/property.h"

namespace coracle::checker {

// An `always` holds or is violated, a `sometimes` is shown or missed; open: the run ended before it
// was settled.
enum class Verdict : std::uint8_t { holds, violated, shown, missed, open };
BOOST_DESCRIBE_ENUM(Verdict, holds, violated, shown, missed, open)

// Why an exploration ended.
enum class Ending : std::uint8_t {
  complete,
  violation,
  max_states,
  max_depth,
  time_limit,
  interrupted
};
BOOST_DESCRIBE_ENUM(Ending, complete, violation, max_states, max_depth, time_limit, interrupted)

struct PropertyReport {
  std::string name;
  std::string meaning;
  Expectation expectation{};
  Verdict verdict = Verdict::open;
  std::optional<std::size_t> depth;  // where it was first violated or shown
  std::vector<std::string> trace;    // the actions to there, for a violation
};

// Where an exploration began, if not in an initial world: after so many actions of a trace.
struct Began {
  std::string trace;
  std::size_t at = 0;
};

struct Report {
  std::string model;
  std::optional<Began> began;
  boost::json::object options;
  std::vector<std::string> observers;
  Ending ending = Ending::complete;
  // Worlds, initial ones included; and 1 for each initial world plus each enabled action of each
  // expanded world.
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  std::uint64_t changed = 0;        // generated, less what leads back to the same world
  std::uint64_t out_of_bounds = 0;  // generated, looked at, and left
  std::uint64_t terminal = 0;       // worlds where nothing but a fault leads anywhere else
  std::uint64_t cut = 0;            // worlds whose only ways on are out of bounds
  std::uint64_t queue = 0;          // worlds not yet expanded at the end
  std::size_t depth = 0;            // actions from where it began to the farthest stored world
  double seconds = 0;
  std::size_t peak_bytes = 0;  // of the whole process
  std::size_t bytes = 0;       // of the tables that grow with the worlds
  std::size_t node_rows = 0;
  std::size_t networks = 0;
  std::size_t next_state_calls = 0;
  std::vector<ActionCounts::Count> actions;
  std::vector<PropertyReport> properties;
  std::optional<std::size_t> components;  // strongly connected, of a graph that was asked for
  Hash128 hash;                           // of all distinct worlds, whatever their order

  bool complete() const { return ending == Ending::complete; }
  const PropertyReport* violated() const;
};

// 0 holds, 1 a property failed, 3 a limit was reached before the end.
int exit_code(const Report& report);

boost::json::object to_json(const Report& report);

// The closing summary: counts, what never happened, every property's verdict, and the sentence that
// ends it.
std::string summary(const Report& report);

// "12,345,678"
std::string grouped(std::uint64_t number);

}  // namespace coracle::checker
