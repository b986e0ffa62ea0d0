// A list of actions as a scenario of exact steps: what a counterexample is, told so that people can
// read it, change it and run it again.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "model/narrative.h"
#include "sim/spoken.h"
#include "sim/trace.h"

namespace coracle::sim {

// A basic string of TOML.
inline std::string toml_string(std::string_view text) {
  std::string all = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      (all += '\\') += letter;
    } else if (code < 0x20 || code == 0x7f) {
      all += "\\u00";
      all += "0123456789abcdef"[code >> 4U];
      all += "0123456789abcdef"[code & 15U];
    } else {
      all += letter;
    }
  }
  return all + "\"";
}

// "propose x at 1"
template <Protocol P>
std::string request_sentence(const Spoken<P>& spoken, const typename Values<P>::Event& event) {
  std::string sentence;
  if constexpr (hears_clients<P>) {
    const auto& request = std::get<Requested<RequestOf<P>>>(event.event).request;
    for (const auto& words : spoken.requests)
      if (const auto argument = words.argument(request))
        sentence = words.verb + (words.words > 0 ? " " + *argument : "");
  }
  return sentence + " at " + text(event.node);
}

template <Protocol P>
std::string sentence(const Spoken<P>& spoken, const Action<Values<P>>& action) {
  using Asking = Request<typename Values<P>::Event>;
  if (const auto* asking = std::get_if<Asking>(&action))
    return request_sentence<P>(spoken, asking->event);
  const std::string fields = message_text<P>(action);
  return action_text<P>(action) + (fields.empty() ? "" : " " + fields);
}

// The header's options are those that a scenario may set.
template <Protocol P>
std::string scenario_text(const TraceHeader& header, const Spoken<P>& spoken,
                          const std::vector<Action<Values<P>>>& path) {
  std::string text = "title = \"A counterexample of " + std::to_string(path.size()) +
                     " actions\"\nmodel = " + toml_string(header.model) +
                     "\nmutant = " + toml_string(header.mutant) + "\nby_hand = true\n";
  if (!header.properties.empty()) {
    std::string names;
    for (const auto& name : header.properties)
      names += (names.empty() ? "" : ", ") + toml_string(name);
    text += "properties = [" + names + "]\n";
  }
  text += "\n[" + header.model + "]\n";
  for (const auto& [name, value] : header.options) {
    if (value.is_string() && value.get_string().empty()) continue;
    std::string key(name);
    std::ranges::replace(key, '-', '_');
    text += key + " = " +
            (value.is_string() ? toml_string(value.get_string()) : boost::json::serialize(value)) +
            "\n";
  }
  if (header.network.kind == NetworkKind::ordered) text += "\n[network]\nkind = \"ordered\"\n";
  if (header.disk == DiskKind::buffered) text += "\n[disk]\nkind = \"buffered\"\n";
  text += "\n[[step]]\ndo = [\n";
  for (const auto& action : path) text += "  " + toml_string(sentence<P>(spoken, action)) + ",\n";
  return text + "]\n";
}

}  // namespace coracle::sim
