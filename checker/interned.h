// The handles of model/world.h where a handle is a number: every distinct node, envelope, event and
// observed value is kept once, and every step of a node is remembered.
//
// A cluster passes through millions of worlds, but each node only through hundreds or thousands of
// local states, and next_state is pure. So it is called once for each distinct (node, local state,
// event), in react() and nowhere else; any further step is a look-up. Numbers depend on the order
// of arrival: they are never hashed for a report, never compared for a choice, never printed.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "checker/interner.h"
#include "checker/judge.h"
#include "checker/labels.h"
#include "checker/networks.h"
#include "checker/tables.h"
#include "model/values.h"

namespace coracle::checker {

constexpr std::uint64_t pair_key(Id a, Id b) { return std::uint64_t{a} << 32U | b; }

template <Protocol P>
class Interned {
 public:
  using Plain = Values<P>;
  using Node = Id;
  using Envelope = Id;
  using Event = Id;
  using Observed = Id;
  // A row: each node's id, then (where there are any) what is left of the budgets and what is
  // observed.
  using Nodes = Id;
  using Network = Id;  // of Networks
  using Sent = Id;     // of Networks
  template <class T>
  using List = boost::container::small_vector<T, 12>;

  // A node's step, as ids; `marks` is what the properties of a step say of it.
  struct Reaction {
    Id after = 0;
    Id number = 0;
    Sent sent = Networks::nothing;
    Marks marks = 0;
  };

  Interned(Cluster<P> cluster, const Judge<P>& judge)
      : plain_(std::move(cluster)),
        judge_(judge),
        networks_(plain_.cluster().network, plain_.cluster().max_in_flight) {
    observeds_.id_of({});
  }

  const Cluster<P>& cluster() const { return plain_.cluster(); }
  const Plain& plain() const { return plain_; }

  // --- The halves of a world.

  Sent happened(Nodes& nodes, Event event) {
    const Halves halves = what_happens(nodes, event);
    nodes = halves.nodes;
    return halves.sent;
  }
  Nodes crashed(Nodes nodes, NodeId id, std::uint32_t kept) {
    load(nodes, members_);
    crash(*this, members_, id, kept);
    return id_of(members_);
  }
  Nodes restarted(Nodes nodes, NodeId id) {
    load(nodes, members_);
    restart(*this, members_, id);
    return id_of(members_);
  }
  template <class F>
  void for_each_local(Nodes nodes, F f) {
    const Members<Interned> members = this->members(nodes);
    learn_moves(nodes, members);
    for_each_local_action(*this, members, f);
  }

  Network with(Network network, Sent sent) { return networks_.with(network, sent); }
  Network with_copy(Network network, Envelope envelope) {
    return networks_.with_copy(network, envelope);
  }
  Network without(Network network, Envelope envelope) {
    return networks_.without(network, envelope);
  }
  Event arrived(Network& network, Envelope envelope) {
    network = networks_.without(network, envelope);
    return received(envelope);
  }
  template <class F>
  void for_each_deliverable(Network network, F f) {
    networks_.for_each_deliverable(network, f);
  }
  Event received(Envelope envelope) const { return envelopes_info_[envelope].received; }

  // --- One node.

  bool is_up(Node node) const { return nodes_info_[node].up; }
  NodeId place(Event event) const { return events_info_[event].place; }
  std::span<const Event> alarms(NodeId /*id*/, Node node) const {
    const NodeInfo& info = nodes_info_[node];
    return local_events_.row(info.first_event, info.alarms);
  }
  std::span<const Event> questions(NodeId /*id*/, Node node) const {
    const NodeInfo& info = nodes_info_[node];
    return local_events_.row(info.first_event + info.alarms, info.questions);
  }
  std::span<const Event> flushes(NodeId /*id*/, Node node) const {
    const NodeInfo& info = nodes_info_[node];
    return local_events_.row(info.first_event + info.alarms + info.questions,
                             info.pending > 0 ? 1 : 0);
  }
  bool comes_later(Node node, Event alarm, NodeId id, Node other) const {
    return Plain::comes_later(nodes_[node].node, events_[alarm], id, nodes_[other].node);
  }
  bool may_crash(Node node) const { return nodes_info_[node].may_crash; }
  std::uint32_t pending(Node node) const { return nodes_info_[node].pending; }

  Reaction react(Node node, Event event) {
    return reactions_.get(node, event, [&] { return react_anew(node, event); });
  }

