// A server of the store: Raft decides what the log is, the machine applies it, and who asked is
// answered. One step is one step of Raft; what Raft orders for the machine is done within it.
//
//     Ask     a read, unless reads go through the log: once Raft says from which index on
//             anything else: proposed; answered when its entry is applied
//     Apply   the machine takes the command
//     Restore the machine begins anew from a snapshot
//
// What was proposed is lost sight of with the leadership: another leader may commit it, or not. So
// its client is told `Unknown`, which is no failure.
#pragma once

#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "model/check.h"
#include "model/codec.h"
#include "model/kv/mutants.h"

namespace coracle::kv {

template <class C>
struct ServerTurn {
  const C& config;
  Server server;
  Effects effects;
};

template <class C>
void tell(ServerTurn<C>& turn, const Asker& asker, Outcome outcome) {
  turn.effects.emplace_back(
      Send{asker.node,
           Answer{.client = asker.client, .serial = asker.serial, .outcome = std::move(outcome)}});
}

inline Asker asker_of(const raft::ReadId& id, const Reading& reading) {
  return {.node = reading.node, .client = id.client, .serial = {id.number}};
}

inline Outcome outcome_of(Reply reply) {
  return std::visit([](auto& held) -> Outcome { return std::move(held); }, reply);
}

// --- What Raft orders.

// Who proposed the entry at this index: another leader's may stand there by now.
template <class C>
auto proposal_at(const ServerTurn<C>& turn, raft::Index index) {
  const auto& proposals = turn.server.proposals;
  if (planted(turn.config, Mutant::answer_by_index))
    return std::ranges::find(proposals, index, [](const auto& it) { return it.first.index; });
  const auto term = turn.server.raft.durable.log.term_at(index);
  return proposals.find({.term = term.value_or(raft::Term{}), .index = index});
}

template <class C>
void apply_entry(ServerTurn<C>& turn, const raft::Apply& order) {
  if (order.command.empty()) return;  // of a new leader, or of a change of members
  const auto command = decoded<Command>(order.command);
  if (!command) return;  // nothing that this store knows: to no server
  Reply reply = apply(turn.server.machine, order.index.value, *command);
  const auto waiting = proposal_at(turn, order.index);
  if (waiting == turn.server.proposals.end()) return;
  tell(turn, waiting->second, outcome_of(std::move(reply)));
  turn.server.proposals.erase(waiting);
}

template <class C>
Machine machine_in(const C& config, const std::string& snapshot) {
  auto machine = decoded<Machine>(snapshot);
  CHECK(machine.has_value());
  if (planted(config, Mutant::session_forgotten))
    for (auto& [id, session] : machine->sessions)
      session = {.last = {}, .result = {}, .used = session.used};
  return *std::move(machine);
}

// In their order, so that what waits for the disk goes on waiting.
template <class C>
void follow(ServerTurn<C>& turn, raft::Effects&& orders) {
  turn.effects.reserve(orders.size());
  for (raft::Effect& order : orders)
    match(
        std::move(order),
        [&](raft::Send&& send) {
          turn.effects.emplace_back(
              Send{send.to, std::visit([](auto& message) -> Message { return std::move(message); },
                                       send.message)});
        },
        [&](raft::SetTimer&& set) { turn.effects.emplace_back(SetTimer{timer_of(set.timer)}); },
        [&](raft::Apply&& apply) { apply_entry(turn, apply); },
        [&](raft::Restore&& restore) {
          turn.server.machine = machine_in(turn.config, restore.state);
        },
        [&](raft::Readable&& readable) {
          const auto waiting = turn.server.reads.find(readable.read);
          if (waiting != turn.server.reads.end()) waiting->second.index = readable.index;
        },
        [&](auto&& other) { turn.effects.emplace_back(std::forward<decltype(other)>(other)); });
}

template <class C>
void answer_reads(ServerTurn<C>& turn) {
  auto& [raft, machine, proposals, reads] = turn.server;
  for (auto it = reads.begin(); it != reads.end();) {
    const auto& [id, reading] = *it;
    const bool applied = reading.index && *reading.index <= raft.commit;
    if (applied)
      tell(turn, asker_of(id, reading), Executed{execute(machine.store, reading.operation)});
    it = applied ? reads.erase(it) : std::next(it);
  }
}

// In another term, or as a leader no longer, it knows nothing of what it was asked before.
template <class C>
void let_go(ServerTurn<C>& turn) {
  for (const auto& [entry, asker] : turn.server.proposals) tell(turn, asker, Unknown{});
  turn.server.proposals.clear();
  std::erase_if(turn.server.reads, [&](const auto& read) {
    if (read.second.index) return false;
    tell(turn, asker_of(read.first, read.second), Elsewhere{});
    return true;
  });
}

template <class C>
void raft_step(ServerTurn<C>& turn, const raft::Event& event) {
  const bool led = raft::leads(turn.server.raft);
  const raft::Term term = turn.server.raft.durable.term;
  auto step = raft::next_state(turn.config.raft, std::move(turn.server.raft), event);
  turn.server.raft = std::move(step.state);
  follow(turn, std::move(step.effects));
  answer_reads(turn);
  const bool leads = raft::leads(turn.server.raft);
  if (turn.server.raft.durable.term != term || (led && !leads)) let_go(turn);
}

// --- What clients ask.

// Whoever is not the leader says so; in its effects it is a Redirect to this client.
template <class C>
bool is_sent_away(ServerTurn<C>& turn, const Asker& asker) {
  const auto redirect = std::ranges::find_if(turn.effects, [](const Effect& effect) {
    return std::holds_alternative<raft::Redirect>(effect);
  });
  if (redirect == turn.effects.end()) return false;
  const auto leader = std::get<raft::Redirect>(*redirect).leader;
  turn.effects.erase(redirect);
  tell(turn, asker, Elsewhere{leader});
  return true;
}

template <class C>
void propose(ServerTurn<C>& turn, const Asker& asker, const Command& command) {
  const raft::Propose proposal{encoded(command)};
  const raft::Durable& durable = turn.server.raft.durable;
  const raft::EntryId entry{.term = durable.term, .index = next(durable.log.last().index)};
  if (raft::leads(turn.server.raft)) turn.server.proposals[entry] = asker;
  raft_step(turn, raft::Requested{asker.client, proposal});
  if (is_sent_away(turn, asker)) turn.server.proposals.erase(entry);
  if (planted(turn.config, Mutant::reply_before_commit) && turn.server.proposals.erase(entry) > 0) {
    Machine ahead = turn.server.machine;
    tell(turn, asker, outcome_of(apply(ahead, entry.index.value, command)));
  }
}

template <class C>
void read(ServerTurn<C>& turn, const Asker& asker, const Operation& operation) {
  const raft::ReadId id{.client = asker.client, .number = asker.serial.value};
  const auto later = turn.server.reads.upper_bound(id);
  if (later != turn.server.reads.end() && later->first.client == asker.client) return;
  std::erase_if(turn.server.reads,  // which it has given up
                [&](const auto& read) { return read.first.client == asker.client; });
  turn.server.reads[id] = {.node = asker.node, .operation = operation};
  raft_step(turn, raft::Requested{asker.client, raft::Read{id.number}});
  if (is_sent_away(turn, asker)) turn.server.reads.erase(id);
}

// A read belongs to no session: done twice it does no harm.
template <class C>
void receive(ServerTurn<C>& turn, NodeId from, const Ask& ask) {
  const Asker asker{.node = from, .client = ask.client, .serial = ask.serial};
  const auto* execute = std::get_if<Execute>(&ask.command);
  const bool reads = execute != nullptr && std::holds_alternative<Get>(execute->operation);
  if (reads && turn.config.raft.reads != raft::Reads::log)
    read(turn, asker, execute->operation);
  else
    propose(turn, asker, ask.command);
}

// --- Events.

// Whether a snapshot that is whole with this piece is one of a machine. Late pieces, which go with
// nothing that it has, are Raft's affair.
inline bool completes_a_machine(const raft::State& raft, const raft::InstallSnapshot& install) {
  if (!install.done || install.piece.empty()) return true;
  const raft::Snapshot& piece = install.piece.front();
  if (install.offset == 0) return decoded<Machine>(piece.state).has_value();
  const auto* follower = std::get_if<raft::Follower>(&raft.role);
  if (follower == nullptr || follower->incoming.empty() || install.term != raft.durable.term)
    return true;
  const raft::Snapshot& so_far = follower->incoming.front();
  if (so_far.last != piece.last || so_far.state.size() != install.offset) return true;
  return decoded<Machine>(so_far.state + piece.state).has_value();
}

template <class C>
void receive(ServerTurn<C>& turn, const Received& received) {
  const auto* install = std::get_if<raft::InstallSnapshot>(&received.message);
  if (install != nullptr && !completes_a_machine(turn.server.raft, *install)) {
    turn.effects.emplace_back(raft::Refuse{received.from, raft::Flaw::impossible});
    return;
  }
  match(
      received.message, [&](const Ask& ask) { receive(turn, received.from, ask); },
      [&](const Answer&) {
        turn.effects.emplace_back(raft::Refuse{received.from, raft::Flaw::impossible});
      },
      [&](const auto& message) {
        raft_step(turn, raft::Received{received.from, message});
      });
}

template <class C>
void ask(ServerTurn<C>& turn, const Requested& asked) {
  match(
      asked.request, [](const Call&) {},
      [&](const auto& request) {
        raft_step(turn, raft::Requested{asked.client, request});
      });
}

template <class C>
Step server_step(const C& config, Server server, const Event& event) {
  ServerTurn<C> turn{.config = config, .server = std::move(server), .effects = {}};
  match(
      event, [&](const Received& received) { receive(turn, received); },
      [&](const Expired& expired) {
        if (const auto owned = owner(expired.timer); owned.index() == 0)
          raft_step(turn, raft::Expired{std::get<raft::Timer>(owned)});
      },
      [&](const Requested& asked) { ask(turn, asked); },
      [&](const Saved& saved) { raft_step(turn, saved); });
  return {std::move(turn.server), std::move(turn.effects)};
}

// --- What is left after a crash.

template <class C>
Server restarted_server(const C& config, raft::Durable disk) {
  const auto& snapshot = disk.log.snapshot();
  Machine machine = snapshot.empty() ? config.start : machine_in(config, snapshot.front().state);
  return {.raft = raft::restarted(config.raft, std::move(disk)),
          .machine = std::move(machine),
          .proposals = {},
          .reads = {}};
}

}  // namespace coracle::kv
