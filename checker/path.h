// The shortest way to a world, found backwards: the levels are known, so each step looks in the
// level before for a world that leads on. It costs about one more run, and no world needs to
// remember where it came from. Where several ways are equally short, contents decide, never the
// order of arrival.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "checker/search.h"

namespace coracle::checker {

template <Protocol P>
class PathFinder {
 public:
  using PlainAction = Action<Values<P>>;

  PathFinder(Space<P>& space, const Search<P>& search) : space_(space), search_(search) {}

  // To where the property with this mark first spoke, which was at this depth.
  std::vector<PlainAction> path_to_mark(Marks mark, std::size_t depth) {
    if (mark == space_.judge().stuck()) return path_to(stuck_world(depth), depth);
    if (depth == 0) return {};
    const Edge last =
        best_edge(depth - 1, [&](WorldKey from, const auto& action, const auto& next) {
          const Marks marks =
              space_.interned().marks(next.world.nodes) | space_.marks_of_step(from, action);
          return (marks & mark) != 0;
        });
    auto path = path_to(last.from, depth - 1);
    path.push_back(last.action);
    return path;
  }

 private:
  struct Edge {
    WorldKey from;
    PlainAction action;
  };
  using Rank = std::pair<Hash128, Hash128>;  // of the world before, and of the action

  std::vector<PlainAction> path_to(WorldKey target, std::size_t depth) {
    std::vector<PlainAction> path;
    for (; depth > 0; --depth) {
      const Edge edge =
          best_edge(depth - 1, [&](WorldKey /*from*/, const auto& /*action*/, const auto& next) {
            return next.within && next.key() == target;
          });
      path.push_back(edge.action);
      target = edge.from;
    }
    std::ranges::reverse(path);
    return path;
  }

  // Of all steps from this level that lead where they should, the first by content.
  template <class LeadsThere>
  Edge best_edge(std::size_t level, LeadsThere leads_there) {
    std::optional<Edge> best;
    Rank best_rank;
    for (std::size_t i = search_.begins()[level]; i < search_.begins()[level + 1]; ++i) {
      const WorldKey from = search_.worlds()[i];
      space_.for_each_successor(from, [&](const auto& action, const auto& next) {
        if (!leads_there(from, action, next)) return;
        PlainAction plain = space_.interned().plain(Action<Interned<P>>(action));
        const Rank rank{space_.content_hash(from), content_hash(plain)};
        if (best && best_rank <= rank) return;
        best = Edge{from, std::move(plain)};
        best_rank = rank;
      });
    }
    CHECK(best.has_value());
    return *best;
  }

  WorldKey stuck_world(std::size_t level) {
    std::optional<WorldKey> best;
    for (std::size_t i = search_.begins()[level]; i < search_.begins()[level + 1]; ++i) {
      const WorldKey key = search_.worlds()[i];
      bool moves = false;
      space_.for_each_successor(key, [&]<class Taken>(const Taken& /*action*/, const auto& next) {
        moves |= !is_fault<Taken> && next.changed;
      });
      if (!moves && (!best || space_.content_hash(key) < space_.content_hash(*best))) best = key;
    }
    CHECK(best.has_value());
    return *best;
  }

  Space<P>& space_;
  const Search<P>& search_;
};

}  // namespace coracle::checker
