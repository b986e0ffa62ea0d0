// A cluster in virtual time. The simulator is one of those who choose the next action of a world:
// the earliest on an agenda, drawn from a seed. Every message that is sent is planned to arrive
// after a latency, unless it is lost or its link is cut; every alarm that a node has is planned to
// fire. Whatever happens is an action of model/world.h, and `step` is the only thing that changes
// the world:
//
//     a message arrives                      Deliver
//     it was lost, or its link is cut        Drop, when it would have arrived
//     it was sent on twice                   Duplicate, then Deliver, and the copy arrives later
//     an alarm fires                         Expire
//     a client asks                          Request
//     a buffered disk has written            Flush
//     a fault of the scenario                Crash, Restart
//
// Latency, partitions, clocks and how long a disk takes are not in the world: they only decide what
// comes next.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/digest.h"
#include "model/judge.h"
#include "model/values.h"
#include "sim/agenda.h"
#include "sim/disk_clock.h"
#include "sim/kinds.h"
#include "sim/random.h"
#include "sim/tally.h"
#include "sim/weather.h"

namespace coracle::sim {

template <Protocol P>
class Simulator {
 public:
  using V = Values<P>;
  using State = typename P::State;
  using Envelope = typename V::Envelope;
  using Event = typename V::Event;
  using Node = typename V::Node;

  // A message on its way.
  struct Flight {
    Envelope envelope;
    std::uint64_t number = 0;  // in the order of sending
    bool lost = false;
    bool twice = false;
    bool pending = false;
  };

  Simulator(Cluster<P> cluster, const Judge<P>& judge, Weather weather, std::uint64_t seed)
      : values_(std::move(cluster)),
        judge_(judge),
        weather_(weather),
        world_(values_.initial_world()),
        size_(world_.nodes.nodes.size()),
        alarms_(size_),
        cuts_(size_ * size_, 0) {
    for (std::size_t i = 0; i < judge.asked().size(); ++i)
      if (judge.asked()[i].expectation == Expectation::always) always_ |= Marks{1} << i;
    for (std::size_t link = 0; link < size_ * size_; ++link)
      links_.push_back({stream(seed, "latency", link), stream(seed, "loss", link),
                        stream(seed, "duplicate", link)});
    for (std::size_t at = 0; at < size_; ++at) {
      clocks_.push_back(stream(seed, "clock", at));
      disks_.emplace_back(seed, at);
    }
    values_.witness = [this](const Node& before, const Event& event,
                             const typename V::Reaction& reaction) {
      see(before, event, reaction);
    };
    for (std::size_t at = 0; at < size_; ++at) {
      set_alarms(node_at(at), V::state(world_.nodes.nodes[at]));
      ask_alone(V::state(world_.nodes.nodes[at]));
    }
    for (std::size_t at = 0; at < size_; ++at) ask_together(at);
  }
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  Time now() const { return now_; }
  const World<V>& world() const { return world_; }
  V& values() { return values_; }
  std::uint64_t events() const { return events_; }
  Hash128 hash() const { return digest_.hash(); }

  // The bits of model/judge.h that have spoken so far.
  Marks marks() const { return marks_; }
  Marks violated() const { return marks_ & always_; }

  // By kind of message; by kind of action, and of effect.
  std::map<std::string, Fates> messages() const { return tally_.messages(); }
  std::map<std::string, std::uint64_t> counters() const {
    return tally_.counters(values_.cluster().disk);
  }

  // Called after each action.
  std::function<void(const Action<V>&)> on_action;

  // --- Time.

  std::optional<Time> next_time() const {
    if (agenda_.empty()) return {};
    return agenda_.next().at;
  }

  // Does what comes next on the agenda, which may turn out to be void.
  void advance() {
    const Plan plan = agenda_.take();
    now_ = plan.at;
    if (plan.due == Due::arrival)
      arrive(plan.which);
    else if (plan.due == Due::alarm)
      ring(plan);
    else if (disks_[plan.which].is_due(now_))
      flush(node_at(plan.which));
  }

  void wait_until(Time time) { now_ = std::max(now_, time); }

  // --- What a scenario does.

  bool is_up(NodeId id) const { return V::is_up(world_.nodes.nodes[position(id)]); }

  // Of a node that is up.
  bool may_crash(NodeId id) const { return V::may_crash(world_.nodes.nodes[position(id)]); }

