// The judge of recorded histories: against the small exact one of model/linearizable.h, what it
// tells of what it refuses, and the command. It lives here for the store's machine, which no test
// of sim may know.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "model/linearizable.h"
#include "sim/linearizability.h"
#include "tests/tools/folder.h"
#include "tests/tools/process.h"
#include "tools/kv_events.h"

namespace coracle::tools {
namespace {

using Recorder = sim::Recorder<kv::Operation, kv::Result>;
using Small = CallHistory<kv::Operation, kv::Result>;

sim::Verdict verdict(const KeyValueHistory& history) {
  return sim::verdict_of(sim::judge(history, KeyValueMachine{}));
}

// ---- Any small history: calls of a few clients on one key, answered as a machine would that is
// asked at some time in between, or not quite so.

struct AnyHistory {
  KeyValueHistory recorded;
  Small small;
};

kv::Operation any_operation() {
  const std::string key = "x";
  const std::string value = *rc::gen::element<std::string>("1", "2", "a");
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      return kv::Set{.key = key, .value = value};
    case 1:
      return kv::Delete{key};
    case 2:
      return kv::Increment{.key = key, .by = *rc::gen::inRange(-1, 3)};
    case 3:
      return kv::Append{.key = key, .value = value};
    case 4:
      return kv::CompareAndSet{.key = key, .expected = "1", .value = value};
    default:
      return kv::Get{key};
  }
}

AnyHistory any_history() {
  constexpr std::uint32_t clients = 4;
  Recorder recorder;
  AnyHistory any;
  kv::Store store;
  std::map<std::uint32_t, kv::Operation> asked;
  std::map<std::uint32_t, kv::Result> done;
  std::map<std::uint32_t, ClientId> names;  // who gives up is another one afterwards
  std::uint32_t next = 0;
  const auto name = [&](std::uint32_t client) {
    if (!names.contains(client)) names[client] = ClientId{++next};
    return names[client];
  };
  const int events = *rc::gen::resize(100, rc::gen::inRange(0, 22));
  for (int event = 0; event < events; ++event) {
    const auto client = *rc::gen::inRange<std::uint32_t>(0, clients);
    if (!asked.contains(client)) {
      asked[client] = any_operation();
      recorder.invoke(client, asked[client], event);
      begin(any.small, name(client), asked[client]);
    } else if (!done.contains(client)) {
      kv::Store other;  // a wrong answer, now and then: of a store that is empty
      done[client] = kv::execute(*rc::gen::inRange(0, 6) == 0 ? other : store, asked[client]);
    } else if (*rc::gen::inRange(0, 6) == 0) {
      recorder.lose(client);
      names.erase(client);
      asked.erase(client);
      done.erase(client);
    } else {
      recorder.complete(client, done[client], event);
      end(any.small, name(client), done[client]);
      asked.erase(client);
      done.erase(client);
    }
  }
  any.recorded = recorder.history();
  return any;
}

RC_GTEST_PROP(HistoriesJudged, AsTheSmallExactJudgeDoes, ()) {
  const AnyHistory any = any_history();
  const bool holds = is_linearizable(any.small, kv::Store{}, kv::execute);
  RC_TAG(holds ? "linearizable" : "not");
  RC_ASSERT(verdict(any.recorded) ==
            (holds ? sim::Verdict::linearizable : sim::Verdict::not_linearizable));
}

// What is told as the core is itself not linearizable; without any one of its answers it is.
RC_GTEST_PROP(HistoriesJudged, TheCoreIsIllegalAndTheLeast, ()) {
  KeyValueHistory all;
  for (int tries = 0; tries < 200 && verdict(all) == sim::Verdict::linearizable; ++tries)
    all = any_history().recorded;
  RC_PRE(verdict(all) == sim::Verdict::not_linearizable);
  const auto places = sim::by_key(all, KeyValueMachine{}).at("x");
  const sim::IllegalCore core = sim::core_of(all, places, KeyValueMachine{}, {});
  RC_ASSERT(core.is_least);
  const auto weakened = [&](std::optional<std::size_t> but) {
    KeyValueHistory weak;
    for (std::size_t place = 0; place < all.operations.size(); ++place) {
      auto one = all.operations[place];
      const bool told = std::ranges::count(core.members, place) > 0 && but != place;
      const bool changes = KeyValueMachine::changes(one.operation, one.result);
      if (!told && one.result && !changes) continue;
      if (!told) one.completed.reset(), one.result.reset();
      weak.operations.push_back(one);
    }
    return verdict(weak);
  };
  RC_ASSERT(weakened({}) == sim::Verdict::not_linearizable);
  for (const std::size_t member : core.members)
    RC_ASSERT(weakened(member) == sim::Verdict::linearizable);
}

RC_GTEST_PROP(HistoriesJudged, WhatIsWrittenIsReadBack, ()) {
  const KeyValueHistory history = any_history().recorded;
  if (history.operations.empty()) return;
  std::ostringstream text;
  write_history(history, text);
  KeyValueHistory read = read_history("h.jsonl", text.str());
  RC_ASSERT(verdict(read) == verdict(history));
  RC_ASSERT(read.operations.size() == history.operations.size());
  for (std::size_t i = 0; i < read.operations.size(); ++i) {
    RC_ASSERT(read.operations[i].operation == history.operations[i].operation);
    RC_ASSERT(read.operations[i].result == history.operations[i].result);
  }
}

RC_GTEST_PROP(HistoriesJudged, AnyTextIsReadOrRefusedInOneLine, ()) {
  std::string text = *rc::gen::element<std::string>(
      "{:process 0, :type :invoke, :f :write, :value 3}\n", "",
      "{\"process\":1,\"type\":\"invoke\",\"f\":\"get\",\"key\":\"x\"}\n",
      "INFO  jepsen.util - 1\t:invoke\t:cas\t[1 4]\n");
  for (int changes = *rc::gen::inRange(0, 8); changes > 0; --changes) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    text.insert(at, 1,
                *rc::gen::oneOf(rc::gen::arbitrary<char>(),
                                rc::gen::elementOf(std::string("{}[]():\"\\,#;\t\n0-"))));
    if (*rc::gen::arbitrary<bool>()) text.erase(*rc::gen::inRange<std::size_t>(0, text.size()), 1);
  }
  try {
    read_history("h", text);
  } catch (const UsageError& error) {
    RC_ASSERT(std::string(error.what()).find('\n') == std::string::npos);
  }
}

