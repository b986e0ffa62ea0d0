// Values from JSON, the inverse of sim/json.h, derived from the same described fields. What does
// not fit is an InputError: where in the value it is, what was expected, and what was perhaps
// meant.
//
//     message: RequestVote: unknown field 'trem'; did you mean term?
//
// Only what JSON can tell apart is read: an aggregate with all its fields described, no view, and
// no optional of what is itself written as null.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "model/print.h"
#include "model/protocol.h"
#include "sim/input.h"

namespace coracle::sim {

template <class T>
T from_json(const boost::json::value& json);

namespace detail {

// A piece of the input, on one line whatever is in it, and not all of it.
inline std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string clean;
  for (const char c : text.substr(0, longest)) clean += c < ' ' || c > '~' ? '?' : c;
  return text.size() > longest ? clean + "..." : clean;
}

inline std::string joined(std::span<const std::string> names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

[[noreturn]] inline void refuse(const std::string& expected, const boost::json::value& json) {
  throw InputError("expected " + expected + ", not " + shown(boost::json::serialize(json)));
}

[[noreturn]] inline void refuse_word(std::string_view what, std::string_view typed,
                                     std::span<const std::string> known) {
  const std::string word = shown(typed);
  throw InputError("unknown " + std::string(what) + " '" + word + "'" + near_match(word, known));
}

// What goes wrong in `read` is said to be within that part.
template <class F>
auto within(std::string_view part, F read) {
  try {
    return read();
  } catch (const InputError& error) {
    throw InputError(std::string(part) + ": " + error.what());
  }
}

template <DescribedStruct T>
const std::vector<std::string>& field_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for_each_field(T{}, [&](std::string_view name, const auto&) { all.emplace_back(name); });
    return all;
  }();
  return names;
}

// Whether to_json may write null for it.
template <class T>
constexpr bool may_be_null() {
  if constexpr (IsOptional<T>::value) {
    return true;
  } else if constexpr (!DescribedStruct<T> || Sequence<T>) {
    return false;
  } else if constexpr (field_count<T> != 1) {
    return false;
  } else {
    using Only = boost::mp11::mp_first<Fields<T>>;
    return may_be_null<std::remove_cvref_t<decltype(std::declval<T>().*Only::pointer)>>();
  }
}

}  // namespace detail

// Refuses a key that is not among these.
inline void refuse_unknown_fields(const boost::json::object& json,
                                  std::span<const std::string> known) {
  for (const auto& [key, value] : json)
    if (std::ranges::find(known, std::string_view(key)) == known.end())
      detail::refuse_word("field", key, known);
}

template <class T>
T field_from(const boost::json::object& json, std::string_view name) {
  const boost::json::value* field = json.if_contains(name);
  if (field == nullptr && may_be_left_out<T>) return T{};
  if (field == nullptr) throw InputError("missing field " + std::string(name));
  return detail::within(name, [&] { return from_json<T>(*field); });
}

// A struct from an object with all of its fields, and with none that is not its own or `beside` it.
template <DescribedStruct T>
T fields_from(const boost::json::object& json, std::span<const std::string> beside = {}) {
  static_assert(std::is_aggregate_v<T>, "a class that keeps a promise is not read field by field");
  const std::vector<std::string>& names = detail::field_names<T>();
  std::vector<std::string> known(beside.begin(), beside.end());
  known.insert(known.end(), names.begin(), names.end());
  refuse_unknown_fields(json, known);
  T result{};
  [[maybe_unused]] auto name = names.begin();
  boost::mp11::mp_for_each<Fields<T>>([&](auto field) {
    using Field = std::remove_cvref_t<decltype(result.*field.pointer)>;
    result.*field.pointer = field_from<Field>(json, *name++);
  });
  return result;
}

namespace detail {

template <class T>
T integer_from(const boost::json::value& json) {
  if (!json.is_int64() && !json.is_uint64()) refuse("a whole number", json);
  boost::json::error_code error;
  const T number = json.to_number<T>(error);
  if (error)
    refuse("a number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
               std::to_string(std::numeric_limits<T>::max()),
           json);
  return number;
}

template <DescribedEnum E>
E enumerator_from(const boost::json::value& json) {
  std::vector<std::string> names;
  std::optional<E> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
    names.emplace_back(enumerator.name);
    if (json.is_string() && json.get_string() == enumerator.name) found = enumerator.value;
  });
  if (!json.is_string()) refuse("one of " + joined(names), json);
  if (!found) refuse_word("name", json.get_string(), names);
  return *found;
}

// Of the enums that are numbers, a node's counts from 1.
template <class E>
E number_from(const boost::json::value& json) {
  using Number = std::underlying_type_t<E>;
  static_assert(std::is_unsigned_v<Number>, "written as an unsigned number");
  const auto number = integer_from<Number>(json);
  if (std::is_same_v<E, NodeId> && number == 0) refuse("a node, from 1 on", json);
  return static_cast<E>(number);
}

