#include "tools/override.h"

#include <algorithm>
#include <functional>
#include <map>

#include "sim/units.h"
#include "tools/usage.h"

namespace coracle::tools {

namespace {

template <class Parse>
auto read(const std::string& set, const std::string& value, Parse parse,
          std::string_view expected) {
  const auto quantity = parse(value);
  if (!quantity) throw UsageError("--set '" + set + "': expected " + std::string(expected));
  return *quantity;
}

}  // namespace

void override_in(sim::Scenario& scenario, const sim::Names& names, const std::string& set) {
  const auto equals = set.find('=');
  if (equals == std::string::npos)
    throw UsageError("--set '" + set + "': expected KEY=VALUE, such as raft.heartbeat='20 ms'");
  const std::string key = set.substr(0, equals);
  const std::string value = set.substr(equals + 1);
  std::map<std::string, std::function<void()>> keys{
      {"duration",
       [&] {
         scenario.duration = read(set, value, sim::parse_duration, sim::expected_duration);
         if (scenario.duration == 0)
           throw UsageError("--set '" + set + "': expected more than nothing");
       }},
      {"network.latency",
       [&] { scenario.latency = read(set, value, sim::parse_span, sim::expected_span); }},
      {"network.loss",
       [&] { scenario.loss = read(set, value, sim::parse_percentage, sim::expected_percentage); }},
      {"network.duplicate",
       [&] {
         scenario.duplicate = read(set, value, sim::parse_percentage, sim::expected_percentage);
       }},
      {"clients.rate", [&] {
         scenario.requests_per_second = read(set, value, sim::parse_rate, sim::expected_rate);
       }}};
  for (const auto& option : names.options) {
    std::string spelt = option;
    std::ranges::replace(spelt, '-', '_');
    keys[names.model + "." + spelt] = [&scenario, &value, option] {
      scenario.options[option] = value;
      scenario.option_places[option] = {"--set", 0, 0};
    };
  }
  if (const auto known = keys.find(key); known != keys.end()) return known->second();
  std::vector<std::string> all;
  all.reserve(keys.size());
  for (const auto& [name, change] : keys) all.push_back(name);
  throw UsageError("--set: there is no key '" + key + "'" + near_match(key, all));
}

std::pair<std::uint64_t, std::uint64_t> pair_of(std::string_view option, std::string_view between,
                                                const std::string& typed) {
  const auto place = typed.find(between);
  if (place != std::string::npos) {
    const auto first = sim::parse_whole(std::string_view(typed).substr(0, place));
    const auto last = sim::parse_whole(std::string_view(typed).substr(place + between.size()));
    if (first && last && *first <= *last) return {*first, *last};
  }
  throw UsageError("--" + std::string(option) + " '" + typed + "': expected such as 1" +
                   std::string(between) + "100, the first number not above the second");
}

}  // namespace coracle::tools
