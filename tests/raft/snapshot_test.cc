// How logs stay short (7): what is compacted, and how a snapshot travels in pieces (Figure 13).
#include "model/raft/snapshot.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/properties.h"
#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

Config in_pieces(std::size_t chunk, std::size_t appends = 4) {
  Config own = config;
  own.flow = {.appends = appends, .bytes = 0, .append = 0, .chunk = chunk};
  return own;
}

Requested compact(std::uint64_t last, std::string state = "state") {
  return {ClientId{7}, Compact{.last = {last}, .state = std::move(state)}};
}

Received accepts(NodeId from, std::uint64_t match) {
  return {from, AppendEntriesReply{.term = {2}, .accepted = true, .match = {match}}};
}
Received has(NodeId from, std::uint64_t last, std::uint64_t bytes) {
  return {from, InstallSnapshotReply{.term = {2}, .last = {last}, .received = bytes}};
}

// The snapshot that a step saves.
Snapshot saved_snapshot(const Step& step) {
  for (const Save& save : only<Save>(step))
    if (save.change)
      if (const auto* compacted = std::get_if<Compacted>(&*save.change))
        return compacted->snapshot.front();
  return {};
}

// --- Compaction.

TEST(Snapshot, TakesThePlaceOfWhatIsCommitted) {
  const State before = committed_up_to(2, follower({2}, log_of({1, 1, 2})));
  const Step step = next_state(config, before, compact(2));
  const Log& log = step.state.durable.log;
  EXPECT_EQ(log.base(), (EntryId{.term = {1}, .index = {2}}));
  EXPECT_EQ(log.last(), (EntryId{.term = {2}, .index = {3}}));
  EXPECT_EQ(saved_snapshot(step), (Snapshot{.last = {.term = {1}, .index = {2}},
                                            .digest = before.durable.log.digest({2}),
                                            .configuration = {.voters = {s1, s2, s3}},
                                            .state = "state"}));
  EXPECT_EQ(step.effects.size(), 1U);
}

TEST(Snapshot, StandsForNothingThatIsNotCommittedOrIsInOneAlready) {
  const State before = committed_up_to(3, follower({2}, compacted(log_of({1, 1, 1, 2, 2}), 2)));
  for (const std::uint64_t last : {0U, 1U, 2U, 4U, 5U, 6U})
    EXPECT_EQ(next_state(config, before, compact(last)), (Step{before, {}})) << last;
  EXPECT_EQ(next_state(config, before, compact(3)).state.durable.log.base().index, Index{3});
}

// --- A leader sends it to who needs what is gone.

// Of term 2; its log is as told, all of it committed, up to `last` in a snapshot of ten bytes.
State compacted_leader(const Config& own, const Log& log, std::uint64_t last) {
  State state = leader(own, {2}, log);
  state.commit = state.durable.log.last().index;
  return next_state(own, state, compact(last, "0123456789")).state;
}

// A piece as "index:offset+bytes", and a full stop where it is the last.
std::string piece_text(const InstallSnapshot& install) {
  const Snapshot& piece = install.piece.front();
  return std::to_string(piece.last.index.value) + ":" + std::to_string(install.offset) + "+" +
         piece.state + (install.done ? "." : "");
}

std::vector<std::string> pieces(const Step& step, NodeId to) {
  std::vector<std::string> all;
  for (const auto& install : sent<InstallSnapshot>(step, to)) all.push_back(piece_text(install));
  return all;
}

using Pieces = std::vector<std::string>;

TEST(Snapshot, GoesToWhoNeedsAnEntryThatIsGone) {
  for (const std::size_t appends : {0U, 4U}) {
    const Config own = in_pieces(0, appends);
    State before = compacted_leader(own, log_of({2, 2, 2}), 2);
    progress(before, s2) = {.next = {2}, .match = {0}};
    progress(before, s3) = {.next = {3}, .match = {0}};  // follows the snapshot's last entry
    const Step step = next_state(own, before, Expired{Timer::heartbeat});
    EXPECT_EQ(pieces(step, s2), (Pieces{"2:0+0123456789."}));
    EXPECT_TRUE(sent<AppendEntries>(step, s2).empty());
    EXPECT_EQ(sent<AppendEntries>(step, s3).at(0).previous, (EntryId{.term = {2}, .index = {2}}));
    EXPECT_TRUE(pieces(step, s3).empty());
  }
}

