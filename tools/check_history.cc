// coracle check-history FILE: is a recorded history of clients linearizable? If not, what in it
// cannot be, in words and as a picture.
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/linearizability.h"
#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/files.h"
#include "tools/history_words.h"
#include "tools/interrupt.h"
#include "tools/kv_events.h"
#include "tools/units.h"

namespace coracle::tools {

namespace {

using Judgements = std::map<std::string, sim::KeyJudgement>;

struct CheckSettings {
  std::string file;
  std::optional<std::string> initial{};
  FailedCas failed_cas{};
  std::size_t bytes = 0;
  std::optional<std::string> picture{};
  std::optional<std::string> json{};
  bool quiet = false;
};

struct Checked {
  KeyValueHistory history;
  Judgements judgements{};
  sim::Verdict verdict{};
  std::optional<Unexplained> why{};  // of the first key that is not linearizable
  double seconds = 0;
};

options::options_description check_options() {
  options::options_description all("Options of check-history");
  auto add = all.add_options();
  add("picture", options::value<std::string>()->value_name("FILE"),
      "draw what cannot be explained, as .svg or .html");
  add("initial", options::value<std::vector<std::string>>()->value_name("VALUE"),
      "what every key holds to begin with (default: it is missing)");
  add("strict-cas", options::bool_switch(),
      "a compare-and-set that failed found another value, as in etcd's logs (default: it did not "
      "happen)");
  add("memory", options::value<std::string>()->value_name("MIB")->default_value("1024"),
      "for the search in one key; beyond it the key is undecided");
  return all;
}

void print_help(const options::options_description& known) {
  std::cout
      << "Usage: coracle check-history FILE [options]\n\nJudges whether a history of calls to a "
         "key-value store is linearizable, key by key.\n\nIt reads JSON lines\n"
         "  {\"process\":1,\"type\":\"invoke\",\"f\":\"set\",\"key\":\"x\",\"value\":\"1\","
         "\"time\":0}\n  {\"process\":1,\"type\":\"ok\",\"f\":\"set\",\"key\":\"x\",\"value\":null,"
         "\"time\":90}\nof get, set, delete, increment, append and cas; Jepsen's EDN (:read, "
         ":write, :cas; also\nof independent keys); and the lines of jepsen.util in a log.\n\nExit "
         "codes: 0 linearizable, 1 not, 2 usage or input, 3 undecided.\n\nFor example: coracle "
         "check-history history.edn --picture why.svg\n"
      << known;
}

bool is_html(const std::string& file) { return file.ends_with(".html"); }

CheckSettings settings_of(const options::variables_map& values) {
  if (values.count("operand") == 0)
    throw UsageError("check-history of what? For example: coracle check-history history.edn");
  const auto files = values["operand"].as<std::vector<std::string>>();
  if (files.size() > 1)
    throw UsageError("check-history: expected one history, not also '" + files[1] + "'");
  CheckSettings settings{.file = files[0]};
  if (values.count("initial") > 0) {
    const auto initial = values["initial"].as<std::vector<std::string>>();
    if (initial.size() > 1) throw UsageError("--initial: expected once");
    settings.initial = initial[0];
  }
  if (values["strict-cas"].as<bool>()) settings.failed_cas = FailedCas::found_another;
  settings.bytes = whole_number("memory", values["memory"].as<std::string>(), 1, 1U << 20U) << 20U;
  if (values.count("json") > 0) settings.json = values["json"].as<std::string>();
  settings.quiet = values["quiet"].as<bool>() || settings.json == "-";
  if (values.count("picture") == 0) return settings;
  settings.picture = values["picture"].as<std::string>();
  if (!settings.picture->ends_with(".svg") && !is_html(*settings.picture))
    refuse_option("picture", *settings.picture, "a file that ends in .svg or .html");
  check_writable(*settings.picture);
  return settings;
}

// A core takes many searches; the first key's is found.
Checked checked(const CheckSettings& settings) {
  Checked all{.history =
                  read_history(settings.file, read_file(settings.file), settings.failed_cas)};
  const KeyValueMachine machine = machine_of(all.history, settings.initial);
  const std::function<bool()> stop = [] { return interrupted().load(); };
  sim::SearchLimits limits{.bytes = settings.bytes, .stop = &stop};
  const auto began = std::chrono::steady_clock::now();
  all.judgements = sim::judge(all.history, machine, limits);
  all.verdict = sim::verdict_of(all.judgements);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  all.seconds = took.count();
  const auto places = sim::by_key(all.history, machine);
  for (const auto& [key, judgement] : all.judgements) {
    if (judgement.verdict != sim::Verdict::not_linearizable) continue;
    limits.points = 1'000'000 + 2 * judgement.points;
    all.why = {.key = key,
               .places = places.at(key),
               .core = sim::core_of(all.history, places.at(key), machine, limits)};
    break;
  }
  return all;
}

std::vector<std::string> keys_with(const Checked& all, sim::Verdict verdict) {
  std::vector<std::string> keys;
  for (const auto& [key, judgement] : all.judgements)
    if (judgement.verdict == verdict) keys.push_back(key);
  return keys;
}

std::string listed(std::vector<std::string> keys) {
  constexpr std::size_t most = 10;
  const std::size_t more = keys.size() - std::min(keys.size(), most);
  keys.resize(keys.size() - more);
  std::string all;
  for (const auto& key : keys) all += (all.empty() ? "" : ", ") + sim::detail::shown(key);
  return more == 0 ? all : all + " and " + checker::grouped(more) + " more";
}

std::string seconds_text(double seconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f s", seconds);
  return text.data();
}

std::string headline(const CheckSettings& settings, const Checked& all) {
  const char* const verdict = all.verdict == sim::Verdict::linearizable       ? "linearizable"
                              : all.verdict == sim::Verdict::not_linearizable ? "NOT linearizable"
                                                                              : "undecided";
  return settings.file + ": " + detail::counted(all.history.operations.size(), "operation") +
         " of " + detail::counted(sim::count_of_processes(all.history), "client") + " on " +
         detail::counted(all.judgements.size(), "key") + ": " + verdict;
}

void tell(const CheckSettings& settings, const Checked& all) {
  std::cout << headline(settings, all) << " (" << seconds_text(all.seconds) << ")\n";
  if (all.why) std::cout << told(all.history, *all.why) << "\n";
  const auto broken = keys_with(all, sim::Verdict::not_linearizable);
  if (broken.size() > 1)
    std::cout << "Not linearizable are " << broken.size() << " keys: " << listed(broken) << ".\n";
  const auto undecided = keys_with(all, sim::Verdict::undecided);
  if (!undecided.empty())
    std::cout << (interrupted() ? "It was interrupted before this was"
                                : "The memory allowed (--memory) was used up before this was")
              << " known of " << detail::counted(undecided.size(), "key") << ": "
              << listed(undecided) << ".\n";
  std::cout << std::flush;
}

boost::json::object report(const CheckSettings& settings, const Checked& all) {
  boost::json::object json{
      {"history", settings.file},
      {"operations", all.history.operations.size()},
      {"clients", sim::count_of_processes(all.history)},
      {"keys", all.judgements.size()},
      {"verdict", all.verdict == sim::Verdict::linearizable       ? "linearizable"
                  : all.verdict == sim::Verdict::not_linearizable ? "not linearizable"
                                                                  : "undecided"},
      {"not_linearizable", sim::to_json(keys_with(all, sim::Verdict::not_linearizable))},
      {"undecided", sim::to_json(keys_with(all, sim::Verdict::undecided))},
      {"timed", all.history.timed},
      {"core", nullptr},
      {"seconds", all.seconds}};
  if (all.why) json["core"] = to_json(all.history, *all.why);
  return json;
}

}  // namespace

int check_history(const std::vector<std::string>& typed) {
  options::options_description known = check_options();
  known.add(common_options());
  const auto values = parse(typed, known, "the history");
  if (values.count("help") > 0) {
    print_help(known);
    return 0;
  }
  const CheckSettings settings = settings_of(values);
  heed_interrupts();
  const Checked all = checked(settings);
  if (!settings.quiet) tell(settings, all);
  if (settings.picture && all.why) {
    const sim::Lanes lanes = picture(all.history, *all.why, headline(settings, all));
    write_file(*settings.picture, is_html(*settings.picture) ? sim::html(lanes) : sim::svg(lanes));
  }
  if (settings.json) write_json(*settings.json, report(settings, all));
  return all.verdict == sim::Verdict::linearizable ? 0
         : all.verdict == sim::Verdict::undecided  ? 3
                                                   : 1;
}

}  // namespace coracle::tools
