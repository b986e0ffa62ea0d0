// The asked properties, numbered: what each subject has to say becomes a set of bits, so that it
// can be remembered beside the subject. A bit is set where a subject *speaks*: it breaks an
// `always`, or shows a `sometimes`.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/check.h"
#include "model/values.h"

namespace coracle {

using Marks = std::uint64_t;

struct Asked {
  std::string_view name;
  Expectation expectation{};
  std::string_view meaning;
};

template <Protocol P>
class Judge {
 public:
  using State = typename P::State;
  using Observed = ObservedOf<P>;
  using AllNodes = Nodes<State>;
  using OneChange = Change<State, typename P::Effect>;

  // Asks those whose names are given; all where none is.
  Judge(const PropertiesOf<P>& properties, const std::vector<std::string>& only) {
    const auto wanted = [&](std::string_view name) {
      return only.empty() || std::ranges::find(only, name) != only.end();
    };
    take(properties.of_state, of_state_, wanted);
    take(properties.of_pair, of_pair_, wanted);
    take(properties.of_nodes, of_nodes_, wanted);
    take(properties.of_step, of_step_, wanted);
    for (const auto& [property, bit] : of_pair_) {
      if (property.remembered != nullptr) remembering_ |= bit;
      if (property.symmetric) symmetric_ |= bit;
    }
    if constexpr (HasDisk<P>) {
      const Property<OneChange> standing{Expectation::always, saves_name,
                                         Values<P>::saves_what_it_keeps};
      take(std::vector{standing}, of_step_, wanted);
      if (wanted(saves_name)) saves_ = Marks{1} << (asked_.size() - 1);
    }
    if constexpr (HasOutputOrder<P>)
      if (wanted(order_name)) order_ = number(order_name, Expectation::always, {});
    if (properties.never_stuck && wanted(stuck_name))
      stuck_ = number(stuck_name, Expectation::always, {});
    CHECK(asked_.size() <= 64);
  }

  const std::vector<Asked>& asked() const { return asked_; }
  bool asks_pairs() const { return !of_pair_.empty(); }
  bool asks_nodes() const { return !of_nodes_.empty(); }
  // Those that are asked of what an observer has seen, where one is kept: skip them of pairs then.
  Marks remembering() const { return remembering_; }
  bool remembers() const { return remembering_ != 0; }
  // Those that one way round of a pair settles: skip them the other way.
  Marks symmetric() const { return symmetric_; }

  // Those in `skip` are not asked: a `sometimes` that was shown need not be shown again.
  Marks of_state(const State& state, Marks skip = 0) const {
    return ask(of_state_, skip, [&](const auto& property) { return property.holds(state); });
  }
  // One way round; the other is another question.
  Marks of_pair(const State& one, const State& other, Marks skip = 0) const {
    const Pair<State> pair{one, other};
    return ask(of_pair_, skip, [&](const auto& property) { return property.holds(pair); });
  }
  // Of each node that is up.
  Marks remembered(const State& state, const Observed& observed, Marks skip = 0) const {
    return ask(of_pair_, skip | ~remembering_,
               [&](const auto& property) { return property.remembered(state, observed); });
  }
  Marks of_nodes(const AllNodes& nodes, Marks skip = 0) const {
    return ask(of_nodes_, skip, [&](const auto& property) { return property.holds(nodes); });
  }
  Marks of_step(const OneChange& change, Marks skip = 0) const {
    return ask(of_step_, skip, [&](const auto& property) { return property.holds(change); });
  }
  // Of what a node has done: of its step, and, where it has yet to write, of its buffer.
  template <class Node, class Reaction>
  Marks of_reaction(const Node& before, const Reaction& reaction, Marks skip = 0) const {
    using V = Values<P>;
    Marks marks = of_step({V::state(before), V::state(reaction.after), reaction.effects}, skip);
    if ((saves_ & ~(marks | skip)) != 0 && !V::writes_what_it_keeps(reaction.after))
      marks |= saves_;
    if ((order_ & ~skip) != 0 && !V::holds_in_order(reaction.after)) marks |= order_;
    return marks;
  }
  Marks stuck() const { return stuck_; }  // of a world in which nothing more can happen

  static constexpr std::string_view saves_name = "what must outlive a crash is saved";
  static constexpr std::string_view order_name = "what waits for the disk stays in order";
  static constexpr std::string_view stuck_name = "something can always happen";

 private:
  template <class Kind>
  struct Question {
    Kind property;
    Marks bit;
  };
  template <class Kind>
  using Questions = std::vector<Question<Kind>>;

  Marks number(std::string_view name, Expectation expectation, std::string_view meaning) {
    asked_.push_back({name, expectation, meaning});
    return Marks{1} << (asked_.size() - 1);
  }

  template <class Kind, class Wanted>
  void take(const std::vector<Kind>& from, Questions<Kind>& to, Wanted wanted) {
    for (const auto& property : from)
      if (wanted(property.name))
        to.push_back({property, number(property.name, property.expectation, property.meaning)});
  }

  template <class Kind, class Holds>
  static Marks ask(const Questions<Kind>& questions, Marks skip, Holds holds) {
    Marks marks = 0;
    for (const auto& [property, bit] : questions)
      if ((bit & skip) == 0 && holds(property) == (property.expectation == Expectation::sometimes))
        marks |= bit;
    return marks;
  }

  std::vector<Asked> asked_;
  Questions<Property<State>> of_state_;
  Questions<PairProperty<State, Observed>> of_pair_;
  Questions<Property<AllNodes>> of_nodes_;
  Questions<Property<OneChange>> of_step_;
  Marks remembering_ = 0;
  Marks symmetric_ = 0;
  Marks saves_ = 0;
  Marks order_ = 0;
  Marks stuck_ = 0;
};

}  // namespace coracle
