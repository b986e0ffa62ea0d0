#include "sim/calls_left.h"

#include <algorithm>
#include <utility>

namespace coracle::sim {
namespace {

std::size_t states_of(const std::vector<NumberedCall>& calls) {
  std::size_t states = 0;
  for (const auto& call : calls)
    for (const auto& state : {call.needs, call.leaves})
      if (state) states = std::max(states, std::size_t{*state} + 1);
  return states;
}

std::vector<std::pair<std::size_t, CallIndex>> sorted_events(
    const std::vector<NumberedCall>& calls) {
  std::vector<std::pair<std::size_t, CallIndex>> events;
  for (CallIndex call = 0; call < calls.size(); ++call) {
    events.emplace_back(calls[call].invoked, 2 * call);
    if (calls[call].completed) events.emplace_back(*calls[call].completed, 2 * call + 1);
  }
  std::ranges::sort(events);
  return events;
}

}  // namespace

CallsLeft::CallsLeft(const std::vector<NumberedCall>& calls)
    : calls_(calls),
      states_(states_of(calls)),
      events_(2 * calls.size(), 1),
      who_needs_(calls.size(), states_),
      who_leaves_(calls.size(), states_ + 1),
      place_in_open_(calls.size(), 0),
      open_needs_(states_, false),
      is_used_(calls.size(), false) {
  for (const auto& [place, event] : sorted_events(calls)) {
    const CallIndex who = call_of(event);
    const NumberedCall& call = calls[who];
    if (!is_open(who)) events_.append(0, event);
    if (is_completion(event)) {
      if (!call.needs || call.overwrites) continue;
      who_needs_.append(*call.needs, who);
      in_need_.push_back(who);
      continue;
    }
    if (call.changes) who_leaves_.append(call.leaves ? *call.leaves : states_, who);
    if (!is_open(who)) continue;
    place_in_open_[who] = static_cast<std::uint32_t>(open_.size());
    open_.push_back(who);
    if (!call.changes || call.overwrites || !call.needs) continue;
    open_in_need_.push_back(who);
    open_needs_[*call.needs] = true;
  }
}

void CallsLeft::lift(Step step) {
  const CallIndex call = step.call;
  if (is_open(call)) {
    is_used_[call] = true;
    used_.push_back(call);
  } else {
    events_.take(2 * call);
    events_.take(2 * call + 1);
    who_needs_.take(call);
  }
  who_leaves_.take(call);
  steps_.push_back(step);
}

void CallsLeft::put_back_to(std::size_t steps) {
  for (; steps_.size() > steps; steps_.pop_back()) {
    const CallIndex call = steps_.back().call;
    who_leaves_.put_back(call);
    if (is_open(call)) {
      used_.pop_back();
      is_used_[call] = false;
    } else {
      who_needs_.put_back(call);
      events_.put_back(2 * call + 1);
      events_.put_back(2 * call);
    }
  }
}

// Who covers is the last one so far that overwrites.
std::vector<CallIndex> CallsLeft::order() const {
  std::vector<std::vector<CallIndex>> passed(calls_.size());
  CallIndex cover = nobody;
  for (const Step& step : steps_) {
    if (step.passed)
      passed[cover].push_back(step.call);
    else if (calls_[step.call].overwrites)
      cover = step.call;
  }
  std::vector<CallIndex> order;
  for (const Step& step : steps_) {
    if (step.passed) continue;
    order.insert(order.end(), passed[step.call].begin(), passed[step.call].end());
    order.push_back(step.call);
  }
  return order;
}

bool CallsLeft::is_left_for_good(StateNumber state, const NumberedMachine& machine) const {
  if (state >= states_) return false;
  const Node in_need = who_needs_.first(state);
  if (who_needs_.is_end(in_need)) return false;
  const std::size_t end = *calls_[in_need].completed;
  const Node source = who_leaves_.first(state);
  if (!who_leaves_.is_end(source) && calls_[source].invoked < end) return false;
  for (Node other = who_leaves_.first(states_);
       !who_leaves_.is_end(other) && calls_[other].invoked < end; other = who_leaves_.after(other))
    if (machine.may_leave(calls_[other], state)) return false;
  return true;
}

bool CallsLeft::is_hopeless(StateNumber initial, const NumberedMachine& machine) const {
  for (StateNumber state = 0; state < states_; ++state)
    if (state != initial && is_left_for_good(state, machine)) return true;
  return false;
}

bool CallsLeft::is_wasted(const NumberedCall& call, StateNumber left,
                          const NumberedMachine& machine) const {
  constexpr std::ptrdiff_t soon = 64;  // calls: whatever is enough for most, all would take long
  const auto completed = [&](CallIndex who) { return *calls_[who].completed; };
  auto one = std::ranges::lower_bound(in_need_, call.invoked, {}, completed);
  const auto end = in_need_.end() - one > soon ? one + soon : in_need_.end();
  for (; one != end; ++one) {
    const StateNumber state = *calls_[*one].needs;
    if (state != left && machine.may_leave(call, state) && is_left_for_good(state, machine))
      return true;
  }
  return false;
}

std::size_t CallsLeft::bytes() const {
  constexpr std::size_t of_a_call = 16 * sizeof(CallIndex);  // in all lists together
  return calls_.size() * of_a_call + steps_.capacity() * sizeof(Step);
}

}  // namespace coracle::sim
