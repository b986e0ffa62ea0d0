// Every mutant is a bug: it changes at least one step. And none can be planted in what is deployed.
#include "model/raft/mutants.h"

#include <gtest/gtest.h>

#include <cstddef>

#include "model/property.h"
#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

// A Config gets the published rules.
const Config config = server(s1, 3);
static_assert(!planted(config, Mutant::commit_old_term));
static_assert(coracle::Protocol<Protocol> && coracle::Protocol<Bench>);
static_assert(HasNetwork<Protocol> && HasTimers<Protocol> && HasRequests<Protocol>);
static_assert(HasDisk<Protocol> && HasDisk<Bench> && HasObserver<Protocol> && HasObserver<Bench>);

struct Case {
  PlantedConfig rules;
  State before;
  Event event;
};

PlantedConfig bench(NodeId self, std::size_t servers) { return {server(self, servers), {}}; }

Received append(Term term, EntryId previous = {}, Index commit = {}) {
  return {s2, AppendEntries{.term = term, .previous = previous, .entries = {}, .commit = commit}};
}
Received answer(Term term, bool accepted, Index match) {
  return {s2, AppendEntriesReply{.term = term, .accepted = accepted, .match = match}};
}
Received vote(Term term) { return {s2, RequestVoteReply{.term = term, .granted = true}}; }
Received ask(Term term, EntryId last) { return {s2, RequestVote{.term = term, .last = last}}; }

// A leader of term 2, of whose peer 2 it is known how far it got.
State leading(Log log, Progress second) {
  State state = leader(config, {2}, std::move(log));
  progress(state, s2) = second;
  return state;
}

Received piece(Term term, const Log& log, std::uint64_t last) {
  return {s2, InstallSnapshot{
                  .term = term, .piece = apart(snapshot_of(log, last)), .offset = 0, .done = true}};
}
Received first_entry(Term term, std::uint64_t of) {
  return {s2, AppendEntries{.term = term, .previous = {}, .entries = entries({of}), .commit = {}}};
}

// A leader of term 2 that has committed the first entry, and goes over to these members.
State changing(Configuration members) {
  State state = committed_up_to(1, follower({2}, log_of({2})));
  state.durable.log.append({.term = {2}, .command = {}, .configuration = std::move(members)});
  return committed_up_to(1, leader(config, {2}, state.durable.log));
}
Requested remove_third() {
  return {ClientId{1}, ChangeMembers{.voters = {}, .learners = {}, .removed = {s3}}};
}

// A leader of term 2, one of whose reads waits for the first round to be answered.
State read_at(Log log, std::uint64_t commit) {
  State state = committed_up_to(commit, leading(std::move(log), {.next = {2}, .match = {1}}));
  std::get<Leader>(state.role).standing = {
      .round = {1},
      .reads = {{.read = {.client = ClientId{7}, .number = 1}, .asked_by = s1, .round = {1}}}};
  return state;
}
Received answers_round(std::uint64_t round) {
  return {s2, AppendEntriesReply{
                  .term = {2}, .accepted = true, .match = {1}, .conflict = {}, .round = {round}}};
}

Case example_of_reads(Mutant mutant) {
  PlantedConfig three = bench(s1, 3);
  three.reads = Reads::read_index;
  const Requested read{ClientId{7}, Read{1}};
  switch (mutant) {
    case Mutant::read_before_own_commit:
      return {three, read_at(log_of({1, 2}), 1), answers_round(1)};
    case Mutant::read_without_quorum:
      return {three, committed_up_to(1, leader(config, {2}, log_of({2}))), read};
    case Mutant::read_ack_reused:
      return {three, read_at(log_of({2}), 1), answers_round(0)};
    case Mutant::lease_survives_transfer: {
      three.reads = Reads::lease;
      State state = read_at(log_of({2}), 1);
      std::get<Leader>(state.role).standing = {
          .round = {1}, .answered = {s2}, .has_handed_over = true};
      return {three, state, read};
    }
    default:
      return {three, {}, Expired{Timer::heartbeat}};
  }
}

Case example_of_membership(Mutant mutant) {
  const PlantedConfig three = bench(s1, 3);
  switch (mutant) {
    case Mutant::change_before_own_commit:
      return {three, leader(config, {2}, log_of({1})), remove_third()};
    case Mutant::two_changes_in_flight:
      return {three, changing({.voters = {s1, s2, s3}, .learners = {s4}}), remove_third()};
    case Mutant::joint_left_early:
      return {three, changing({.voters = {s1}, .old_voters = {s1, s2, s3}}),
              Expired{Timer::heartbeat}};
    case Mutant::campaign_with_pending_change: {
      State state = changing({.voters = {s1}});
      state.role = Follower{};
      return {three, state, Expired{Timer::election}};
    }
    case Mutant::demoted_leader_counts_itself:
      return {three, changing({.voters = {s2, s3}}), answer({2}, true, {2})};
    default:
      return example_of_reads(mutant);
  }
}

