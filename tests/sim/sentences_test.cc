// Every sentence that is read, as the value that it means; and every refusal, word by word. Those
// of faults are in fault_sentences_test.cc.
#include "sim/sentences.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "model/protocol.h"
#include "tests/sim/said.h"

namespace coracle::sim {
namespace {

const Names raft = {
    .model = "raft",
    .options = {"servers"},
    .mutants = {"none"},
    .roles = {"leader", "candidate", "follower"},
    .conditions = {"a leader is elected", "two leaders in one term", "2 of 3 agree"},
    .requests = {{"propose", true}, {"compact", false}},
    .messages = {"RequestVote", "AppendEntries"},
    .timers = {"election", "heartbeat"},
    .properties = {},
    .has_disk = true};

const Names nothing = {.model = "nothing",
                       .options = {},
                       .mutants = {},
                       .roles = {},
                       .conditions = {},
                       .requests = {},
                       .messages = {},
                       .timers = {},
                       .properties = {}};

std::string verb(const std::string& text) { return said(parse_verb(text, raft)); }

std::string refused(const std::string& text, const Names& names = raft) {
  return refusal_of([&] { parse_verb(text, names); });
}

// ---- who

TEST(Sentences, NameServers) {
  EXPECT_EQ(verb("crash 1"), "CrashThem (1)");
  EXPECT_EQ(verb("crash 255"), "CrashThem (255)");
  EXPECT_EQ(verb("crash 1 3"), "CrashThem (1 3)");
  EXPECT_EQ(verb("crash 1,3, 5 , 7"), "CrashThem (1 3 5 7)");
  EXPECT_EQ(verb("crash leader"), "CrashThem (Role leader)");
  EXPECT_EQ(verb("crash the leader"), "CrashThem (Role leader)");
  EXPECT_EQ(verb("crash old leader"), "CrashThem (OldRole leader)");
  EXPECT_EQ(verb("crash one follower"), "CrashThem (OneOf follower)");
  EXPECT_EQ(verb("crash a minority"), "CrashThem (Minority)");
  EXPECT_EQ(verb("crash majority"), "CrashThem (Majority)");
  EXPECT_EQ(verb("crash a majority"), "CrashThem (Majority)");
  EXPECT_EQ(verb("crash all"), "CrashThem (All)");
  EXPECT_EQ(verb("crash any"), "CrashThem (Any)");
  EXPECT_EQ(verb("crash leader, one follower 4"), "CrashThem (Role leader OneOf follower 4)");
}

TEST(Sentences, RefuseToGuessWhoIsMeant) {
  EXPECT_EQ(refused("crash laeder"), "unknown selector 'laeder'; did you mean leader?");
  EXPECT_EQ(refused("crash everything there is"),
            "unknown selector 'everything'; expected one of: leader, candidate, follower, old "
            "leader, old candidate, old follower, one leader, one candidate, one follower, any, a "
            "minority, majority, others, all");
  EXPECT_EQ(refused("crash a minorty"), "unknown selector 'a minorty'; did you mean a minority?");
  EXPECT_EQ(refused("crash old laeder"), "unknown role 'laeder'; did you mean leader?");
  EXPECT_EQ(refused("crash one folower"), "unknown role 'folower'; did you mean follower?");
  EXPECT_EQ(refused("crash the leadr"), "unknown role 'leadr'; did you mean leader?");
  EXPECT_EQ(refused("crash old"), "no role; expected one of: leader, candidate, follower");
  EXPECT_EQ(refused("crash old boss", nothing), "unknown role 'boss'; the model has none");
  EXPECT_EQ(refused("crash"), "nobody is named; expected servers, such as 'leader' or '1 3'");
  EXPECT_EQ(refused("crash ,"), "nobody is named; expected servers, such as 'leader' or '1 3'");
  EXPECT_EQ(refused("crash 0"), "server '0'; expected its number, from 1 to 255");
  EXPECT_EQ(refused("crash 256"), "server '256'; expected its number, from 1 to 255");
  EXPECT_EQ(refused("crash 1st"), "server '1st'; expected its number, from 1 to 255");
  EXPECT_EQ(refused("crash others"),
            "'others' outside of a partition; expected servers or another selector");
  EXPECT_EQ(refused("compact at others"),
            "'others' outside of a partition; expected servers or another selector");
}

// ---- verbs

TEST(Sentences, FlushAndKeep) {
  EXPECT_EQ(verb("flush 2"), "FlushThem (2)");
  EXPECT_EQ(verb("flush leader 3"), "FlushThem (Role leader 3)");
  EXPECT_EQ(verb("crash 2 keeping 1"), "CrashThem (2) keeping 1");
  EXPECT_EQ(verb("crash one follower  keeping  0"), "CrashThem (OneOf follower) keeping 0");
  EXPECT_EQ(refused("flush"), "nobody is named; expected servers, such as 'leader' or '1 3'");
  EXPECT_EQ(refused("flush 1", nothing), "'flush', but a node of nothing has no disk");
  EXPECT_EQ(refused("crash 1 keeping 1", nothing), "'keeping', but a node of nothing has no disk");
  for (const char* number : {"all", "-1", "1 2", "9999999999"})
    EXPECT_EQ(refused(std::string("crash 2 keeping ") + number),
              "keeping '" + std::string(number) +
                  "'; expected how many of its unflushed writes, such as 'crash 1 keeping 2'");
  EXPECT_EQ(refused("crash 2 keeping"),
            "unknown selector 'keeping'; expected one of: leader, "
            "candidate, follower, old leader, old candidate, old "
            "follower, one leader, one candidate, one follower, any, a "
            "minority, majority, others, all");
}

TEST(Sentences, Partition) {
  EXPECT_EQ(verb("partition leader | others"), "Partition (Role leader) (Others)");
  EXPECT_EQ(verb("partition 1 2|3 4|5"), "Partition (1 2) (3 4) (5)");
  EXPECT_EQ(verb("partition a minority, leader | others"),
            "Partition (Minority Role leader) (Others)");
  EXPECT_EQ(verb("partition 1 -> 2 3"), "CutOneWay (1) (2 3)");
  EXPECT_EQ(verb("partition others->leader"), "CutOneWay (Others) (Role leader)");
  EXPECT_EQ(verb(" \n partition\tleader |\n others\n"), "Partition (Role leader) (Others)");
}

TEST(Sentences, RefuseAPartitionWithoutTwoGroups) {
  const std::string expected =
      "; expected groups, 'leader | others', or one way, 'leader -> others'";
  EXPECT_EQ(refused("partition leader"), "partition 'leader'" + expected);
  EXPECT_EQ(refused("partition"), "partition ''" + expected);
  EXPECT_EQ(refused("partition 1 -> 2 -> 3"), "partition '1 -> 2 -> 3'" + expected);
  EXPECT_EQ(refused("partition 1 -> 2 | 3"), "partition '1 -> 2 | 3'" + expected);
  EXPECT_EQ(refused("partition leader |"),
            "nobody is named; expected servers, such as 'leader' or '1 3'");
  EXPECT_EQ(refused("partition 1 || 2"),
            "nobody is named; expected servers, such as 'leader' or '1 3'");
  EXPECT_EQ(refused("partition others | others"), "'others' in two groups; expected it in one");
  EXPECT_EQ(refused("partition others -> 1 others"), "'others' in two groups; expected it in one");
}

TEST(Sentences, HealCrashRestartExpire) {
  EXPECT_EQ(verb("heal"), "Heal");
  EXPECT_EQ(verb("restart 1, 2"), "RestartThem (1 2)");
  EXPECT_EQ(verb("expire election 1"), "ExpireTimer election (1)");
  EXPECT_EQ(verb("expire heartbeat the leader"), "ExpireTimer heartbeat (Role leader)");

  EXPECT_EQ(refused("heal 1"), "'1' after 'heal'; expected nothing more, for it heals every link");
  EXPECT_EQ(refused("restart"), "nobody is named; expected servers, such as 'leader' or '1 3'");
  EXPECT_EQ(refused("expire elektion 1"), "unknown timer 'elektion'; did you mean election?");
  EXPECT_EQ(refused("expire"), "no timer; expected one of: election, heartbeat");
  EXPECT_EQ(refused("expire election"),
            "nobody is named; expected servers, such as 'leader' or '1 3'");
  EXPECT_EQ(refused("expire election 1", nothing), "unknown timer 'election'; the model has none");
}

TEST(Sentences, NameOneMessageExactly) {
  EXPECT_EQ(verb("deliver RequestVote 2 -> 1"), "Exactly deliver RequestVote 2 1 []");
  EXPECT_EQ(verb("drop AppendEntries 1->2"), "Exactly drop AppendEntries 1 2 []");
  EXPECT_EQ(verb("duplicate RequestVote 2 -> 1 {term: 1,  x: {y: [1 -> 2]}} "),
            "Exactly duplicate RequestVote 2 1 [{term: 1,  x: {y: [1 -> 2]}}]");
  EXPECT_EQ(verb("deliver RequestVote 2 -> 1{}"), "Exactly deliver RequestVote 2 1 [{}]");

  EXPECT_EQ(refused("deliver"), "no message; expected one of: RequestVote, AppendEntries");
  EXPECT_EQ(refused("deliver RequestVotes 2 -> 1"),
            "unknown message 'RequestVotes'; did you mean RequestVote?");
  EXPECT_EQ(refused("deliver RequestVote 2 1"),
            "'2 1' after 'RequestVote'; expected two servers, '1 -> 2'");
  EXPECT_EQ(refused("deliver RequestVote"),
            "'' after 'RequestVote'; expected two servers, '1 -> 2'");
  EXPECT_EQ(refused("drop RequestVote 1 -> 2 -> 3"),
            "'1 -> 2 -> 3' after 'RequestVote'; expected two servers, '1 -> 2'");
  EXPECT_EQ(refused("drop RequestVote leader -> 2"),
            "server 'leader'; expected its number, from 1 to 255");
  EXPECT_EQ(refused("drop RequestVote 1 ->"), "server ''; expected its number, from 1 to 255");
  EXPECT_EQ(refused("drop RequestVote 1 -> 2 {term: 1"),
            "'{term: 1' does not end; expected a '}' behind it");
}

TEST(Sentences, AskWhatTheProtocolIsAsked) {
  EXPECT_EQ(verb("propose x"), "Ask propose [x] ()");
  EXPECT_EQ(verb("propose x at 2"), "Ask propose [x] (2)");
  EXPECT_EQ(verb("propose 7 at old leader"), "Ask propose [7] (OldRole leader)");
  EXPECT_EQ(verb("compact"), "Ask compact [] ()");
  EXPECT_EQ(verb("compact at all"), "Ask compact [] (All)");

  const std::string argument = "'propose' without its argument; expected one, 'propose x'";
  EXPECT_EQ(refused("propose"), argument);
  EXPECT_EQ(refused("propose at 2"), argument);
  const std::string end = "; expected nothing more, or 'at' and a server";
  EXPECT_EQ(refused("propose x y"), "'y' after 'propose x'" + end);
  EXPECT_EQ(refused("compact x"), "'x' after 'compact'" + end);
  EXPECT_EQ(refused("compact at"), "nobody is named; expected servers, such as 'leader' or '1 3'");
}

TEST(Sentences, RefuseAnUnknownVerb) {
  EXPECT_EQ(refused("partitoin leader | others"),
            "unknown verb 'partitoin'; did you mean partition?");
  EXPECT_EQ(refused("propse x"), "unknown verb 'propse'; did you mean propose?");
  EXPECT_EQ(refused("Crash 1"), "unknown verb 'Crash'; did you mean crash?");
  EXPECT_EQ(
      refused("overturn 1"),
      "unknown verb 'overturn'; expected one of: clog, crash, cut, delay, deliver, drift, drop, "
      "duplicate, expire, flush, heal, partition, pause, restart, resume, skew, slow, "
      "swizzle, compact, propose");
  EXPECT_EQ(
      refused(" "),
      "no verb; expected one of: clog, crash, cut, delay, deliver, drift, drop, duplicate, expire, "
      "flush, heal, partition, pause, restart, resume, skew, slow, swizzle, compact, propose");
}

TEST(Sentences, KeepTheirText) {
  EXPECT_EQ(parse_verb(" crash  the leader \n", raft).text, "crash  the leader");
}

// ---- conditions

TEST(Sentences, AConditionIsOfTheModelOrOfAServer) {
  const Condition elected = parse_condition(" a  leader is\nelected ", raft);
  EXPECT_EQ(elected.name, "a leader is elected");
  EXPECT_EQ(elected.node, std::nullopt);
  EXPECT_FALSE(elected.negated);
  EXPECT_EQ(elected.text, "a leader is elected");

  const Condition is = parse_condition("2 is leader", raft);
  EXPECT_EQ(is.name, "leader");
  EXPECT_EQ(is.node, NodeId{2});
  EXPECT_FALSE(is.negated);
  EXPECT_EQ(is.text, "2 is leader");

  const Condition is_not = parse_condition("2 is not leader", raft);
  EXPECT_EQ(is_not.name, "leader");
  EXPECT_EQ(is_not.node, NodeId{2});
  EXPECT_TRUE(is_not.negated);

  EXPECT_EQ(parse_condition("2 of 3 agree", raft).name, "2 of 3 agree");
}

TEST(Sentences, RefuseAnUnknownCondition) {
  const auto condition = [](const std::string& text, const Names& names) {
    return refusal_of([&] { parse_condition(text, names); });
  };
  EXPECT_EQ(condition("two leader in one term", raft),
            "unknown condition 'two leader in one term'; did you mean two leaders in one term?");
  EXPECT_EQ(condition("hm", raft),
            "unknown condition 'hm'; expected one of: a leader is elected, two leaders in one "
            "term, 2 of 3 agree, N is leader, N is candidate, N is follower");
  EXPECT_EQ(condition("", nothing), "no condition; the model has none");
  EXPECT_EQ(condition("0 is leader", raft), "server '0'; expected its number, from 1 to 255");
  EXPECT_EQ(condition("2 was leader", raft),
            "condition '2 was leader'; expected such as '2 is leader'");
  EXPECT_EQ(condition("2", raft), "condition '2'; expected such as '2 is leader'");
  EXPECT_EQ(condition("2 is leeder", raft), "unknown role 'leeder'; did you mean leader?");
  EXPECT_EQ(condition("2 is not", raft), "no role; expected one of: leader, candidate, follower");
  EXPECT_EQ(condition("2 is leader now", raft), "'now' after 'leader'; expected nothing more");
}

// ---- counts and times

TEST(Sentences, CountMessages) {
  const auto count = [](const std::string& text) {
    return parse_counted(Counted::Relation::exactly, text, raft);
  };
  EXPECT_EQ(count("12 AppendEntries").number, 12U);
  EXPECT_EQ(count("12 AppendEntries").relation, Counted::Relation::exactly);
  EXPECT_EQ(count("12 AppendEntries").message, "AppendEntries");
  EXPECT_EQ(count("12 AppendEntries").from, std::nullopt);
  EXPECT_EQ(count("12 AppendEntries").to, std::nullopt);
  EXPECT_EQ(count("0 RequestVote to 2").to, NodeId{2});
  EXPECT_EQ(count("0 RequestVote from 3").from, NodeId{3});
  EXPECT_EQ(count("0 RequestVote from 3 to 2").from, NodeId{3});
  EXPECT_EQ(count("0 RequestVote from 3 to 2").to, NodeId{2});

  const auto refused_count = [&](const std::string& text) {
    return refusal_of([&] { count(text); });
  };
  EXPECT_EQ(refused_count("AppendEntries"),
            "'AppendEntries' messages; expected a whole number, '12 AppendEntries'");
  EXPECT_EQ(refused_count(""), "'' messages; expected a whole number, '12 AppendEntries'");
  EXPECT_EQ(refused_count("-1 AppendEntries"),
            "'-1' messages; expected a whole number, '12 AppendEntries'");
  EXPECT_EQ(refused_count("12"), "no message; expected one of: RequestVote, AppendEntries");
  EXPECT_EQ(refused_count("12 AppendEntry"),
            "unknown message 'AppendEntry'; did you mean AppendEntries?");
  EXPECT_EQ(refused_count("12 AppendEntries to leader"),
            "server 'leader'; expected its number, from 1 to 255");
  const std::string end = "; expected nothing more, or 'from 1', 'to 2' or 'from 1 to 2'";
  EXPECT_EQ(refused_count("12 AppendEntries at 2"), "'at' after 'AppendEntries'" + end);
  EXPECT_EQ(refused_count("12 AppendEntries to 2 from 1"), "'from' after '2'" + end);
}

TEST(Sentences, GiveATimeOrATimeFromAVerb) {
  EXPECT_EQ(parse_within("5 s", raft).time, 5'000'000'000);
  EXPECT_EQ(parse_within("5 s", raft).of, "");
  EXPECT_EQ(parse_within("5 s of heal", raft).time, 5'000'000'000);
  EXPECT_EQ(parse_within("5 s of heal", raft).of, "heal");
  EXPECT_EQ(parse_within("1 ms  of  propose", raft).of, "propose");
  EXPECT_EQ(parse_within("5 s of chaos", raft).of, "chaos");
  EXPECT_EQ(parse_within("5 s of resume", raft).of, "resume");

  const auto within = [](const std::string& text) {
    return refusal_of([&] { parse_within(text, raft); });
  };
  const std::string expected =
      "; expected a duration with its unit, such as '10 ms', '3 s', '2 min' or '1 h', and perhaps "
      "'of heal' behind it";
  EXPECT_EQ(within("5"), "within '5'" + expected);
  EXPECT_EQ(within("0 s of heal"), "within '0 s'" + expected);
  EXPECT_EQ(within("of heal"), "within 'of heal'" + expected);
  EXPECT_EQ(within("5 s after heal"), "within '5 s after heal'" + expected);
  EXPECT_EQ(within("5 s of heel"), "unknown verb 'heel'; did you mean heal?");
}

}  // namespace
}  // namespace coracle::sim
