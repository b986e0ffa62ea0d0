// What the sentences of a scenario do to a cluster, and what undoes it. Each returns what makes it
// impossible, or nothing. Each deed has a number: a link that was healed since, or a node that was
// restarted, is none of its any more.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/exactly.h"
#include "sim/link_deeds.h"
#include "sim/requests.h"

namespace coracle::sim {

template <Protocol P>
class Deeds {
 public:
  using V = Values<P>;
  using Group = std::vector<NodeId>;

  Deeds(Simulator<P>& simulator, Resolver<P>& who, Requests<P>& requests, bool by_hand,
        std::uint64_t seed)
      : simulator_(simulator),
        who_(who),
        requests_(requests),
        by_hand_(by_hand),
        links_(simulator, seed) {}

  // What is told of each, and what was undone: "heal", "restart", "resume".
  std::function<void(const std::string&)> on_note;
  std::function<void(const std::string&)> on_undone;

  // With `lasting` it is undone after that time.
  std::string do_it(const Verb& verb, std::optional<Time> lasting) {
    deed_ += 1;
    lasting_ = lasting;
    std::string wrong =
        std::visit([&](const auto& what) { return act(what, verb.text); }, verb.what);
    if (wrong.empty() && lasting) {
      const std::uint64_t deed = deed_;
      later_.emplace(later(simulator_.now(), *lasting), [this, deed] { undo(deed); });
    }
    return wrong;
  }

  // --- What is to happen later, of deeds that were done.

  Time next_time() const { return later_.empty() ? never : later_.begin()->first; }

  void do_next() {
    const auto first = later_.begin();
    const auto what = std::move(first->second);
    later_.erase(first);
    what();
  }

  // Nothing of what was to happen does. These nodes are up, hear each other, and nobody else: what
  // is wrong with the others stays so.
  void heal_core(const Group& core) {
    later_.clear();
    links_.heal(core);
    Group others = Resolver<P>::all(simulator_.world());
    std::erase_if(others, [&](NodeId id) { return std::ranges::count(core, id) > 0; });
    links_.cut_between({core, others}, /*one_way=*/false, ++deed_);
    for (const NodeId id : core) {
      if (!simulator_.is_up(id)) simulator_.restart(id);
      if (simulator_.is_paused(id)) simulator_.resume(id);
    }
  }

 private:
  void undo(std::uint64_t deed) {
    if (const std::string links = links_.undo(deed); !links.empty())
      undone("heal what was " + links, "heal");
    for (auto& [id, drifts] : drifts_)
      if (std::erase_if(drifts, [&](const auto& one) { return one.first == deed; }) > 0)
        simulator_.set_drift(id, drifts.back().second);
    Group back;
    Group awake;
    for (const NodeId id : Resolver<P>::all(simulator_.world())) {
      if (!simulator_.is_up(id) && crashed_by_[id] == deed) back.push_back(id);
      if (simulator_.is_paused(id) && paused_by_[id] == deed) awake.push_back(id);
    }
    for (const NodeId id : awake) simulator_.resume(id);
    if (!awake.empty()) undone("resume " + names_of(awake), "resume");
    if (!back.empty()) note("restart " + names_of(back));
    for (const NodeId id : back) simulator_.restart(id);
    if (!back.empty() && on_undone) on_undone("restart");
  }

  void undone(const std::string& told, const std::string& verb) {
    note(told);
    if (on_undone) on_undone(verb);
  }

  void note(const std::string& what) {
    if (on_note) on_note(what);
  }
  // And whom it meant, where that is not what was written.
  void note(const std::string& as_written, const std::string& meant) {
    note(as_written.ends_with(meant) ? as_written : as_written + ": " + meant);
  }

  // f(nodes that the sentence means), where it means any.
  template <class F>
  std::string with(const Who& who, F f) {
    std::string missing;
    const Group ids = who_.one_group(simulator_.world(), who, missing);
    return missing.empty() ? f(ids) : missing;
  }
  // Those of them for which `chosen` holds; `none` says why there is none.
  template <class Chosen, class F>
  std::string with_those(const Who& who, Chosen chosen, const std::string& none, F f) {
    return with(who, [&](Group ids) -> std::string {
      std::erase_if(ids, [&](NodeId id) { return !chosen(id); });
      if (ids.empty()) return none;
      f(ids);
      return "";
    });
  }

  // --- Links.

  std::string act(const Partition& partition, const std::string& as_written) {
    return between(partition.groups, /*one_way=*/false, as_written, [&](const auto& groups) {
      return links_.cut_between(groups, /*one_way=*/false, deed_);
    });
  }
  std::string act(const CutOneWay& cut, const std::string& as_written) {
    return between({cut.from, cut.to}, /*one_way=*/true, as_written, [&](const auto& groups) {
      return links_.cut_between(groups, /*one_way=*/true, deed_);
    });
  }
  std::string act(const ClogThem& clog, const std::string& as_written) {
    return between(clog.groups, clog.one_way, as_written, [&](const auto& groups) {
      return links_.clog_between(groups, clog.one_way, deed_);
    });
  }