Case example_beyond_the_paper(Mutant mutant) {
  const PlantedConfig three = bench(s1, 3);
  const Log log = log_of({1, 1});
  switch (mutant) {
    case Mutant::pre_vote_by_leader:
      return {three, leader(config, {1}), Received{s2, PreVote{.term = {2}, .last = {}}}};
    case Mutant::match_off_by_one:
    case Mutant::next_not_raised:
      return {three, leading(log_of({2}), {.next = {1}, .match = {0}}), answer({2}, true, {1})};
    case Mutant::old_entry_new_term:
      return {three, leading(log, {.next = {1}, .match = {0}}), Expired{Timer::heartbeat}};
    case Mutant::prev_zero_after_compaction:
      return {three, committed_up_to(2, follower({1}, compacted(log, 2))), first_entry({1}, 1)};
    case Mutant::snapshot_off_by_one:
      return {three, committed_up_to(2, leading(compacted(log, 1), {.next = {1}, .match = {0}})),
              Expired{Timer::heartbeat}};
    case Mutant::snapshot_sets_term:
      return {three, follower({2}), piece({2}, log, 2)};
    case Mutant::snapshot_goes_back:
      return {three, committed_up_to(2, follower({2}, compacted(log, 2))), piece({2}, log, 1)};
    case Mutant::ack_before_flush:
      return {three, follower({1}), first_entry({1}, 1)};
    case Mutant::leader_counts_unflushed:
      return {three, leader(config, {1}), propose("x")};
    default:
      return example_of_membership(mutant);
  }
}

Case example(Mutant mutant) {
  const PlantedConfig three = bench(s1, 3);
  const State known = committed_up_to(1, follower({2}, log_of({1})));
  const Saved written{Written{.first = {1}, .entries = entries({2})}};
  switch (mutant) {
    case Mutant::none:
      return {three, follower({1}), Expired{Timer::election}};
    case Mutant::commit_old_term:
      return {three, leading(log_of({1}), {.next = {1}, .match = {0}}), answer({2}, true, {1})};
    case Mutant::no_up_to_date_check:
      return {three, follower({1}, log_of({1})), ask({2}, {})};
    case Mutant::shorter_log_wins:
      return {three, follower({2}, log_of({2})), ask({3}, {.term = {1}, .index = {1}})};
    case Mutant::vote_not_saved:
      return {three, follower({1}, {}, s3), ask({1}, {})};
    case Mutant::vote_cleared_by_leader:
      return {three, follower({1}, {}, s2), append({1})};
    case Mutant::vote_cleared_on_step_down:
      return {three, candidate(s1, {1}, {s1}), append({1})};
    case Mutant::no_self_vote:
      return {three, follower({1}), Expired{Timer::election}};
    case Mutant::votes_as_counter:
      return {bench(s1, 5), candidate(s1, {1}, {s1, s2}), vote({1})};
    case Mutant::old_vote_reply_counts:
      return {three, candidate(s1, {2}, {s1}), vote({1})};
    case Mutant::old_append_lowers_term:
      return {three, follower({2}), append({1})};
    case Mutant::truncate_always:
      return {three, follower({1}, log_of({1, 1})), append({1}, {.term = {1}, .index = {1}})};
    case Mutant::commit_not_monotonic:
      return {three, known, append({2})};
    case Mutant::commit_own_last:
      return {three, follower({2}, log_of({1})), append({2}, {}, {1})};
    case Mutant::rejected_append_commits:
      return {three, follower({2}, log_of({1})), append({2}, {.term = {2}, .index = {2}}, {1})};
    case Mutant::ack_own_last:
      return {three, follower({2}, log_of({1})), append({2})};
    case Mutant::match_not_monotonic:
      return {three, leading(log_of({2}), {.next = {2}, .match = {1}}), answer({2}, true, {0})};
    case Mutant::stale_reject_rewinds:
      return {three, leading(log_of({2}), {.next = {2}, .match = {1}}), answer({2}, false, {0})};
    case Mutant::quorum_unsorted:
      return {bench(s2, 3), leader(server(s2, 3), {2}, log_of({2})), written};
    case Mutant::even_quorum:
      return {bench(s1, 4), candidate(s1, {1}, {s1}), vote({1})};
    default:
      return example_beyond_the_paper(mutant);
  }
  return {three, {}, Expired{Timer::heartbeat}};
}

// From before a crash, through it, and on.
template <class C>
Step after_a_restart(const C& rules, const State& before, const Event& event) {
  return next_state(rules, restarted(rules, durable(before)), event);
}

TEST(Mutants, EachChangesAStep) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Mutant>>([](auto enumerator) {
    const Mutant mutant = enumerator.value;
    Case given = example(mutant);
    const Config& published = given.rules;
    const auto step = [&](const auto& rules) {
      return mutant == Mutant::vote_not_saved ? after_a_restart(rules, given.before, given.event)
                                              : next_state(rules, given.before, given.event);
    };
    EXPECT_EQ(step(given.rules), step(published)) << enumerator.name;
    given.rules.mutant = mutant;
    EXPECT_EQ(step(given.rules) != step(published), mutant != Mutant::none) << enumerator.name;
  });
}

TEST(Mutants, EachIsDescribed) {
  std::size_t at = 0;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Mutant>>([&](auto enumerator) {
    ASSERT_LT(at, mutant_notes.size());
    EXPECT_EQ(mutant_notes.at(at).mutant, enumerator.value);
    EXPECT_TRUE(mutant_notes.at(at).change.ends_with('.'));
    ++at;
  });
  EXPECT_EQ(at, mutant_notes.size());
}

}  // namespace
}  // namespace coracle::raft
