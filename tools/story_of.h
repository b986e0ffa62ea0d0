// A list of actions as a story: at a glance, action by action, and the world in which it ends.
#pragma once

#include <string>
#include <vector>

#include "model/narrative.h"

namespace coracle::tools {

template <Protocol P>
std::string story_of(const Cluster<P>& cluster, const std::string& node_noun,
                     const std::vector<Action<Values<P>>>& path) {
  Values<P> values(cluster);
  Narrative<P> narrative(values, node_noun);
  std::string told;
  for (const auto& action : path) told += narrative.tell(action);
  std::string text;
  if (const std::string table = narrative.table(); !table.empty())
    text += table + "\nAction by action:\n";
  return text + told + "\nIn the end:\n" + world_text<P>(narrative.world(), node_noun) + "\n";
}

}  // namespace coracle::tools
