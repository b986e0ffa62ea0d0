// The subcommands, one small file each. Each takes the words behind its name, and returns the exit
// code.
#pragma once

#include <string>
#include <vector>

namespace coracle::tools {

int check_history(const std::vector<std::string>& typed);
int explore(const std::vector<std::string>& typed);
int replay(const std::vector<std::string>& typed);
int run(const std::vector<std::string>& typed);
int list_models(const std::vector<std::string>& typed);

}  // namespace coracle::tools