// A leader that waits for s2 to take its snapshot, up to index 2 of 3.
State installing(const Config& own) {
  State state = compacted_leader(own, log_of({2, 2, 2}), 2);
  progress(state, s2) = {.next = {1}, .match = {0}};
  return next_state(own, state, Expired{Timer::heartbeat}).state;
}

TEST(Snapshot, GoesPieceByPieceAsItIsAnswered) {
  const Config own = in_pieces(4);
  Step step = next_state(own, installing(own), has(s2, 2, 4));
  EXPECT_EQ(pieces(step, s2), (Pieces{"2:4+4567"}));
  step = next_state(own, step.state, has(s2, 2, 8));
  EXPECT_EQ(pieces(step, s2), (Pieces{"2:8+89."}));
  EXPECT_TRUE(sent<AppendEntries>(next_state(own, step.state, propose("x")), s2).empty());
  step = next_state(own, step.state, accepts(s2, 2));
  EXPECT_EQ(sent<AppendEntries>(step, s2).at(0).previous, (EntryId{.term = {2}, .index = {2}}));
  EXPECT_EQ(progress(step.state, s2).match, Index{2});
}

TEST(Snapshot, ItsLastPieceIsAsLargeAsTheOthersWhereThatComesOut) {
  const Config own = in_pieces(5);
  EXPECT_EQ(pieces(next_state(own, installing(own), has(s2, 2, 5)), s2), (Pieces{"2:5+56789."}));
}

TEST(Snapshot, ALostPieceIsSentAgainWithTheNextHeartbeat) {
  const Config own = in_pieces(4);
  Step step = next_state(own, installing(own), has(s2, 2, 4));
  step = next_state(own, step.state, Expired{Timer::heartbeat});
  EXPECT_EQ(pieces(step, s2), (Pieces{"2:4+4567"}));
  EXPECT_EQ(next_state(own, step.state, has(s2, 2, 4)), (Step{step.state, {}}));  // said again
}

TEST(Snapshot, GoesBackWhereTheFollowerHasForgotten) {
  const Config own = in_pieces(4);
  Step step = next_state(own, installing(own), has(s2, 2, 4));
  step = next_state(own, step.state, has(s2, 2, 0));
  EXPECT_EQ(pieces(step, s2), (Pieces{"2:0+0123"}));
}

TEST(Snapshot, ANewerOneTakesItsPlaceOnTheWay) {
  const Config own = in_pieces(4);
  Step step = next_state(own, installing(own), has(s2, 2, 4));
  step = next_state(own, step.state, compact(3, "abcdefgh"));
  EXPECT_TRUE(pieces(step, s2).empty());
  const Step beat = next_state(own, step.state, Expired{Timer::heartbeat});
  const Step answered = next_state(own, step.state, has(s2, 2, 8));
  EXPECT_EQ(pieces(beat, s2), (Pieces{"3:0+abcd"}));
  EXPECT_EQ(pieces(answered, s2), (Pieces{"3:0+abcd"}));
  EXPECT_EQ(next_state(own, beat.state, has(s2, 2, 8)), (Step{beat.state, {}}));
  // The old one arrived after all.
  EXPECT_EQ(pieces(next_state(own, step.state, accepts(s2, 2)), s2), (Pieces{"3:0+abcd"}));
}

