#include "model/traffic_light_vocabulary.h"
#include "tools/model_of.h"

namespace coracle::tools {

const Model& traffic_light_model() {
  static const ModelOf<traffic_light::Vocabulary> model;
  return model;
}

}  // namespace coracle::tools