  // So many of its unflushed writes are kept; where nobody says, the seed does, and by hand none.
  void crash(NodeId id, std::optional<std::uint32_t> kept = {}) {
    CHECK(is_up(id) && world_.nodes.left.crashes > 0 && kept.value_or(0) <= unflushed(id));
    for (auto& alarm : alarms_[position(id)]) alarm.armed = false;
    disks_[position(id)].lose();
    if (!kept && !weather_.by_hand) kept = disks_[position(id)].any_prefix(unflushed(id));
    take(Crash{id, kept.value_or(0)});
    ask_of_all();
  }

  // How many writes of a node are not yet durable.
  std::uint32_t unflushed(NodeId id) const { return V::pending(world_.nodes.nodes[position(id)]); }

  // The oldest of them becomes durable, whatever the clock says.
  void flush(NodeId id) {
    CHECK(is_up(id) && unflushed(id) > 0);
    disks_[position(id)].flushed();
    take(Flush<Event>{values_.flushes(id, world_.nodes.nodes[position(id)]).front()});
  }

  void restart(NodeId id) {
    CHECK(!is_up(id));
    take(Restart{id});
    const State& state = V::state(world_.nodes.nodes[position(id)]);
    set_alarms(id, state);
    ask_alone(state);
    ask_together(position(id));
  }

  // No message gets through a link that is cut, however often; each cut is mended on its own.
  void cut(NodeId from, NodeId to) { cuts_[link_of(from, to)] += 1; }
  void mend(NodeId from, NodeId to) { cuts_[link_of(from, to)] -= 1; }

  // Of a node that is up.
  void request(NodeId id, const typename V::Event& event) {
    CHECK(is_up(id));
    take(Request<Event>{event});
  }

  // The alarms of a node that is up which may fire, whatever the clock says.
  std::vector<TimerOf<P>> alarms_of(NodeId id) const {
    return timers(config(id), V::state(world_.nodes.nodes[position(id)]));
  }

  template <class Timer>
  void expire(NodeId id, const Timer& timer) {
    CHECK(is_up(id) && std::ranges::count(alarms_of(id), timer) == 1);
    for (auto& alarm : alarms_[position(id)])
      if (alarm.timer == timer) alarm.armed = false;
    expire_now(id, timer);
    set_alarms(id, V::state(world_.nodes.nodes[position(id)]));
  }

  template <class F>
  void for_each_flight(F f) const {
    for (const Flight& flight : flights_)
      if (flight.pending) f(flight.envelope);
  }

  // The one that was sent first among those that `chosen` takes; null where there is none.
  template <class Chosen>
  Flight* find_flight(Chosen chosen) {
    Flight* first = nullptr;
    for (Flight& flight : flights_)
      if (flight.pending && chosen(flight.envelope) &&
          (first == nullptr || flight.number < first->number))
        first = &flight;
    return first;
  }

  void deliver(Flight& flight) { deliver_now(land(flight)); }
  void drop(Flight& flight) { drop_now(land(flight)); }
  void duplicate(Flight& flight) {
    const Flight original = flight;
    duplicate_now(original.envelope);
    put_on_its_way(original.envelope, original.number, false, false);
  }

 private:
  struct LinkStreams {
    Stream latency;
    Stream loss;
    Stream duplicate;
    Time last_arrival = 0;
  };

  // An alarm is set anew far more often than it fires: the plan stays where it is on the agenda,
  // and when it comes up too early it is moved to when the alarm is due.
  struct Alarm {
    TimerOf<P> timer;
    Time due = 0;
    bool armed = false;
    std::optional<Time> planned;
  };

  static constexpr std::size_t timers_most = 64;

  const typename P::Config& config(NodeId id) const {
    return values_.cluster().configs[position(id)];
  }
  std::size_t link_of(NodeId from, NodeId to) const {
    return position(from) * size_ + position(to);
  }

  // --- Actions.

  template <class Taken>
  void take(const Taken& action) {
    const Action<V>* whole = nullptr;
    std::optional<Action<V>> kept;
    if (on_action) whole = &kept.emplace(action);
    bytes_.clear();
    append_bytes(bytes_, now_);
    append_bytes(bytes_, hashed_kind<V, Taken>);
    append_action(action);
    digest_.add(bytes_);
    ++events_;
    tally_.takes(action);
    changed_.reset();
    step(values_, world_, action);
    if (changed_) ask_together(*changed_);
    if (whole != nullptr) on_action(*whole);
  }

  template <class Taken>
  void append_action(const Taken& action) {
    append_bytes(bytes_, action);
  }
  void append_action(const Crash& crash) {
    append_bytes(bytes_, crash.node);
    if (is_buffered()) append_bytes(bytes_, crash.kept);
  }

