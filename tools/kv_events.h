// What the events of a history file mean to the key-value machine, and back.
//
//     f                       value when invoked    value when ok
//     get, read               -                     what was found; null: the key is missing
//     set, write, put         what is written       -, or anything
//     delete                  -                     whether the key was there
//     increment               by how much (1)       the sum
//     append                  what is appended      the new length in bytes
//     cas, compare-and-set    [old, new]            whether the old one was there, so that it was
//                             (old null: missing)   set; or [old, new] again, which says so too
//
// A value is a text; numbers and the like count as how they are written. An ok with an error,
// not_a_number or overflow, is an increment that the machine refused. An ok whose value is null, or
// for append the text again, says no more than that it was done.
// A history without keys is of a single register, whose key is empty.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/from_json.h"
#include "sim/history_events.h"
#include "sim/json.h"
#include "tools/kv_history.h"
#include "tools/usage.h"

namespace coracle::tools {

// What a failed compare-and-set says: in general, that it did not happen; in some systems' logs,
// that it found another value.
enum class FailedCas : std::uint8_t { did_not_happen, found_another };

namespace detail {

using sim::Datum;
using sim::DatumList;
using sim::EventType;
using sim::HistoryEvent;
using sim::is_nil;

// In the order of the alternatives of kv::Operation.
enum class Function : std::uint8_t { set, get, erase, increment, append, compare_and_set };

inline Function function_named(std::string_view f) {
  static const std::map<std::string_view, Function> all{
      {"get", Function::get},
      {"read", Function::get},
      {"set", Function::set},
      {"write", Function::set},
      {"put", Function::set},
      {"delete", Function::erase},
      {"increment", Function::increment},
      {"append", Function::append},
      {"cas", Function::compare_and_set},
      {"compare-and-set", Function::compare_and_set}};
  const auto found = all.find(f);
  if (found != all.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, function] : all) names.emplace_back(name);
  sim::detail::refuse_word("f", f, names);
}

[[noreturn]] inline void refuse_value(const std::string& expected, const Datum& value) {
  throw UsageError("value: expected " + expected + ", not " + sim::detail::shown(written(value)));
}

inline std::string value_in(const Datum& value) {
  if (is_nil(value)) refuse_value("what is written", value);
  return written(value);
}

inline std::optional<std::string> value_or_none(const Datum& value) {
  if (is_nil(value)) return std::nullopt;
  return written(value);
}

inline kv::Operation operation_of(const HistoryEvent& event) {
  if (event.f.empty()) throw UsageError("missing field f");
  const std::string key = event.key.value_or("");
  switch (function_named(event.f)) {
    case Function::get:
      return kv::Get{key};
    case Function::set:
      return kv::Set{key, value_in(event.value)};
    case Function::erase:
      return kv::Delete{key};
    case Function::increment: {
      const auto* by = std::get_if<std::int64_t>(&event.value.what);
      if (by == nullptr && !is_nil(event.value)) refuse_value("a whole number", event.value);
      return kv::Increment{key, by == nullptr ? 1 : *by};
    }
    case Function::append:
      return kv::Append{key, value_in(event.value)};
    case Function::compare_and_set:
      break;
  }
  const auto* pair = pair_in(event.value);
  if (pair == nullptr) refuse_value("[old, new]", event.value);
  return kv::CompareAndSet{key, value_or_none((*pair)[0]), value_in((*pair)[1])};
}

inline kv::Result count_in(const Datum& value, bool text_says_done) {
  if (const auto* number = std::get_if<std::int64_t>(&value.what)) return kv::Number{*number};
  const bool done =
      is_nil(value) || (text_says_done && std::holds_alternative<std::string>(value.what));
  if (!done) refuse_value("a whole number", value);
  return kv::Done{};
}

inline kv::Result result_of(const kv::Operation& operation, const HistoryEvent& event) {
  const Datum& value = event.value;
  if (!event.error.empty()) {
    const auto why = sim::from_json<kv::Failure>(boost::json::string(event.error));
    if (!std::holds_alternative<kv::Increment>(operation))
      throw UsageError("error: " + event.error + " is said of increments alone");
    return kv::Failed{why};
  }
  const auto* truth = std::get_if<bool>(&value.what);
  return match(
      operation, [](const kv::Set&) -> kv::Result { return kv::Done{}; },
      [&](const kv::Get&) -> kv::Result { return kv::Found{value_or_none(value)}; },
      [&](const kv::Delete&) -> kv::Result {
        if (is_nil(value)) return kv::Done{};
        if (truth == nullptr) refuse_value("true or false", value);
        return kv::Deleted{*truth};
      },
      [&](const kv::Increment&) -> kv::Result { return count_in(value, false); },
      [&](const kv::Append&) -> kv::Result { return count_in(value, true); },
      [&](const kv::CompareAndSet& swap) -> kv::Result {
        if (truth != nullptr) return kv::Compared{*truth};
        if (is_nil(value)) return kv::Done{};
        const auto* pair = pair_in(value);
        if (pair == nullptr || value_or_none((*pair)[0]) != swap.expected ||
            value_or_none((*pair)[1]) != swap.value)
          refuse_value("true, false or the [old, new] of the invocation", value);
        return kv::Compared{true};
      });
}

// What was answered is what was asked.
inline void check_same(const kv::Operation& asked, const HistoryEvent& event) {
  if (event.key && *event.key != key_in(asked))
    throw UsageError("key " + sim::detail::shown(*event.key) + ", but process " +
                     std::to_string(event.process) + " asked of " +
                     sim::detail::shown(key_in(asked)));
  if (event.f.empty()) return;
  if (static_cast<std::size_t>(function_named(event.f)) != asked.index())
    throw UsageError("f " + event.f + ", but process " + std::to_string(event.process) +
                     " asked for another");
}

inline void record(sim::Recorder<kv::Operation, kv::Result>& recorder, const HistoryEvent& event,
                   FailedCas failed_cas) {
  const sim::Time time = event.time.value_or(static_cast<sim::Time>(event.line));
  const std::string who = "process " + std::to_string(event.process);
  if (event.type == EventType::invoke) {
    if (recorder.is_busy(event.process))
      throw UsageError(who + " is invoked again before it was answered; expected ok, fail or info");
    recorder.invoke(event.process, operation_of(event), time);
    return;
  }
  if (!recorder.is_busy(event.process))
    throw UsageError(who + " is answered, but has asked nothing; expected invoke");
  const kv::Operation& asked = recorder.asked_by(event.process);
  check_same(asked, event);
  if (event.type == EventType::ok)
    recorder.complete(event.process, result_of(asked, event), time);
  else if (event.type == EventType::info)
    recorder.lose(event.process);
  else if (failed_cas == FailedCas::found_another &&
           std::holds_alternative<kv::CompareAndSet>(asked))
    recorder.complete(event.process, kv::Compared{false}, time);
  else
    recorder.fail(event.process);
}

inline HistoryEvent invocation(const kv::Operation& operation) {
  const auto text = [](const std::string& value) { return Datum{.what = value}; };
  HistoryEvent event{.key = key_in(operation)};
  match(
      operation,
      [&](const kv::Set& set) {
        event.f = "set";
        event.value = text(set.value);
      },
      [&](const kv::Get&) { event.f = "get"; }, [&](const kv::Delete&) { event.f = "delete"; },
      [&](const kv::Increment& by) {
        event.f = "increment";
        event.value = {.what = by.by};
      },
      [&](const kv::Append& tail) {
        event.f = "append";
        event.value = text(tail.value);
      },
      [&](const kv::CompareAndSet& swap) {
        event.f = "cas";
        const Datum expected = swap.expected ? text(*swap.expected) : Datum{};
        event.value = {.what = DatumList{.elements = {expected, text(swap.value)}}};
      });
  return event;
}

inline HistoryEvent completion(const kv::Operation& operation, const kv::Result& result) {
  HistoryEvent event = invocation(operation);
  event.type = EventType::ok;
  event.value = {};
  match(
      result, [](const kv::Done&) {},
      [&](const kv::Found& found) {
        if (found.value) event.value = {.what = *found.value};
      },
      [&](const kv::Deleted& deleted) { event.value = {.what = deleted.existed}; },
      [&](const kv::Number& number) { event.value = {.what = number.value}; },
      [&](const kv::Compared& compared) { event.value = {.what = compared.equal}; },
      [&](const kv::Failed& failed) { event.error = text(failed.why); });
  return event;
}

}  // namespace detail

