// Bugs of the store beside Raft's own (model/raft/mutants.h), planted in the same way.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/kv/types.h"

namespace coracle::kv {

enum class Mutant : std::uint8_t { none, reply_before_commit, answer_by_index, session_forgotten };
BOOST_DESCRIBE_ENUM(Mutant, none, reply_before_commit, answer_by_index, session_forgotten)

struct PlantedConfig : ConfigOver<raft::PlantedConfig> {
  Mutant mutant = Mutant::none;
  auto operator<=>(const PlantedConfig&) const = default;
};

constexpr bool planted(const Config& /*config*/, Mutant /*mutant*/) { return false; }
constexpr bool planted(const PlantedConfig& config, Mutant mutant) {
  return config.mutant == mutant;
}

struct MutantNote {
  Mutant mutant{};
  std::string_view change;
};

inline constexpr std::array mutant_notes{
    MutantNote{Mutant::reply_before_commit,
               "A leader answers as soon as the entry is in its own log."},
    MutantNote{Mutant::answer_by_index,
               "A client is answered by the entry at its proposal's index, whose ever that is."},
    MutantNote{Mutant::session_forgotten,
               "Who begins from a snapshot has forgotten what each session was answered last."},
};

}  // namespace coracle::kv
