#include "tools/run_summary.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <map>

#include "checker/report.h"
#include "tools/files.h"

namespace coracle::tools {

namespace {

using checker::grouped;

std::string in_shell(const std::string& word) {
  if (word.find_first_of(" '\"$\\()&;|<>*?") == std::string::npos) return word;
  std::string quoted = "'";
  for (const char letter : word)
    quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

std::string again(const Task& task, const options::variables_map& typed) {
  std::string command = "coracle run " + in_shell(task.scenario->file);
  if (typed.count("mutant") > 0)
    command += " --mutant " + in_shell(typed["mutant"].as<std::string>());
  if (typed.count("set") > 0)
    for (const auto& set : typed["set"].as<std::vector<std::string>>())
      command += " --set " + in_shell(set);
  for (const auto& [key, value] : task.scenario->axes)
    command += " --set " + in_shell(key + "=" + value);
  return command + " --seed " + std::to_string(task.seed) + " --log";
}

// A run and how it was asked for.
struct Done {
  const Task* task = nullptr;
  const Ran* ran = nullptr;
};

// Its last line is the sentence.
std::string failure_text(const Done& done, const options::variables_map& typed,
                         const ToldPast& told_past) {
  const sim::RunReport& report = done.ran->report;
  std::string text = report.scenario + ": failed with seed " + std::to_string(report.seed) +
                     " at " + sim::time_text(report.simulated) + ", after " +
                     grouped(report.events) + " events\n";
  // What is not the same twice does not tell of itself a third time.
  if (done.ran->deterministic.value_or(true))
    if (const std::string past = told_past(*done.task, report.events); !past.empty())
      text += "  what led to it:\n" + past;
  return text + "  again: " + again(*done.task, typed) + "\n" + report.failure + "\n";
}

std::string verdict(const std::vector<Done>& runs, std::size_t failed) {
  const auto is_cut = [](const Done& done) { return done.ran->report.interrupted; };
  if (runs.size() == 1)
    return is_cut(runs.front()) ? " was interrupted" : failed == 0 ? " holds" : " failed";
  const auto cut = static_cast<std::size_t>(std::ranges::count_if(runs, is_cut));
  if (cut > 0)
    return ", " + grouped(cut) + " interrupted" +
           (failed == 0 ? "" : ", " + grouped(failed) + " failed");
  if (failed == 0) return " hold";
  return failed < runs.size() ? ", " + grouped(failed) + " failed" : " failed";
}

// Of one scenario's runs: a line, the failures, and which `sometimes` was shown by none.
std::string scenario_text(const std::vector<Done>& runs, const options::variables_map& typed,
                          const ToldPast& told_past) {
  std::size_t failed = 0;
  std::uint64_t events = 0;
  double simulated = 0;
  double wall = 0;
  std::map<std::string, bool> shown;
  for (const Done& done : runs) {
    const sim::RunReport* const run = &done.ran->report;
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
  const sim::RunReport& first = runs.front().ran->report;
  const auto is_same = [](const Done& done) { return done.ran->deterministic.value_or(false); };
  std::string text =
      first.scenario + ": " +
      (runs.size() == 1 ? "seed " + std::to_string(first.seed) : grouped(runs.size()) + " seeds") +
      verdict(runs, failed) + (std::ranges::all_of(runs, is_same) ? ", the same twice, " : ", ") +
      grouped(events) + " events, " + times + "\n";
  if (runs.size() == 1) text += "  hash " + hex(first.hash) + "\n";
  std::string missed;
  for (const auto& [name, seen] : shown)
    if (!seen) missed += (missed.empty() ? "" : ", ") + name;
  if (!missed.empty()) text += "  not shown: " + missed + "\n";
  constexpr std::size_t told_at_most = 3;
  std::size_t told = 0;
  for (const Done& done : runs)
    if (!done.ran->report.failure.empty() && told++ < told_at_most)
      text += failure_text(done, typed, told_past);
  return text;
}

boost::json::object json_of(const Ran& ran) {
  boost::json::object json = sim::to_json(ran.report);
  if (ran.deterministic) json["deterministic"] = *ran.deterministic;
  return json;
}

}  // namespace

int deliver(const std::vector<Task>& tasks, const Results& results,
            const options::variables_map& typed, bool quiet, const ToldPast& told_past) {
  std::map<std::string, std::vector<Done>> by_scenario;
  std::vector<std::string> order;
  boost::json::array runs;
  std::size_t done = 0;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (!results.runs[i]) continue;
    const Ran& ran = *results.runs[i];
    done += ran.report.interrupted ? 0U : 1U;
    failed += ran.report.failure.empty() ? 0U : 1U;
    auto& runs_of_it = by_scenario[ran.report.scenario];
    if (runs_of_it.empty()) order.push_back(ran.report.scenario);
    runs_of_it.push_back({&tasks[i], &ran});
    runs.push_back(json_of(ran));
  }
  const int code = failed > 0 ? 1 : done < tasks.size() ? 3 : 0;
  if (!quiet) {
    for (const auto& scenario : order)
      std::cout << scenario_text(by_scenario[scenario], typed, told_past);
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

}  // namespace coracle::tools
