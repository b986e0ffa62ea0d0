// A vocabulary's options: described for the command line, read from what was typed there, in a
// scenario or in the header of a trace, and written as JSON.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <vector>

#include "model/vocabulary.h"
#include "sim/units.h"
#include "tools/arguments.h"
#include "tools/units.h"

namespace coracle::tools {

inline std::string alternatives(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : "|") + name;
  return all;
}

template <class Options>
std::string value_name(const Option<Options>& option) {
  return match(
      option.place, [](const Number<Options>&) { return std::string("N"); },
      [](const Switch<Options>&) { return std::string(); },
      [](const Truth<Options>&) { return std::string("true|false"); },
      [&](const Choice<Options>& choice) {
        return option.name == "mutant" ? "NAME|list" : alternatives(choice.names);
      },
      [](const Range<Options>&) { return std::string("T..T"); },
      [](const FreeText<Options>&) { return std::string("TEXT"); });
}

template <class Options>
std::string default_text(const Option<Options>& option) {
  const Options defaults;
  return match(
      option.place,
      [&](const Number<Options>& number) {
        return " (" + std::to_string(number.least) + " to " + std::to_string(number.most) +
               "; default " + std::to_string(defaults.*number.field) + ")";
      },
      [](const Switch<Options>&) { return std::string(); },
      [&](const Truth<Options>& truth) {
        return std::string(defaults.*truth.field ? " (default true)" : " (default false)");
      },
      [&](const Choice<Options>& choice) { return " (default " + defaults.*choice.field + ")"; },
      [&](const Range<Options>& range) {
        return " (default " + sim::span_text(defaults.*range.field) + ")";
      },
      [](const FreeText<Options>&) { return std::string(); });
}

// Sets an option to what was typed; a UsageError that begins with "--servers" where it does not
// fit.
template <class Options>
void set_option(Options& chosen, const Option<Options>& option, const std::string& typed) {
  const std::string name = "--" + std::string(option.name);
  const auto one_of = [&](const std::vector<std::string>& names) {
    if (std::ranges::find(names, typed) == names.end())
      throw UsageError(name + " '" + typed + "' is not known" + near_match(typed, names));
    return typed;
  };
  match(
      option.place,
      [&](const Number<Options>& number) {
        chosen.*number.field = static_cast<int>(
            whole_number(option.name, typed, static_cast<std::uint64_t>(number.least),
                         static_cast<std::uint64_t>(number.most)));
      },
      [&](const Switch<Options>& on) {
        chosen.*on.field = one_of({"true", "false"}) == "true";
      },
      [&](const Truth<Options>& on) {
        chosen.*on.field = one_of({"true", "false"}) == "true";
      },
      [&](const Choice<Options>& choice) { chosen.*choice.field = one_of(choice.names); },
      [&](const Range<Options>& range) {
        const auto span = sim::parse_span(typed);
        if (!span || span->least == 0)
          throw UsageError(name + " '" + typed + "': expected " + std::string(sim::expected_span) +
                           ", and more than nothing");
        chosen.*range.field = *span;
      },
      [&](const FreeText<Options>& text) { chosen.*text.field = typed; });
}

// Those that an exploration or a simulation knows.
template <class Vocabulary>
std::vector<Option<typename Vocabulary::Options>> options_for(Use use) {
  auto all = Vocabulary::options();
  std::erase_if(
      all, [&](const auto& option) { return option.use != Use::everywhere && option.use != use; });
  return all;
}

template <class Options>
boost::json::object options_json(const std::vector<Option<Options>>& options,
                                 const Options& chosen) {
  boost::json::object json;
  for (const auto& option : options)
    std::visit(
        [&](const auto& place) {
          if constexpr (std::is_same_v<std::decay_t<decltype(chosen.*place.field)>, Delay>)
            json[option.name] = sim::span_text(chosen.*place.field);
          else
            json[option.name] = chosen.*place.field;
        },
        option.place);
  return json;
}

// As a number, a truth or a string of JSON is typed.
inline std::string typed_text(const boost::json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return boost::json::serialize(value);
}

}  // namespace coracle::tools
