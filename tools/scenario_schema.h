// The JSON schema of scenario files (draft 7), with which editors complete and check them. It is
// made of what the readers know: the keys, the models' words and options. It leaves references and
// allOf alone, through which editors of TOML do not look for what they offer.
#pragma once

#include <string>

namespace coracle::tools {

// As scenarios/scenario.schema.json holds it.
std::string scenario_schema();

}  // namespace coracle::tools
