// What one run of a scenario showed.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/hash.h"
#include "model/judge.h"
#include "sim/scenario.h"

namespace coracle::sim {

// What became of the messages of one kind.
struct Fates {
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;
  std::uint64_t duplicated = 0;
};

struct ToldProperty {
  std::string name;
  Expectation expectation{};
  std::string verdict;  // holds, violated; shown, missed
};

inline ToldProperty told(const Asked& asked, bool spoke) {
  const bool always = asked.expectation == Expectation::always;
  const char* const verdict = always ? (spoke ? "violated" : "holds") : spoke ? "shown" : "missed";
  return {std::string(asked.name), asked.expectation, verdict};
}

// The last sentence of whoever finds a property broken.
inline std::string violation(std::string_view name, std::string_view meaning) {
  std::string sentence = "Violated: " + std::string(name);
  if (!meaning.empty()) sentence += " (" + std::string(meaning) + ")";
  return sentence + ".";
}

// A property that does not hold, and how that is known.
struct Broken {
  std::string property;
  std::string why;
};

// What all that clients were told shows.
struct CallsJudged {
  std::optional<Broken> broken;
  std::vector<std::string> shown;  // of the `sometimes` properties
};

struct RunReport {
  std::string scenario;
  std::uint64_t seed = 0;
  std::string failure;  // the sentence; empty where everything holds
  bool interrupted = false;
  std::uint64_t events = 0;
  Time simulated = 0;
  double wall_seconds = 0;
  Hash128 hash;  // of every action and its time
  std::vector<ToldProperty> properties;
  std::map<std::string, Fates> messages;          // by kind
  std::map<std::string, std::uint64_t> counters;  // of actions and of effects
};

// "0.3505 s"
std::string time_text(Time time);

boost::json::object to_json(const RunReport& report);

}  // namespace coracle::sim
