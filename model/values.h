// A cluster of real nodes: the handles of model/world.h where a handle is the value itself. Here,
// and nowhere else, a protocol's next_state is called for a world.
#pragma once

#include <algorithm>
#include <boost/container/stable_vector.hpp>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "model/check.h"
#include "model/disk.h"
#include "model/members.h"
#include "model/property.h"
#include "model/world.h"

namespace coracle {

struct Nothing {
  auto operator<=>(const Nothing&) const = default;
  BOOST_DESCRIBE_CLASS(Nothing, (), (), (), ())
};

namespace detail {

// Outside a class that has a `restarted` of its own, so that the protocol's is found.
template <class Config, class Disk>
auto revived(const Config& config, Disk disk) {
  return restarted(config, std::move(disk));
}

// The same of `comes_later`.
template <class State, class Timer>
bool later(const State& state, Timer timer, NodeId id, const State& other) {
  return comes_later(state, timer, id, other);
}

template <class P>
struct MessageOf {
  using type = Nothing;
};
template <HasNetwork P>
struct MessageOf<P> {
  using type = typename P::Message;
};
template <class P>
struct DiskOf {
  using type = Nothing;
};
template <HasDisk P>
struct DiskOf<P> {
  using type = typename P::Durable;
};
template <class P>
struct BoundsOf {
  using type = Nothing;
};
template <class P>
requires Value<typename P::Bounds>
struct BoundsOf<P> {
  using type = typename P::Bounds;
};
}  // namespace detail

template <class P>
using MessageOf = typename detail::MessageOf<P>::type;
template <class P>
using BoundsOf = typename detail::BoundsOf<P>::type;

// What never changes in a world. A node's place in `configs` is its id less one.
template <Protocol P>
struct Cluster {
  std::vector<typename P::Config> configs;
  NetworkRules network;
  Faults faults;
  DiskKind disk = DiskKind::synced;  // of every node, where the protocol has one
  bool observing = false;            // keep the protocol's observer in the world
  bool timers_in_order = false;      // by HasTimerOrder, where nothing else tells the time
  // Worlds outside these are out of bounds for whoever enumerates them: looked at, and left.
  std::optional<std::size_t> max_in_flight;  // those that disks hold back included
  BoundsOf<P> bounds{};
};

// A node that is up, and whose disk, if it has one, is synced.
template <class P>
struct Up {
  typename P::State state;
  auto operator<=>(const Up&) const = default;
  BOOST_DESCRIBE_CLASS(Up, (), (state), (), ())
};
// A node that is up, and what its disk has of it so far.
template <class P>
struct Buffered {
  typename P::State state;
  Buffer<P> buffer;
  auto operator<=>(const Buffered&) const = default;
  BOOST_DESCRIBE_CLASS(Buffered, (), (state, buffer), (), ())
};
template <class P>
struct Down {
  typename detail::DiskOf<P>::type disk;
  auto operator<=>(const Down&) const = default;
  BOOST_DESCRIBE_CLASS(Down, (), (disk), (), ())
};

namespace detail {
template <class P>
struct NodeOf {
  using type = std::variant<Up<P>, Down<P>>;
};
template <HasDisk P>
struct NodeOf<P> {
  using type = std::variant<Up<P>, Down<P>, Buffered<P>>;
};
}  // namespace detail

// An event at a node.
template <class P>
struct Occurrence {
  NodeId node{};
  typename P::Event event;
  auto operator<=>(const Occurrence&) const = default;
  BOOST_DESCRIBE_CLASS(Occurrence, (), (node, event), (), ())
};

template <Protocol P>
class Values {
 public:
  using State = typename P::State;
  using Effects = std::vector<typename P::Effect>;
  using Node = typename detail::NodeOf<P>::type;
  using Envelope = coracle::Envelope<MessageOf<P>>;
  using Event = Occurrence<P>;
  using Observed = ObservedOf<P>;
  template <class T>
  using List = std::vector<T>;
  using Nodes = Members<Values>;
  using Network = boost::container::stable_vector<Envelope>;
  using Sent = std::vector<Envelope>;

  struct Reaction {
    Node after;
    Sent sent;
    Effects effects;  // all that the step orders, the outputs that no world keeps included
    // With a buffered disk: what goes out now, of these and of what was held until now.
    Effects released;
  };

  // Who wants to see each reaction, before it replaces the node.
  std::function<void(const Node& before, const Event&, const Reaction&)> witness;

  explicit Values(Cluster<P> cluster) : cluster_(std::move(cluster)) {
    const NetworkRules& rules = cluster_.network;
    CHECK(rules.kind != NetworkKind::set || !(rules.loss || rules.duplication));
    CHECK(HasDisk<P> || cluster_.disk == DiskKind::synced);
  }

  const Cluster<P>& cluster() const { return cluster_; }

  World<Values> initial_world() const {
    World<Values> world;
    for (const auto& config : cluster_.configs)
      world.nodes.nodes.push_back(started(initial_state(config)));
    world.nodes.left = cluster_.faults;
    return world;
  }

