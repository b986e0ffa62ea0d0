#include "sim/read_scenario.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/sentences.h"
#include "sim/toml.h"
#include "sim/units.h"

namespace coracle::sim {
namespace {

// f(), whose mistakes are at `place`.
template <class F>
auto located(const Place& place, F f) {
  try {
    return f();
  } catch (const InputError& error) {
    refuse(place, error.what());
  }
}

// ---- values

// What `parse` reads in a text, and nothing else.
template <class Parse>
auto quantity_of(const TomlEntry& entry, Parse parse, std::string_view expected) {
  const auto quantity = parse(text_of(entry, expected));
  if (!quantity) refuse_value(entry, expected);
  return *quantity;
}

Time duration_of(const TomlEntry& entry) {
  return quantity_of(entry, parse_duration, expected_duration);
}

Time positive_duration_of(const TomlEntry& entry) {
  const Time time = duration_of(entry);
  if (time == 0) refuse_value(entry, "more than nothing");
  return time;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_seeds(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return {};
  const auto first = parse_whole(text.substr(0, dots));
  const auto last = parse_whole(text.substr(dots + 2));
  if (!first || !last || *first > *last) return {};
  return std::pair{*first, *last};
}

// "1 1 4", with single spaces.
std::optional<std::string> parse_terms(std::string_view text) {
  std::string terms;
  for (text = without_spaces_before(text); !text.empty();) {
    const std::string_view term = text.substr(0, text.find(' '));
    if (!parse_whole(term)) return {};
    terms += " " + std::string(term);
    text = without_spaces_before(text.substr(term.size()));
  }
  return terms;
}

std::string spelt_with(std::string_view word, char from, char to) {
  std::string spelt(word);
  std::ranges::replace(spelt, from, to);
  return spelt;
}

const std::string& name_of(const TomlEntry& entry, std::string_view kind,
                           const std::vector<std::string>& known) {
  const std::string& name = text_of(entry, "the name of a " + std::string(kind));
  if (std::ranges::find(known, name) == known.end())
    refuse(entry.place, unknown(kind, name, known).what());
  return name;
}

// ---- the reader

using Readers = std::map<std::string, std::function<void(const TomlEntry&)>, std::less<>>;

void read_table(const TomlTable& table, const std::string& where, const Readers& readers) {
  std::vector<std::string> known;
  for (const auto& [key, reader] : readers) known.push_back(key);
  for (const TomlEntry& entry : table.entries) {
    const auto reader = readers.find(entry.key);
    if (reader == readers.end())
      refuse(entry.key_place,
             "unknown key '" + entry.key + "'" + where + near_match(entry.key, known));
    reader->second(entry);
  }
}

class Reader {
 public:
  Reader(const std::string& file, const NamesOf& names_of) : file_(file), names_of_(names_of) {}

  Scenario read(const TomlTable& all);

 private:
  void read_tables(const TomlEntry& entry, void (Reader::*read_one)(const TomlEntry&));

  void read_model(const TomlTable& all);
  void read_mutant(const TomlEntry& entry);
  void read_properties(const TomlEntry& entry);
  void read_network(const TomlEntry& entry);
  void read_disk(const TomlEntry& entry);
  void read_options(const TomlEntry& entry);
  void read_option(const TomlEntry& entry, const std::string& value);
  void read_logs(const TomlEntry& entry);
  void read_seeds(const TomlEntry& entry);
  void read_clients(const TomlEntry& entry);
  void read_step(const TomlEntry& entry);
  void read_expect(const TomlEntry& entry);

  std::vector<Verb> verbs_of(const TomlEntry& entry) const;
  Condition condition_of(const TomlEntry& entry) const;
  Counted counted_of(Counted::Relation relation, const TomlEntry& entry) const;

  const std::string& file_;
  const NamesOf& names_of_;
  Names names_;
  Scenario scenario_;
  std::string seeded_by_;  // seed or seeds, once one was read
};

Scenario Reader::read(const TomlTable& all) {
  Scenario& s = scenario_;
  s.file = file_;
  read_model(all);
  const auto option = [&](const TomlEntry& e) {
    read_option(e, std::to_string(whole_of(e, 1, 255, "a whole number from 1 to 255")));
  };
  Readers readers = {
      {"title", [&](const TomlEntry& e) { s.title = text_of(e, "a text"); }},
      {"why", [&](const TomlEntry& e) { s.why = text_of(e, "a text"); }},
      {"model", [](const TomlEntry&) {}},
      {"seed", [&](const TomlEntry& e) { read_seeds(e); }},
      {"seeds", [&](const TomlEntry& e) { read_seeds(e); }},
      {"servers", option},
      {"logs", [&](const TomlEntry& e) { read_logs(e); }},
      {"duration", [&](const TomlEntry& e) { s.duration = positive_duration_of(e); }},
      {"by_hand", [&](const TomlEntry& e) { s.by_hand = truth_of(e); }},
      {"mutant", [&](const TomlEntry& e) { read_mutant(e); }},
      {"properties", [&](const TomlEntry& e) { read_properties(e); }},
      {"network", [&](const TomlEntry& e) { read_network(e); }},
      {"disk", [&](const TomlEntry& e) { read_disk(e); }},
      {"clients", [&](const TomlEntry& e) { read_clients(e); }},
      {"step", [&](const TomlEntry& e) { read_tables(e, &Reader::read_step); }},
      {"expect", [&](const TomlEntry& e) { read_tables(e, &Reader::read_expect); }}};
  readers.emplace(s.model, [&](const TomlEntry& e) { read_options(e); });
  read_table(all, "", readers);
  if (s.duration == 0 && !s.by_hand)
    refuse({file_, 1, 1}, "no duration; expected such as duration = \"30 s\", or by_hand = true");
  return std::move(s);
}

void Reader::read_model(const TomlTable& all) {
  for (const TomlEntry& entry : all.entries) {
    if (entry.key == "model") {
      scenario_.model = text_of(entry, "a model's name");
      names_ = located(entry.place, [&] { return names_of_(scenario_.model); });
      return;
    }
  }
  for (const TomlEntry& entry : all.entries) {
    if (edit_distance(entry.key, "model") <= 2)
      refuse(entry.key_place, "unknown key '" + entry.key + "'; did you mean model?");
  }
  refuse({file_, 1, 1}, "no model; expected its name, such as model = \"raft\"");
}

void Reader::read_tables(const TomlEntry& entry, void (Reader::*read_one)(const TomlEntry&)) {
  const auto* array = std::get_if<TomlArray>(&entry.value);
  if (array == nullptr) refuse_value(entry, "tables, each headed [[" + entry.key + "]]");
  for (const TomlEntry& element : array->elements) (this->*read_one)(element);
}

// ---- the model and its world

void Reader::read_seeds(const TomlEntry& entry) {
  if (!seeded_by_.empty())
    refuse(entry.key_place, entry.key + " beside " + seeded_by_ + "; expected one of the two");
  seeded_by_ = entry.key;
  if (entry.key == "seed") {
    scenario_.first_seed =
        whole_of(entry, 0, std::numeric_limits<std::int64_t>::max(), "a whole number, such as 42");
    scenario_.last_seed = scenario_.first_seed;
  } else {
    std::tie(scenario_.first_seed, scenario_.last_seed) =
        quantity_of(entry, parse_seeds, "the first and the last, such as '1..200'");
  }
}

void Reader::read_mutant(const TomlEntry& entry) {
  std::vector<std::string> known = names_.mutants;
  known.emplace_back("none");
  scenario_.mutant = name_of(entry, "mutant", known);
}

void Reader::read_properties(const TomlEntry& entry) {
  const auto* array = std::get_if<TomlArray>(&entry.value);
  if (array == nullptr || array->elements.empty())
    refuse_value(entry, "an array of the names of properties, one at least");
  for (const TomlEntry& name : array->elements)
    scenario_.properties.push_back(name_of(name, "property", names_.properties));
}

void Reader::read_option(const TomlEntry& entry, const std::string& value) {
  const std::string name = spelt_with(entry.key, '_', '-');
  if (std::ranges::find(names_.options, name) == names_.options.end()) {
    std::vector<std::string> known;
    for (const auto& option : names_.options) known.push_back(spelt_with(option, '-', '_'));
    refuse(entry.key_place, unknown("option", entry.key, known).what());
  }
  scenario_.option_places[name] = entry.place;
  if (!scenario_.options.emplace(name, value).second)
    refuse(entry.key_place, entry.key + " for the second time; expected it once");
}

void Reader::read_options(const TomlEntry& entry) {
  for (const TomlEntry& option : table_of(entry, "a table of the model's options").entries) {
    read_option(option, match(
                            option.value, [](const std::string& text) { return text; },
                            [](std::int64_t number) { return std::to_string(number); },
                            [](bool truth) { return std::string(truth ? "true" : "false"); },
                            [&](const auto& /*other*/) -> std::string {
                              refuse_value(option, "a text, a whole number, true or false");
                            }));
  }
}

// An empty log is as none.
void Reader::read_logs(const TomlEntry& entry) {
  constexpr std::string_view expected = R"(terms by server, such as {1 = "1 1 4", 2 = "1 1"})";
  std::map<NodeId, std::string> terms;
  for (const TomlEntry& log : table_of(entry, expected).entries) {
    const NodeId server = located(log.key_place, [&] { return parse_server(log.key); });
    const std::string of_server = quantity_of(log, parse_terms, "terms, such as '1 1 4'");
    if (!terms.emplace(server, of_server).second)
      refuse(log.key_place, "server " + log.key + " for the second time; expected it once");
  }
  std::string logs;
  for (const auto& [server, of_server] : terms) {
    if (of_server.empty()) continue;
    logs += (logs.empty() ? "" : "; ") + std::to_string(static_cast<unsigned>(server)) + ":" +
            of_server;
  }
  read_option(entry, logs);
}

void Reader::read_network(const TomlEntry& entry) {
  Scenario& s = scenario_;
  const auto kind = [&](const TomlEntry& e) {
    const std::string& name = name_of(e, "network", {"unordered", "ordered"});
    s.network = name == "ordered" ? NetworkKind::ordered : NetworkKind::unordered;
  };
  const auto share = [](const TomlEntry& e) {
    return quantity_of(e, parse_percentage, expected_percentage);
  };
  read_table(table_of(entry, "a table, headed [network]"), " in [network]",
             {{"latency",
               [&](const TomlEntry& e) { s.latency = quantity_of(e, parse_span, expected_span); }},
              {"loss", [&](const TomlEntry& e) { s.loss = share(e); }},
              {"duplicate", [&](const TomlEntry& e) { s.duplicate = share(e); }},
              {"kind", kind}});
}

void Reader::read_disk(const TomlEntry& entry) {
  Scenario& s = scenario_;
  if (!names_.has_disk)
    refuse(entry.key_place, "a node of " + s.model + " has no disk; expected no [disk]");
  std::optional<TomlEntry> flush;
  const auto kind = [&](const TomlEntry& e) {
    const std::string& name = name_of(e, "disk", {"synced", "buffered"});
    s.disk = name == "buffered" ? DiskKind::buffered : DiskKind::synced;
  };
  read_table(table_of(entry, "a table, headed [disk]"), " in [disk]",
             {{"kind", kind}, {"flush", [&](const TomlEntry& e) {
                                 s.flush = quantity_of(e, parse_span, expected_span);
                                 flush = e;
                               }}});
  if (flush && s.disk == DiskKind::synced)
    refuse(flush->key_place,
           "flush of a synced disk, which writes at once; expected kind = \"buffered\" with it");
}

void Reader::read_clients(const TomlEntry& entry) {
  if (names_.requests.empty())
    refuse(entry.key_place, "nobody asks anything of " + scenario_.model + "; expected no clients");
  const auto rate = [&](const TomlEntry& e) {
    scenario_.requests_per_second = quantity_of(e, parse_rate, expected_rate);
  };
  read_table(table_of(entry, "a table, headed [clients]"), " in [clients]", {{"rate", rate}});
}

// ---- steps

std::vector<Verb> Reader::verbs_of(const TomlEntry& entry) const {
  constexpr std::string_view expected = "a sentence or an array of them";
  const auto* array = std::get_if<TomlArray>(&entry.value);
  const auto sentences = array != nullptr ? array->elements : std::vector{entry};
  if (sentences.empty()) refuse(entry.place, "nothing to do; expected " + std::string(expected));
  std::vector<Verb> verbs;
  for (const TomlEntry& sentence : sentences) {
    const std::string& text = text_of(sentence, expected);
    verbs.push_back(located(sentence.place, [&] { return parse_verb(text, names_); }));
    verbs.back().place = sentence.place;
  }
  return verbs;
}

Condition Reader::condition_of(const TomlEntry& entry) const {
  const std::string& text = text_of(entry, "a condition");
  Condition condition = located(entry.place, [&] { return parse_condition(text, names_); });
  condition.place = entry.place;
  return condition;
}

bool can_be_undone(const Verb& verb) {
  return std::holds_alternative<Partition>(verb.what) ||
         std::holds_alternative<CutOneWay>(verb.what) ||
         std::holds_alternative<CrashThem>(verb.what);
}

void Reader::read_step(const TomlEntry& entry) {
  ScenarioStep step;
  step.place = entry.place;
  std::string begun_by;
  const auto begins = [&](const TomlEntry& e) {
    if (!begun_by.empty())
      refuse(e.key_place, e.key + " beside " + begun_by + "; expected one of at, after and when");
    begun_by = e.key;
  };
  const auto at = [&](const TomlEntry& e) { begins(e), step.at = duration_of(e); };
  const auto after = [&](const TomlEntry& e) { begins(e), step.after = duration_of(e); };
  const auto when = [&](const TomlEntry& e) { begins(e), step.when = condition_of(e); };
  Place lasting;
  const auto lasts = [&](const TomlEntry& e) {
    step.lasting = positive_duration_of(e);
    lasting = e.key_place;
  };
  read_table(table_of(entry, "a table"), " in [[step]]",
             {{"at", at},
              {"after", after},
              {"when", when},
              {"for", lasts},
              {"do", [&](const TomlEntry& e) { step.verbs = verbs_of(e); }}});
  if (step.verbs.empty())
    refuse(step.place, "a step without do; expected such as do = \"crash 1\"");
  const auto lasting_one = std::ranges::find_if_not(step.verbs, can_be_undone);
  if (step.lasting && lasting_one != step.verbs.end())
    refuse(lasting,
           "for with '" + lasting_one->text + "'; expected it with partition or crash only");
  scenario_.steps.push_back(std::move(step));
}

// ---- expectations

Counted Reader::counted_of(Counted::Relation relation, const TomlEntry& entry) const {
  const std::string& text = text_of(entry, "a number of messages, such as '12 AppendEntries'");
  return located(entry.place, [&] { return parse_counted(relation, text, names_); });
}

void Reader::read_expect(const TomlEntry& entry) {
  using enum Counted::Relation;
  Expect expect;
  expect.place = entry.place;
  std::string said;
  const auto says = [&](const TomlEntry& e, auto what) {
    if (!said.empty())
      refuse(e.key_place, e.key + " beside " + said + "; expected an [[expect]] for each");
    said = e.key;
    expect.text = spelt_with(e.key, '_', ' ') + " " + std::get<std::string>(e.value);
    expect.what = std::move(what);
  };
  std::optional<TomlEntry> within;
  read_table(
      table_of(entry, "a table"), " in [[expect]]",
      {{"always", [&](const TomlEntry& e) { says(e, Always{condition_of(e)}); }},
       {"sometimes", [&](const TomlEntry& e) { says(e, Sometimes{condition_of(e)}); }},
       {"eventually",
        [&](const TomlEntry& e) {
          says(e, Eventually{condition_of(e), 0, ""});
        }},
       {"in_the_end", [&](const TomlEntry& e) { says(e, InTheEnd{condition_of(e)}); }},
       {"fails",
        [&](const TomlEntry& e) { says(e, Fails{name_of(e, "property", names_.properties)}); }},
       {"at_most", [&](const TomlEntry& e) { says(e, counted_of(at_most, e)); }},
       {"exactly", [&](const TomlEntry& e) { says(e, counted_of(exactly, e)); }},
       {"at_least", [&](const TomlEntry& e) { says(e, counted_of(at_least, e)); }},
       {"within", [&](const TomlEntry& e) { within = e; }}});
  if (said.empty())
    refuse(expect.place,
           "nothing is expected; expected always, sometimes, eventually, in_the_end, fails, "
           "at_most, exactly or at_least");
  if (within) {
    auto* eventually = std::get_if<Eventually>(&expect.what);
    if (eventually == nullptr)
      refuse(within->key_place, "within beside " + said + "; expected it beside eventually only");
    const std::string& text = text_of(*within, "a duration, such as '5 s' or '5 s of heal'");
    const Within read = located(within->place, [&] { return parse_within(text, names_); });
    eventually->within = read.time;
    eventually->of = read.of;
    expect.text += " within " + text;
  }
  scenario_.expects.push_back(std::move(expect));
}

}  // namespace

Scenario read_scenario(const std::string& file, std::string_view text, const NamesOf& names_of) {
  return Reader(file, names_of).read(parse_toml(file, text));
}

}  // namespace coracle::sim
