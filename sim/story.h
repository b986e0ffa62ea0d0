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
#include "sim/deeds.h"
#include "sim/expectations.h"
#include "sim/load.h"
#include "sim/random_faults.h"
#include "sim/replay.h"
#include "sim/run_report.h"
#include "sim/settle.h"
#include "sim/stuck.h"

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
        simulator_(std::move(cluster), judge, scenario.weather, seed),
        who_(spoken.roles, seed),
        requests_(simulator_, who_, spoken, seed),
        deeds_(simulator_, who_, requests_, scenario.weather.by_hand, seed),
        faults_(scenario.chaos, seed),
        cores_(stream(seed, "core")),
        expectations_(scenario, spoken),
        requester_(scenario.load, spoken, seed),
        done_(scenario.steps.size(), false) {
    deeds_.on_note = [this](const std::string& what) {
      if (on_note) on_note(simulator_.now(), what);
    };
    deeds_.on_undone = [this](const std::string& verb) {
      expectations_.happened(verb, simulator_.now());
    };
  }

  const Simulator<P>& simulator() const { return simulator_; }

  // What is told of each action and of each thing that the scenario does, as they happen.
  std::function<void(Time, const Action<V>&, const World<V>&)> on_action;
  std::function<void(Time, const std::string&)> on_note;

  // Each output of a node; and what is wrong, in the end, with all that clients were told, where
  // somebody wrote it down.
  std::function<void(Time, NodeId, const typename P::Effect&)> on_output;
  std::function<CallsJudged()> judge_calls;

  // Where somebody wants the run to end early.
  const std::atomic<bool>* stop = nullptr;

  RunReport run() {
    simulator_.on_action = nullptr;
    if (on_action || expectations_.counts())
      simulator_.on_action = [this](const Action<V>& action) {
        expectations_.count(action, simulator_.world());
        if (on_action) on_action(simulator_.now(), action, simulator_.world());
      };
    if (on_output)
      simulator_.on_output = [this](NodeId id, const typename P::Effect& effect) {
        on_output(simulator_.now(), id, effect);
      };
    next_request_ = requester_.next_time(0);
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

  bool watching() const {
    return !scenario_.steps.empty() || !scenario_.chaos.faults.empty() || expectations_.watches();
  }

  void do_what_is_due() {
    const Time now = simulator_.now();
    if (deeds_.next_time() <= now) {
      deeds_.do_next();
      return look_and_plan();
    }
    for (std::size_t i = 0; i < starts_.size(); ++i) {
      if (starts_[i] > now) continue;
      do_step(i);
      return look_and_plan();
    }
    if (chaos_ends_ <= now) {
      end_chaos();
      return look_and_plan();
    }
    if (faults_.next_time() <= now) {
      do_fault();
      return look_and_plan();
    }
    if (next_request_ <= now) {
      ask();
      next_request_ = requester_.next_time(now);
      return look_and_plan();
    }
    if (const auto late = expectations_.late(now)) return fail(how_it_stands() + *late);
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
    due_ = std::min({end_, next_request_, expectations_.next_deadline(), deeds_.next_time(),
                     faults_.next_time(), chaos_ends_});
    for (const Time start : starts_) due_ = std::min(due_, start);
  }

  // --- Steps.

  void begin_steps() {
    end_ = scenario_.duration > 0 ? scenario_.duration : 0;
    chaos_ends_ = scenario_.chaos.until;
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
    const bool again = done_[i];
    done_[i] = true;
    const ScenarioStep& step = scenario_.steps[i];
    starts_[i] = step.every ? later(simulator_.now(), *step.every) : never;
    for (const Verb& verb : step.verbs) {
      if (ended_) return;
      const std::string wrong = deeds_.do_it(verb, step.lasting);
      // What is done again and again may find nobody at times.
      if (!wrong.empty() && again) continue;
      if (!wrong.empty())
        return fail("Could not be told: line " + std::to_string(verb.place.line) + ", '" +
                    verb.text + "': " + wrong + ".");
      if (!look_after(verb)) return;
    }
    if (!again) start_next(i + 1);
  }

  // Whether the run goes on after what was done.
  bool look_after(const Verb& verb) {
    expectations_.happened(verb.text.substr(0, verb.text.find(' ')), simulator_.now());
    who_.remember(simulator_.world());
    if (unexcused() != 0) violated();
    if (ended_) return false;
    if (const auto broken = expectations_.look(simulator_.world())) fail(*broken);
    return !ended_;
  }

  // --- Chaos.

  // What cannot be done just now is left.
  void do_fault() {
    const auto [verb, lasting] = faults_.take();
    if (const Who* who = taken_down(*verb); who != nullptr && would_be_too_many(*who)) return;
    if (deeds_.do_it(*verb, can_be_undone(*verb) ? std::optional(lasting) : std::nullopt).empty())
      look_after(*verb);
  }

  // Whether no majority of the servers would be left if these went down, too.
  bool would_be_too_many(const Who& who) const {
    const auto all = servers();
    const auto down = static_cast<std::size_t>(std::ranges::count_if(
        all, [&](NodeId id) { return !simulator_.is_up(id) || simulator_.is_paused(id); }));
    const std::size_t more = most_of(who, simulator_.world().nodes.nodes.size());
    return !scenario_.chaos.most_may_be_down && all.size() < down + more + all.size() / 2 + 1;
  }

  // Those that may crash: the clients of a cluster are none.
  std::vector<NodeId> servers() const {
    auto all = Resolver<P>::all(simulator_.world());
    std::erase_if(all,
                  [&](NodeId id) { return simulator_.is_up(id) && !simulator_.may_crash(id); });
    return all;
  }

  // The core is healed, and must do from now on without those that are left as they are.
  void end_chaos() {
    chaos_ends_ = never;
    auto core = Resolver<P>::all(simulator_.world());
    auto others = servers();
    const std::size_t most =
        scenario_.chaos.core == Chaos::Core::all ? others.size() : others.size() / 2 + 1;
    while (others.size() > most) {
      const auto drawn = others.begin() + static_cast<std::ptrdiff_t>(cores_.below(others.size()));
      std::erase(core, *drawn);
      others.erase(drawn);
    }
    if (on_note) on_note(simulator_.now(), "chaos ends; healed are " + names_of(core));
    deeds_.heal_core(core);
    expectations_.only(core);
    expectations_.happened("chaos", simulator_.now());
  }

  // --- Clients.

  void ask() {
    if constexpr (hears_clients<P>) {
      const auto [words, argument] = requester_.draw();
      if (const auto id = requests_.whom_clients_ask())
        requests_.ask(*id, words, argument);
      else
        ++unheard_;
    }
  }

  // --- The end.

  // Why something did not come in time may be seen in the nodes, and in who hears whom. A line
  // each; the sentence comes last.
  std::string how_it_stands() const {
    const auto all = Resolver<P>::all(simulator_.world());
    std::string told;
    for (const NodeId id : all) {
      std::vector<NodeId> unheard;
      for (const NodeId from : all) {
        const std::size_t link = simulator_.links().number(from, id);
        if (simulator_.links().is_cut(link) || simulator_.links().is_clogged(link))
          unheard.push_back(from);
      }
      told.append("  ").append(text(id)).append(simulator_.is_paused(id) ? ", paused: " : ": ");
      told += joined(words_of_node<P>(simulator_.world().nodes.nodes[position(id)]));
      if (!unheard.empty()) told.append("; it does not hear ").append(names_of(unheard));
      told += '\n';
    }
    return told;
  }

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
    if (judge_calls) calls_ = judge_calls();
    if (calls_.broken && !expectations_.failed(calls_.broken->property))
      failure_ = calls_.broken->why + "\n" + violation(calls_.broken->property, "");
    else if (const auto wrong = expectations_.at_the_end(simulator_.world(), early))
      failure_ = *wrong;
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
    for (ToldProperty& property : report.properties) {
      if (calls_.broken && property.name == calls_.broken->property) property.verdict = "violated";
      if (std::ranges::count(calls_.shown, property.name) > 0) property.verdict = "shown";
    }
    report.messages = simulator_.messages();
    report.counters = simulator_.counters();
    if (requester_.asked() > 0) report.counters["requests of clients"] = requester_.asked();
    if (unheard_ > 0) report.counters["requests that nobody heard"] = unheard_;
    return report;
  }

  const Scenario& scenario_;
  const Judge<P>& judge_;
  const Spoken<P>& spoken_;
  Simulator<P> simulator_;
  Resolver<P> who_;
  Requests<P> requests_;
  Deeds<P> deeds_;
  RandomFaults faults_;
  Stream cores_;
  Expectations<P> expectations_;
  Requester<P> requester_;

  std::vector<bool> done_;    // by step
  std::vector<Time> starts_;  // by step; never: done, or it waits for a condition or a step
  Time chaos_ends_ = never;
  Time end_ = 0;
  Time due_ = 0;  // the first of all these times
  Time next_request_ = never;
  std::uint64_t unheard_ = 0;
  bool ended_ = false;
  CallsJudged calls_;
  Marks stuck_ = 0;
  Marks excused_ = 0;
  std::string failure_;
};

}  // namespace coracle::sim
