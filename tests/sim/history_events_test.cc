// History files in each of their formats: what is read, what is refused and where, and that what
// was written is read again.
#include "sim/history_events.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "sim/linearizability.h"
#include "tests/sim/any_history.h"
#include "tools/kv_events.h"

namespace coracle::sim {
namespace {

using tools::FailedCas;
using tools::read_history;

// "1 get x: 2", or "1 get x ?" where nobody knows.
std::string told(const KeyValueHistory& history) {
  std::string all;
  for (const auto& recorded : history.operations) {
    if (!all.empty()) all += "; ";
    all += std::to_string(recorded.process) + " " + text(recorded.operation);
    all += recorded.result ? " " + text(*recorded.result) : " ?";
  }
  return all;
}
std::string read(std::string_view text, FailedCas failed_cas = FailedCas::did_not_happen) {
  return told(read_history("h", text, failed_cas));
}
std::string refusal(std::string_view text) {
  try {
    read_history("h", text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}
Verdict verdict(std::string_view text, FailedCas failed_cas = FailedCas::did_not_happen) {
  const KeyValueHistory history = read_history("h", text, failed_cas);
  return verdict_of(judge(history, tools::machine_of(history)));
}

// A line for each, of process 1: {"process":1,"type":...}
std::string lines(const std::vector<std::string>& events) {
  std::string all;
  for (const auto& event : events) all += "{\"process\":1," + event + "}\n";
  return all;
}
std::string invoke(const std::string& what) { return R"("type":"invoke",)" + what; }
std::string ok(const std::string& what) { return R"("type":"ok",)" + what; }

// ---- our own lines

TEST(JsonLines, SayEachOperationAndItsAnswer) {
  EXPECT_EQ(read(lines({invoke(R"("f":"set","key":"x","value":"1")"), ok(R"("value":null)")})),
            "1 Set{key: x, value: 1} Done");
  EXPECT_EQ(read(lines({invoke(R"("f":"get","key":"x")"), ok(R"("value":"1")")})),
            "1 Get{key: x} Found{value: 1}");
  EXPECT_EQ(read(lines({invoke(R"("f":"get","key":"x")"), ok(R"("value":null)")})),
            "1 Get{key: x} Found{value: none}");
  EXPECT_EQ(read(lines({invoke(R"("f":"delete","key":"x")"), ok(R"("value":true)")})),
            "1 Delete{key: x} Deleted{existed: yes}");
  EXPECT_EQ(read(lines({invoke(R"("f":"increment","key":"x","value":5)"), ok(R"("value":7)")})),
            "1 Increment{key: x, by: 5} Number{value: 7}");
  EXPECT_EQ(read(lines({invoke(R"("f":"increment","key":"x")"), ok(R"("error":"overflow")")})),
            "1 Increment{key: x, by: 1} Failed{why: overflow}");
  EXPECT_EQ(read(lines({invoke(R"("f":"append","key":"x","value":"ab")"), ok(R"("value":2)")})),
            "1 Append{key: x, value: ab} Number{value: 2}");
  const std::string cas = invoke(R"("f":"cas","key":"x","value":[null,"2"])");
  EXPECT_EQ(read(lines({cas, ok(R"("value":false)")})),
            "1 CompareAndSet{key: x, expected: none, value: 2} Compared{equal: no}");
  EXPECT_EQ(read(lines({cas, ok(R"("value":[null,"2"])")})),
            "1 CompareAndSet{key: x, expected: none, value: 2} Compared{equal: yes}");
}

TEST(JsonLines, WhatFailedDidNotHappenAndWhatIsUnknownStaysOpen) {
  const std::string set = invoke(R"("f":"set","key":"x","value":"1")");
  EXPECT_EQ(read(lines({set, R"("type":"fail")"})), "");
  EXPECT_EQ(read(lines({set, R"("type":"info")", set, ok(R"("f":"set")")})),
            "1 Set{key: x, value: 1} ?; 1 Set{key: x, value: 1} Done");
  EXPECT_EQ(read(lines({set})), "1 Set{key: x, value: 1} ?");
}

TEST(JsonLines, AFailedCompareAndSetMayBeOneThatFoundAnother) {
  const std::string text =
      lines({invoke(R"("f":"cas","key":"x","value":["1","2"])"), R"("type":"fail")"});
  EXPECT_EQ(read(text), "");
  EXPECT_EQ(read(text, FailedCas::found_another),
            "1 CompareAndSet{key: x, expected: 1, value: 2} Compared{equal: no}");
}

TEST(JsonLines, KeepPlacesAndTimes) {
  const auto history = read_history(
      "h", lines({invoke(R"("f":"get","key":"x","time":5)"), ok(R"("value":null,"time":9)")}));
  EXPECT_TRUE(history.timed);
  EXPECT_EQ(history.operations[0].invoked, (Moment{.place = 0, .time = 5}));
  EXPECT_EQ(history.operations[0].completed, (Moment{.place = 1, .time = 9}));
  const auto bare = read_history("h", "\n" + lines({invoke(R"("f":"get","key":"x")")}));
  EXPECT_FALSE(bare.timed);
  EXPECT_EQ(bare.operations[0].invoked.time, 2);  // the line
}

TEST(JsonLines, AreRefusedInOneLineThatSaysWhere) {
  const std::string get = invoke(R"("f":"get","key":"x")");
  EXPECT_EQ(refusal("{\"process\""), "h:1: not JSON: incomplete JSON");
  EXPECT_EQ(refusal(lines({R"("typ":"ok")"})), "h:1: unknown field 'typ'; did you mean type?");
  EXPECT_EQ(refusal(lines({R"("type":"invok")"})),
            "h:1: unknown type 'invok'; did you mean invoke?");
  EXPECT_EQ(refusal(R"({"type":"ok"})"), "h:1: missing field process");
  EXPECT_EQ(refusal(R"({"process":-1,"type":"ok"})"),
            "h:1: process: expected a number from 0 to 18446744073709551615, not -1");
  EXPECT_EQ(refusal(lines({invoke(R"("key":"x")")})), "h:1: missing field f");
  EXPECT_EQ(refusal(lines({invoke(R"("f":"gte")")})), "h:1: unknown f 'gte'; did you mean get?");
  EXPECT_EQ(refusal(lines({get, get})),
            "h:2: process 1 is invoked again before it was answered; expected ok, fail or info");
  EXPECT_EQ(refusal(lines({ok(R"("value":1)")})),
            "h:1: process 1 is answered, but has asked nothing; expected invoke");
  EXPECT_EQ(refusal(lines({get, ok(R"("f":"set")")})),
            "h:2: f set, but process 1 asked for another");
  EXPECT_EQ(refusal(lines({get, ok(R"("key":"y")")})), "h:2: key y, but process 1 asked of x");
  EXPECT_EQ(refusal(lines({invoke(R"("f":"set","key":"x")")})),
            "h:1: value: expected what is written, not nil");
  EXPECT_EQ(refusal(lines({invoke(R"("f":"cas","key":"x","value":1)")})),
            "h:1: value: expected [old, new], not 1");
  EXPECT_EQ(refusal(lines({get, ok(R"("error":"overflow")")})),
            "h:2: error: overflow is said of increments alone");
  EXPECT_EQ(refusal(lines({get + R"(,"time":5)", ok(R"("time":4)")})),
            "h:2: time 4 is earlier than that of the event before; expected events in the order in "
            "which they happened");
  EXPECT_EQ(refusal(lines({get + R"(,"time":5)", ok("\"value\":1")})),
            "h:2: missing time, which the events before have");
}

// ---- Jepsen's

TEST(Edn, IsReadAsMapsOrAsAVectorOfThem) {
  const std::string maps =
      "{:process 0, :type :invoke, :f :read, :value nil, :time 10, :index 0}\n"
      "{:process :nemesis, :type :info, :f :start, :value nil, :time 20}\n"
      "{:process 0, :type :ok, :f :read, :value 3, :time 30}\n";
  EXPECT_EQ(read(maps), "0 Get{key: } Found{value: 3}");
  EXPECT_EQ(read("[" + maps + "]"), "0 Get{key: } Found{value: 3}");
  EXPECT_EQ(read("; why\n(#jepsen.history.Op" + maps + ")"), "0 Get{key: } Found{value: 3}");
  EXPECT_TRUE(read_history("h", maps).timed);
}

TEST(Edn, SaysReadsWritesAndCompareAndSets) {
  EXPECT_EQ(read("{:process 0, :type :invoke, :f :write, :value 1}"
                 "{:process 1, :type :invoke, :f :cas, :value [1 2]}"
                 "{:process 0, :type :ok, :f :write, :value 1}"
                 "{:process 1, :type :ok, :f :cas, :value [1 2]}"
                 "{:process 2, :type :invoke, :f :cas, :value [1 2]}"
                 "{:process 2, :type :info, :f :cas, :value :timed-out}"),
            "0 Set{key: , value: 1} Done; "
            "1 CompareAndSet{key: , expected: 1, value: 2} Compared{equal: yes}; "
            "2 CompareAndSet{key: , expected: 1, value: 2} ?");
}

TEST(Edn, HasKeysOfItsOwnOrInItsValues) {
  EXPECT_EQ(read("{:process 0, :type :invoke, :f :append, :key \"7\", :value \"x 0 y\"}"
                 "{:process 0, :type :ok, :f :append, :key \"7\", :value \"x 0 y\"}"),
            "0 Append{key: 7, value: x 0 y} Done");
  EXPECT_EQ(read("{:process 0, :type :invoke, :f :read, :value [3 nil]}"
                 "{:process 1, :type :invoke, :f :cas, :value [4 [1 2]]}"
                 "{:process 0, :type :ok, :f :read, :value [3 1]}"
                 "{:process 1, :type :fail, :f :cas, :value [4 [1 2]]}"),
            "0 Get{key: 3} Found{value: 1}");
  EXPECT_EQ(read("{:process 1, :type :invoke, :f :cas, :value [1 2]}"),
            "1 CompareAndSet{key: , expected: 1, value: 2} ?");
}

TEST(Edn, IsRefusedWhereItIsNoHistory) {
  EXPECT_EQ(refusal("[1]"), "h:1: expected an event in { }, not 1");
  EXPECT_EQ(refusal("[{:type :ok}]"), "h:1: missing :process");
  EXPECT_EQ(refusal("[\n{:process 1, :f :read}]"), "h:2: missing :type");
  EXPECT_EQ(refusal("{:process 1, :type 2, :f :read}"), "h:1: :type: expected a keyword, not 2");
  EXPECT_EQ(refusal("{:process 1, :type :invoke, :f :txn}").substr(0, 22),
            "h:1: unknown f 'txn'; ");
  EXPECT_EQ(refusal("{:process 1, :type :invoke, :f :read, :value [1 nil]}\n"
                    "{:process 1, :type :ok, :f :read, :value 7}"),
            "h:2: expected a value of the form [key value], as in the other events, not 7");
  EXPECT_EQ(refusal("{:process 1, :type :invoke, :f :read, :value"), "h:1: expected '}'");
}

// ---- logs

constexpr const char* log_of_a_register =
    "INFO  jepsen.core - Worker 0 starting\n"
    "INFO  jepsen.util - 0\t:invoke\t:write\t1\n"
    "INFO  jepsen.util - 1\t:invoke\t:cas\t[1 2]\n"
    "INFO  jepsen.util - 0\t:ok\t:write\t1\n"
    "INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n"
    "INFO  jepsen.util - 1\t:info\t:cas\t:timed-out\n"
    "INFO  jepsen.util - 2 :invoke :read   nil\r\n"
    "INFO  jepsen.util - 2 :ok     :read   2\n";

TEST(Log, IsReadFromTheLinesOfJepsenUtil) {
  EXPECT_EQ(read(log_of_a_register),
            "0 Set{key: , value: 1} Done; 1 CompareAndSet{key: , expected: 1, value: 2} ?; "
            "2 Get{key: } Found{value: 2}");
  EXPECT_EQ(verdict(log_of_a_register), Verdict::linearizable);
  EXPECT_EQ(read("0\t:invoke\t:read\tnil\n0\t:fail\t:read\t:timed-out\n"), "");
}

// The same lines as in published logs of etcd, few of them: whether a compare-and-set that failed
// found another value decides.
TEST(Log, MayDependOnWhatFailedMeans) {
  const std::string text =
      "INFO  jepsen.util - 0\t:invoke\t:write\t1\n"
      "INFO  jepsen.util - 0\t:ok\t:write\t1\n"
      "INFO  jepsen.util - 1\t:invoke\t:cas\t[1 2]\n"
      "INFO  jepsen.util - 1\t:fail\t:cas\t[1 2]\n";
  EXPECT_EQ(verdict(text), Verdict::linearizable);
  EXPECT_EQ(verdict(text, FailedCas::found_another), Verdict::not_linearizable);
}

TEST(Log, IsRefusedWhereALineIsNotWhole) {
  EXPECT_EQ(refusal("INFO  jepsen.util - 0\t:invoke\t:read\n"),
            "h:1: expected a value behind :read");
  EXPECT_EQ(refusal("INFO  jepsen.util - 0\t:invoke\tread\n"),
            "h:1: expected a keyword such as :read, not 'read'");
  EXPECT_EQ(refusal("INFO  jepsen.util - 0\t:done\t:read\t1\n").substr(0, 26),
            "h:1: unknown type 'done'; ");
  EXPECT_EQ(refusal("some words\n").substr(0, 35), "h:1: there is no event in it; expec");
  EXPECT_EQ(refusal(""), refusal("some words\n"));
}

// ---- there and back, and whatever was done to the text on the way

std::string written_lines(const KeyValueHistory& history) {
  std::ostringstream out;
  tools::write_history(history, out);
  return out.str();
}

KeyValueHistory with_times(KeyValueHistory history) {
  for (auto& recorded : history.operations) {
    recorded.invoked.time = 10 * static_cast<Time>(recorded.invoked.place);
    if (recorded.completed)
      recorded.completed->time = 10 * static_cast<Time>(recorded.completed->place);
  }
  return history;
}

RC_GTEST_PROP(JsonLines, AreReadAsTheyWereWritten, ()) {
  for (int times = 0; times < 10; ++times) {
    const KeyValueHistory history = with_times(any_history());
    if (history.operations.empty()) continue;
    RC_ASSERT(read_history("h", written_lines(history)) == history);
  }
}

RC_GTEST_PROP(JsonLines, KeepKeysAndValuesOfAnyBytes,
              (const std::string& key, const std::string& value)) {
  Recorder<kv::Operation, kv::Result> recorder;
  recorder.invoke(3, kv::Set{key, value}, 0);
  recorder.complete(3, kv::Done{}, 1);
  RC_ASSERT(read_history("h", written_lines(recorder.history())) == recorder.history());
}

std::string edited(std::string text) {
  static const std::vector<std::string> words{"{", "}", "[", "]", "\"",   ":ok", "null", "\n",
                                              "1", " ", ";", "#", "\xff", ":",   "\t",   "-"};
  for (std::size_t left = 1 + any_below(4); left > 0; --left) {
    const std::size_t at = any_below(text.size() + 1);
    if (any_of(3))
      text.erase(at, any_below(20));
    else if (any_of(2) && at < text.size())
      text[at] = static_cast<char>(any_below(256));
    else
      text.insert(at, words[any_below(words.size())]);
  }
  return text;
}

bool is_one_line(const std::string& what) {
  return what == "none" || (what.starts_with("h:") && what.find('\n') == std::string::npos);
}

RC_GTEST_PROP(HistoryFile, IsReadOrRefusedWhateverWasDoneToIt, ()) {
  const std::string edn =
      "[{:process 0, :type :invoke, :f :cas, :value [3 [1 2]]}\n"
      " {:process 0, :type :ok, :f :cas, :value [3 [1 2]]}]\n";
  for (int times = 0; times < 10; ++times) {
    RC_ASSERT(is_one_line(refusal(edited(written_lines(any_history())))));
    RC_ASSERT(is_one_line(refusal(edited(edn))));
    RC_ASSERT(is_one_line(refusal(edited(log_of_a_register))));
  }
}

RC_GTEST_PROP(HistoryFile, IsReadOrRefusedWhateverItsBytesAre, (const std::string& text)) {
  RC_ASSERT(is_one_line(refusal(text)));
  RC_ASSERT(is_one_line(refusal("{" + text)));
  RC_ASSERT(is_one_line(refusal("[" + text)));
}

}  // namespace
}  // namespace coracle::sim
