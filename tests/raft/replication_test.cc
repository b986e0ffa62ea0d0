// How logs become equal and entries committed: Figure 2's AppendEntries and its rules for
// leaders, 5.3 and 5.4.2.
#include "model/raft/replication.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

EntryId id(std::uint64_t term, std::uint64_t index) { return {.term = {term}, .index = {index}}; }

Received append(NodeId from, AppendEntries message) { return {from, std::move(message)}; }
Received accepts(NodeId from, Term term, Index match) {
  return {from, AppendEntriesReply{.term = term, .accepted = true, .match = match}};
}
Received refuses(NodeId from, Term term) {
  return {from, AppendEntriesReply{.term = term, .accepted = false, .match = {}}};
}

Send acceptance(NodeId to, Term term, Index match) {
  return {to, AppendEntriesReply{.term = term, .accepted = true, .match = match}};
}
Send refusal(NodeId to, Term term) {
  return {to, AppendEntriesReply{.term = term, .accepted = false, .match = {}}};
}

State following(State state, NodeId leader, Index commit = {}) {
  state.role = Follower{leader};
  state.commit = commit;
  return state;
}

// --- A follower.

TEST(Replication, RefusesAStaleTerm) {
  const State before = follower({2}, log_of({1}));
  const Step step = next_state(
      config, before,
      append(s2, {.term = {1}, .previous = id(1, 1), .entries = entries({1}, 2), .commit = {1}}));
  EXPECT_EQ(step, (Step{before, {refusal(s2, {2})}}));
}

TEST(Replication, WritesWhatItLacksBeforeItAcknowledges) {
  const Step step = next_state(
      config, follower({2}, log_of({1, 1})),
      append(s2,
             {.term = {2}, .previous = id(1, 1), .entries = entries({1, 2, 2}, 2), .commit = {}}));
  EXPECT_EQ(step.state, following(follower({2}, log_of({1, 1, 2, 2})), s2));
  EXPECT_EQ(step.effects, (Effects{SetTimer{Timer::election},
                                   Save{Written{.first = {3}, .entries = entries({2, 2}, 3)}},
                                   acceptance(s2, {2}, {4})}));
}

TEST(Replication, SavesANewTermBeforeTheEntries) {
  const Step step =
      next_state(config, follower({1}, {}, s1),
                 append(s2, {.term = {2}, .previous = {}, .entries = entries({2}), .commit = {}}));
  EXPECT_EQ(
      step.effects,
      (Effects{Save{TermAndVote{.term = {2}, .voted_for = {}}}, SetTimer{Timer::election},
               Save{Written{.first = {1}, .entries = entries({2})}}, acceptance(s2, {2}, {1})}));
}

// The first write may still be on its way to the disk: the answer waits for it.
TEST(Replication, AcknowledgesARepeatedAppendBehindABarrier) {
  const State before = following(follower({2}, log_of({2})), s2);
  const Step step =
      next_state(config, before,
                 append(s2, {.term = {2}, .previous = {}, .entries = entries({2}), .commit = {}}));
  EXPECT_EQ(step, (Step{before, {SetTimer{Timer::election}, Save{}, acceptance(s2, {2}, {1})}}));
}

TEST(Replication, AcknowledgesTheAppendsTailNotItsOwn) {
  const Step step =
      next_state(config, follower({2}, log_of({1, 1, 1})),
                 append(s2, {.term = {2}, .previous = id(1, 1), .entries = {}, .commit = {}}));
  EXPECT_EQ(step.state.durable.log, log_of({1, 1, 1}));
  EXPECT_EQ(sent<AppendEntriesReply>(step, s2).at(0).match, Index{1});
}

TEST(Replication, RefusesWhatItsLogDoesNotMatchAndCommitsNothing) {
  for (const EntryId previous : {id(2, 1), id(1, 2)}) {
    const Step step = next_state(
        config, follower({2}, log_of({1})),
        append(s2, {.term = {2}, .previous = previous, .entries = entries({2}, 3), .commit = {1}}));
    EXPECT_EQ(step.state, following(follower({2}, log_of({1})), s2));
    EXPECT_EQ(step.effects, (Effects{SetTimer{Timer::election}, refusal(s2, {2})}));
  }
}

