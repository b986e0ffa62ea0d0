// A scenario, told: it makes the faults and requests of its steps happen in a simulator, in their
// order and time, and judges what must be true. One seed, one run.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/narrative.h"
#include "sim/exactly.h"
#include "sim/expectations.h"
#include "sim/replay.h"
#include "sim/run_report.h"
#include "sim/simulator.h"
#include "sim/stuck.h"
#include "sim/who.h"

namespace coracle::sim {

template <Protocol P>
class Story {
 public:
  using V = Values<P>;
  using State = typename P::State;
  using Event = typename V::Event;

  Story(const Scenario& scenario, Cluster<P> cluster, const Judge<P>& judge, std::uint64_t seed,
        const Spoken<P>& spoken)
      : scenario_(scenario),
        judge_(judge),
        spoken_(spoken),
        simulator_(
            std::move(cluster), judge,
            {scenario.latency, scenario.flush, scenario.loss, scenario.duplicate, scenario.by_hand},
            seed),
        who_(spoken.roles, seed),
        expectations_(scenario, spoken),
        arrivals_(stream(seed, "arrivals")),
        asking_(stream(seed, "asking")),
        done_(scenario.steps.size(), false) {}

  const Simulator<P>& simulator() const { return simulator_; }

  // What is told of each action and of each thing that the scenario does, as they happen.
  std::function<void(Time, const Action<V>&, const World<V>&)> on_action;
  std::function<void(Time, const std::string&)> on_note;

  // Where somebody wants the run to end early.
  const std::atomic<bool>* stop = nullptr;

  RunReport run() {
    simulator_.on_action = nullptr;
    if (on_action || expectations_.counts())
      simulator_.on_action = [this](const Action<V>& action) {
        expectations_.count(action, simulator_.world());
        if (on_action) on_action(simulator_.now(), action, simulator_.world());
      };
    if (scenario_.requests_per_second > 0) plan_request();
    begin_steps();
    look();
    while (!ended_ && !interrupted()) go_on();
    return report();
  }

 private:
  bool interrupted() const { return stop != nullptr && *stop; }

  // --- Time goes on to whatever comes first.

  void go_on() {
    const Time agenda = simulator_.next_time().value_or(never);
    if (due_ <= agenda) {
      if (due_ == never) return end();
      simulator_.wait_until(due_);
      do_what_is_due();
      return;
    }
    const std::uint64_t before = simulator_.events();
    simulator_.advance();
    if (simulator_.events() != before) look();
  }

  // After each thing that happened.
  void look() {
    if (unexcused() != 0) violated();
    if (ended_ || !watching()) return;
    who_.remember(simulator_.world());
    bool again = true;
    while (again && !ended_) {
      again = false;
      if (const auto broken = expectations_.look(simulator_.world())) return fail(*broken);
      for (std::size_t i = 0; i < scenario_.steps.size() && !again && !ended_; ++i) {
        const ScenarioStep& step = scenario_.steps[i];
        if (done_[i] || !step.when || !may_begin(i)) continue;
        if (!expectations_.holds(*step.when, simulator_.world())) continue;
        do_step(i);
        again = true;
      }
    }
    plan();
  }

  bool watching() const { return !scenario_.steps.empty() || expectations_.watches(); }

  void do_what_is_due() {
    const Time now = simulator_.now();
    for (std::size_t i = 0; i < undoings_.size(); ++i) {
      if (undoings_[i].at > now) continue;
      const Undoing undoing = undoings_[i];
      undoings_.erase(undoings_.begin() + static_cast<std::ptrdiff_t>(i));
      undo(undoing);
      return look_and_plan();
    }
    for (std::size_t i = 0; i < starts_.size(); ++i) {
      if (done_[i] || starts_[i] > now) continue;
      do_step(i);
      return look_and_plan();
    }
    if (next_request_ <= now) {
      ask();
      plan_request();
      return look_and_plan();
    }
    if (const auto late = expectations_.late(now)) return fail(*late);
    if (now >= end_) {
      if (expectations_.next_deadline() == never) return end();
      end_ = expectations_.next_deadline();
    }
    plan();
  }

  void look_and_plan() {
    look();
    plan();
  }

  // When the next of all that is not on the simulator's agenda is due.
  void plan() {
    due_ = std::min({end_, next_request_, expectations_.next_deadline()});
    for (const Undoing& undoing : undoings_) due_ = std::min(due_, undoing.at);
    for (std::size_t i = 0; i < starts_.size(); ++i)
      if (!done_[i]) due_ = std::min(due_, starts_[i]);
  }