TEST(Snapshot, IsNotWaitedForWhereTheFollowerHasItsLastEntryAfterAll) {
  const Config own = in_pieces(4);
  EXPECT_TRUE(next_state(own, installing(own), accepts(s2, 1)).effects.empty());
  const Step step = next_state(own, installing(own), accepts(s2, 3));
  EXPECT_EQ(std::get<Leader>(step.state.role).peers.at(s2),
            (Progress{.next = {4}, .match = {3}, .mode = Replicate{}}));
  EXPECT_EQ(next_state(own, step.state, has(s2, 2, 4)), (Step{step.state, {}}));
}

// --- A follower takes it.

const Log leaders_log = log_of({1, 1, 2, 2, 2});

Snapshot some_snapshot(std::uint64_t last, std::string state = "0123456789") {
  Snapshot snapshot = snapshot_of(leaders_log, last);
  snapshot.state = std::move(state);
  return snapshot;
}

Received piece(Snapshot snapshot, std::uint64_t offset, std::size_t size) {
  const bool done = offset + size == snapshot.state.size();
  snapshot.state = snapshot.state.substr(offset, size);
  return {s2,
          InstallSnapshot{
              .term = {2}, .piece = apart(std::move(snapshot)), .offset = offset, .done = done}};
}
Received whole(const Snapshot& snapshot) { return piece(snapshot, 0, snapshot.state.size()); }

std::uint64_t received(const Step& step) {
  const auto replies = sent<InstallSnapshotReply>(step, s2);
  EXPECT_EQ(replies.size(), 1U);
  return replies.empty() ? 99 : replies.front().received;
}

TEST(Snapshot, IsPutTogetherFromItsPieces) {
  const Snapshot snapshot = some_snapshot(3);
  Step step = next_state(config, follower({2}), piece(snapshot, 0, 4));
  EXPECT_EQ(received(step), 4U);
  EXPECT_EQ(received(next_state(config, step.state, piece(snapshot, 0, 4))), 4U);  // repeated
  EXPECT_EQ(received(next_state(config, step.state, piece(snapshot, 8, 2))), 4U);  // a gap
  step = next_state(config, step.state, piece(snapshot, 4, 4));
  EXPECT_EQ(received(step), 8U);
  EXPECT_TRUE(only<Save>(step).empty() && only<Restore>(step).empty());
  step = next_state(config, step.state, piece(snapshot, 8, 2));
  EXPECT_EQ(saved_snapshot(step), snapshot);
  Log log;
  log.install(apart(snapshot));
  EXPECT_EQ(step.state.durable.log, log);
  EXPECT_EQ(step.state.role, Role{Follower{s2}});  // nothing of it is left on the way
  EXPECT_EQ(step.state.commit, Index{3});
}

TEST(Snapshot, IsAcknowledgedOnceItIsOnDisk) {
  const Snapshot snapshot = some_snapshot(3);
  const Step step = next_state(config, follower({2}), whole(snapshot));
  EXPECT_EQ(step.effects,
            (Effects{SetTimer{Timer::election}, Save{}, Restore{{3}, snapshot.state},
                     Save{Compacted{apart(snapshot)}},
                     Send{s2, AppendEntriesReply{.term = {2}, .accepted = true, .match = {3}}}}));
}

TEST(Snapshot, ANewerOneBeginsAnew) {
  Step step = next_state(config, follower({2}), piece(some_snapshot(3), 0, 4));
  const Snapshot newer = some_snapshot(4, "abcdefgh");
  step = next_state(config, step.state, piece(newer, 0, 4));
  EXPECT_EQ(received(step), 4U);
  step = next_state(config, step.state, piece(newer, 4, 4));
  EXPECT_EQ(saved_snapshot(step), newer);
}

TEST(Snapshot, AFollowerThatCrashedBetweenPiecesBeginsAnew) {
  Step step = next_state(config, follower({2}), piece(some_snapshot(3), 0, 4));
  const State again = restarted(config, durable(step.state));
  EXPECT_EQ(received(next_state(config, again, piece(some_snapshot(3), 4, 4))), 0U);
  EXPECT_EQ(received(next_state(config, again, piece(some_snapshot(3), 0, 4))), 4U);
}

