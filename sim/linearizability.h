// The judge of recorded histories: is one linearizable, and if not, why not? Each key by itself,
// since a history is linearizable if it is so for each object in it (Herlihy and Wing 1990,
// theorem 1). For histories of any length; model/linearizable.h is for small ones that are part of
// a world.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/call_search.h"
#include "sim/history.h"
#include "sim/illegal_core.h"

namespace coracle::sim {

// What one key holds, and what operations do to it: `apply` says it all. The other functions say
// of an operation that was answered so (none: it never was) what is known whatever the state is;
// they may know nothing, and the search only takes longer (see NumberedCall).
template <class M>
concept KeyMachine = requires(const M machine, typename M::State state,
                              const typename M::Operation& operation,
                              const typename M::Result& result,
                              const std::optional<typename M::Result>& answer) {
  { machine.key_of(operation) } -> std::same_as<typename M::Key>;
  { machine.initial(machine.key_of(operation)) } -> std::same_as<typename M::State>;
  { machine.apply(state, operation) } -> std::same_as<typename M::Result>;
  { machine.agrees(result, result) } -> std::same_as<bool>;  // told, real
  { machine.changes(operation, answer) } -> std::same_as<bool>;
  { machine.overwrites(operation, answer) } -> std::same_as<bool>;
  { machine.needs(operation, answer) } -> std::same_as<std::optional<typename M::State>>;
  { machine.leaves(operation, answer) } -> std::same_as<std::optional<typename M::State>>;
  { machine.may_leave(operation, state) } -> std::same_as<bool>;
  { machine.within_reach(state, operation, answer) } -> std::same_as<bool>;
  { machine.bytes(state) } -> std::same_as<std::size_t>;
};

template <KeyMachine M>
using HistoryOf = History<typename M::Operation, typename M::Result>;

namespace detail {

// The calls of one key and the states they lead to, by number.
template <KeyMachine M>
class NumberedKey final : public NumberedMachine {
 public:
  using State = typename M::State;
  using Operation = typename M::Operation;
  using Answer = std::optional<typename M::Result>;

  NumberedKey(const HistoryOf<M>& history, const std::vector<std::size_t>& places, const M& machine)
      : history_(history), places_(places), machine_(machine) {
    initial_ = number_of(machine_.initial(machine_.key_of(recorded(0).operation)));
    for (std::uint32_t name = 0; name < places.size(); ++name)
      calls_.push_back(
          {.told = numbered(name, recorded(name).result), .open = numbered(name, std::nullopt)});
  }

  StateNumber initial() const { return initial_; }
  const std::vector<TwoForms>& calls() const { return calls_; }

  std::optional<StateNumber> after(StateNumber state, const NumberedCall& call) override {
    State next = *states_[state];
    const auto& one = recorded(call.name);
    const auto real = machine_.apply(next, one.operation);
    if (call.completed && !machine_.agrees(*one.result, real)) return std::nullopt;
    return number_of(std::move(next));
  }
  bool may_leave(const NumberedCall& call, StateNumber state) const override {
    return machine_.may_leave(recorded(call.name).operation, *states_[state]);
  }
  bool within_reach(StateNumber state, const NumberedCall& call) const override {
    const auto& one = recorded(call.name);
    return machine_.within_reach(*states_[state], one.operation,
                                 call.completed ? one.result : std::nullopt);
  }
  std::size_t bytes() const override { return bytes_; }

 private:
  const auto& recorded(std::uint32_t name) const { return history_.operations[places_[name]]; }

  StateNumber number_of(State state) {
    const auto [found, is_new] =
        numbers_.try_emplace(std::move(state), static_cast<StateNumber>(states_.size()));
    if (is_new) {
      states_.push_back(&found->first);
      bytes_ += machine_.bytes(found->first) + 2 * sizeof(std::pair<State, StateNumber>);
    }
    return found->second;
  }

  std::optional<StateNumber> number_if(std::optional<State> state) {
    if (!state) return std::nullopt;
    return number_of(*std::move(state));
  }

