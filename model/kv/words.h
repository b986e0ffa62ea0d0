// The nodes of the store in words.
#pragma once

#include <string>

#include "model/kv/types.h"
#include "model/narrative.h"
#include "model/raft/words.h"

namespace coracle::kv {

// "set x 1.1", "get x", "increment x by 1"
inline std::string said(const Operation& operation) {
  return match(
      operation, [](const Set& set) { return "set " + set.key + " " + set.value; },
      [](const Get& get) { return "get " + get.key; },
      [](const Delete& erase) { return "delete " + erase.key; },
      [](const Increment& by) { return "increment " + by.key + " by " + text(by.by); },
      [](const Append& tail) { return "append " + tail.key + " " + tail.value; },
      [](const CompareAndSet& swap) {
        return "compare-and-set " + swap.key + " from " + text(swap.expected) + " to " + swap.value;
      });
}

// "done", "1.1", "nothing"
inline std::string said(const Result& result) {
  return match(
      result, [](const Done&) { return std::string("done"); },
      [](const Found& found) { return found.value.value_or("nothing"); },
      [](const Deleted& deleted) { return std::string(deleted.existed ? "deleted" : "nothing"); },
      [](const Number& number) { return text(number.value); },
      [](const Compared& compared) { return std::string(compared.equal ? "equal" : "different"); },
      [](const Failed& failed) { return text(failed.why); });
}

inline std::string said(const Calls<Operation, Result>& calls) {
  std::string all;
  for (const auto& call : calls)
    all += (all.empty() ? "" : ", ") + said(call.operation) + " = " +
           (call.result ? said(*call.result) : "?");
  return all.empty() ? "no call" : all;
}

inline std::string said(const Store& store) {
  std::string all;
  for (const auto& [key, value] : store) all += (all.empty() ? "" : ", ") + key + "=" + value;
  return all.empty() ? "empty" : all;
}

inline Words words(const State& state) {
  if (const auto* server = std::get_if<Server>(&state)) {
    Words told = raft::words(server->raft);
    told.emplace_back("store", said(server->machine.store));
    return told;
  }
  const auto& [clients, history] = std::get<Clients>(state);
  Words told;
  for (const auto& [id, client] : clients) {
    const auto calls = history.clients.find(id);
    std::string what = calls == history.clients.end() ? "no call" : said(calls->second);
    if (const auto* request = client.request ? std::get_if<Execute>(&*client.request) : nullptr;
        request != nullptr && history.clients.empty())
      what = said(request->operation) + " = ?";
    if (client.request) what += " (of " + text(client.server) + ")";
    told.emplace_back("client " + text(id) + ":", what);
  }
  return told;
}

// Of a client, its last call.
inline std::string glimpse(const State& state) {
  if (const auto* server = std::get_if<Server>(&state)) return raft::glimpse(server->raft);
  std::string seen;
  for (const auto& [id, calls] : std::get<Clients>(state).history.clients) {
    const auto& last = calls.back();
    seen += (seen.empty() ? "" : "; ") + text(id) + ": " + said(last.operation) + " = " +
            (last.result ? said(*last.result) : "?");
  }
  return seen;
}

inline std::string glimpse_key(const State& /*state*/) {
  return raft::glimpse_key({}) + "; of each client its last call";
}

}  // namespace coracle::kv
