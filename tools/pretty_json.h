// JSON as people read it: two spaces a level, and in one line what fits into one.
#pragma once

#include <boost/json.hpp>
#include <string>

namespace coracle::tools {

inline std::string pretty(const boost::json::value& json, std::size_t indent = 0) {
  constexpr std::size_t columns_max = 100;
  const std::string line = boost::json::serialize(json);
  const bool is_array = json.is_array();
  if ((!is_array && !json.is_object()) || indent + line.size() <= columns_max) return line;
  const std::string margin(indent + 2, ' ');
  std::string text;
  const auto add = [&](const std::string& key, const boost::json::value& value) {
    text += (text.empty() ? "\n" : ",\n") + margin + key + pretty(value, indent + 2);
  };
  if (is_array)
    for (const auto& value : json.get_array()) add("", value);
  else
    for (const auto& [key, value] : json.get_object())
      add(boost::json::serialize(boost::json::string(key)) + ": ", value);
  return (is_array ? "[" : "{") + text + "\n" + std::string(indent, ' ') + (is_array ? "]" : "}");
}

}  // namespace coracle::tools
