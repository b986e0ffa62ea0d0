// Which histories are linearizable: by hand, and against the definition, tried out in full.
#include "model/linearizable.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "model/hash.h"
#include "model/kv/machine.h"
#include "model/print.h"

namespace coracle {
namespace {

// A register that can also count. To write answers 0, to add answers the sum.
struct Write {
  int value = 0;
  auto operator<=>(const Write&) const = default;
};
BOOST_DESCRIBE_STRUCT(Write, (), (value))
struct Read {
  auto operator<=>(const Read&) const = default;
};
BOOST_DESCRIBE_STRUCT(Read, (), ())
struct Add {
  int by = 1;
  auto operator<=>(const Add&) const = default;
};
BOOST_DESCRIBE_STRUCT(Add, (), (by))

using Operation = std::variant<Write, Read, Add>;
using History = CallHistory<Operation, int>;

static_assert(Value<Call<Operation, int>> && Value<History> && Value<CallOrder>);

int act(int& value, const Operation& operation) {
  return match(
      operation,
      [&](const Write& write) {
        value = write.value;
        return 0;
      },
      [&](const Read&) { return value; }, [&](const Add& add) { return value += add.by; });
}

bool holds(const History& history) { return is_linearizable(history, 0, act); }

constexpr ClientId a{1};
constexpr ClientId b{2};
constexpr ClientId c{3};

// A call that is answered before anything else happens.
void ask(History& history, ClientId client, const Operation& operation, int result) {
  begin(history, client, operation);
  end(history, client, result);
}

History asked(History history, ClientId client, const Operation& operation, int result) {
  ask(history, client, operation, result);
  return history;
}

// ---- by hand

TEST(Linearizable, NothingIs) {
  EXPECT_TRUE(holds({}));
  EXPECT_EQ(linearization(History{}, 0, act), CallOrder{});
}

TEST(Linearizable, OneAfterTheOtherIsWhatTheMachineSays) {
  History history;
  ask(history, a, Write{1}, 0);
  ask(history, b, Read{}, 1);
  ask(history, a, Add{2}, 3);
  ask(history, b, Read{}, 3);
  EXPECT_TRUE(holds(history));
  EXPECT_FALSE(holds(asked(history, a, Read{}, 1)));
  EXPECT_FALSE(holds(asked(history, a, Add{1}, 3)));
}

TEST(Linearizable, AStaleReadAfterAWriteWasAnsweredIsNot) {
  History history;
  ask(history, a, Write{1}, 0);
  EXPECT_TRUE(holds(asked(history, b, Read{}, 1)));
  EXPECT_FALSE(holds(asked(history, b, Read{}, 0)));
  EXPECT_FALSE(holds(asked(history, a, Read{}, 0)));  // not even of its own
}

TEST(Linearizable, AReadDuringAWriteSeesTheOldOrTheNew) {
  for (const int seen : {0, 1, 2}) {
    History history;
    begin(history, a, Write{1});
    ask(history, b, Read{}, seen);
    end(history, a, 0);
    EXPECT_EQ(holds(history), seen != 2);
    EXPECT_TRUE(seen == 2 || holds(asked(history, b, Read{}, 1)));
    EXPECT_FALSE(holds(asked(history, b, Read{}, 0)));
  }
}

TEST(Linearizable, WhatWasSeenIsNotUnseenEvenByAnotherClient) {
  History history;
  begin(history, a, Write{1});
  ask(history, b, Read{}, 1);
  EXPECT_TRUE(holds(asked(history, c, Read{}, 1)));
  EXPECT_FALSE(holds(asked(history, c, Read{}, 0)));
}

TEST(Linearizable, ReadsThatOverlapMaySeeEitherWayRound) {
  History history;
  begin(history, a, Write{1});
  begin(history, c, Read{});
  ask(history, b, Read{}, 1);
  end(history, c, 0);
  EXPECT_TRUE(holds(history));
}

TEST(Linearizable, AWriteWithoutAnAnswerMayBeSeenAtAnyTimeOrNever) {
  History history;
  begin(history, a, Write{1});
  EXPECT_TRUE(holds(history));
  for (int i = 0; i < 3; ++i) ask(history, b, Read{}, 0);
  EXPECT_TRUE(holds(history));
  ask(history, b, Read{}, 1);
  EXPECT_TRUE(holds(history));
  EXPECT_TRUE(holds(asked(history, c, Read{}, 1)));
  EXPECT_FALSE(holds(asked(history, c, Read{}, 0)));
  EXPECT_TRUE(holds(asked(asked(history, c, Write{0}, 0), b, Read{}, 0)));
}

TEST(Linearizable, ACallWithoutAnAnswerTakesEffectAtMostOnce) {
  History history;
  begin(history, a, Add{1});
  ask(history, b, Read{}, 1);
  EXPECT_FALSE(holds(asked(history, b, Read{}, 2)));
  begin(history, c, Add{1});
  EXPECT_TRUE(holds(asked(history, b, Read{}, 2)));
  EXPECT_FALSE(holds(asked(history, b, Read{}, 3)));
}

TEST(Linearizable, ACallTakesEffectNoSoonerThanItBegan) {
  History history;
  ask(history, b, Read{}, 1);
  begin(history, a, Write{1});
  EXPECT_FALSE(holds(history));
  end(history, a, 0);
  EXPECT_FALSE(holds(history));
}

TEST(Linearizable, IncrementsAtTheSameTimeAreAllCounted) {
  History history;
  begin(history, a, Add{1});
  begin(history, b, Add{1});
  begin(history, c, Add{1});
  end(history, b, 3);
  end(history, c, 1);
  History lost = history;
  end(history, a, 2);
  EXPECT_TRUE(holds(history));
  end(lost, a, 1);
  EXPECT_FALSE(holds(lost));
}

// A queue, as in Herlihy and Wing: what came second leaves first. Where real time is left out there
// is an order: it is sequentially consistent.
TEST(Linearizable, IsMoreThanSequentiallyConsistent) {
  using Queue = std::vector<int>;
  const auto act_on_queue = [](Queue& queue, const Operation& operation) {
    if (const auto* put = std::get_if<Write>(&operation)) {
      queue.push_back(put->value);
      return 0;
    }
    if (queue.empty()) return 0;
    const int first = queue.front();
    queue.erase(queue.begin());
    return first;
  };
  History history;
  ask(history, a, Write{7}, 0);
  ask(history, b, Write{8}, 0);
  ask(history, a, Read{}, 8);
  EXPECT_FALSE(is_linearizable(history, Queue{}, act_on_queue));
  for (auto& [client, calls] : history.clients)
    for (auto& call : calls) call.after.clear();
  EXPECT_TRUE(is_linearizable(history, Queue{}, act_on_queue));
}

TEST(Linearizable, AsksAnyMachine) {
  CallHistory<kv::Operation, kv::Result> history;
  begin(history, a, kv::CompareAndSet{"k", std::nullopt, "a"});
  begin(history, b, kv::CompareAndSet{"k", std::nullopt, "b"});
  end(history, a, kv::Compared{false});
  EXPECT_TRUE(is_linearizable(history, kv::Store{}, kv::execute));
  EXPECT_FALSE(is_linearizable(history, kv::Store{{"k", "x"}},
                               [](kv::Store&, const auto&) { return kv::Result(kv::Done{}); }));
  end(history, b, kv::Compared{false});
  EXPECT_FALSE(is_linearizable(history, kv::Store{}, kv::execute));
  EXPECT_TRUE(is_linearizable(history, kv::Store{{"k", "x"}}, kv::execute));
}

TEST(Linearizable, ShowsAnOrder) {
  History history;
  begin(history, a, Write{1});
  begin(history, b, Write{2});
  ask(history, c, Read{}, 2);
  ask(history, c, Read{}, 1);
  end(history, a, 0);
  EXPECT_EQ(text(linearization(history, 0, act)),
            "[{client: 2, call: 0}, {client: 3, call: 0}, {client: 1, call: "
            "0}, {client: 3, call: "
            "1}]");
  EXPECT_EQ(linearization(asked(history, c, Read{}, 2), 0, act), std::nullopt);
}

TEST(Linearizable, ShowsACallWithoutAnAnswerOnlyBeforeAnAnsweredOne) {
  History history;
  begin(history, a, Write{1});
  begin(history, b, Write{2});
  EXPECT_EQ(linearization(history, 0, act), CallOrder{});
  ask(history, c, Read{}, 1);
  EXPECT_EQ(text(linearization(history, 0, act)), "[{client: 1, call: 0}, {client: 3, call: 0}]");
}

// Three clients' four blind writes, all at the same time, can be ordered in 12! / 4!^3 ways, that
// is 34650, but they lead to no more than 5^3 * 3 points.
TEST(Linearizable, TriesNoPointTwice) {
  History history;
  for (const ClientId client : {a, b, c})
    for (int i = 0; i < 4; ++i) ask(history, client, Write{static_cast<int>(client)}, 0);
  for (auto& [client, calls] : history.clients)
    for (auto& call : calls) call.after.clear();
  ask(history, ClientId{4}, Read{}, 4);
  std::size_t steps = 0;
  const auto counted = [&](int& value, const Operation& operation) {
    steps += 1;
    return act(value, operation);
  };
  EXPECT_FALSE(is_linearizable(history, 0, counted));
  EXPECT_LE(steps, 5U * 5 * 5 * 3 * 4);
}

// ---- the history

TEST(CallHistory, KeepsWhichCallsWereAnsweredBeforeOneBegan) {
  History history;
  ask(history, a, Write{1}, 0);
  begin(history, b, Read{});
  ask(history, a, Write{2}, 0);
  begin(history, a, Write{3});
  begin(history, c, Read{});
  end(history, b, 1);
  end(history, c, 2);
  begin(history, c, Read{});
  using Counts = std::map<ClientId, std::size_t>;
  EXPECT_EQ(history.clients[a][0].after, Counts{});
  EXPECT_EQ(history.clients[a][1].after, Counts{});
  EXPECT_EQ(history.clients[a][2].after, Counts{});
  EXPECT_EQ(history.clients[b][0].after, (Counts{{a, 1}}));
  EXPECT_EQ(history.clients[c][0].after, (Counts{{a, 2}}));
  EXPECT_EQ(history.clients[c][1].after, (Counts{{a, 2}, {b, 1}}));
  EXPECT_EQ(history.clients[a][1].result, 0);
  EXPECT_EQ(history.clients[a][2].result, std::nullopt);
}

TEST(CallHistory, ForgetsWhatDoesNotMatter) {
  History one;
  begin(one, a, Write{1});
  begin(one, b, Read{});
  end(one, a, 0);
  end(one, b, 1);
  History other;
  begin(other, b, Read{});
  begin(other, a, Write{1});
  end(other, b, 1);
  end(other, a, 0);
  EXPECT_EQ(one, other);
  EXPECT_EQ(content_hash(one), content_hash(other));
  History apart;
  ask(apart, a, Write{1}, 0);
  ask(apart, b, Read{}, 1);
  EXPECT_NE(one, apart);
}

TEST(CallHistory, HasOneCallOfAClientUnderWay) {
  History history;
  EXPECT_THROW(end(history, a, 0), BrokenPromise);
  begin(history, a, Read{});
  EXPECT_THROW(begin(history, a, Read{}), BrokenPromise);
  end(history, a, 0);
  EXPECT_THROW(end(history, a, 0), BrokenPromise);
  begin(history, a, Read{});
}

TEST(CallHistory, IsRefusedWhereAClientGoesOnWithoutAnAnswer) {
  History history;
  ask(history, a, Read{}, 0);
  ask(history, a, Read{}, 0);
  history.clients[a][0].result.reset();
  EXPECT_THROW(holds(history), BrokenPromise);
}

// ---- the definition

// A call with its moments, and where the history has it.
struct Timed {
  CallPlace place;
  Operation operation;
  std::optional<int> result{};
  int begun = 0;
  int ended = std::numeric_limits<int>::max();
};

using TimedCalls = std::vector<Timed>;

// Each call takes effect after all that ended before it began, and is answered as the machine says.
bool is_legal(const TimedCalls& order) {
  int value = 0;
  for (std::size_t at = 0; at < order.size(); ++at) {
    for (std::size_t later = at + 1; later < order.size(); ++later)
      if (order[later].ended < order[at].begun) return false;
    const int result = act(value, order[at].operation);
    if (order[at].result && order[at].result != result) return false;
  }
  return true;
}

bool some_order_is_legal(TimedCalls calls) {
  const auto by_place = [](const Timed& one, const Timed& other) {
    return one.place < other.place;
  };
  std::ranges::sort(calls, by_place);
  do {
    if (is_legal(calls)) return true;
  } while (std::next_permutation(calls.begin(), calls.end(), by_place));
  return false;
}

// All permutations, of all answered calls with any of the others.
bool is_linearizable_by_definition(const TimedCalls& all) {
  TimedCalls answered;
  TimedCalls others;
  for (const Timed& call : all) (call.result ? answered : others).push_back(call);
  for (std::size_t subset = 0; subset < (std::size_t{1} << others.size()); ++subset) {
    TimedCalls calls = answered;
    for (std::size_t i = 0; i < others.size(); ++i)
      if ((subset >> i & 1U) != 0) calls.push_back(others[i]);
    if (some_order_is_legal(calls)) return true;
  }
  return false;
}

using Random = std::mt19937_64;

// Two or three clients with up to three calls each, answered as one machine does, but now and then
// wrongly, or never.
class AnyHistory {
 public:
  explicit AnyHistory(std::uint64_t seed) : random_(seed) {
    const std::size_t clients = 2 + chance(2);
    for (std::size_t i = 0; i < clients; ++i) left_.push_back(1 + chance(3));
    for (int now = 0; now < 40; ++now) move(chance(clients), now);
  }

