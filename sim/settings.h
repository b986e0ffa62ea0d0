// A scenario's keys by their paths, "raft.pre_vote", and what is set by them from outside of the
// table that they stand in: by --set raft.pre_vote=true, or by a matrix.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario.h"
#include "sim/toml.h"

namespace coracle::sim {

// What stands in the place of whatever the file says.
struct Setting {
  std::string key;
  TomlEntry value;
};

// "raft.pre_vote", "true", as it is typed; the place is where.
Setting typed_setting(const std::string& key, const std::string& value, const Place& place);

// The keys that have one value: "duration", "network.loss", "raft.pre_vote".
std::vector<std::string> settable_keys(const Names& names);

// Whether these are one key under two names, as "servers" is "raft.servers".
bool is_same_key(const Names& names, const std::string& one, const std::string& other);

// Sets one of the settable keys. What the table says of it under another name is gone.
void set_key(TomlTable& all, const Names& names, const Setting& setting);

// A value as it is typed; nothing of a table, an array or what no scenario needs.
std::optional<std::string> typed_text(const TomlEntry& entry);

// The entry of that key, or null.
TomlEntry* find_key(TomlTable& table, std::string_view key);

}  // namespace coracle::sim
