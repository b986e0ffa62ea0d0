// What no server that goes by the rules can have said is dropped and counted, whoever said it:
// nothing of it is believed, and nothing about it is fatal. And all that such servers do say is
// heard.
#include "model/raft/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/raft/roles.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
constexpr std::array<std::uint64_t, 5> huge{beyond_all, beyond_all + 1, most / 2, most / 2 + 1,
                                            most};

bool refuses(const State& state, const Message& message, Flaw flaw = Flaw::impossible,
             NodeId from = s2) {
  const Step step = next_state(config, state, Received{from, message});
  const bool refused = !only<Refuse>(step).empty();
  if (refused) {
    EXPECT_EQ(step, (Step{state, {Refuse{from, flaw}}}));
  }
  return refused;
}

bool all_refuse(const Message& message) {
  std::size_t count = 0;
  for (const State& state : all_roles()) count += refuses(state, message) ? 1U : 0U;
  EXPECT_TRUE(count == 0 || count == all_roles().size());
  return count > 0;
}

// --- Who says it.

std::vector<Message> one_of_each() {
  return {RequestVote{.term = {9}, .last = id(8, 9), .transfer = true},
          RequestVoteReply{.term = {3}, .granted = true},
          PreVote{.term = {9}, .last = id(8, 9)},
          PreVoteReply{.term = {4}, .granted = true},
          AppendEntries{.term = {9}, .previous = id(3, 4), .entries = entries({9}), .commit = {5}},
          AppendEntriesReply{.term = {3}, .accepted = true, .match = {4}},
          install({9}, id(8, 9)),
          InstallSnapshotReply{.term = {9}, .last = {1}, .received = 1},
          TimeoutNow{.term = {9}},
          ReadIndex{.term = {9}, .read = {.client = ClientId{7}, .number = 1}},
          ReadIndexReply{.term = {9}, .read = {.client = ClientId{7}, .number = 1}, .index = {9}}};
}

TEST(Refusal, AStrangerIsRefusedWhateverItSays) {
  ASSERT_EQ(one_of_each().size(), std::variant_size_v<Message>);
  for (const NodeId stranger : {NodeId{0}, s1, s4, NodeId{255}})
    for (const State& state : all_roles())
      for (const Message& message : one_of_each())
        EXPECT_TRUE(refuses(state, message, Flaw::stranger, stranger));
}

TEST(Refusal, AStrangerIsAStrangerEvenIfWhatItSaysIsImpossible) {
  EXPECT_TRUE(refuses(leading(), RequestVote{.term = {9}, .last = id(0, 1)}, Flaw::stranger, s4));
}

TEST(Refusal, OfServersOfItsClusterTheSameIsHeard) {
  for (const State& state : all_roles())
    for (const Message& message : one_of_each()) EXPECT_FALSE(refuses(state, message));
}

// Who hears a leader ignores who wants to be one (thesis 4.2.3), but counts what is no message.
TEST(Refusal, ComesBeforeStickiness) {
  Config sticky = config;
  sticky.stickiness = true;
  const Received bad{s2, RequestVote{.term = {9}, .last = id(0, 1)}};
  EXPECT_EQ(next_state(sticky, leading(), bad), (Step{leading(), {Refuse{s2, Flaw::impossible}}}));
}

// --- RequestVote and PreVote.

// What a candidate's log ends with: nothing, or an entry of a term before its campaign's (5.1).
TEST(Refusal, ACandidatesLastEntryHasAnIndexAndAnEarlierTermOrThereIsNone) {
  const auto refused = [](Term term, EntryId last) {
    const bool vote = all_refuse(RequestVote{.term = term, .last = last});
    EXPECT_EQ(all_refuse(PreVote{.term = term, .last = last}), vote);
    return vote;
  };
  EXPECT_FALSE(refused({4}, id(0, 0)));
  EXPECT_FALSE(refused({4}, id(3, 1)));
  EXPECT_FALSE(refused({2}, id(1, 9)));
  EXPECT_TRUE(refused({4}, id(0, 1)));
  EXPECT_TRUE(refused({4}, id(1, 0)));
  EXPECT_TRUE(refused({4}, id(4, 1)));
  EXPECT_TRUE(refused({4}, id(5, 1)));
  EXPECT_TRUE(refused({2}, id(2, 1)));
  EXPECT_TRUE(refused({0}, id(0, 0)));  // nobody campaigns in term 0
}

