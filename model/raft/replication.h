// How a leader's log becomes everyone's (5.3), and what of it is committed (5.4.2).
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/turn.h"

namespace coracle::raft {

// --- A leader speaks.

template <class C>
void send_append(Turn<C>& turn, NodeId to, const Progress& progress) {
  const Log& log = turn.state.durable.log;
  const Index previous{progress.next.value - 1};
  const auto entries = log.from(progress.next);
  turn.effects.emplace_back(
      Send{to, AppendEntries{.term = turn.state.durable.term,
                             .previous = {.term = log.term_at(previous).value(), .index = previous},
                             .entries = {entries.begin(), entries.end()},
                             .commit = turn.state.commit}});
}

template <class C>
void replicate(Turn<C>& turn, const Leader& leader) {
  turn.effects.reserve(turn.effects.size() + leader.peers.size() + 2);
  for (const auto& [peer, progress] : leader.peers) send_append(turn, peer, progress);
}

template <class C>
void heartbeat(Turn<C>& turn, const Leader& leader) {
  turn.effects.emplace_back(SetTimer{Timer::heartbeat});
  replicate(turn, leader);
}

// The leader writes while the others do: its Save holds none of these appends back.
template <class C>
void propose(Turn<C>& turn, const Leader& leader, Command command) {
  const Entry entry{.term = turn.state.durable.term, .command = std::move(command)};
  const EntryId id = turn.state.durable.log.append(entry);
  replicate(turn, leader);
  turn.effects.emplace_back(Save{Written{.first = id.index, .entries = {entry}}});
}

// --- What is committed is applied.

template <class C>
void commit_up_to(Turn<C>& turn, Index commit) {
  const Index before = std::exchange(turn.state.commit, commit);
  for (Index index = next(before); index <= commit; index = next(index))
    turn.effects.emplace_back(Apply{index, turn.state.durable.log.at(index).command});
}

// The last index that a majority has, as far as the leader knows. It counts itself only for what is
// on its own disk.
template <class C>
Index majority_match(const C& config, const Leader& leader) {
  boost::container::small_vector<Index, 8> matches;  // in the order of the servers' ids
  for (const auto& [peer, progress] : leader.peers) matches.push_back(progress.match);
  matches.insert(matches.nth(leader.peers.index_of(leader.peers.lower_bound(config.self))),
                 leader.written);
  if (!planted(config, Mutant::quorum_unsorted))
    std::ranges::sort(matches, [](Index a, Index b) { return a > b; });
  return matches[majority(config) - 1];
}

// Only entries of the leader's own term are committed by counting replicas; what precedes them is
// committed with them (5.4.2, Figure 8).
template <class C>
void advance_commit(Turn<C>& turn, const Leader& leader) {
  const Index index = majority_match(turn.config, leader);
  if (index <= turn.state.commit) return;
  const Durable& durable = turn.state.durable;
  if (durable.log.term_at(index) != durable.term && !planted(turn.config, Mutant::commit_old_term))
    return;
  commit_up_to(turn, index);
}

template <class C>
void entries_written(Turn<C>& turn, const Written& written) {
  auto* leader = std::get_if<Leader>(&turn.state.role);
  const Index last{written.first.value + written.entries.size() - 1};
  if (leader == nullptr || last > turn.state.durable.log.last().index) return;
  leader->written = std::max(leader->written, last);
  advance_commit(turn, *leader);
}

// --- A follower listens.

// The last index that an accepted append vouches for; what lies beyond may be another leader's.
inline Index tail(const AppendEntries& append) {
  return {append.previous.index.value + append.entries.size()};
}

template <class C>
void reply_append(Turn<C>& turn, NodeId to, bool accepted, Index match) {
  turn.effects.emplace_back(Send{
      to,
      AppendEntriesReply{.term = turn.state.durable.term, .accepted = accepted, .match = match}});
}

// False where the append is refused. Only what the log lacks is written.
template <class C>
bool take_entries(Turn<C>& turn, const AppendEntries& append) {
  Log& log = turn.state.durable.log;
  std::span<const Entry> fresh = log.missing(append.previous, append.entries);
  if (!log.accept(append.previous, append.entries)) return false;
  const bool truncate = planted(turn.config, Mutant::truncate_always);
  if (truncate) fresh = append.entries;
  const Index first{tail(append).value + 1 - fresh.size()};
  if (truncate) log.rewrite(first, fresh);
  if (truncate || !fresh.empty())
    turn.effects.emplace_back(
        Save{Written{.first = first, .entries = {fresh.begin(), fresh.end()}}});
  return true;
}

template <class C>
Index follower_commit(const Turn<C>& turn, const AppendEntries& append) {
  const bool own = planted(turn.config, Mutant::commit_own_last);
  const Index covered = own ? turn.state.durable.log.last().index : tail(append);
  const Index commit = std::min(append.commit, covered);
  if (planted(turn.config, Mutant::commit_not_monotonic)) return commit;
  return std::max(turn.state.commit, commit);
}

template <class C>
void refuse_append(Turn<C>& turn, NodeId from, const AppendEntries& append) {
  if (planted(turn.config, Mutant::rejected_append_commits))
    commit_up_to(turn, std::max(turn.state.commit,
                                std::min(append.commit, turn.state.durable.log.last().index)));
  reply_append(turn, from, false, Index{0});
}

// A follower, or a candidate that has just lost, hears the leader of its term.
template <class C>
void hear_leader(Turn<C>& turn, NodeId from) {
  const bool candidate = std::holds_alternative<Candidate>(turn.state.role);
  if (planted(turn.config, Mutant::vote_cleared_by_leader) ||
      (candidate && planted(turn.config, Mutant::vote_cleared_on_step_down)))
    turn.state.durable.voted_for.reset();
  turn.state.role = Follower{.leader = from};
  turn.effects.emplace_back(SetTimer{Timer::election});
}

template <class C>
void receive(Turn<C>& turn, NodeId from, const AppendEntries& append) {
  if (append.term < turn.state.durable.term) return reply_append(turn, from, false, Index{0});
  // A second leader in one term: election safety reports it; there is nothing to learn from it.
  if (std::holds_alternative<Leader>(turn.state.role)) return;
  turn.effects.reserve(4);
  hear_leader(turn, from);
  if (!take_entries(turn, append)) return refuse_append(turn, from, append);
  commit_up_to(turn, follower_commit(turn, append));
  const bool own = planted(turn.config, Mutant::ack_own_last);
  wait_for_disk(turn);
  reply_append(turn, from, true, own ? turn.state.durable.log.last().index : tail(append));
}

// --- A leader hears the answers. They may come late, twice and in any order.

template <class C>
void accepted(Turn<C>& turn, const Leader& leader, NodeId from, Progress& progress, Index match) {
  if (match > turn.state.durable.log.last().index) return;
  const Index before = progress.match;
  const bool assign = planted(turn.config, Mutant::match_not_monotonic);
  progress.match = assign ? match : std::max(progress.match, match);
  progress.next = std::max(progress.next, next(progress.match));
  advance_commit(turn, leader);
  const bool more = progress.next <= turn.state.durable.log.last().index;
  if (progress.match > before && more) send_append(turn, from, progress);
}

template <class C>
void refused(Turn<C>& turn, NodeId from, Progress& progress) {
  const bool rewinds = planted(turn.config, Mutant::stale_reject_rewinds);
  const Index lowest = rewinds ? Index{1} : next(progress.match);
  const Index lower = std::max(lowest, Index{progress.next.value - 1});
  if (lower == progress.next) return;
  progress.next = lower;
  send_append(turn, from, progress);
}

template <class C>
void receive(Turn<C>& turn, NodeId from, const AppendEntriesReply& reply) {
  auto* leader = std::get_if<Leader>(&turn.state.role);
  if (leader == nullptr || reply.term != turn.state.durable.term) return;
  Progress& progress = leader->peers.at(from);
  if (reply.accepted)
    accepted(turn, *leader, from, progress, reply.match);
  else
    refused(turn, from, progress);
}

}  // namespace coracle::raft
