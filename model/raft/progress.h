// What a leader sends to each follower, and how fast (5.3; thesis 10.2.2 on pipelining).
//
//     Probe      finds where the logs agree: one append, then it waits for the answer
//        | accepted                        ^ refused
//        v                                 |
//     Replicate  goes on unanswered, up to the limits of Flow
//
//     either one -> Install, where the log no longer has what comes next; back once it is there
//
// A follower that is slow or down fills its own limits and holds nobody else back. Whatever is lost
// is found out by the next heartbeat, whose `previous` is the last entry that was sent. Without
// limits there is no account either: every append carries what there is from `next` on, as in the
// paper.
#pragma once

#include <algorithm>
#include <boost/container/flat_map.hpp>
#include <cstddef>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "model/raft/configuration.h"

namespace coracle::raft {

// --- Of whom.

// Keeps account of every other member, and of nobody else. Of a new one it knows nothing yet.
template <class C>
void track_members(const Turn<C>& turn, Leader& leader) {
  const Index last = turn.state.durable.log.last().index;
  const std::set<NodeId> members = everyone(in_force(turn));
  boost::container::flat_map<NodeId, Progress> known = std::move(leader.peers);
  leader.peers.clear();
  for (const NodeId member : members) {
    if (member == turn.config.self) continue;
    const auto before = known.find(member);
    leader.peers[member] =
        before != known.end() ? before->second : Progress{.next = next(last), .match = {}};
  }
  if (leader.successor && !votes(in_force(turn), *leader.successor)) leader.successor.reset();
}

// A member that answers, even if it is only to refuse. Null where it is one no longer.
template <class C>
Progress* heard_from(const Turn<C>& turn, Leader& leader, NodeId from) {
  const auto found = leader.peers.find(from);
  if (found == leader.peers.end()) return nullptr;
  found->second.active = turn.config.check_quorum;
  return &found->second;
}

// --- How much.

// An empty command counts too: there is no end to them otherwise.
inline std::size_t bytes_of(const Entry& entry) {
  return std::max<std::size_t>(entry.command.size(), 1);
}
inline std::size_t bytes_of(std::span<const Entry> entries) {
  std::size_t bytes = 0;
  for (const Entry& entry : entries) bytes += bytes_of(entry);
  return bytes;
}

// As many as one append may carry: at least one, where there is any.
inline std::span<const Entry> portion(const Flow& flow, std::span<const Entry> entries) {
  if (flow.append == 0) return entries;
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < entries.size(); ++count) {
    bytes += bytes_of(entries[count]);
    if (count > 0 && bytes > flow.append) break;
  }
  return entries.first(count);
}

inline bool has_room(const Flow& flow, const Replicate& replicate) {
  std::size_t bytes = 0;
  for (const Flight& flight : replicate.unanswered) bytes += flight.bytes;
  return replicate.unanswered.size() < flow.appends && (flow.bytes == 0 || bytes < flow.bytes);
}

// --- Appends.

template <class C>
void send_append(Turn<C>& turn, NodeId to, Index first, std::span<const Entry> entries) {
  const Durable& durable = turn.state.durable;
  const Round round = std::get<Leader>(turn.state.role).standing.round;
  const Index previous{first.value - 1};
  const Term term = durable.log.term_at(previous).value_or(durable.log.base().term);
  AppendEntries append{.term = durable.term,
                       .previous = {.term = term, .index = previous},
                       .entries = {entries.begin(), entries.end()},
                       .commit = turn.state.commit,
                       .round = round};
  if (planted(turn.config, Mutant::old_entry_new_term))
    for (Entry& entry : append.entries) entry.term = durable.term;
  turn.effects.emplace_back(Send{to, std::move(append)});
}

// From `next` on, as much as one append may carry.
template <class C>
std::span<const Entry> next_portion(const Turn<C>& turn, const Progress& progress) {
  const Log& log = turn.state.durable.log;
  return portion(turn.config.flow, log.from(std::max(progress.next, log.first())));
}

// --- Snapshots.