TEST(Refusal, ACandidatesLastIndexIsOneThatALogCanHave) {
  EXPECT_FALSE(all_refuse(RequestVote{.term = {4}, .last = id(3, beyond_all - 1)}));
  EXPECT_FALSE(all_refuse(PreVote{.term = {4}, .last = id(3, beyond_all - 1)}));
  for (const std::uint64_t index : huge) {
    EXPECT_TRUE(all_refuse(RequestVote{.term = {4}, .last = id(3, index)}));
    EXPECT_TRUE(all_refuse(PreVote{.term = {4}, .last = id(3, index)}));
  }
}

// --- AppendEntries.

AppendEntries append(Term term, EntryId previous, std::vector<Entry> entries = {}) {
  return {.term = term, .previous = previous, .entries = std::move(entries), .commit = {}};
}

TEST(Refusal, AnAppendFollowsAnEntryOrNothing) {
  for (const Term term : {Term{2}, Term{4}}) {
    EXPECT_FALSE(all_refuse(append(term, id(0, 0))));
    EXPECT_FALSE(all_refuse(append(term, id(1, 1))));
    EXPECT_TRUE(all_refuse(append(term, id(0, 1))));
    EXPECT_TRUE(all_refuse(append(term, id(1, 0))));
    for (const std::uint64_t index : huge) EXPECT_TRUE(all_refuse(append(term, id(1, index))));
  }
  EXPECT_FALSE(all_refuse(append({4}, id(1, beyond_all - 1))));
}

// Terms never go down along a log, nor beyond that of its leader (5.3).
TEST(Refusal, TheTermsOfAnAppendAscendUpToItsLeaders) {
  EXPECT_FALSE(all_refuse(append({4}, id(3, 4), entries({3, 4, 4}, 5))));
  EXPECT_FALSE(all_refuse(append({4}, id(3, 9), entries({3, 4}))));
  EXPECT_TRUE(all_refuse(append({4}, id(3, 4), entries({2}, 5))));
  EXPECT_TRUE(all_refuse(append({4}, id(3, 4), entries({4, 3}, 5))));
  EXPECT_TRUE(all_refuse(append({4}, id(3, 4), entries({5}, 5))));
  EXPECT_TRUE(refuses(follower({3}), append({4}, id(0, 0), entries({0}))));
  EXPECT_TRUE(all_refuse(append({4}, id(5, 4))));
  EXPECT_TRUE(all_refuse(append({2}, id(3, 4))));
}

// There is one leader in a term (5.2).
TEST(Refusal, ALeaderHearsOfNoOtherInItsTerm) {
  EXPECT_TRUE(refuses(leading(), append({3}, id(3, 4))));
  EXPECT_TRUE(refuses(leading(), install({3}, id(3, 9))));
  EXPECT_FALSE(refuses(in_role(Candidate{{s1}}), append({3}, id(3, 4))));
  EXPECT_FALSE(refuses(in_role(Candidate{{s1}}), install({3}, id(3, 9))));
  EXPECT_FALSE(refuses(leading(), append({2}, id(1, 1))));
  EXPECT_FALSE(refuses(leading(), append({4}, id(3, 4))));
}

// Every leader of its term and later ones has what a server knows as committed (5.4).
TEST(Refusal, AnAppendSparesWhatIsCommitted) {
  EXPECT_FALSE(all_refuse(append({4}, id(1, 2), entries({4}, 3))));
  EXPECT_FALSE(all_refuse(append({4}, id(1, 1), entries({1, 4}, 2))));
  EXPECT_FALSE(all_refuse(append({4}, id(0, 0), entries({1, 1, 4}))));
  EXPECT_FALSE(all_refuse(append({4}, id(4, 3), entries({4}, 4))));
  EXPECT_TRUE(all_refuse(append({4}, id(1, 1), entries({4}, 2))));
  EXPECT_TRUE(all_refuse(append({4}, id(4, 2))));
  EXPECT_TRUE(all_refuse(append({4}, id(2, 1))));  // against the snapshot's last
  EXPECT_TRUE(all_refuse(append({4}, id(0, 0), entries({2, 4}))));
}

// It is answered in a later term, so that its leader learns that it is none.
TEST(Refusal, AnAppendOfAnEarlierTermNeedNotSpareIt) {
  const Step step = next_state(config, in_role(Follower{}), Received{s2, append({2}, id(2, 2))});
  EXPECT_EQ(sent<AppendEntriesReply>(step, s2),
            (std::vector{AppendEntriesReply{.term = {3}, .accepted = false, .match = {}}}));
}

