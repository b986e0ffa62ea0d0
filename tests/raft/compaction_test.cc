// A leader and two followers with disks and machines: whatever is lost, repeated, reordered,
// compacted or written late, and whoever crashes but the leader, their machines come to agree.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/properties.h"
#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

const Config config = server(s1, 3);

std::uint64_t any(std::uint64_t least, std::uint64_t most) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(least, most + 1));
}

// A log that matches one whose terms are 3, 6, ...: a first part of it, then entries of its own.
Log beside(const Log& leaders, std::uint64_t own) {
  Log log = leaders;
  log.rewrite({any(1, leaders.size() + 1)}, {});
  for (std::uint64_t more = any(0, 5); more > 0; --more) {
    std::uint64_t term = std::max<std::uint64_t>(1, log.last().term.value + any(0, 3));
    while (term % 3 != own) ++term;
    log.append({{term}, std::to_string(term) + ";"});
  }
  return log;
}

// Its machine's state is all that was ever applied, in order.
struct Machine {
  Index applied;
  std::string state;
  bool operator==(const Machine&) const = default;
};

struct Server {
  Config config;
  State state;
  Durable disk;
  Machine machine;
  std::deque<Effect> waiting;  // for the disk: the first of them is a Save
};

struct Cluster {
  struct Envelope {
    NodeId from;
    NodeId to;
    Message message;
  };

  std::array<Server, 3> servers;
  std::vector<Envelope> network;  // in the order of sending
  std::size_t delivered = 0;

  Cluster() {
    const Flow flow{
        .appends = any(0, 3), .bytes = any(0, 8), .append = any(0, 8), .chunk = any(0, 9)};
    const bool hints = any(0, 1) > 0;
    Log log;
    for (std::uint64_t index = any(0, 6); index > 0; --index) log.append({{3}, "3;"});
    for (std::size_t at = 0; at < 3; ++at) {
      Server& server = servers[at];
      server.config = raft::server(node_at(at), 3);
      server.config.flow = flow;
      server.config.hints = hints;
      server.state = follower({50}, beside(log, at));
      if (at == 0) server.state = leader(server.config, {50}, log);
      server.disk = durable(server.state);
    }
  }

  void step(std::size_t at, const Event& event) {
    Server& server = servers[at];
    const State before = server.state;
    const Step step = next_state(server.config, before, event);
    const NodeChange change{.before = before, .after = step.state, .effects = step.effects};
    RC_ASSERT(every_message_is_possible(change));
    RC_ASSERT(match_never_goes_back(change));
    RC_ASSERT(before.commit <= step.state.commit);
    server.state = step.state;
    server.waiting.insert(server.waiting.end(), step.effects.begin(), step.effects.end());
    release(at);
    check(server);
  }

  // What waits for no Save is done.
  void release(std::size_t at) {
    auto& waiting = servers[at].waiting;
    while (!waiting.empty() && !std::holds_alternative<Save>(waiting.front())) {
      carry_out(at, waiting.front());
      waiting.pop_front();
    }
  }
  void carry_out(std::size_t at, const Effect& effect) {
    Machine& machine = servers[at].machine;
    if (const auto* send = std::get_if<Send>(&effect)) {
      network.push_back({node_at(at), send->to, send->message});
    } else if (const auto* apply = std::get_if<Apply>(&effect)) {
      RC_ASSERT(apply->index == next(machine.applied));
      machine = {apply->index, machine.state + apply->command};
    } else if (const auto* restore = std::get_if<Restore>(&effect)) {
      RC_ASSERT(restore->index > machine.applied);
      machine = {restore->index, restore->state};
    }
  }

  void flush(std::size_t at) {
    Server& server = servers[at];
    if (server.waiting.empty()) return;
    const auto change = std::get<Save>(server.waiting.front()).change;
    server.waiting.pop_front();
    if (change) server.disk = kept(server.disk, *change);
    release(at);
    if (change) step(at, Saved{*change});
  }

  void crash(std::size_t at) {
    Server& server = servers[at];
    server.waiting.clear();
    server.state = restarted(server.config, server.disk);
    server.machine = {};
    for (const Snapshot& snapshot : server.disk.log.snapshot())
      server.machine = {snapshot.last.index, snapshot.state};
  }

  void compact(std::size_t at) {
    const Machine& machine = servers[at].machine;
    step(at, Requested{ClientId{7}, Compact{.last = machine.applied, .state = machine.state}});
  }

  void check(const Server& server) const {
    RC_ASSERT(commit_is_in_log(server.state) && next_is_beyond_match(server.state));
    if (server.waiting.empty()) RC_ASSERT(server.disk == durable(server.state));
    for (const Server& other : servers) {
      const TwoNodes pair{.one = server.state, .other = other.state};
      RC_ASSERT(log_matching(pair) && state_machine_safety(pair));
      const Machine& shorter = std::min(server.machine, other.machine,
                                        [](auto& a, auto& b) { return a.applied < b.applied; });
      const Machine& longer = &shorter == &server.machine ? other.machine : server.machine;
      RC_ASSERT(longer.state.starts_with(shorter.state));
    }
  }

  void deliver(std::size_t at, bool again = false) {
    const Envelope envelope = network[at];
    if (!again) network.erase(network.begin() + static_cast<std::ptrdiff_t>(at));
    ++delivered;
    step(position(envelope.to), Received{envelope.from, envelope.message});
  }

  void anything() {
    const std::uint64_t choice = any(0, 19);
    const std::size_t at = any(0, 2);
    if (choice == 0) return step(0, Expired{Timer::heartbeat});
    if (choice <= 2) return step(0, propose(std::string(any(0, 3), 'x') + ";"));
    if (choice == 3) return compact(at);
    if (choice == 4) return at > 0 ? crash(at) : compact(at);
    if (choice <= 8) return flush(at);
    if (network.empty()) return;
    const std::size_t place = any(0, network.size() - 1);
    if (choice == 9) network.erase(network.begin() + static_cast<std::ptrdiff_t>(place));
    if (choice > 9) deliver(place, /*again=*/choice == 10);
  }

  // All arrives, in the order of sending, and all is written.
  void heartbeat() {
    step(0, Expired{Timer::heartbeat});
    const std::size_t before = delivered;
    while (true) {
      for (std::size_t at = 0; at < 3; ++at)
        while (!servers[at].waiting.empty()) flush(at);
      if (network.empty()) return;
      deliver(0);
      RC_ASSERT(delivered < before + 1000);  // it comes to rest
    }
  }
};

RC_GTEST_PROP(Snapshot, CompactionAnywhereChangesNothingThatIsApplied, ()) {
  Cluster cluster;
  for (std::uint64_t steps = any(0, 150); steps > 0; --steps) cluster.anything();
  if (any(0, 1) > 0) cluster.network.clear();
  cluster.step(0, propose("last"));
  for (int i = 0; i < 3; ++i) cluster.heartbeat();
  const Server& leads = cluster.servers[0];
  const Log& whole = leads.state.durable.log;
  for (const Server& server : cluster.servers) {
    const Log& log = server.state.durable.log;
    RC_ASSERT(log.last() == whole.last() && same_up_to(log.last().index, log, whole));
    RC_ASSERT(server.state.commit == log.last().index && server.machine == leads.machine);
    RC_ASSERT(server.machine.applied == log.last().index);
    RC_ASSERT(server.disk == durable(server.state));
  }
}

}  // namespace
}  // namespace coracle::raft
