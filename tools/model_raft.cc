#include "model/raft/vocabulary.h"
#include "tools/model_of.h"

namespace coracle::tools {

const Model& raft_model() {
  static const ModelOf<raft::Vocabulary> model;
  return model;
}

}  // namespace coracle::tools