  template <class Timer>
  void expire_now(NodeId id, const Timer& timer) {
    tally_.rings(timer);
    take(Expire<Event>{{id, Expired<Timer>{timer}}});
  }
  void deliver_now(Envelope envelope) {
    // A message to a node that is down is lost.
    ++(is_up(envelope.to) ? tally_.fates(envelope).delivered : tally_.fates(envelope).lost);
    take(Deliver<Envelope>{std::move(envelope)});
  }
  void drop_now(Envelope envelope) {
    ++tally_.fates(envelope).lost;
    take(Drop<Envelope>{std::move(envelope)});
  }
  void duplicate_now(const Envelope& envelope) {
    ++tally_.fates(envelope).duplicated;
    take(Duplicate<Envelope>{envelope});
  }

  // --- Messages.

  void send(Envelope envelope) {
    ++tally_.fates(envelope).sent;
    LinkStreams& streams = links_[link_of(envelope.from, envelope.to)];
    const bool lost = streams.loss.happens(weather_.loss);
    const bool twice = streams.duplicate.happens(weather_.duplicate);
    put_on_its_way(std::move(envelope), sent_++, lost, twice);
  }

  void put_on_its_way(Envelope envelope, std::uint64_t number, bool lost, bool twice) {
    std::size_t slot = flights_.size();
    if (free_.empty()) {
      flights_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    LinkStreams& streams = links_[link_of(envelope.from, envelope.to)];
    flights_[slot] = {std::move(envelope), number, lost, twice, true};
    if (weather_.by_hand) return;
    Time at = later(now_, streams.latency.within(weather_.latency));
    if (values_.cluster().network.kind == NetworkKind::ordered)
      at = std::max(at, streams.last_arrival);
    streams.last_arrival = at;
    agenda_.add(at, Due::arrival, slot);
  }

  // Takes a message off its way, but for a set, where it stays. Its place is free once its plan has
  // come up.
  Envelope land(Flight& flight) {
    if (values_.cluster().network.kind == NetworkKind::set) return flight.envelope;
    flight.pending = false;
    if (weather_.by_hand) free_.push_back(static_cast<std::size_t>(&flight - flights_.data()));
    return std::move(flight.envelope);
  }

  void arrive(std::size_t slot) {
    Flight& flight = flights_[slot];
    const bool pending = flight.pending;
    const bool lost = flight.lost;
    const bool twice = flight.twice;
    const std::uint64_t number = flight.number;
    Envelope envelope = std::move(flight.envelope);
    flight.pending = false;
    free_.push_back(slot);
    if (!pending) return;
    const NetworkRules& rules = values_.cluster().network;
    if (lost || cuts_[link_of(envelope.from, envelope.to)] > 0) {
      // A set keeps what it has, and what is kept is not lost: it only does not arrive.
      if (rules.kind != NetworkKind::set) drop_now(std::move(envelope));
      return;
    }
    if (twice) {
      if (rules.kind != NetworkKind::set) duplicate_now(envelope);
      // In an ordered network the copy stands right behind it.
      if (rules.kind == NetworkKind::ordered)
        deliver_now(envelope);
      else
        put_on_its_way(envelope, number, false, false);
    }
    deliver_now(std::move(envelope));
  }

  // --- Alarms.

  void set_alarm(NodeId id, const TimerOf<P>& timer) {
    if constexpr (HasTimers<P>) {
      static_assert(HasDelays<P>, "a protocol with timers needs delay(config, timer)");
      const std::size_t at = position(id);
      auto& alarms = alarms_[at];
      auto alarm = std::ranges::find(alarms, timer, &Alarm::timer);
      if (alarm == alarms.end()) alarm = alarms.insert(alarm, Alarm{timer, 0, false, {}});
      alarm->due = later(now_, clocks_[at].within(delay(config(id), timer)));
      alarm->armed = true;
      if (weather_.by_hand || (alarm->planned && *alarm->planned <= alarm->due)) return;
      plan(at, static_cast<std::size_t>(alarm - alarms.begin()));
    }
  }

  void plan(std::size_t at, std::size_t number) {
    CHECK(number < timers_most);
    Alarm& alarm = alarms_[at][number];
    alarm.planned = alarm.due;
    agenda_.add(alarm.due, Due::alarm, at * timers_most + number);
  }

  // An alarm that the state no longer has is void; one that it newly has is set.
  void set_alarms(NodeId id, const State& state) {
    if constexpr (HasTimers<P>) {
      const auto set = timers(config(id), state);
      for (auto& alarm : alarms_[position(id)])
        if (std::ranges::find(set, alarm.timer) == set.end()) alarm.armed = false;
      for (const auto& timer : set) {
        const auto& alarms = alarms_[position(id)];
        const auto alarm = std::ranges::find(alarms, timer, &Alarm::timer);
        if (alarm == alarms.end() || !alarm->armed) set_alarm(id, timer);
      }
    }
  }

  void ring(const Plan& due) {
    const std::size_t at = due.which / timers_most;
    const std::size_t number = due.which % timers_most;
    Alarm& alarm = alarms_[at][number];
    if (alarm.planned != due.at) return;  // an earlier plan has taken its place
    alarm.planned.reset();
    if (!alarm.armed) return;
    if (alarm.due > now_) return plan(at, number);
    if constexpr (HasTimers<P>) {
      alarm.armed = false;
      expire_now(node_at(at), alarm.timer);
      // A timer that goes on without being set anew, as a clock's tick does.
      set_alarms(node_at(at), V::state(world_.nodes.nodes[at]));
    }
  }

  // --- Disks.

  bool is_buffered() const { return values_.cluster().disk == DiskKind::buffered; }

  void plan_flushes(NodeId id, std::size_t pending) {
    DiskClock& disk = disks_[position(id)];
    while (!weather_.by_hand && disk.planned() < pending)
      agenda_.add(disk.plan(now_, weather_.flush), Due::flush, position(id));
  }

  // --- What a node did.

  void see(const Node& before, const Event& event, const typename V::Reaction& reaction) {
    const State& was = V::state(before);
    const State& is = V::state(reaction.after);
    marks_ |= judge_.of_reaction(before, reaction, marks_);
    if (was != is) {
      changed_ = position(event.node);
      ask_alone(is);
    }
    for (const auto& effect : reaction.effects)
      if (!is_buffered() || !may_be_held(effect)) obey(event.node, effect);
    for (const auto& effect : reaction.released) obey(event.node, effect);
    if (is_buffered()) plan_flushes(event.node, V::pending(reaction.after));
    if (changed_) set_alarms(event.node, is);
  }

  void obey(NodeId id, const typename P::Effect& effect) {
    std::visit(
        [&]<class E>(const E& order) {
          if constexpr (IsSend<E>::value)
            send({id, order.to, order.message});
          else if constexpr (IsSetTimer<E>::value)
            set_alarm(id, order.timer);
          else
            tally_.orders(effect);
        },
        effect);
  }

  void ask_alone(const State& state) { marks_ |= judge_.of_state(state, marks_); }

  void ask_together(std::size_t changed) {
    const auto& nodes = world_.nodes.nodes;
    if (!V::is_up(nodes[changed])) return;
    if (judge_.asks_pairs()) {
      const State& one = V::state(nodes[changed]);
      const bool observing = values_.cluster().observing;
      for (std::size_t at = 0; at < size_; ++at) {
        if (!V::is_up(nodes[at])) continue;
        const State& other = V::state(nodes[at]);
        if (observing) marks_ |= judge_.remembered(other, world_.nodes.observed, marks_);
        if (at == changed) continue;
        const Marks skip = observing ? judge_.remembering() : 0;
        marks_ |= judge_.of_pair(one, other, marks_ | skip);
        // NOLINTNEXTLINE(readability-suspicious-call-argument): the same pair from its other side
        marks_ |= judge_.of_pair(other, one, marks_ | skip | judge_.symmetric());
      }
    }
    ask_of_all();
  }

  void ask_of_all() {
    if (!judge_.asks_nodes()) return;
    std::vector<const State*> up;
    for (const auto& node : world_.nodes.nodes)
      if (V::is_up(node)) up.push_back(&V::state(node));
    marks_ |= judge_.of_nodes({up}, marks_);
  }

  V values_;
  const Judge<P>& judge_;
  Weather weather_;
  World<V> world_;
  std::size_t size_;
  Time now_ = 0;
  Agenda agenda_;

  std::vector<Flight> flights_;
  std::vector<std::size_t> free_;  // places in flights_
  std::uint64_t sent_ = 0;
  std::vector<std::vector<Alarm>> alarms_;  // by node
  std::vector<int> cuts_;                   // by link: how many cut it
  std::vector<LinkStreams> links_;
  std::vector<Stream> clocks_;
  std::vector<DiskClock> disks_;

  Marks always_ = 0;
  Marks marks_ = 0;
  std::optional<std::size_t> changed_;

  std::uint64_t events_ = 0;
  Digest digest_;
  Bytes bytes_;
  Tally<P> tally_;
};

}  // namespace coracle::sim