TEST(Replication, AFollowerCommitsWhatTheAppendCovers) {
  const State before = follower({2}, log_of({1, 1, 1}));
  const auto commit = [&](EntryId previous, Index leader_commit) {
    return next_state(
        config, before,
        append(s2, {.term = {2}, .previous = previous, .entries = {}, .commit = leader_commit}));
  };
  EXPECT_EQ(commit(id(1, 3), {2}).state.commit, Index{2});
  EXPECT_EQ(commit(id(1, 2), {9}).state.commit, Index{2});
  EXPECT_EQ(commit({}, {3}).state.commit, Index{0});
  EXPECT_EQ(only<Apply>(commit(id(1, 2), {9})),
            (std::vector{Apply{{1}, "1@1"}, Apply{{2}, "1@2"}}));
}

TEST(Replication, CommitNeverGoesBack) {
  const State before = following(follower({2}, log_of({1, 1})), s2, {2});
  const Step step = next_state(
      config, before, append(s2, {.term = {2}, .previous = {}, .entries = {}, .commit = {1}}));
  EXPECT_EQ(step.state, before);
  EXPECT_TRUE(only<Apply>(step).empty());
}

TEST(Replication, ACandidateStepsDownForTheLeaderOfItsTerm) {
  const Step step =
      next_state(config, candidate(s1, {2}, {s1}),
                 append(s2, {.term = {2}, .previous = {}, .entries = {}, .commit = {}}));
  EXPECT_EQ(step.state, following(follower({2}, {}, s1), s2));
}

TEST(Replication, ALeaderRefusesAnotherOfItsTerm) {
  const State before = leader(config, {2});
  EXPECT_EQ(next_state(config, before,
                       append(s2, {.term = {2}, .previous = {}, .entries = {}, .commit = {}})),
            (Step{before, {Refuse{s2, Flaw::impossible}}}));
}

// --- A leader speaks.

TEST(Replication, SendsAProposalWhileItWritesIt) {
  const Step step = next_state(config, leader(config, {2}, log_of({1})), propose("2@2"));
  EXPECT_EQ(step.state.durable.log, log_of({1, 2}));
  EXPECT_EQ(std::get<Leader>(step.state.role).written, Index{1});
  const AppendEntries message{
      .term = {2}, .previous = id(1, 1), .entries = entries({2}, 2), .commit = {}};
  EXPECT_EQ(step.effects, (Effects{Send{s2, message}, Send{s3, message},
                                   Save{Written{.first = {2}, .entries = entries({2}, 2)}}}));
}

TEST(Replication, RedirectsAProposalToTheLeaderItKnows) {
  const Requested proposed = propose("x");
  const State knows = following(follower({1}), s2);
  EXPECT_EQ(next_state(config, knows, proposed), (Step{knows, {Redirect{ClientId{7}, s2}}}));
  const State alone = candidate(s1, {1}, {s1});
  EXPECT_EQ(next_state(config, alone, proposed), (Step{alone, {Redirect{ClientId{7}, {}}}}));
  EXPECT_TRUE(requests(config, knows).empty());
  EXPECT_EQ(requests(config, leader(config, {1})), (std::vector<Request>{Propose{"x"}}));
}

TEST(Replication, AHeartbeatSendsEachPeerWhatItLacks) {
  State before = leader(config, {2}, log_of({1, 2}));
  progress(before, s2) = {.next = {2}, .match = {1}};
  before.commit = {1};
  const Step step = next_state(config, before, Expired{Timer::heartbeat});
  EXPECT_EQ(step.state, before);
  EXPECT_EQ(
      step.effects,
      (Effects{
          SetTimer{Timer::heartbeat},
          Send{s2,
               AppendEntries{
                   .term = {2}, .previous = id(1, 1), .entries = entries({2}, 2), .commit = {1}}},
          Send{s3,
               AppendEntries{.term = {2}, .previous = id(2, 2), .entries = {}, .commit = {1}}}}));
  EXPECT_EQ(next_state(config, follower({1}), Expired{Timer::heartbeat}),
            (Step{follower({1}), {}}));
}

// --- A leader hears.