  // --- Steps.

  void begin_steps() {
    end_ = scenario_.duration > 0 ? scenario_.duration : 0;
    starts_.assign(scenario_.steps.size(), never);
    for (std::size_t i = 0; i < starts_.size(); ++i)
      if (scenario_.steps[i].at) starts_[i] = *scenario_.steps[i].at;
    start_next(0);
    expectations_.start();
    plan();
  }

  // A step with `at` waits for nobody; any other for the step before it.
  bool may_begin(std::size_t i) const {
    return scenario_.steps[i].at.has_value() || i == 0 || done_[i - 1];
  }

  void start_next(std::size_t i) {
    if (i >= starts_.size() || !may_begin(i)) return;
    const ScenarioStep& step = scenario_.steps[i];
    if (step.at || step.when || done_[i]) return;
    starts_[i] = later(simulator_.now(), step.after.value_or(0));
  }

  void do_step(std::size_t i) {
    done_[i] = true;
    const ScenarioStep& step = scenario_.steps[i];
    for (const Verb& verb : step.verbs) {
      if (ended_) return;
      Undoing undoing{later(simulator_.now(), step.lasting.value_or(0)), ++deeds_, {}, {}};
      const std::string wrong =
          std::visit([&](const auto& what) { return act(what, verb.text, undoing); }, verb.what);
      if (!wrong.empty())
        return fail("Could not be told: line " + std::to_string(verb.place.line) + ", '" +
                    verb.text + "': " + wrong + ".");
      expectations_.happened(verb.text.substr(0, verb.text.find(' ')), simulator_.now());
      if (step.lasting) undoings_.push_back(undoing);
      who_.remember(simulator_.world());
      if (unexcused() != 0) violated();
      if (ended_) return;
      if (const auto broken = expectations_.look(simulator_.world())) return fail(*broken);
    }
    start_next(i + 1);
  }

  // What a verb did, to be undone: a link that was healed since, or a node that was restarted, is
  // none of its any more.
  struct Undoing {
    Time at = 0;
    std::uint64_t deed = 0;
    std::vector<std::pair<NodeId, NodeId>> cuts;
    std::vector<NodeId> crashed;
  };
  struct Cut {
    NodeId from{};
    NodeId to{};
    std::uint64_t deed = 0;
  };

  void undo(const Undoing& undoing) {
    const auto is_its = [&](const Cut& cut) { return cut.deed == undoing.deed; };
    if (std::ranges::any_of(cut_, is_its)) {
      for (const Cut& cut : cut_)
        if (is_its(cut)) simulator_.mend(cut.from, cut.to);
      std::erase_if(cut_, is_its);
      note("heal what was cut");
      expectations_.happened("heal", simulator_.now());
    }
    std::vector<NodeId> back;
    for (const NodeId id : undoing.crashed)
      if (!simulator_.is_up(id) && crashed_by_[id] == undoing.deed) back.push_back(id);
    if (back.empty()) return;
    note("restart " + names_of(back));
    for (const NodeId id : back) simulator_.restart(id);
    expectations_.happened("restart", simulator_.now());
  }

  void note(const std::string& what) {
    if (on_note) on_note(simulator_.now(), what);
  }
  // And whom it meant, where that is not what was written.
  void note(const std::string& as_written, const std::string& meant) {
    note(as_written.ends_with(meant) ? as_written : as_written + ": " + meant);
  }

  // --- Verbs. Each returns what makes it impossible, or nothing.

  void cut(NodeId from, NodeId to, Undoing& undoing) {
    simulator_.cut(from, to);
    cut_.push_back({from, to, undoing.deed});
    undoing.cuts.emplace_back(from, to);
  }

  std::string act(const Partition& partition, const std::string& as_written, Undoing& undoing) {
    std::string missing;
    const auto groups = who_.groups(simulator_.world(), partition.groups, missing);
    if (!missing.empty()) return missing;
    std::string told;
    std::set<NodeId> placed;
    for (const auto& group : groups) {
      for (const NodeId id : group)
        if (!placed.insert(id).second) return text(id) + " is in two groups";
      told += (told.empty() ? "" : " | ") + names_of(group);
      for (const auto& other : groups)
        if (&other != &group)
          for (const NodeId from : group)
            for (const NodeId to : other) cut(from, to, undoing);
    }
    note(as_written, told);
    return undoing.cuts.empty() ? "it cuts no link" : "";
  }

