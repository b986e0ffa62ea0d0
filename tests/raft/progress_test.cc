// How a leader paces what it sends to each follower (5.3; thesis 10.2.2): rule by rule, and then
// all of it over a network that loses, repeats and reorders.
#include "model/raft/progress.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/properties.h"
#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

Config paced(Flow flow, bool hints = false) {
  Config config = server(s1, 3);
  config.flow = flow;
  config.hints = hints;
  return config;
}

Received accepts(NodeId from, std::uint64_t match, Term term = {2}) {
  return {from, AppendEntriesReply{.term = term, .accepted = true, .match = {match}}};
}
Received refuses(NodeId from, std::optional<Conflict> conflict = {}) {
  return {from,
          AppendEntriesReply{.term = {2}, .accepted = false, .match = {}, .conflict = conflict}};
}
Conflict conflict_at(std::uint64_t refused, std::uint64_t term, std::uint64_t last) {
  return {.refused = {refused}, .last = {.term = {term}, .index = {last}}};
}

// What one append carries, by indices: "3+2" follows index 3 with two entries.
std::string carried(const AppendEntries& append) {
  return std::to_string(append.previous.index.value) + "+" + std::to_string(append.entries.size());
}

using Carried = std::vector<std::string>;

Carried carried(const Step& step, NodeId to) {
  Carried all;
  for (const AppendEntries& append : sent<AppendEntries>(step, to)) all.push_back(carried(append));
  return all;
}

// A leader of term 2 that knows of both followers that they have all of its log.
State replicating(const Config& config, Log log = {}) {
  State state = leader(config, {2}, std::move(log));
  const Index last = state.durable.log.last().index;
  for (const NodeId peer : config.peers)
    progress(state, peer) = {.next = next(last), .match = last, .mode = Replicate{}};
  return state;
}

// Commands of three bytes, one after the other. The last step's effects.
Step proposed(const Config& config, State state, int count) {
  Step step{std::move(state), {}};
  for (int i = 0; i < count; ++i) step = next_state(config, std::move(step.state), propose("abc"));
  return step;
}

std::size_t unanswered(State& state, NodeId peer) {
  return std::get<Replicate>(progress(state, peer).mode).unanswered.size();
}

template <class Mode>
bool in_mode(State& state, NodeId peer) {
  return std::holds_alternative<Mode>(progress(state, peer).mode);
}

// --- A probe finds where the logs agree.

TEST(Progress, AProbeWaitsForItsAnswer) {
  const Config config = paced({.appends = 4});
  Step step = proposed(config, leader(config, {2}, log_of({1})), 1);
  EXPECT_EQ(carried(step, s2), (Carried{"1+1"}));
  EXPECT_EQ(progress(step.state, s2).mode, (std::variant<Probe, Replicate, Install>{Probe{true}}));
  step = proposed(config, step.state, 2);
  EXPECT_TRUE(sent<AppendEntries>(step, s2).empty());
  EXPECT_EQ(progress(step.state, s2).next, Index{2});
}

// Whoever is down is not sent all of it again and again.
TEST(Progress, AHeartbeatProbesAgainWithoutEntries) {
  const Config config = paced({.appends = 4});
  Step step = proposed(config, leader(config, {2}, log_of({1})), 3);
  step = next_state(config, step.state, Expired{Timer::heartbeat});
  EXPECT_EQ(carried(step, s2), (Carried{"1+0"}));
  EXPECT_TRUE(carried(proposed(config, step.state, 1), s2).empty());
}

TEST(Progress, AnAcceptedProbeOpensThePipeline) {
  const Config config = paced({.appends = 4});
  Step step = proposed(config, leader(config, {2}, log_of({1})), 3);
  step = next_state(config, step.state, accepts(s2, 2));
  EXPECT_EQ(carried(step, s2), (Carried{"2+2"}));  // what has gathered, at once
  EXPECT_EQ(unanswered(step.state, s2), 1U);
  EXPECT_TRUE(in_mode<Probe>(step.state, s3));
  EXPECT_EQ(carried(proposed(config, step.state, 1), s2), (Carried{"4+1"}));
}