TEST(Replication, CommitsAnEntryOfItsTermOnAMajority) {
  const Step step = next_state(config, leader(config, {2}, log_of({1, 2})), accepts(s2, {2}, {2}));
  EXPECT_EQ(step.state.commit, Index{2});
  EXPECT_EQ(only<Apply>(step), (std::vector{Apply{{1}, "1@1"}, Apply{{2}, "2@2"}}));
}

// Figure 8: an entry of an earlier term, though on a majority, is not safe yet.
TEST(Replication, CommitsNoEntryOfAnEarlierTermByCounting) {
  const Step step = next_state(config, leader(config, {2}, log_of({1, 2})), accepts(s2, {2}, {1}));
  EXPECT_EQ(step.state.commit, Index{0});
}

TEST(Replication, CountsItselfOnlyForWhatItHasWritten) {
  Step step = next_state(config, leader(config, {1}), propose("1@1"));
  step = next_state(config, step.state, accepts(s2, {1}, {1}));
  EXPECT_EQ(step.state.commit, Index{0});
  step = next_state(config, step.state, Saved{Written{.first = {1}, .entries = entries({1})}});
  EXPECT_EQ(step.state.commit, Index{1});
  EXPECT_EQ(step.effects, (Effects{Apply{{1}, "1@1"}}));
}

TEST(Replication, CommitsWithoutItselfWhereAllOthersHaveIt) {
  Step step = next_state(config, leader(config, {1}), propose("1@1"));
  step = next_state(config, step.state, accepts(s2, {1}, {1}));
  EXPECT_EQ(next_state(config, step.state, accepts(s3, {1}, {1})).state.commit, Index{1});
}

TEST(Replication, ASingleServerCommitsByItself) {
  const Config alone = server(s1, 1);
  Step step = synced(alone, initial_state(alone), Expired{Timer::election});
  EXPECT_EQ(step.state, leader(alone, {1}));
  step = synced(alone, step.state, propose("1@1"));
  EXPECT_EQ(only<Apply>(step), (std::vector{Apply{{1}, "1@1"}}));
}

TEST(Replication, MatchAndNextNeverGoBackOnALateAcceptance) {
  State before = leader(config, {2}, log_of({2, 2}));
  progress(before, s2) = {.next = {3}, .match = {2}};
  before.commit = {2};
  EXPECT_EQ(next_state(config, before, accepts(s2, {2}, {1})), (Step{before, {}}));
}

TEST(Replication, SendsWhatIsLeftAfterAnAcceptance) {
  State before = leader(config, {1}, log_of({1, 1}));
  progress(before, s2) = {.next = {1}, .match = {0}};
  const Step step = next_state(config, before, accepts(s2, {1}, {1}));
  EXPECT_EQ(sent<AppendEntries>(step, s2),
            (std::vector{AppendEntries{
                .term = {1}, .previous = id(1, 1), .entries = entries({1}, 2), .commit = {1}}}));
  // Said again, it brings nothing new, and is answered by nothing.
  EXPECT_TRUE(next_state(config, step.state, accepts(s2, {1}, {1})).effects.empty());
}

TEST(Replication, BacksUpOneByOneWhereRefused) {
  State before = leader(config, {2}, log_of({1, 1}));
  const Step step = next_state(config, before, refuses(s2, {2}));
  progress(before, s2) = {.next = {2}, .match = {0}};
  EXPECT_EQ(step.state, before);
  EXPECT_EQ(
      step.effects,
      (Effects{Send{
          s2, AppendEntries{
                  .term = {2}, .previous = id(1, 1), .entries = entries({1}, 2), .commit = {}}}}));
}

TEST(Replication, AStaleRefusalDoesNotRewindBehindTheMatch) {
  State before = leader(config, {2}, log_of({1, 1}));
  progress(before, s2) = {.next = {3}, .match = {2}};
  EXPECT_EQ(next_state(config, before, refuses(s2, {2})), (Step{before, {}}));
}

