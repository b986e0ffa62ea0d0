// What a protocol is: values, and one pure function between them. A newcomer starts here.
//
//     next_state(config, state, event)  ->  { state, effects }
//
// Events are facts, effects are orders; both are plain data. Nothing else goes in or out: no clock,
// no randomness, no I/O, no global. model/traffic_light.h is the smallest protocol there is: the
// one to copy.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace coracle {

// Servers count from 1, as people do.
enum class NodeId : std::uint8_t {};
enum class ClientId : std::uint32_t {};

constexpr std::size_t position(NodeId node) { return static_cast<std::size_t>(node) - 1; }
constexpr NodeId node_at(std::size_t position) { return static_cast<NodeId>(position + 1); }

// A value is known by its contents alone: copied, compared, ordered, kept in a set, replayed.
template <class T>
concept Value = std::regular<T> && std::totally_ordered<T>;

// --- Events say what happened ...

template <class Message>
struct Received {
  NodeId from{};
  Message message;
  auto operator<=>(const Received&) const = default;
  BOOST_DESCRIBE_CLASS(Received, (), (from, message), (), ())
};

template <class Timer>
struct Expired {
  Timer timer{};
  auto operator<=>(const Expired&) const = default;
  BOOST_DESCRIBE_CLASS(Expired, (), (timer), (), ())
};

template <class Request>
struct Requested {
  ClientId client{};
  Request request;
  auto operator<=>(const Requested&) const = default;
  BOOST_DESCRIBE_CLASS(Requested, (), (client, request), (), ())
};

// The change is on disk now.
template <class Change>
struct Saved {
  Change change;
  auto operator<=>(const Saved&) const = default;
  BOOST_DESCRIBE_CLASS(Saved, (), (change), (), ())
};

// --- ... and effects say what to do, in order. What follows a Save waits until every Save so far
// is durable.

template <class Message>
struct Send {
  NodeId to{};
  Message message;
  auto operator<=>(const Send&) const = default;
  BOOST_DESCRIBE_CLASS(Send, (), (to, message), (), ())
};

// How long it runs is the driver's affair; it draws from the range that the config gives.
template <class Timer>
struct SetTimer {
  Timer timer{};
  auto operator<=>(const SetTimer&) const = default;
  BOOST_DESCRIBE_CLASS(SetTimer, (), (timer), (), ())
};

// An empty Save is a barrier: nothing to write, but what follows waits all the same.
template <class Change>
struct Save {
  std::optional<Change> change;
  auto operator<=>(const Save&) const = default;
  BOOST_DESCRIBE_CLASS(Save, (), (change), (), ())
};

// What one event leads to: the state that follows, and what the world must now do.
template <Value State, Value Effect>
struct Step {
  State state;
  std::vector<Effect> effects;
  bool operator==(const Step&) const = default;
};

// A protocol is a tag that names its types; its functions live beside them, found by
// argument-dependent lookup.
template <class P>
concept Protocol = Value<typename P::State> && Value<typename P::Event> &&
    Value<typename P::Effect> && requires(const typename P::Config& config, typename P::State state,
                                          const typename P::Event& event) {
  { initial_state(config) } -> std::same_as<typename P::State>;
  {
    next_state(config, std::move(state), event)
    } -> std::same_as<Step<typename P::State, typename P::Effect>>;
};

// What a protocol has beyond that, it names; what it leaves out, its worlds do without.

template <class P>
concept HasNetwork = Value<typename P::Message>;

// timers(config, state): the alarms that may fire now. There is no other memory of timers, so a
// deposed leader has no stale alarm.
template <class P>
concept HasTimers = Value<typename P::Timer> &&
    requires(const typename P::Config& config, const typename P::State& state) {
  { timers(config, state) } -> std::same_as<std::vector<typename P::Timer>>;
};

// comes_later(state, timer, other, its state): whether clocks that run alike let this alarm go off
// only after one that the other node has set, for drivers that have no clock.
template <class P>
concept HasTimerOrder = HasTimers<P> &&
    requires(const typename P::State& state, const typename P::Timer& timer, NodeId other) {
  { comes_later(state, timer, other, state) } -> std::same_as<bool>;
};

// How long an alarm runs, from the least to the most, in nanoseconds: a driver with a clock draws.
struct Delay {
  std::int64_t least = 0;
  std::int64_t most = 0;
  auto operator<=>(const Delay&) const = default;
};
BOOST_DESCRIBE_STRUCT(Delay, (), (least, most))

// delay(config, timer): for drivers with a clock. They keep an alarm for everything in `timers`,
// and set it anew at each SetTimer.
template <class P>
concept HasDelays = HasTimers<P> &&
    requires(const typename P::Config& config, const typename P::Timer& timer) {
  { delay(config, timer) } -> std::same_as<Delay>;
};

// requests(config, state): what clients may ask of this node now, for drivers that have no clients
// of their own.
template <class P>
concept HasRequests = Value<typename P::Request> &&
    requires(const typename P::Config& config, const typename P::State& state) {
  { requests(config, state) } -> std::same_as<std::vector<typename P::Request>>;
};

// durable(state): what outlives a crash. restarted(config, durable): the state that a crash leaves.
// kept(durable, change): replays one Save. Without a disk, a node restarts as initial_state.
template <class P>
concept HasDisk = Value<typename P::Durable> && Value<typename P::Change> &&
    requires(const typename P::Config& config, const typename P::State& state,
             typename P::Durable disk, const typename P::Change& change) {
  { durable(state) } -> std::convertible_to<const typename P::Durable&>;
  { restarted(config, std::move(disk)) } -> std::same_as<typename P::State>;
  { kept(std::move(disk), change) } -> std::same_as<typename P::Durable>;
};

// may_crash(state): whether the node is one of those that are tested, and not one that tests them;
// every node is where a protocol does not say.
template <class State>
bool is_crashable(const State& state) {
  if constexpr (requires { may_crash(state); })
    return may_crash(state);
  else
    return true;
}

// in_order(state, held): whether what the disk still holds back of its orders (model/disk.h), the
// oldest first, is in the order in which it must go out, for protocols whose outputs have one.
template <class P>
concept HasOutputOrder = HasDisk<P> &&
    requires(const typename P::State& state, std::span<const typename P::Effect* const> held) {
  { in_order(state, held) } -> std::same_as<bool>;
};

// `match(variant, [](A) {...}, [](B) {...})`: a switch over alternatives that must be complete.
template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

template <class Variant, class... Fs>
decltype(auto) match(Variant&& variant, Fs&&... fs) {
  return std::visit(Overloaded{std::forward<Fs>(fs)...}, std::forward<Variant>(variant));
}

}  // namespace coracle