// Its answer tells no more than was known, but there is nothing to find out.
TEST(Progress, AnAcceptedProbeFromTheBeginningOpensItToo) {
  const Config config = paced({.appends = 4});
  Step step = next_state(config, leader(config, {2}), Expired{Timer::heartbeat});
  EXPECT_EQ(carried(step, s2), (Carried{"0+0"}));
  step = proposed(config, step.state, 2);
  EXPECT_TRUE(carried(step, s2).empty());
  EXPECT_EQ(carried(next_state(config, step.state, accepts(s2, 0)), s2), (Carried{"0+2"}));
}

TEST(Progress, ARefusedProbeIsFollowedByTheNextAtOnce) {
  const Config config = paced({.appends = 4});
  Step step = proposed(config, leader(config, {2}, log_of({1, 1})), 1);
  step = next_state(config, step.state, refuses(s2, conflict_at(2, 1, 1)));
  EXPECT_EQ(carried(step, s2), (Carried{"1+2"}));
  EXPECT_TRUE(carried(proposed(config, step.state, 1), s2).empty());  // it waits again
}

// --- Then appends follow each other, up to the limits (thesis 10.2.2).

TEST(Progress, GoesOnUnansweredUpToTheLimitOfAppends) {
  const Config config = paced({.appends = 3});
  State state = replicating(config);
  for (const Carried& out : {Carried{"0+1"}, Carried{"1+1"}, Carried{"2+1"}, Carried{}}) {
    const Step step = proposed(config, state, 1);
    EXPECT_EQ(carried(step, s2), out);
    state = step.state;
  }
  EXPECT_EQ(progress(state, s2).next, Index{4});
  EXPECT_EQ(unanswered(state, s2), 3U);
}

TEST(Progress, GoesOnUnansweredUpToTheLimitOfBytes) {
  const Config config = paced({.appends = 100, .bytes = 6});
  State state = replicating(config);
  for (const Carried& out : {Carried{"0+1"}, Carried{"1+1"}, Carried{}}) {
    const Step step = proposed(config, state, 1);
    EXPECT_EQ(carried(step, s2), out);
    state = step.state;
  }
  EXPECT_EQ(carried(next_state(config, state, accepts(s2, 1)), s2), (Carried{"2+1"}));
}

// The limit is looked at before an append is sent: one that is larger than it still goes out.
TEST(Progress, NoCommandIsTooLargeForTheLimitOfBytes) {
  const Config config = paced({.appends = 100, .bytes = 2});
  Step step = proposed(config, replicating(config), 1);
  EXPECT_EQ(carried(step, s2), (Carried{"0+1"}));
  step = proposed(config, step.state, 1);
  EXPECT_EQ(carried(step, s2), (Carried{}));
  EXPECT_EQ(carried(next_state(config, step.state, accepts(s2, 1)), s2), (Carried{"1+1"}));
}

TEST(Progress, WithALimitOfOneEachAppendWaitsForTheOneBefore) {
  const Config config = paced({.appends = 1});
  Step step = proposed(config, replicating(config), 1);
  EXPECT_EQ(carried(step, s2), (Carried{"0+1"}));
  step = proposed(config, step.state, 1);
  EXPECT_EQ(carried(step, s2), (Carried{}));
  step = next_state(config, step.state, accepts(s2, 1));
  EXPECT_EQ(carried(step, s2), (Carried{"1+1"}));
}

TEST(Progress, WhatGathersBehindTheLimitGoesOutInOneAppend) {
  const Config config = paced({.appends = 2});
  Step step = proposed(config, replicating(config), 12);
  step = next_state(config, step.state, accepts(s2, 1));
  EXPECT_EQ(carried(step, s2), (Carried{"2+10"}));
  EXPECT_EQ(unanswered(step.state, s2), 2U);
}

