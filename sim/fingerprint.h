// A hash of a value for comparison with others of the same program, quick where model/hash.h is
// exact for ever: of a long list whose copies share it, its own hash stands for its elements.
#pragma once

#include <cstdint>
#include <ranges>
#include <variant>

#include "model/hash.h"
#include "model/shared_list.h"

namespace coracle::sim {

template <class T>
struct IsSharedList : std::false_type {};
template <class T>
struct IsSharedList<SharedList<T>> : std::true_type {};

template <class T>
void append_fingerprint(Bytes& bytes, const T& value) {
  if constexpr (IsSharedList<T>::value) {
    const Hash128 hash = value.prefix_hash(value.size());
    append_bytes(bytes, value.size());
    bytes.append(hash.high);
    bytes.append(hash.low);
  } else if constexpr (IsOptional<T>::value) {
    append_bytes(bytes, value.has_value());
    if (value) append_fingerprint(bytes, *value);
  } else if constexpr (IsVariant<T>::value) {
    append_bytes(bytes, value.index());
    std::visit([&](const auto& held) { append_fingerprint(bytes, held); }, value);
  } else if constexpr (IsPair<T>::value) {
    append_fingerprint(bytes, value.first);
    append_fingerprint(bytes, value.second);
  } else if constexpr (std::ranges::range<T>) {
    append_bytes(bytes, std::ranges::size(value));
    for (const auto& element : value) append_fingerprint(bytes, element);
  } else if constexpr (DescribedStruct<T>) {
    for_each_field(value,
                   [&](std::string_view, const auto& field) { append_fingerprint(bytes, field); });
  } else {
    append_bytes(bytes, value);
  }
}

}  // namespace coracle::sim
