// How values read: text(value), derived from the described fields. A struct with a single field
// reads as that field, so that a Term is a number; an alternative reads as its name, with its
// fields where it has any.
#pragma once

#include <algorithm>
#include <ostream>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "model/apart.h"
#include "model/describe.h"
#include "model/hash.h"
#include "model/protocol.h"

namespace coracle {

template <class T>
std::string text(const T& value);

template <class T>
concept Sequence = std::ranges::range<T> && !std::convertible_to<T, std::string_view>;

namespace detail {

// Text as it is. Where letters are in it that no terminal shows it is bytes, of which only what is
// a letter in every alphabet is told as one: "\\x01x".
inline std::string printable(std::string_view letters) {
  const auto shows = [](char letter) { return letter >= ' ' && letter != '\x7F'; };
  const auto is_control = [&](char letter) {
    return !shows(letter) && static_cast<unsigned char>(letter) < 0x80;
  };
  if (std::ranges::none_of(letters, is_control)) return std::string(letters);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string all;
  for (const char letter : letters) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x80 && shows(letter))
      all += letter;
    else
      all += {'\\', 'x', digits[byte >> 4U], digits[byte & 0xFU]};
  }
  return all;
}

// "a: 1, b: 2"
template <DescribedStruct T>
std::string fields_text(const T& value) {
  std::string all;
  for_each_field(value, [&](std::string_view name, const auto& field) {
    if (is_left_out(field)) return;
    if (!all.empty()) all += ", ";
    all += std::string(name) + ": " + text(field);
  });
  return all;
}

template <class T>
std::string alternative_text(const T& value) {
  std::string name(type_name<T>());
  if constexpr (!DescribedStruct<T>) {
    return text(value);
  } else if constexpr (field_count<T> == 0) {
    return name;
  } else {
    return name + "{" + fields_text(value) + "}";
  }
}

template <Sequence T>
std::string sequence_text(const T& values) {
  constexpr bool ordered = requires { values.front(); };
  std::string all;
  for (const auto& value : values) all += (all.empty() ? "" : ", ") + text(value);
  return ordered ? "[" + all + "]" : "{" + all + "}";
}

}  // namespace detail

template <class T>
std::string text(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "yes" : "no";
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return detail::printable(value);
  } else if constexpr (DescribedEnum<T>) {
    return std::string(enumerator_name(value));
  } else if constexpr (std::is_enum_v<T>) {
    return std::to_string(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else if constexpr (IsOptional<T>::value) {
    return value ? text(*value) : "none";
  } else if constexpr (IsVariant<T>::value) {
    return std::visit([](const auto& held) { return detail::alternative_text(held); }, value);
  } else if constexpr (IsPair<T>::value) {
    return text(value.first) + ": " + text(value.second);
  } else if constexpr (Sequence<T>) {
    return detail::sequence_text(value);
  } else if constexpr (DescribedStruct<T> && field_count<T> == 0) {
    return std::string(type_name<T>());
  } else if constexpr (DescribedStruct<T> && field_count<T> == 1) {
    std::string only;
    for_each_field(value, [&](std::string_view, const auto& field) { only = text(field); });
    return only;
  } else {
    static_assert(DescribedStruct<T>, "describe this type's fields");
    std::string all = "{";
    all += detail::fields_text(value);
    return all += "}";
  }
}

// For GoogleTest and RapidCheck. A protocol's namespace says `using coracle::operator<<;`.
template <DescribedStruct T>
std::ostream& operator<<(std::ostream& out, const T& value) {
  return out << text(value);
}

}  // namespace coracle
