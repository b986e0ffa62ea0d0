// How drivers and tools learn of a protocol: one table beside each, `vocabulary.h`, with its
// options, its mutants and its properties. Nothing outside model/ knows a protocol by name but the
// list of these tables.
//
// A vocabulary is a struct with
//
//     Options              an aggregate of defaults
//     name, what, node     its name on the command line, one line of what it is, the noun of a node
//     options()            the table below
//     mutants()            what each planted bug changes
//     refusal(options, use)    why these make no sense together, in one line
//     Protocol, cluster(options), properties()    what is simulated and explored
//
// and, for scenarios, which speak of its nodes and clients,
//
//     roles(), conditions(), requests()    the tables below
//     asked                                the role that clients turn to; empty: any node
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/values.h"

namespace coracle {

// Where an option's value goes, and what may stand there.
template <class Options>
struct Number {
  int Options::*field;
  int least;
  int most;
};
template <class Options>
struct Switch {  // --loss
  bool Options::*field;
};
template <class Options>
struct Truth {  // --no-op true|false
  bool Options::*field;
};
template <class Options>
struct Choice {  // --network unordered|ordered
  std::string Options::*field;
  std::vector<std::string> names;
};

template <class Options>
struct Range {  // "150..300 ms"
  Delay Options::*field;
};
template <class Options>
struct FreeText {  // judged by `refusal`
  std::string Options::*field;
};

// Bounds are for those who enumerate, ranges of time for those who have a clock.
enum class Use : std::uint8_t { everywhere, exploring, simulating };

template <class Options>
struct Option {
  std::string_view name;
  std::string_view help;
  std::variant<Number<Options>, Switch<Options>, Truth<Options>, Choice<Options>, Range<Options>,
               FreeText<Options>>
      place;
  Use use = Use::everywhere;
};

// --- What scenarios say of a protocol.

// A node can be meant by what it is: "leader". Of several, the one of the highest rank; 0: it is
// not.
template <class State>
struct RoleWords {
  std::string name;
  std::function<std::uint64_t(const State&)> rank;
};

template <class State>
struct ConditionWords {
  std::string name;
  std::function<bool(const Nodes<State>&)> holds;
};

// "propose x"; "set x 1 by 2", whose argument has four words; without an argument: "press".
template <class State, class Request>
struct RequestWords {
  std::string verb;
  std::size_t words = 0;  // of its argument, at most
  // What it asks of a node in this state; nothing where the argument makes no sense.
  std::function<std::optional<Request>(const std::string& argument, const State&)> request;
  // The argument with which the verb says this request; nothing where it says something else.
  std::function<std::optional<std::string>(const Request&)> argument;
  std::string_view example{};  // of an argument, where not all make sense
  // The argument of the n-th request of a load, on a key; nothing where no load is made of it.
  std::function<std::string(std::uint64_t number, const std::string& key)> load{};
};

struct MutantWords {
  std::string name;
  std::string change;
};

// An enumerator under the name that users type: "commit-old-term".
template <DescribedEnum E>
std::string typed_name(E value) {
  std::string name(enumerator_name(value));
  std::ranges::replace(name, '_', '-');
  return name;
}

// The enumerator that has this typed name.
template <DescribedEnum E>
E enumerator_typed(std::string_view name) {
  std::optional<E> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
    if (typed_name(enumerator.value) == name) found = enumerator.value;
  });
  CHECK(found.has_value());
  return *found;
}

template <DescribedEnum E>
std::vector<std::string> typed_names() {
  std::vector<std::string> names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto enumerator) { names.push_back(typed_name(enumerator.value)); });
  return names;
}

}  // namespace coracle