  const History& history() const { return history_; }
  const TimedCalls& calls() const { return calls_; }

 private:
  std::size_t chance(std::size_t of) { return random_() % of; }

  Operation any_operation() {
    const std::size_t kind = chance(4);
    if (kind == 0) return Add{1};
    if (kind == 1) return Write{static_cast<int>(chance(3))};
    return Read{};
  }

  // Where the client's call under way is in calls_.
  std::optional<std::size_t> under_way(ClientId client) const {
    for (std::size_t at = 0; at < calls_.size(); ++at)
      if (calls_[at].place.client == client && !calls_[at].result) return at;
    return std::nullopt;
  }

  void move(std::size_t at, int now) {
    const ClientId client{static_cast<std::uint32_t>(at + 1)};
    const auto call = under_way(client);
    if (call && chance(12) == 0) gone_.insert(client);
    if (gone_.contains(client)) return;
    if (!call && left_[at] > 0)
      start(at, client, now);
    else if (call && !effects_.contains(*call))
      effects_[*call] = act(value_, calls_[*call].operation);
    else if (call)
      answer(*call, client, now);
  }

  void start(std::size_t at, ClientId client, int now) {
    left_[at] -= 1;
    const Operation operation = any_operation();
    begin(history_, client, operation);
    const CallPlace place{client, history_.clients[client].size() - 1};
    calls_.push_back({.place = place, .operation = operation, .begun = now});
  }

