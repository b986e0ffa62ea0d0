#include "sim/read_trace.h"

#include <charconv>
#include <system_error>
#include <utility>

namespace coracle::sim {
namespace {

constexpr std::string_view beginning = R"({"coracle-trace":)";

InputError error_in(const std::string& file, std::size_t line, std::string_view what) {
  const std::string place = file + ":" + std::to_string(line) + ": ";
  InputError error(place + std::string(what));
  return error;
}

// Only of the format that is read here is anything else known.
void check_format(const std::string& file, std::string_view text) {
  const std::string now_written = std::to_string(trace_format);
  const std::string expected =
      "expected a first line that begins with " + std::string(beginning) + now_written;
  if (text.empty()) throw error_in(file, 1, "the file is empty; " + expected);
  if (!text.starts_with(beginning)) throw error_in(file, 1, expected);
  const char* const end = text.data() + text.size();
  int version = 0;
  const auto [rest, error] = std::from_chars(text.data() + beginning.size(), end, version);
  const bool whole = error == std::errc() && rest != end && *rest == ',';
  if (!whole || version < 1) throw error_in(file, 1, expected);
  if (version != trace_format)
    throw error_in(file, 1,
                   "a trace of format " + std::to_string(version) + ", which is " +
                       (version > trace_format ? "newer" : "older") +
                       " than this program: it reads format " + now_written);
}

// Text that is no UTF-8 is read as it is.
boost::json::object object_in(const std::string& file, std::size_t line, std::string_view text) {
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  boost::json::error_code error;
  boost::json::value json = boost::json::parse(text, error, {}, options);
  if (error) throw error_in(file, line, "not JSON: " + error.message());
  if (!json.is_object()) throw error_in(file, line, "expected an object in { }");
  return std::move(json.get_object());
}

// All lines but the last one, which is checked against them.
std::vector<std::string_view> checked_lines(const std::string& file, std::string_view text) {
  std::vector<std::string_view> lines;
  std::string_view rest = text;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    lines.push_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  const auto truncated = [&, at = lines.size() + (rest.empty() ? 0 : 1)] {
    return error_in(
        file, at,
        "the file is truncated: it has no last line with the number of actions and the hash");
  };
  if (!rest.empty() || lines.size() < 2) throw truncated();

  const std::string_view last = lines.back();
  const std::size_t last_number = lines.size();
  lines.pop_back();
  const std::size_t actions = lines.size() - 1;
  const Hash128 hash = hash_of_bytes(text.data(), text.size() - last.size() - 1);
  if (last == last_line(actions, hash)) return lines;

  boost::json::object said;
  try {
    said = object_in(file, last_number, last);
  } catch (const InputError&) {
    throw truncated();
  }
  if (!said.contains("actions") || !said.contains("hash")) throw truncated();
  if (said["hash"] == boost::json::value(hex(hash)) &&
      said["actions"] != boost::json::value(actions))
    throw error_in(file, last_number,
                   "there are " + std::to_string(actions) + " actions, not " +
                       detail::shown(boost::json::serialize(said["actions"])) +
                       ": the file was edited or damaged");
  throw error_in(file, last_number,
                 "the hash does not match the file's contents: it was edited or damaged");
}

TraceHeader header_of(const boost::json::object& json) {
  static const std::vector<std::string> known = [] {
    std::vector<std::string> keys;
    for (const auto& [key, value] : header_json({})) keys.emplace_back(key);
    return keys;
  }();
  refuse_unknown_fields(json, known);
  TraceHeader header{.model = field_from<std::string>(json, "model"),
                     .options = field_from<boost::json::object>(json, "options"),
                     .mutant = field_from<std::string>(json, "mutant"),
                     .seed = field_from<std::optional<std::uint64_t>>(json, "seed"),
                     .network = {.kind = field_from<NetworkKind>(json, "network"),
                                 .loss = field_from<bool>(json, "loss"),
                                 .duplication = field_from<bool>(json, "duplication")},
                     .faults = {.crashes = field_from<std::uint8_t>(json, "crashes")},
                     .disk = field_from<DiskKind>(json, "disk"),
                     .properties = field_from<std::vector<std::string>>(json, "properties")};
  const NetworkRules& rules = header.network;
  if (rules.kind == NetworkKind::set && (rules.loss || rules.duplication))
    throw InputError("a network that is a set has neither loss nor duplication");
  return header;
}

}  // namespace

TraceFile read_trace(const std::string& file, std::string_view text) {
  check_format(file, text);
  const std::vector<std::string_view> lines = checked_lines(file, text);
  TraceFile trace{.file = file, .header = {}, .lines = {}};
  const boost::json::object first = object_in(file, 1, lines.front());
  try {
    trace.header = header_of(first);
  } catch (const InputError& error) {
    throw error_in(file, 1, error.what());
  }
  trace.lines.reserve(lines.size() - 1);
  for (std::size_t i = 1; i < lines.size(); ++i)
    trace.lines.push_back(object_in(file, i + 1, lines[i]));
  return trace;
}

InputError error_at(const TraceFile& trace, std::size_t action, std::string_view what) {
  return error_in(trace.file, action + 2, what);
}

}  // namespace coracle::sim
