#include "sim/history_events.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>

#include "sim/from_json.h"
#include "sim/json.h"
#include "sim/units.h"

namespace coracle::sim {
namespace {

InputError error_in(const std::string& file, std::size_t line, std::string_view what) {
  return InputError(file + ":" + std::to_string(line) + ": " + std::string(what));
}

const std::vector<std::string>& types() {
  static const std::vector<std::string> all{"invoke", "ok", "fail", "info"};
  return all;
}

EventType type_named(std::string_view name) {
  const auto found = std::ranges::find(types(), name);
  if (found == types().end()) detail::refuse_word("type", name, types());
  return static_cast<EventType>(found - types().begin());
}

// --- JSON lines

Datum datum_of(const boost::json::value& json) {
  switch (json.kind()) {
    case boost::json::kind::null:
      return {};
    case boost::json::kind::bool_:
      return {.what = json.get_bool()};
    case boost::json::kind::int64:
      return {.what = json.get_int64()};
    case boost::json::kind::string:
      return {.what = std::string(std::string_view(json.get_string()))};
    case boost::json::kind::array: {
      DatumList list;
      for (const auto& element : json.get_array()) list.elements.push_back(datum_of(element));
      return {.what = std::move(list)};
    }
    default:
      return {.what = Word{boost::json::serialize(json)}};
  }
}

// The inverse, of what JSON has.
boost::json::value json_of(const Datum& datum) {
  return match(
      datum.what, [](Nil) -> boost::json::value { return nullptr; },
      [](bool truth) -> boost::json::value { return truth; },
      [](std::int64_t number) -> boost::json::value { return number; },
      [](const DatumList& list) -> boost::json::value {
        boost::json::array all;
        for (const auto& element : list.elements) all.push_back(json_of(element));
        return all;
      },
      [&](const auto& /*text*/) -> boost::json::value {
        return boost::json::string(written(datum));
      });
}

HistoryEvent json_event(std::string_view line) {
  static const std::vector<std::string> known{"process", "type", "f",    "key",
                                              "value",   "time", "error"};
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  boost::json::error_code error;
  const boost::json::value json = boost::json::parse(line, error, {}, options);
  if (error) throw InputError("not JSON: " + error.message());
  if (!json.is_object()) throw InputError("expected an object in { }");
  const auto& fields = json.get_object();
  refuse_unknown_fields(fields, known);
  HistoryEvent event;
  event.process = field_from<Process>(fields, "process");
  event.type = type_named(field_from<std::string>(fields, "type"));
  if (const auto* f = fields.if_contains("f")) event.f = from_json<std::string>(*f);
  if (const auto* key = fields.if_contains("key"); key != nullptr && !key->is_null())
    event.key = written(datum_of(*key));
  if (const auto* value = fields.if_contains("value")) event.value = datum_of(*value);
  if (fields.contains("time")) event.time = field_from<Time>(fields, "time");
  if (fields.contains("error")) event.error = field_from<std::string>(fields, "error");
  return event;
}

// --- EDN

const Datum* entry(const DatumMap& map, std::string_view key) {
  for (const auto& [name, value] : map.entries)
    if (const auto* word = std::get_if<Word>(&name.what); word != nullptr && word->text == key)
      return &value;
  return nullptr;
}

std::string_view keyword_in(const Datum& datum) {
  const auto* word = std::get_if<Word>(&datum.what);
  if (word == nullptr || !word->text.starts_with(':')) return {};
  return std::string_view(word->text).substr(1);
}

std::string_view keyword(const DatumMap& map, std::string_view key) {
  const Datum* datum = entry(map, key);
  if (datum == nullptr) throw InputError("missing " + std::string(key));
  const std::string_view word = keyword_in(*datum);
  if (word.empty())
    throw InputError(std::string(key) + ": expected a keyword, not " +
                     detail::shown(written(*datum)));
  return word;
}

// None: of somebody who is no client.
std::optional<HistoryEvent> edn_event(const Datum& form) {
  const auto* map = std::get_if<DatumMap>(&form.what);
  if (map == nullptr)
    throw InputError("expected an event in { }, not " + detail::shown(written(form)));
  const Datum* process = entry(*map, ":process");
  if (process == nullptr) throw InputError("missing :process");
  const auto* number = std::get_if<std::int64_t>(&process->what);
  if (number == nullptr || *number < 0) return std::nullopt;
  HistoryEvent event;
  event.process = static_cast<Process>(*number);
  event.type = type_named(keyword(*map, ":type"));
  event.f = keyword(*map, ":f");
  if (const Datum* key = entry(*map, ":key"); key != nullptr && !is_nil(*key))
    event.key = written(*key);
  if (const Datum* value = entry(*map, ":value")) event.value = *value;
  if (const Datum* time = entry(*map, ":time"); time != nullptr && !is_nil(*time)) {
    if (!std::holds_alternative<std::int64_t>(time->what))
      throw InputError(":time: expected a whole number, not " + detail::shown(written(*time)));
    event.time = std::get<std::int64_t>(time->what);
  }
  return event;
}

// --- Lines of a log

std::string_view without_blanks_before(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

std::string_view first_word(std::string_view& text) {
  text = without_blanks_before(text);
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

// What jepsen.util says in a line; the whole line, if it names nobody.
std::string_view said_in(std::string_view line) {
  for (const std::string_view who : {"jepsen.util - ", "jepsen.util: "})
    if (const auto at = line.find(who); at != std::string_view::npos)
      return line.substr(at + who.size());
  return line;
}

// None: the line tells of something else.
std::optional<HistoryEvent> log_event(std::string_view line) {
  std::string_view rest = said_in(line);
  const auto process = parse_whole(first_word(rest));
  std::string_view after = rest;
  if (!process || !first_word(after).starts_with(':')) return std::nullopt;
  HistoryEvent event;
  event.process = *process;
  event.type = type_named(first_word(rest).substr(1));
  const std::string_view f = first_word(rest);
  if (f.size() < 2 || f[0] != ':')
    throw InputError("expected a keyword such as :read, not '" + detail::shown(f) + "'");
  event.f = f.substr(1);
  auto value = EdnReader(rest).next();
  if (!value && (event.type == EventType::invoke || event.type == EventType::ok))
    throw InputError("expected a value behind " + detail::shown(f));
  if (value) event.value = *std::move(value);
  return event;
}

// --- A whole file

enum class Format : std::uint8_t { json_lines, edn, log };

Format format_of(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n,");
  if (first == std::string_view::npos) return Format::log;
  if (text[first] == '[' || text[first] == '(' || text[first] == '#' || text[first] == ';')
    return Format::edn;
  if (text[first] != '{') return Format::log;
  const auto second = text.find_first_not_of(" \t\r\n,", first + 1);
  return second != std::string_view::npos && text[second] == ':' ? Format::edn : Format::json_lines;
}

template <class Read>
void each_line(const std::string& file, std::string_view text, Read read) {
  std::size_t number = 1;
  for (; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (without_blanks_before(line).empty()) continue;
    try {
      read(line, number);
    } catch (const InputError& error) {
      throw error_in(file, number, error.what());
    }
  }
}

std::vector<HistoryEvent> edn_events(const std::string& file, std::string_view text) {
  std::vector<HistoryEvent> events;
  EdnReader reader(text);
  try {
    while (const auto form = reader.next_element()) {
      auto event = edn_event(*form);
      if (!event) continue;
      event->line = reader.line();
      events.push_back(*std::move(event));
    }
  } catch (const InputError& error) {
    throw error_in(file, reader.line(), error.what());
  }
  return events;
}

// Jepsen's independent keys: each value is [key value], of reads before they are answered, too.
bool has_keyed_values(const std::vector<HistoryEvent>& events) {
  bool some = false;
  for (const HistoryEvent& event : events) {
    if (event.type != EventType::invoke) continue;
    const auto* pair = pair_in(event.value);
    if (event.key || pair == nullptr) return false;
    if (event.f == "cas" && pair_in((*pair)[1]) == nullptr) return false;
    some = true;
  }
  return some;
}

void split_keys(const std::string& file, std::vector<HistoryEvent>& events) {
  for (HistoryEvent& event : events) {
    const auto* pair = pair_in(event.value);
    if (pair == nullptr && event.type == EventType::ok)
      throw error_at(file, event,
                     "expected a value of the form [key value], as in the other events, not " +
                         detail::shown(written(event.value)));
    if (pair == nullptr) continue;
    event.key = written((*pair)[0]);
    Datum value = (*pair)[1];
    event.value = std::move(value);
  }
}

// Jepsen's clocks may be read in another order than that of the events.
void check_times(const std::string& file, const std::vector<HistoryEvent>& events, Format format) {
  for (std::size_t at = 1; at < events.size(); ++at) {
    if (events[at].time.has_value() != events[0].time.has_value())
      throw error_at(file, events[at],
                     events[at].time ? "a time, though the events before have none"
                                     : "missing time, which the events before have");
    if (format == Format::json_lines && events[at].time < events[at - 1].time)
      throw error_at(file, events[at],
                     "time " + std::to_string(*events[at].time) + " is earlier than that of the " +
                         "event before; expected events in the order in which they happened");
  }
}

}  // namespace

InputError error_at(const std::string& file, const HistoryEvent& event, std::string_view what) {
  return error_in(file, event.line, what);
}

std::vector<HistoryEvent> read_history_events(const std::string& file, std::string_view text) {
  std::vector<HistoryEvent> events;
  const Format format = format_of(text);
  switch (format) {
    case Format::json_lines:
      each_line(file, text, [&](std::string_view line, std::size_t number) {
        events.push_back(json_event(line));
        events.back().line = number;
      });
      break;
    case Format::edn:
      events = edn_events(file, text);
      break;
    case Format::log:
      each_line(file, text, [&](std::string_view line, std::size_t number) {
        auto event = log_event(line);
        if (!event) return;
        event->line = number;
        events.push_back(*std::move(event));
      });
      break;
  }
  if (events.empty())
    throw error_in(file, 1,
                   "there is no event in it; expected JSON lines {\"process\":1,...}, EDN maps "
                   "{:process 1, ...} or lines of jepsen.util");
  if (format != Format::json_lines && has_keyed_values(events)) split_keys(file, events);
  check_times(file, events, format);
  return events;
}

std::string json_line(const HistoryEvent& event) {
  boost::json::object line{{"process", event.process}, {"type", to_json(event.type)}};
  if (!event.f.empty()) line["f"] = event.f;
  if (event.key) line["key"] = *event.key;
  line["value"] = json_of(event.value);
  if (event.time) line["time"] = *event.time;
  if (!event.error.empty()) line["error"] = event.error;
  return boost::json::serialize(line);
}

}  // namespace coracle::sim
