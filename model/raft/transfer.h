// How a leader hands over (thesis 3.10): it accepts no more proposals, waits until the successor
// has all of its log, and tells it to campaign at once. If no election follows within an election
// timeout, it goes on as the leader.
#pragma once

#include "model/raft/configuration.h"

namespace coracle::raft {

// Once the successor has everything. Asked at every acknowledgement of its: a lost TimeoutNow is
// sent again after the next heartbeat.
template <class C>
void hand_over(Turn<C>& turn, Leader& leader, NodeId to) {
  const Durable& durable = turn.state.durable;
  if (leader.successor != to || leader.peers.at(to).match != durable.log.last().index) return;
  turn.effects.emplace_back(Send{to, TimeoutNow{.term = durable.term}});
  leader.standing.has_handed_over = turn.config.reads == Reads::lease;
}

// To another voter, and someone else than before, if there was one before. Who insists on the same
// one does not make it wait longer.
template <class C>
void transfer(Turn<C>& turn, Leader& leader, NodeId to) {
  if (to == turn.config.self || !votes(in_force(turn), to) || leader.successor == to) return;
  leader.successor = to;
  turn.effects.emplace_back(SetTimer{Timer::transfer});
  hand_over(turn, leader, to);
}

inline void give_up_transfer(Leader& leader) { leader.successor.reset(); }

}  // namespace coracle::raft
