// The models that the commands know, each by its vocabulary.
#pragma once

#include <string>
#include <vector>

#include "tools/arguments.h"

namespace coracle::tools {

struct ExploreSettings;

class Model {
 public:
  Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  virtual ~Model() = default;

  virtual std::string name() const = 0;
  virtual std::string what() const = 0;
  virtual options::options_description options() const = 0;
  virtual std::vector<std::string> properties() const = 0;  // "always   one road faces red"
  virtual std::string mutants() const = 0;                  // a line each

  // Returns the exit code.
  virtual int explore(const options::variables_map& typed,
                      const ExploreSettings& settings) const = 0;
};

const std::vector<const Model*>& models();

// A UsageError where there is none of that name.
const Model& model_named(const std::string& name);

const Model& traffic_light_model();
const Model& two_phase_commit_model();
const Model& raft_model();

}  // namespace coracle::tools
