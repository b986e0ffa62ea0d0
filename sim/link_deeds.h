// What a scenario does to links: it cuts, clogs and disturbs them, and heals them again. Each deed
// has a number, by which all that is still of it is undone.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/kinds.h"
#include "sim/random.h"
#include "sim/simulator.h"
#include "sim/who.h"

namespace coracle::sim {

template <Protocol P>
class LinkDeeds {
 public:
  LinkDeeds(Simulator<P>& simulator, std::uint64_t seed)
      : simulator_(simulator),
        swizzles_(stream(seed, "swizzle")),
        bridges_(stream(seed, "bridge")) {}

  using Group = std::vector<NodeId>;

  // --- Each returns how many links it cut or clogged.

  std::size_t cut_between(const std::vector<Group>& groups, bool one_way, std::uint64_t deed) {
    return for_each_link(groups, one_way, [&](NodeId from, NodeId to) { cut(from, to, deed); });
  }
  std::size_t clog_between(const std::vector<Group>& groups, bool one_way, std::uint64_t deed) {
    return for_each_link(groups, one_way, [&](NodeId from, NodeId to) { clog(from, to, deed); });
  }

  // Each of these hears its nearest neighbours in the ring only, as many to each side: as few as
  // make a majority with itself, so that no two have the same one.
  std::size_t cut_ring(const Group& ring, std::uint64_t deed) {
    const std::size_t size = ring.size();
    const std::size_t reach = (size / 2 + 1) / 2;  // to each side, of neighbours
    std::size_t links = 0;
    for (std::size_t a = 0; a < size; ++a)
      for (std::size_t b = 0; b < size; ++b) {
        const std::size_t forwards = (b + size - a) % size;
        if (forwards == 0 || std::min(forwards, size - forwards) <= reach) continue;
        cut(ring[a], ring[b], deed);
        ++links;
      }
    return links;
  }

  // Any one of them hears all, the others in two halves only their half; returns them so.
  std::vector<Group> cut_but_a_bridge(Group nodes, std::uint64_t deed) {
    const auto drawn = nodes.begin() + static_cast<std::ptrdiff_t>(bridges_.below(nodes.size()));
    const NodeId bridge = *drawn;
    nodes.erase(drawn);
    const auto half = nodes.begin() + static_cast<std::ptrdiff_t>(nodes.size() / 2);
    std::vector<Group> halves{{nodes.begin(), half}, {half, nodes.end()}};
    cut_between(halves, /*one_way=*/false, deed);
    return {halves[0], {bridge}, halves[1]};
  }

  // Returns how many links it disturbs.
  std::size_t disturb(Disturbance disturbance, const Group& from, const Group& to,
                      std::size_t nodes) {
    disturbance.links.assign(nodes * nodes, false);
    const std::size_t links = for_each_link({from, to}, /*one_way=*/true, [&](NodeId a, NodeId b) {
      disturbance.links[simulator_.links().number(a, b)] = true;
    });
    disturbing_.insert(disturbance.deed);
    simulator_.disturb(std::move(disturbance));
    return links;
  }

  // When each of some links is clogged and free again, in another order, within `lasting`.
  std::vector<std::pair<Time, std::function<void()>>> swizzled(const Group& nodes, Time now,
                                                               Time lasting, std::uint64_t deed) {
    std::vector<std::pair<NodeId, NodeId>> links;
    for (const NodeId from : nodes)
      for (const NodeId to : nodes)
        if (from != to && swizzles_.below(2) == 0) links.emplace_back(from, to);
    swizzling_.insert(deed);
    std::vector<std::pair<Time, std::function<void()>>> later_deeds;
    for (const auto& [from, to] : links) {
      const Time begin = swizzles_.within({0, lasting / 2});
      const Time end = swizzles_.within({lasting / 2, lasting});
      const auto a = from;
      const auto b = to;
      later_deeds.emplace_back(later(now, begin), [this, a, b, deed] {
        if (swizzling_.contains(deed)) clog(a, b, deed);
      });
      later_deeds.emplace_back(later(now, end), [this, a, b, deed] {
        free_links(clogs_, [&](const One& one) {
          return one.deed == deed && one.from == a && one.to == b;
        });
      });
    }
    return later_deeds;
  }

  // What was still of that deed, and is undone: "cut", "clogged", "disturbed"; else nothing.
  std::string undo(std::uint64_t deed) {
    const auto is_its = [&](const One& one) { return one.deed == deed; };
    std::string undone;
    if (free_links(cuts_, is_its)) undone = "cut";
    if (free_links(clogs_, is_its) || swizzling_.erase(deed) > 0) undone = "clogged";
    if (disturbing_.erase(deed) > 0 && simulator_.undisturb(deed)) undone = "disturbed";
    return undone;
  }

  // All links between these.
  void heal(const Group& nodes) {
    const auto has = [&](NodeId id) { return std::ranges::count(nodes, id) > 0; };
    const auto between = [&](const One& one) { return has(one.from) && has(one.to); };
    free_links(cuts_, between);
    free_links(clogs_, between);
    for (const NodeId from : nodes)
      for (const NodeId to : nodes) simulator_.undisturb(from, to);
  }

  void heal_all() {
    const auto any = [](const One&) { return true; };
    swizzling_.clear();
    free_links(cuts_, any);
    free_links(clogs_, any);
    for (const std::uint64_t deed : std::exchange(disturbing_, {})) simulator_.undisturb(deed);
  }

 private:
  struct One {
    NodeId from{};
    NodeId to{};
    std::uint64_t deed = 0;
  };

  template <class F>
  static std::size_t for_each_link(const std::vector<Group>& groups, bool one_way, F f) {
    std::size_t links = 0;
    for (std::size_t a = 0; a < groups.size(); ++a)
      for (std::size_t b = 0; b < groups.size(); ++b) {
        if (a == b || (one_way && a > b)) continue;
        for (const NodeId from : groups[a])
          for (const NodeId to : groups[b]) {
            if (from == to) continue;
            f(from, to);
            ++links;
          }
      }
    return links;
  }

  void cut(NodeId from, NodeId to, std::uint64_t deed) {
    simulator_.cut(from, to);
    cuts_.push_back({from, to, deed});
  }
  void clog(NodeId from, NodeId to, std::uint64_t deed) {
    simulator_.clog(from, to);
    clogs_.push_back({from, to, deed});
  }

  template <class Chosen>
  bool free_links(std::vector<One>& held, Chosen chosen) {
    std::vector<One> freed;
    std::erase_if(held, [&](const One& one) {
      if (!chosen(one)) return false;
      freed.push_back(one);
      return true;
    });
    for (const One& one : freed)
      if (&held == &cuts_)
        simulator_.mend(one.from, one.to);
      else
        simulator_.unclog(one.from, one.to);
    return !freed.empty();
  }

  Simulator<P>& simulator_;
  Stream swizzles_;
  Stream bridges_;
  std::vector<One> cuts_;
  std::vector<One> clogs_;
  std::set<std::uint64_t> disturbing_;
  std::set<std::uint64_t> swizzling_;
};

}  // namespace coracle::sim
