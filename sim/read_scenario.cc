#include "sim/read_scenario.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/matrix.h"
#include "sim/read_table.h"
#include "sim/read_weather.h"
#include "sim/sentences.h"
#include "sim/toml.h"
#include "sim/units.h"

namespace coracle::sim {
namespace {

// ---- values

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

// ---- the reader

Names names_in(const TomlTable& all, const std::string& file, const NamesOf& names_of) {
  for (const TomlEntry& entry : all.entries) {
    if (entry.key != "model") continue;
    const std::string& model = text_of(entry, "a model's name");
    Names names = located(entry.place, [&] { return names_of(model); });
    names.model = model;
    return names;
  }
  for (const TomlEntry& entry : all.entries) {
    if (edit_distance(entry.key, "model") <= 2)
      refuse(entry.key_place, "unknown key '" + entry.key + "'; did you mean model?");
  }
  refuse({file, 1, 1}, "no model; expected its name, such as model = \"raft\"");
}

void is_read_before(const TomlEntry& /*entry*/) {}

class Reader {
 public:
  Reader(const std::string& file, const Names& names) : file_(file), names_(names) {}

  Scenario read(const TomlTable& all);

 private:
  void read_tables(const TomlEntry& entry, void (Reader::*read_one)(const TomlEntry&));

  void read_mutant(const TomlEntry& entry);
  void read_properties(const TomlEntry& entry);
  void read_options(const TomlEntry& entry);
  void read_option(const TomlEntry& entry, const std::string& value);
  void read_logs(const TomlEntry& entry);
  void read_seeds(const TomlEntry& entry);
  void read_step(const TomlEntry& entry);
  void read_expect(const TomlEntry& entry);

  std::vector<Verb> verbs_of(const TomlEntry& entry) const;
  Condition condition_of(const TomlEntry& entry) const;
  Counted counted_of(Counted::Relation relation, const TomlEntry& entry) const;

  const std::string& file_;
  const Names& names_;
  Scenario scenario_;
  std::string seeded_by_;  // seed or seeds, once one was read
};

Scenario Reader::read(const TomlTable& all) {
  Scenario& s = scenario_;
  s.file = file_;
  s.model = names_.model;
  const auto option = [&](const TomlEntry& e) {
    read_option(e, std::to_string(whole_of(e, 1, 255, "a whole number from 1 to 255")));
  };
  // What is read once the rest is known.
  const TomlEntry* links = nullptr;
  const TomlEntry* chaos = nullptr;
  Readers readers = {
      {"title", [&](const TomlEntry& e) { s.title = text_of(e, "a text"); }},
      {"why", [&](const TomlEntry& e) { s.why = text_of(e, "a text"); }},
      {"model", is_read_before},
      {"extends", is_read_before},
      {"matrix", is_read_before},
      {"seed", [&](const TomlEntry& e) { read_seeds(e); }},
      {"seeds", [&](const TomlEntry& e) { read_seeds(e); }},
      {"servers", option},
      {"logs", [&](const TomlEntry& e) { read_logs(e); }},
      {"duration", [&](const TomlEntry& e) { s.duration = positive_duration_of(e); }},
      {"by_hand", [&](const TomlEntry& e) { s.weather.by_hand = truth_of(e); }},
      {"mutant", [&](const TomlEntry& e) { read_mutant(e); }},
      {"properties", [&](const TomlEntry& e) { read_properties(e); }},
      {"network", [&](const TomlEntry& e) { read_network(s, e, names_); }},
      {"link", [&](const TomlEntry& e) { links = &e; }},
      {"disk", [&](const TomlEntry& e) { read_disk(s, e, names_); }},
      {"clock", [&](const TomlEntry& e) { read_clock(s, e, names_); }},
      {"chaos", [&](const TomlEntry& e) { chaos = &e; }},
      {"clients", [&](const TomlEntry& e) { read_clients(s, e, names_); }},
      {"step", [&](const TomlEntry& e) { read_tables(e, &Reader::read_step); }},
      {"expect", [&](const TomlEntry& e) { read_tables(e, &Reader::read_expect); }}};
  readers.emplace(s.model, [&](const TomlEntry& e) { read_options(e); });
  read_table(all, "", readers);
  if (s.duration == 0 && !s.weather.by_hand)
    refuse({file_, 1, 1}, "no duration; expected such as duration = \"30 s\", or by_hand = true");
  // Where there may be any number of calls, no state keeps them.
  if (s.load.rate > 0 && std::ranges::find(names_.options, "calls") != names_.options.end())
    s.options.emplace("calls", "told");
  if (links != nullptr) read_links(s, *links, names_);
  if (chaos != nullptr) read_chaos(s, *chaos, names_);
  return std::move(s);
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
  Place again;
  const auto every = [&](const TomlEntry& e) {
    step.every = positive_duration_of(e);
    again = e.key_place;
  };
  Place lasting;
  const auto lasts = [&](const TomlEntry& e) {
    step.lasting = positive_duration_of(e);
    lasting = e.key_place;
  };
  read_table(table_of(entry, "a table"), " in [[step]]",
             {{"at", at},
              {"after", after},
              {"when", when},
              {"every", every},
              {"for", lasts},
              {"only", is_read_before},
              {"do", [&](const TomlEntry& e) { step.verbs = verbs_of(e); }}});
  if (step.verbs.empty())
    refuse(step.place, "a step without do; expected such as do = \"crash 1\"");
  if (step.every && (step.after || step.when))
    refuse(again, "every beside " + begun_by + "; expected it alone, or beside at");
  if (step.every && !step.at) step.at = step.every;
  for (const Verb& verb : step.verbs)
    if (std::holds_alternative<Swizzle>(verb.what) && !step.lasting)
      refuse(verb.place, "swizzle without for; expected how long it takes, such as for = \"3 s\"");
  const auto lasting_one = std::ranges::find_if_not(step.verbs, can_be_undone);
  if (step.lasting && lasting_one != step.verbs.end())
    refuse(lasting, "for with '" + lasting_one->text +
                        "'; expected it with what can be undone, such as partition or crash");
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
       {"within", [&](const TomlEntry& e) { within = e; }},
       {"only", is_read_before}});
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

std::vector<Scenario> read_scenarios(const std::string& file, std::string_view text,
                                     const NamesOf& names_of, const ReadFile& read_file,
                                     const std::vector<Setting>& settings) {
  const TomlTable all = parse_with_bases(file, text, read_file);
  const Names names = names_in(all, file, names_of);
  const Matrix matrix = matrix_of(all, names, settings);
  std::vector<Scenario> scenarios;
  for (std::size_t number = 0; number < size(matrix); ++number) {
    Combination one = combination(matrix, names, number);
    scenarios.push_back(Reader(file, names).read(one.table));
    scenarios.back().axes = std::move(one.axes);
  }
  return scenarios;
}

Scenario read_scenario(const std::string& file, std::string_view text, const NamesOf& names_of) {
  auto scenarios = read_scenarios(file, text, names_of, [](const std::string& path) -> std::string {
    throw InputError("no file " + path + " beside a single text");
  });
  if (scenarios.size() > 1)
    refuse({file, 1, 1},
           "its matrix makes " + std::to_string(scenarios.size()) + " scenarios; expected one");
  return std::move(scenarios.front());
}

}  // namespace coracle::sim
