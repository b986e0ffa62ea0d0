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
// Latency, partitions, clocks, who is paused and how long a disk takes are not in the world: they
// only decide what comes next.
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
#include "sim/asking.h"
#include "sim/clocks.h"
#include "sim/disk_clock.h"
#include "sim/flights.h"
#include "sim/kinds.h"
#include "sim/links.h"
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
  using Flight = typename Flights<Envelope>::Flight;

  Simulator(Cluster<P> cluster, const Judge<P>& judge, Weather weather, std::uint64_t seed)
      : values_(std::move(cluster)),
        asking_(judge),
        weather_(std::move(weather)),
        world_(values_.initial_world()),
        size_(world_.nodes.nodes.size()),
        alarms_(size_),
        links_(size_, weather_, seed),
        clogged_(size_ * size_),
        clocks_(size_, weather_.drift, seed),
        paused_(size_, false),
        postponed_(size_) {
    for (std::size_t at = 0; at < size_; ++at) disks_.emplace_back(seed, at);
    values_.witness = [this](const Node& before, const Event& event,
                             const typename V::Reaction& reaction) {
      see(before, event, reaction);
    };
    for (std::size_t at = 0; at < size_; ++at) {
      set_alarms(node_at(at), V::state(world_.nodes.nodes[at]));
      asking_.alone(V::state(world_.nodes.nodes[at]));
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
  Marks marks() const { return asking_.marks(); }
  Marks violated() const { return asking_.violated(); }

  // By kind of message; by kind of action, and of effect.
  std::map<std::string, Fates> messages() const { return tally_.messages(); }
  std::map<std::string, std::uint64_t> counters() const {
    return tally_.counters(values_.cluster().disk);
  }

  // Called after each action, and with each output that goes out.
  std::function<void(const Action<V>&)> on_action;
  std::function<void(NodeId, const typename P::Effect&)> on_output;

  // --- Time.

  std::optional<Time> next_time() const {
    if (agenda_.empty()) return {};
    return std::max(now_, agenda_.next().at);
  }

  // Does what comes next on the agenda, which may turn out to be void.
  void advance() {
    const Plan plan = agenda_.take();
    now_ = std::max(now_, plan.at);
    if (const std::size_t at = place(plan); paused_[at])
      postponed_[at].push_back(plan);
    else if (plan.due == Due::arrival)
      arrive(plan);
    else if (plan.due == Due::alarm)
      ring(plan);
    else if (disks_[plan.which].is_due(plan.at))
      flush(node_at(plan.which));
  }

  void wait_until(Time time) { now_ = std::max(now_, time); }

  // --- What a scenario does.

  bool is_up(NodeId id) const { return V::is_up(world_.nodes.nodes[position(id)]); }
  bool is_paused(NodeId id) const { return paused_[position(id)]; }

  // Of a node that is up.
  bool may_crash(NodeId id) const { return V::may_crash(world_.nodes.nodes[position(id)]); }

  // So many of its unflushed writes are kept; where nobody says, the seed does, and by hand none.
  void crash(NodeId id, std::optional<std::uint32_t> kept = {}) {
    CHECK(is_up(id) && world_.nodes.left.crashes > 0 && kept.value_or(0) <= unflushed(id));
    if (is_paused(id)) resume(id);
    for (auto& alarm : alarms_[position(id)]) alarm.armed = false;
    disks_[position(id)].lose();
    if (!kept && !weather_.by_hand) kept = disks_[position(id)].any_prefix(unflushed(id));
    take(Crash{id, kept.value_or(0)});
    asking_.all(world_);
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
    asking_.alone(state);
    ask_together(position(id));
  }

  // A node that is paused does nothing: what would happen to it waits, and comes when it goes on.
  void pause(NodeId id) { paused_[position(id)] = true; }
  void resume(NodeId id) {
    paused_[position(id)] = false;
    for (const Plan& plan : std::exchange(postponed_[position(id)], {})) agenda_.put_back(plan);
  }

  // See sim/links.h.
  const Links& links() const { return links_; }
  void cut(NodeId from, NodeId to) { links_.cut(from, to); }
  void mend(NodeId from, NodeId to) { links_.mend(from, to); }
  void clog(NodeId from, NodeId to) { links_.clog(from, to); }
  void unclog(NodeId from, NodeId to) {
    links_.unclog(from, to);
    const std::size_t link = links_.number(from, to);
    if (links_.is_clogged(link)) return;
    for (const Plan& plan : std::exchange(clogged_[link], {})) agenda_.put_back(plan);
  }
  void disturb(Disturbance disturbance) { links_.disturb(std::move(disturbance)); }
  bool undisturb(std::uint64_t deed) { return links_.undisturb(deed); }
  void undisturb(NodeId from, NodeId to) { links_.undisturb(from, to); }

  Drift drift(NodeId id) const { return clocks_.drift(id); }
  void set_drift(NodeId id, Drift drift) { clocks_.set_drift(id, drift); }

  // The clock of the node jumps, forwards where `by` is positive: its alarms come that much sooner.
  void jump(NodeId id, Time by) {
    auto& alarms = alarms_[position(id)];
    for (std::size_t number = 0; number < alarms.size(); ++number) {
      Alarm& alarm = alarms[number];
      if (!alarm.armed) continue;
      alarm.due = std::max(now_, later(alarm.due, -by));
      if (!weather_.by_hand && alarm.planned.value_or(never) > alarm.due)
        plan(position(id), number);
    }
  }

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
    flights_.for_each(f);
  }
  template <class Chosen>
  Flight* find_flight(Chosen chosen) {
    return flights_.find(chosen);
  }

  void deliver(Flight& flight) { deliver_now(land(flight)); }
  void drop(Flight& flight) { drop_now(land(flight)); }
  void duplicate(Flight& flight) {
    const Flight original = flight;
    duplicate_now(original.envelope);
    put_on_its_way(original.envelope, original.number, {});
  }

 private:
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
  std::size_t link_of(const Envelope& envelope) const {
    return links_.number(envelope.from, envelope.to);
  }
  // The node that a plan is of.
  std::size_t place(const Plan& plan) const {
    if (plan.due == Due::arrival) return position(flights_[plan.which].envelope.to);
    return plan.due == Due::alarm ? plan.which / timers_most : plan.which;
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
    const Links::Fate fate = links_.sent(link_of(envelope), kind_of(envelope.message));
    put_on_its_way(std::move(envelope), sent_++, fate);
  }

  void put_on_its_way(Envelope envelope, std::uint64_t number, Links::Fate fate) {
    const std::size_t link = link_of(envelope);
    const bool takes_room = links_.takes(link);
    fate.lost = fate.lost || !takes_room;
    const std::size_t slot = flights_.add({std::move(envelope), number, fate, true, takes_room});
    if (weather_.by_hand) return;
    const bool in_order = values_.cluster().network.kind == NetworkKind::ordered;
    const bool is_measured = takes_room && links_.has_bandwidth(link);
    const std::size_t bytes = is_measured ? size_of(flights_[slot].envelope) : 0;
    agenda_.add(links_.arrival(link, now_, fate.more, bytes, in_order), Due::arrival, slot);
  }

  // Takes a message off its way, but for a set, where it stays. Its place is free once its plan has
  // come up.
  Envelope land(Flight& flight) {
    if (values_.cluster().network.kind == NetworkKind::set) return flight.envelope;
    flight.pending = false;
    if (flight.takes_room) links_.landed(link_of(flight.envelope));
    if (weather_.by_hand) flights_.free(flights_.slot_of(flight));
    return std::move(flight.envelope);
  }

  void arrive(const Plan& plan) {
    Flight& flight = flights_[plan.which];
    if (!flight.pending) return flights_.free(plan.which);
    const std::size_t link = link_of(flight.envelope);
    if (links_.is_clogged(link)) return clogged_[link].push_back(plan);
    const Links::Fate fate = flight.fate;
    const std::uint64_t number = flight.number;
    if (flight.takes_room) links_.landed(link);
    Envelope envelope = std::move(flight.envelope);
    flight.pending = false;
    flights_.free(plan.which);
    const NetworkRules& rules = values_.cluster().network;
    if (fate.lost || links_.is_cut(link)) {
      // A set keeps what it has, and what is kept is not lost: it only does not arrive.
      if (rules.kind != NetworkKind::set) drop_now(std::move(envelope));
      return;
    }
    if (fate.twice) {
      if (rules.kind != NetworkKind::set) duplicate_now(envelope);
      // In an ordered network the copy stands right behind it.
      if (rules.kind == NetworkKind::ordered)
        deliver_now(envelope);
      else
        put_on_its_way(envelope, number, {});
    }
    if (fate.replay && rules.kind != NetworkKind::ordered) {
      if (rules.kind != NetworkKind::set) duplicate_now(envelope);
      put_on_its_way(envelope, number, {.more = *fate.replay, .replay = {}});
    }
    deliver_now(std::move(envelope));
  }

  std::size_t size_of(const Envelope& envelope) {
    bytes_.clear();
    append_bytes(bytes_, envelope.message);
    return bytes_.size();
  }

  // --- Alarms.

  void set_alarm(NodeId id, const TimerOf<P>& timer) {
    if constexpr (HasTimers<P>) {
      static_assert(HasDelays<P>, "a protocol with timers needs delay(config, timer)");
      const std::size_t at = position(id);
      auto& alarms = alarms_[at];
      auto alarm = std::ranges::find(alarms, timer, &Alarm::timer);
      if (alarm == alarms.end()) alarm = alarms.insert(alarm, Alarm{timer, 0, false, {}});
      alarm->due = later(now_, clocks_.takes(id, delay(config(id), timer)));
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
      agenda_.add(disk.plan(now_, weather_.flush, weather_.stall), Due::flush, position(id));
  }

  // --- What a node did.

  void see(const Node& before, const Event& event, const typename V::Reaction& reaction) {
    const State& was = V::state(before);
    const State& is = V::state(reaction.after);
    asking_.reaction(before, reaction);
    if (was != is) {
      changed_ = position(event.node);
      asking_.alone(is);
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
            put_out(id, effect);
        },
        effect);
  }

  void put_out(NodeId id, const typename P::Effect& effect) {
    tally_.orders(effect);
    if (on_output) on_output(id, effect);
  }

  void ask_together(std::size_t changed) {
    asking_.together(world_, changed, values_.cluster().observing);
  }

  V values_;
  Asking<P> asking_;
  Weather weather_;
  World<V> world_;
  std::size_t size_;
  Time now_ = 0;
  Agenda agenda_;

  Flights<Envelope> flights_;
  std::uint64_t sent_ = 0;
  std::vector<std::vector<Alarm>> alarms_;  // by node
  Links links_;
  std::vector<std::vector<Plan>> clogged_;  // by link: the arrivals that wait
  Clocks clocks_;
  std::vector<DiskClock> disks_;
  std::vector<bool> paused_;                  // by node
  std::vector<std::vector<Plan>> postponed_;  // by node

  std::optional<std::size_t> changed_;

  std::uint64_t events_ = 0;
  Digest digest_;
  Bytes bytes_;
  Tally<P> tally_;
};

}  // namespace coracle::sim
