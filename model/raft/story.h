// What scenarios say of Raft: the roles that servers are meant by, the conditions that steps wait
// for, and the logs that a cluster starts with. Conditions are of the servers that are up, and none
// that speaks of all of them holds where none is.
#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/property.h"
#include "model/raft/node.h"
#include "model/vocabulary.h"

namespace coracle::raft {

// --- What its clients say: "propose x", "transfer 2", "compact".

inline std::optional<Request> proposed(const std::string& argument, const State& /*state*/) {
  return Propose{argument};
}

inline std::optional<Request> transferred(const std::string& argument, const State& /*state*/) {
  unsigned server = 0;
  const char* const end = argument.data() + argument.size();
  const auto [read, error] = std::from_chars(argument.data(), end, server);
  if (error != std::errc{} || read != end || server == 0 || server > 255) return {};
  return TransferLeadership{static_cast<NodeId>(server)};
}

// What it has committed, which is nothing new where it has just done so.
inline std::optional<Request> compacted(const std::string& /*argument*/, const State& state) {
  return Compact{.last = state.commit, .state = applied(state)};
}

inline std::vector<RequestWords<State, Request>> orders() {
  using Argument = std::optional<std::string>;
  return {{"propose", true, proposed,
           [](const Request& request) -> Argument {
             const auto* propose = std::get_if<Propose>(&request);
             return propose == nullptr ? Argument{} : propose->command;
           }},
          {"transfer", true, transferred,
           [](const Request& request) -> Argument {
             const auto* transfer = std::get_if<TransferLeadership>(&request);
             return transfer == nullptr ? Argument{} : text(transfer->to);
           }},
          {"compact", false, compacted, [](const Request& request) -> Argument {
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

inline std::vector<ConditionWords<State>> conditions() {
  return {{"a leader is elected", someone_leads},
          {"there is no leader", [](const Nodes<State>& nodes) { return !someone_leads(nodes); }},
          {"two leaders are alive", more_than_one_leads},
          {"every server is a candidate", every_server_campaigns},
          {"all logs are equal", logs_are_equal},
          {"everything is committed", all_is_committed}};
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
