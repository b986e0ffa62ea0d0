// What the sentences of faults do to a cluster, told as stories of a small protocol: which messages
// arrive, when clocks tick, what is undone, and why a sentence could not be told.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/sim/told_story.h"

namespace coracle::sim {
namespace {

using post::cluster;
using post::Log;
using post::told;
using post::Told;

constexpr Time ms = 1'000'000;
const std::string ten_ms = "duration = '1 s'\n[network]\nlatency = '10 ms'\n";

std::string step(const std::string& at, const std::string& sentence, const std::string& rest = "") {
  return "[[step]]\nat = '" + at + "'\ndo = '" + sentence + "'\n" + rest + "\n";
}
std::string lasting(const std::string& time) { return "for = '" + time + "'"; }

// What is written one step at a time, of a cluster of three.
Told of_three(const std::string& steps, Delay tick = {}) {
  return told(ten_ms + steps, cluster(3, tick));
}
std::string failure(const std::string& sentence) {
  const Told one = of_three(step("0 ms", sentence));
  const std::string head = "Could not be told: line 7, '" + sentence + "': ";
  EXPECT_TRUE(one.failure.starts_with(head)) << one.failure;
  return one.failure.substr(std::min(head.size(), one.failure.size()));
}

// ---- links

TEST(Deeds, CutIsPartition) {
  const Told one = of_three(step("0 ms", "cut 1 | 2", lasting("20 ms")) +
                            step("0 ms", "write 1 at 1") + step("15 ms", "write 1 at 1"));
  EXPECT_EQ(one.log, (Log{"10 ms: drop letter 1, 1 -> 2", "10 ms: letter 1, 1 -> 3",
                          "25 ms: letter 2, 1 -> 2", "25 ms: letter 2, 1 -> 3"}));
  EXPECT_EQ(one.notes, (Log{"0 ms: cut 1 | 2", "0 ms: write 1 at 1", "15 ms: write 1 at 1",
                            "20 ms: heal what was cut"}));
}

TEST(Deeds, ClogHoldsMessagesUntilItIsUndone) {
  const Told one = of_three(step("0 ms", "clog 1 -> others", lasting("50 ms")) +
                            step("0 ms", "write 1 at 1") + step("0 ms", "write 1 at 2"));
  EXPECT_EQ(one.log, (Log{"10 ms: letter 1, 2 -> 1", "10 ms: letter 1, 2 -> 3",
                          "50 ms: letter 1, 1 -> 2", "50 ms: letter 1, 1 -> 3"}));
  EXPECT_EQ(one.notes.front(), "0 ms: clog 1 -> others: 1 -> 2 3");
  EXPECT_EQ(one.notes.back(), "50 ms: heal what was clogged");
  EXPECT_EQ(one.failure, "");
}

TEST(Deeds, ClogHoldsBothWaysBetweenGroups) {
  const Told one = of_three(step("0 ms", "clog 1 | 2 3") + step("0 ms", "write 1 at 1") +
                            step("0 ms", "write 1 at 2") + step("80 ms", "heal"));
  EXPECT_EQ(one.log, (Log{"10 ms: letter 1, 2 -> 3", "80 ms: letter 1, 1 -> 2",
                          "80 ms: letter 1, 1 -> 3", "80 ms: letter 1, 2 -> 1"}));
}

TEST(Deeds, AClogThatIsWithinAnotherEndsWithTheLastOne) {
  const Told one =
      of_three(step("0 ms", "clog 1 | 2", lasting("50 ms")) +
               step("20 ms", "clog 1 -> 2", lasting("50 ms")) + step("0 ms", "write 1 at 1"));
  EXPECT_EQ(one.log.back(), "70 ms: letter 1, 1 -> 2");
  EXPECT_EQ(one.log.size(), 2U);
}

TEST(Deeds, DropLosesMessagesOfAKindOnSomeLinksUntilItIsUndone) {
  const Told one = told(ten_ms + step("0 ms", "drop Card from 1 to 2", lasting("30 ms")) +
                            step("5 ms", "write 1 at 1") + step("45 ms", "crash all"),
                        cluster(2, {20 * ms, 20 * ms}, /*writes=*/true));
  EXPECT_EQ(one.log, (Log{"15 ms: letter 1, 1 -> 2", "20 ms: tick 1", "20 ms: tick 2",
                          "30 ms: drop card 1, 1 -> 2", "30 ms: card 1, 2 -> 1", "40 ms: tick 1",
                          "40 ms: tick 2", "45 ms: crash 1", "45 ms: crash 2",
                          "50 ms: card 2, 1 -> 2", "50 ms: card 2, 2 -> 1"}));
  EXPECT_EQ(one.notes[0], "0 ms: drop Card from 1 to 2: 1 -> 2");
  EXPECT_EQ(one.notes[2], "30 ms: heal what was disturbed");
}

TEST(Deeds, DropOfAShareLosesThatShare) {
  const Told one =
      of_three(step("0 ms", "drop 25 % of messages to 2") + step("1 ms", "write 1000 at 1"));
  const auto lost = std::ranges::count_if(
      one.log, [](const std::string& line) { return line.starts_with("11 ms: drop"); });
  EXPECT_NEAR(static_cast<double>(lost), 250, 40);
  EXPECT_EQ(one.log.size(), 2000U);
}

TEST(Deeds, DuplicateAndDelayAreUndoneByHeal) {
  const Told one =
      of_three(step("0 ms", "duplicate messages from 1 to 2") +
               step("0 ms", "delay Letter from 2 by 30 ms") + step("1 ms", "write 1 at 1") +
               step("1 ms", "write 1 at 2") + step("2 ms", "heal") + step("3 ms", "write 1 at 2"));
  EXPECT_EQ(one.log,
            (Log{"11 ms: duplicate letter 1, 1 -> 2", "11 ms: letter 1, 1 -> 2",
                 "11 ms: letter 1, 1 -> 3", "13 ms: letter 2, 2 -> 1", "13 ms: letter 2, 2 -> 3",
                 "21 ms: letter 1, 1 -> 2", "41 ms: letter 1, 2 -> 1", "41 ms: letter 1, 2 -> 3"}));
  EXPECT_EQ(one.notes[1], "0 ms: delay Letter from 2 by 30 ms: 2 -> 1 2 3");
}

// Whom the other side does not name, it leaves to be drawn.
TEST(Deeds, DropMessagesOfAnyOne) {
  std::set<std::string> drawn;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Told one =
        told(ten_ms + step("0 ms", "drop messages from any") + step("0 ms", "write 1 at all"),
             cluster(3), seed);
    EXPECT_EQ(one.failure, "");
    const auto lost = std::ranges::count_if(
        one.log, [](const std::string& line) { return line.starts_with("10 ms: drop"); });
    EXPECT_EQ(lost, 2);
    drawn.insert(one.notes.front());
  }
  EXPECT_EQ(drawn, (std::set<std::string>{"0 ms: drop messages from any: 1 -> 1 2 3",
                                          "0 ms: drop messages from any: 2 -> 1 2 3",
                                          "0 ms: drop messages from any: 3 -> 1 2 3"}));
}

TEST(Deeds, SwizzleClogsLinksOneAfterTheOtherAndFreesThemAll) {
  std::string writes;
  for (int at = 0; at <= 80; at += 2) writes += step(std::to_string(at) + " ms", "write 1 at all");
  const Told one =
      told(ten_ms + step("0 ms", "swizzle all", lasting("50 ms")) + writes, cluster(4));
  EXPECT_EQ(one.failure, "");
  EXPECT_EQ(one.log.size(), 41U * 12U);
  std::set<std::string> released;  // links that were free again at an odd time, and the times
  std::set<int> times;
  for (const std::string& line : one.log) {
    const int at = std::stoi(line);
    EXPECT_TRUE(at <= 50 || at % 2 == 0) << line;
    if (at % 2 == 0) continue;
    released.insert(line.substr(line.rfind(',')));
    times.insert(at);
  }
  EXPECT_GT(released.size(), 1U);
  EXPECT_LT(released.size(), 12U);
  EXPECT_GT(times.size(), 1U);
  EXPECT_GE(*times.begin(), 25);
  EXPECT_EQ(std::ranges::count(one.notes, "50 ms: heal what was clogged"), 1);
}

TEST(Deeds, HealEndsASwizzle) {
  std::string writes;
  for (int at = 0; at <= 60; at += 2) writes += step(std::to_string(at) + " ms", "write 1 at all");
  const Told one =
      told(ten_ms + step("0 ms", "swizzle all", lasting("100 ms")) + step("1 ms", "heal") + writes,
           cluster(4));
  EXPECT_EQ(one.log.size(), 31U * 12U);
  for (const std::string& line : one.log) EXPECT_EQ(std::stoi(line) % 2, 0) << line;
  EXPECT_EQ(std::ranges::count(one.notes, "100 ms: heal what was clogged"), 0);
}

TEST(Deeds, ThatAreOfNoLinkCannotBeTold) {
  EXPECT_EQ(failure("clog 1 -> 1"), "it touches no link.");
  EXPECT_EQ(failure("clog all | others"), "it touches no link.");
  EXPECT_EQ(failure("clog 1 2 | 2 3"), "2 is in two groups.");
  EXPECT_EQ(failure("drop messages from 1 to 1"), "it touches no link.");
  EXPECT_EQ(failure("delay messages from all to others by 5 ms"), "it touches no link.");
  EXPECT_EQ(failure("partition ring"), "there are too few nodes.");
  EXPECT_EQ(failure("duplicate messages from writer"), "there is no writer.");
  EXPECT_EQ(told(ten_ms + step("0 ms", "partition bridge"), cluster(2)).failure,
            "Could not be told: line 7, 'partition bridge': there are too few nodes.");
}

// ---- rings and bridges, of servers only

TEST(Deeds, PartitionRingAndBridgeLeaveOutWhoIsNoServer) {
  auto six = cluster(6);
  six.configs[5].outside = true;
  const auto lost = [&](const std::string& sentence) {
    const Told one = told(ten_ms + step("0 ms", sentence) + step("0 ms", "write 1 at all"), six);
    EXPECT_EQ(one.failure, "");
    Log lines;
    for (const std::string& line : one.log)
      if (line.starts_with("10 ms: drop")) lines.push_back(line);
    return lines;
  };
  EXPECT_EQ(lost("partition ring").size(), 10U);   // 5 nodes do not hear 2 others each
  EXPECT_EQ(lost("partition bridge").size(), 8U);  // 2 | 2
  for (const char* sentence : {"partition ring", "partition bridge"})
    for (const std::string& line : lost(sentence)) {
      EXPECT_FALSE(line.ends_with("6")) << line;
      EXPECT_FALSE(line.find("6 ->") != std::string::npos) << line;
    }
}

// ---- nodes

TEST(Deeds, PauseAndResume) {
  const Told one = of_three(step("0 ms", "pause 2 3", lasting("50 ms")) +
                            step("0 ms", "write 1 at 1") + step("30 ms", "resume 3"));
  EXPECT_EQ(one.log, (Log{"30 ms: letter 1, 1 -> 3", "50 ms: letter 1, 1 -> 2"}));
  EXPECT_EQ(one.notes,
            (Log{"0 ms: pause 2 3", "0 ms: write 1 at 1", "30 ms: resume 3", "50 ms: resume 2"}));
}

TEST(Deeds, APauseThatCameLaterIsNotUndoneByAnEarlierOne) {
  const Told one =
      of_three(step("0 ms", "pause 2", lasting("50 ms")) + step("20 ms", "resume 2") +
               step("40 ms", "pause 2", lasting("50 ms")) + step("45 ms", "write 1 at 1"));
  EXPECT_EQ(one.log.back(), "90 ms: letter 1, 1 -> 2");
}

TEST(Deeds, ANodeThatIsPausedIsPausedNoMoreOnceItCrashed) {
  const Told one =
      of_three(step("0 ms", "pause 2", lasting("50 ms")) +
               step("10 ms", "crash 2", lasting("10 ms")) + step("20 ms", "write 1 at 1"));
  EXPECT_EQ(one.log, (Log{"10 ms: crash 2", "20 ms: restart 2", "30 ms: letter 1, 1 -> 2",
                          "30 ms: letter 1, 1 -> 3"}));
}

TEST(Deeds, ThatFindNobodyToDoThemToCannotBeTold) {
  EXPECT_EQ(failure("resume all"), "it is not paused.");
  EXPECT_EQ(failure("restart 1"), "it is not down.");
  const auto second = [](const std::string& first, const std::string& then) {
    const std::string text = of_three(step("0 ms", first) + step("1 ms", then)).failure;
    return text.substr(text.rfind(": ") + 2);
  };
  EXPECT_EQ(second("pause 1", "pause 1"), "it is down or paused already.");
  EXPECT_EQ(second("crash 1", "pause 1"), "it is down or paused already.");
  EXPECT_EQ(second("pause 1", "write 1 at 1"), "node 1 is paused.");
  EXPECT_EQ(second("pause all", "write 1"), "nobody is up to be asked.");
  EXPECT_EQ(second("crash all", "pause any"), "there is no server that is not named.");
}

TEST(Deeds, SlowIsSlowThereAndBack) {
  const Told one = of_three(step("0 ms", "slow 2 by 30 ms", lasting("20 ms")) +
                            step("0 ms", "write 1 at all") + step("20 ms", "write 1 at 2"));
  EXPECT_EQ(one.log,
            (Log{"10 ms: letter 1, 1 -> 3", "10 ms: letter 1, 3 -> 1", "30 ms: letter 2, 2 -> 1",
                 "30 ms: letter 2, 2 -> 3", "40 ms: letter 1, 1 -> 2", "40 ms: letter 1, 2 -> 1",
                 "40 ms: letter 1, 2 -> 3", "40 ms: letter 1, 3 -> 2"}));
  EXPECT_EQ(one.notes[2], "20 ms: heal what was disturbed");
}

// ---- clocks

TEST(Deeds, SkewAClockThereAndBack) {
  const Told one = told("duration = '99 ms'\n" + step("10 ms", "skew clock of 1 by 30 ms") +
                            step("10 ms", "skew clock of 2 by -30 ms"),
                        cluster(3, {50 * ms, 50 * ms}));
  EXPECT_EQ(one.log, (Log{"20 ms: tick 1", "50 ms: tick 3", "70 ms: tick 1", "80 ms: tick 2"}));
}

Log ticks_of_one(const std::string& steps) {
  return told("duration = '499 ms'\n" + steps, cluster(1, {100 * ms, 100 * ms})).log;
}

TEST(Deeds, DriftAClockFromItsNextAlarmOn) {
  EXPECT_EQ(ticks_of_one(step("50 ms", "drift clock of 1 by 25 %", lasting("200 ms"))),
            (Log{"100 ms: tick 1", "180 ms: tick 1", "260 ms: tick 1", "360 ms: tick 1",
                 "460 ms: tick 1"}));
  EXPECT_EQ(ticks_of_one(step("50 ms", "drift clock of all by -50 %")),
            (Log{"100 ms: tick 1", "300 ms: tick 1"}));
}

// Of several drifts the last one holds; one that ends leaves the others as they are.
TEST(Deeds, ADriftThatEndsLeavesTheOthers) {
  EXPECT_EQ(ticks_of_one(step("50 ms", "drift clock of 1 by 100 %", lasting("100 ms")) +
                         step("120 ms", "drift clock of 1 by -50 %", lasting("180 ms"))),
            (Log{"100 ms: tick 1", "150 ms: tick 1", "350 ms: tick 1", "450 ms: tick 1"}));
  EXPECT_EQ(ticks_of_one(step("50 ms", "drift clock of 1 by 100 %", lasting("300 ms")) +
                         step("120 ms", "drift clock of 1 by -50 %", lasting("40 ms"))),
            (Log{"100 ms: tick 1", "150 ms: tick 1", "350 ms: tick 1", "450 ms: tick 1"}));
  EXPECT_EQ(ticks_of_one(step("50 ms", "drift clock of 1 by 100 %", lasting("100 ms")) +
                         step("120 ms", "drift clock of 1 by 25 %")),
            (Log{"100 ms: tick 1", "150 ms: tick 1", "230 ms: tick 1", "310 ms: tick 1",
                 "390 ms: tick 1", "470 ms: tick 1"}));
}

// ---- again and again

TEST(Deeds, AStepIsDoneEverySoOften) {
  const Told one =
      told("duration = '100 ms'\n[network]\nlatency = '10 ms'\n" +
               step("20 ms", "write 1 at 1", "every = '30 ms'") + "[[step]]\ndo = 'write 1 at 2'",
           cluster(2));
  EXPECT_EQ(one.notes, (Log{"20 ms: write 1 at 1", "20 ms: write 1 at 2", "50 ms: write 1 at 1",
                            "80 ms: write 1 at 1"}));
  EXPECT_EQ(one.failure, "");
}

TEST(Deeds, AStepWithEveryAloneBeginsAfterThatTime) {
  const Told one = told(
      "duration = '99 ms'\n[[step]]\nevery = '30 ms'\ndo = 'crash 1'\nfor = '10 ms'", cluster(2));
  EXPECT_EQ(one.log, (Log{"30 ms: crash 1", "40 ms: restart 1", "60 ms: crash 1",
                          "70 ms: restart 1", "90 ms: crash 1"}));
}

// What is done again may find nobody; for the first time it must not.
TEST(Deeds, AStepIsDoneAgainWhereItCanBe) {
  const Told again =
      told("duration = '100 ms'\n" + step("10 ms", "crash 1", "every = '30 ms'"), cluster(2));
  EXPECT_EQ(again.failure, "");
  EXPECT_EQ(again.log, (Log{"10 ms: crash 1"}));
  const Told first =
      told("duration = '100 ms'\n" + step("10 ms", "resume 1", "every = '30 ms'"), cluster(2));
  EXPECT_EQ(first.failure, "Could not be told: line 5, 'resume 1': it is not paused.");
}

}  // namespace
}  // namespace coracle::sim