TEST(Progress, AnAppendIsCutToItsBytes) {
  const Config config = paced({.appends = 4, .bytes = 0, .append = 6});
  Step step = proposed(config, leader(config, {2}, log_of({1})), 6);
  step = next_state(config, step.state, accepts(s2, 2));
  EXPECT_EQ(carried(step, s2), (Carried{"2+2", "4+2", "6+1"}));
}

TEST(Progress, AnAppendCarriesAtLeastOneEntry) {
  const Config config = paced({.appends = 4, .bytes = 0, .append = 1});
  Step step = proposed(config, leader(config, {2}, log_of({1})), 4);
  step = next_state(config, step.state, accepts(s2, 2));
  EXPECT_EQ(carried(step, s2), (Carried{"2+1", "3+1", "4+1"}));
}

TEST(Progress, AnAnswerCountsForAllAppendsThatItCovers) {
  const Config config = paced({.appends = 3});
  Step step = proposed(config, replicating(config), 3);
  step = next_state(config, step.state, accepts(s2, 2));  // the first answer was lost
  EXPECT_EQ(unanswered(step.state, s2), 1U);
  step = next_state(config, step.state, accepts(s2, 1));  // or is late
  EXPECT_EQ(unanswered(step.state, s2), 1U);
  EXPECT_EQ(progress(step.state, s2).match, Index{2});
}

// --- Heartbeats.

TEST(Progress, AHeartbeatGoesOutHoweverMuchIsUnanswered) {
  const Config config = paced({.appends = 1});
  Step step = proposed(config, committed_up_to(1, replicating(config, log_of({2}))), 5);
  const State before = step.state;
  step = next_state(config, step.state, Expired{Timer::heartbeat});
  for (const NodeId peer : {s2, s3})
    EXPECT_EQ(
        sent<AppendEntries>(step, peer),
        (std::vector{AppendEntries{
            .term = {2}, .previous = {.term = {2}, .index = {2}}, .entries = {}, .commit = {1}}}));
  EXPECT_EQ(step.state, before);
}

// Only the answer is lost: the heartbeat's own answer stands for it.
TEST(Progress, AnAcceptedHeartbeatAnswersAllThatWasSent) {
  const Config config = paced({.appends = 2});
  Step step = proposed(config, replicating(config), 4);
  step = next_state(config, step.state, accepts(s2, 2));
  EXPECT_EQ(unanswered(step.state, s2), 1U);
  EXPECT_EQ(progress(step.state, s2).match, Index{2});
  EXPECT_EQ(carried(step, s2), (Carried{"2+2"}));
}

TEST(Progress, ALostAppendIsFoundByTheNextHeartbeat) {
  for (const bool hints : {false, true}) {  // with an account of appends, there are hints anyway
    const Config config = paced({.appends = 4}, hints);
    Config other = config;
    other.self = s2;
    other.peers = {s1, s3};
    Step step = proposed(config, replicating(config, log_of({2})), 3);  // all three are lost
    State follows = follower({2}, log_of({2}));
    step = next_state(config, step.state, Expired{Timer::heartbeat});
    Carried all;
    for (auto out = sent<AppendEntries>(step, s2); !out.empty();
         out = sent<AppendEntries>(step, s2)) {
      all.push_back(carried(out.at(0)));
      Step answer = synced(other, follows, Received{s1, out.at(0)});
      follows = answer.state;
      step =
          next_state(config, step.state, Received{s2, sent<AppendEntriesReply>(answer, s1).at(0)});
    }
    EXPECT_EQ(all, (Carried{"4+0", "1+3"}));
    EXPECT_EQ(follows.durable.log, step.state.durable.log);
    EXPECT_EQ(progress(step.state, s2), (Progress{.next = {5}, .match = {4}, .mode = Replicate{}}));
  }
}