  // --- The halves of a world.

  Sent happened(Nodes& nodes, const Event& event) const { return happen_to(*this, nodes, event); }
  Nodes crashed(Nodes nodes, NodeId id, std::uint32_t kept) const {
    crash(*this, nodes, id, kept);
    return nodes;
  }
  Nodes restarted(Nodes nodes, NodeId id) const {
    restart(*this, nodes, id);
    return nodes;
  }
  template <class F>
  void for_each_local(const Nodes& nodes, F f) const {
    for_each_local_action(*this, nodes, f);
  }

  Network with(Network network, Sent sent) const {
    for (Envelope& envelope : sent)
      put_in_flight(cluster_.network, network, std::move(envelope), link_of);
    return network;
  }
  Network with_copy(Network network, const Envelope& envelope) const {
    repeat(network, envelope);
    return network;
  }
  Network without(Network network, const Envelope& envelope) const {
    take_out(cluster_.network, network, envelope);
    return network;
  }
  Event arrived(Network& network, const Envelope& envelope) const {
    return received(take_out(cluster_.network, network, envelope));
  }
  template <class F>
  void for_each_deliverable(const Network& network, F f) const {
    coracle::for_each_deliverable(cluster_.network, network, link_of, f);
  }

  // --- One node, one message.

  static bool is_up(const Node& node) { return !std::holds_alternative<Down<P>>(node); }
  static const State& state(const Node& node) {
    if constexpr (HasDisk<P>)
      if (const auto* up = std::get_if<Buffered<P>>(&node)) return up->state;
    return std::get<Up<P>>(node).state;
  }
  // Null where the node is down, or its disk synced.
  static const Buffer<P>* buffer(const Node& node) {
    if constexpr (HasDisk<P>)
      if (const auto* up = std::get_if<Buffered<P>>(&node)) return &up->buffer;
    return nullptr;
  }
  static bool comes_later(const Node& node, const Event& alarm, NodeId id, const Node& other) {
    if constexpr (HasTimerOrder<P>) {
      const auto& timer = std::get<Expired<typename P::Timer>>(alarm.event).timer;
      return coracle::detail::later(state(node), timer, id, state(other));
    }
    return false;
  }
  static bool may_crash(const Node& node) { return is_crashable(state(node)); }
  static std::uint32_t pending(const Node& node) {
    if constexpr (HasDisk<P>)
      if (const auto* disk = buffer(node)) return static_cast<std::uint32_t>(disk->pending.size());
    return 0;
  }

  static Link link_of(const Envelope& envelope) { return link(envelope.from, envelope.to); }
  static NodeId place(const Event& event) { return event.node; }

  static Event received(Envelope envelope) {
    if constexpr (HasNetwork<P>) {
      return {envelope.to,
              Received<typename P::Message>{envelope.from, std::move(envelope.message)}};
    } else {
      CHECK(false && "a protocol without messages has no network");
      return {};
    }
  }

  // With a synced disk each Save is durable at once, and handed back within the same action.
  Reaction react(const Node& node, const Event& event) const {
    const auto& config = cluster_.configs[position(event.node)];
    if constexpr (HasDisk<P>)
      if (const auto* up = std::get_if<Buffered<P>>(&node)) return react_buffered(*up, event);
    Step<State, typename P::Effect> step = next_state(config, state(node), event.event);
    if constexpr (HasDisk<P>) {
      for (std::size_t i = 0; i < step.effects.size(); ++i) {
        const auto* change = saved_change(step.effects[i]);
        if (change == nullptr) continue;
        auto more = next_state(config, std::move(step.state), Saved<typename P::Change>{*change});
        step.state = std::move(more.state);
        std::ranges::move(more.effects, std::back_inserter(step.effects));
      }
    }
    Reaction reaction{{}, sent_by(event.node, step.effects), std::move(step.effects), {}};
    std::get<Up<P>>(reaction.after).state = std::move(step.state);
    return reaction;
  }

  void observe(Observed& so_far, const Node& before, const Event& event,
               const Reaction& reaction) const {
    if (witness) witness(before, event, reaction);
    if constexpr (HasObserver<P>) {
      if (cluster_.observing)
        so_far = observed(std::move(so_far), event.node, state(before), state(reaction.after),
                          reaction.effects);
    }
  }

  std::vector<Event> alarms(NodeId id, const Node& node) const {
    std::vector<Event> events;
    if constexpr (HasTimers<P>) {
      for (const auto& timer : timers(cluster_.configs[position(id)], state(node)))
        events.emplace_back(Event{id, Expired<typename P::Timer>{timer}});
    }
    return events;
  }

  std::vector<Event> questions(NodeId id, const Node& node) const {
    std::vector<Event> events;
    if constexpr (HasRequests<P>) {
      for (const auto& request : requests(cluster_.configs[position(id)], state(node)))
        events.emplace_back(Event{id, Requested<typename P::Request>{ClientId{1}, request}});
    }
    return events;
  }