template <class C>
void send_piece(Turn<C>& turn, NodeId to, const Install& install) {
  const std::size_t chunk = turn.config.flow.chunk;
  const Snapshot& whole = turn.state.durable.log.snapshot().front();
  const std::size_t rest = whole.state.size() - install.received;
  const std::size_t size = chunk == 0 ? rest : std::min(chunk, rest);
  turn.effects.emplace_back(Send{
      to, InstallSnapshot{.term = turn.state.durable.term,
                          .piece = apart({.last = whole.last,
                                          .digest = whole.digest,
                                          .configuration = whole.configuration,
                                          .state = whole.state.substr(install.received, size)}),
                          .offset = install.received,
                          .done = size == rest}});
}

// Whether the log no longer has what precedes `next`.
template <class C>
bool needs_snapshot(const Turn<C>& turn, const Progress& progress) {
  const Index first = turn.state.durable.log.first();
  if (planted(turn.config, Mutant::snapshot_off_by_one)) return next(progress.next) < first;
  return progress.next < first;
}

// Begins, or begins anew where the log has been compacted again.
template <class C>
void begin_install(Turn<C>& turn, NodeId to, Progress& progress) {
  const Install fresh{.last = turn.state.durable.log.base().index};
  progress.mode = fresh;
  send_piece(turn, to, fresh);
}

// --- By mode.

template <class C>
void send_on(Turn<C>& turn, NodeId to, Progress& progress, Replicate& replicate) {
  const Index last = turn.state.durable.log.last().index;
  while (progress.next <= last && has_room(turn.config.flow, replicate)) {
    const auto entries = next_portion(turn, progress);
    send_append(turn, to, progress.next, entries);
    progress.next = {progress.next.value + entries.size()};
    replicate.unanswered.push_back({.last = {progress.next.value - 1}, .bytes = bytes_of(entries)});
  }
}

// There may be something for this follower.
template <class C>
void send_more(Turn<C>& turn, NodeId to, Progress& progress) {
  if (std::holds_alternative<Install>(progress.mode)) return;  // its answers drive it
  if (needs_snapshot(turn, progress)) return begin_install(turn, to, progress);
  match(
      progress.mode,
      [&](Probe& probe) {
        if (probe.waiting) return;
        probe.waiting = turn.config.flow.appends > 0;
        send_append(turn, to, progress.next, next_portion(turn, progress));
      },
      [&](Replicate& replicate) { send_on(turn, to, progress, replicate); }, [](const Install&) {});
}

template <class C>
void replicate(Turn<C>& turn, Leader& leader) {
  turn.effects.reserve(turn.effects.size() + leader.peers.size() + 2);
  for (auto& [peer, progress] : leader.peers) send_more(turn, peer, progress);
}

// Every follower hears of its leader, and of the commit index, however full its limits are.
template <class C>
void heartbeat(Turn<C>& turn, NodeId to, Progress& progress) {
  match(
      progress.mode,
      [&](Probe& probe) {
        if (!probe.waiting || needs_snapshot(turn, progress)) return send_more(turn, to, progress);
        send_append(turn, to, progress.next, {});
      },
      [&](const Replicate&) {
        if (needs_snapshot(turn, progress)) return begin_install(turn, to, progress);
        send_append(turn, to, progress.next, {});
      },
      [&](const Install& known) {
        if (known.last != turn.state.durable.log.base().index)
          return begin_install(turn, to, progress);
        send_piece(turn, to, known);
      });
}

template <class C>
void heartbeat(Turn<C>& turn, Leader& leader) {
  turn.effects.reserve(leader.peers.size() + 2);
  turn.effects.emplace_back(SetTimer{Timer::heartbeat});
  for (auto& [peer, progress] : leader.peers) heartbeat(turn, peer, progress);
}

// --- What answers do to it.

// Up to where the logs agree is known now: so there is no more to find out.
template <class C>
void note_match(const Turn<C>& turn, Progress& progress) {
  const bool paced = turn.config.flow.appends > 0;
  match(
      progress.mode,
      [&](const Probe&) {
        if (paced) progress.mode = Replicate{};
      },
      [&](Replicate& replicate) {
        std::erase_if(replicate.unanswered,
                      [&](const Flight& flight) { return flight.last <= progress.match; });
      },
      [&](const Install& known) {
        if (known.last > progress.match) return;
        progress.mode = Probe{};
        if (paced) progress.mode = Replicate{};
      });
}

}  // namespace coracle::raft
