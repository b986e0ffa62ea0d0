#include "model/two_phase_commit_vocabulary.h"
#include "tools/model_of.h"

namespace coracle::tools {

const Model& two_phase_commit_model() {
  static const ModelOf<two_phase_commit::Vocabulary> model;
  return model;
}

}  // namespace coracle::tools
