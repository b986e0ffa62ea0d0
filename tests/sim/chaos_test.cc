// Faults at random times: when they come and which, by the seed; how many nodes they take down; and
// what is healed in the end, and judged.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/random_faults.h"
#include "sim/sentences.h"
#include "tests/sim/told_story.h"

namespace coracle::sim {
namespace {

using post::cluster;
using post::Log;
using post::told;
using post::Told;

constexpr Time ms = 1'000'000;
constexpr Time s = 1'000'000'000;

// ---- when, and which

Chaos chaos_of(const std::vector<std::pair<std::string, Time>>& faults) {
  Chaos chaos;
  for (const auto& [sentence, mean] : faults)
    chaos.faults.push_back({parse_verb(sentence, post::names()), mean});
  chaos.from = 2 * s;
  chaos.until = 8 * s;
  chaos.lasting = {10 * ms, 20 * ms};
  return chaos;
}

struct Due {
  Time at = 0;
  std::string verb;
  Time lasting = 0;
  bool operator==(const Due&) const = default;
};

std::vector<Due> all_of(const Chaos& chaos, std::uint64_t seed) {
  std::vector<Due> all;
  RandomFaults faults(chaos, seed);
  while (faults.next_time() != never) {
    const Time at = faults.next_time();
    const auto due = faults.take();
    all.push_back({at, due.verb->text, due.lasting});
  }
  return all;
}

std::map<std::string, std::size_t> counts(const std::vector<Due>& all) {
  std::map<std::string, std::size_t> counts;
  for (const Due& due : all) counts[due.verb] += 1;
  return counts;
}

TEST(RandomFaults, ComeInTheirTimeAndOrder) {
  const auto all = all_of(chaos_of({{"crash any", 10 * ms}, {"heal", 20 * ms}}), 1);
  ASSERT_GT(all.size(), 500U);
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Due::at));
  EXPECT_GT(all.front().at, 2 * s);
  EXPECT_LT(all.front().at, 2 * s + 100 * ms);
  EXPECT_LT(all.back().at, 8 * s);
  EXPECT_GT(all.back().at, 8 * s - 100 * ms);
  std::set<Time> lasting;
  for (const Due& due : all) lasting.insert(due.lasting);
  EXPECT_GE(*lasting.begin(), 10 * ms);
  EXPECT_LE(*lasting.rbegin(), 20 * ms);
  EXPECT_GT(lasting.size(), 100U);
}

TEST(RandomFaults, ComeAsOftenAsTheyAreSaidTo) {
  const auto count = counts(all_of(chaos_of({{"crash any", 1 * ms}, {"heal", 3 * ms}}), 1));
  EXPECT_NEAR(static_cast<double>(count.at("crash any")), 6000, 300);
  EXPECT_NEAR(static_cast<double>(count.at("heal")), 2000, 200);
}

TEST(RandomFaults, AreTheSameForTheSameSeedOnly) {
  const Chaos chaos = chaos_of({{"crash any", 100 * ms}, {"heal", 100 * ms}});
  EXPECT_EQ(all_of(chaos, 1), all_of(chaos, 1));
  std::set<Time> first;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) first.insert(all_of(chaos, seed).front().at);
  EXPECT_EQ(first.size(), 50U);
}

// One fault more leaves the times of the others alone.
TEST(RandomFaults, HaveStreamsOfTheirOwn) {
  const auto times = [](const Chaos& chaos) {
    std::vector<Time> of_heal;
    for (const Due& due : all_of(chaos, 1))
      if (due.verb == "heal") of_heal.push_back(due.at);
    return of_heal;
  };
  EXPECT_EQ(times(chaos_of({{"heal", 50 * ms}})),
            times(chaos_of({{"heal", 50 * ms}, {"crash any", 10 * ms}})));
}

TEST(RandomFaults, WithoutAnEndGoOn) {
  Chaos chaos = chaos_of({{"heal", 1 * s}});
  chaos.until = never;
  RandomFaults faults(chaos, 1);
  for (int i = 0; i < 1000; ++i) faults.take();
  EXPECT_GT(faults.next_time(), 800 * s);
  EXPECT_LT(faults.next_time(), 1200 * s);
}