// No more than the append covers is committed (5.3).
TEST(Refusal, ACommitIndexBeyondAllIsCut) {
  for (const std::uint64_t commit : huge) {
    AppendEntries message = append({4}, id(2, 3));
    message.commit = {commit};
    const Step step = next_state(config, in_role(Follower{}), Received{s2, message});
    EXPECT_EQ(step.state.commit, Index{3});
  }
}

// --- AppendEntriesReply.

AppendEntriesReply acceptance(Term term, std::uint64_t match) {
  return {.term = term, .accepted = true, .match = {match}};
}
AppendEntriesReply refusal(Term term, Conflict conflict) {
  return {.term = term, .accepted = false, .match = {}, .conflict = conflict};
}

TEST(Refusal, AFollowerHasNoMoreOfItsLeadersLogThanThereIs) {
  EXPECT_FALSE(refuses(leading(), acceptance({3}, 4)));
  EXPECT_FALSE(refuses(leading(), acceptance({3}, 0)));
  EXPECT_TRUE(refuses(leading(), acceptance({3}, 5)));
  for (const std::uint64_t match : huge) EXPECT_TRUE(refuses(leading(), acceptance({3}, match)));
}

// Of another leader's log this server knows nothing.
TEST(Refusal, AcceptancesOfAnotherTermAreNotComparedWithTheLog) {
  EXPECT_FALSE(refuses(leading(), acceptance({2}, 5)));
  EXPECT_FALSE(refuses(in_role(Follower{}), acceptance({3}, 5)));
}

TEST(Refusal, AnAnswerIsEitherAnAcceptanceOrARefusal) {
  AppendEntriesReply both = acceptance({3}, 1);
  both.conflict = Conflict{.refused = {3}, .last = id(1, 1)};
  EXPECT_TRUE(all_refuse(both));
  AppendEntriesReply matches{.term = {3}, .accepted = false, .match = {1}};
  EXPECT_TRUE(all_refuse(matches));
  matches.match = {0};
  EXPECT_FALSE(all_refuse(matches));
}

TEST(Refusal, LogsMayAgreeUpToAnEntryNoLaterThanTheOneThatWasRefused) {
  EXPECT_FALSE(all_refuse(refusal({3}, {.refused = {4}, .last = id(2, 4)})));
  EXPECT_FALSE(all_refuse(refusal({3}, {.refused = {4}, .last = {}})));
  EXPECT_TRUE(all_refuse(refusal({3}, {.refused = {4}, .last = id(2, 0)})));
  EXPECT_TRUE(all_refuse(refusal({3}, {.refused = {4}, .last = id(0, 2)})));
  EXPECT_TRUE(all_refuse(refusal({3}, {.refused = {3}, .last = id(2, 4)})));
  for (const std::uint64_t last : huge)
    EXPECT_TRUE(all_refuse(refusal({3}, {.refused = {4}, .last = id(2, last)})));
}

TEST(Refusal, ALeaderHasSentNoAppendBeyondItsLog) {
  EXPECT_TRUE(refuses(leading(), refusal({3}, {.refused = {5}, .last = id(1, 1)})));
  EXPECT_FALSE(refuses(leading(), refusal({2}, {.refused = {5}, .last = id(1, 1)})));
  EXPECT_FALSE(refuses(in_role(Follower{}), refusal({3}, {.refused = {5}, .last = id(1, 1)})));
  for (const std::uint64_t index : huge)
    EXPECT_TRUE(refuses(leading(), refusal({3}, {.refused = {index}, .last = id(1, 1)})));
}

// --- Snapshots.

// What a server knows as committed is in every leader's log, and so in every leader's snapshot.
TEST(Refusal, ASnapshotAgreesWithWhatIsCommitted) {
  const auto agreeing = [](std::uint64_t last) {
    InstallSnapshot message = install({4}, {});
    message.piece = apart(snapshot_of(log_of({1, 1, 2, 3}), last));
    return message;
  };
  for (const std::uint64_t last : {1U, 2U, 3U}) {
    EXPECT_FALSE(all_refuse(agreeing(last)));
    InstallSnapshot other = agreeing(last);
    other.piece = apart({.last = id(last == 3 ? 2 : 1, last),
                         .digest = {7, 7},
                         .configuration = {.voters = {s1, s2, s3}},
                         .state = {}});
    EXPECT_TRUE(all_refuse(other));  // the same entry, another digest
  }
  EXPECT_TRUE(all_refuse(install({4}, id(2, 2))));  // another term at a committed index
}

