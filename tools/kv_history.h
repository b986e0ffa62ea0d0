// The key-value machine as the judge of histories knows it: what one key holds, and what is known
// of an operation that was answered so, whatever the key holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "model/kv/machine.h"
#include "sim/history.h"

namespace coracle::tools {

// In a history that was read, Done may stand for a success of which no more was written down than
// that it was one.
using KeyValueHistory = sim::History<kv::Operation, kv::Result>;

inline const std::string& key_in(const kv::Operation& operation) {
  return std::visit([](const auto& one) -> const std::string& { return one.key; }, operation);
}

struct KeyValueMachine {
  using Operation = kv::Operation;
  using Result = kv::Result;
  using Key = std::string;
  using State = std::optional<std::string>;  // none: the key is missing
  using Answer = std::optional<Result>;      // none: it was never answered

  State every_key{};       // holds this to begin with
  bool increments = true;  // there are some; it helps to know that there are none

  static Key key_of(const Operation& operation) { return key_in(operation); }
  State initial(const Key& /*key*/) const { return every_key; }
  static std::size_t bytes(const State& state) { return state ? state->capacity() : 0; }

  static Result apply(State& state, const Operation& operation) {
    kv::Store store;
    if (state) store.emplace(key_in(operation), *std::move(state));
    Result result = kv::execute(store, operation);
    if (store.empty())
      state.reset();
    else
      state = std::move(store.begin()->second);
    return result;
  }

  static bool agrees(const Result& told, const Result& real) {
    if (std::holds_alternative<kv::Done>(told)) return !std::holds_alternative<kv::Failed>(real);
    return told == real;
  }

  static bool changes(const Operation& operation, const Answer& answer) {
    if (answer && std::holds_alternative<kv::Failed>(*answer)) return false;
    return match(
        operation, [](const kv::Get&) { return false; },
        [&](const kv::Delete&) { return told<kv::Deleted>(answer) != kv::Deleted{false}; },
        [&](const kv::CompareAndSet& swap) {
          return swap.expected != swap.value && told<kv::Compared>(answer) != kv::Compared{false};
        },
        [](const auto&) { return true; });
  }

  static bool overwrites(const Operation& operation, const Answer& answer) {
    if (std::holds_alternative<kv::Set>(operation)) return !answer || agrees(*answer, kv::Done{});
    return std::holds_alternative<kv::Delete>(operation) && !tells(answer);
  }

  static std::optional<State> needs(const Operation& operation, const Answer& answer) {
    return match(
        operation,
        [&](const kv::Get&) -> std::optional<State> {
          const auto found = told<kv::Found>(answer);
          return found ? std::optional(found->value) : std::nullopt;
        },
        [&](const kv::Delete&) -> std::optional<State> {
          if (told<kv::Deleted>(answer) == kv::Deleted{false}) return State{};
          return std::nullopt;
        },
        [&](const kv::Increment& by) -> std::optional<State> {
          const auto sum = told<kv::Number>(answer);
          const auto before = sum ? difference(sum->value, by.by) : std::nullopt;
          if (before.value_or(0) == 0) return std::nullopt;  // "0", or missing
          return std::to_string(*before);
        },
        [&](const kv::CompareAndSet& swap) -> std::optional<State> {
          if (!answer || told<kv::Compared>(answer) == kv::Compared{true}) return swap.expected;
          return std::nullopt;
        },
        [](const auto&) -> std::optional<State> { return std::nullopt; });
  }

  // Of one that changes something.
  static std::optional<State> leaves(const Operation& operation, const Answer& answer) {
    if (!changes(operation, answer)) return std::nullopt;
    return match(
        operation, [](const kv::Set& set) -> std::optional<State> { return set.value; },
        [](const kv::Delete&) -> std::optional<State> { return State{}; },
        [&](const kv::Increment&) -> std::optional<State> {
          const auto sum = told<kv::Number>(answer);
          return sum ? std::optional<State>(std::to_string(sum->value)) : std::nullopt;
        },
        [&](const kv::CompareAndSet& swap) -> std::optional<State> {
          return !answer || tells(answer) ? std::optional<State>(swap.value) : std::nullopt;
        },
        [](const auto&) -> std::optional<State> { return std::nullopt; });
  }

  static bool may_leave(const Operation& operation, const State& state) {
    return match(
        operation, [&](const kv::Increment&) { return state && kv::number_in(*state); },
        [&](const kv::Append& tail) { return state && state->ends_with(tail.value); },
        [&](const kv::CompareAndSet& swap) { return state == swap.value; },
        [](const auto&) { return true; });
  }

  // By appends and increments.
  bool within_reach(const State& state, const Operation& operation, const Answer& answer) const {
    if (const auto goal = needs(operation, answer)) return within_reach(state, *goal);
    const auto* tail = std::get_if<kv::Append>(&operation);
    const auto length = told<kv::Number>(answer);
    if (tail == nullptr || !length || may_be_counted(state)) return true;
    return static_cast<std::int64_t>(state->size() + tail->value.size()) <= length->value;
  }

 private:
  template <class R>
  static std::optional<R> told(const Answer& answer) {
    const R* result = answer ? std::get_if<R>(&*answer) : nullptr;
    return result != nullptr ? std::optional(*result) : std::nullopt;
  }

  // Whether there is more to it than that it was done.
  static bool tells(const Answer& answer) {
    return answer && !std::holds_alternative<kv::Done>(*answer);
  }

  static std::optional<std::int64_t> difference(std::int64_t from, std::int64_t by) {
    using Range = std::numeric_limits<std::int64_t>;
    if (by > 0 ? from < Range::min() + by : from > Range::max() + by) return std::nullopt;
    return from - by;
  }

  // It is a number, or can become one by appending digits.
  bool may_be_counted(const State& state) const {
    if (!state) return true;
    return increments && (state->empty() || *state == "-" || kv::number_in(*state));
  }

  bool within_reach(const State& state, const State& goal) const {
    if (state == goal) return true;
    return goal && (may_be_counted(state) || goal->starts_with(*state));
  }
};

// The one to judge this history by.
inline KeyValueMachine machine_of(const KeyValueHistory& history,
                                  std::optional<std::string> every_key = {}) {
  return {.every_key = std::move(every_key),
          .increments = std::ranges::any_of(history.operations, [](const auto& recorded) {
            return std::holds_alternative<kv::Increment>(recorded.operation);
          })};
}

}  // namespace coracle::tools
