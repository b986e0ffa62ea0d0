// The world of a scenario from its tables: [network], [[link]], [disk], [clock], [clients] and
// [chaos].
#pragma once

#include "sim/scenario.h"
#include "sim/toml.h"

namespace coracle::sim {

// Each throws an InputError as `refuse` does.
void read_network(Scenario& s, const TomlEntry& entry, const Names& names);
// After [network], whose weather a link has but for what it says itself.
void read_links(Scenario& s, const TomlEntry& entry, const Names& names);
void read_disk(Scenario& s, const TomlEntry& entry, const Names& names);
void read_clock(Scenario& s, const TomlEntry& entry, const Names& names);
void read_clients(Scenario& s, const TomlEntry& entry, const Names& names);
// After the duration.
void read_chaos(Scenario& s, const TomlEntry& entry, const Names& names);

}  // namespace coracle::sim
