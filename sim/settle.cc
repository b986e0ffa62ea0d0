#include "sim/settle.h"

#include "model/print.h"

namespace coracle::sim {
namespace {

class Checker {
 public:
  explicit Checker(std::size_t nodes) : nodes_(nodes) {}

  void at(const Place& place) { place_ = place; }

  void check(NodeId id) const {
    if (position(id) < nodes_) return;
    throw InputError(place_text(place_) + ": there is no " + text(id) +
                     "; expected a number from 1 to " + std::to_string(nodes_));
  }
  void check(const std::optional<NodeId>& id) const {
    if (id) check(*id);
  }
  void check(const Who& who) const {
    for (const auto& term : who)
      if (const auto* node = std::get_if<Node>(&term)) check(node->node);
  }
  void check(const Condition& condition) const { check(condition.node); }

  void check(const Verb& verb) const {
    match(
        verb.what,
        [&](const Partition& partition) {
          for (const Who& group : partition.groups) check(group);
        },
        [&](const CutOneWay& cut) {
          check(cut.from);
          check(cut.to);
        },
        [&](const ClogThem& clog) {
          for (const Who& group : clog.groups) check(group);
        },
        [&](const Disturb& disturb) {
          check(disturb.from);
          check(disturb.to);
        },
        [](const PartitionRing&) {}, [](const PartitionBridge&) {}, [](const Heal&) {},
        [&](const Ask& ask) { check(ask.at); },
        [&](const Exactly& exactly) {
          check(exactly.from);
          check(exactly.to);
        },
        [&](const auto& done_to) { check(done_to.who); });
  }

  void check(const Expect& expect) const {
    match(
        expect.what, [&](const Always& always) { check(always.condition); },
        [&](const Sometimes& sometimes) { check(sometimes.condition); },
        [&](const Eventually& eventually) { check(eventually.condition); },
        [&](const InTheEnd& in_the_end) { check(in_the_end.condition); }, [](const Fails&) {},
        [&](const Counted& counted) {
          check(counted.from);
          check(counted.to);
        });
  }

 private:
  std::size_t nodes_;
  Place place_;
};

}  // namespace

void check_story(const Scenario& scenario, std::size_t nodes) {
  Checker checker(nodes);
  checker.at({.file = scenario.file + ": [[link]]", .line = 0, .column = 0});
  for (const LinksWeather& links : scenario.weather.links)
    for (const auto& ends : {links.from, links.to})
      for (const NodeId id : ends) checker.check(id);
  for (const Chaos::Fault& fault : scenario.chaos.faults) {
    checker.at(fault.verb.place);
    checker.check(fault.verb);
  }
  for (const ScenarioStep& step : scenario.steps) {
    checker.at(step.place);
    if (step.when) checker.check(*step.when);
    if (scenario.duration == 0 && (step.at.value_or(0) > 0 || step.after.value_or(0) > 0))
      throw InputError(place_text(step.place) +
                       ": without a duration no time goes by; expected a duration");
    if (scenario.duration > 0 && step.at && *step.at >= scenario.duration)
      throw InputError(place_text(step.place) +
                       ": the step is at the end of the run or after it; "
                       "expected it earlier, or a longer duration");
    for (const Verb& verb : step.verbs) {
      checker.at(verb.place);
      checker.check(verb);
    }
  }
  for (const Expect& expect : scenario.expects) {
    checker.at(expect.place);
    checker.check(expect);
  }
}

}  // namespace coracle::sim
