// Whatever is said to a server, in whatever order: nothing breaks it, and nothing that goes by the
// rules is refused.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/raft/refusal.h"
#include "tests/raft/roles.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
constexpr std::array<std::uint64_t, 5> huge{beyond_all, beyond_all + 1, most / 2, most / 2 + 1,
                                            most};

// --- Whatever is said.

std::uint64_t up_to(std::uint64_t max) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(0, max + 1));
}
bool coin() { return up_to(1) > 0; }

// Mostly small, so that something comes of it.
std::uint64_t any_number() {
  return up_to(5) > 0 ? up_to(5) : huge.at(up_to(huge.size() - 1)) - up_to(1);
}
Term any_term() { return {any_number()}; }
EntryId any_id() { return {.term = any_term(), .index = {any_number()}}; }

std::set<NodeId> any_servers() {
  std::set<NodeId> servers;
  for (std::uint64_t left = up_to(3); left > 0; --left) servers.insert(node_at(up_to(3)));
  return servers;
}
Configuration any_members() {
  Configuration members{.voters = any_servers()};
  if (coin()) members.old_voters = any_servers();
  if (coin()) members.learners = any_servers();
  return members;
}

std::vector<Entry> any_entries() {
  std::vector<Entry> some(up_to(3));
  for (Entry& entry : some) {
    entry = {any_term(), "x"};
    if (up_to(4) == 0) entry = {any_term(), coin() ? "x" : "", any_members()};
  }
  return some;
}

InstallSnapshot any_piece() {
  InstallSnapshot piece = install(any_term(), any_id(), any_number());
  piece.done = coin();
  if (coin()) {
    Snapshot other = piece.piece.front();
    other.configuration = any_members();
    piece.piece = apart(other);
  }
  return piece;
}

AppendEntriesReply any_answer() {
  AppendEntriesReply reply{.term = any_term(), .accepted = coin(), .match = {any_number()}};
  if (!reply.accepted && coin()) reply.match = {0};
  if (coin()) reply.conflict = {.refused = {any_number()}, .last = any_id()};
  reply.round = {up_to(2)};
  return reply;
}

ReadId any_read() { return {.client = ClientId{7}, .number = up_to(2)}; }

Message any_message() {
  switch (up_to(10)) {
    case 8:
      return ReadIndex{.term = any_term(), .read = any_read()};
    case 9:
      return ReadIndexReply{.term = any_term(), .read = any_read(), .index = {any_number()}};
    case 0:
      return RequestVote{.term = any_term(), .last = any_id(), .transfer = coin()};
    case 1:
      return RequestVoteReply{.term = any_term(), .granted = coin()};
    case 2:
      return PreVote{.term = any_term(), .last = any_id()};
    case 3:
      return PreVoteReply{.term = any_term(), .granted = coin()};
    case 4:
      return any_answer();
    case 5:
      return any_piece();
    case 6:
      return InstallSnapshotReply{
          .term = any_term(), .last = {any_number()}, .received = any_number()};
    case 7:
      return TimeoutNow{.term = any_term()};
    default:
      return AppendEntries{.term = any_term(),
                           .previous = any_id(),
                           .entries = any_entries(),
                           .commit = {any_number()},
                           .round = {up_to(2)}};
  }
}

Config any_config(NodeId self) {
  Config own = server(self, 3);
  own.no_op = coin();
  own.pre_vote = coin();
  own.check_quorum = coin();
  own.stickiness = coin();
  own.hints = coin();
  own.transfers = coin();
  own.snapshots = coin();
  own.membership = coin();
  own.one_step = coin();
  own.reads = std::array{Reads::log, Reads::read_index, Reads::lease, Reads::naive}.at(up_to(3));
  if (coin()) own.flow = {.appends = 1 + up_to(2), .bytes = up_to(9), .append = 4, .chunk = 3};
  return own;
}

Event any_event(const Config& own, const State& state) {
  const auto set = timers(own, state);
  switch (up_to(9)) {
    case 9:
      return Requested{ClientId{7}, Read{up_to(2)}};
    case 0:
      return Expired{set.empty() ? Timer::election : set[up_to(set.size() - 1)]};
    case 8:
      return Requested{ClientId{7}, ChangeMembers{.voters = any_servers(),
                                                  .learners = any_servers(),
                                                  .removed = any_servers()}};
    case 1:
      return coin() ? propose("x") : Requested{ClientId{7}, TransferLeadership{node_at(up_to(3))}};
    case 2:
      return Requested{ClientId{7}, Compact{.last = state.commit, .state = "so far"}};
    default:
      return Received{node_at(up_to(4)), any_message()};
  }
}

