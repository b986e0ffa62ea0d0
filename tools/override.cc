#include "tools/override.h"

#include "sim/units.h"
#include "tools/usage.h"

namespace coracle::tools {

sim::Setting setting_of(const std::string& set) {
  const auto equals = set.find('=');
  if (equals == std::string::npos)
    throw UsageError("--set '" + set + "': expected KEY=VALUE, such as raft.heartbeat='20 ms'");
  const std::string key = set.substr(0, equals);
  return sim::typed_setting(key, set.substr(equals + 1),
                            {.file = "--set " + key, .line = 0, .column = 0});
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
