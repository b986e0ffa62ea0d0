// coracle models: the models, their options, properties and mutants; or all of it as the schema of
// scenario files.
#include <iostream>

#include "tools/commands.h"
#include "tools/model.h"
#include "tools/scenario_schema.h"

namespace coracle::tools {

int list_models(const std::vector<std::string>& typed) {
  if (typed.size() > 1)
    throw UsageError("models: expected at most one name, as in: coracle models raft");
  if (!typed.empty() && typed[0] == "--help") {
    std::cout << "Usage: coracle models [MODEL]\n       coracle models --schema\n\nFor example: "
                 "coracle models raft\nWith --schema: the JSON schema of scenario files, for "
                 "editors.\n";
    return 0;
  }
  if (!typed.empty() && typed[0] == "--schema") {
    std::cout << scenario_schema();
    return 0;
  }
  if (typed.empty()) {
    for (const Model* model : models()) std::cout << model->name() << ": " << model->what() << "\n";
    std::cout << "\nMore of one: coracle models " << models().front()->name() << "\n";
    return 0;
  }
  const Model& model = model_named(typed[0]);
  std::cout << model.name() << ": " << model.what() << "\n\n"
            << model.options() << "\nProperties:\n";
  for (const auto& line : model.properties()) std::cout << "  " << line << "\n";
  std::cout << "\nMutants (--mutant NAME):\n" << model.mutants();
  return 0;
}

}  // namespace coracle::tools