template <class... Ts>
std::variant<Ts...> alternative_from(const boost::json::value& json,
                                     std::type_identity<std::variant<Ts...>> /*type*/) {
  const std::vector<std::string> names{std::string(type_name<Ts>())...};
  const boost::json::object* object = json.if_object();
  if (object == nullptr || object->size() != 1)
    refuse("an object with a single key, one of " + joined(names), json);
  const std::string_view kind = object->begin()->key();
  const boost::json::value& fields = object->begin()->value();
  std::optional<std::variant<Ts...>> found;
  const auto try_as = [&]<class T>(std::type_identity<T> /*type*/) {
    if (kind != type_name<T>()) return;
    found = within(kind, [&] {
      if (!fields.is_object()) refuse("an object", fields);
      return fields_from<T>(fields.get_object());
    });
  };
  (try_as(std::type_identity<Ts>{}), ...);
  if (!found) refuse_word("kind", kind, names);
  return *std::move(found);
}

template <class T>
T pair_from(const boost::json::value& json) {
  using First = std::remove_const_t<typename T::first_type>;
  using Second = typename T::second_type;
  if (!json.is_array() || json.get_array().size() != 2) refuse("a list of two", json);
  const boost::json::array& two = json.get_array();
  return {within("first", [&] { return from_json<First>(two[0]); }),
          within("second", [&] { return from_json<Second>(two[1]); })};
}

template <Sequence T>
T sequence_from(const boost::json::value& json) {
  using Element = std::ranges::range_value_t<T>;
  static_assert(!std::ranges::view<T>, "a view has no elements of its own");
  if (!json.is_array()) refuse("a list", json);
  std::vector<Element> elements;
  for (const auto& element : json.get_array()) {
    try {
      elements.push_back(from_json<Element>(element));
    } catch (const InputError& error) {
      throw InputError("element " + std::to_string(elements.size() + 1) + ": " + error.what());
    }
  }
  if constexpr (std::is_same_v<T, std::vector<Element>>) {
    return elements;
  } else if constexpr (requires(T all, Element element) { all.push_back(element); }) {
    T all{};
    for (auto& element : elements) all.push_back(std::move(element));
    return all;
  } else {  // a set or a map
    T all{};
    for (auto& element : elements) all.insert(all.end(), std::move(element));
    if (std::ranges::size(all) != elements.size()) refuse("each element or key once", json);
    return all;
  }
}

template <DescribedStruct T>
T struct_from(const boost::json::value& json) {
  static_assert(std::is_aggregate_v<T>, "a class that keeps a promise is not read field by field");
  if constexpr (field_count<T> == 1) {
    for_each_field(T{}, [](std::string_view, const auto&) {});  // that it has no other field
    using Only = boost::mp11::mp_first<Fields<T>>;
    T result{};
    using Field = std::remove_cvref_t<decltype(result.*Only::pointer)>;
    result.*Only::pointer = from_json<Field>(json);
    return result;
  } else {
    if (!json.is_object()) refuse("an object with " + joined(field_names<T>()), json);
    return fields_from<T>(json.get_object());
  }
}

}  // namespace detail

// The value that to_json wrote so.
template <class T>
T from_json(const boost::json::value& json) {
  if constexpr (std::is_same_v<T, bool>) {
    if (!json.is_bool()) detail::refuse("true or false", json);
    return json.get_bool();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!json.is_string()) detail::refuse("a text in quotes", json);
    return std::string(std::string_view(json.get_string()));
  } else if constexpr (DescribedEnum<T>) {
    return detail::enumerator_from<T>(json);
  } else if constexpr (std::is_enum_v<T>) {
    return detail::number_from<T>(json);
  } else if constexpr (std::is_integral_v<T>) {
    return detail::integer_from<T>(json);
  } else if constexpr (IsOptional<T>::value) {
    using Held = typename T::value_type;
    static_assert(!detail::may_be_null<Held>(), "null would mean two things");
    return json.is_null() ? T{} : T(from_json<Held>(json));
  } else if constexpr (IsVariant<T>::value) {
    return detail::alternative_from(json, std::type_identity<T>{});
  } else if constexpr (IsPair<T>::value) {
    return detail::pair_from<T>(json);
  } else if constexpr (std::is_same_v<T, boost::json::object>) {
    if (!json.is_object()) detail::refuse("an object", json);
    return json.get_object();
  } else if constexpr (Sequence<T>) {
    return detail::sequence_from<T>(json);
  } else {
    static_assert(DescribedStruct<T>, "describe this type's fields");
    return detail::struct_from<T>(json);
  }
}

}  // namespace coracle::sim
