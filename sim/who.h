// Whom a scenario means: its selectors, resolved in the world as it is.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/values.h"
#include "model/vocabulary.h"
#include "sim/random.h"
#include "sim/scenario.h"

namespace coracle::sim {

// "1 2": the nodes of a list.
inline std::string names_of(const std::vector<NodeId>& nodes) {
  std::string all;
  for (const NodeId node : nodes) all += (all.empty() ? "" : " ") + text(node);
  return all.empty() ? "nobody" : all;
}

template <Protocol P>
class Resolver {
 public:
  using State = typename P::State;

  Resolver(std::vector<RoleWords<State>> roles, std::uint64_t seed)
      : roles_(std::move(roles)), choices_(stream(seed, "choice")) {}

  // The node of the highest rank in a role.
  std::optional<NodeId> in_role(const World<Values<P>>& world, const std::string& role) const {
    std::optional<NodeId> found;
    std::uint64_t highest = 0;
    for (const NodeId id : all(world)) {
      const std::uint64_t rank = rank_of(world, role, id);
      if (rank > highest) found = id;
      highest = std::max(highest, rank);
    }
    return found;
  }

  bool has_role(const World<Values<P>>& world, const std::string& role, NodeId id) const {
    return rank_of(world, role, id) > 0;
  }

  // To be told after every change, so that "old leader" has a meaning.
  void remember(const World<Values<P>>& world) {
    for (const auto& role : roles_) {
      const auto now = in_role(world, role.name);
      auto& [present, old] = holders_[role.name];
      if (!now || now == present) continue;
      old = present;
      present = now;
    }
  }

  // The groups of one sentence; "others" are those that no group names. What a group cannot mean in
  // this world goes to `missing`.
  std::vector<std::vector<NodeId>> groups(const World<Values<P>>& world,
                                          const std::vector<Who>& sentence, std::string& missing) {
    std::vector<std::set<NodeId>> found(sentence.size());
    std::set<NodeId> named;
    // First those that are meant, then, of the rest, those that are drawn.
    for (const bool drawn : {false, true})
      for (std::size_t i = 0; i < sentence.size(); ++i)
        for (const auto& term : sentence[i]) {
          if (is_drawn(term) != drawn) continue;
          add(world, term, named, found[i], missing);
          named.insert(found[i].begin(), found[i].end());
        }
    std::vector<std::vector<NodeId>> groups;
    groups.reserve(found.size());
    for (const auto& group : found) groups.emplace_back(group.begin(), group.end());
    for (std::size_t i = 0; i < sentence.size(); ++i) {
      if (!names_others(sentence[i])) continue;
      for (const NodeId id : all(world))
        if (!named.contains(id)) groups[i].push_back(id);
      std::ranges::sort(groups[i]);
    }
    return groups;
  }

  std::vector<NodeId> one_group(const World<Values<P>>& world, const Who& who,
                                std::string& missing) {
    return groups(world, {who}, missing).front();
  }

  static std::vector<NodeId> all(const World<Values<P>>& world) {
    std::vector<NodeId> ids;
    for (std::size_t at = 0; at < world.nodes.nodes.size(); ++at) ids.push_back(node_at(at));
    return ids;
  }

 private:
  static bool names_others(const Who& who) {
    return std::ranges::any_of(
        who, [](const auto& term) { return std::holds_alternative<Others>(term); });
  }

  std::uint64_t rank_of(const World<Values<P>>& world, const std::string& role, NodeId id) const {
    const auto& node = world.nodes.nodes[position(id)];
    const auto words = std::ranges::find(roles_, role, &RoleWords<State>::name);
    if (words == roles_.end() || !Values<P>::is_up(node)) return 0;
    return words->rank(Values<P>::state(node));
  }

  template <class Term>
  static bool is_drawn(const Term& term) {
    return std::holds_alternative<OneOf>(term) || std::holds_alternative<Any>(term) ||
           std::holds_alternative<Minority>(term) || std::holds_alternative<Majority>(term);
  }

  // Any `count` of those that nobody names.
  void add_any(std::vector<NodeId> from, std::size_t count, std::set<NodeId>& group) {
    while (count-- > 0) {
      const auto chosen = from.begin() + static_cast<std::ptrdiff_t>(choices_.below(from.size()));
      group.insert(*chosen);
      from.erase(chosen);
    }
  }

  template <class Term>
  void add(const World<Values<P>>& world, const Term& term, const std::set<NodeId>& named,
           std::set<NodeId>& group, std::string& missing) {
    const std::size_t size = world.nodes.nodes.size();
    const auto there_is = [&](std::optional<NodeId> id, const std::string& what) {
      if (id) group.insert(*id);
      if (!id && missing.empty()) missing = "there is no " + what;
    };
    std::vector<NodeId> free = all(world);
    std::erase_if(free, [&](NodeId id) { return named.contains(id); });
    const auto draw = [&](std::size_t count, const std::string& what) {
      if (count == 0 || count > free.size()) return there_is({}, what + " that is not named");
      add_any(free, count, group);
    };
    match(
        term,
        [&](const Node& one) {
          there_is(position(one.node) < size ? std::optional(one.node) : std::nullopt,
                   "node " + text(one.node));
        },
        [&](const Role& role) { there_is(in_role(world, role.name), role.name); },
        [&](const OldRole& role) {
          there_is(holders_[role.name].second, "old " + role.name + " yet");
        },
        [&](const OneOf& one) {
          std::erase_if(free, [&](NodeId id) { return !has_role(world, one.role, id); });
          draw(1, one.role);
        },
        [&](const Any&) {
          std::erase_if(free, [&](NodeId id) {
            const auto& node = world.nodes.nodes[position(id)];
            return !Values<P>::is_up(node) || !Values<P>::may_crash(node);
          });
          draw(1, "server");
        },
        [&](const Minority&) { draw((size - 1) / 2, "minority"); },
        [&](const Majority&) { draw(size / 2 + 1, "majority"); }, [](const Others&) {},
        [&](const All&) {
          for (const NodeId id : all(world)) group.insert(id);
        });
  }

  std::vector<RoleWords<State>> roles_;
  Stream choices_;
  std::map<std::string, std::pair<std::optional<NodeId>, std::optional<NodeId>>> holders_;
};

}  // namespace coracle::sim