  std::string act(const CutOneWay& one_way, const std::string& as_written, Undoing& undoing) {
    std::string missing;
    const auto groups = who_.groups(simulator_.world(), {one_way.from, one_way.to}, missing);
    if (!missing.empty()) return missing;
    for (const NodeId from : groups[0])
      for (const NodeId to : groups[1])
        if (from != to) cut(from, to, undoing);
    note(as_written, names_of(groups[0]) + " -> " + names_of(groups[1]));
    return undoing.cuts.empty() ? "it cuts no link" : "";
  }

  std::string act(const Heal& /*heal*/, const std::string& as_written, Undoing& /*undoing*/) {
    for (const Cut& cut : std::exchange(cut_, {})) simulator_.mend(cut.from, cut.to);
    note(as_written);
    return "";
  }

  std::string act(const CrashThem& crash, const std::string& as_written, Undoing& undoing) {
    std::string missing;
    auto ids = who_.one_group(simulator_.world(), crash.who, missing);
    if (!missing.empty()) return missing;
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
      crashed_by_[id] = undoing.deed;
    }
    undoing.crashed = ids;
    return "";
  }

  std::string act(const RestartThem& restart, const std::string& as_written, Undoing& /*undoing*/) {
    std::string missing;
    auto ids = who_.one_group(simulator_.world(), restart.who, missing);
    if (!missing.empty()) return missing;
    std::erase_if(ids, [&](NodeId id) { return simulator_.is_up(id); });
    if (ids.empty()) return "it is not down";
    note(as_written, names_of(ids));
    for (const NodeId id : ids) simulator_.restart(id);
    return "";
  }

  std::string act(const FlushThem& flush, const std::string& as_written, Undoing& /*undoing*/) {
    std::string missing;
    const auto ids = who_.one_group(simulator_.world(), flush.who, missing);
    if (!missing.empty()) return missing;
    for (const NodeId id : ids) {
      if (!simulator_.is_up(id)) return "node " + text(id) + " is down";
      if (simulator_.unflushed(id) == 0) return "nothing of it waits to be written";
      note(as_written, text(id));
      simulator_.flush(id);
    }
    return "";
  }

  std::string act(const Ask& request, const std::string& as_written, Undoing& /*undoing*/) {
    if constexpr (hears_clients<P>) {
      using Words = RequestWords<State, RequestOf<P>>;
      const auto words = std::ranges::find(spoken_.requests, request.verb, &Words::verb);
      CHECK(words != spoken_.requests.end());
      std::vector<NodeId> ids;
      std::string missing;
      if (!request.at.empty()) ids = who_.one_group(simulator_.world(), request.at, missing);
      if (!missing.empty()) return missing;
      if (request.at.empty()) {
        const auto asked = whom_clients_ask();
        if (!asked) return "no node is up";
        ids.push_back(*asked);
      }
      note(as_written, "at " + names_of(ids));
      for (const NodeId id : ids) {
        if (!simulator_.is_up(id)) return "node " + text(id) + " is down";
        if (!request_at(id, *words, request.argument))
          return "'" + request.argument + "' is nothing to " + request.verb + ", as in '" +
                 request.verb + " " + std::string(words->example) + "'";
      }
    }
    return "";
  }

  std::string act(const ExpireTimer& expire, const std::string& as_written, Undoing& /*undoing*/) {
    if constexpr (HasTimers<P>) {
      std::string missing;
      const auto ids = who_.one_group(simulator_.world(), expire.who, missing);
      if (!missing.empty()) return missing;
      for (const NodeId id : ids) {
        if (!simulator_.is_up(id)) return "node " + text(id) + " is down";
        const auto set = simulator_.alarms_of(id);
        const auto timer = std::ranges::find(set, expire.timer, kind_name<typename P::Timer>);
        if (timer == set.end()) return "its timer is not set";
        note(as_written, text(id));
        simulator_.expire(id, *timer);
      }
    }
    return "";
  }

  std::string act(const Exactly& exactly, const std::string& /*as_written*/, Undoing& /*undoing*/) {
    return do_exactly(simulator_, exactly, scenario_.by_hand);
  }

  // --- Clients.

  // False where the argument makes no sense.
  template <class Request>
  bool request_at(NodeId id, const RequestWords<State, Request>& words,
                  const std::string& argument) {
    const State& state = V::state(simulator_.world().nodes.nodes[position(id)]);
    const auto request = words.request(argument, state);
    if (request) simulator_.request(id, Event{id, Requested<Request>{ClientId{1}, *request}});
    return request.has_value();
  }

