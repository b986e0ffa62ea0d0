// coracle explore MODEL: enumerates every reachable state of a small system, breadth first.
#include <sys/resource.h>
#include <unistd.h>

#include <iostream>

#include "tools/commands.h"
#include "tools/explore_cluster.h"
#include "tools/files.h"
#include "tools/interrupt.h"
#include "tools/model.h"
#include "tools/units.h"

namespace coracle::tools {

namespace {

options::options_description explore_options() {
  options::options_description all("Options of explore");
  auto add = all.add_options();
  add("threads", options::value<std::string>()->value_name("N"),
      "1: this version explores on one thread");
  add("max-states", options::value<std::string>()->value_name("N"),
      "stop at the end of the level that reaches so many states");
  add("max-depth", options::value<std::string>()->value_name("N"), "stop at this depth");
  add("time-limit", options::value<std::string>()->value_name("T"),
      "stop after this time, such as '30 s'");
  add("property", options::value<std::vector<std::string>>()->value_name("NAME"),
      "ask only this (may be repeated; default: all)");
  add("keep-going", options::bool_switch(),
      "report every property's first violation, not only the first");
  add("from", options::value<std::string>()->value_name("TRACE"),
      "explore what follows the world that a trace reached; its options hold, but for those that "
      "are "
      "typed");
  add("at", options::value<std::string>()->value_name("N"),
      "after so many of its actions (default: all)");
  add("trace", options::value<std::string>()->value_name("FILE"),
      "write the counterexample, as a .trace or as a .toml scenario");
  add("graph", options::value<std::string>()->value_name("FILE.dot"),
      "draw the explored graph, if it is small");
  return all;
}

std::string usage() {
  std::string text = "Usage: coracle explore MODEL [options]\n\nModels:\n";
  for (const Model* model : models()) text += "  " + model->name() + ": " + model->what() + "\n";
  return text + "\nFor example: coracle explore traffic-light --crossings 2\n";
}

void show_progress(const checker::Progress& now, bool on_terminal) {
  static double shown = 0;
  if (now.seconds < shown + 1) return;
  const double since = now.seconds - shown;
  static std::uint64_t before = 0;
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(now.distinct - before) / since);
  shown = now.seconds;
  before = now.distinct;
  std::cerr << (on_terminal ? "\r\033[K" : "") << checker::grouped(now.distinct) << " states, "
            << checker::grouped(rate) << "/s, depth " << now.depth << ", queue "
            << checker::grouped(now.queue) << ", " << (now.bytes >> 20U) << " MiB"
            << (on_terminal ? "" : "\n") << std::flush;
}

std::optional<std::string> file_option(const options::variables_map& typed, const std::string& name,
                                       const std::vector<std::string>& endings) {
  if (typed.count(name) == 0) return {};
  const std::string file = typed[name].as<std::string>();
  std::string expected;
  for (const auto& ending : endings) expected += (expected.empty() ? "" : " or ") + ending;
  if (std::ranges::none_of(endings, [&](const auto& ending) { return file.ends_with(ending); }))
    throw UsageError("--" + name + " '" + file + "': expected a file name that ends in " +
                     expected);
  check_writable(file);
  return file;
}

std::optional<From> from_option(const options::variables_map& typed, const Model& model) {
  if (typed.count("from") == 0) {
    if (typed.count("at") > 0)
      throw UsageError("--at without --from: there is no trace of which to count the actions");
    return {};
  }
  const std::string file = typed["from"].as<std::string>();
  From from{sim::read_trace(file, read_file(file))};
  const std::string& told = from.trace.header.model;
  if (told != model.name())
    throw UsageError("--from " + file + ": a trace of " + told + ", not of " + model.name());
  const std::size_t actions = from.trace.lines.size();
  from.at = typed.count("at") == 0 ? actions
                                   : whole_number("at", typed["at"].as<std::string>(), 0, actions);
  return from;
}

ExploreSettings settings_of(const options::variables_map& typed, const Model& model) {
  constexpr std::uint64_t any = 1'000'000'000'000;
  ExploreSettings settings;
  const auto number = [&](const char* name, std::uint64_t most) -> std::optional<std::uint64_t> {
    if (typed.count(name) == 0) return {};
    return whole_number(name, typed[name].as<std::string>(), 1, most);
  };
  if (number("threads", 1024).value_or(1) != 1)
    throw UsageError("--threads: this version explores on one thread; expected 1");
  settings.limits.max_states = number("max-states", any);
  settings.limits.max_depth = number("max-depth", any);
  if (typed.count("time-limit") > 0)
    settings.limits.time_limit = duration("time-limit", typed["time-limit"].as<std::string>());
  settings.from = from_option(typed, model);
  settings.limits.keep_going = typed["keep-going"].as<bool>();
  settings.limits.interrupted = &interrupted();
  if (typed.count("property") > 0)
    settings.properties = typed["property"].as<std::vector<std::string>>();
  settings.trace = file_option(typed, "trace", {".trace", ".toml"});
  settings.graph = file_option(typed, "graph", {".dot"});
  if (typed.count("json") > 0) settings.json = typed["json"].as<std::string>();
  if (settings.json && *settings.json != "-") check_writable(*settings.json);
  settings.quiet = typed["quiet"].as<bool>() || settings.json == "-";
  const std::string color = typed["color"].as<std::string>();
  if (color != "auto" && color != "always" && color != "never")
    throw UsageError("--color '" + color + "': expected auto, always or never");
  settings.color = color == "always" || (color == "auto" && isatty(STDOUT_FILENO) != 0);
  const bool on_terminal = isatty(STDERR_FILENO) != 0;
  if (typed["progress"].as<bool>() || (on_terminal && !typed["quiet"].as<bool>()))
    settings.on_progress = [on_terminal](const checker::Progress& now) {
      show_progress(now, on_terminal);
    };
  return settings;
}

}  // namespace

