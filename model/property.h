// What is claimed of a protocol, and by whom it is asked: every driver asks the same properties
// after every step.
#pragma once

#include <boost/describe/enum.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "model/protocol.h"

namespace coracle {

// `always` is broken by one subject, `sometimes` is shown by one: it stands beside an `always` so
// that an empty pass shows.
enum class Expectation : std::uint8_t { always, sometimes };
BOOST_DESCRIBE_ENUM(Expectation, always, sometimes)

// Two nodes at one moment. Both ways round are asked, so a property may look at it from one side.
template <class State>
struct Pair {
  const State& one;
  const State& other;
};

// All nodes at one moment: the states of those that are up, in the order of their ids.
template <class State>
struct Nodes {
  std::span<const State* const> up;
};

// One node over one event. A restart is not a change: what a crash loses may go back.
template <class State, class Effect>
struct Change {
  const State& before;
  const State& after;
  const std::vector<Effect>& effects;
};

template <class Subject>
struct Property {
  Expectation expectation{};
  std::string_view name;  // a sentence that can be false
  std::function<bool(const Subject&)> holds;
  std::string_view meaning = {};  // the same in a sentence, where the name is a term of the field
};

// Where nodes may crash, a pair at one moment hides the past: `remembered`, if there is one, is
// then asked instead, of each node that is up and of what an observer has seen.
template <class State, class Observed>
struct PairProperty {
  Expectation expectation{};
  std::string_view name;
  std::function<bool(const Pair<State>&)> holds;
  std::function<bool(const State&, const Observed&)> remembered{};
  std::string_view meaning = {};
  bool symmetric = false;  // asked of one and other, it need not be asked of other and one
};

// What two nodes can show is better asked of pairs: a driver that knows which node has changed asks
// of its pairs alone.
template <class State, class Effect, class Observed>
struct Properties {
  std::vector<Property<State>> of_state;
  std::vector<PairProperty<State, Observed>> of_pair;
  std::vector<Property<Nodes<State>>> of_nodes;
  std::vector<Property<Change<State, Effect>>> of_step;
  bool never_stuck = false;  // it is an error where nothing more can happen
};

// An observer is a value that a pure function leads on, step by step: what the present no longer
// shows.
//     observed(so far, node, before, after, effects) -> from now on
struct NothingObserved {
  auto operator<=>(const NothingObserved&) const = default;
  BOOST_DESCRIBE_CLASS(NothingObserved, (), (), (), ())
};

template <class P>
concept HasObserver = Value<typename P::Observed> &&
    requires(typename P::Observed so_far, NodeId node, const typename P::State& state,
             const std::vector<typename P::Effect>& effects) {
  {
    observed(std::move(so_far), node, state, state, effects)
    } -> std::same_as<typename P::Observed>;
};

namespace detail {
template <class P>
struct ObservedBy {
  using type = NothingObserved;
};
template <HasObserver P>
struct ObservedBy<P> {
  using type = typename P::Observed;
};
}  // namespace detail

template <class P>
using ObservedOf = typename detail::ObservedBy<P>::type;

template <class P>
using PropertiesOf = Properties<typename P::State, typename P::Effect, ObservedOf<P>>;

}  // namespace coracle
