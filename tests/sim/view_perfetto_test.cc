// The trace for Perfetto, read back: slices nest, flows pair up and lie in slices.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/views.h"
#include "tests/sim/told_run.h"

namespace coracle::sim {
namespace {

// In nanoseconds; the format has microseconds.
struct Entry {
  std::string phase;
  std::string name;
  std::int64_t process = 0;
  std::int64_t thread = 0;
  std::int64_t at = 0;
  std::int64_t lasting = 0;
  std::uint64_t id = 0;
  std::int64_t value = 0;
  std::string scope{};
};

std::int64_t nanoseconds(const boost::json::value& microseconds) {
  return static_cast<std::int64_t>(microseconds.to_number<double>() * 1000 + 0.5);
}

std::vector<Entry> read(const std::string& text) {
  std::vector<Entry> all;
  const auto json = boost::json::parse(text).as_object();
  EXPECT_EQ(json.at("displayTimeUnit").as_string(), "ns");
  for (const auto& each : json.at("traceEvents").as_array()) {
    const auto& event = each.as_object();
    Entry entry{std::string(event.at("ph").as_string()), std::string(event.at("name").as_string())};
    entry.process = event.at("pid").as_int64();
    entry.thread = event.at("tid").as_int64();
    entry.at = nanoseconds(event.at("ts"));
    if (event.contains("dur")) entry.lasting = nanoseconds(event.at("dur"));
    if (event.contains("id")) entry.id = event.at("id").to_number<std::uint64_t>();
    if (event.contains("s")) entry.scope = event.at("s").as_string();
    if (entry.phase == "C")
      entry.value = event.at("args").as_object().at("value").to_number<std::int64_t>();
    EXPECT_TRUE(entry.phase != "f" || event.at("bp").as_string() == "e");
    all.push_back(entry);
  }
  return all;
}

ToldRun any_run() {
  return raft_run(*rc::gen::arbitrary<std::uint32_t>(),
                  *rc::gen::element(NetworkKind::unordered, NetworkKind::ordered));
}

RC_GTEST_PROP(Perfetto, FlowsPairUp, ()) {
  const ToldRun run = any_run();
  std::map<std::uint64_t, Entry> starts;
  std::vector<Entry> ends;
  for (const Entry& entry : read(written(perfetto_view, run))) {
    if (entry.phase == "s") RC_ASSERT(starts.emplace(entry.id, entry).second);
    if (entry.phase == "f") ends.push_back(entry);
  }
  std::size_t sent = 0;
  std::size_t fates = 0;
  for (const Happened& event : run.events) {
    sent += event.sent.size();
    fates += event.message.has_value() ? 1U : 0U;
  }
  RC_ASSERT(starts.size() == sent && ends.size() == fates);
  for (const Entry& end : ends) {
    const auto start = starts.find(end.id);
    RC_ASSERT(start != starts.end());
    RC_ASSERT(start->second.name == end.name && start->second.at <= end.at);
  }
}

// A flow belongs to the slice around it that was written last before it, of its own thread.
RC_GTEST_PROP(Perfetto, EachFlowLiesInTheSliceOfItsEvent, ()) {
  const ToldRun run = any_run();
  std::map<std::int64_t, Entry> slices;  // the last one of a thread
  for (const Entry& entry : read(written(perfetto_view, run))) {
    if (entry.phase == "X") slices[entry.thread] = entry;
    if (entry.phase != "s" && entry.phase != "f") continue;
    const auto slice = slices.find(entry.thread);
    RC_ASSERT(slice != slices.end());
    RC_ASSERT(slice->second.at == entry.at && slice->second.process == entry.process);
  }
}

RC_GTEST_PROP(Perfetto, SlicesOfAThreadDoNotOverlap, ()) {
  std::map<std::int64_t, std::int64_t> ends;
  std::size_t events = 0;
  const ToldRun run = any_run();
  for (const Entry& entry : read(written(perfetto_view, run))) {
    if (entry.phase != "X") continue;
    RC_ASSERT(entry.lasting >= 0);
    RC_ASSERT(entry.at >= ends[entry.thread]);
    ends[entry.thread] = entry.at + entry.lasting;
    events += entry.thread % 10 == 2 ? 1U : 0U;
  }
  RC_ASSERT(events == run.events.size());
}

// The roles of a node one after another, each until the next one.
RC_GTEST_PROP(Perfetto, RolesAreThoseOfTheWords, ()) {
  const ToldRun run = any_run();
  const auto name_of = [&](const Standing& standing) {
    return standing.up ? run.cast.roles[*standing.role] : std::string("down");
  };
  const auto entries = read(written(perfetto_view, run));
  for (std::size_t at = 0; at < run.cast.nodes.size(); ++at) {
    std::vector<std::pair<std::string, std::int64_t>> expected{{name_of(run.cast.start[at]), 0}};
    for (const Happened& event : run.events)
      if (position(event.node) == at && name_of(event.standing) != expected.back().first)
        expected.emplace_back(name_of(event.standing), event.at);
    std::vector<std::pair<std::string, std::int64_t>> slices;
    std::int64_t end = 0;
    for (const Entry& entry : entries) {
      if (entry.phase != "X" || entry.process != static_cast<std::int64_t>(at) + 1) continue;
      if (entry.thread % 10 != 1) continue;
      RC_ASSERT(entry.at == end);
      end = entry.at + entry.lasting;
      slices.emplace_back(entry.name, entry.at);
    }
    RC_ASSERT(slices == expected);
    RC_ASSERT(end == run.events.back().at);
  }
}

RC_GTEST_PROP(Perfetto, CountersAreTheNumbersOfTheWords, ()) {
  const ToldRun run = any_run();
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> counters;
  for (const Entry& entry : read(written(perfetto_view, run)))
    if (entry.phase == "C") counters[{entry.process, entry.name}] = entry.value;
  std::vector<Standing> standings = run.cast.start;
  for (const Happened& event : run.events) standings[position(event.node)] = event.standing;
  for (std::size_t at = 0; at < standings.size(); ++at)
    for (std::size_t i = 0; i < run.cast.numbers.size(); ++i)
      if (const auto& number = standings[at].numbers[i])
        RC_ASSERT(counters.at({static_cast<std::int64_t>(at) + 1, run.cast.numbers[i]}) == *number);
}

TEST(Perfetto, FaultsAndNotesAreInstants) {
  const ToldRun run = raft_run(3, NetworkKind::unordered);
  std::map<std::string, int> instants;
  for (const Entry& entry : read(written(perfetto_view, run, "partition 1 | 2 3", "Violated: x.")))
    if (entry.phase == "i") ++instants[entry.scope];
  EXPECT_EQ(instants["g"], 2);
  const auto is_fault = [](const Happened& e) { return e.verb == "crash" || e.verb == "restart"; };
  EXPECT_EQ(instants["p"], std::ranges::count_if(run.events, is_fault));
  EXPECT_GT(instants["p"], 0);
}

}  // namespace
}  // namespace coracle::sim