TEST(Progress, ARefusalWhileReplicatingGoesBackToTheMatch) {
  const Config config = paced({.appends = 4, .bytes = 0, .append = 3}, /*hints=*/true);
  Step step = proposed(config, replicating(config, log_of({2, 2})), 3);
  step = next_state(config, step.state, refuses(s2, conflict_at(5, 2, 2)));
  EXPECT_EQ(carried(step, s2), (Carried{"2+1"}));
  EXPECT_EQ(progress(step.state, s2), (Progress{.next = {3}, .match = {2}, .mode = Probe{true}}));
}

// --- Answers that come late.

TEST(Progress, ALateAcknowledgementChangesNothing) {
  const Config config = paced({.appends = 2});
  Step step = proposed(config, committed_up_to(2, replicating(config, log_of({2, 2}))), 5);
  for (const std::uint64_t match : {0U, 1U, 2U}) {
    const Step late = next_state(config, step.state, accepts(s2, match));
    EXPECT_EQ(late, (Step{step.state, {}})) << match;
  }
}

TEST(Progress, ALateRefusalChangesNothing) {
  const Config config = paced({.appends = 2}, /*hints=*/true);
  Step step = proposed(config, replicating(config, log_of({1, 1, 2})), 5);
  const Step known = next_state(config, step.state, refuses(s2, conflict_at(3, 0, 0)));
  EXPECT_EQ(known, (Step{step.state, {}}));  // of what matches by now
  step = next_state(config, step.state, refuses(s2, conflict_at(5, 2, 4)));
  ASSERT_TRUE(in_mode<Probe>(step.state, s2));
  for (const std::uint64_t refused : {3U, 4U, 5U}) {  // of what has been given up
    const Step late = next_state(config, step.state, refuses(s2, conflict_at(refused, 0, 0)));
    EXPECT_EQ(late, (Step{step.state, {}})) << refused;
  }
}

// A refusal without a hint is one of an earlier term.
TEST(Progress, ARefusalThatSaysNothingChangesNothing) {
  const Config config = paced({.appends = 2});
  const Step step = proposed(config, replicating(config, log_of({2, 2})), 3);
  EXPECT_EQ(next_state(config, step.state, refuses(s2)), (Step{step.state, {}}));
}

// --- One follower and the others.

TEST(Progress, ALaggardHoldsNobodyBack) {
  const Config config = paced({.appends = 2});
  Step step{replicating(config), {}};
  for (std::uint64_t index = 1; index <= 10; ++index) {
    step = synced(config, step.state, propose("abc"));
    EXPECT_EQ(sent<AppendEntries>(step, s2).size(), 1U);
    EXPECT_EQ(sent<AppendEntries>(step, s3).size(), index <= 2 ? 1U : 0U);  // s3 says nothing
    step = synced(config, step.state, accepts(s2, index));
    EXPECT_EQ(step.state.commit, Index{index});
  }
  EXPECT_EQ(progress(step.state, s3),
            (Progress{.next = {3},
                      .match = {0},
                      .mode = Replicate{{{.last = {1}, .bytes = 3}, {.last = {2}, .bytes = 3}}}}));
}

// --- Hints: back by whole terms (5.3).

TEST(Progress, AHintTellsTheLastEntryThatMayAgree) {
  const auto told = [](const Log& log, EntryId previous) {
    Config config = paced({}, /*hints=*/true);
    const AppendEntries append{.term = {9}, .previous = previous, .entries = {}, .commit = {}};
    const Step step = next_state(config, follower({9}, log), Received{s2, append});
    return sent<AppendEntriesReply>(step, s2).at(0).conflict;
  };
  const Log log = log_of({1, 2, 2, 4});
  EXPECT_EQ(told(log, {.term = {3}, .index = {4}}), conflict_at(4, 2, 3));  // 4 is too late a term
  EXPECT_EQ(told(log, {.term = {5}, .index = {4}}), conflict_at(4, 4, 4));
  EXPECT_EQ(told(log, {.term = {9}, .index = {9}}), conflict_at(9, 4, 4));  // the log is shorter
  EXPECT_EQ(told(log_of({4}), {.term = {3}, .index = {1}}), conflict_at(1, 0, 0));
  EXPECT_EQ(told(compacted(log, 2), {.term = {3}, .index = {9}}), conflict_at(9, 2, 3));
}

