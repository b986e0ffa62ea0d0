// A server of the store: whom it answers, when, and by which entry.
#include "model/kv/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/kv/node.h"
#include "tests/raft/roles.h"

namespace coracle::kv {
namespace {

using raft::id, raft::Entry, raft::Follower, raft::Reads, raft::s1, raft::s2, raft::s3;

using Sends = std::vector<Send>;
using Proposals = std::map<raft::EntryId, Asker>;
using Readings = std::map<raft::ReadId, Reading>;
using Count = std::uint64_t;

constexpr NodeId harness{9};  // where the clients are
constexpr ClientId ann{1};
constexpr ClientId bob{2};

Command plain(const Operation& operation) { return Execute{{}, operation}; }
Command in_session(Count session, const Operation& operation) {
  return Execute{RequestId{.session = {session}, .serial = {1}}, operation};
}
const Command set_x = plain(Set{"x", "new"});
const Command get_x = plain(Get{"x"});
const Command one_more = plain(Increment{"n", 1});
const Command once_more = in_session(1, Increment{"n", 1});

const Machine start{.limits = {}, .store = {{"x", "old"}}, .sessions = {{{1}, {}}}, .opened = {1}};
const Store counted_once{{"n", "1"}, {"x", "old"}};

Entry entry(Count term, const Command& command) { return {{term}, encoded(command)}; }
const Entry no_op{.term = {2}, .command = {}};

template <class C = Config>
C reading(Reads reads) {
  C config;
  static_cast<raft::Config&>(config.raft) = raft::server(s1, 3);
  config.raft.reads = reads;
  config.raft.snapshots = true;
  config.servers = {s1, s2, s3};
  config.start = start;
  return config;
}
const Config read_index = reading(Reads::read_index);
const Config naive = reading(Reads::naive);
const Config by_log = reading(Reads::log);

PlantedConfig with(Mutant mutant) {
  auto config = reading<PlantedConfig>(Reads::read_index);
  config.mutant = mutant;
  return config;
}

// --- What happens, and what it is told.

Event asks(ClientId client, Count serial, const Command& command, NodeId node = harness) {
  return Received{node, Ask{client, {serial}, command}};
}
Event accepts(NodeId from, Count match, Count round = 0, Count term = 2) {
  return Received{from, raft::AppendEntriesReply{{term}, true, {match}, {}, {round}}};
}
Event appends(Count term, raft::EntryId previous, std::vector<Entry> entries, Count commit) {
  return Received{s2, raft::AppendEntries{{term}, previous, std::move(entries), {commit}}};
}
Event readable(ClientId client, Count serial, Count index) {
  return Received{s2, raft::ReadIndexReply{{2}, {client, serial}, {index}}};
}
Event installs(Count last, const Machine& machine) {
  const raft::Snapshot all{id(2, last), {}, {.voters = {s1, s2, s3}}, encoded(machine)};
  return Received{s2, raft::InstallSnapshot{{2}, raft::apart(all), 0, true}};
}
const Event of_term_3 = Received{s3, raft::RequestVoteReply{.term = {3}, .granted = false}};
const Save term_3_saved{raft::TermAndVote{.term = {3}, .voted_for = {}}};

Send told(ClientId client, Count serial, const Outcome& outcome, NodeId node = harness) {
  return {node, Answer{client, {serial}, outcome}};
}
Outcome found(const std::string& value) { return Executed{Found{value}}; }
Outcome number(std::int64_t value) { return Executed{Number{value}}; }
const Outcome done = Executed{Done{}};

// With a disk that writes at once.
template <class C>
struct Node {
  C config;
  Server now;

  Step next(const Event& event) const { return next_state(config, now, event); }
  Step unchanged(Effects effects = {}) const { return {now, std::move(effects)}; }

