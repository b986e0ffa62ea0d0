// The log for ShiViz, read back: its clocks are Lamport's happened-before, no more and no less.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "sim/views.h"
#include "tests/sim/told_run.h"

namespace coracle::sim {
namespace {

struct Logged {
  std::string host;
  std::map<std::string, std::uint64_t> clock;
  std::string event;
};

// With the expression of the first line, whose names std::regex does not know.
std::vector<Logged> read(const std::string& text) {
  const auto lines = lines_of(text);
  EXPECT_GE(lines.size(), 2U);
  EXPECT_EQ(lines[1], "");
  std::string form = std::regex_replace(lines[0], std::regex(R"(\(\?<\w+>)"), "(");
  form = std::regex_replace(form, std::regex(R"(\{\.\*\})"), R"(\{.*\})");
  const std::regex expression(form);
  std::vector<Logged> all;
  for (std::size_t i = 2; i + 1 < lines.size(); i += 2) {
    const std::string entry = lines[i] + "\n" + lines[i + 1];
    std::smatch match;
    if (!std::regex_match(entry, match, expression)) {
      ADD_FAILURE() << entry;
      continue;
    }
    Logged logged{match[1], {}, match[4]};
    const boost::json::object clock = boost::json::parse(match[2].str()).as_object();
    for (const auto& [host, time] : clock) logged.clock[host] = time.to_number<std::uint64_t>();
    all.push_back(logged);
  }
  return all;
}

// What was before what, by the definition: along each host, and from sending to receipt.
std::vector<std::vector<bool>> happened_before(const ToldRun& run) {
  const std::size_t count = run.events.size();
  std::vector<std::vector<bool>> before(count, std::vector<bool>(count, false));
  const auto host = [&](std::size_t i) {
    return run.events[i].at_node() ? position(run.events[i].node) : run.cast.nodes.size();
  };
  for (std::size_t i = 0; i < count; ++i) {
    const auto add = [&](std::size_t cause) {
      before[i][cause] = true;
      for (std::size_t j = 0; j < cause; ++j) before[i][j] = before[i][j] || before[cause][j];
    };
    for (std::size_t j = i; j-- > 0;)
      if (host(j) == host(i)) {
        add(j);
        break;
      }
    if (run.events[i].sent_by > 0) add(run.events[i].sent_by - 1);
  }
  return before;
}

RC_GTEST_PROP(ShiViz, ClocksAreWhatHappenedBefore, ()) {
  const ToldRun run = raft_run(*rc::gen::arbitrary<std::uint32_t>(),
                               *rc::gen::element(NetworkKind::unordered, NetworkKind::ordered));
  const auto logged = read(written(shiviz_view, run));
  RC_ASSERT(logged.size() == run.events.size());
  const auto before = happened_before(run);
  std::map<std::string, std::uint64_t> own;
  for (std::size_t i = 0; i < logged.size(); ++i) {
    RC_ASSERT(logged[i].clock.at(logged[i].host) == ++own[logged[i].host]);
    for (std::size_t j = 0; j < i; ++j) {
      const std::string& host = logged[j].host;
      const auto known = logged[i].clock.find(host);
      const bool knows =
          known != logged[i].clock.end() && known->second >= logged[j].clock.at(host);
      RC_ASSERT(knows == before[i][j]);
    }
  }
}

TEST(ShiViz, TellsNotesAndTheEndAtAHostOfTheirOwn) {
  const ToldRun run = raft_run(3, NetworkKind::unordered);
  const auto logged = read(written(shiviz_view, run, "crash leader: 1", "Violated: x."));
  ASSERT_EQ(logged.size(), run.events.size() + 2);
  EXPECT_EQ(logged.back().host, "scenario");
  EXPECT_EQ(logged.back().event, "Violated: x.");
  EXPECT_EQ(logged.back().clock, (std::map<std::string, std::uint64_t>{{"scenario", 2}}));
}

}  // namespace
}  // namespace coracle::sim
