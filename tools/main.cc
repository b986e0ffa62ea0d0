// The `coracle` command: finds the subcommand, and turns what was typed wrong into one line and
// exit code 2.
#include <functional>
#include <iostream>
#include <map>
#include <new>
#include <stdexcept>

#include "tools/commands.h"
#include "tools/usage.h"

namespace {

using coracle::tools::UsageError;

struct Command {
  const char* what;
  int (*run)(const std::vector<std::string>&);
};

const std::map<std::string, Command>& commands() {
  static const std::map<std::string, Command> all{
      {"explore",
       {"enumerates every reachable state of a small system, breadth first",
        coracle::tools::explore}},
      {"run", {"runs scenario files, or folders of them, in the simulator", coracle::tools::run}},
      {"replay", {"replays a trace, and checks it again", coracle::tools::replay}},
      {"check-history",
       {"judges whether a recorded history of clients is linearizable",
        coracle::tools::check_history}},
      {"models",
       {"the models, their options, properties and mutants", coracle::tools::list_models}}};
  return all;
}

void print_usage() {
  std::cout << "Coracle: protocols that are simulated, explored and deployed from one function.\n\n"
               "Usage: coracle COMMAND ...\n\n";
  for (const auto& [name, command] : commands()) {
    std::string line = "  coracle " + name;
    line.resize(24, ' ');
    std::cout << line << command.what << "\n";
  }
  std::cout << "\nEach has a --help. For example: coracle explore traffic-light --crossings 2\n"
               "Exit codes: 0 holds, 1 a property failed, 2 usage or input, 3 a limit was reached "
               "before the end.\n";
}

int run(const std::vector<std::string>& typed) {
  if (typed.empty()) throw UsageError("do what? See coracle --help");
  if (typed[0] == "--help") {
    print_usage();
    return 0;
  }
  if (typed[0] == "--version") {
    std::cout << "coracle " CORACLE_VERSION "\n";
    return 0;
  }
  const auto command = commands().find(typed[0]);
  if (command == commands().end()) {
    std::vector<std::string> names;
    for (const auto& [name, known] : commands()) names.push_back(name);
    throw UsageError("there is no command '" + typed[0] + "'" +
                     coracle::tools::near_match(typed[0], names));
  }
  return command->second.run({typed.begin() + 1, typed.end()});
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = run({argv + 1, argv + argc});
    if (std::cout.flush()) return code;
    std::cerr << "coracle: cannot write to standard output\n";
    return 2;
  } catch (const UsageError& error) {
    std::cerr << "coracle: " << error.what() << "\n";
    return 2;
  } catch (const std::length_error& error) {
    std::cerr << "coracle: " << error.what() << "; choose smaller bounds, or stop earlier with "
              << "--max-states\n";
    return 3;
  } catch (const std::bad_alloc&) {
    std::cerr
        << "coracle: out of memory; choose smaller bounds, or stop earlier with --max-states\n";
    return 3;
  }
}