// An InputError names the file and the line. Without times, they are the lines of the file.
inline KeyValueHistory history_of(const std::string& file,
                                  const std::vector<sim::HistoryEvent>& events,
                                  FailedCas failed_cas = FailedCas::did_not_happen) {
  sim::Recorder<kv::Operation, kv::Result> recorder(!events.empty() && events[0].time.has_value());
  for (const auto& event : events) {
    try {
      detail::record(recorder, event, failed_cas);
    } catch (const UsageError& error) {
      throw sim::error_at(file, event, error.what());
    }
  }
  return recorder.history();
}

inline KeyValueHistory read_history(const std::string& file, std::string_view text,
                                    FailedCas failed_cas = FailedCas::did_not_happen) {
  return history_of(file, sim::read_history_events(file, text), failed_cas);
}

// In the order in which they happened. That an outcome is unknown is said where the process goes
// on.
inline std::vector<sim::HistoryEvent> events_of(const KeyValueHistory& history) {
  std::vector<std::pair<std::size_t, sim::HistoryEvent>> placed;
  std::map<sim::Process, const kv::Operation*> lost;
  const auto add = [&](const auto& recorded, const sim::Moment& moment, sim::HistoryEvent event) {
    event.process = recorded.process;
    if (history.timed) event.time = moment.time;
    placed.emplace_back(moment.place, std::move(event));
  };
  for (const auto& recorded : history.operations) {
    if (const auto found = lost.find(recorded.process); found != lost.end()) {
      sim::HistoryEvent event = detail::invocation(*found->second);
      event.type = sim::EventType::info;
      event.value = {};
      add(recorded, recorded.invoked, std::move(event));
      lost.erase(found);
    }
    add(recorded, recorded.invoked, detail::invocation(recorded.operation));
    if (recorded.completed)
      add(recorded, *recorded.completed, detail::completion(recorded.operation, *recorded.result));
    else
      lost[recorded.process] = &recorded.operation;
  }
  std::ranges::stable_sort(placed, {}, [](const auto& one) { return one.first; });
  std::vector<sim::HistoryEvent> events;
  for (auto& [place, event] : placed) events.push_back(std::move(event));
  return events;
}

// As JSON lines.
inline void write_history(const KeyValueHistory& history, std::ostream& out) {
  for (const auto& event : events_of(history)) out << sim::json_line(event) << '\n';
}

}  // namespace coracle::tools