// ---- The command.

class HistoryCommand : public Folder {
 protected:
  Ended check(const std::string& text, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"check-history", written("history", text)};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
};

// Jepsen's register: 1 was seen, and 0 again.
constexpr const char* stale = R"({:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 1, :type :ok, :f :read, :value 1}
{:process 2, :type :invoke, :f :read, :value nil}
{:process 2, :type :ok, :f :read, :value nil}
)";

TEST_F(HistoryCommand, TellsWhatNoOrderExplains) {
  const Ended ended = check(stale, {"--picture", in_folder("why.svg")});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_NE(ended.out.find("NOT linearizable"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("No order explains these 2 operations"), std::string::npos) << ended.out;
  std::ifstream picture(in_folder("why.svg"));
  std::string first;
  std::getline(picture, first);
  EXPECT_NE(first.find("<svg"), std::string::npos);
}

TEST_F(HistoryCommand, ReadsTheLogsOfJepsensEtcdRuns) {
  const std::string log =
      "INFO  jepsen.util - 0\t:invoke\t:write\t3\nINFO  jepsen.util - 0\t:ok\t:write\t3\n"
      "INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]\nINFO  jepsen.util - "
      "1\t:info\t:cas\t:timed-out\n"
      "INFO  jepsen.util - 2\t:invoke\t:read\tnil\nINFO  jepsen.util - 2\t:ok\t:read\t";
  EXPECT_EQ(check(log + "4\n").code, 0) << check(log + "4\n").err;
  EXPECT_EQ(check(log + "3\n").code, 0);
  EXPECT_EQ(check(log + "5\n").code, 1);
}

TEST_F(HistoryCommand, RefusesWhatIsNoHistory) {
  const Ended ended = check("{:process 0, :type :invoke, :f :wriet, :value 1}\n");
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.err.find("history:1"), std::string::npos) << ended.err;
}

// A run's history, written and judged again.
TEST_F(HistoryCommand, JudgesWhatARunWrites) {
  const std::string file = in_folder("run.jsonl");
  const std::string scenarios = CORACLE_SOURCE_DIR "/scenarios/raft-kv/";
  ASSERT_EQ(run({"run", scenarios + "drifting-lease.toml", "--seed", "1", "--history", file}).code,
            0);
  EXPECT_EQ(run({"check-history", file}).code, 1);
  ASSERT_EQ(run({"run", scenarios + "chaos.toml", "--seed", "1", "--history", file}).code, 0);
  EXPECT_EQ(run({"check-history", file}).code, 0);
}

}  // namespace
}  // namespace coracle::tools