TEST(RandomFaults, OfWhichThereAreNoneNeverCome) {
  EXPECT_EQ(RandomFaults(Chaos{}, 1).next_time(), never);
  EXPECT_TRUE(all_of(chaos_of({{"heal", 86'400 * s}}), 1).empty());
}

// Each is there in half of the seeds, from four times as often as said to a quarter of it.
TEST(RandomFaults, ThatSwarmAreOthersForEachSeed) {
  Chaos chaos = chaos_of({{"heal", 8 * ms}, {"crash any", 8 * ms}, {"pause any", 8 * ms}});
  chaos.swarm = true;
  std::map<std::string, int> seeds;
  std::set<std::set<std::string>> swarms;
  std::set<std::size_t> how_often;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::set<std::string> swarm;
    for (const auto& [verb, count] : counts(all_of(chaos, seed))) {
      seeds[verb] += 1;
      swarm.insert(verb);
      // 6 s hold 750 of them; twice as often, half as often ...
      for (const std::size_t expected : {3000U, 1500U, 750U, 375U, 188U})
        if (count > expected * 8 / 10 && count < expected * 12 / 10) how_often.insert(expected);
    }
    swarms.insert(swarm);
  }
  for (const auto& [verb, count] : seeds) EXPECT_NEAR(count, 100, 25) << verb;
  EXPECT_EQ(swarms.size(), 8U);  // every part of the three
  EXPECT_EQ(how_often, (std::set<std::size_t>{3000, 1500, 750, 375, 188}));
  EXPECT_EQ(all_of(chaos, 7), all_of(chaos, 7));
}

// ---- in a story

const std::string head = "duration = '10 s'\n[network]\nlatency = '10 ms'\n";

Told of_five(const std::string& text, std::uint64_t seed = 1) {
  return told(head + text, cluster(5, {50 * ms, 50 * ms}, /*writes=*/true), seed);
}

// How many were down at the same time at most, crashed or paused.
std::size_t most_down(const Told& told) {
  std::set<std::string> down;
  std::size_t most = 0;
  for (const std::string& note : told.notes) {
    const auto colon = note.rfind(": ");
    const std::string what = note.substr(note.find(": ") + 2);
    std::string who = note.substr(colon + 2);
    if (what.starts_with("crash") || what.starts_with("pause")) {
      for (; !who.empty(); who.erase(0, 2)) down.insert(who.substr(0, 1));
    } else if (what.starts_with("restart") || what.starts_with("resume")) {
      for (who = who.substr(who.find(' ') + 1); !who.empty(); who.erase(0, 2))
        down.erase(who.substr(0, 1));
    }
    most = std::max(most, down.size());
  }
  return most;
}

TEST(AChaoticStory, TakesDownAMinorityAtMost) {
  const std::string chaos = "[chaos]\ncrash = '5 per s'\npause = '5 per s'\n";
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    EXPECT_EQ(most_down(of_five(chaos, seed)), 2U);
    EXPECT_EQ(most_down(of_five(chaos + "max_down = 'all'", seed)), 5U);
  }
}

TEST(AChaoticStory, CountsAllWhomASentenceTakesDown) {
  const std::string chaos =
      "[chaos.say]\n'crash a minority' = '5 per s'\n'pause any' = '5 per s'\n"
      "'crash all' = '1 per s'\n'pause 1 2 3' = '1 per s'\n";
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Told one = of_five(chaos, seed);
    EXPECT_EQ(most_down(one), 2U);
    for (const std::string& note : one.notes) EXPECT_EQ(note.find("crash all"), std::string::npos);
  }
}

TEST(AChaoticStory, IsTheSameForTheSameSeedOnly) {
  const std::string chaos =
      "[chaos]\ncrash = '1 per s'\npause = '1 per s'\npartition = '1 per s'\none_way = '1 per s'\n"
      "clog = '1 per s'\nswizzle = '1 per s'\nlose = '1 per s'\nduplicate = '1 per s'\n"
      "delay = '1 per s'\nslow = '1 per s'\nskew = '1 per s'\ndrift = '1 per s'\nuntil = '9 s'\n";
  const Told one = of_five(chaos, 1);
  EXPECT_EQ(one.failure, "");
  EXPECT_GT(one.notes.size(), 100U);
  EXPECT_EQ(one.notes, of_five(chaos, 1).notes);
  EXPECT_EQ(one.hash, of_five(chaos, 1).hash);
  EXPECT_NE(one.hash, of_five(chaos, 2).hash);
}

TEST(AChaoticStory, BeginsAndEndsWhenItIsSaidTo) {
  const Told one = of_five("[chaos]\ncrash = '20 per s'\nfrom = '2 s'\nuntil = '4 s'\n");
  std::vector<int> times;
  for (const std::string& note : one.notes) times.push_back(std::stoi(note));
  EXPECT_GE(times.front(), 2000);
  EXPECT_LT(times.front(), 2500);
  EXPECT_EQ(one.notes.back(), "4000 ms: chaos ends; healed are 1 2 3 4 5");
}

TEST(AChaoticStory, DoesAlsoWhatIsSaidInSentences) {
  const Told one = of_five("[chaos.say]\n'write 2' = '1 per s'\n'crash 3' = '1 per s'\n");
  EXPECT_TRUE(std::ranges::any_of(one.notes, [](const std::string& note) {
    return note.find("write 2: at ") != std::string::npos;
  }));
  EXPECT_TRUE(std::ranges::any_of(
      one.notes, [](const std::string& note) { return note.ends_with(": crash 3"); }));
  EXPECT_TRUE(std::ranges::any_of(
      one.notes, [](const std::string& note) { return note.ends_with(": restart 3"); }));
}

// "old writer" has a meaning where nothing else watches the run: the writer of the most letters
// changes at 3 s and 6 s.
TEST(AChaoticStory, RemembersWhoHadARole) {
  const Told one = told(
      "duration = '10 s'\n[clients]\nrate = '100 /s'\n[chaos.say]\n'pause old writer' = '5 per "
      "s'\n",
      cluster(3));
  EXPECT_TRUE(std::ranges::any_of(one.notes, [](const std::string& note) {
    return note.find("pause old writer: ") != std::string::npos;
  }));
}

// ---- its end

// From then on, who is in the core hears all others of it, and is heard.
std::set<std::string> heard_after(const Told& told, int time) {
  std::set<std::string> links;
  for (const std::string& line : told.log)
    if (std::stoi(line) > time && line.find("ms: card") != std::string::npos)
      links.insert(line.substr(line.find(", ") + 2));
  return links;
}

TEST(TheEndOfChaos, HealsAll) {
  const Told one = of_five(
      "[[step]]\nat = '1 s'\ndo = ['crash 1', 'pause 2', 'partition 3 | others', 'clog 4 | "
      "others', "
      "'drop messages from 5']\nfor = '8 s'\n[chaos]\nuntil = '2 s'\n");
  EXPECT_EQ(one.failure, "");
  EXPECT_EQ(heard_after(one, 2200).size(), 20U);
  for (const std::string& line : one.log)
    EXPECT_TRUE(std::stoi(line) < 2200 || line.find("drop") == std::string::npos) << line;
  EXPECT_EQ(one.notes.back(), "2000 ms: chaos ends; healed are 1 2 3 4 5");
}

// "1 -> 2", "2 -> 1", ... of all that a note names.
std::set<std::string> links_among(const std::string& nodes) {
  std::set<std::string> links;
  for (const char from : nodes)
    for (const char to : nodes)
      if (from != to) links.insert(std::string{from} + " -> " + std::string{to});
  return links;
}
std::string core_of(const Told& told) {
  std::string core = told.notes.back();
  core.erase(0, core.find("healed are ") + 11);
  std::erase(core, ' ');
  return core;
}

// What is not in the core stays as it is: down, paused, cut off.
TEST(TheEndOfChaos, HealsTheCoreOnly) {
  for (const std::string wrong : {"'pause all'", "'crash 1', 'pause 2'", "'drop messages'"})
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const Told one =
          of_five("[[step]]\nat = '1 s'\ndo = ['partition 1 | 2 | 3 | 4 | 5', " + wrong +
                      "]\nfor = '2 s'\n[chaos]\nuntil = '2 s'\ncore = 'majority'\n",
                  seed);
      EXPECT_EQ(core_of(one).size(), 3U);
      EXPECT_EQ(heard_after(one, 2200), links_among(core_of(one))) << one.notes.back();
    }
}

TEST(TheEndOfChaos, CutsTheCoreOffFromTheOthers) {
  const Told one = of_five("[chaos]\nuntil = '2 s'\ncore = 'majority'\n");
  std::string others;
  for (const char node : std::string("12345"))
    if (core_of(one).find(node) == std::string::npos) others += node;
  auto expected = links_among(core_of(one));
  expected.merge(links_among(others));
  EXPECT_EQ(heard_after(one, 2200), expected);
  EXPECT_EQ(heard_after(one, 1000).size(), 20U);
}

TEST(TheEndOfChaos, LeavesOutOthersForOtherSeeds) {
  std::set<std::string> cores;
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    cores.insert(
        told("duration = '2 s'\n[chaos]\nuntil = '1 s'\ncore = 'majority'\n", cluster(5), seed)
            .notes.back());
  EXPECT_EQ(cores.size(), 10U);  // 3 of 5
}

TEST(TheEndOfChaos, NeverLeavesOutWhoIsNoServer) {
  auto outside = cluster(3);
  outside.configs[1].outside = outside.configs[2].outside = true;
  const std::string text = "[chaos]\ncrash = '9 per s'\nuntil = '1 s'\ncore = 'majority'\n";
  EXPECT_EQ(told(head + text, outside).notes,
            (Log{"1000 ms: chaos ends; healed are 1 2 3"}));  // one server must be up
  outside.configs[0].outside = true;
  EXPECT_EQ(told(head + text, outside).notes, (Log{"1000 ms: chaos ends; healed are 1 2 3"}));
}

// Node 1, 2 and 3 never hear anybody: only where each of the two others is judged is it so.
TEST(TheEndOfChaos, LeavesTheCoreToBeJudged) {
  const std::string deaf =
      "[[step]]\nat = '0 s'\ndo = ['partition 1 | 2 | 3 | 4 | 5', 'drop messages']\n"
      "[chaos]\nuntil = '2 s'\ncore = 'majority'\n[[expect]]\n";
  const std::string heard = "= 'each has heard of another'\n";
  EXPECT_EQ(of_five(deaf + "in_the_end " + heard).failure, "");
  EXPECT_EQ(of_five(deaf + "eventually " + heard + "within = '1 s of chaos'").failure, "");
  EXPECT_EQ(of_five(deaf + "eventually " + heard + "within = '1 ms of chaos'").failure,
            "Not in time: eventually each has heard of another within 1 ms of chaos.");
  EXPECT_EQ(of_five(deaf + "eventually " + heard + "within = '1 s'").failure,
            "Not in time: eventually each has heard of another within 1 s.");
}

// Else its run could not be replayed.
TEST(TheEndOfChaos, IsOfANetworkThatLosesWhatIsSentBeyondTheCore) {
  const auto loses = [](const std::string& chaos) {
    auto settled = cluster(5);
    settle_in(settled, post::scenario(head + "[chaos]\n" + chaos), /*remembers=*/false);
    return settled.network.loss;
  };
  EXPECT_TRUE(loses("until = '1 s'\ncore = 'majority'"));
  EXPECT_FALSE(loses("core = 'majority'"));
  EXPECT_FALSE(loses("until = '1 s'"));
}

// Without an end there is nothing to judge.
TEST(TheEndOfChaos, ThatNeverComesIsToldSo) {
  EXPECT_EQ(of_five("[chaos]\ncrash = '1 per s'\n[[expect]]\neventually = 'each has heard of "
                    "another'\nwithin = '1 s of chaos'\n")
                .failure,
            "Never judged: eventually each has heard of another within 1 s of chaos, for there was "
            "no chaos.");
}

}  // namespace
}  // namespace coracle::sim
