#include "sim/run_report.h"

#include "sim/json.h"

namespace coracle::sim {

std::string time_text(Time time) {
  constexpr Time second = 1'000'000'000;
  std::string digits = std::to_string(time % second);
  digits.insert(0, 9 - digits.size(), '0');
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  return std::to_string(time / second) + (digits.empty() ? "" : "." + digits) + " s";
}

boost::json::object to_json(const RunReport& report) {
  boost::json::array properties;
  for (const auto& property : report.properties)
    properties.push_back(boost::json::object{{"name", property.name},
                                             {"expectation", to_json(property.expectation)},
                                             {"verdict", property.verdict}});
  boost::json::object messages;
  for (const auto& [kind, fates] : report.messages)
    messages[kind] = boost::json::object{{"sent", fates.sent},
                                         {"delivered", fates.delivered},
                                         {"lost", fates.lost},
                                         {"duplicated", fates.duplicated}};
  boost::json::object counters;
  for (const auto& [what, count] : report.counters) counters[what] = count;
  counters["messages"] = std::move(messages);
  return {{"scenario", report.scenario},
          {"seed", report.seed},
          {"verdict", report.interrupted       ? "interrupted"
                      : report.failure.empty() ? "holds"
                                               : "failed"},
          {"failure", report.failure},
          {"events", report.events},
          {"simulated_seconds", static_cast<double>(report.simulated) / 1e9},
          {"wall_seconds", report.wall_seconds},
          {"hash", hex(report.hash)},
          {"properties", std::move(properties)},
          {"counters", std::move(counters)}};
}

}  // namespace coracle::sim
