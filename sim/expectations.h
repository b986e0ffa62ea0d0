// What a scenario expects, beyond the protocol's own properties, judged as the run goes on. What is
// not so comes back as a sentence.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/kinds.h"
#include "sim/run_report.h"
#include "sim/scenario.h"
#include "sim/spoken.h"

namespace coracle::sim {

template <Protocol P>
class Expectations {
 public:
  using V = Values<P>;

  Expectations(const Scenario& scenario, const Spoken<P>& spoken) : spoken_(spoken) {
    for (const Expect& expect : scenario.expects) expected_.push_back({expect, {}, 0, false});
  }

  // Whether any of them must be looked at after every action, and whether deliveries are counted.
  bool watches() const { return any<Always>() || any<Sometimes>() || any<Eventually>(); }
  bool counts() const { return any<Counted>(); }

  // A property was broken. Whether that was expected.
  bool failed(std::string_view property) {
    bool meant = false;
    for (Expected& expected : expected_) {
      const auto* fails = std::get_if<Fails>(&expected.expect.what);
      if (fails == nullptr || fails->property != property) continue;
      expected.begun = true;
      meant = true;
    }
    return meant;
  }

  bool holds(const Condition& condition, const World<V>& world) const {
    return holds_plainly(condition, world) != condition.negated;
  }

  void start() { happened("", 0); }

  // Conditions are asked of these nodes alone from now on.
  void only(std::vector<NodeId> nodes) { only_ = std::move(nodes); }

  // A verb was done: what is eventually expected of it has its time from now on.
  void happened(const std::string& verb, Time now) {
    for (Expected& expected : expected_) {
      const auto* eventually = std::get_if<Eventually>(&expected.expect.what);
      if (eventually == nullptr || eventually->of != verb) continue;
      expected.begun = true;
      if (!expected.deadline)
        expected.deadline = eventually->within > 0 ? later(now, eventually->within) : never;
    }
  }

  std::optional<std::string> look(const World<V>& world) {
    std::optional<std::string> broken;
    for (Expected& expected : expected_) {
      match(
          expected.expect.what,
          [&](const Always& always) {
            if (!broken && !holds(always.condition, world))
              broken = "Violated: always " + always.condition.text + ".";
          },
          [&](const Sometimes& sometimes) {
            expected.begun = expected.begun || holds(sometimes.condition, world);
          },
          [&](const Eventually& eventually) {
            if (expected.deadline && holds(eventually.condition, world)) expected.deadline.reset();
          },
          [](const InTheEnd&) {}, [](const Fails&) {}, [](const Counted&) {});
    }
    return broken;
  }

  Time next_deadline() const {
    Time next = never;
    for (const Expected& expected : expected_)
      next = std::min(next, expected.deadline.value_or(never));
    return next;
  }

  // What should have come by now, and did not.
  std::optional<std::string> late(Time now) const {
    for (const Expected& expected : expected_)
      if (expected.deadline && *expected.deadline <= now)
        return "Not in time: " + expected.expect.text + ".";
    return {};
  }

  // A message to a node that is down is not delivered.
  void count(const Action<V>& action, const World<V>& world) {
    const auto* deliver = std::get_if<Deliver<typename V::Envelope>>(&action);
    if (deliver == nullptr) return;
    const auto& envelope = deliver->envelope;
    if (!V::is_up(world.nodes.nodes[position(envelope.to)])) return;
    for (Expected& expected : expected_)
      if (const auto* counted = std::get_if<Counted>(&expected.expect.what))
        if (counted->message == kind_name(envelope.message) &&
            (!counted->from || *counted->from == envelope.from) &&
            (!counted->to || *counted->to == envelope.to))
          ++expected.count;
  }

  bool all_failed() const {
    return std::ranges::all_of(expected_, [](const Expected& expected) {
      return !std::holds_alternative<Fails>(expected.expect.what) || expected.begun;
    });
  }

  // Of a run that nothing unexpected has broken. What still had time when it ended early is not
  // judged.
  std::optional<std::string> at_the_end(const World<V>& world, bool early) const {
    for (const Expected& expected : expected_) {
      const std::string wrong = match(
          expected.expect.what, [](const Always&) { return std::string(); },
          [&](const Sometimes& sometimes) {
            return expected.begun ? "" : "Never seen: " + sometimes.condition.text + ".";
          },
          [&](const Eventually& eventually) {
            if (early) return std::string();
            if (expected.deadline) return "Not in time: " + expected.expect.text + ".";
            return expected.begun ? ""
                                  : "Never judged: " + expected.expect.text +
                                        ", for there was no " + eventually.of + ".";
          },
          [&](const InTheEnd& in_the_end) {
            return holds(in_the_end.condition, world)
                       ? ""
                       : "Not so in the end: " + in_the_end.condition.text + ".";
          },
          [&](const Fails& fails) {
            return expected.begun ? "" : "Did not fail: " + fails.property + ".";
          },
          [&](const Counted& counted) {
            const bool right = counted.relation == Counted::Relation::at_most
                                   ? expected.count <= counted.number
                               : counted.relation == Counted::Relation::at_least
                                   ? expected.count >= counted.number
                                   : expected.count == counted.number;
            return right ? ""
                         : "Not so: " + expected.expect.text + ", for " +
                               std::to_string(expected.count) + " were delivered.";
          });
      if (!wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  struct Expected {
    Expect expect;
    std::optional<Time> deadline;  // while it waits; never: by the end
    std::uint64_t count = 0;
    bool begun = false;  // seen, or waited for at least once
  };

  template <class Kind>
  bool any() const {
    return std::ranges::any_of(expected_, [](const Expected& expected) {
      return std::holds_alternative<Kind>(expected.expect.what);
    });
  }

  bool is_asked(NodeId id) const { return only_.empty() || std::ranges::count(only_, id) > 0; }

  bool holds_plainly(const Condition& condition, const World<V>& world) const {
    const auto& nodes = world.nodes.nodes;
    if (condition.node) {
      const auto role =
          std::ranges::find(spoken_.roles, condition.name, &RoleWords<typename P::State>::name);
      const std::size_t at = position(*condition.node);
      return role != spoken_.roles.end() && at < nodes.size() && V::is_up(nodes[at]) &&
             role->rank(V::state(nodes[at])) > 0;
    }
    const auto words = std::ranges::find(spoken_.conditions, condition.name,
                                         &ConditionWords<typename P::State>::name);
    if (words == spoken_.conditions.end()) return false;
    std::vector<const typename P::State*> up;
    for (std::size_t at = 0; at < nodes.size(); ++at)
      if (V::is_up(nodes[at]) && is_asked(node_at(at))) up.push_back(&V::state(nodes[at]));
    return words->holds({up});
  }

  const Spoken<P>& spoken_;
  std::vector<Expected> expected_;
  std::vector<NodeId> only_;  // empty: all
};

}  // namespace coracle::sim