// A follower that knows its leader knows that there is no other in the term (5.2).
TEST(Refusal, ASecondLeaderOfATermIsNone) {
  const State knows = in_role(Follower{.leader = s2});
  const AppendEntries append{.term = {3}, .previous = id(1, 1), .entries = {}, .commit = {}};
  EXPECT_FALSE(refuses(knows, append, Flaw::impossible, s2));
  for (const Message& message :
       {Message(append), Message(install({3}, id(3, 9))), Message(TimeoutNow{{3}})}) {
    EXPECT_TRUE(refuses(knows, message, Flaw::impossible, s3));
    EXPECT_TRUE(refuses(leading(), message, Flaw::impossible, s3));
  }
}

// A vote is given, and an append accepted, only in a term that was asked about.
TEST(Refusal, NobodyGrantsWhatWasNotAsked) {
  EXPECT_TRUE(all_refuse(RequestVoteReply{.term = {4}, .granted = true}));
  EXPECT_TRUE(
      all_refuse(AppendEntriesReply{.term = {4}, .accepted = true, .match = {1}, .conflict = {}}));
  EXPECT_FALSE(all_refuse(RequestVoteReply{.term = {4}, .granted = false}));
  // An answer to what was asked before a crash that took the term away (it was not yet on disk).
  EXPECT_FALSE(all_refuse(PreVoteReply{.term = {5}, .granted = true}));
}

// Terms only grow, and one that cannot grow any more would begin again with zero.
TEST(Refusal, NoTermIsZeroOrNearTheLast) {
  for (const std::uint64_t term : huge)
    for (const Message& message :
         {Message(TimeoutNow{{term}}), Message(RequestVoteReply{.term = {term}, .granted = false}),
          Message(PreVoteReply{.term = {term}, .granted = false}),
          Message(PreVote{.term = {term}, .last = {}})})
      EXPECT_TRUE(all_refuse(message));
  EXPECT_TRUE(refuses(follower({}), TimeoutNow{}));
  EXPECT_TRUE(refuses(follower({}), AppendEntries{}));
}

TEST(Refusal, ASnapshotStandsForEntriesOfItsLeadersTermOrEarlierOnes) {
  EXPECT_FALSE(all_refuse(install({4}, id(4, 9))));
  EXPECT_FALSE(all_refuse(install({2}, id(2, 9))));
  EXPECT_TRUE(all_refuse(install({4}, id(5, 9))));
  EXPECT_TRUE(all_refuse(install({2}, id(3, 9))));
  EXPECT_TRUE(all_refuse(install({4}, id(0, 0))));
  EXPECT_TRUE(all_refuse(install({4}, id(0, 9))));
  EXPECT_TRUE(all_refuse(install({4}, id(4, 0))));
  for (const std::uint64_t index : huge) EXPECT_TRUE(all_refuse(install({4}, id(4, index))));
}

TEST(Refusal, APieceIsAPieceOfSomethingThatCanBe) {
  EXPECT_FALSE(all_refuse(install({4}, id(4, 9), beyond_all - 1)));
  for (const std::uint64_t offset : huge) EXPECT_TRUE(all_refuse(install({4}, id(4, 9), offset)));
}

TEST(Refusal, APieceIsOfOneSnapshot) {
  InstallSnapshot none = install({4}, id(4, 9));
  none.piece.cut(0);
  EXPECT_TRUE(all_refuse(none));
  InstallSnapshot two = install({4}, id(4, 9));
  two.piece.push_back(two.piece.front());
  EXPECT_TRUE(all_refuse(two));
}

TEST(Refusal, AFollowerHasNoMoreOfASnapshotThanThereIs) {
  const std::size_t size = std::string("after 1").size();
  const auto reply = [](Term term, std::uint64_t last, std::uint64_t received) {
    return InstallSnapshotReply{.term = term, .last = {last}, .received = received};
  };
  EXPECT_FALSE(refuses(leading(), reply({3}, 1, 0)));
  EXPECT_FALSE(refuses(leading(), reply({3}, 1, size)));
  EXPECT_TRUE(refuses(leading(), reply({3}, 1, size + 1)));
  for (const std::uint64_t received : huge)
    EXPECT_TRUE(refuses(leading(), reply({3}, 1, received)));
  // Of another snapshot, or another leader's, it knows nothing.
  EXPECT_FALSE(refuses(leading(), reply({3}, 2, size + 1)));
  EXPECT_FALSE(refuses(leading(), reply({2}, 1, size + 1)));
  EXPECT_FALSE(refuses(leading(), reply({4}, 1, size + 1)));
  EXPECT_FALSE(refuses(in_role(Follower{}), reply({3}, 1, size + 1)));
}

}  // namespace
}  // namespace coracle::raft