  NumberedCall numbered(std::uint32_t name, const Answer& answer) {
    const auto& one = recorded(name);
    NumberedCall call{.invoked = one.invoked.place, .name = name};
    if (answer) call.completed = one.completed->place;
    call.changes = machine_.changes(one.operation, answer);
    call.overwrites = machine_.overwrites(one.operation, answer);
    call.needs = number_if(machine_.needs(one.operation, answer));
    call.leaves = number_if(machine_.leaves(one.operation, answer));
    const auto next = static_cast<std::uint32_t>(alike_.size() + overwriting_.size());
    call.alike = call.overwrites
                     ? overwriting_.try_emplace(*call.leaves, next).first->second
                     : alike_.try_emplace(std::pair(one.operation, answer), next).first->second;
    return call;
  }

  const HistoryOf<M>& history_;
  const std::vector<std::size_t>& places_;
  const M& machine_;
  std::map<State, StateNumber> numbers_;
  std::vector<const State*> states_;
  std::size_t bytes_ = 0;
  StateNumber initial_ = 0;
  std::vector<TwoForms> calls_;
  std::map<std::pair<Operation, Answer>, std::uint32_t> alike_;
  std::map<StateNumber, std::uint32_t> overwriting_;
};

inline std::vector<NumberedCall> as_told(const std::vector<TwoForms>& calls) {
  std::vector<NumberedCall> told;
  for (const auto& call : calls)
    if (call.told.completed || call.told.changes) told.push_back(call.told);
  return told;
}

}  // namespace detail

// The places, in the history, of the operations on each key.
template <KeyMachine M>
std::map<typename M::Key, std::vector<std::size_t>> by_key(const HistoryOf<M>& history,
                                                           const M& machine) {
  std::map<typename M::Key, std::vector<std::size_t>> keys;
  for (std::size_t place = 0; place < history.operations.size(); ++place)
    keys[machine.key_of(history.operations[place].operation)].push_back(place);
  return keys;
}

struct KeyJudgement {
  Verdict verdict{};
  std::size_t operations = 0;
  // An order that explains the key, if there is one, as places in the history. Open operations are
  // in it where a later one needs them.
  std::vector<std::size_t> order{};
  std::size_t points = 0;
};

template <KeyMachine M>
KeyJudgement judge_key(const HistoryOf<M>& history, const std::vector<std::size_t>& places,
                       const M& machine, const SearchLimits& limits) {
  if (places.empty()) return {};
  detail::NumberedKey<M> key(history, places, machine);
  const auto calls = detail::as_told(key.calls());
  SearchResult found = search_order(calls, key.initial(), key, limits);
  KeyJudgement judgement{
      .verdict = found.verdict, .operations = places.size(), .points = found.points};
  for (const auto call : found.order) judgement.order.push_back(places[calls[call].name]);
  return judgement;
}

// Of all keys, each within the limits.
template <KeyMachine M>
std::map<typename M::Key, KeyJudgement> judge(const HistoryOf<M>& history, const M& machine,
                                              const SearchLimits& limits = {}) {
  std::map<typename M::Key, KeyJudgement> judgements;
  for (const auto& [key, places] : by_key(history, machine))
    judgements[key] = judge_key(history, places, machine, limits);
  return judgements;
}

// Not linearizable if a key is not; and linearizable only if all are known to be.
template <class Key>
Verdict verdict_of(const std::map<Key, KeyJudgement>& judgements) {
  Verdict all = Verdict::linearizable;
  for (const auto& [key, judgement] : judgements) {
    if (judgement.verdict == Verdict::not_linearizable) return Verdict::not_linearizable;
    if (judgement.verdict == Verdict::undecided) all = Verdict::undecided;
  }
  return all;
}

// Of a key that is not linearizable; its members are places in the history.
template <KeyMachine M>
IllegalCore core_of(const HistoryOf<M>& history, const std::vector<std::size_t>& places,
                    const M& machine, const SearchLimits& limits) {
  detail::NumberedKey<M> key(history, places, machine);
  IllegalCore core = illegal_core(key.calls(), key.initial(), key, limits);
  for (auto& member : core.members) member = places[member];
  return core;
}

}  // namespace coracle::sim
