// A scenario that begins as another: extends = "base.toml". What it says stands in the place of
// what the base says, key by key and table by table; its steps and expectations come behind the
// base's. Everything keeps the place where it was written.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/toml.h"

namespace coracle::sim {

// The text of the file at that path; an InputError where it cannot be read.
using ReadFile = std::function<std::string(const std::string& path)>;

// The text as TOML, with all that it extends. Throws an InputError as `refuse` does; what is wrong
// with a base is wrong where it is named.
TomlTable parse_with_bases(const std::string& file, std::string_view text,
                           const ReadFile& read_file);

}  // namespace coracle::sim