  template <class F>
  std::string between(const std::vector<Who>& written, bool one_way, const std::string& as_written,
                      F f) {
    std::string missing;
    const auto groups = who_.groups(simulator_.world(), written, missing);
    if (!missing.empty()) return missing;
    std::string told;
    std::set<NodeId> placed;
    for (const Group& group : groups) {
      for (const NodeId id : group)
        if (!placed.insert(id).second && !one_way) return text(id) + " is in two groups";
      told += (told.empty() ? "" : one_way ? " -> " : " | ") + names_of(group);
    }
    if (f(groups) == 0) return "it touches no link";
    note(as_written, told);
    return "";
  }

  // Those that a ring or a bridge is made of: who cannot crash is no server of it.
  Group servers() const {
    Group all = Resolver<P>::all(simulator_.world());
    std::erase_if(all,
                  [&](NodeId id) { return simulator_.is_up(id) && !simulator_.may_crash(id); });
    return all;
  }

  std::string act(const PartitionRing& /*ring*/, const std::string& as_written) {
    if (links_.cut_ring(servers(), deed_) == 0) return "there are too few nodes";
    note(as_written);
    return "";
  }
  std::string act(const PartitionBridge& /*bridge*/, const std::string& as_written) {
    const Group all = servers();
    if (all.size() < 3) return "there are too few nodes";
    const auto groups = links_.cut_but_a_bridge(all, deed_);
    note(as_written,
         names_of(groups[0]) + " | " + names_of(groups[2]) + " over " + names_of(groups[1]));
    return "";
  }

  std::string act(const Swizzle& swizzle, const std::string& as_written) {
    return with(swizzle.who, [&](const Group& ids) -> std::string {
      note(as_written, names_of(ids));
      for (auto& [at, what] : links_.swizzled(ids, simulator_.now(), lasting_.value_or(0), deed_))
        later_.emplace(at, std::move(what));
      return "";
    });
  }

  std::string act(const Disturb& disturb, const std::string& as_written) {
    // The side that is not named is all of them, and names nobody to the other one.
    std::vector<Who> named;
    for (const Who& who : {disturb.from, disturb.to})
      if (!who.empty()) named.push_back(who);
    std::string missing;
    const auto groups = who_.groups(simulator_.world(), named, missing);
    if (!missing.empty()) return missing;
    const Group all = Resolver<P>::all(simulator_.world());
    const Group from = disturb.from.empty() ? all : groups.front();
    const Group to = disturb.to.empty() ? all : groups.back();
    Disturbance disturbance{.what = disturb.what,
                            .share = disturb.share,
                            .by = disturb.by,
                            .kind = {},
                            .links = {},
                            .deed = deed_};
    if (!disturb.message.empty()) {
      const auto names = kind_names<MessageOf<P>>();
      const auto kind = std::ranges::find(names, disturb.message);
      CHECK(kind != names.end());
      disturbance.kind = static_cast<std::size_t>(kind - names.begin());
    }
    if (links_.disturb(std::move(disturbance), from, to, all.size()) == 0)
      return "it touches no link";
    note(as_written, names_of(from) + " -> " + names_of(to));
    return "";
  }

  std::string act(const Heal& /*heal*/, const std::string& as_written) {
    links_.heal_all();
    note(as_written);
    return "";
  }

  // --- Nodes.

  std::string act(const CrashThem& crash, const std::string& as_written) {
    return with(crash.who, [&](Group ids) -> std::string {
      std::erase_if(ids, [&](NodeId id) { return !simulator_.is_up(id); });
      if (ids.empty()) return "it is down already";
      std::erase_if(ids, [&](NodeId id) { return !simulator_.may_crash(id); });
      if (ids.empty()) return "it is no server";
      if (simulator_.world().nodes.left.crashes < ids.size()) return "no crash is left";
      for (const NodeId id : ids)
        if (const auto why = cannot_keep(crash.kept.value_or(0), simulator_.unflushed(id)))
          return *why;
      note(as_written, names_of(ids) + (crash.kept ? " keeping " + text(*crash.kept) : ""));
      for (const NodeId id : ids) {
        simulator_.crash(id, crash.kept);
        crashed_by_[id] = deed_;
      }
      return "";
    });
  }

  std::string act(const RestartThem& restart, const std::string& as_written) {
    const auto is_down = [&](NodeId id) { return !simulator_.is_up(id); };
    return with_those(restart.who, is_down, "it is not down", [&](const Group& ids) {
      note(as_written, names_of(ids));
      for (const NodeId id : ids) simulator_.restart(id);
    });
  }