// The leader goes on behind its own last entry that may agree with that one.
TEST(Progress, AHintIsAnsweredInTheSameWay) {
  const auto next_after = [](const Log& log, const Conflict& conflict) {
    const Config config = paced({}, /*hints=*/true);
    const Step step = next_state(config, leader(config, {2}, log), refuses(s2, conflict));
    return sent<AppendEntries>(step, s2).empty() ? std::string("a snapshot")
                                                 : carried(step, s2).at(0);
  };
  EXPECT_EQ(next_after(log_of({1, 1, 2, 2, 2}), conflict_at(5, 1, 4)), "2+3");  // of no later term
  EXPECT_EQ(next_after(log_of({1, 1, 1, 1, 2}), conflict_at(5, 1, 2)), "2+3");  // of no later index
  EXPECT_EQ(next_after(log_of({2, 2, 2, 2, 2}), conflict_at(5, 1, 3)), "0+5");
  // The snapshot's last entry is one of them; what is before it is not there to be sent.
  EXPECT_EQ(next_after(compacted(log_of({1, 1, 2, 2, 2}), 2), conflict_at(5, 1, 4)), "2+3");
  EXPECT_EQ(next_after(compacted(log_of({2, 2, 2, 2, 2}), 2), conflict_at(5, 1, 1)), "a snapshot");
}

TEST(Progress, AHintIsNeverFollowedUpwardsNorBehindTheMatch) {
  const Config config = paced({.appends = 2}, /*hints=*/true);
  State state = leader(config, {2}, log_of({1, 1, 1, 1, 2}));
  progress(state, s2) = {.next = {4}, .match = {2}, .mode = Probe{true}};
  const auto next_after = [&](const Conflict& conflict) {
    Step step = next_state(config, state, refuses(s2, conflict));
    return progress(step.state, s2).next;
  };
  EXPECT_EQ(next_after(conflict_at(3, 1, 3)), Index{3});
  EXPECT_EQ(next_after(conflict_at(3, 0, 0)), Index{3});
}

// --- Without limits, as in the paper.

TEST(Progress, WithoutLimitsEveryAppendCarriesAllFromNextOn) {
  const Config config = paced({});
  Step step = proposed(config, leader(config, {2}, log_of({1})), 1);
  EXPECT_EQ(carried(step, s2), (Carried{"1+1"}));
  step = proposed(config, step.state, 1);
  EXPECT_EQ(carried(step, s2), (Carried{"1+2"}));
  step = next_state(config, step.state, Expired{Timer::heartbeat});
  EXPECT_EQ(carried(step, s2), (Carried{"1+2"}));
  step = next_state(config, step.state, accepts(s2, 2));
  EXPECT_EQ(carried(step, s2), (Carried{"2+1"}));
  EXPECT_EQ(progress(step.state, s2), (Progress{.next = {3}, .match = {2}, .mode = Probe{}}));
}

// --- A leader and two followers, over a network that loses, repeats and reorders.

std::uint64_t any(std::uint64_t least, std::uint64_t most) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(least, most + 1));
}

// Up to `most` entries more, whose terms go up and belong to one server alone.
void grow(Log& log, std::uint64_t own, std::uint64_t most) {
  for (std::uint64_t more = any(0, most); more > 0; --more) {
    std::uint64_t term = std::max<std::uint64_t>(1, log.last().term.value + any(0, 3));
    while (term % 3 != own) ++term;
    log.append({{term}, std::to_string(term) + "@" + std::to_string(log.size() + 1)});
  }
}

// A log that matches the leader's: a first part of it, and then entries of its own.
Log beside(const Log& leaders, std::uint64_t own) {
  Log log = leaders;
  log.rewrite({any(1, leaders.size() + 1)}, {});
  grow(log, own, 5);
  return log;
}

struct Cluster {
  struct Envelope {
    NodeId from;
    NodeId to;
    Message message;
  };

