// Fields and enumerators are listed once, with Boost.Describe; hashing, printing and JSON are all
// derived from that list through the few functions here.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace coracle {

template <class T>
concept DescribedStruct =
    std::is_class_v<T> && boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;

template <DescribedStruct T>
using Fields = boost::describe::describe_members<T, boost::describe::mod_any_access>;

template <DescribedStruct T>
inline constexpr std::size_t field_count = boost::mp11::mp_size<Fields<T>>::value;

namespace detail {

// Fails to compile where an aggregate has another number of fields than its description lists.
template <class T>
constexpr void every_field_is_described(const T& value) {
  constexpr std::size_t n = field_count<T>;
  static_assert(n <= 8, "describe fewer fields, or extend this list");
  if constexpr (n == 0) static_assert(std::is_empty_v<T>, "a field is missing in the description");
  if constexpr (n == 1) [[maybe_unused]]
    const auto& [a] = value;
  if constexpr (n == 2) [[maybe_unused]]
    const auto& [a, b] = value;
  if constexpr (n == 3) [[maybe_unused]]
    const auto& [a, b, c] = value;
  if constexpr (n == 4) [[maybe_unused]]
    const auto& [a, b, c, d] = value;
  if constexpr (n == 5) [[maybe_unused]]
    const auto& [a, b, c, d, e] = value;
  if constexpr (n == 6) [[maybe_unused]]
    const auto& [a, b, c, d, e, f] = value;
  if constexpr (n == 7) [[maybe_unused]]
    const auto& [a, b, c, d, e, f, g] = value;
  if constexpr (n == 8) [[maybe_unused]]
    const auto& [a, b, c, d, e, f, g, h] = value;
}

// The last component of a type's name, without namespaces and template arguments: "AppendEntries",
// "Received".
constexpr std::string_view last_component(std::string_view name) {
  name = name.substr(0, name.find('<'));
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace detail

// Calls f(name, field) for each field, in the order of the description. A private field's closing
// underscore is not part of its name.
template <DescribedStruct T, class F>
constexpr void for_each_field(const T& value, F f) {
  if constexpr (std::is_aggregate_v<T>) detail::every_field_is_described(value);
  boost::mp11::mp_for_each<Fields<T>>([&](auto field) {
    std::string_view name = field.name;
    if (name.ends_with('_')) name.remove_suffix(1);
    f(name, value.*field.pointer);
  });
}

template <class T>
constexpr std::string_view type_name() {
  // g++: "... type_name() [with T = coracle::raft::Follower; std::string_view = ...]"
  // clang++: "... type_name() [T = coracle::raft::Follower]"
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("T = ") + 4);
  name = name.substr(0, name.find_first_of(";]"));
  return detail::last_component(name);
}

// The enumerator's name; "?" where the value is none of those described.
template <DescribedEnum E>
constexpr std::string_view enumerator_name(E value) {
  std::string_view name = "?";
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
    if (enumerator.value == value) name = enumerator.name;
  });
  return name;
}

}  // namespace coracle
