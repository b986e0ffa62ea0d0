// The kinds of things that a protocol's variants hold, by number and by name.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "model/print.h"
#include "model/values.h"

namespace coracle::sim {

template <class T>
struct IsSend : std::false_type {};
template <class M>
struct IsSend<Send<M>> : std::true_type {};

namespace detail {
template <class P>
struct TimerOf {
  using type = Nothing;
};
template <class P>
requires Value<typename P::Timer>
struct TimerOf<P> {
  using type = typename P::Timer;
};
}  // namespace detail

template <class P>
using TimerOf = typename detail::TimerOf<P>::type;

// Of a variant, which alternative; of an enumeration, which enumerator.
template <class T>
std::size_t kind_of(const T& value) {
  if constexpr (IsVariant<T>::value)
    return value.index();
  else if constexpr (std::is_enum_v<T>)
    return static_cast<std::size_t>(value);
  else
    return 0;
}

// The name that a message goes by in scenarios and logs: "RequestVote".
template <class T>
std::string kind_name(const T& value) {
  if constexpr (IsVariant<T>::value)
    return std::visit([](const auto& held) { return kind_name(held); }, value);
  else if constexpr (DescribedStruct<T>)
    return std::string(type_name<T>());
  else
    return text(value);
}

// All of them, by number.
template <class T>
std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  if constexpr (IsVariant<T>::value) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (names.emplace_back(type_name<std::variant_alternative_t<I, T>>()), ...);
    }
    (std::make_index_sequence<std::variant_size_v<T>>());
  } else if constexpr (DescribedEnum<T>) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
      const auto at = static_cast<std::size_t>(enumerator.value);
      if (names.size() <= at) names.resize(at + 1);
      names[at] = enumerator_name(enumerator.value);
    });
  } else {
    names.emplace_back(type_name<T>());
  }
  return names;
}

// --- Of actions.

// In the order of model/world.h.
inline constexpr std::array<std::string_view, 8> action_names{
    "deliver", "drop", "duplicate", "expire", "request", "flush", "crash", "restart"};

namespace detail {
template <class Taken, class All>
struct PlaceIn;
template <class Taken, class... All>
struct PlaceIn<Taken, std::variant<All...>> {
  static constexpr std::size_t value = [] {
    std::size_t place = 0;
    bool found = false;
    ((found = found || std::is_same_v<Taken, All>, place += found ? 0 : 1), ...);
    return place;
  }();
};
}  // namespace detail

template <class V>
inline constexpr std::size_t action_kinds = std::variant_size_v<Action<V>>;

template <class V, class Taken>
inline constexpr std::size_t kind_of_action = detail::PlaceIn<Taken, Action<V>>::value;

// The number that a kind goes by in the hash of a run. A flush came after all others: the hashes of
// older runs stay what they were.
template <class V, class Taken>
inline constexpr std::size_t hashed_kind = [] {
  constexpr std::size_t kind = kind_of_action<V, Taken>;
  constexpr std::size_t flush = kind_of_action<V, Flush<typename V::Event>>;
  return kind < flush ? kind : kind == flush ? action_kinds<V> - 1 : kind - 1;
}();

}  // namespace coracle::sim
