// coracle run FILE...: runs scenarios, each with its seeds, and says which held.
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "checker/report.h"
#include "sim/read_scenario.h"
#include "tools/commands.h"
#include "tools/files.h"
#include "tools/interrupt.h"
#include "tools/model.h"
#include "tools/override.h"
#include "tools/run_cluster.h"
#include "tools/units.h"

namespace coracle::tools {

namespace {

using checker::grouped;

options::options_description run_options() {
  options::options_description all("Options of run");
  auto add = all.add_options();
  add("seed", options::value<std::string>()->value_name("N"), "only this one");
  add("seeds", options::value<std::string>()->value_name("A..B"), "instead of those in the file");
  add("jobs", options::value<std::string>()->value_name("N"),
      "runs at the same time (default: as many as there are cores)");
  add("shard", options::value<std::string>()->value_name("K/N"),
      "only the Kth of N parts of the runs");
  add("mutant", options::value<std::string>()->value_name("NAME"), "plant a bug");
  add("set", options::value<std::vector<std::string>>()->value_name("KEY=VALUE"),
      "change what the file says, such as raft.heartbeat='20 ms' (may be repeated)");
  add("log", options::bool_switch(), "tell a single run, a line an event");
  add("trace", options::value<std::string>()->value_name("FILE.trace"),
      "write the actions of a single run");
  return all;
}

// --- What to run.

std::vector<std::string> files_of(const std::vector<std::string>& operands) {
  std::vector<std::string> files;
  for (const auto& operand : operands) {
    if (!std::filesystem::exists(operand)) throw UsageError("there is no file " + operand);
    if (!std::filesystem::is_directory(operand)) {
      files.push_back(operand);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(operand))
      if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
    if (files.begin() + first == files.end())
      throw UsageError("there is no scenario (.toml) in " + operand);
    std::sort(files.begin() + first, files.end());
  }
  return files;
}

sim::Scenario read(const std::string& file, const options::variables_map& typed) {
  sim::Scenario scenario = sim::read_scenario(
      file, read_file(file), [](const std::string& name) { return model_named(name).names(); });
  const sim::Names names = model_named(scenario.model).names();
  if (typed.count("mutant") > 0) {
    scenario.mutant = typed["mutant"].as<std::string>();
    if (scenario.mutant != "none" &&
        std::ranges::find(names.mutants, scenario.mutant) == names.mutants.end())
      throw UsageError("--mutant '" + scenario.mutant + "' is not known of " + scenario.model +
                       near_match(scenario.mutant, names.mutants));
  }
  if (typed.count("set") > 0)
    for (const auto& set : typed["set"].as<std::vector<std::string>>())
      override_in(scenario, names, set);
  if (typed.count("seed") > 0)
    scenario.first_seed = scenario.last_seed =
        whole_number("seed", typed["seed"].as<std::string>(), 0, ~std::uint64_t{0});
  if (typed.count("seeds") > 0) {
    if (typed.count("seed") > 0) throw UsageError("--seed and --seeds: expected one of them");
    const auto seeds = pair_of("seeds", "..", typed["seeds"].as<std::string>());
    scenario.first_seed = seeds.first;
    scenario.last_seed = seeds.second;
  }
  return scenario;
}

struct Task {
  const sim::Scenario* scenario = nullptr;
  std::uint64_t seed = 0;
};

std::vector<Task> tasks_of(const std::vector<sim::Scenario>& scenarios,
                           const options::variables_map& typed) {
  std::pair<std::uint64_t, std::uint64_t> shard{1, 1};
  if (typed.count("shard") > 0) shard = pair_of("shard", "/", typed["shard"].as<std::string>());
  if (shard.first == 0) throw UsageError("--shard: parts count from 1");
  std::vector<Task> tasks;
  std::uint64_t number = 0;
  for (const auto& scenario : scenarios)
    for (std::uint64_t seed = scenario.first_seed;; ++seed) {
      if (number++ % shard.second == shard.first - 1) tasks.push_back({&scenario, seed});
      if (tasks.size() > 10'000'000) throw UsageError("more than 10,000,000 runs at once");
      if (seed == scenario.last_seed) break;
    }
  return tasks;
}

// --- Running.

struct Results {
  std::vector<std::optional<sim::RunReport>> reports;  // by task; none: not run
  std::string refusal;                                 // of what cannot be run at all
};

void show_progress(std::size_t done, std::size_t all, bool on_terminal) {
  std::cerr << (on_terminal ? "\r\033[K" : "") << grouped(done) << " of " << grouped(all) << " runs"
            << (on_terminal ? "" : "\n") << std::flush;
}

Results run_all(const std::vector<Task>& tasks, std::size_t jobs, const RunSettings& settings,
                bool progress) {
  Results results;
  results.reports.resize(tasks.size());
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  std::vector<std::string> refusals(jobs);
  const auto work = [&](std::size_t job) {
    for (std::size_t i = next++; i < tasks.size() && !interrupted(); i = next++) {
      try {
        const Task& task = tasks[i];
        results.reports[i] =
            model_named(task.scenario->model).run(*task.scenario, task.seed, settings);
      } catch (const UsageError& error) {
        refusals[job] = error.what();
        next = tasks.size();
      }
      ++done;
    }
  };
  std::vector<std::thread> others;
  for (std::size_t job = 1; job < jobs; ++job) others.emplace_back(work, job);
  if (progress) {
    const bool on_terminal = isatty(STDERR_FILENO) != 0;
    std::thread first(work, 0);
    others.push_back(std::move(first));
    auto shown = std::chrono::steady_clock::now();
    while (done < tasks.size() && next < tasks.size() && !interrupted()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (std::chrono::steady_clock::now() < shown + std::chrono::seconds(1)) continue;
      shown = std::chrono::steady_clock::now();
      show_progress(done, tasks.size(), on_terminal);
    }
    if (on_terminal) std::cerr << "\r\033[K" << std::flush;
  } else {
    work(0);
  }
  for (auto& other : others) other.join();
  for (const auto& refusal : refusals)
    if (!refusal.empty()) results.refusal = refusal;
  return results;
}

// --- What is said of it.

std::string in_shell(const std::string& word) {
  if (word.find_first_of(" '\"$\\()&;|<>*?") == std::string::npos) return word;
  std::string quoted = "'";
  for (const char letter : word)
    quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

std::string again(const sim::RunReport& report, const options::variables_map& typed) {
  std::string command = "coracle run " + in_shell(report.scenario);
  if (typed.count("mutant") > 0)
    command += " --mutant " + in_shell(typed["mutant"].as<std::string>());
  if (typed.count("set") > 0)
    for (const auto& set : typed["set"].as<std::vector<std::string>>())
      command += " --set " + in_shell(set);
  return command + " --seed " + std::to_string(report.seed) + " --log";
}

std::string failure_text(const sim::RunReport& report, const options::variables_map& typed) {
  return report.scenario + ": failed with seed " + std::to_string(report.seed) + " at " +
         sim::time_text(report.simulated) + ", after " + grouped(report.events) +
         " events\n  again: " + again(report, typed) + "\n" + report.failure + "\n";
}

std::string verdict(const std::vector<const sim::RunReport*>& runs, std::size_t failed) {
  if (runs.size() == 1)
    return runs.front()->interrupted ? " was interrupted" : failed == 0 ? " holds" : " failed";
  const auto cut = static_cast<std::size_t>(
      std::ranges::count_if(runs, [](const auto* run) { return run->interrupted; }));
  if (cut > 0)
    return ", " + grouped(cut) + " interrupted" +
           (failed == 0 ? "" : ", " + grouped(failed) + " failed");
  if (failed == 0) return " hold";
  return failed < runs.size() ? ", " + grouped(failed) + " failed" : " failed";
}

// Of one scenario's runs: a line, the failures, and which `sometimes` was shown by none.
std::string scenario_text(const std::vector<const sim::RunReport*>& runs,
                          const options::variables_map& typed) {
  std::size_t failed = 0;
  std::uint64_t events = 0;
  double simulated = 0;
  double wall = 0;
  std::map<std::string, bool> shown;
  for (const auto* run : runs) {
    failed += run->failure.empty() ? 0U : 1U;
    events += run->events;
    simulated += static_cast<double>(run->simulated) / 1e9;
    wall += run->wall_seconds;
    for (const auto& property : run->properties)
      if (property.expectation == Expectation::sometimes)
        shown[property.name] = shown[property.name] || property.verdict == "shown";
  }
  char times[80];
  std::snprintf(times, sizeof(times), "%.1f s simulated in %.2f s", simulated, wall);
  std::string text = runs.front()->scenario + ": " +
                     (runs.size() == 1 ? "seed " + std::to_string(runs.front()->seed)
                                       : grouped(runs.size()) + " seeds") +
                     verdict(runs, failed) + ", " + grouped(events) + " events, " + times + "\n";
  if (runs.size() == 1) text += "  hash " + hex(runs.front()->hash) + "\n";
  std::string missed;
  for (const auto& [name, seen] : shown)
    if (!seen) missed += (missed.empty() ? "" : ", ") + name;
  if (!missed.empty()) text += "  not shown: " + missed + "\n";
  constexpr std::size_t told_at_most = 3;
  std::size_t told = 0;
  for (const auto* run : runs)
    if (!run->failure.empty() && told++ < told_at_most) text += failure_text(*run, typed);
  return text;
}

int deliver(const std::vector<Task>& tasks, const Results& results,
            const options::variables_map& typed, bool quiet) {
  std::map<std::string, std::vector<const sim::RunReport*>> by_scenario;
  std::vector<std::string> order;
  boost::json::array runs;
  std::size_t done = 0;
  std::size_t failed = 0;
  for (const auto& report : results.reports) {
    if (!report) continue;
    done += report->interrupted ? 0U : 1U;
    failed += report->failure.empty() ? 0U : 1U;
    auto& runs_of_it = by_scenario[report->scenario];
    if (runs_of_it.empty()) order.push_back(report->scenario);
    runs_of_it.push_back(&*report);
    runs.push_back(sim::to_json(*report));
  }
  const int code = failed > 0 ? 1 : done < tasks.size() ? 3 : 0;
  if (!quiet) {
    for (const auto& scenario : order) std::cout << scenario_text(by_scenario[scenario], typed);
    if (done < tasks.size())
      std::cout << "Interrupted after " << grouped(done) << " of " << grouped(tasks.size())
                << " runs.\n";
    if (tasks.empty()) std::cout << "There is no run in this part.\n";
    if (done > 1)
      std::cout << (failed == 0 ? "Everything asked holds in " + grouped(done) + " runs.\n"
                                : grouped(failed) + " of " + grouped(done) + " runs failed.\n");
    std::cout << std::flush;
  }
  if (typed.count("json") > 0)
    write_json(typed["json"].as<std::string>(), boost::json::object{{"runs", std::move(runs)},
                                                                    {"done", done},
                                                                    {"planned", tasks.size()},
                                                                    {"failed", failed}});
  return code;
}

}  // namespace

int run(const std::vector<std::string>& typed) {
  options::options_description known = run_options();
  known.add(common_options());
  const auto values = parse(typed, known, "scenario files or folders");
  if (values.count("help") > 0) {
    std::cout << "Usage: coracle run FILE... [options]\n\nRuns scenario files, or folders of "
                 "them, in the simulator.\n\nFor example: coracle run "
                 "scenarios/raft/leader-crash.toml --seed 7 --log\n"
              << known;
    return 0;
  }
  if (values.count("operand") == 0)
    throw UsageError("run what? For example: coracle run scenarios/raft/leader-crash.toml");
  std::vector<sim::Scenario> scenarios;
  for (const auto& file : files_of(values["operand"].as<std::vector<std::string>>()))
    scenarios.push_back(read(file, values));
  const std::vector<Task> tasks = tasks_of(scenarios, values);

  RunSettings settings;
  settings.stop = &interrupted();
  const bool to_stdout = values.count("json") > 0 && values["json"].as<std::string>() == "-";
  const bool quiet = values["quiet"].as<bool>() || to_stdout;
  if (values["log"].as<bool>()) settings.log = to_stdout ? &std::cerr : &std::cout;
  if (values.count("trace") > 0) {
    settings.trace = values["trace"].as<std::string>();
    if (!settings.trace->ends_with(".trace"))
      throw UsageError("--trace '" + *settings.trace +
                       "': expected a file name that ends in .trace");
    check_writable(*settings.trace);
  }
  if ((settings.log != nullptr || settings.trace) && tasks.size() != 1)
    throw UsageError("--log and --trace are for a single run, not for " + grouped(tasks.size()) +
                     "; expected one file and --seed N");
  if (values.count("json") > 0 && !to_stdout) check_writable(values["json"].as<std::string>());
  std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
  if (values.count("jobs") > 0)
    jobs = whole_number("jobs", values["jobs"].as<std::string>(), 1, 1024);
  jobs = std::max<std::size_t>(1, std::min(jobs, tasks.size()));

  heed_interrupts();
  const bool progress =
      tasks.size() > 1 && (values["progress"].as<bool>() || (isatty(STDERR_FILENO) != 0 && !quiet));
  const Results results = run_all(tasks, jobs, settings, progress);
  if (!results.refusal.empty()) throw UsageError(results.refusal);
  return deliver(tasks, results, values, quiet);
}

}  // namespace coracle::tools