  void observe(Observed& so_far, Node before, Event event, const Reaction& reaction) {
    if (!cluster().observing) return;
    so_far = observations_.get(so_far, reaction.number, [&] {
      auto seen = observeds_[so_far];
      plain_.observe(seen, nodes_[before].node, events_[event], observable_[reaction.number]);
      return observeds_.id_of(std::move(seen));
    });
  }

  Node crashed_node(NodeId id, Node node, std::uint32_t kept) {
    return remembered(crashed_, pair_key(node, kept), id,
                      [&] { return plain_.crashed_node(id, nodes_[node].node, kept); });
  }
  Node restarted_node(NodeId id, Node node) {
    return remembered(restarted_, node, id,
                      [&] { return plain_.restarted_node(id, nodes_[node].node); });
  }

  // --- What the explorer asks beside.

  Members<Interned> members(Nodes nodes) const {
    Members<Interned> members;
    load(nodes, members);
    return members;
  }
  bool within_bounds(Nodes nodes) const { return (node_rows_.note(nodes) & is_within) != 0; }
  bool within_bounds(const World<Interned>& world) const {
    if (world.in_flight == Networks::beyond || !within_bounds(world.nodes)) return false;
    if (cluster().disk == DiskKind::synced || !cluster().max_in_flight) return true;
    std::size_t messages = networks_.row(world.in_flight).size();
    const Members<Interned> all = members(world.nodes);
    for (const Node node : all.nodes) messages += nodes_info_[node].held;
    return messages <= *cluster().max_in_flight;
  }
  // What the properties say of all nodes at one moment, and of all steps and all moments so far.
  Marks marks(Nodes nodes) const { return marks_of(members(nodes)); }
  Marks all_marks() const { return all_marks_; }
  std::uint8_t label_of_envelope(Envelope envelope) const {
    return envelopes_info_[envelope].label;
  }
  std::uint8_t label_of_event(Event event) const { return events_info_[event].label; }
  std::size_t next_state_calls() const { return reactions_.size(); }
  std::size_t node_rows() const { return node_rows_.size(); }
  std::size_t networks() const { return networks_.size(); }
  std::size_t bytes() const {
    return node_rows_.bytes() + networks_.bytes() + moves_.bytes() + reactions_.bytes();
  }

  // Does not depend on numbers, only on contents.
  Hash128 content_hash_of(const World<Interned>& world) const {
    Hash128 sum = networks_.content_hash(world.in_flight, [&](Id e) { return envelopes_.hash(e); });
    const Members<Interned> members = this->members(world.nodes);
    for (const Node node : members.nodes) sum += nodes_.hash(node);
    sum += observeds_.hash(members.observed);
    return mixed(sum, members.left.crashes);
  }

  World<Plain> plain(const World<Interned>& world) const {
    World<Plain> values;
    const Members<Interned> members = this->members(world.nodes);
    for (const Node node : members.nodes) values.nodes.nodes.push_back(nodes_[node].node);
    values.nodes.left = members.left;
    values.nodes.observed = observeds_[members.observed];
    for (const Envelope envelope : networks_.row(world.in_flight))
      put_in_flight(cluster().network, values.in_flight, envelopes_[envelope], Plain::link_of);
    return values;
  }

  World<Interned> interned(const World<Plain>& values) {
    Members<Interned> members;
    for (std::size_t at = 0; at < values.nodes.nodes.size(); ++at)
      members.nodes.push_back(id_of_node({node_at(at), values.nodes.nodes[at]}));
    members.left = values.nodes.left;
    members.observed = observeds_.id_of(values.nodes.observed);
    std::vector<Id> envelopes;
    for (const auto& envelope : values.in_flight) envelopes.push_back(id_of_envelope(envelope));
    return {id_of(members), networks_.network_of(envelopes)};
  }

  // Filled in place: of a copied alternative that is shorter than others, g++ 12 says that it is
  // not initialized.
  Action<Plain> plain(const Action<Interned>& action) const {
    Action<Plain> same = Crash{};
    match(
        action, [&](Deliver<Id> a) { same = Deliver<PlainEnvelope>{envelopes_[a.envelope]}; },
        [&](Drop<Id> a) { same = Drop<PlainEnvelope>{envelopes_[a.envelope]}; },
        [&](Duplicate<Id> a) { same = Duplicate<PlainEnvelope>{envelopes_[a.envelope]}; },
        [&](Expire<Id> a) { same = Expire<PlainEvent>{events_[a.event]}; },
        [&](Request<Id> a) { same = Request<PlainEvent>{events_[a.event]}; },
        [&](Flush<Id> a) { same = Flush<PlainEvent>{events_[a.event]}; },
        [&](Crash a) { same = a; }, [&](Restart a) { same = a; });
    return same;
  }

