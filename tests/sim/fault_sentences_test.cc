// The sentences of faults, each as the value that it means; every refusal, word by word; and that
// of any text at all one of the two comes out.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "sim/sentences.h"
#include "tests/sim/said.h"

namespace coracle::sim {
namespace {

const Names protocol = {.model = "raft",
                        .options = {},
                        .mutants = {},
                        .roles = {"leader", "follower"},
                        .conditions = {},
                        .requests = {{"propose", 1}},
                        .messages = {"RequestVote", "AppendEntries"},
                        .timers = {"election"},
                        .properties = {},
                        .has_disk = true};

std::string verb(const std::string& text) { return said(parse_verb(text, protocol)); }
std::string refused(const std::string& text) {
  return refusal_of([&] { parse_verb(text, protocol); });
}

const std::string nobody = "nobody is named; expected servers, such as 'leader' or '1 3'";
const std::string span =
    "; expected a duration or a range of them with its unit, such as '5 ms' or '1..5 ms'";
const std::string no_others =
    "'others' outside of a partition; expected servers or another selector";

// ---- links

TEST(FaultSentences, CutLinks) {
  EXPECT_EQ(verb("partition ring"), "PartitionRing");
  EXPECT_EQ(verb(" partition  bridge "), "PartitionBridge");
  EXPECT_EQ(verb("cut 1 | 2 3"), "Partition (1) (2 3)");
  EXPECT_EQ(verb("cut ring"), "PartitionRing");
  EXPECT_EQ(verb("cut any -> others"), "CutOneWay (Any) (Others)");
  EXPECT_EQ(verb("partition any | others"), "Partition (Any) (Others)");

  const std::string expected =
      "; expected groups, 'leader | others', or one way, 'leader -> others'";
  EXPECT_EQ(refused("partition ring 1"), "partition 'ring 1'" + expected);
  EXPECT_EQ(refused("partition rign"), "partition 'rign'" + expected);
  EXPECT_EQ(refused("cut"), "partition ''" + expected);
}

TEST(FaultSentences, ClogLinks) {
  EXPECT_EQ(verb("clog 1 | 2 3 | leader"), "ClogThem (1) (2 3) (Role leader)");
  EXPECT_EQ(verb("clog any -> others"), "ClogThem one way (Any) (Others)");
  EXPECT_EQ(verb("clog others->1"), "ClogThem one way (Others) (1)");

  const std::string expected =
      "; expected groups, 'leader | others', or one way, 'leader -> others'";
  EXPECT_EQ(refused("clog 1"), "clog '1'" + expected);
  EXPECT_EQ(refused("clog ring"), "clog 'ring'" + expected);
  EXPECT_EQ(refused("clog 1 -> 2 -> 3"), "clog '1 -> 2 -> 3'" + expected);
  EXPECT_EQ(refused("clog 1 -> 2 | 3"), "clog '1 -> 2 | 3'" + expected);
  EXPECT_EQ(refused("clog 1 |"), nobody);
  EXPECT_EQ(refused("clog others | others"), "'others' in two groups; expected it in one");
}

TEST(FaultSentences, Swizzle) {
  EXPECT_EQ(verb("swizzle all"), "Swizzle (All)");
  EXPECT_EQ(verb("swizzle a minority, 1"), "Swizzle (Minority 1)");
  EXPECT_EQ(refused("swizzle"), nobody);
  EXPECT_EQ(refused("swizzle others"), no_others);
}

TEST(FaultSentences, LoseAndRepeatWhatWillBeSent) {
  EXPECT_EQ(verb("drop messages"), "Disturb lose 1000000 [] () ()");
  EXPECT_EQ(verb("drop AppendEntries"), "Disturb lose 1000000 [AppendEntries] () ()");
  EXPECT_EQ(verb("drop 5 % of messages from 1"), "Disturb lose 50000 [] (1) ()");
  EXPECT_EQ(verb("drop 5% of messages to 1 2"), "Disturb lose 50000 [] () (1 2)");
  EXPECT_EQ(verb("drop 0.0001 % of RequestVote from leader to others"),
            "Disturb lose 1 [RequestVote] (Role leader) (Others)");
  EXPECT_EQ(verb("duplicate messages to any from one follower, 2"),
            "Disturb duplicate 1000000 [] (OneOf follower 2) (Any)");
  EXPECT_EQ(verb("duplicate 100 % of AppendEntries from others to 3"),
            "Disturb duplicate 1000000 [AppendEntries] (Others) (3)");
  EXPECT_EQ(verb("drop messages from 1 from 2"), "Disturb lose 1000000 [] (1 2) ()");
}

TEST(FaultSentences, LoseOneMessageWhereItsEndsAreNamed) {
  EXPECT_EQ(verb("drop RequestVote 1 -> 2"), "Exactly drop RequestVote 1 2 []");
  EXPECT_EQ(verb("duplicate RequestVote 1->2 {term: 1}"),
            "Exactly duplicate RequestVote 1 2 [{term: 1}]");
  EXPECT_EQ(refused("drop messages 1 -> 2"),
            "unknown message 'messages'; expected one of: RequestVote, AppendEntries");
}

TEST(FaultSentences, RefuseMessagesThatAreNone) {
  const std::string known = "; expected one of: RequestVote, AppendEntries, messages";
  EXPECT_EQ(refused("drop"), "no message" + known);
  EXPECT_EQ(refused("drop 1"), "'1'; expected such as '5 % of messages'");
  EXPECT_EQ(refused("drop everything"), "unknown message 'everything'" + known);
  EXPECT_EQ(refused("drop message"), "unknown message 'message'; did you mean messages?");
  EXPECT_EQ(refused("duplicate 5 % of AppendEntry"),
            "unknown message 'AppendEntry'; did you mean AppendEntries?");
  EXPECT_EQ(refused("drop 5 % of"), "no message" + known);
  const std::string share = "; expected such as '5 % of messages'";
  EXPECT_EQ(refused("drop 5 % messages"), "'5%'" + share);
  EXPECT_EQ(refused("drop 0 % of messages"), "'0%'" + share);
  EXPECT_EQ(refused("drop 101 % of messages"), "'101%'" + share);
  EXPECT_EQ(refused("drop 5 of messages"), "'5of'" + share);
  EXPECT_EQ(refused("drop 0.00001% of messages"), "'0.00001%'" + share);
}

TEST(FaultSentences, RefuseEndsOfMessagesThatAreNone) {
  EXPECT_EQ(refused("drop messages 1"),
            "'1' after 'messages'; expected 'from' and 'to', or two servers, '1 -> 2', for a "
            "single one");
  EXPECT_EQ(refused("drop AppendEntries at 1 from 2"),
            "'at' after 'AppendEntries'; expected 'from' and 'to', or two servers, '1 -> 2', for a "
            "single one");
  EXPECT_EQ(refused("drop messages from"), nobody);
  EXPECT_EQ(refused("drop messages from 1 to"), nobody);
  EXPECT_EQ(refused("drop messages from laeder"),
            "unknown selector 'laeder'; did you mean leader?");
  EXPECT_EQ(refused("drop messages to 0"), "server '0'; expected its number, from 1 to 255");
  const std::string one_side =
      "'others' than whom? Expected it on one side, and servers on the other one";
  EXPECT_EQ(refused("drop messages from others"), one_side);
  EXPECT_EQ(refused("drop messages from others to others"), one_side);
  EXPECT_EQ(refused("drop messages to others"), "'others' than whom? Expected servers with 'from'");
}

TEST(FaultSentences, DelayMessages) {
  EXPECT_EQ(verb("delay messages by 50 ms"), "Disturb delay 1000000 [] () () by 50 ms");
  EXPECT_EQ(verb("delay 50 % of AppendEntries from 1 to others by 50..100 ms"),
            "Disturb delay 500000 [AppendEntries] (1) (Others) by 50..100 ms");
  EXPECT_EQ(refused("delay messages"),
            "delay 'messages' without by; expected such as 'delay AppendEntries from 1 to 2 by "
            "50..100 ms'");
  EXPECT_EQ(refused("delay"),
            "delay '' without by; expected such as 'delay AppendEntries from 1 to 2 by 50..100 "
            "ms'");
  EXPECT_EQ(refused("delay messages by 50"), "by '50'" + span);
  EXPECT_EQ(refused("delay messages by 50..40 ms"), "by '50..40 ms'" + span);
  EXPECT_EQ(refused("delay messages by -5 ms"), "by '-5 ms'" + span);
  EXPECT_EQ(refused("delay message by 5 ms"), "unknown message 'message'; did you mean messages?");
}

// ---- nodes

TEST(FaultSentences, PauseResumeSlow) {
  EXPECT_EQ(verb("pause leader"), "PauseThem (Role leader)");
  EXPECT_EQ(verb("resume all"), "ResumeThem (All)");
  EXPECT_EQ(verb("slow any by 20 ms"), "SlowThem (Any) by 20 ms");
  EXPECT_EQ(verb("slow 1 2 by 20 ms..1 s"), "SlowThem (1 2) by 20..1000 ms");
  EXPECT_EQ(refused("pause"), nobody);
  EXPECT_EQ(refused("pause others"), no_others);
  EXPECT_EQ(refused("resume"), nobody);
  EXPECT_EQ(refused("resume everybody"),
            "unknown selector 'everybody'; expected one of: leader, follower, old leader, old "
            "follower, one leader, one follower, any, a minority, majority, others, all");
  EXPECT_EQ(refused("slow 1"), "slow '1' without by; expected such as 'slow 2 by 20..50 ms'");
  EXPECT_EQ(refused("slow 1 by"), "slow '1 by' without by; expected such as 'slow 2 by 20..50 ms'");
  EXPECT_EQ(refused("slow others by 5 ms"), no_others);
  EXPECT_EQ(refused("slow 1 by much"), "by 'much'" + span);
}

TEST(FaultSentences, SkewAClock) {
  EXPECT_EQ(verb("skew clock of 2 by 20 ms"), "SkewClock (2) by 20000000 ns");
  EXPECT_EQ(verb("skew clock of 2 by +20 ms"), "SkewClock (2) by 20000000 ns");
  EXPECT_EQ(verb("skew clock of any by -1.5 s"), "SkewClock (Any) by -1500000000 ns");
  EXPECT_EQ(verb("skew clock of 1 by -9223372036854775807 ns"),
            "SkewClock (1) by -9223372036854775807 ns");
  const std::string what = "skew what? Expected 'skew clock of 2 by ...'";
  EXPECT_EQ(refused("skew"), what);
  EXPECT_EQ(refused("skew 2 by 20 ms"), what);
  EXPECT_EQ(refused("skew clock 2 by 20 ms"), what);
  EXPECT_EQ(refused("skew clock of 2"),
            "skew '2' without by; expected such as 'skew clock of 2 by -20 ms'");
  const std::string duration =
      "; expected a duration with its unit, such as '10 ms', '3 s', '2 min' or '1 h', perhaps "
      "behind a '-'";
  for (const std::string amount : {"0 ms", "-0 ms", "--5 ms", "- 5 ms", "5", "1..5 ms", "5 %"})
    EXPECT_EQ(refused("skew clock of 2 by " + amount), "by '" + amount + "'" + duration);
  EXPECT_EQ(refused("skew clock of others by 5 ms"), no_others);
}

TEST(FaultSentences, DriftAClock) {
  EXPECT_EQ(verb("drift clock of 2 by 5 %"), "DriftClock (2) by 50000 ppm");
  EXPECT_EQ(verb("drift clock of all by -0.01 %"), "DriftClock (All) by -100 ppm");
  EXPECT_EQ(verb("drift clock of 1 by 0 %"), "DriftClock (1) by 0 ppm");
  EXPECT_EQ(verb("drift clock of 1 by +900%"), "DriftClock (1) by 9000000 ppm");
  EXPECT_EQ(verb("drift clock of 1 by -90 %"), "DriftClock (1) by -900000 ppm");
  EXPECT_EQ(refused("drift"), "drift what? Expected 'drift clock of 2 by ...'");
  EXPECT_EQ(refused("drift clock of 2"),
            "drift '2' without by; expected such as 'drift clock of 2 by -5 %'");
  for (const std::string amount : {"5", "-90.0001 %", "900.0001 %", "0.00001 %", "5 ms", "--5 %"})
    EXPECT_EQ(
        refused("drift clock of 2 by " + amount),
        "by '" + amount + "'; expected how much faster, from -90 % to 900 %, in steps of 0.0001 %");
}

TEST(FaultSentences, AreUndoneWhereTheyCanBe) {
  const auto undone = [](const std::string& text) {
    return can_be_undone(parse_verb(text, protocol));
  };
  for (const char* text :
       {"partition 1 | 2", "cut 1 -> 2", "partition ring", "partition bridge", "clog 1 | 2",
        "swizzle all", "drop messages", "duplicate messages", "delay messages by 5 ms", "crash 1",
        "pause 1", "slow 1 by 5 ms", "drift clock of 1 by 5 %"})
    EXPECT_TRUE(undone(text)) << text;
  for (const char* text : {"heal", "restart 1", "resume 1", "skew clock of 1 by 5 ms", "flush 1",
                           "propose x", "expire election 1", "drop RequestVote 1 -> 2"})
    EXPECT_FALSE(undone(text)) << text;
}

TEST(FaultSentences, TakeDownWhomTheyCrashOrPause) {
  const auto down = [](const std::string& text) {
    const Verb read = parse_verb(text, protocol);
    const Who* who = taken_down(read);
    return who == nullptr ? "nobody" : said(*who);
  };
  EXPECT_EQ(down("crash 1 2"), "(1 2)");
  EXPECT_EQ(down("pause any"), "(Any)");
  EXPECT_EQ(down("slow 1 by 5 ms"), "nobody");
  EXPECT_EQ(down("partition 1 | 2"), "nobody");
}

// ---- any text

RC_GTEST_PROP(FaultSentences, OfAnyWordsAreReadOrRefused, ()) {
  const auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
      rc::gen::elementOf(std::vector<std::string>{
          "partition", "cut",      "ring",     "bridge", "clog",  "swizzle", "drop",
          "duplicate", "delay",    "pause",    "resume", "slow",  "skew",    "drift",
          "clock",     "of",       "by",       "from",   "to",    "others",  "all",
          "any",       "leader",   "messages", "5",      "%",     "5 % of",  "1",
          "2",         "->",       "|",        "-5 %",   "-1 ms", "1..2 s",  "AppendEntries",
          "a",         "minority", "keeping",  "{",      "crash"}),
      rc::gen::string<std::string>()));
  std::string text;
  for (const std::string& word : words) text += word + " ";
  try {
    RC_ASSERT(!said(parse_verb(text, protocol)).empty());
  } catch (const InputError& error) {
    RC_ASSERT(!std::string(error.what()).empty());
  }
}

// What is read, is read again from its text.
RC_GTEST_PROP(FaultSentences, AreReadAgainFromTheirText, ()) {
  const auto one_of = [](const std::vector<std::string>& all) { return *rc::gen::elementOf(all); };
  const std::string who = one_of({"1", "2 3", "leader", "any", "one follower", "a minority"});
  const std::string text = one_of(
      {"pause " + who, "resume " + who, "swizzle " + who, "clog " + who + " | others",
       "cut others -> " + who, "slow " + who + " by 1..5 ms", "skew clock of " + who + " by -5 ms",
       "drift clock of " + who + " by 5 %", "drop 5 % of messages from " + who + " to others",
       "delay AppendEntries to " + who + " by 5 ms"});
  const Verb read = parse_verb("  " + text + "\n", protocol);
  RC_ASSERT(read.text == text);
  RC_ASSERT(said(parse_verb(read.text, protocol)) == said(read));
}

}  // namespace
}  // namespace coracle::sim
