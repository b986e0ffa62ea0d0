// How logs stay short (7): the machine's state takes the place of the entries that led to it, and a
// follower that needs one of those is sent the state instead, piece by piece (Figure 13).
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/replication.h"

namespace coracle::raft {

template <class C>
void keep(Turn<C>& turn, SharedList<Snapshot> snapshot) {
  turn.state.durable.log.install(snapshot);
  turn.effects.emplace_back(Save{Compacted{std::move(snapshot)}});
}

// Only what is committed, and is not in a snapshot yet.
template <class C>
void compact(Turn<C>& turn, const Compact& compact) {
  const Log& log = turn.state.durable.log;
  if (compact.last < log.first() || compact.last > turn.state.commit) return;
  Snapshot snapshot{.last = {.term = log.term_at(compact.last).value(), .index = compact.last},
                    .digest = log.digest(compact.last),
                    .configuration = in_force_at(turn.config, turn.state, compact.last),
                    .state = compact.state};
  keep(turn, apart(std::move(snapshot)));
}

// --- A follower listens.

// A piece that repeats what is there, leaves a gap, or is of an older snapshot, is of no use. True
// once all of it is there.
inline bool add_piece(std::vector<Snapshot>& incoming, const InstallSnapshot& install) {
  const Snapshot& piece = install.piece.front();
  if (incoming.empty() || incoming.front().last < piece.last)
    incoming = {{.last = piece.last,
                 .digest = piece.digest,
                 .configuration = piece.configuration,
                 .state = {}}};
  std::string& state = incoming.front().state;
  if (incoming.front().last != piece.last || install.offset != state.size()) return false;
  state += piece.state;
  return install.done;
}

template <class C>
void take_snapshot(Turn<C>& turn, Snapshot snapshot) {
  if (planted(turn.config, Mutant::snapshot_sets_term))
    turn.state.durable.term = snapshot.last.term;
  turn.state.commit = snapshot.last.index;
  wait_for_disk(turn);
  turn.effects.emplace_back(Restore{snapshot.last.index, snapshot.state});
  keep(turn, apart(std::move(snapshot)));
}

// Whether the log has what the snapshot stands for: so it keeps that, and what follows.
template <class C>
bool has_already(Turn<C>& turn, EntryId last) {
  if (planted(turn.config, Mutant::snapshot_goes_back)) return false;
  if (last.index > turn.state.commit) {
    if (turn.state.durable.log.term_at(last.index) != last.term) return false;
    wait_for_disk(turn);
    commit_up_to(turn, last.index);
  }
  forget_incoming(turn);
  return true;
}

template <class C>
void receive(Turn<C>& turn, NodeId from, const InstallSnapshot& install) {
  const EntryId last = install.piece.front().last;
  const Durable& durable = turn.state.durable;
  const auto received = [&](EntryId of, std::uint64_t bytes) {
    turn.effects.emplace_back(Send{
        from, InstallSnapshotReply{.term = durable.term, .last = of.index, .received = bytes}});
  };
  if (install.term < durable.term) return received(last, 0);
  std::vector<Snapshot>& incoming = hear_leader(turn, from).incoming;
  if (!has_already(turn, last)) {
    if (!add_piece(incoming, install))
      return received(incoming.front().last, incoming.front().state.size());
    take_snapshot(turn, std::exchange(incoming, {}).front());
  }
  wait_for_disk(turn);
  acknowledge(turn, from, last.index);
}

// --- A leader hears how far it got. It goes on from there, and back where the follower forgot.

template <class C>
void receive(Turn<C>& turn, NodeId from, const InstallSnapshotReply& reply) {
  auto* leader = std::get_if<Leader>(&turn.state.role);
  if (leader == nullptr || reply.term != turn.state.durable.term) return;
  Progress* progress = heard_from(turn, *leader, from);
  auto* install = progress == nullptr ? nullptr : std::get_if<Install>(&progress->mode);
  if (install == nullptr || install->last != reply.last || install->received == reply.received)
    return;
  if (install->last != turn.state.durable.log.base().index)
    return begin_install(turn, from, *progress);
  install->received = reply.received;
  send_piece(turn, from, *install);
}

}  // namespace coracle::raft
