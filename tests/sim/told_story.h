// A scenario about the protocol of tests/sim/post.h, told: what it noted, and what happened. Each
// action must be one that the world allows, so that the run can be replayed.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sim/read_scenario.h"
#include "sim/replay.h"
#include "sim/settle.h"
#include "sim/story.h"
#include "tests/sim/post.h"

namespace coracle::post {

struct Told {
  std::string failure;  // its first line
  Log notes;            // "5 ms: crash any: 2"
  Log log;
  Hash128 hash;
};

inline sim::Scenario scenario(const std::string& text) {
  const std::string head = "model = 'post'\n";
  return sim::read_scenario("a.toml", head + text, [](const std::string&) { return names(); });
}

inline Told told(const std::string& text, Cluster<Protocol> cluster, std::uint64_t seed = 1) {
  constexpr sim::Time ms = 1'000'000;
  const sim::Scenario read = scenario(text);
  const Judge<Protocol> judge(properties, {});
  const sim::Spoken<Protocol> words = spoken();
  sim::check_story(read, cluster.configs.size());
  sim::settle_in(cluster, read, judge.remembers());
  const Values<Protocol> values(cluster);
  World<Values<Protocol>> before = values.initial_world();
  sim::Story<Protocol> story(read, std::move(cluster), judge, seed, words);
  Told told;
  story.on_note = [&](sim::Time now, const std::string& what) {
    told.notes.push_back(std::to_string(now / ms) + " ms: " + what);
  };
  story.on_action = [&](sim::Time now, const Action<Values<Protocol>>& action,
                        const World<Values<Protocol>>& after) {
    const std::string what = post::told(action);
    if (const auto why = sim::impossible<Protocol>(values, before, action))
      ADD_FAILURE() << what << ": " << *why;
    before = after;
    if (!what.starts_with("write")) told.log.push_back(std::to_string(now / ms) + " ms: " + what);
  };
  const sim::RunReport report = story.run();
  told.failure = report.failure.substr(report.failure.rfind('\n') + 1);  // the sentence
  told.hash = report.hash;
  return told;
}

}  // namespace coracle::post
