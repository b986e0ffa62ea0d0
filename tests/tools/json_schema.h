// What is wrong with a value by a JSON schema, of those keywords that ours has. A schema that says
// anything else is itself wrong: nothing in it may go unheeded.
#pragma once

#include <boost/json.hpp>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace coracle::tools {

class SchemaCheck {
 public:
  // Each a line, "step[0].do: 'crahs 1' is not ...".
  static std::vector<std::string> mistakes(const boost::json::value& schema,
                                           const boost::json::value& value) {
    SchemaCheck check;
    check.ask(schema, value, "");
    return check.mistakes_;
  }

 private:
  using Json = boost::json::value;
  using Text = std::string;

  static bool holds(const Json& schema, const Json& value) {
    return mistakes(schema, value).empty();
  }
  static Text text(const boost::json::string& string) { return {string.data(), string.size()}; }
  static bool matches(const Json& pattern, const Text& word) {
    return std::regex_search(word, std::regex(text(pattern.as_string())));
  }

  static bool is_of_type(const Text& type, const Json& value) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_int64();
    if (type == "boolean") return value.is_bool();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    throw std::invalid_argument("no type: " + type);
  }

  static bool is_of_types(const Json& types, const Json& value) {
    if (types.is_string()) return is_of_type(text(types.get_string()), value);
    for (const Json& type : types.as_array())
      if (is_of_type(text(type.as_string()), value)) return true;
    return false;
  }

  void refuse(const Text& path, const Json& value, const Text& why) {
    mistakes_.push_back(path + ": " + boost::json::serialize(value) + " " + why);
  }

  void ask(const Json& schema, const Json& value, const Text& path) {
    for (const auto& [keyword, wanted] : schema.as_object()) {
      const Text word(keyword);
      if (word == "$schema" || word == "title" || word == "description" || word == "default" ||
          word == "x-taplo" || word == "then" || word == "else")
        continue;
      if (asks_of_any(word, wanted, schema.get_object(), value, path)) continue;
      if (asks_of_text_or_number(word, wanted, value, path)) continue;
      if (asks_of_array(word, wanted, value, path)) continue;
      if (asks_of_table(word, wanted, schema.get_object(), value, path)) continue;
      throw std::invalid_argument("no keyword: " + word);
    }
  }

  bool asks_of_any(const Text& word, const Json& wanted, const boost::json::object& schema,
                   const Json& value, const Text& path) {
    if (word == "type") {
      if (!is_of_types(wanted, value))
        refuse(path, value, "is not of type " + boost::json::serialize(wanted));
    } else if (word == "enum") {
      bool found = false;
      for (const Json& one : wanted.as_array()) found = found || one == value;
      if (!found) refuse(path, value, "is none of " + boost::json::serialize(wanted));
    } else if (word == "anyOf") {
      bool found = false;
      for (const Json& one : wanted.as_array()) found = holds(one, value) || found;
      if (!found) refuse(path, value, "is nothing of " + boost::json::serialize(wanted));
    } else if (word == "not") {
      if (holds(wanted, value)) refuse(path, value, "may not be");
    } else if (word == "if") {
      ask(schema.at(holds(wanted, value) ? "then" : "else"), value, path);
    } else {
      return false;
    }
    return true;
  }

  bool asks_of_text_or_number(const Text& word, const Json& wanted, const Json& value,
                              const Text& path) {
    if (word == "pattern") {
      if (value.is_string() && !matches(wanted, text(value.get_string())))
        refuse(path, value, "does not match " + text(wanted.as_string()));
    } else if (word == "minimum") {
      if (value.is_int64() && value.get_int64() < wanted.as_int64())
        refuse(path, value, "is below " + boost::json::serialize(wanted));
    } else if (word == "maximum") {
      if (value.is_int64() && value.get_int64() > wanted.as_int64())
        refuse(path, value, "is above " + boost::json::serialize(wanted));
    } else {
      return false;
    }
    return true;
  }

  bool asks_of_array(const Text& word, const Json& wanted, const Json& value, const Text& path) {
    if (word != "items" && word != "minItems") return false;
    if (!value.is_array()) return true;
    const auto& array = value.get_array();
    if (word == "minItems" && array.size() < static_cast<std::size_t>(wanted.as_int64()))
      refuse(path, value, "has less than " + boost::json::serialize(wanted));
    if (word == "items")
      for (std::size_t i = 0; i < array.size(); ++i)
        ask(wanted, array[i], path + "[" + std::to_string(i) + "]");
    return true;
  }

  bool asks_of_table(const Text& word, const Json& wanted, const boost::json::object& schema,
                     const Json& value, const Text& path) {
    if (word != "properties" && word != "patternProperties" && word != "additionalProperties" &&
        word != "required")
      return false;
    if (!value.is_object()) return true;
    const auto& table = value.get_object();
    const auto below = [&](const Text& key) { return path.empty() ? key : path + "." + key; };
    if (word == "required") {
      for (const Json& key : wanted.as_array())
        if (!table.contains(key.as_string()))
          mistakes_.push_back(path + ": there is no " + text(key.as_string()));
    } else if (word == "properties") {
      for (const auto& [key, of_key] : wanted.as_object())
        if (const Json* found = table.if_contains(key)) ask(of_key, *found, below(Text(key)));
    } else if (word == "patternProperties") {
      for (const auto& [pattern, of_key] : wanted.as_object())
        for (const auto& [key, found] : table)
          if (matches(Json(pattern), Text(key))) ask(of_key, found, below(Text(key)));
    } else if (!wanted.as_bool()) {
      for (const auto& [key, found] : table)
        if (!is_known(schema, Text(key))) mistakes_.push_back(below(Text(key)) + ": unknown key");
    }
    return true;
  }

  static bool is_known(const boost::json::object& schema, const Text& key) {
    const Json* properties = schema.if_contains("properties");
    if (properties != nullptr && properties->as_object().contains(key)) return true;
    const Json* patterns = schema.if_contains("patternProperties");
    if (patterns == nullptr) return false;
    for (const auto& [pattern, of_key] : patterns->as_object())
      if (matches(Json(pattern), key)) return true;
    return false;
  }

  std::vector<std::string> mistakes_;
};

}  // namespace coracle::tools
