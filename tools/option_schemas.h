// A vocabulary's options and mutants as schemas: what the keys of its table in a scenario may be.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "model/vocabulary.h"
#include "tools/options_of.h"
#include "tools/scenario_patterns.h"

namespace coracle::tools {

template <class Options>
boost::json::object option_schema(const Option<Options>& option) {
  using Schema = boost::json::object;
  const Options defaults;
  const auto truth = [&](bool is_on) { return Schema{{"type", "boolean"}, {"default", is_on}}; };
  Schema schema{{"description", option.help}};
  const Schema value = match(
      option.place,
      [&](const Number<Options>& number) {
        return Schema{{"type", "integer"},
                      {"minimum", number.least},
                      {"maximum", number.most},
                      {"default", defaults.*number.field}};
      },
      [&](const Switch<Options>& on) { return truth(defaults.*on.field); },
      [&](const Truth<Options>& on) { return truth(defaults.*on.field); },
      [&](const Choice<Options>& choice) {
        return Schema{{"type", "string"},
                      {"enum", boost::json::value_from(choice.names)},
                      {"default", defaults.*choice.field}};
      },
      [&](const Range<Options>& range) {
        return Schema{{"type", "string"},
                      {"pattern", whole(span_pattern())},
                      {"default", sim::span_text(defaults.*range.field)}};
      },
      [](const FreeText<Options>&) {
        return Schema{{"type", "string"}};
      });
  for (const auto& [keyword, of_value] : value) schema[keyword] = of_value;
  return schema;
}

// By their keys in a scenario: {"no_op": {"type": "boolean", ...}}.
template <class Vocabulary>
boost::json::object option_schemas() {
  boost::json::object schemas;
  for (const auto& option : options_for<Vocabulary>(Use::simulating)) {
    if (option.name == "mutant") continue;
    std::string key(option.name);
    std::ranges::replace(key, '-', '_');
    schemas[key] = option_schema(option);
  }
  return schemas;
}

}  // namespace coracle::tools
