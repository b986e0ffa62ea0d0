// What may stand in a scenario's texts as regular expressions (ECMA's): quantities with their
// units, and sentences of a model's words. They let pass whatever the readers read, and refuse most
// of what those refuse.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario.h"

namespace coracle::tools {

inline std::string whole(const std::string& pattern) { return "^" + pattern + "$"; }

// ---- quantities

inline std::string number_pattern() { return "[0-9]+(\\.[0-9]+)?"; }
inline std::string unit_pattern() { return " *(ns|us|ms|s|min|h)"; }
inline std::string duration_pattern() { return number_pattern() + unit_pattern(); }
inline std::string span_pattern() {
  return "(" + number_pattern() + "(" + unit_pattern() + ")? *\\.\\. *)?" + duration_pattern();
}
inline std::string latency_pattern() {
  return span_pattern() + "( *\\+ exponential +" + duration_pattern() + ")?";
}
inline std::string percentage_pattern() { return number_pattern() + " *%"; }
inline std::string sometime_pattern() { return percentage_pattern() + " +by +" + span_pattern(); }
inline std::string drift_pattern() { return number_pattern() + " *(%|ppm)"; }
inline std::string rate_pattern() { return "[0-9]+ *(/s|per s)"; }
inline std::string frequency_pattern() {
  return "[0-9]+ *per +(" + number_pattern() + ")?" + unit_pattern();
}
inline std::string bandwidth_pattern() { return number_pattern() + " *(B|kB|KiB|MB|MiB|GB)/s"; }
inline std::string nodes_pattern() { return " *[0-9]+( +[0-9]+)* *"; }

// ---- sentences

inline void add_to(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const auto& one : more)
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
}

inline std::vector<std::string> verbs_of(const sim::Names& names) {
  std::vector<std::string> verbs;
  for (const auto& [verb, words] : names.requests) verbs.push_back(verb);
  return verbs;
}

// One of these words, as they are.
inline std::string one_of(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) {
    all += all.empty() ? "" : "|";
    for (const char letter : word) {
      if (std::string_view("\\^$.|?*+()[]{}").find(letter) != std::string_view::npos) all += '\\';
      all += letter;
    }
  }
  return "(" + all + ")";
}

// The verb and what must stand right behind it; who is meant is left to the reader.
inline std::string sentence_pattern(const sim::Names& names) {
  std::string all = "heal|(partition|cut|clog|swizzle|crash|restart|pause|resume|slow";
  if (names.has_disk) all += "|flush";
  if (!names.timers.empty()) all += "|skew|drift";
  all += ") +.+";
  if (!names.timers.empty()) all += "|expire +" + one_of(names.timers) + " +.+";
  if (!names.messages.empty()) {
    const std::string message = one_of(names.messages);
    all += "|(deliver|drop|duplicate) +" + message + " +[0-9]+ *-> *[0-9]+.*";
    all += "|(drop|duplicate|delay) +(" + percentage_pattern() + " +of +)?(messages|" + message +
           ")( .*)?";
  }
  if (!names.requests.empty()) all += "|" + one_of(verbs_of(names)) + "( .*)?";
  return " *(" + all + ") *";
}

inline std::string of_server_pattern(const sim::Names& names) {
  return " *[0-9]+ +is +(not +)?" + one_of(names.roles) + " *";
}

inline std::string condition_pattern(const sim::Names& names) {
  return "(" + one_of(names.conditions) +
         (names.roles.empty() ? ")" : "|" + of_server_pattern(names) + ")");
}

inline std::string counted_pattern(const sim::Names& names) {
  return " *[0-9]+ +" + one_of(names.messages) + "( +from +[0-9]+)?( +to +[0-9]+)? *";
}

inline std::string within_pattern(const sim::Names& names) {
  std::vector<std::string> verbs = {"partition", "cut",       "clog",    "swizzle", "heal",
                                    "delay",     "crash",     "restart", "pause",   "resume",
                                    "slow",      "skew",      "drift",   "flush",   "expire",
                                    "deliver",   "duplicate", "drop",    "chaos"};
  add_to(verbs, verbs_of(names));
  return " *" + duration_pattern() + "( +of +" + one_of(verbs) + ")? *";
}

}  // namespace coracle::tools