  // Whoever has the role that clients turn to; any that is up where nobody has.
  std::optional<NodeId> whom_clients_ask() {
    const auto& world = simulator_.world();
    if (!spoken_.asked.empty())
      if (const auto asked = who_.in_role(world, spoken_.asked)) return asked;
    std::vector<NodeId> up;
    for (const NodeId id : Resolver<P>::all(world))
      if (simulator_.is_up(id)) up.push_back(id);
    if (up.empty()) return {};
    return up[asking_.below(up.size())];
  }

  void plan_request() {
    constexpr std::uint64_t second = 1'000'000'000;
    const auto mean = static_cast<Time>(second / scenario_.requests_per_second);
    next_request_ = simulator_.now() + arrivals_.within({0, 2 * mean});
  }

  void ask() {
    if constexpr (hears_clients<P>) {
      const auto& words = spoken_.requests.front();
      ++asked_;
      if (const auto id = whom_clients_ask())
        request_at(*id, words, std::to_string(asked_));
      else
        ++unheard_;
    }
  }

  // --- The end.

  void fail(const std::string& sentence) {
    ended_ = true;
    failure_ = sentence;
  }

  // What is broken, and was not meant to fail.
  Marks unexcused() const { return (simulator_.violated() | stuck_) & ~excused_; }

  // What must fail excuses itself and nothing else; once all of it has failed, the run ends.
  void violated() {
    for (std::size_t i = 0; i < judge_.asked().size() && !ended_; ++i) {
      if ((unexcused() >> i & 1U) == 0) continue;
      const auto& asked = judge_.asked()[i];
      if (expectations_.failed(asked.name))
        excused_ |= Marks{1} << i;
      else
        fail(violation(asked.name, asked.meaning));
    }
    if (!ended_ && expectations_.all_failed()) judge_the_end(/*early=*/true);
  }

  void end() {
    for (std::size_t i = 0; i < done_.size(); ++i)
      if (!done_[i])
        return fail("Could not be told: line " + std::to_string(scenario_.steps[i].place.line) +
                    ": the step never began.");
    if (judge_.stuck() != 0 && is_stuck<P>(simulator_.values().cluster(), simulator_.world())) {
      stuck_ = judge_.stuck();
      if (unexcused() != 0) violated();
      if (!failure_.empty()) return;
    }
    judge_the_end(/*early=*/false);
  }

  void judge_the_end(bool early) {
    ended_ = true;
    if (const auto wrong = expectations_.at_the_end(simulator_.world(), early)) failure_ = *wrong;
  }

  RunReport report() const {
    RunReport report;
    report.scenario = scenario_.file;
    report.failure = failure_;
    report.interrupted = !ended_;
    report.events = simulator_.events();
    report.simulated = simulator_.now();
    report.hash = simulator_.hash();
    for (std::size_t i = 0; i < judge_.asked().size(); ++i)
      report.properties.push_back(
          told(judge_.asked()[i], ((simulator_.marks() | stuck_) >> i & 1U) != 0));
    report.messages = simulator_.messages();
    report.counters = simulator_.counters();
    if (asked_ > 0) report.counters["requests of clients"] = asked_;
    if (unheard_ > 0) report.counters["requests that nobody heard"] = unheard_;
    return report;
  }

  const Scenario& scenario_;
  const Judge<P>& judge_;
  const Spoken<P>& spoken_;
  Simulator<P> simulator_;
  Resolver<P> who_;
  Expectations<P> expectations_;
  Stream arrivals_;  // when clients ask
  Stream asking_;    // and whom, where nobody is the one

  std::vector<bool> done_;    // by step
  std::vector<Time> starts_;  // by step; never: it waits for a condition or for the step before
  std::vector<Undoing> undoings_;
  std::vector<Cut> cut_;
  std::map<NodeId, std::uint64_t> crashed_by_;  // the deed that took it down last
  std::uint64_t deeds_ = 0;
  Time end_ = 0;
  Time due_ = 0;  // the first of all these times
  Time next_request_ = never;
  std::uint64_t asked_ = 0;
  std::uint64_t unheard_ = 0;
  bool ended_ = false;
  Marks stuck_ = 0;
  Marks excused_ = 0;
  std::string failure_;
};

}  // namespace coracle::sim