  // The oldest pending write, handed back.
  std::vector<Event> flushes(NodeId id, const Node& node) const {
    std::vector<Event> events;
    if constexpr (HasDisk<P>) {
      const auto* disk = buffer(node);
      if (disk != nullptr && !disk->pending.empty())
        events.emplace_back(Event{id, Saved<typename P::Change>{disk->pending.front().change}});
    }
    return events;
  }

  Node crashed_node(NodeId /*id*/, const Node& node, std::uint32_t kept) const {
    CHECK(kept <= pending(node));
    if constexpr (!HasDisk<P>)
      return Down<P>{};
    else if (const auto* disk = buffer(node))
      return Down<P>{written(*disk, kept)};
    else
      return Down<P>{durable(state(node))};
  }

  Node restarted_node(NodeId id, const Node& node) const {
    const auto& config = cluster_.configs[position(id)];
    if constexpr (HasDisk<P>)
      return started(detail::revived(config, std::get<Down<P>>(node).disk));
    else
      return started(initial_state(config));
  }

  // How many messages its disk holds back.
  static std::size_t held(const Node& node) {
    std::size_t count = 0;
    if constexpr (HasDisk<P> && HasNetwork<P>) {
      const auto is_message = [](const typename P::Effect& effect) {
        return std::holds_alternative<Send<typename P::Message>>(effect);
      };
      if (const auto* disk = buffer(node))
        for (const auto& write : disk->pending)
          count += static_cast<std::size_t>(std::ranges::count_if(write.held, is_message));
    }
    return count;
  }

  // Whether a node's state is one that the bounds let an enumeration go on from.
  bool within_bounds(const Node& node) const {
    if constexpr (requires(const State& s) { within(cluster_.bounds, s); })
      return !is_up(node) || within(cluster_.bounds, state(node));
    else
      return true;
  }

  // A standing property of every protocol with a disk: replaying a step's Saves over what was
  // durable before gives what is durable after it. A protocol that forgets to save something is
  // caught here, not by review.
  static bool saves_what_it_keeps(const Change<State, typename P::Effect>& change) {
    if constexpr (HasDisk<P>) {
      std::optional<typename P::Durable> disk;  // none: as before; most steps save nothing
      for (const auto& effect : change.effects)
        if (const auto* saved = saved_change(effect))
          disk = kept(disk ? *std::move(disk) : durable(change.before), *saved);
      return (disk ? *disk : durable(change.before)) == durable(change.after);
    } else {
      return true;
    }
  }

  // And with it, what is flushed and what is pending are together what must outlive a crash.
  static bool writes_what_it_keeps(const Node& node) {
    if constexpr (HasDisk<P>)
      if (const auto* disk = buffer(node))
        return written(*disk, disk->pending.size()) == durable(state(node));
    return true;
  }

  // What its disk holds back goes out in the order that the protocol asks for.
  static bool holds_in_order(const Node& node) {
    if constexpr (HasOutputOrder<P>)
      if (const auto* disk = buffer(node); disk != nullptr && !disk->pending.empty()) {
        std::vector<const typename P::Effect*> held;
        for (const auto& write : disk->pending)
          for (const auto& effect : write.held) held.push_back(&effect);
        return in_order(state(node), std::span<const typename P::Effect* const>(held));
      }
    return true;
  }

 private:
  // All that it keeps is on its disk.
  Node started(State state) const {
    if constexpr (HasDisk<P>)
      if (cluster_.disk == DiskKind::buffered) {
        auto disk = durable(state);
        return Buffered<P>{std::move(state), {std::move(disk), {}}};
      }
    return Up<P>{std::move(state)};
  }

  // Of its Saves only the event Saved says that they are durable.
  Reaction react_buffered(Buffered<P> node, const Event& event) const {
    using Flushed = Saved<typename P::Change>;
    Effects released;
    if (const auto* flushed = std::get_if<Flushed>(&event.event)) {
      CHECK(!node.buffer.pending.empty() && node.buffer.pending.front().change == flushed->change);
      released = flush(node.buffer);
    }
    const auto& config = cluster_.configs[position(event.node)];
    Step<State, typename P::Effect> step = next_state(config, std::move(node.state), event.event);
    node.state = std::move(step.state);
    std::ranges::move(buffered(node.buffer, step.effects), std::back_inserter(released));
    auto sent = sent_by(event.node, released);
    return {std::move(node), std::move(sent), std::move(step.effects), std::move(released)};
  }

  static Sent sent_by(NodeId id, const Effects& effects) {
    Sent sent;
    if constexpr (HasNetwork<P>) {
      sent.reserve(effects.size());
      for (const auto& effect : effects)
        if (const auto* send = std::get_if<Send<typename P::Message>>(&effect))
          sent.push_back({id, send->to, send->message});
    }
    return sent;
  }

  // What an effect writes to disk; null where it writes nothing.
  static auto saved_change(const typename P::Effect& effect) {
    using Change = typename P::Change;
    const auto* save = std::get_if<Save<Change>>(&effect);
    return save != nullptr && save->change ? &*save->change : nullptr;
  }

  Cluster<P> cluster_;
};

}  // namespace coracle