  Effects take(const Event& event) {
    Step step = next_state(config, now, event);
    for (std::size_t at = 0; at < step.effects.size(); ++at) {
      const auto* save = std::get_if<Save>(&step.effects[at]);
      if (save == nullptr || !save->change) continue;
      const Step after = next_state(config, std::move(step.state), Saved{*save->change});
      step.state = after.state;
      step.effects.insert(step.effects.end(), after.effects.begin(), after.effects.end());
    }
    now = std::get<Server>(step.state);
    return step.effects;
  }
  Sends answers(const Event& event) {
    Sends all;
    for (const Effect& effect : take(event))
      if (const auto* send = std::get_if<Send>(&effect); send != nullptr)
        if (std::holds_alternative<Answer>(send->message)) all.push_back(*send);
    return all;
  }
  raft::Compact compaction() const {
    return std::get<raft::Compact>(requests(config, State(now)).back());
  }
};

// In term 2, whose no-op is committed; a leader knows of no peer that has it.
template <class C = Config>
Node<C> leading(C config = read_index, std::vector<Entry> more_entries = {}) {
  more_entries.insert(more_entries.begin(), no_op);
  const raft::State state = raft::leader(config.raft, {2}, raft::Log(more_entries));
  return {config, {raft::committed_up_to(1, state), config.start, {}, {}}};
}
template <class C = Config>
Node<C> as(raft::Role role, C config = read_index) {
  Node<C> node = leading(config);
  node.now.raft.role = std::move(role);
  return node;
}
const Follower follower{.leader = s2};
Node<Config> following() { return as(follower); }

template <class C>
Node<C> after(Node<C> node, const std::vector<Event>& events) {
  for (const Event& event : events) node.take(event);
  return node;
}

// --- Writes, and who leads no longer.

TEST(StoreServer, AnswersAWriteOnceItsEntryIsApplied) {
  auto node = leading();
  EXPECT_EQ(node.answers(asks(ann, 7, set_x)), Sends{});
  EXPECT_EQ(node.now.raft.durable.log.at({2}), entry(2, set_x));
  EXPECT_EQ(node.now.proposals, (Proposals{{id(2, 2), {harness, ann, {7}}}}));
  EXPECT_EQ(node.now.machine, start);
  EXPECT_EQ(node.answers(accepts(s2, 2)), Sends{told(ann, 7, done)});
  EXPECT_EQ(node.now.machine.store, (Store{{"x", "new"}}));
  EXPECT_EQ(node.now.proposals, Proposals{});
  EXPECT_EQ(node.answers(accepts(s3, 2)), Sends{});
}

TEST(StoreServer, TellsEachWhoAskedWhatItsOwnEntryCameTo) {
  auto node = after(leading(), {asks(ann, 3, once_more, s3), asks(bob, 9, OpenSession{}),
                                asks(ann, 4, CloseSession{{1}}), asks(ann, 5, once_more)});
  EXPECT_EQ(node.answers(accepts(s2, 3)),
            (Sends{told(ann, 3, number(1), s3), told(bob, 9, Opened{{2}})}));
  EXPECT_EQ(node.answers(accepts(s2, 5)),
            (Sends{told(ann, 4, Closed{}), told(ann, 5, Refused{Refusal::unknown_session})}));
  EXPECT_EQ(node.now.machine.sessions, (std::map<SessionId, Session>{{{2}, {{}, {}, 3}}}));
}

TEST(StoreServer, SendsClientsElsewhereWhereItDoesNotLead) {
  const auto expect_elsewhere = [](const Node<Config>& node, const Command& command,
                                   std::optional<NodeId> leader = {}) {
    EXPECT_EQ(node.next(asks(ann, 1, command)), node.unchanged({told(ann, 1, Elsewhere{leader})}));
  };
  expect_elsewhere(following(), set_x, s2);
  expect_elsewhere(as(follower, naive), get_x, s2);
  expect_elsewhere(as(follower, by_log), get_x, s2);
  for (const raft::Role& role : {raft::Role(Follower{}), raft::Role(raft::Candidate{{s1}})})
    for (const Command& command : {set_x, get_x}) expect_elsewhere(as(role), command);
  expect_elsewhere(after(leading(), {Requested{bob, raft::TransferLeadership{s2}}}), set_x);
}

TEST(StoreServer, ThatStepsDownDoesNotKnowWhatBecomesOfItsProposals) {
  auto node =
      after(leading(), {asks(bob, 1, set_x), asks(ann, 1, one_more, s3), asks(ann, 2, get_x)});
  node.config.raft.check_quorum = true;
  auto unheard = node;
  const Effects all{SetTimer{Timer::election}, told(bob, 1, Unknown{}), told(ann, 1, Unknown{}, s3),
                    told(ann, 2, Elsewhere{})};
  EXPECT_EQ(unheard.take(Expired{Timer::quorum}), all);
  EXPECT_EQ(node.take(of_term_3), (Effects{term_3_saved, all[0], all[1], all[2], all[3]}));
  EXPECT_EQ(node.answers(appends(3, id(2, 3), {}, 3)), Sends{});  // it is done, and nobody waits
  EXPECT_EQ(node.now.machine.store, (Store{{"n", "1"}, {"x", "new"}}));
}

TEST(StoreServer, AnswersNobodyByAnotherLeadersEntry) {
  auto node = after(leading(), {asks(ann, 1, set_x), asks(bob, 1, one_more)});
  EXPECT_EQ(node.answers(appends(3, id(2, 1), {entry(3, get_x), entry(3, one_more)}, 3)),
            (Sends{told(ann, 1, Unknown{}), told(bob, 1, Unknown{})}));
  EXPECT_EQ(node.now.machine.store, counted_once);
}

TEST(StoreServer, AnswersForRealWhatIsCommittedAsItStepsDown) {
  auto node = after(leading(), {asks(ann, 1, set_x), asks(bob, 1, one_more)});
  const SetTimer timer{Timer::election};
  const Send accepted{s2, raft::AppendEntriesReply{{3}, true, {2}}};
  EXPECT_EQ(
      node.take(appends(3, id(2, 2), {}, 2)),
      (Effects{term_3_saved, timer, timer, told(ann, 1, done), accepted, told(bob, 1, Unknown{})}));
}

// --- Reads.

TEST(StoreServer, ReadsThroughTheLogWhereReadsGoThere) {
  auto node = after(leading(by_log), {asks(ann, 1, get_x)});
  EXPECT_EQ(node.answers(accepts(s2, 1, 1)), Sends{});
  EXPECT_EQ(node.answers(accepts(s2, 2)), Sends{told(ann, 1, found("old"))});
}

TEST(StoreServer, AnswersAReadOnceItIsKnownToLead) {
  auto node = leading();
  EXPECT_EQ(node.answers(asks(ann, 1, get_x, s3)), Sends{});
  EXPECT_EQ(node.now.reads, (Readings{{{ann, 1}, {s3, Get{"x"}, {}}}}));
  EXPECT_EQ(node.now.raft.durable.log.last(), id(2, 1));
  node.take(asks(bob, 1, set_x));
  EXPECT_EQ(node.answers(accepts(s2, 2, 1)),  // by what is committed in the same step
            (Sends{told(bob, 1, done), told(ann, 1, found("new"), s3)}));
  EXPECT_EQ(node.now.reads, Readings{});
}

// Of whatever session: to read twice does no harm.
TEST(StoreServer, ReadsNaivelyAtOnce) {
  const auto node = leading(naive);
  for (const Command& command : {get_x, in_session(5, Get{"x"})})
    EXPECT_EQ(node.next(asks(ann, 1, command)), node.unchanged({told(ann, 1, found("old"))}));
}

TEST(StoreServer, AsksItsLeaderAndReadsFromItsOwnMachine) {
  auto node = following();
  EXPECT_EQ(node.take(asks(ann, 1, get_x)), (Effects{Send{s2, raft::ReadIndex{{2}, {ann, 1}}}}));
  EXPECT_EQ(node.answers(readable(ann, 1, 1)), Sends{told(ann, 1, found("old"))});
  EXPECT_EQ(node.now, following().now);
}

TEST(StoreServer, ReadsOnceItHasAppliedAsMuch) {
  auto node = after(following(), {asks(ann, 1, get_x)});
  EXPECT_EQ(node.take(readable(ann, 1, 3)), Effects{});
  EXPECT_EQ(node.now.reads, (Readings{{{ann, 1}, {harness, Get{"x"}, {{3}}}}}));
  auto restored = node;
  EXPECT_EQ(node.answers(appends(2, id(2, 1), {entry(2, one_more), entry(2, set_x)}, 2)), Sends{});
  EXPECT_EQ(node.answers(appends(2, id(2, 3), {}, 3)), Sends{told(ann, 1, found("new"))});
  EXPECT_EQ(restored.answers(installs(4, {})), Sends{told(ann, 1, Executed{Found{}})});
}

TEST(StoreServer, ForgetsAReadOnceItsClientReadsAnew) {
  auto node =
      after(following(), {asks(ann, 1, get_x), asks(bob, 1, get_x), asks(ann, 2, plain(Get{"y"}))});
  EXPECT_EQ(node.now.reads,
            (Readings{{{ann, 2}, {harness, Get{"y"}, {}}}, {{bob, 1}, {harness, Get{"x"}, {}}}}));
  EXPECT_EQ(node.next(asks(ann, 1, get_x)), node.unchanged());  // late: it has gone on since
  EXPECT_EQ(node.answers(readable(ann, 1, 1)), Sends{});
  EXPECT_EQ(node.answers(readable(ann, 2, 1)), Sends{told(ann, 2, Executed{Found{}})});
  EXPECT_EQ(node.answers(readable(ann, 2, 1)), Sends{});
}

// What was committed once is for ever: where its index is known, a read waits on.
TEST(StoreServer, SendsReadsOfAnotherTermElsewhereUnlessTheirIndexIsKnown) {
  auto node =
      after(following(), {asks(ann, 1, get_x, s3), asks(bob, 1, get_x), readable(bob, 1, 2)});
  EXPECT_EQ(node.take(of_term_3), (Effects{term_3_saved, told(ann, 1, Elsewhere{}, s3)}));
  EXPECT_EQ(node.now.reads, (Readings{{{bob, 1}, {harness, Get{"x"}, {{2}}}}}));
  EXPECT_EQ(node.answers(appends(3, id(2, 1), {entry(3, set_x)}, 2)),
            Sends{told(bob, 1, found("new"))});
}

TEST(StoreServer, ExecutesOnceWhatIsAskedTwiceAndAnswersBoth) {
  auto node = after(leading(), {asks(ann, 1, once_more), asks(ann, 1, once_more, s3)});
  EXPECT_EQ(node.answers(accepts(s2, 3)),
            (Sends{told(ann, 1, number(1)), told(ann, 1, number(1), s3)}));
  EXPECT_EQ(node.now.machine.store, counted_once);
}

// The second one finds in its log what the first one was asked.
TEST(StoreServer, ExecutesOnceWhatTwoLeadersWereAsked) {
  auto first = after(leading(), {asks(ann, 1, once_more)});
  EXPECT_EQ(first.answers(accepts(s2, 2)), Sends{told(ann, 1, number(1))});
  auto second =
      after(following(), {appends(2, id(2, 1), {entry(2, once_more)}, 1), Expired{Timer::election},
                          Received{s3, raft::RequestVoteReply{.term = {3}, .granted = true}},
                          asks(ann, 1, once_more)});
  EXPECT_EQ(second.answers(accepts(s3, 3, 0, 3)), Sends{told(ann, 1, number(1))});
  EXPECT_EQ(first.answers(appends(3, id(2, 2), {entry(3, once_more)}, 3)), Sends{});
  EXPECT_EQ(first.now.machine, second.now.machine);
  EXPECT_EQ(first.now.machine.store, counted_once);
}

TEST(StoreServer, MakesNothingOfEntriesThatAreNoCommands) {
  const Entry change{{2}, {}, raft::Configuration{{s1, s2, s3}}};
  const Entry longer{{2}, encoded(one_more) + "!"};
  auto node =
      after(leading(read_index, {no_op, change, {{2}, "?"}, longer}), {asks(ann, 1, once_more)});
  EXPECT_EQ(node.answers(accepts(s2, 5)), Sends{});
  EXPECT_EQ(node.now.raft.commit, raft::Index{5});
  EXPECT_EQ(node.now.machine, start);
  EXPECT_EQ(node.answers(accepts(s2, 6)), Sends{told(ann, 1, number(1))});
}

// --- What is left to Raft, what is left after a crash, and what planted bugs do.

// Whether it has it on its disk or is sent it. What it is asked once more, it knows from there.
TEST(StoreServer, BeginsAnewWithTheMachineOfItsSnapshot) {
  auto node = after(leading(), {asks(ann, 1, once_more), accepts(s2, 2)});
  const Machine machine = node.now.machine;
  EXPECT_EQ(node.compaction(), (raft::Compact{{2}, encoded(machine)}));
  node.take(Requested{{}, node.compaction()});
  node.take(asks(ann, 1, once_more));
  const raft::Durable disk = durable(node.now);
  const Server restart{raft::restarted(read_index.raft, disk), machine, {}, {}};
  EXPECT_EQ(restarted(read_index, disk), State(restart));
  auto sent = following();
  EXPECT_EQ(sent.answers(installs(2, machine)), Sends{});
  EXPECT_EQ(sent.now.machine, machine);
  for (auto again : {Node<Config>{read_index, restart}, sent}) {
    again.take(appends(2, id(2, 2), {entry(2, once_more)}, 3));
    EXPECT_EQ(again.now.machine.store, counted_once);
  }
}

// Bytes from outside end no server, whole or in pieces.
Event piece_of(const std::string& state, Count offset, bool is_last) {
  const raft::Snapshot part{id(2, 2), {}, {.voters = {s1, s2, s3}}, state};
  return Received{s2, raft::InstallSnapshot{{2}, raft::apart(part), offset, is_last}};
}

TEST(StoreServer, RefusesASnapshotThatIsNoMachine) {
  const Effects refused{raft::Refuse{s2, raft::Flaw::impossible}};
  for (const char* state : {"junk", ""}) {
    const auto node = following();
    EXPECT_EQ(node.next(piece_of(state, 0, true)), node.unchanged(refused));
  }
  const std::string machine = encoded(start);
  auto node = following();
  EXPECT_TRUE(std::ranges::none_of(  // late: there is nothing that it goes with
      node.next(piece_of(machine.substr(3), 3, true)).effects,
      [](const Effect& effect) { return std::holds_alternative<raft::Refuse>(effect); }));
  node.take(piece_of(machine.substr(0, 3), 0, false));
  EXPECT_EQ(node.next(piece_of("junk", 3, true)), node.unchanged(refused));
  node.take(piece_of(machine.substr(3), 3, true));
  EXPECT_EQ(node.now.machine, start);
}

TEST(StoreServer, BeginsAsItIsToldWithoutASnapshot) {
  auto node = after(leading(), {asks(ann, 1, set_x), accepts(s2, 2)});
  const raft::Durable disk = durable(node.now);
  EXPECT_EQ(restarted(read_index, disk),
            State(Server{raft::restarted(read_index.raft, disk), start, {}, {}}));
  EXPECT_EQ(initial_state(read_index),
            State(Server{raft::initial_state(read_index.raft), start, {}, {}}));
}

// So that no answer tells of what a crash may undo.
TEST(StoreServer, AnswersBehindTheSavesOfItsStep) {
  const Save saved{raft::Written{{2}, {entry(2, set_x)}}};
  const Send accepted{s2, raft::AppendEntriesReply{{2}, true, {2}}};
  auto node = after(following(), {asks(ann, 1, get_x), readable(ann, 1, 2)});
  EXPECT_EQ(node.next(appends(2, id(2, 1), {entry(2, set_x)}, 2)).effects,
            (Effects{SetTimer{Timer::election}, saved, accepted, told(ann, 1, found("new"))}));
  Config alone = read_index;
  alone.raft = raft::server(s1, 1);
  const Step step = leading(alone).next(asks(ann, 1, set_x));
  EXPECT_EQ(step.effects, Effects{saved});
  EXPECT_EQ(next_state(alone, step.state, Saved{*saved.change}).effects,
            Effects{told(ann, 1, done)});
}

TEST(StoreServer, RefusesWhatNoServerSent) {
  const auto node = leading();
  const auto expect_refused = [&](const Received& received, raft::Flaw flaw) {
    EXPECT_EQ(node.next(received), node.unchanged({raft::Refuse{received.from, flaw}}));
  };
  expect_refused({harness, raft::RequestVoteReply{{3}, false}}, raft::Flaw::stranger);
  expect_refused({s2, raft::RequestVoteReply{{3}, true}}, raft::Flaw::impossible);
  for (const NodeId from : {s2, harness}) expect_refused({from, Answer{}}, raft::Flaw::impossible);
}

TEST(StoreServer, LeavesOtherRequestsToRaft) {
  const auto leads = leading();
  const auto follows = following();
  const Event hand_over = Requested{bob, raft::TransferLeadership{s2}};
  const Event no_change = Requested{bob, raft::ChangeMembers{}};
  for (const Event& asked : {hand_over, no_change})
    EXPECT_EQ(follows.next(asked), follows.unchanged({raft::Redirect{bob, s2}}));
  EXPECT_EQ(leads.next(no_change),
            leads.unchanged({raft::Decline{bob, raft::Obstacle::no_such_change}}));
  EXPECT_EQ(leads.next(hand_over).effects, Effects{SetTimer{Timer::transfer}});
  for (const Event& nothing : {Event(Requested{ann, Call{Set{"x", "y"}, ann, s1}}),
                               Event(Expired{Timer::retry_1}), Event(Expired{Timer::retry_8})})
    EXPECT_EQ(leads.next(nothing), leads.unchanged());
}

TEST(StoreServer, OffersNothingThatClientsAskFor) {
  auto node = leading();
  const std::vector<Request> compact{raft::Compact{{1}, encoded(start)}};
  EXPECT_EQ(requests(node.config, State(node.now)), compact);
  node.config.raft.transfers = node.config.raft.membership = true;
  const auto all = requests(node.config, State(node.now));
  EXPECT_EQ(all.size(), raft::requests(node.config.raft, node.now.raft).size() - 2);
  EXPECT_EQ(all.front(), Request(raft::TransferLeadership{s2}));
  EXPECT_TRUE(std::holds_alternative<raft::ChangeMembers>(all[2]));
}

TEST(StoreServer, HasTheTimersOfRaft) {
  auto node = leading();
  node.config.raft.check_quorum = node.config.raft.stickiness = true;
  node.config.workload = {.clients = 7, .retry = {1, 2}};
  const auto names = [&] { return text(timers(node.config, State(node.now))); };
  node.take(Requested{bob, raft::TransferLeadership{s2}});
  EXPECT_EQ(names(), "[heartbeat, quorum, transfer]");
  node.take(appends(3, id(2, 1), {}, 1));
  EXPECT_EQ(names(), "[election, silence]");
  EXPECT_EQ(delay(node.config, Timer::election), node.config.raft.election_timeout);
  EXPECT_EQ(delay(node.config, Timer::heartbeat), node.config.raft.heartbeat);
  EXPECT_EQ(delay(node.config, Timer::retry_8), (Delay{1, 2}));
  auto expected = raft::unused(node.config.raft);
  expected.push_back("retry_8");
  EXPECT_EQ(unused(node.config), expected);
}

TEST(StoreServer, IsSeenAndBoundedAsOneOfRaft) {
  const Server before = as(raft::Candidate{{s1}}).now;
  const Server after = leading().now;
  const raft::History history = raft::observed({}, s1, before.raft, after.raft, {});
  EXPECT_EQ(observed({}, s1, before, after, {}), history);
  EXPECT_EQ(observed(history, harness, Clients{}, Clients{}, {}), history);
  EXPECT_TRUE(within({.max_term = {2}, .max_log = {1}}, after));
  EXPECT_FALSE(within({.max_term = {1}, .max_log = {1}}, after));
  EXPECT_TRUE(within({.max_term = {}, .max_log = {}}, Clients{}));
  EXPECT_TRUE(may_crash(after) && !may_crash(Clients{}));
  EXPECT_EQ(durable(Clients{}), raft::Durable{});
}

TEST(StoreServer, WithABugAnswersBeforeItsEntryIsCommitted) {
  auto node = leading(with(Mutant::reply_before_commit));
  EXPECT_EQ(node.answers(asks(ann, 1, one_more)), Sends{told(ann, 1, number(1))});
  EXPECT_EQ(node.now.machine, start);
  EXPECT_EQ(node.answers(accepts(s2, 2)), Sends{});
  EXPECT_EQ(node.now.machine.store, counted_once);
  EXPECT_EQ(as(follower, node.config).answers(asks(ann, 1, one_more)),
            Sends{told(ann, 1, Elsewhere{s2})});
}

TEST(StoreServer, WithABugAnswersByAnotherLeadersEntry) {
  auto node = after(leading(with(Mutant::answer_by_index)), {asks(ann, 1, set_x)});
  EXPECT_EQ(node.answers(appends(3, id(2, 1), {entry(3, get_x)}, 2)),
            Sends{told(ann, 1, found("old"))});
}

TEST(StoreServer, WithABugBeginsAnewWithoutWhatSessionsWereTold) {
  const PlantedConfig config = with(Mutant::session_forgotten);
  auto node = after(leading(config), {asks(ann, 1, once_more), accepts(s2, 2)});
  Machine machine = node.now.machine;
  EXPECT_EQ(node.compaction().state, encoded(machine));
  node.take(Requested{{}, node.compaction()});
  const auto sent = after(as(follower, config), {installs(2, machine)});
  EXPECT_EQ(std::exchange(machine.sessions[{1}], {{}, {}, 2}), (Session{{1}, Number{1}, 2}));
  EXPECT_EQ(std::get<Server>(restarted(config, durable(node.now))).machine, machine);
  EXPECT_EQ(sent.now.machine, machine);
}

}  // namespace
}  // namespace coracle::kv
