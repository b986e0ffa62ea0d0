// coracle replay FILE.trace: takes the actions of a trace again, checks that each can happen, and
// asks every property after each.
#include <boost/json.hpp>
#include <iostream>

#include "tools/commands.h"
#include "tools/files.h"
#include "tools/model.h"
#include "tools/replay_cluster.h"

namespace coracle::tools {

int deliver(const Replayed& replayed, const ReplaySettings& settings) {
  const int code = replayed.failure.empty() ? 0 : 1;
  if (!settings.quiet) {
    std::cout << replayed.file << ": " << replayed.replayed << " of " << replayed.actions
              << " actions of " << replayed.model << " replayed\n"
              << (code == 0 ? "Every action is possible, and the model's properties hold. (What a "
                              "scenario expects beside them is in no trace.)"
                            : replayed.failure)
              << "\n"
              << std::flush;
  }
  if (settings.json)
    write_json(*settings.json, {{"trace", replayed.file},
                                {"model", replayed.model},
                                {"actions", replayed.actions},
                                {"replayed", replayed.replayed},
                                {"verdict", code == 0 ? "holds" : "failed"},
                                {"failure", replayed.failure}});
  return code;
}

int replay(const std::vector<std::string>& typed) {
  options::options_description known("Options of replay");
  auto add = known.add_options();
  add("log", options::bool_switch(), "tell every action, of long traces too");
  add("trace", options::value<std::string>()->value_name("FILE"),
      "write a view of it: .html, .jsonl, .shiviz, .perfetto.json or .mmd");
  known.add(common_options());
  const auto values = parse(typed, known, "the trace");
  if (values.count("help") > 0) {
    std::cout << "Usage: coracle replay FILE.trace [options]\n\nReplays a trace of a run or a "
                 "counterexample, and checks it again.\n\nFor example: coracle replay "
                 "figure8.trace\n"
              << known;
    return 0;
  }
  if (values.count("operand") == 0)
    throw UsageError("replay what? For example: coracle replay figure8.trace");
  const auto files = values["operand"].as<std::vector<std::string>>();
  if (files.size() > 1) throw UsageError("replay: expected one trace, not also '" + files[1] + "'");
  ReplaySettings settings;
  if (values.count("json") > 0) settings.json = values["json"].as<std::string>();
  settings.quiet = values["quiet"].as<bool>() || settings.json == "-";
  settings.log = values["log"].as<bool>();
  if (values.count("trace") > 0) {
    settings.trace = values["trace"].as<std::string>();
    check_recordable(*settings.trace, /*as_trace=*/false);
  }
  const sim::TraceFile trace = sim::read_trace(files[0], read_file(files[0]));
  return model_in(files[0] + ":1", trace.header.model).replay(trace, settings);
}

}  // namespace coracle::tools
