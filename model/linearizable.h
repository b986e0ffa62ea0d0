// Is a small history of calls linearizable? (Herlihy and Wing 1990; the search is Wing and Gong's
// of 1993, with a memory of dead ends.) It is if every call can be given one moment between its
// beginning and its answer at which it took effect, so that, in the order of these moments, a
// machine gives the same answers.
//
//     client 1   |-- write 1 --|
//     client 2        |-- read: 1 --|   |-- read: 0 --|      no: 1 was seen, then unseen
//
// A history keeps no time, only which calls were answered before which began: all that matters of
// it, so that histories that differ in nothing else are equal. Exact, and so exponential: for a
// handful of clients with a handful of calls each.
#pragma once

#include <algorithm>
#include <boost/describe/class.hpp>
#include <compare>
#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/check.h"
#include "model/protocol.h"

namespace coracle {

template <class Operation, class Result>
struct Call {
  Operation operation;
  std::optional<Result> result{};  // none: no answer; it took effect, or will, or never does
  // How many calls of each other client had been answered when it began; none is left out.
  std::map<ClientId, std::size_t> after{};
  auto operator<=>(const Call&) const = default;
  BOOST_DESCRIBE_CLASS(Call, (), (operation, result, after), (), ())
};

template <class Operation, class Result>
using Calls = std::vector<Call<Operation, Result>>;

// The calls of each client, one after the other. Invariant: all but its last are answered. Who
// gives up on a call and goes on is another client from then on.
template <class Operation, class Result>
struct CallHistory {
  std::map<ClientId, Calls<Operation, Result>> clients;
  auto operator<=>(const CallHistory&) const = default;
  BOOST_DESCRIBE_CLASS(CallHistory, (), (clients), (), ())
};

template <class Operation, class Result>
bool has_one_under_way(const Calls<Operation, Result>& calls) {
  return !calls.empty() && !calls.back().result;
}

template <class Operation, class Result>
std::size_t answered(const Calls<Operation, Result>& calls) {
  return calls.size() - (has_one_under_way(calls) ? 1 : 0);
}

template <class Operation, class Result>
void begin(CallHistory<Operation, Result>& history, ClientId client,
           std::type_identity_t<Operation> operation) {
  Calls<Operation, Result>& own = history.clients[client];
  CHECK(!has_one_under_way(own));
  Call<Operation, Result> call{.operation = std::move(operation)};
  for (const auto& [other, calls] : history.clients)
    if (other != client && answered(calls) > 0) call.after[other] = answered(calls);
  own.push_back(std::move(call));
}

template <class Operation, class Result>
void end(CallHistory<Operation, Result>& history, ClientId client,
         std::type_identity_t<Result> result) {
  Calls<Operation, Result>& own = history.clients[client];
  CHECK(has_one_under_way(own));
  own.back().result = std::move(result);
}

// A call's place in its history: which one of a client's, from 0.
struct CallPlace {
  ClientId client{};
  std::size_t call = 0;
  auto operator<=>(const CallPlace&) const = default;
};
BOOST_DESCRIBE_STRUCT(CallPlace, (), (client, call))

using CallOrder = std::vector<CallPlace>;

namespace detail {

template <class Operation, class Result, class Machine, class Apply>
class OrderSearch {
 public:
  OrderSearch(const CallHistory<Operation, Result>& history, Apply& apply)
      : history_(history), apply_(apply) {}

  std::optional<CallOrder> order(Machine initial) {
    Point start{.taken = {}, .machine = std::move(initial)};
    for (const auto& [client, calls] : history_.clients) start.taken[client] = 0;
    if (!reaches_an_end(start)) return std::nullopt;
    return order_;
  }

 private:
  // So many calls of each client have taken effect, and led here. What can follow depends on
  // nothing else, so that no point need be tried twice.
  struct Point {
    std::map<ClientId, std::size_t> taken;
    Machine machine;
    auto operator<=>(const Point&) const = default;
  };

  bool reaches_an_end(const Point& here) {
    if (is_an_end(here)) return true;
    if (dead_ends_.contains(here)) return false;
    for (const auto& [client, taken] : here.taken) {
      const std::optional<Point> there = after_next_of(client, here);
      if (!there) continue;
      order_.push_back({.client = client, .call = taken});
      if (reaches_an_end(*there)) return true;
      order_.pop_back();
    }
    dead_ends_.insert(here);
    return false;
  }

  // A call without an answer may be left out.
  bool is_an_end(const Point& here) const {
    return std::ranges::all_of(history_.clients, [&](const auto& client) {
      return here.taken.at(client.first) >= answered(client.second);
    });
  }

  // Where the client's next call leads, if it has one that may come next and is answered so.
  std::optional<Point> after_next_of(ClientId client, const Point& here) {
    const auto& calls = history_.clients.at(client);
    const std::size_t taken = here.taken.at(client);
    if (taken == calls.size() || !may_come_next(calls[taken], here)) return std::nullopt;
    CHECK(calls[taken].result || taken + 1 == calls.size());
    Point there = here;
    there.taken[client] += 1;
    const Result result = std::invoke(apply_, there.machine, calls[taken].operation);
    if (calls[taken].result && *calls[taken].result != result) return std::nullopt;
    return there;
  }

  // Not before a call that was answered when it began.
  static bool may_come_next(const Call<Operation, Result>& call, const Point& here) {
    return std::ranges::all_of(call.after, [&](const auto& earlier) {
      return here.taken.at(earlier.first) >= earlier.second;
    });
  }

  const CallHistory<Operation, Result>& history_;
  Apply& apply_;
  CallOrder order_;
  std::set<Point> dead_ends_;
};

}  // namespace detail

// An order in which the calls may have taken effect, or none if there is no such order. Calls
// without an answer are in it only where an answered one comes later.
// apply(machine, operation) -> result, and the machine has changed.
template <class Operation, class Result, Value Machine, class Apply>
requires std::same_as<std::invoke_result_t<Apply&, Machine&, const Operation&>, Result>
    std::optional<CallOrder> linearization(const CallHistory<Operation, Result>& history,
                                           Machine initial, Apply apply) {
  detail::OrderSearch<Operation, Result, Machine, Apply> search(history, apply);
  return search.order(std::move(initial));
}

template <class Operation, class Result, Value Machine, class Apply>
bool is_linearizable(const CallHistory<Operation, Result>& history, Machine initial, Apply apply) {
  return linearization(history, std::move(initial), std::move(apply)).has_value();
}

}  // namespace coracle
