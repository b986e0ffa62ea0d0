#include "model/kv/vocabulary.h"
#include "tools/kv_calls.h"
#include "tools/model_of.h"

namespace coracle::tools {

const Model& raft_kv_model() {
  static const ModelOf<kv::Vocabulary> model;
  return model;
}

}  // namespace coracle::tools
