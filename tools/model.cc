#include "tools/model.h"

namespace coracle::tools {

const std::vector<const Model*>& models() {
  static const std::vector<const Model*> all{&traffic_light_model(), &two_phase_commit_model(),
                                             &raft_model(), &raft_kv_model()};
  return all;
}

const Model& model_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Model* model : models()) {
    if (model->name() == name) return *model;
    names.push_back(model->name());
  }
  throw UsageError("there is no model '" + name + "'" + near_match(name, names));
}

const Model& model_in(const std::string& where, const std::string& name) {
  try {
    return model_named(name);
  } catch (const UsageError& error) {
    throw UsageError(where + ": " + error.what());
  }
}

}  // namespace coracle::tools
