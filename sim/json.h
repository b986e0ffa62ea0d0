// Values as JSON, derived from the described fields. An alternative is an object with its name as
// the one key; a struct of a single field is that field; servers count from 1.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <type_traits>

#include "model/print.h"

namespace coracle::sim {

template <class T>
boost::json::value to_json(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value;
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return boost::json::string(std::string_view(value));
  } else if constexpr (DescribedEnum<T>) {
    return boost::json::string(enumerator_name(value));
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<std::uint64_t>(value);
  } else if constexpr (std::is_integral_v<T>) {
    return value;
  } else if constexpr (IsOptional<T>::value) {
    return value ? to_json(*value) : boost::json::value();
  } else if constexpr (IsVariant<T>::value) {
    return std::visit(
        [](const auto& held) -> boost::json::value {
          boost::json::object fields;
          for_each_field(held, [&](std::string_view name, const auto& field) {
            if (!is_left_out(field)) fields[name] = to_json(field);
          });
          return boost::json::object{
              {type_name<std::decay_t<decltype(held)>>(), std::move(fields)}};
        },
        value);
  } else if constexpr (IsPair<T>::value) {
    return boost::json::array{to_json(value.first), to_json(value.second)};
  } else if constexpr (Sequence<T>) {
    boost::json::array elements;
    for (const auto& element : value) elements.push_back(to_json(element));
    return elements;
  } else {
    static_assert(DescribedStruct<T>, "describe this type's fields");
    boost::json::object fields;
    for_each_field(value, [&](std::string_view name, const auto& field) {
      if (!is_left_out(field)) fields[name] = to_json(field);
    });
    if (field_count<T> == 1) return fields.begin()->value();
    return fields;
  }
}

}  // namespace coracle::sim
