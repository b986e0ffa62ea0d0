#include "tools/scenario_schema.h"

#include <algorithm>
#include <boost/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "model/kv/vocabulary.h"
#include "model/raft/vocabulary.h"
#include "model/traffic_light_vocabulary.h"
#include "model/two_phase_commit_vocabulary.h"
#include "sim/scenario_keys.h"
#include "sim/settings.h"
#include "tools/model.h"
#include "tools/option_schemas.h"
#include "tools/pretty_json.h"
#include "tools/scenario_patterns.h"

namespace coracle::tools {
namespace {

namespace json = boost::json;
using sim::Names;
using sim::ScenarioKey;
using sim::Shape;
using Texts = std::vector<std::string>;

// ---- the models

template <class Vocabulary>
bool add_options(const std::string& model, json::object& options) {
  if (model != Vocabulary::name) return false;
  options = option_schemas<Vocabulary>();
  return true;
}

// Of a model that is not listed here, an option may be anything; a test tells.
json::object options_of(const Names& names) {
  json::object options;
  if (add_options<traffic_light::Vocabulary>(names.model, options) ||
      add_options<two_phase_commit::Vocabulary>(names.model, options) ||
      add_options<raft::Vocabulary>(names.model, options) ||
      add_options<kv::Vocabulary>(names.model, options))
    return options;
  for (std::string option : names.options) {
    std::ranges::replace(option, '-', '_');
    options[option] = json::object{};
  }
  return options;
}

// What all models know together.
Names words_of_all() {
  Names all;
  all.has_disk = true;
  for (const Model* model : models()) {
    const Names names = model->names();
    add_to(all.mutants, names.mutants);
    add_to(all.roles, names.roles);
    add_to(all.conditions, names.conditions);
    add_to(all.loads, names.loads);
    add_to(all.messages, names.messages);
    add_to(all.timers, names.timers);
    add_to(all.properties, names.properties);
    all.requests.insert(names.requests.begin(), names.requests.end());
  }
  return all;
}

Texts names_of_models() {
  Texts names;
  for (const Model* model : models()) names.push_back(model->name());
  return names;
}

Texts with_none(Texts mutants) {
  mutants.insert(mutants.begin(), "none");
  return mutants;
}

// ---- values

json::object text_like(const std::string& pattern) {
  return {{"type", "string"}, {"pattern", pattern}};
}

json::object text_of(const Texts& words) {
  return {{"type", "string"}, {"enum", json::value_from(words)}};
}

json::object array_of(json::object items) {
  return {{"type", "array"}, {"minItems", 1}, {"items", std::move(items)}};
}

json::object either(json::object one, json::object other) {
  return {{"anyOf", json::array{std::move(one), std::move(other)}}};
}

json::object table_of(json::object properties) {
  return {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

json::object described(json::object schema, std::string_view what) {
  json::object all{{"description", what}};
  for (auto& [keyword, value] : schema) all[keyword] = std::move(value);
  return all;
}

Texts split(std::string_view alternatives) {
  Texts words;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = alternatives.find('|');
    words.emplace_back(alternatives.substr(0, end));
    if (end != std::string_view::npos) alternatives.remove_prefix(end + 1);
  }
  return words;
}

json::object model_schema() {
  json::array told;
  for (const Model* model : models()) told.emplace_back(model->what());
  json::object schema = text_of(names_of_models());
  schema["x-taplo"] = json::object{{"docs", json::object{{"enumValues", std::move(told)}}}};
  return schema;
}

json::object logs_schema() {
  return {
      {"type", "object"},
      {"additionalProperties", false},
      {"patternProperties", json::object{{"^[0-9]+$", text_like("^ *([0-9]+( +[0-9]+)*)? *$")}}}};
}

json::object often_schema(const Names& names) {
  return {{"type", "object"},
          {"additionalProperties", false},
          {"patternProperties",
           json::object{{whole(sentence_pattern(names)), text_like(whole(frequency_pattern()))}}}};
}

json::object mix_schema(const Names& names) {
  json::object weights;
  for (const auto& verb : names.loads)
    weights[verb] = json::object{{"type", "integer"}, {"minimum", 0}, {"maximum", 1'000'000}};
  return table_of(std::move(weights));
}

json::object matrix_schema();
json::object only_schema();

// Of what stands behind a key that is no table.
json::object value_schema(const ScenarioKey& key, const Names& names) {
  switch (key.shape) {
    case Shape::text:
      return {{"type", "string"}};
    case Shape::path:
      return text_like("^.+$");
    case Shape::truth:
      return {{"type", "boolean"}};
    case Shape::servers:
    case Shape::whole:
      return {{"type", "integer"}, {"minimum", key.least}, {"maximum", key.most}};
    case Shape::seed:
      return {{"type", "integer"}, {"minimum", 0}};
    case Shape::seeds:
      return text_like("^[0-9]+\\.\\.[0-9]+$");
    case Shape::duration:
      return text_like(whole(duration_pattern()));
    case Shape::span:
      return text_like(whole(span_pattern()));
    case Shape::percentage:
      return text_like(whole(percentage_pattern()));
    case Shape::latency:
      return text_like(whole(latency_pattern()));
    case Shape::sometime:
      return text_like(whole(sometime_pattern()));
    case Shape::drift:
      return text_like(whole(drift_pattern()));
    case Shape::rate:
      return text_like(whole(rate_pattern()));
    case Shape::frequency:
      return text_like(whole(frequency_pattern()));
    case Shape::bandwidth:
      return text_like(whole(bandwidth_pattern()));
    case Shape::nodes:
      return text_like(whole(nodes_pattern()));
    case Shape::mix:
      return mix_schema(names);
    case Shape::often:
      return often_schema(names);
    case Shape::choice:
      return text_of(split(key.alternatives));
    case Shape::model:
      return model_schema();
    case Shape::mutant:
      return text_of(with_none(names.mutants));
    case Shape::property:
      return text_of(names.properties);
    case Shape::properties:
      return array_of(text_of(names.properties));
    case Shape::logs:
      return logs_schema();
    case Shape::sentences: {
      const std::string pattern = whole(sentence_pattern(names));
      return {{"type", json::array{"string", "array"}},
              {"pattern", pattern},
              {"minItems", 1},
              {"items", text_like(pattern)}};
    }
    case Shape::condition:
      return either(text_of(names.conditions), text_like(whole(of_server_pattern(names))));
    case Shape::counted:
      return text_like(whole(counted_pattern(names)));
    case Shape::within:
      return text_like(whole(within_pattern(names)));
    case Shape::matrix:
      return matrix_schema();
    case Shape::only:
      return only_schema();
    case Shape::table:
    case Shape::tables:
      return {};
  }
  return {};
}

// ---- keys by their paths

// Each key that can be set, raft.pre_vote as a key of the table raft, behind which stands `leaf` of
// the key's schema; and, for those who quote it, as one key, behind which stands `quoted`.
template <class Leaf>
json::object by_path(Leaf leaf, json::object quoted) {
  json::object properties;
  Texts paths;
  const auto add = [&](const std::string& table, const std::string& key, json::object schema) {
    if (table.empty()) {
      properties[key] = leaf(std::move(schema));
      return;
    }
    paths.push_back(table + "." + key);
    if (!properties.contains(table)) properties[table] = table_of({});
    properties[table].as_object()["properties"].as_object()[key] = leaf(std::move(schema));
  };
  const Names all = words_of_all();
  for (const ScenarioKey& key : sim::scenario_keys)
    if (sim::is_settable(key))
      add(std::string(key.table), std::string(key.key),
          described(value_schema(key, all), key.what));
  for (const Model* model : models())
    for (const auto& [option, schema] : options_of(model->names()))
      add(model->name(), option, schema.as_object());
  json::object schema = table_of(std::move(properties));
  schema["patternProperties"] = json::object{{whole(one_of(paths)), std::move(quoted)}};
  return schema;
}

json::object matrix_schema() {
  const auto values = [](json::object schema) {
    const std::string what(schema["description"].as_string());
    schema.erase("description");
    schema.erase("default");
    return described(array_of(std::move(schema)), what);
  };
  return by_path(values, array_of({}));
}

json::object only_schema() {
  return by_path([](const json::object&) { return json::object{}; }, {});
}

// ---- tables

json::object table_schema(std::string_view table, const Names& names) {
  json::object properties;
  for (const ScenarioKey& key : sim::scenario_keys) {
    if (key.table != table) continue;
    json::object schema = value_schema(key, names);
    if (key.shape == Shape::table) schema = table_schema(key.key, names);
    if (key.shape == Shape::tables) {
      schema = {{"type", "array"}, {"items", table_schema(key.key, names)}};
      if (key.key == "step") schema["items"].as_object()["required"] = json::array{"do"};
    }
    properties[key.key] = described(std::move(schema), key.what);
  }
  return table_of(std::move(properties));
}

// ---- what one model refuses though another has it

json::object nothing() { return {{"not", json::object{}}}; }

bool is_missing(const ScenarioKey& key, const Names& names) {
  if (!key.table.empty()) return false;
  return (key.key == "disk" && !names.has_disk) || (key.key == "clock" && names.timers.empty()) ||
         (key.key == "clients" && names.requests.empty());
}

// Of the keys whose values depend on the model.
json::object restrictions(std::string_view table, const Names& names, const Names& all) {
  json::object properties;
  const json::object none{{"properties", json::object{}}};
  for (const ScenarioKey& key : sim::scenario_keys) {
    if (key.table != table) continue;
    json::object schema;
    if (is_missing(key, names))
      schema = nothing();
    else if (key.shape == Shape::table || key.shape == Shape::tables)
      schema = restrictions(key.key, names, all);
    else if (key.shape == Shape::condition)
      schema = {{"pattern", whole(condition_pattern(names))}};
    else if (json::object own = value_schema(key, names); own != value_schema(key, all))
      schema = std::move(own);
    if (schema.empty() || schema == none) continue;
    if (key.shape == Shape::tables) schema = {{"items", schema}};
    properties[key.key] = std::move(schema);
  }
  return {{"properties", std::move(properties)}};
}

json::object restrictions(const Model& model) {
  json::object schema = restrictions("", model.names(), words_of_all());
  auto& properties = schema["properties"].as_object();
  for (const auto& other : names_of_models())
    if (other != model.name()) properties[other] = nothing();
  return schema;
}

json::object is_of(const Model& model) {
  return {{"required", json::array{"model"}},
          {"properties", json::object{{"model", text_of({model.name()})}}}};
}

}  // namespace

std::string scenario_schema() {
  json::object schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
                      {"title", "A scenario of Coracle"}};
  for (auto& [keyword, value] : table_schema("", words_of_all())) schema[keyword] = value;
  for (const Model* model : models())
    schema["properties"].as_object()[model->name()] =
        described(table_of(options_of(model->names())), "Options of the model: " + model->what());
  // Without a model of its own a file has it from what it extends.
  json::object rest = {{"if", json::object{{"required", json::array{"extends"}}}},
                       {"then", json::object{}},
                       {"else", json::object{{"required", json::array{"model"}}}}};
  for (const Model* model : models())
    rest = {{"if", is_of(*model)}, {"then", restrictions(*model)}, {"else", std::move(rest)}};
  for (auto& [keyword, value] : rest) schema[keyword] = value;
  return pretty(schema) + "\n";
}

}  // namespace coracle::tools