  void answer(std::size_t call, ClientId client, int now) {
    const int result = chance(4) > 0 ? effects_[call] : static_cast<int>(chance(3));
    end(history_, client, result);
    calls_[call].result = result;
    calls_[call].ended = now;
  }

  Random random_;
  History history_;
  TimedCalls calls_;
  std::vector<std::size_t> left_;       // calls, by client
  std::set<ClientId> gone_;             // in the middle of a call, which is never answered
  std::map<std::size_t, int> effects_;  // what each call came to
  int value_ = 0;
};

// The same calls with their moments.
TimedCalls timed(const CallOrder& order, const TimedCalls& calls) {
  TimedCalls timed;
  for (const CallPlace& place : order)
    timed.push_back(*std::ranges::find(calls, place, &Timed::place));
  return timed;
}

std::size_t answered(const TimedCalls& calls) {
  return static_cast<std::size_t>(
      std::ranges::count_if(calls, [](const Timed& call) { return call.result.has_value(); }));
}

TEST(Linearizable, IsAsDefined) {
  std::size_t linearizable = 0;
  constexpr std::uint64_t seeds = 4000;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const AnyHistory any(seed);
    const auto order = linearization(any.history(), 0, act);
    ASSERT_EQ(order.has_value(), is_linearizable_by_definition(any.calls()))
        << "seed " << seed << ": " << text(any.history());
    if (!order) continue;
    linearizable += 1;
    const TimedCalls shown = timed(*order, any.calls());
    ASSERT_TRUE(is_legal(shown)) << "seed " << seed << ": " << text(*order);
    ASSERT_TRUE(shown.empty() || shown.back().result) << "seed " << seed << ": " << text(*order);
    ASSERT_EQ(answered(shown), answered(any.calls())) << "seed " << seed << ": " << text(*order);
  }
  EXPECT_GT(linearizable, seeds / 4);
  EXPECT_LT(linearizable, seeds * 3 / 4);
}

}  // namespace
}  // namespace coracle
