#include "checker/report.h"

#include <algorithm>
#include <cstdio>

#include "model/describe.h"

namespace coracle::checker {

namespace {

std::string decimal(double value, int digits) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
  return buffer;
}

double per_second(const Report& report, std::uint64_t count) {
  return report.seconds > 0 ? static_cast<double>(count) / report.seconds : 0;
}

double bytes_per_state(const Report& report) {
  return report.distinct > 0
             ? static_cast<double>(report.bytes) / static_cast<double>(report.distinct)
             : 0;
}

std::string rate_text(double per_second) {
  if (per_second >= 1e6) return decimal(per_second / 1e6, 2) + " M ";
  if (per_second >= 1e3) return decimal(per_second / 1e3, 1) + " k ";
  return decimal(per_second, 0) + " ";
}

std::string mebibytes(std::size_t bytes) {
  return decimal(static_cast<double>(bytes) / (1024.0 * 1024.0), 0) + " MiB";
}

std::string line(std::string_view name, const std::string& value) {
  std::string text = "  ";
  text += name;
  text.resize(std::max<std::size_t>(text.size() + 1, 19), ' ');
  return text + value + "\n";
}

std::string names_with_verdict(const Report& report, Verdict verdict) {
  std::string names;
  for (const auto& property : report.properties)
    if (property.verdict == verdict)
      names +=
          (names.empty() ? "" : ", ") + property.name +
          (verdict == Verdict::violated && !property.meaning.empty() ? " (" + property.meaning + ")"
                                                                     : "");
  return names;
}

std::string property_line(const PropertyReport& property) {
  std::string text(enumerator_name(property.verdict));
  if (property.verdict == Verdict::open) text = "not settled";
  text.resize(12, ' ');
  text += enumerator_name(property.expectation);
  text.resize(23, ' ');
  text += property.name;
  if (property.depth) text += " (depth " + std::to_string(*property.depth) + ")";
  return "  " + text + "\n";
}

std::string closing_sentence(const Report& report) {
  const std::string violated = names_with_verdict(report, Verdict::violated);
  if (!violated.empty()) return "Violated: " + violated + ".\n";
  switch (report.ending) {
    case Ending::complete:
      break;
    case Ending::max_states:
      return "Not finished: --max-states was reached; what was covered holds.\n";
    case Ending::max_depth:
      return "Not finished: --max-depth was reached; what was covered holds.\n";
    case Ending::time_limit:
      return "Not finished: the time limit was reached; what was covered holds.\n";
    case Ending::interrupted:
      return "Not finished: interrupted; what was covered holds.\n";
    case Ending::violation:
      break;
  }
  const std::string missed = names_with_verdict(report, Verdict::missed);
  std::string text =
      "Every reachable world within the bounds was explored: everything asked holds.\n";
  if (!missed.empty())
    text += "Never seen within these bounds, though it should be somewhere: " + missed + ".\n";
  return text;
}

}  // namespace

const PropertyReport* Report::violated() const {
  const auto found = std::ranges::find(properties, Verdict::violated, &PropertyReport::verdict);
  return found == properties.end() ? nullptr : &*found;
}

int exit_code(const Report& report) {
  if (report.violated() != nullptr) return 1;
  return report.complete() ? 0 : 3;
}

std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    if (at > 0 && (digits.size() - at) % 3 == 0) text += ',';
    text += digits[at];
  }
  return text;
}

boost::json::object to_json(const Report& report) {
  boost::json::object actions;
  for (const auto& [name, count] : report.actions) actions[name] = count;
  boost::json::array properties;
  for (const auto& property : report.properties) {
    boost::json::array trace;
    for (const auto& action : property.trace) trace.emplace_back(action);
    properties.push_back(boost::json::object{
        {"name", property.name},
        {"expectation", enumerator_name(property.expectation)},
        {"verdict", enumerator_name(property.verdict)},
        {"depth", property.depth ? boost::json::value(*property.depth) : boost::json::value()},
        {"trace", trace}});
  }
  boost::json::array observers;
  for (const auto& observer : report.observers) observers.emplace_back(observer);
  boost::json::object json{{"model", report.model},
                           {"options", report.options},
                           {"observers", observers},
                           {"complete", report.complete()},
                           {"ending", enumerator_name(report.ending)},
                           {"distinct", report.distinct},
                           {"generated", report.generated},
                           {"changed", report.changed},
                           {"out_of_bounds", report.out_of_bounds},
                           {"depth", report.depth},
                           {"terminal", report.terminal},
                           {"cut", report.cut},
                           {"queue", report.queue},
                           {"seconds", report.seconds},
                           {"states_per_second", per_second(report, report.distinct)},
                           {"peak_bytes", report.peak_bytes},
                           {"bytes_per_state", bytes_per_state(report)},
                           {"collision_probability", 0},
                           {"actions", actions},
                           {"properties", properties},
                           {"next_state_calls", report.next_state_calls},
                           {"hash", hex(report.hash)}};
  if (report.began)
    json["from"] = boost::json::object{{"trace", report.began->trace}, {"at", report.began->at}};
  if (report.components) json["components"] = *report.components;
  return json;
}

std::string summary(const Report& report) {
  std::string text = report.model + ": " + grouped(report.distinct) + " distinct worlds, depth " +
                     std::to_string(report.depth) + ", in " + decimal(report.seconds, 2) + " s\n";
  if (report.began)
    text += line("from", "the world after " + grouped(report.began->at) + " actions of " +
                             report.began->trace);
  text += line("generated", grouped(report.generated) + " (" + grouped(report.changed) +
                                " changed, " + grouped(report.out_of_bounds) + " out of bounds)");
  text += line("terminal, cut", grouped(report.terminal) + ", " + grouped(report.cut));
  if (report.queue > 0) text += line("not expanded", grouped(report.queue));
  text += line("speed", rate_text(per_second(report, report.distinct)) + "states/s, " +
                            rate_text(per_second(report, report.generated - report.out_of_bounds)) +
                            "transitions/s in bounds");
  text += line("next_state calls", grouped(report.next_state_calls));
  text += line("memory", mebibytes(report.peak_bytes) + ", " + decimal(bytes_per_state(report), 1) +
                             " bytes a state");
  for (const auto& observer : report.observers) text += line("observer", observer);
  if (report.components)
    text += line("components", grouped(*report.components) + " strongly connected");
  text += line("hash", hex(report.hash));
  std::string never;
  for (const auto& [name, count] : report.actions)
    if (count == 0) never += (never.empty() ? "" : ", ") + name;
  if (!never.empty()) text += line("never happened", never);
  for (const auto& property : report.properties) text += property_line(property);
  return text + closing_sentence(report);
}

}  // namespace coracle::checker
