// The models that the commands know, each by its vocabulary.
#pragma once

#include <string>
#include <vector>

#include "sim/read_trace.h"
#include "sim/scenario.h"
#include "tools/arguments.h"

namespace coracle::tools {

struct ExploreSettings;
struct Ran;
struct ReplaySettings;
struct RunSettings;

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

  // The words that scenarios may use.
  virtual sim::Names names() const = 0;

  // Returns the exit code.
  virtual int explore(const options::variables_map& typed,
                      const ExploreSettings& settings) const = 0;
  virtual int replay(const sim::TraceFile& trace, const ReplaySettings& settings) const = 0;

  // One run of a scenario of this model. May be called by several threads at once.
  virtual Ran run(const sim::Scenario& scenario, std::uint64_t seed,
                  const RunSettings& settings) const = 0;

  // Refuses a scenario that cannot be run, with a UsageError.
  virtual void check(const sim::Scenario& scenario) const = 0;
};

const std::vector<const Model*>& models();

// A UsageError where there is none of that name.
const Model& model_named(const std::string& name);

// The same, of a name that stands in a file.
const Model& model_in(const std::string& where, const std::string& name);

const Model& traffic_light_model();
const Model& two_phase_commit_model();
const Model& raft_model();
const Model& raft_kv_model();

}  // namespace coracle::tools