TEST(Replication, IgnoresAnswersThatCannotBe) {
  const State before = leader(config, {2}, log_of({2}));
  EXPECT_EQ(next_state(config, before, accepts(s2, {2}, {2})),
            (Step{before, {Refuse{s2, Flaw::impossible}}}));
  for (const NodeId stranger : {s1, s4})
    EXPECT_EQ(next_state(config, before, accepts(stranger, {2}, {1})),
              (Step{before, {Refuse{stranger, Flaw::stranger}}}));
  for (const Received& old : {accepts(s2, {1}, {1}), refuses(s2, {1})})
    EXPECT_EQ(next_state(config, before, old), (Step{before, {}}));
  const Saved written{Written{.first = {2}, .entries = entries({2}, 2)}};
  EXPECT_EQ(next_state(config, before, written), (Step{before, {}}));
}

// Figure 7: the leader of term 8 repairs each of the six followers, one entry back a round.
TEST(Replication, RepairsEveryFollowerOfFigure7) {
  const Config two = server(s1, 2);
  const Config other = server(s2, 2);
  const auto rounds = [&](Log log) {
    State leads = leader(two, {8}, log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6}));
    State follows = follower({8}, std::move(log));
    Step step = synced(two, leads, propose("8@11"));
    int count = 0;
    for (auto out = sent<AppendEntries>(step, s2); !out.empty();
         out = sent<AppendEntries>(step, s2)) {
      ++count;
      const Step answer = synced(other, follows, append(s1, out.at(0)));
      follows = answer.state;
      const AppendEntriesReply reply = sent<AppendEntriesReply>(answer, s1).at(0);
      step = synced(two, step.state, Received{s2, reply});
    }
    EXPECT_EQ(follows.durable.log, step.state.durable.log);
    EXPECT_EQ(step.state.commit, Index{11});
    return count;
  };
  EXPECT_EQ(rounds(log_of({1, 1, 1, 4, 4, 5, 5, 6, 6})), 2);           // (a)
  EXPECT_EQ(rounds(log_of({1, 1, 1, 4})), 7);                          // (b)
  EXPECT_EQ(rounds(log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6})), 1);     // (c)
  EXPECT_EQ(rounds(log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7})), 1);  // (d)
  EXPECT_EQ(rounds(log_of({1, 1, 1, 4, 4, 4, 4})), 6);                 // (e)
  EXPECT_EQ(rounds(log_of({1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3})), 8);     // (f)
}

// --- Whatever is heard, in whatever order.

std::uint64_t up_to(std::uint64_t max) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(0, max + 1));
}

std::vector<Entry> some_entries() {
  std::vector<Entry> some(up_to(2));
  for (Entry& entry : some) entry = {{up_to(3)}, "x"};
  return some;
}

Message some_message() {
  const Term term{up_to(4)};
  const EntryId place = id(up_to(3), up_to(3));
  switch (up_to(3)) {
    case 0:
      return RequestVote{.term = term, .last = place};
    case 1:
      return RequestVoteReply{.term = term, .granted = up_to(3) > 0};
    case 2:
      return AppendEntries{
          .term = term, .previous = place, .entries = some_entries(), .commit = {up_to(3)}};
    default:
      return AppendEntriesReply{.term = term, .accepted = up_to(1) > 0, .match = {up_to(3)}};
  }
}

Event some_event() {
  switch (up_to(9)) {
    case 0:
      return Expired{up_to(3) > 0 ? Timer::election : Timer::heartbeat};
    case 1:
      return propose("x");
    case 2:
      return Saved{Written{.first = {up_to(3)}, .entries = some_entries()}};
    default:
      return Received{node_at(up_to(3)), some_message()};
  }
}

RC_GTEST_PROP(Replication, ReplayingEverySaveRebuildsWhatIsDurable, ()) {
  Config own = server(s1, 3);
  own.no_op = up_to(1) > 0;
  State state = initial_state(own);
  Durable disk = durable(state);
  for (std::uint64_t steps = up_to(60); steps > 0; --steps) {
    Step step = synced(own, state, some_event());
    for (const Save& save : only<Save>(step))
      if (save.change) disk = kept(disk, *save.change);
    state = step.state;
    RC_ASSERT(disk == durable(state));
    if (up_to(20) == 0) state = restarted(own, disk);
  }
}

}  // namespace
}  // namespace coracle::raft
