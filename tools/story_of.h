// A list of actions as a story: at a glance, action by action, and the world in which it ends.
#pragma once

#include <string>
#include <vector>

#include "model/narrative.h"
#include "tools/start.h"

namespace coracle::tools {

template <Protocol P>
std::string told(Narrative<P> narrative, const std::string& node_noun,
                 const std::vector<Action<Values<P>>>& path) {
  std::string paragraphs;
  for (const auto& action : path) paragraphs += narrative.tell(action);
  std::string text;
  if (const std::string table = narrative.table(); !table.empty())
    text += table + "\nAction by action:\n";
  return text + paragraphs + "\nIn the end:\n" + world_text<P>(narrative.world(), node_noun) + "\n";
}

// From the initial world on.
template <Protocol P>
std::string story_of(const Cluster<P>& cluster, const std::string& node_noun,
                     const std::vector<Action<Values<P>>>& path) {
  Values<P> values(cluster);
  return told<P>(Narrative<P>(values, node_noun), node_noun, path);
}

// From where an exploration began; its actions are numbered on.
template <Protocol P>
std::string story_of(const Start<P>& start, const std::string& node_noun,
                     const std::vector<Action<Values<P>>>& path) {
  Values<P> values(start.cluster);
  const std::size_t before = start.before.size();
  std::string where;
  if (before > 0) {
    where = "After " + std::to_string(before) + " actions:\n" +
            world_text<P>(start.world, node_noun) + "\n";
    for (const auto& envelope : start.world.in_flight)
      where += "in flight: " + envelope_text(envelope) + "\n";
    where += "\n";
  }
  return where + told<P>(Narrative<P>(values, node_noun, start.world, before), node_noun, path);
}

}  // namespace coracle::tools
