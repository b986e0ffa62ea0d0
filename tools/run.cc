// coracle run FILE...: runs scenarios, each with its seeds, and says which held.
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "checker/report.h"
#include "sim/matrix.h"
#include "sim/read_scenario.h"
#include "tools/commands.h"
#include "tools/files.h"
#include "tools/interrupt.h"
#include "tools/model.h"
#include "tools/override.h"
#include "tools/recording.h"
#include "tools/run_summary.h"
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
  add("trace", options::value<std::string>()->value_name("FILE"),
      "write a single run: its actions (.trace), a page that draws it (.html), or .jsonl, .shiviz, "
      ".perfetto.json, .mmd (Mermaid)");
  add("history", options::value<std::string>()->value_name("FILE"),
      "write what the clients of a single run called and were told, for check-history");
  add("check-determinism", options::bool_switch(), "run each twice, and compare every event");
  add("check", options::bool_switch(), "run nothing, only say whether the files are valid");
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

// As many as the file's matrix makes, with what was typed in the place of what it says.
std::vector<sim::Scenario> read(const std::string& file, const options::variables_map& typed) {
  std::vector<sim::Setting> settings;
  if (typed.count("mutant") > 0)
    settings.push_back(sim::typed_setting("mutant", typed["mutant"].as<std::string>(),
                                          {.file = "--mutant", .line = 0, .column = 0}));
  if (typed.count("set") > 0)
    for (const auto& set : typed["set"].as<std::vector<std::string>>())
      settings.push_back(setting_of(set));
  auto scenarios = sim::read_scenarios(
      file, read_file(file), [](const std::string& name) { return model_named(name).names(); },
      read_file, settings);
  if (typed.count("seed") > 0 && typed.count("seeds") > 0)
    throw UsageError("--seed and --seeds: expected one of them");
  for (auto& scenario : scenarios) {
    if (typed.count("seed") > 0)
      scenario.first_seed = scenario.last_seed =
          whole_number("seed", typed["seed"].as<std::string>(), 0, ~std::uint64_t{0});
    if (typed.count("seeds") > 0)
      std::tie(scenario.first_seed, scenario.last_seed) =
          pair_of("seeds", "..", typed["seeds"].as<std::string>());
  }
  return scenarios;
}

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

void show_progress(std::size_t done, std::size_t all, bool on_terminal) {
  std::cerr << (on_terminal ? "\r\033[K" : "") << grouped(done) << " of " << grouped(all) << " runs"
            << (on_terminal ? "" : "\n") << std::flush;
}

Results run_all(const std::vector<Task>& tasks, std::size_t jobs, const RunSettings& settings,
                bool progress) {
  Results results;
  results.runs.resize(tasks.size());
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  std::vector<std::string> refusals(jobs);
  const auto work = [&](std::size_t job) {
    for (std::size_t i = next++; i < tasks.size() && !interrupted(); i = next++) {
      try {
        const Task& task = tasks[i];
        results.runs[i] =
            model_named(task.scenario->model).run(*task.scenario, task.seed, settings);
        results.runs[i]->report.scenario = sim::name_of(*task.scenario);
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

// --- Only looking.

// A line for each valid file, and each mistake, not only the first file's.
int check(const options::variables_map& typed, bool quiet) {
  boost::json::array files;
  bool all_valid = true;
  const auto refuse = [&](const std::string& file, const std::string& why) {
    all_valid = false;
    std::cerr << "coracle: " << why << "\n";
    files.push_back(boost::json::object{{"file", file}, {"valid", false}, {"error", why}});
  };
  const auto look = [&](const std::string& file) {
    const std::vector<sim::Scenario> scenarios = read(file, typed);
    const sim::Scenario& scenario = scenarios.front();
    for (const auto& one : scenarios) model_named(one.model).check(one);
    const bool one = scenario.first_seed == scenario.last_seed;
    const std::string first = std::to_string(scenario.first_seed);
    const std::string last = std::to_string(scenario.last_seed);
    if (!quiet)
      std::cout << file << ": valid, model " << scenario.model
                << (one ? ", seed " + first : ", seeds " + first + ".." + last)
                << (scenarios.size() > 1 ? ", " + grouped(scenarios.size()) + " combinations" : "")
                << "\n";
    files.push_back(boost::json::object{
        {"file", file},
        {"valid", true},
        {"model", scenario.model},
        {"seeds", boost::json::array{scenario.first_seed, scenario.last_seed}}});
  };
  for (const auto& operand : typed["operand"].as<std::vector<std::string>>()) {
    std::string file = operand;
    try {
      for (const auto& found : files_of({operand})) {
        file = found;
        try {
          look(file);
        } catch (const UsageError& error) {
          refuse(file, error.what());
        }
      }
    } catch (const UsageError& error) {
      refuse(operand, error.what());
    }
  }
  std::cout << std::flush;
  if (typed.count("json") > 0)
    write_json(typed["json"].as<std::string>(), boost::json::object{{"files", std::move(files)}});
  return all_valid ? 0 : 2;
}

// --- How to run it.

RunSettings settings_of(const options::variables_map& typed, std::size_t runs, bool to_stdout) {
  RunSettings settings;
  settings.stop = &interrupted();
  settings.twice = typed["check-determinism"].as<bool>();
  if (typed["log"].as<bool>()) settings.log = to_stdout ? &std::cerr : &std::cout;
  if (typed.count("trace") > 0) {
    settings.trace = typed["trace"].as<std::string>();
    check_recordable(*settings.trace, /*as_trace=*/true);
  }
  if (typed.count("history") > 0) {
    settings.history = typed["history"].as<std::string>();
    check_writable(*settings.history);
  }
  if ((settings.log != nullptr || settings.trace || settings.history) && runs != 1)
    throw UsageError("--log, --trace and --history are for a single run, not for " + grouped(runs) +
                     "; expected one file, a --set for each key of its matrix, and --seed N");
  if (typed.count("json") > 0 && !to_stdout) check_writable(typed["json"].as<std::string>());
  return settings;
}

std::size_t jobs_of(const options::variables_map& typed, std::size_t runs) {
  std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
  if (typed.count("jobs") > 0)
    jobs = whole_number("jobs", typed["jobs"].as<std::string>(), 1, 1024);
  return std::max<std::size_t>(1, std::min(jobs, runs));
}

// What led to how a task ended; it is run again for that.
std::string told_past(const Task& task, std::uint64_t events) {
  if (interrupted()) return "";
  RunSettings again;
  again.stop = &interrupted();
  again.past = events;
  return model_named(task.scenario->model).run(*task.scenario, task.seed, again).past;
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
  const bool to_stdout = values.count("json") > 0 && values["json"].as<std::string>() == "-";
  const bool quiet = values["quiet"].as<bool>() || to_stdout;
  if (values["check"].as<bool>()) return check(values, quiet);

  std::vector<sim::Scenario> scenarios;
  for (const auto& file : files_of(values["operand"].as<std::vector<std::string>>()))
    std::ranges::move(read(file, values), std::back_inserter(scenarios));
  const std::vector<Task> tasks = tasks_of(scenarios, values);
  const RunSettings settings = settings_of(values, tasks.size(), to_stdout);

  heed_interrupts();
  const bool progress =
      tasks.size() > 1 && (values["progress"].as<bool>() || (isatty(STDERR_FILENO) != 0 && !quiet));
  const Results results = run_all(tasks, jobs_of(values, tasks.size()), settings, progress);
  if (!results.refusal.empty()) throw UsageError(results.refusal);
  return deliver(tasks, results, values, quiet, told_past);
}

}  // namespace coracle::tools
