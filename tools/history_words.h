// A history's operations in words, and why it is not linearizable: as sentences, as JSON and as a
// picture.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "checker/report.h"
#include "model/kv/words.h"
#include "sim/illegal_core.h"
#include "sim/json.h"
#include "sim/lanes.h"
#include "sim/run_report.h"
#include "tools/kv_history.h"

namespace coracle::tools {

using RecordedCall = sim::Recorded<kv::Operation, kv::Result>;

// "set x to 2", "get x: 1"; of a history of one register, whose key is empty, "set 2", "get: 1".
inline std::string in_words(const kv::Operation& operation) {
  const std::string& key = key_in(operation);
  const auto named = [&](const std::string& verb) { return key.empty() ? verb : verb + " " + key; };
  const std::string to = key.empty() ? " " : " to ";
  return match(
      operation, [&](const kv::Set& set) { return named("set") + to + set.value; },
      [&](const kv::Get&) { return named("get"); },
      [&](const kv::Delete&) { return named("delete"); },
      [&](const kv::Increment& by) { return named("increment") + " by " + std::to_string(by.by); },
      [&](const kv::Append& tail) {
        return "append " + tail.value + (key.empty() ? "" : " to " + key);
      },
      [&](const kv::CompareAndSet& swap) {
        return named("compare-and-set") + " from " + swap.expected.value_or("nothing") + " to " +
               swap.value;
      });
}

inline std::string in_words(const RecordedCall& call) {
  const std::string asked = in_words(call.operation);
  if (!call.result || std::holds_alternative<kv::Done>(*call.result)) return asked;
  return asked + ": " + kv::said(*call.result);
}

// Without the key, which is that of all, and short.
inline std::string on_the_bar(RecordedCall call) {
  std::visit([](auto& operation) { operation.key.clear(); }, call.operation);
  if (const auto* swap = std::get_if<kv::CompareAndSet>(&call.operation)) {
    const std::string what = "cas " + swap->expected.value_or("nothing") + " " + swap->value;
    return call.result ? what + ": " + kv::said(*call.result) : what;
  }
  return in_words(call);
}

// "0.52 s", or, of a history without a clock, "line 17".
inline std::string when(const KeyValueHistory& history, const sim::Moment& moment) {
  if (history.timed) return sim::time_text(moment.time);
  return "line " + std::to_string(moment.time);
}

inline std::string from_to(const KeyValueHistory& history, const RecordedCall& call) {
  const std::string from = "from " + when(history, call.invoked);
  return call.completed ? from + " to " + when(history, *call.completed) : from + " on";
}

// What is wrong with one key.
struct Unexplained {
  std::string key;
  std::vector<std::size_t> places;  // of all its operations
  sim::IllegalCore core;
};

namespace detail {

inline bool is_before(const RecordedCall& one, const RecordedCall& other) {
  return one.completed && one.completed->place < other.invoked.place;
}

// The last members that were completed when this one began: "1 and 2".
inline std::string those_before(const KeyValueHistory& history,
                                const std::vector<std::size_t>& members, std::size_t at) {
  const auto call = [&](std::size_t member) -> const RecordedCall& {
    return history.operations[members[member]];
  };
  std::string all;
  for (std::size_t one = 0; one < members.size(); ++one) {
    if (!is_before(call(one), call(at))) continue;
    bool is_last = true;
    for (std::size_t other = 0; other < members.size(); ++other)
      if (is_before(call(one), call(other)) && is_before(call(other), call(at))) is_last = false;
    if (is_last) all += (all.empty() ? "" : " and ") + std::to_string(one + 1);
  }
  return all;
}

inline std::string counted(std::size_t count, const std::string& what) {
  return checker::grouped(count) + " " + what + (count == 1 ? "" : "s");
}

inline std::string on_key(const std::string& key) { return key.empty() ? "" : " on " + key; }

// The completion that no order explains any more.
inline const RecordedCall& breaking_point(const KeyValueHistory& history, const Unexplained& why) {
  std::vector<const RecordedCall*> completed;
  for (const std::size_t place : why.places)
    if (history.operations[place].completed) completed.push_back(&history.operations[place]);
  std::ranges::sort(completed, {}, [](const RecordedCall* call) { return call->completed->place; });
  return *completed[why.core.completions - 1];
}

}  // namespace detail

inline std::string told(const KeyValueHistory& history, const Unexplained& why) {
  const auto& members = why.core.members;
  std::string text = members.size() == 1 ? "Nothing explains this operation"
                                         : "No order explains these " +
                                               detail::counted(members.size(), "operation");
  text += detail::on_key(why.key) + ":\n";
  for (std::size_t at = 0; at < members.size(); ++at) {
    const RecordedCall& call = history.operations[members[at]];
    text += "  " + std::to_string(at + 1) + ". client " + std::to_string(call.process) + ": " +
            coracle::detail::printable(in_words(call)) + ", " + from_to(history, call);
    const std::string before = detail::those_before(history, members, at);
    text += (before.empty() ? "" : ", after " + before) + "\n";
  }
  if (why.core.open > 0)
    text += "Each of the " + detail::counted(why.core.open, "other") +
            " that may have changed something may have taken effect whenever it suits, or never.\n";
  if (why.core.left_out > 0)
    text += detail::counted(why.core.left_out, "other") + " changed nothing and " +
            (why.core.left_out == 1 ? "is" : "are") + " left out.\n";
  if (!why.core.is_least)
    text += "Perhaps fewer or earlier ones would do: a limit was reached before that was known.\n";
  const RecordedCall& end = detail::breaking_point(history, why);
  text += "The longest prefix that can be explained ends right before " +
          when(history, *end.completed) + ", when client " + std::to_string(end.process) +
          " was answered; it has " + detail::counted(why.core.completions - 1, "answer") +
          detail::on_key(why.key) + ".";
  return text;
}

inline boost::json::object to_json(const KeyValueHistory& history, const Unexplained& why) {
  boost::json::array members;
  for (const std::size_t place : why.core.members) {
    const RecordedCall& call = history.operations[place];
    members.push_back(boost::json::object{{"process", call.process},
                                          {"operation", sim::to_json(call.operation)},
                                          {"result", sim::to_json(call.result)},
                                          {"invoked", call.invoked.time},
                                          {"completed", call.completed->time}});
  }
  return {{"key", why.key},
          {"members", std::move(members)},
          {"explained", why.core.completions - 1},
          {"open", why.core.open},
          {"left_out", why.core.left_out},
          {"least", why.core.is_least}};
}

// The core, and of the other calls of the key, up to the breaking point, those around it: the ones
// that ended last, or never.
inline sim::Lanes picture(const KeyValueHistory& history, const Unexplained& why,
                          const std::string& title) {
  constexpr std::size_t most_others = 24;
  const std::size_t end = detail::breaking_point(history, why).completed->place;
  const auto call = [&](std::size_t place) -> const RecordedCall& {
    return history.operations[place];
  };
  std::vector<std::size_t> others;
  for (const std::size_t place : why.places)
    if (call(place).invoked.place < end && std::ranges::count(why.core.members, place) == 0)
      others.push_back(place);
  std::ranges::stable_sort(others, std::greater<>(), [&](std::size_t place) {
    const auto& completed = call(place).completed;
    return completed ? completed->place : call(place).invoked.place;
  });
  const std::size_t left_out = others.size() - std::min(others.size(), most_others);
  others.resize(others.size() - left_out);

  sim::Lanes lanes{.title = title};
  const auto add = [&](std::size_t place, bool stands_out) {
    const RecordedCall& one = call(place);
    sim::Bar bar{.process = one.process, .from = one.invoked.place};
    if (one.completed && one.completed->place <= end) bar.to = one.completed->place;
    bar.words = on_the_bar(one);
    bar.more = in_words(one) + ", " + from_to(history, one);
    bar.stands_out = stands_out;
    lanes.bars.push_back(std::move(bar));
    if (!stands_out) return;
    lanes.ticks.push_back({one.invoked.place, when(history, one.invoked)});
    if (one.completed) lanes.ticks.push_back({one.completed->place, when(history, *one.completed)});
  };
  for (const std::size_t place : why.core.members) add(place, true);
  for (const std::size_t place : others) add(place, false);
  std::ranges::sort(lanes.ticks, {}, &sim::Tick::place);
  const std::size_t members = why.core.members.size();
  lanes.notes.push_back(members == 1 ? "Nothing explains the bar that stands out."
                                     : "No order explains the " + std::to_string(members) +
                                           " bars that stand out.");
  if (left_out > 0)
    lanes.notes.push_back(detail::counted(left_out, "other call") + detail::on_key(why.key) +
                          " before these are not shown.");
  return lanes;
}

}  // namespace coracle::tools