 private:
  using State = typename P::State;
  using PlainEnvelope = typename Plain::Envelope;
  using PlainEvent = typename Plain::Event;

  // A node is interned together with whose it is, so that its id alone tells its config and its
  // events.
  struct PlacedNode {
    NodeId place{};
    typename Plain::Node node;
    bool operator==(const PlacedNode&) const = default;
    BOOST_DESCRIBE_CLASS(PlacedNode, (), (place, node), (), ())
  };
  struct NodeInfo {
    std::size_t first_event = 0;  // in local_events_: alarms, questions, the oldest write
    std::uint16_t alarms = 0;
    std::uint16_t questions = 0;
    std::uint16_t pending = 0;  // writes
    std::size_t held = 0;       // messages
    bool up = false;
    bool may_crash = false;
    bool within = false;
    Marks marks = 0;
  };
  struct EnvelopeInfo {
    Event received = 0;
    std::uint8_t label = 0;
  };
  struct EventInfo {
    NodeId place{};
    std::uint8_t label = 0;
  };
  struct Halves {
    Nodes nodes;
    Sent sent;
  };
  struct Move {
    Event event;
    Halves halves;
  };
  // The note of a row of nodes is two flags and, above them, one more than where its moves begin.
  static constexpr std::uint32_t is_within = 1;
  static constexpr std::uint32_t was_entered = 2;
  static constexpr std::uint32_t moves_shift = 2;
  static constexpr std::size_t most_moves = 1U << 24U;

  Halves what_happens(Nodes nodes, Event event) {
    for (const Move& move : known_moves(nodes))
      if (move.event == event) return move.halves;
    return happened_anew(nodes, event);
  }

  Halves happened_anew(Nodes nodes, Event event) {
    load(nodes, members_);
    const Sent sent = happen_to(*this, members_, event);
    return {id_of(members_), sent};
  }

  // What a row of nodes may do without a message, and what follows: a length, then the moves. It is
  // kept for rows that are entered again (there are spaces in which none is), up to a limit.
  std::span<const Move> known_moves(Nodes nodes) const {
    const std::uint32_t begin = node_rows_.note(nodes) >> moves_shift;
    if (begin == 0) return {};
    return moves_.row(begin, moves_[begin - 1].event);
  }
  void learn_moves(Nodes nodes, const Members<Interned>& members) {
    const std::uint32_t note = node_rows_.note(nodes);
    node_rows_.note(nodes) |= was_entered;
    if ((note & was_entered) == 0 || note >> moves_shift != 0 || moves_.size() > most_moves) return;
    std::vector<Move> row{{0, {0, 0}}};
    for_each_local_action(*this, members, [&](const auto& action) {
      if constexpr (requires { action.event; })
        row.push_back({action.event, happened_anew(nodes, action.event)});
    });
    row[0].event = static_cast<Id>(row.size() - 1);
    const std::size_t begin = moves_.append(row) + 1;
    node_rows_.note(nodes) |= static_cast<std::uint32_t>(begin) << moves_shift;
  }

  // Whether a row of nodes says more than the nodes: what is left of the budgets, and what is
  // observed.
  bool has_extras() const { return cluster().faults.crashes > 0 || cluster().observing; }

  void load(Nodes nodes, Members<Interned>& members) const {
    auto row = node_rows_.row(nodes);
    if (has_extras()) {
      members.observed = row[row.size() - 1];
      members.left.crashes = static_cast<std::uint8_t>(row[row.size() - 2]);
      row = row.first(row.size() - 2);
    }
    members.nodes.assign(row.begin(), row.end());
  }

  RowTable::Row row_of(const Members<Interned>& members) {
    if (!has_extras()) return members.nodes;
    row_.assign(members.nodes.begin(), members.nodes.end());
    row_.push_back(members.left.crashes);
    row_.push_back(members.observed);
    return row_;
  }

  Nodes id_of(const Members<Interned>& members) {
    const auto [id, is_new] = node_rows_.id_of(row_of(members));
    if (is_new) {
      const bool within =
          std::ranges::all_of(members.nodes, [&](Id n) { return nodes_info_[n].within; });
      node_rows_.note(id) = within ? is_within : 0;
      all_marks_ |= marks_of(members, all_marks_);
    }
    return id;
  }

  Marks marks_of(const Members<Interned>& members, Marks skip = 0) const {
    Marks marks = 0;
    List<const State*> up;
    for (const Node node : members.nodes) {
      marks |= nodes_info_[node].marks;
      if (is_up(node)) up.push_back(&Plain::state(nodes_[node].node));
    }
    if (judge_.asks_pairs()) marks |= marks_of_pairs(up, members.observed, skip);
    if (judge_.asks_nodes()) marks |= judge_.of_nodes({{up.data(), up.size()}}, skip);
    return marks;
  }