TEST(Snapshot, AnOldOneChangesNothingButIsAcknowledged) {
  for (const Log& log : {leaders_log, compacted(leaders_log, 2), compacted(leaders_log, 4)}) {
    State before = committed_up_to(4, follower({2}, log));
    before.role = Follower{s2};
    for (const Received& old : {whole(some_snapshot(3)), piece(some_snapshot(3), 4, 2)})
      EXPECT_EQ(
          next_state(config, before, old),
          (Step{before,
                {SetTimer{Timer::election}, Save{},
                 Send{s2, AppendEntriesReply{.term = {2}, .accepted = true, .match = {3}}}}}));
  }
}

TEST(Snapshot, OfAnOldTermIsRefused) {
  const State before = follower({3}, log_of({1}));
  EXPECT_EQ(
      next_state(config, before, whole(some_snapshot(3))),
      (Step{before, {Send{s2, InstallSnapshotReply{.term = {3}, .last = {3}, .received = 0}}}}));
}

// What the log has is applied as ever, and what follows stays: the first piece says enough.
TEST(Snapshot, WhereTheEntryIsThereTheMachineGoesOn) {
  const State before = committed_up_to(1, follower({2}, leaders_log));
  for (const bool done : {true, false}) {
    Received first = whole(some_snapshot(3));
    std::get<InstallSnapshot>(first.message).done = done;
    const Step step = next_state(config, before, first);
    EXPECT_TRUE(only<Restore>(step).empty());
    EXPECT_EQ(only<Apply>(step), (std::vector{Apply{{2}, "1@2"}, Apply{{3}, "2@3"}}));
    EXPECT_EQ(step.state.durable, before.durable);
    EXPECT_EQ(sent<AppendEntriesReply>(step, s2).at(0).match, Index{3});
  }
}

TEST(Snapshot, WhereTheEntryIsMissingTheMachineBeginsAnew) {
  for (const Log& log : {log_of({1, 1}), log_of({1, 1, 1, 1, 1, 1})}) {
    const State before = committed_up_to(2, follower({2}, log));
    const Step step = next_state(config, before, whole(some_snapshot(3)));
    EXPECT_EQ(only<Restore>(step), (std::vector{Restore{{3}, "0123456789"}}));
    EXPECT_TRUE(only<Apply>(step).empty());
    EXPECT_EQ(step.state.durable.log.last(), (EntryId{.term = {2}, .index = {3}}));
  }
}

// --- What is left after a crash.

TEST(Snapshot, AServerStartsFromItsSnapshotAndTheLogBehindIt) {
  const Durable disk{.term = {2}, .voted_for = {}, .log = compacted(leaders_log, 3)};
  State state = restarted(config, disk);
  EXPECT_EQ(state.commit, Index{3});
  const AppendEntries heartbeat{
      .term = {2}, .previous = leaders_log.last(), .entries = {}, .commit = {5}};
  const Step step = next_state(config, state, Received{s2, heartbeat});
  EXPECT_EQ(only<Apply>(step), (std::vector{Apply{{4}, "2@4"}, Apply{{5}, "2@5"}}));
}

// --- Logs are still told apart.

TEST(Snapshot, LogMatchingIsSeenThroughIt) {
  const auto matching = [](const Log& log, const Log& other) {
    const State one = follower({9}, log);
    const State two = follower({9}, other);
    return log_matching({.one = one, .other = two});
  };
  const Log log = log_of({1, 1, 3, 3});
  const Log other = log_of({1, 2, 3, 3});  // no two servers ever have both
  for (std::uint64_t last = 1; last <= 4; ++last)
    for (std::uint64_t of_other = 1; of_other <= 4; ++of_other) {
      EXPECT_TRUE(matching(compacted(log, last), compacted(log, of_other)));
      EXPECT_FALSE(matching(compacted(log, last), compacted(other, of_other)));
    }
}

}  // namespace
}  // namespace coracle::raft