std::size_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

int deliver(const checker::Report& report, const ExploreSettings& settings) {
  const int code = exit_code(report);
  if (settings.on_progress && isatty(STDERR_FILENO) != 0) std::cerr << "\r\033[K" << std::flush;
  if (!settings.quiet) {
    const char* const paint = code == 0 ? "\033[32m" : code == 1 ? "\033[31m" : "\033[33m";
    std::string text = summary(report);
    const auto last = text.rfind('\n', text.size() - 2) + 1;
    if (settings.color) text = text.substr(0, last) + paint + text.substr(last) + "\033[0m";
    std::cout << text << std::flush;
  }
  if (settings.json) write_json(*settings.json, to_json(report));
  return code;
}

int explore(const std::vector<std::string>& typed) {
  options::options_description known;
  known.add(explore_options()).add(common_options());
  if (typed.empty() || typed[0].starts_with("-")) {
    if (typed.empty() || typed[0] != "--help")
      throw UsageError(
          "explore what? The model's name comes first, as in: coracle explore traffic-light");
    std::cout << usage() << known;
    return 0;
  }
  const Model& model = model_named(typed[0]);
  options::options_description all;
  all.add(model.options()).add(explore_options()).add(common_options());
  const auto values = parse({typed.begin() + 1, typed.end()}, all);
  if (values.count("help") > 0) {
    std::cout << "Usage: coracle explore " << model.name()
              << " [options]\n\nFor example: coracle explore " << model.name()
              << " --max-states 100000 --json -\n"
              << all;
    return 0;
  }
  if (values.count("mutant") > 0 && values["mutant"].as<std::string>() == "list") {
    std::cout << model.mutants();
    return 0;
  }
  const ExploreSettings settings = settings_of(values, model);
  heed_interrupts();
  return model.explore(values, settings);
}

}  // namespace coracle::tools