  Marks marks_of_pairs(const List<const State*>& up, Observed observed, Marks skip) const {
    Marks marks = 0;
    if (cluster().observing) {
      for (const State* state : up) marks |= judge_.remembered(*state, observeds_[observed], skip);
      skip |= judge_.remembering();
    }
    for (std::size_t one = 0; one < up.size(); ++one)
      for (std::size_t other = 0; other < one; ++other) {
        marks |= judge_.of_pair(*up[one], *up[other], skip);
        marks |= judge_.of_pair(*up[other], *up[one], skip | judge_.symmetric());
      }
    return marks;
  }

  Id id_of_node(PlacedNode placed) {
    const Id id = nodes_.id_of(std::move(placed));
    if (id < nodes_info_.size()) return id;
    const auto& [place, node] = nodes_[id];
    NodeInfo info;
    info.up = Plain::is_up(node);
    info.within = plain_.within_bounds(node);
    if (info.up) {
      info.may_crash = Plain::may_crash(node);
      info.marks = judge_.of_state(Plain::state(node));
      std::vector<Id> events;
      for (const auto& event : plain_.alarms(place, node)) events.push_back(id_of_event(event));
      info.alarms = static_cast<std::uint16_t>(events.size());
      for (const auto& event : plain_.questions(place, node)) events.push_back(id_of_event(event));
      info.questions = static_cast<std::uint16_t>(events.size() - info.alarms);
      for (const auto& event : plain_.flushes(place, node)) events.push_back(id_of_event(event));
      CHECK(Plain::pending(node) <= 0xFFFF);
      info.pending = static_cast<std::uint16_t>(Plain::pending(node));
      info.held = Plain::held(node);
      info.first_event = local_events_.append(events);
    }
    nodes_info_.push_back(info);
    return id;
  }

  Id id_of_event(const PlainEvent& event) {
    const Id id = events_.id_of(event);
    if (id == events_info_.size())
      events_info_.push_back({event.node, event_label<P>(event.event)});
    return id;
  }

  Id id_of_envelope(const PlainEnvelope& envelope) {
    const Id id = envelopes_.id_of(envelope);
    if (id == envelopes_info_.size()) {
      envelopes_info_.push_back(
          {id_of_event(Plain::received(envelope)), label_of(envelope.message)});
      networks_.add_envelope(Plain::link_of(envelope));
    }
    return id;
  }

  Reaction react_anew(Node node, Event event) {
    auto made = plain_.react(nodes_[node].node, events_[event]);
    std::vector<Id> sent;
    for (const auto& envelope : made.sent) sent.push_back(id_of_envelope(envelope));
    Reaction reaction;
    reaction.number = static_cast<Id>(reactions_.size());
    reaction.after = id_of_node({events_[event].node, made.after});
    reaction.sent = networks_.sent_of(sent);
    reaction.marks = judge_.of_reaction(nodes_[node].node, made);
    all_marks_ |= reaction.marks;
    if (cluster().observing) observable_.push_back(std::move(made));
    return reaction;
  }

  template <class Key, class Make>
  Id remembered(boost::unordered_flat_map<Key, Id>& memo, Key key, NodeId id, Make make) {
    const auto found = memo.find(key);
    if (found != memo.end()) return found->second;
    const Id made = id_of_node({id, make()});
    memo.emplace(key, made);
    return made;
  }

  Plain plain_;
  const Judge<P>& judge_;
  Interner<PlacedNode> nodes_;
  Interner<PlainEnvelope> envelopes_;
  Interner<PlainEvent> events_;
  Interner<ObservedOf<P>> observeds_;
  std::vector<NodeInfo> nodes_info_;
  std::vector<EnvelopeInfo> envelopes_info_;
  std::vector<EventInfo> events_info_;
  Chunked<Event> local_events_;
  PairTable<Reaction> reactions_;                         // (node, event) -> reaction
  PairTable<Observed> observations_;                      // (observed, reaction) -> observed
  std::vector<typename Plain::Reaction> observable_;      // by number, while there is an observer
  boost::unordered_flat_map<std::uint64_t, Id> crashed_;  // by the node and what is kept
  boost::unordered_flat_map<Node, Id> restarted_;
  Marks all_marks_ = 0;

  RowTable node_rows_;
  Chunked<Move> moves_;
  Networks networks_;
  Members<Interned> members_;
  std::vector<std::uint32_t> row_;
};

}  // namespace coracle::checker
