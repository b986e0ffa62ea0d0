// The tables of a scenario that say how its world behaves by itself, [network], [[link]], [disk],
// [clock] and [chaos]: each key as its value, and every refusal with its place, word by word.
#include "sim/weather.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "sim/read_scenario.h"
#include "sim/settle.h"
#include "tests/sim/said.h"
#include "tests/sim/scenario_text.h"

namespace coracle::sim {
namespace {

constexpr Time ms = 1'000'000;
constexpr Time s = 1'000'000'000;
constexpr NodeId n1{1};
constexpr NodeId n2{2};
constexpr NodeId n3{3};

const std::string raft = "model = \"raft\"\nduration = \"30 s\"\n";
const std::string light = "model = \"traffic-light\"\nduration = \"30 s\"\n";

Scenario with(const std::string& text, const std::string& head = raft) {
  return read_scenario("a.toml", head + text, names_of);
}
std::string refused(const std::string& text, const std::string& head = raft) {
  return refusal_of([&] { with(text, head); });
}

// ---- the network

LinkWeather network(const std::string& text) { return with("[network]\n" + text).weather.network; }

TEST(Weather, OfANetworkHasEachOfItsKeys) {
  const Scenario scenario = with(R"([network]
latency = "1..5 ms"
loss = "1 %"
duplicate = "0.5 %"
reorder = "5 % by 20..100 ms"
replay = "2 % by 1 s"
capacity = 64
bandwidth = "64 kB/s"
kind = "unordered"
)");
  EXPECT_EQ(scenario.weather.network, (LinkWeather{.latency = {.span = {1 * ms, 5 * ms}},
                                                   .loss = 10'000,
                                                   .duplicate = 5'000,
                                                   .reorder = {50'000, {20 * ms, 100 * ms}},
                                                   .replay = {20'000, {1 * s, 1 * s}},
                                                   .capacity = 64,
                                                   .bandwidth = 64'000}));
  EXPECT_EQ(scenario.network, NetworkKind::unordered);
  EXPECT_TRUE(scenario.weather.links.empty());
}

TEST(Weather, OfANetworkHasALatencyOfEitherKind) {
  EXPECT_EQ(network("").latency, (Latency{.span = {1 * ms, 5 * ms}}));
  EXPECT_EQ(network("latency = '3 ms'").latency, (Latency{.span = {3 * ms, 3 * ms}}));
  EXPECT_EQ(network("latency = '1 ms + exponential 3 ms'").latency,
            (Latency{.span = {1 * ms, 1 * ms}, .mean = 3 * ms}));
  EXPECT_EQ(network("latency = '0 ms+ exponential 1 s'").latency,
            (Latency{.span = {0, 0}, .mean = 1 * s}));
}

TEST(Weather, OfANetworkRefusesWhatIsNone) {
  EXPECT_EQ(refused("[network]\nlatecy = '5 ms'"),
            "a.toml:4:1: unknown key 'latecy' in [network]; did you mean latency?");
  const std::string latency =
      "; expected a duration or a range, such as '1..5 ms', or one with an exponential rest, such "
      "as '1 ms + exponential 3 ms'";
  for (const std::string text : {"5", "1..2 ms + exponential 3 ms", "1 ms + exponential 0 ms",
                                 "1 ms + exponential 25 h", "1 ms + exponential", "5..4 ms"})
    EXPECT_EQ(refused("[network]\nlatency = '" + text + "'"),
              "a.toml:4:11: latency '" + text + "'" + latency);
  const std::string sometime =
      "; expected a percentage and a duration or range, such as '5 % by 50..200 ms'";
  for (const std::string text : {"5 %", "by 5 ms", "101 % by 5 ms", "5 % by 5", "5 by 5 ms"}) {
    EXPECT_EQ(refused("[network]\nreorder = '" + text + "'"),
              "a.toml:4:11: reorder '" + text + "'" + sometime);
    EXPECT_EQ(refused("[network]\nreplay = '" + text + "'"),
              "a.toml:4:10: replay '" + text + "'" + sometime);
  }
  for (const std::string number : {"0", "1000001", "-1", "'many'"})
    EXPECT_EQ(
        refused("[network]\ncapacity = " + number),
        "a.toml:4:12: capacity " + number + "; expected a number of messages from 1 to 1000000");
  for (const std::string text : {"0 B/s", "64", "64 kB", "64 kb/s", "0.5 B/s", "-1 B/s"})
    EXPECT_EQ(refused("[network]\nbandwidth = '" + text + "'"),
              "a.toml:4:13: bandwidth '" + text +
                  "'; expected whole bytes a second, such as '64 kB/s', '1 MB/s' or '64 KiB/s'");
}

TEST(Weather, OfAnOrderedNetworkLetsNothingOvertake) {
  const std::string end = " in an ordered network; expected kind = \"unordered\"";
  EXPECT_EQ(refused("[network]\nkind = 'ordered'\nreorder = '5 % by 5 ms'"),
            "a.toml:5:1: reorder" + end);
  EXPECT_EQ(refused("[network]\nreplay = '5 % by 5 ms'\nkind = 'ordered'"),
            "a.toml:4:1: replay" + end);
  EXPECT_EQ(refused("[[link]]\nreorder = '5 % by 5 ms'\n[network]\nkind = 'ordered'"),
            "a.toml:4:1: reorder" + end);
  EXPECT_EQ(with("[network]\nkind = 'ordered'\nloss = '5 %'\nbandwidth = '1 MB/s'").network,
            NetworkKind::ordered);
}

// ---- links

TEST(Weather, OfALinkIsThatOfTheNetworkButForWhatItSays) {
  const auto links = with(R"(
[[link]]
from = "1"
to = "2 3"
loss = "50 %"
[[link]]
from = " 3  1 "
bandwidth = "1 KiB/s"
capacity = 1
[[link]]
to = "2"
latency = "1 ms + exponential 1 ms"
duplicate = "1 %"
reorder = "1 % by 1 ms"
replay = "1 % by 1 ms"
[network]
latency = "7 ms"
loss = "1 %"
)")
                         .weather.links;
  const LinkWeather network{.latency = {.span = {7 * ms, 7 * ms}}, .loss = 10'000};
  ASSERT_EQ(links.size(), 3U);
  EXPECT_EQ(links[0].from, (std::vector{n1}));
  EXPECT_EQ(links[0].to, (std::vector{n2, n3}));
  LinkWeather own = network;
  own.loss = 500'000;
  EXPECT_EQ(links[0].weather, own);
  EXPECT_EQ(links[1].from, (std::vector{n3, n1}));
  EXPECT_TRUE(links[1].to.empty());
  own = network;
  own.bandwidth = 1024;
  own.capacity = 1;
  EXPECT_EQ(links[1].weather, own);
  EXPECT_TRUE(links[2].from.empty());
  EXPECT_EQ(links[2].weather, (LinkWeather{.latency = {.span = {1 * ms, 1 * ms}, .mean = 1 * ms},
                                           .loss = 10'000,
                                           .duplicate = 10'000,
                                           .reorder = {10'000, {1 * ms, 1 * ms}},
                                           .replay = {10'000, {1 * ms, 1 * ms}}}));
}

TEST(Weather, OfALinkRefusesWhatIsNone) {
  EXPECT_EQ(refused("[link]\nfrom = '1'"),
            "a.toml:3:1: link is a table; expected tables, each headed [[link]]");
  EXPECT_EQ(refused("[[link]]\nform = '1'"),
            "a.toml:4:1: unknown key 'form' in [[link]]; did you mean from?");
  EXPECT_EQ(refused("[[link]]\nkind = 'ordered'"),
            "a.toml:4:1: unknown key 'kind' in [[link]]; expected one of: bandwidth, capacity, "
            "duplicate, from, latency, loss, reorder, replay, to");
  EXPECT_EQ(refused("[[link]]\nfrom = 1"),
            "a.toml:4:8: from 1; expected servers, such as '1' or '2 3'");
  EXPECT_EQ(refused("[[link]]\nto = ' '"),
            "a.toml:4:6: to ' '; expected servers, such as '1' or '2 3'");
  EXPECT_EQ(refused("[[link]]\nto = '2 leader'"),
            "a.toml:4:6: server 'leader'; expected its number, from 1 to 255");
  EXPECT_EQ(refused("[[link]]\nto = '0'"),
            "a.toml:4:6: server '0'; expected its number, from 1 to 255");
}

TEST(Weather, OfALinkRefusesAServerThatIsNotThere) {
  const auto checked = [](const std::string& text) {
    return refusal_of([&] { check_story(with(text), 3); });
  };
  EXPECT_EQ(checked("[[link]]\nfrom = '3'\nto = '1 2'"), "it was read");
  const std::string expected = "a.toml: [[link]]: there is no 4; expected a number from 1 to 3";
  EXPECT_EQ(checked("[[link]]\nfrom = '1 4'"), expected);
  EXPECT_EQ(checked("[[link]]\n[[link]]\nto = '4'"), expected);
}

// ---- disks and clocks

TEST(Weather, OfADiskStallsSomeOfItsWrites) {
  const Scenario scenario =
      with("[disk]\nkind = 'buffered'\nflush = '2 ms'\nstall = '1 % by 50..200 ms'");
  EXPECT_EQ(scenario.disk, DiskKind::buffered);
  EXPECT_EQ(scenario.weather.flush, (Span{2 * ms, 2 * ms}));
  EXPECT_EQ(scenario.weather.stall, (Sometime{10'000, {50 * ms, 200 * ms}}));
  EXPECT_EQ(with("[disk]\nkind = 'buffered'").weather.stall, Sometime{});
}

TEST(Weather, OfADiskRefusesWhatIsNone) {
  EXPECT_EQ(refused("[disk]\nstall = '1 % by 5 ms'"),
            "a.toml:4:1: stall of a synced disk, which writes at once; expected kind = "
            "\"buffered\" with it");
  EXPECT_EQ(
      refused("[disk]\nkind = 'buffered'\nstall = '5 ms'"),
      "a.toml:5:9: stall '5 ms'; expected a percentage and a duration or range, such as '5 % by "
      "50..200 ms'");
  EXPECT_EQ(refused("[disk]\nkind = 'bufferd'"),
            "a.toml:4:8: unknown disk 'bufferd'; did you mean buffered?");
  EXPECT_EQ(refused("[disk]\nstalls = '5 ms'"),
            "a.toml:4:1: unknown key 'stalls' in [disk]; did you mean stall?");
  EXPECT_EQ(refused("[disk]\nkind = 'synced'", light),
            "a.toml:3:2: a node of traffic-light has no disk; expected no [disk]");
}

TEST(Weather, OfClocksIsADrift) {
  EXPECT_EQ(with("[clock]\ndrift = '200 ppm'").weather.drift, 200U);
  EXPECT_EQ(with("[clock]\ndrift = '5 %'").weather.drift, 50'000U);
  EXPECT_EQ(with("[clock]\ndrift = '50 %'").weather.drift, 500'000U);
  EXPECT_EQ(with("").weather.drift, 0U);
  for (const std::string text : {"50.1 %", "500001 ppm", "-5 %", "5", "0.5 ppm", "5 ms"})
    EXPECT_EQ(refused("[clock]\ndrift = '" + text + "'"),
              "a.toml:4:9: drift '" + text +
                  "'; expected how much faster or slower at most, such as '200 ppm' or '5 %', up "
                  "to 50 %");
  EXPECT_EQ(refused("[clock]\nskew = '5 ms'"),
            "a.toml:4:1: unknown key 'skew' in [clock]; expected one of: drift");
  EXPECT_EQ(refused("[clock]\ndrift = '5 %'", light),
            "a.toml:3:2: a node of traffic-light has no alarm; expected no [clock]");
}

// ---- chaos

std::vector<std::string> faults(const Scenario& scenario) {
  std::vector<std::string> all;
  for (const Chaos::Fault& fault : scenario.chaos.faults)
    all.push_back(std::to_string(fault.mean / ms) + " ms: " + said(fault.verb));
  return all;
}

TEST(Weather, OfChaosHasEachOfItsKeys) {
  const Chaos chaos = with(R"([chaos]
from = "2 s"
until = "20 s"
lasting = "100 ms..1 s"
swarm = true
max_down = "all"
core = "majority"
crash = "1 per 3 s"
)")
                          .chaos;
  EXPECT_EQ(chaos.from, 2 * s);
  EXPECT_EQ(chaos.until, 20 * s);
  EXPECT_EQ(chaos.lasting, (Span{100 * ms, 1 * s}));
  EXPECT_TRUE(chaos.swarm);
  EXPECT_TRUE(chaos.most_may_be_down);
  EXPECT_EQ(chaos.core, Chaos::Core::majority);
  EXPECT_EQ(chaos.faults.size(), 1U);
}

TEST(Weather, OfChaosHasDefaults) {
  const Chaos chaos =
      with("[chaos]\npause = '2 per min'\nmax_down = 'minority'\ncore = 'all'").chaos;
  EXPECT_EQ(chaos.from, 0);
  EXPECT_EQ(chaos.until, never);
  EXPECT_EQ(chaos.lasting, (Span{200 * ms, 2 * s}));
  EXPECT_FALSE(chaos.swarm);
  EXPECT_FALSE(chaos.most_may_be_down);
  EXPECT_EQ(chaos.core, Chaos::Core::all);
  EXPECT_TRUE(with("").chaos.faults.empty());
}

// One that is one of several is as often as the others, all together as often as is said.
TEST(Weather, OfChaosSaysItsFaultsInSentences) {
  const std::map<std::string, std::vector<std::string>> known{
      {"crash", {"1000 ms: CrashThem (Any)"}},
      {"pause", {"1000 ms: PauseThem (Any)"}},
      {"partition",
       {"3000 ms: Partition (Minority) (Others)", "3000 ms: PartitionRing",
        "3000 ms: PartitionBridge"}},
      {"one_way", {"2000 ms: CutOneWay (Any) (Others)", "2000 ms: CutOneWay (Others) (Any)"}},
      {"clog", {"1000 ms: ClogThem (Any) (Others)"}},
      {"swizzle", {"1000 ms: Swizzle (All)"}},
      {"lose", {"1000 ms: Disturb lose 300000 [] () ()"}},
      {"duplicate", {"1000 ms: Disturb duplicate 300000 [] () ()"}},
      {"delay", {"1000 ms: Disturb delay 300000 [] () () by 50..500 ms"}},
      {"slow", {"1000 ms: SlowThem (Any) by 20..200 ms"}},
      {"skew",
       {"2000 ms: SkewClock (Any) by 150000000 ns", "2000 ms: SkewClock (Any) by -150000000 ns"}},
      {"drift",
       {"2000 ms: DriftClock (Any) by 100000 ppm", "2000 ms: DriftClock (Any) by -100000 ppm"}}};
  for (const auto& [key, sentences] : known)
    EXPECT_EQ(faults(with("[chaos]\n" + key + " = '1 per s'")), sentences) << key;
}

TEST(Weather, OfChaosSaysSentencesOfItsOwn) {
  const Scenario scenario = with(R"([chaos]
crash = "1 per 2 s"
say = { "propose x" = "1 per 3 s", "crash leader, 2" = "2 per min" }
)");
  EXPECT_EQ(faults(scenario),
            (std::vector<std::string>{"2000 ms: CrashThem (Any)", "3000 ms: Ask propose [x] ()",
                                      "30000 ms: CrashThem (Role leader 2)"}));
  EXPECT_EQ(scenario.chaos.faults[1].verb.text, "propose x");
  EXPECT_EQ(place_text(scenario.chaos.faults[0].verb.place), "a.toml:4:1");
  EXPECT_EQ(place_text(scenario.chaos.faults[2].verb.place), "a.toml:5:36");
}

TEST(Weather, OfChaosRefusesWhatIsNone) {
  EXPECT_EQ(refused("[[chaos]]\ncrash = '1 per s'"),
            "a.toml:3:1: chaos is an array; expected a table, headed [chaos]");
  EXPECT_EQ(refused("[chaos]\ncrashes = '1 per s'"),
            "a.toml:4:1: unknown key 'crashes' in [chaos]; did you mean crash?");
  EXPECT_EQ(refused("[chaos]\nrestart = '1 per s'"),
            "a.toml:4:1: unknown key 'restart' in [chaos]; expected one of: clog, core, crash, "
            "delay, drift, duplicate, from, lasting, lose, max_down, one_way, partition, pause, "
            "say, skew, slow, swarm, swizzle, until");
  for (const std::string often :
       {"3 s", "1 per", "0 per s", "1.5 per s", "1 per 2 days", "2 per ns", "1 per 25 h", "per s"})
    EXPECT_EQ(refused("[chaos]\ncrash = '" + often + "'"),
              "a.toml:4:9: crash '" + often +
                  "'; expected how often, such as '1 per 5 s' or '3 per min'");
  EXPECT_EQ(refused("[chaos]\nlasting = 'long'"),
            "a.toml:4:11: lasting 'long'; expected a duration or a range of them with its unit, "
            "such as '5 "
            "ms' or '1..5 ms'");
  EXPECT_EQ(refused("[chaos]\nmax_down = 'majority'"),
            "a.toml:4:12: unknown number of servers 'majority'; did you mean minority?");
  EXPECT_EQ(refused("[chaos]\ncore = 'none'"),
            "a.toml:4:8: unknown number of servers 'none'; expected one of: majority, all");
  EXPECT_EQ(refused("[chaos]\nsay = 'crash 1'"),
            "a.toml:4:7: say 'crash 1'; expected a table of sentences");
  EXPECT_EQ(refused("[chaos.say]\n'crsh 1' = '1 per s'"),
            "a.toml:4:1: unknown verb 'crsh'; did you mean crash?");
  EXPECT_EQ(refused("[chaos.say]\n'crash 1' = 'often'"),
            "a.toml:4:13: crash 1 'often'; expected how often, such as '1 per 5 s' or '3 per min'");
}

TEST(Weather, OfChaosIsWithinTheRun) {
  EXPECT_EQ(refused("[chaos]\nuntil = '30 s'"),
            "a.toml:4:9: chaos until the end of the run or after it; expected it earlier");
  EXPECT_EQ(refused("[chaos]\nuntil = '0 s'"),
            "a.toml:4:9: until '0 s'; expected more than nothing");
  EXPECT_EQ(refused("[chaos]\nfrom = '30 s'"),
            "a.toml:4:8: chaos from the end of the run or after it; expected it earlier");
  EXPECT_EQ(refused("[chaos]\nfrom = '5 s'\nuntil = '5 s'"),
            "a.toml:3:1: chaos from its end on; expected from before until");
  EXPECT_EQ(refused("by_hand = true\n[chaos]\nfrom = '0 s'", "model = 'raft'\n"),
            "a.toml:4:8: chaos from the end of the run or after it; expected it earlier");
  EXPECT_EQ(with("[chaos]\nfrom = '5 s'\nuntil = '29.9 s'").chaos.until, 29'900 * ms);
}

TEST(Weather, OfChaosRefusesAServerThatIsNotThere) {
  const auto checked = [](const std::string& sentence) {
    return refusal_of([&] { check_story(with("[chaos.say]\n'" + sentence + "' = '1 per s'"), 3); });
  };
  const std::string expected = "a.toml:4:1: there is no 4; expected a number from 1 to 3";
  for (const char* sentence :
       {"crash 4", "restart 4", "pause 1 4", "resume 4", "slow 4 by 5 ms", "swizzle 4",
        "clog 1 | 4", "partition 4 -> 1", "cut 1 | 2 4", "drop messages from 4",
        "delay messages to 4 by 5 ms", "skew clock of 4 by 5 ms", "drift clock of 4 by 5 %",
        "flush 4", "propose x at 4", "expire election 4", "deliver RequestVote 1 -> 4"})
    EXPECT_EQ(checked(sentence), expected) << sentence;
  for (const char* sentence : {"crash 3", "partition ring", "partition bridge", "heal"})
    EXPECT_EQ(checked(sentence), "it was read") << sentence;
}

// ---- every

TEST(Weather, OfStepsRepeatsWhatIsDoneEverySoOften) {
  const auto steps = with(R"(
[[step]]
every = "2 s"
do = "crash 1"
for = "1 s"
[[step]]
at = "5 s"
every = "100 ms"
do = "pause 2"
[[step]]
do = "heal"
)")
                         .steps;
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].at, 2 * s);
  EXPECT_EQ(steps[0].every, 2 * s);
  EXPECT_EQ(steps[1].at, 5 * s);
  EXPECT_EQ(steps[1].every, 100 * ms);
  EXPECT_FALSE(steps[2].every.has_value());
  EXPECT_EQ(refused("[[step]]\nafter = '1 s'\nevery = '1 s'\ndo = 'heal'"),
            "a.toml:5:1: every beside after; expected it alone, or beside at");
  EXPECT_EQ(refused("[[step]]\nevery = '0 s'\ndo = 'heal'"),
            "a.toml:4:9: every '0 s'; expected more than nothing");
  EXPECT_EQ(refused("[[step]]\ndo = 'swizzle all'"),
            "a.toml:4:6: swizzle without for; expected how long it takes, such as for = \"3 s\"");
}

}  // namespace
}  // namespace coracle::sim
