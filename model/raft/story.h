// What scenarios say of Raft: the roles that servers are meant by, the conditions that steps wait
// for, and the logs that a cluster starts with. Conditions are of the servers that are up, and none
// that speaks of all of them holds where none is.
#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/property.h"
#include "model/raft/node.h"
#include "model/vocabulary.h"

namespace coracle::raft {

// --- What its clients say: "propose x", "transfer 2", "change +4-1", "compact".

inline std::optional<Request> proposed(const std::string& argument, const State& /*state*/) {
  return Propose{argument};
}

inline std::optional<NodeId> server_written(std::string_view text) {
  unsigned server = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, server);
  if (error != std::errc{} || read != end || server == 0 || server > 255) return {};
  return static_cast<NodeId>(server);
}

inline std::optional<Request> transferred(const std::string& argument, const State& /*state*/) {
  const auto server = server_written(argument);
  if (!server) return {};
  return TransferLeadership{*server};
}

// "+4~2-1": 4 is to vote, 2 to learn, 1 to leave.
inline std::optional<Request> changed_members(const std::string& argument, const State& /*state*/) {
  ChangeMembers change;
  std::string_view rest = argument;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of("+~-", 1), rest.size());
    const auto server = server_written(rest.substr(1, end - 1));
    std::set<NodeId>* servers = nullptr;
    if (rest[0] == '+') servers = &change.voters;
    if (rest[0] == '~') servers = &change.learners;
    if (rest[0] == '-') servers = &change.removed;
    if (!server || servers == nullptr) return {};
    servers->insert(*server);
    rest.remove_prefix(end);
  }
  if (change == ChangeMembers{}) return {};
  return change;
}

inline std::string change_text(const ChangeMembers& change) {
  std::string all;
  for (const NodeId server : change.voters) all += "+" + text(server);
  for (const NodeId server : change.learners) all += "~" + text(server);
  for (const NodeId server : change.removed) all += "-" + text(server);
  return all;
}

// What it has committed, which is nothing new where it has just done so.
inline std::optional<Request> compacted(const std::string& /*argument*/, const State& state) {
  return Compact{.last = state.commit, .state = applied(state)};
}

inline std::vector<RequestWords<State, Request>> orders() {
  using Argument = std::optional<std::string>;
  return {{"propose",
           1,
           proposed,
           [](const Request& request) -> Argument {
             const auto* propose = std::get_if<Propose>(&request);
             return propose == nullptr ? Argument{} : propose->command;
           },
           {},
           [](std::uint64_t number, const std::string&) { return std::to_string(number); }},
          {"transfer", 1, transferred,
           [](const Request& request) -> Argument {
             const auto* transfer = std::get_if<TransferLeadership>(&request);
             return transfer == nullptr ? Argument{} : text(transfer->to);
           },
           "2"},
          {"change", 1, changed_members,
           [](const Request& request) -> Argument {
             const auto* change = std::get_if<ChangeMembers>(&request);
             return change == nullptr ? Argument{} : change_text(*change);
           },
           "+4~2-1"},
          {"compact", 0, compacted, [](const Request& request) -> Argument {
             return std::holds_alternative<Compact>(request) ? Argument{""} : Argument{};
           }}};
}

// --- What its servers are.

// Who leads a later term, leads.
template <class R>
std::uint64_t rank(const State& state) {
  return std::holds_alternative<R>(state.role) ? 1 + state.durable.term.value : 0;
}

inline std::vector<RoleWords<State>> roles() {
  return {{"leader", rank<Leader>},
          {"candidate", rank<Candidate>},
          {"pre-candidate", rank<PreCandidate>},
          {"follower", rank<Follower>}};
}

inline bool someone_leads(const Nodes<State>& nodes) {
  return std::ranges::any_of(nodes.up, [](const State* state) { return rank<Leader>(*state) > 0; });
}

inline bool more_than_one_leads(const Nodes<State>& nodes) {
  return std::ranges::count_if(nodes.up,
                               [](const State* state) { return rank<Leader>(*state) > 0; }) > 1;
}

inline bool every_server_campaigns(const Nodes<State>& nodes) {
  return !nodes.up.empty() && std::ranges::all_of(nodes.up, [](const State* state) {
    return rank<Candidate>(*state) > 0 || rank<PreCandidate>(*state) > 0;
  });
}

inline bool logs_are_equal(const Nodes<State>& nodes) {
  return !nodes.up.empty() && std::ranges::all_of(nodes.up, [&](const State* state) {
    return state->durable.log == nodes.up.front()->durable.log;
  });
}

inline bool all_is_committed(const Nodes<State>& nodes) {
  return logs_are_equal(nodes) && std::ranges::all_of(nodes.up, [](const State* state) {
           return state->commit == state->durable.log.last().index;
         });
}

// By what some leader's log says.
inline bool members_change(const Nodes<State>& nodes) {
  return std::ranges::any_of(nodes.up, [](const State* state) {
    const Configuration* members = state->durable.log.configuration();
    return leads(*state) && members != nullptr &&
           (is_joint(*members) || state->durable.log.changed() > state->commit);
  });
}

inline std::vector<ConditionWords<State>> conditions() {
  return {{"a leader is elected", someone_leads},
          {"there is no leader", [](const Nodes<State>& nodes) { return !someone_leads(nodes); }},
          {"two leaders are alive", more_than_one_leads},
          {"every server is a candidate", every_server_campaigns},
          {"all logs are equal", logs_are_equal},
          {"everything is committed", all_is_committed},
          {"a change of members is under way", members_change},
          {"the members are settled", [](const Nodes<State>& nodes) {
             return someone_leads(nodes) && !members_change(nodes);
           }}};
}

// "1: 1 1 4; 2: 1" by server: the terms of the entries. Nothing where it does not read so.
inline std::optional<std::map<NodeId, Log>> logs_written(std::string_view text) {
  std::map<NodeId, Log> logs;
  const auto skip_spaces = [&]() {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  };
  const auto number = [&](std::uint64_t most) -> std::optional<std::uint64_t> {
    skip_spaces();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value == 0 || value > most) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    skip_spaces();
    return value;
  };
  while (skip_spaces(), !text.empty()) {
    const auto server = number(255);
    if (!server || !text.starts_with(':')) return {};
    text.remove_prefix(1);
    Log log;
    while (skip_spaces(), !text.empty() && text.front() != ';') {
      const auto term = number(1'000'000);
      if (!term || Term{*term} < log.last().term) return {};
      log.append({.term = {*term}, .command = {}});
    }
    if (!text.empty()) text.remove_prefix(1);
    if (!logs.emplace(static_cast<NodeId>(*server), std::move(log)).second) return {};
  }
  return logs;
}

}  // namespace coracle::raft
