// The explorer as one would write it in an afternoon: whole worlds as values, in a std::set, a
// level at a time. Slow, and with nothing in it to go wrong: what the real one counts must agree.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "checker/report.h"
#include "model/values.h"
#include "model/world.h"

namespace coracle::checker {

struct Counts {
  std::uint64_t distinct = 0;
  std::uint64_t generated = 1;  // the initial world
  std::uint64_t changed = 0;
  std::uint64_t out_of_bounds = 0;
  std::uint64_t terminal = 0;
  std::uint64_t cut = 0;
  std::size_t depth = 0;
  auto operator<=>(const Counts&) const = default;
};
BOOST_DESCRIBE_STRUCT(Counts, (),
                      (distinct, generated, changed, out_of_bounds, terminal, cut, depth))

inline Counts counts_of(const Report& report) {
  return {report.distinct, report.generated, report.changed, report.out_of_bounds,
          report.terminal, report.cut,       report.depth};
}

template <Protocol P>
class Enumerator {
 public:
  using PlainWorld = World<Values<P>>;
  using PlainAction = Action<Values<P>>;

  explicit Enumerator(Cluster<P> cluster) : values_(std::move(cluster)) {}

  Values<P>& values() { return values_; }

  std::vector<PlainAction> enabled(const PlainWorld& world) {
    std::vector<PlainAction> all;
    for_each_enabled(values_, world, [&](const auto& action) { all.emplace_back(action); });
    return all;
  }

  PlainWorld after(PlainWorld world, const PlainAction& action) {
    step(values_, world, action);
    return world;
  }

  bool within(const PlainWorld& world) const {
    const auto& most = values_.cluster().max_in_flight;
    std::size_t messages = world.in_flight.size();
    for (const auto& node : world.nodes.nodes) messages += Values<P>::held(node);
    return (!most || messages <= *most) &&
           std::ranges::all_of(world.nodes.nodes,
                               [&](const auto& node) { return values_.within_bounds(node); });
  }

  // Visits level after level until there is nothing new, or until see(world, action, next) has
  // said, of any step of a level, that it has seen what it wanted: the depth that this step led to.
  template <class See>
  std::optional<std::size_t> first(See see) {
    std::set<PlainWorld, Less> seen{values_.initial_world()};
    std::vector<PlainWorld> level(seen.begin(), seen.end());
    counts = {};
    for (std::size_t depth = 0; !level.empty(); ++depth) {
      counts.depth = depth;
      bool found = false;
      std::vector<PlainWorld> next_level;
      for (const PlainWorld& world : level) {
        bool moves = false;
        bool moves_within = false;
        for (const PlainAction& action : enabled(world)) {
          const PlainWorld next = after(world, action);
          found |= see(world, action, next);
          counts.generated += 1;
          if (!within(next)) counts.out_of_bounds += 1;
          if (next == world) continue;
          counts.changed += 1;
          const bool fault = std::visit(
              []<class Taken>(const Taken& /*action*/) { return is_fault<Taken>; }, action);
          moves |= !fault;
          moves_within |= !fault && within(next);
          if (within(next) && seen.insert(next).second) next_level.push_back(next);
        }
        counts.terminal += moves ? 0 : 1;
        counts.cut += moves && !moves_within ? 1 : 0;
      }
      counts.distinct = seen.size();
      if (found) return depth + 1;
      level = std::move(next_level);
    }
    return {};
  }

  Counts all() {
    first([](const auto&...) { return false; });
    return counts;
  }

  Counts counts;

 private:
  struct Less {
    static auto key(const PlainWorld& w) {
      return std::tie(w.nodes.nodes, w.nodes.left, w.nodes.observed, w.in_flight);
    }
    bool operator()(const PlainWorld& a, const PlainWorld& b) const { return key(a) < key(b); }
  };

  Values<P> values_;
};

}  // namespace coracle::checker