  std::array<Config, 3> configs;
  std::array<State, 3> states;
  std::vector<Envelope> network;  // in the order of sending
  std::size_t delivered = 0;

  Cluster() {
    const Flow flow{.appends = any(0, 3), .bytes = any(0, 8), .append = any(0, 8)};
    const bool hints = any(0, 1) > 0;
    Log log;
    grow(log, 0, 6);
    for (std::size_t at = 0; at < 3; ++at) {
      configs[at] = server(node_at(at), 3);
      configs[at].flow = flow;
      configs[at].hints = hints;
      states[at] = follower({0}, at == 0 ? log : beside(log, at));
      states[at].durable.term = states[at].durable.log.last().term;
    }
    states[0] = leader(configs[0], {100}, log);
  }

  const Log& log(std::size_t at) const { return states[at].durable.log; }

  void step(std::size_t at, const Event& event) {
    const State before = states[at];
    const Step step = synced(configs[at], before, event);
    states[at] = step.state;
    for (const Send& send : only<Send>(step))
      network.push_back({node_at(at), send.to, send.message});
    const NodeChange change{.before = before, .after = step.state, .effects = step.effects};
    RC_ASSERT(every_message_is_possible(change));
    RC_ASSERT(match_never_goes_back(change));
    check();
  }

  void check() const {
    for (const auto& [peer, progress] : std::get<Leader>(states[0].role).peers) {
      RC_ASSERT(progress.match < progress.next);
      RC_ASSERT(same_up_to(progress.match, log(0), log(position(peer))));
      if (const auto* mode = std::get_if<Replicate>(&progress.mode)) check(progress, *mode);
    }
  }
  void check(const Progress& progress, const Replicate& mode) const {
    const Flow& flow = configs[0].flow;
    RC_ASSERT(mode.unanswered.size() <= flow.appends);
    std::size_t bytes = 0;
    Index last = progress.match;
    for (const Flight& flight : mode.unanswered) {
      RC_ASSERT(flow.bytes == 0 || bytes < flow.bytes);  // when it was sent
      bytes += flight.bytes;
      RC_ASSERT(last < flight.last && flight.last < progress.next);
      last = flight.last;
    }
  }

  void deliver(std::size_t at, bool again = false) {
    const Envelope envelope = network[at];
    if (!again) network.erase(network.begin() + static_cast<std::ptrdiff_t>(at));
    ++delivered;
    step(position(envelope.to), Received{envelope.from, envelope.message});
  }

  void anything() {
    const std::uint64_t choice = any(0, 9);
    if (choice == 0) return step(0, Expired{Timer::heartbeat});
    if (choice <= 2) return step(0, propose(std::string(any(0, 4), 'x')));
    if (network.empty()) return;
    const std::size_t at = any(0, network.size() - 1);
    if (choice == 3) network.erase(network.begin() + static_cast<std::ptrdiff_t>(at));
    if (choice > 3) deliver(at, /*again=*/choice == 4);
  }

  // All arrives, in the order of sending.
  void heartbeat() {
    step(0, Expired{Timer::heartbeat});
    const std::size_t before = delivered;
    while (!network.empty()) {
      deliver(0);
      RC_ASSERT(delivered < before + 500);  // it comes to rest
    }
  }
};

// A heartbeat finds what was lost, what follows repairs it, and the next brings the commit index.
RC_GTEST_PROP(Progress, ThreeHeartbeatsHealEverything, ()) {
  Cluster cluster;
  for (std::uint64_t steps = any(0, 80); steps > 0; --steps) cluster.anything();
  if (any(0, 1) > 0) cluster.network.clear();
  cluster.step(0, propose("last"));
  for (int i = 0; i < 3; ++i) cluster.heartbeat();
  const Index last = cluster.log(0).last().index;
  for (const State& state : cluster.states) {
    RC_ASSERT(state.durable.log == cluster.log(0));
    RC_ASSERT(state.commit == last);
  }
}

}  // namespace
}  // namespace coracle::raft