  std::string act(const PauseThem& pause, const std::string& as_written) {
    const auto runs = [&](NodeId id) { return simulator_.is_up(id) && !simulator_.is_paused(id); };
    return with_those(pause.who, runs, "it is down or paused already", [&](const Group& ids) {
      note(as_written, names_of(ids));
      for (const NodeId id : ids) {
        simulator_.pause(id);
        paused_by_[id] = deed_;
      }
    });
  }

  std::string act(const ResumeThem& resume, const std::string& as_written) {
    const auto is_paused = [&](NodeId id) { return simulator_.is_paused(id); };
    return with_those(resume.who, is_paused, "it is not paused", [&](const Group& ids) {
      note(as_written, names_of(ids));
      for (const NodeId id : ids) simulator_.resume(id);
    });
  }

  std::string act(const SlowThem& slow, const std::string& as_written) {
    return with(slow.who, [&](const Group& ids) -> std::string {
      const Disturbance delay{.what = Disturbance::What::delay,
                              .share = certain,
                              .by = slow.by,
                              .kind = {},
                              .links = {},
                              .deed = deed_};
      const Group all = Resolver<P>::all(simulator_.world());
      note(as_written, names_of(ids));
      links_.disturb(delay, ids, all, all.size());
      links_.disturb(delay, all, ids, all.size());
      return "";
    });
  }

  std::string act(const SkewClock& skew, const std::string& as_written) {
    return with(skew.who, [&](const Group& ids) -> std::string {
      note(as_written, names_of(ids));
      for (const NodeId id : ids) simulator_.jump(id, skew.by);
      return "";
    });
  }

  std::string act(const DriftClock& drift, const std::string& as_written) {
    return with(drift.who, [&](const Group& ids) -> std::string {
      note(as_written, names_of(ids));
      for (const NodeId id : ids) {
        auto& drifts = drifts_[id];
        if (drifts.empty()) drifts.emplace_back(0, simulator_.drift(id));
        drifts.emplace_back(deed_, drift.by);
        simulator_.set_drift(id, drift.by);
      }
      return "";
    });
  }

  std::string act(const FlushThem& flush, const std::string& as_written) {
    return with(flush.who, [&](const Group& ids) -> std::string {
      for (const NodeId id : ids) {
        if (!simulator_.is_up(id)) return "node " + text(id) + " is down";
        if (simulator_.unflushed(id) == 0) return "nothing of it waits to be written";
        note(as_written, text(id));
        simulator_.flush(id);
      }
      return "";
    });
  }

  // --- Requests, alarms, messages.

  std::string act(const Ask& request, const std::string& as_written) {
    if (!request.at.empty())
      return with(request.at, [&](const Group& ids) { return ask(ids, request, as_written); });
    const auto asked = requests_.whom_clients_ask();
    return asked ? ask({*asked}, request, as_written) : "nobody is up to be asked";
  }

  std::string ask(const Group& ids, const Ask& request, const std::string& as_written) {
    const auto& words = requests_.words_of(request.verb);
    note(as_written, "at " + names_of(ids));
    for (const NodeId id : ids) {
      if (!simulator_.is_up(id)) return "node " + text(id) + " is down";
      if (simulator_.is_paused(id)) return "node " + text(id) + " is paused";
      if (!requests_.ask(id, words, request.argument))
        return "'" + request.argument + "' is nothing to " + request.verb + ", as in '" +
               request.verb + " " + std::string(words.example) + "'";
    }
    return "";
  }

  std::string act(const ExpireTimer& expire, const std::string& as_written) {
    if constexpr (HasTimers<P>)
      return with(expire.who, [&](const Group& ids) -> std::string {
        for (const NodeId id : ids) {
          if (!simulator_.is_up(id)) return "node " + text(id) + " is down";
          const auto set = simulator_.alarms_of(id);
          const auto timer = std::ranges::find(set, expire.timer, kind_name<typename P::Timer>);
          if (timer == set.end()) return "its timer is not set";
          note(as_written, text(id));
          simulator_.expire(id, *timer);
        }
        return "";
      });
    return "";
  }

  std::string act(const Exactly& exactly, const std::string& /*as_written*/) {
    return do_exactly(simulator_, exactly, by_hand_);
  }

  Simulator<P>& simulator_;
  Resolver<P>& who_;
  Requests<P>& requests_;
  bool by_hand_;
  LinkDeeds<P> links_;

  std::uint64_t deed_ = 0;                      // the present one
  std::optional<Time> lasting_;                 // of the present one
  std::map<NodeId, std::uint64_t> crashed_by_;  // the deed that took it down last
  std::map<NodeId, std::uint64_t> paused_by_;
  // By node: its own one, behind it those of deeds, of which the last one holds.
  std::map<NodeId, std::vector<std::pair<std::uint64_t, Drift>>> drifts_;
  std::multimap<Time, std::function<void()>> later_;
};

}  // namespace coracle::sim
