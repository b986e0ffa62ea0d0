// How a leader's log becomes everyone's (5.3), and what of it is committed (5.4.2).
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/progress.h"
#include "model/raft/reads.h"
#include "model/raft/transfer.h"

namespace coracle::raft {

// The leader writes while the others do: its Save holds none of these appends back. Who the
// members are is as it says from now on.
template <class C>
void append(Turn<C>& turn, Leader& leader, Entry entry) {
  const EntryId id = turn.state.durable.log.append(entry);
  if (planted(turn.config, Mutant::leader_counts_unflushed)) leader.written = id.index;
  if (entry.configuration) track_members(turn, leader);
  replicate(turn, leader);
  turn.effects.emplace_back(Save{Written{.first = id.index, .entries = {std::move(entry)}}});
}

template <class C>
void propose(Turn<C>& turn, Leader& leader, Command command) {
  append(turn, leader, {.term = turn.state.durable.term, .command = std::move(command)});
}

// --- What is committed is applied.

template <class C>
void commit_up_to(Turn<C>& turn, Index commit) {
  const Log& log = turn.state.durable.log;
  const Index before = std::exchange(turn.state.commit, commit);
  for (Index index = std::max(next(before), log.first()); index <= commit; index = next(index))
    turn.effects.emplace_back(Apply{index, log.at(index).command});
}

// The last index that a majority of these has, as far as the leader knows. It counts itself, where
// it is one of them, only for what is on its own disk.
template <class C>
Index majority_match(const C& config, const std::set<NodeId>& voters, const Leader& leader) {
  boost::container::small_vector<Index, 8> matches;  // in the order of the servers' ids
  auto peer = leader.peers.begin();                  // so are these: every other voter is one
  for (const NodeId voter : voters) {
    while (voter != config.self && peer->first != voter) ++peer;
    matches.push_back(voter == config.self ? leader.written : peer->second.match);
  }
  if (!voters.contains(config.self) && planted(config, Mutant::demoted_leader_counts_itself))
    matches.push_back(leader.written);
  if (!planted(config, Mutant::quorum_unsorted))
    std::ranges::sort(matches, [](Index a, Index b) { return a > b; });
  return matches[majority(config, voters) - 1];
}

template <class C>
Index majority_match(const C& config, const Configuration& members, const Leader& leader) {
  const Index match = majority_match(config, members.voters, leader);
  if (!is_joint(members)) return match;
  return std::min(match, majority_match(config, members.old_voters, leader));
}

// Only entries of the leader's own term are committed by counting replicas; what precedes them is
// committed with them (5.4.2, Figure 8).
template <class C>
void advance_commit(Turn<C>& turn, const Leader& leader) {
  const Index index = majority_match(turn.config, in_force(turn), leader);
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
void acknowledge(Turn<C>& turn, NodeId to, Index match, Round round = {}) {
  const AppendEntriesReply reply{
      .term = turn.state.durable.term, .accepted = true, .match = match, .round = round};
  turn.effects.emplace_back(Send{to, reply});
}

// False where the append is refused. Only what the log lacks is written.
template <class C>
bool take_entries(Turn<C>& turn, const AppendEntries& append) {
  Log& log = turn.state.durable.log;
  std::span<const Entry> fresh = log.missing(append.previous, append.entries);
  Index first{tail(append).value + 1 - fresh.size()};
  const bool from_zero = append.previous.index == Index{0} && log.first() > Index{1} &&
                         planted(turn.config, Mutant::prev_zero_after_compaction);
  if (!from_zero && !log.matches(append.previous, append.entries)) return false;
  if (from_zero || planted(turn.config, Mutant::truncate_always)) {
    fresh = append.entries;
    first = std::max(next(append.previous.index), log.first());
  } else if (fresh.empty()) {
    return true;
  }
  log.rewrite(first, fresh);
  turn.effects.emplace_back(Save{Written{.first = first, .entries = {fresh.begin(), fresh.end()}}});
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

// A snapshot that is under way is of no use once what it stands for is committed here.
template <class C>
void forget_incoming(Turn<C>& turn) {
  auto& incoming = std::get<Follower>(turn.state.role).incoming;
  if (!incoming.empty() && incoming.front().last.index <= turn.state.commit) incoming.clear();
}

template <class C>
void refuse_append(Turn<C>& turn, NodeId from, const AppendEntries& append) {
  const Log& log = turn.state.durable.log;
  if (planted(turn.config, Mutant::rejected_append_commits))
    commit_up_to(turn, std::max(turn.state.commit, std::min(append.commit, log.last().index)));
  AppendEntriesReply reply{.term = turn.state.durable.term,
                           .accepted = false,
                           .match = {},
                           .conflict = {},
                           .round = append.round};
  if (gives_hints(turn.config))
    reply.conflict = {.refused = append.previous.index, .last = log.last_up_to(append.previous)};
  turn.effects.emplace_back(Send{from, reply});
}

template <class C>
void receive(Turn<C>& turn, NodeId from, const AppendEntries& append) {
  const Durable& durable = turn.state.durable;
  if (append.term < durable.term) {
    turn.effects.emplace_back(
        Send{from, AppendEntriesReply{.term = durable.term, .accepted = false, .match = {}}});
    return;
  }
  turn.effects.reserve(4);
  Follower& follower = hear_leader(turn, from);
  if (turn.config.reads == Reads::lease)
    follower.promise = Promise{.leader = from, .term = append.term, .round = append.round};
  const bool early = planted(turn.config, Mutant::ack_before_flush);
  if (early && durable.log.matches(append.previous, append.entries))
    acknowledge(turn, from, tail(append), append.round);
  if (!take_entries(turn, append)) return refuse_append(turn, from, append);
  wait_for_disk(turn);
  commit_up_to(turn, follower_commit(turn, append));
  forget_incoming(turn);
  if (early) return;
  const bool own = planted(turn.config, Mutant::ack_own_last);
  acknowledge(turn, from, own ? durable.log.last().index : tail(append), append.round);
}

// --- A leader hears the answers. They may come late, twice and in any order.

template <class C>
void accepted(Turn<C>& turn, Leader& leader, NodeId from, Progress& progress, Index match) {
  const Index before = progress.match;
  const bool off_by_one = planted(turn.config, Mutant::match_off_by_one);
  if (off_by_one && match > Index{0}) match = {match.value - 1};
  if (match < before && turn.config.flow.appends > 0) return;  // too late to tell anything
  const bool assign = off_by_one || planted(turn.config, Mutant::match_not_monotonic);
  progress.match = assign ? match : std::max(progress.match, match);
  if (!planted(turn.config, Mutant::next_not_raised))
    progress.next = std::max(progress.next, next(progress.match));
  advance_commit(turn, leader);
  note_match(turn, progress);
  const bool more = progress.next <= turn.state.durable.log.last().index;
  const bool paced = turn.config.flow.appends > 0;
  if (more && (paced || progress.match > before)) send_more(turn, from, progress);
  hand_over(turn, leader, from);
}

// Where to go on after a refusal: always beyond what is known to match.
template <class C>
Index backed_up(const Turn<C>& turn, const Progress& progress,
                const std::optional<Conflict>& conflict) {
  const bool rewinds = planted(turn.config, Mutant::stale_reject_rewinds);
  const Index lowest = rewinds ? Index{1} : next(progress.match);
  if (std::holds_alternative<Replicate>(progress.mode)) return lowest;
  Index lower{progress.next.value - 1};
  if (conflict)
    lower = std::min(lower, next(turn.state.durable.log.last_up_to(conflict->last).index));
  return std::max(lowest, lower);
}

// A refusal says which append it is about, where servers give hints: one of what is known to match,
// or of what has been tried and given up, comes too late. One without a hint is of an earlier term.
template <class C>
bool is_stale(const C& config, const Progress& progress, const std::optional<Conflict>& conflict) {
  if (!gives_hints(config) || planted(config, Mutant::stale_reject_rewinds)) return false;
  if (!conflict) return true;
  if (std::holds_alternative<Replicate>(progress.mode)) return conflict->refused <= progress.match;
  return next(conflict->refused) != progress.next;
}

template <class C>
void refused(Turn<C>& turn, NodeId from, Progress& progress,
             const std::optional<Conflict>& conflict) {
  if (std::holds_alternative<Install>(progress.mode)) return;
  if (is_stale(turn.config, progress, conflict)) return;
  const Index lower = backed_up(turn, progress, conflict);
  if (lower == progress.next) return;
  progress.next = lower;
  progress.mode = Probe{};
  send_more(turn, from, progress);
}

template <class C>
void receive(Turn<C>& turn, NodeId from, const AppendEntriesReply& reply) {
  auto* leader = std::get_if<Leader>(&turn.state.role);
  if (leader == nullptr || reply.term != turn.state.durable.term) return;
  Progress* progress = heard_from(turn, *leader, from);
  if (progress == nullptr) return;
  note_round(turn.config, leader->standing, from, reply.round);
  if (reply.accepted)
    accepted(turn, *leader, from, *progress, reply.match);
  else
    refused(turn, from, *progress, reply.conflict);
}

}  // namespace coracle::raft