void expect_kept(const State& before, const Step& step) {
  const State& after = step.state;
  RC_ASSERT(after.durable.term >= before.durable.term);
  RC_ASSERT(after.commit >= before.commit);
  RC_ASSERT(after.commit <= after.durable.log.last().index);
  RC_ASSERT(same_up_to(before.commit, before.durable.log, after.durable.log));
  Index applied = before.commit;
  for (const Apply& apply : only<Apply>(step)) {
    RC_ASSERT(apply.index == next(applied));
    applied = apply.index;
  }
  const bool same_term = after.durable.term == before.durable.term;
  RC_ASSERT(!same_term || !before.durable.voted_for ||
            after.durable.voted_for == before.durable.voted_for);
  if (!only<Refuse>(step).empty()) {
    RC_ASSERT(after == before);
    RC_ASSERT(step.effects.size() == 1U);
  }
}

// One lie after another, to a server in any role, that goes on with its own affairs.
RC_GTEST_PROP(Refusal, NoMessageBreaksAPromiseOrWhatIsCommitted, ()) {
  const Config own = any_config(s1);
  State state = all_roles().at(up_to(all_roles().size() - 1));
  for (std::uint64_t steps = up_to(40); steps > 0; --steps) {
    const Event event = any_event(own, state);
    const Step step = synced(own, state, event);
    expect_kept(state, step);
    state = step.state;
  }
}

// --- Whatever servers say that go by the rules, however late, often and out of order it arrives.

class Walk {
 public:
  Walk() {
    Config features = any_config(s1);
    for (const NodeId node : {s1, s2, s3}) {
      Config own = features;
      own.self = node;
      own.peers = server(node, 3).peers;
      configs_.push_back(own);
      states_.push_back(initial_state(own));
    }
  }

  void step(std::set<std::size_t>& heard) {
    const NodeId node = node_at(up_to(2));
    const State& state = states_[position(node)];
    const Config& own = configs_[position(node)];
    const std::uint64_t draw = up_to(23);
    if (draw == 0) {
      states_[position(node)] = restarted(own, durable(state));
    } else if (draw <= 3) {
      const auto set = timers(own, state);
      if (!set.empty()) take(node, Expired{set[up_to(set.size() - 1)]});
    } else if (draw <= 6) {
      const auto asked = requests(own, state);
      if (!asked.empty()) take(node, Requested{ClientId{7}, asked[up_to(asked.size() - 1)]});
    } else if (!on_the_way_.empty()) {
      deliver(heard);
    }
  }

 private:
  void deliver(std::set<std::size_t>& heard) {
    const auto at =
        on_the_way_.begin() +
        static_cast<std::ptrdiff_t>(up_to(std::min<std::size_t>(on_the_way_.size(), 6) - 1));
    const auto [from, send] = *at;
    const std::uint64_t fate = up_to(9);
    if (fate > 0) on_the_way_.erase(at);  // or else it comes again
    if (fate == 1) return;                // lost
    heard.insert(send.message.index());
    take(send.to, Received{from, send.message});
  }

  void take(NodeId node, const Event& event) {
    State& state = states_[position(node)];
    const Step step = synced(configs_[position(node)], state, event);
    RC_ASSERT(only<Refuse>(step).empty());
    for (const Send& send : only<Send>(step)) on_the_way_.emplace_back(node, send);
    expect_kept(state, step);
    state = step.state;
  }

  std::vector<Config> configs_;
  std::vector<State> states_;
  std::vector<std::pair<NodeId, Send>> on_the_way_;
};

TEST(Refusal, NothingThatGoesByTheRulesIsRefused) {
  std::set<std::size_t> heard;
  EXPECT_TRUE(rc::check([&] {
    Walk walk;
    for (int steps = 0; steps < 400; ++steps) walk.step(heard);
  }));
  EXPECT_EQ(heard.size(), std::variant_size_v<Message>);
}

}  // namespace
}  // namespace coracle::raft
