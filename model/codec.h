// Values as bytes and back, derived from the described fields. A value has one row of bytes, and a
// row of bytes is one value or refused: encoded(*decoded<T>(bytes)) is `bytes` again.
//
//     bool               one byte, 0 or 1
//     unsigned integer   LEB128: seven bits a byte, the low ones first, in as few bytes as can be
//     signed integer     zigzag: 0, -1, 1, -2 ... as the unsigned 0, 1, 2, 3 ...
//     enum               its number; an enumerator where those are described; a NodeId is not 0
//     string             length, bytes
//     list, set, map     count, elements; of a set or map in its ascending order
//     optional           0; or 1, value
//     variant            index from 0, alternative
//     pair               first, second
//     struct             field after field, in the order of the description
//
// Nothing says which type it is or how wide an integer: whoever reads must know the type. Left out:
// floating point, characters, containers of no order or of a fixed size.
#pragma once

#include <boost/mp11.hpp>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "model/check.h"
#include "model/describe.h"
#include "model/hash.h"
#include "model/print.h"
#include "model/protocol.h"

namespace coracle {
namespace detail {

// --- Which types there are bytes for; others fail to compile.

template <class... Ts>
using Types = boost::mp11::mp_list<Ts...>;

template <class T>
concept GrowsAtItsEnd = requires(T all, std::ranges::range_value_t<T> element) {
  all.push_back(std::move(element));
};

// A set or a map, which has no element or key twice: where it has, inserting tells only a place.
template <class T>
concept KeepsAnOrder = requires(T all, std::ranges::range_value_t<T> element) {
  typename T::key_compare;
  all.insert(std::move(element)).second;
};

template <class T, class Field>
using FieldType = std::remove_cvref_t<decltype(std::declval<T&>().*Field::pointer)>;

// What a value holds directly, as a list of types.
template <class T>
constexpr auto parts_of() {
  if constexpr (IsOptional<T>::value) {
    return Types<typename T::value_type>{};
  } else if constexpr (IsVariant<T>::value) {
    return boost::mp11::mp_rename<T, Types>{};
  } else if constexpr (IsPair<T>::value) {
    return Types<std::remove_const_t<typename T::first_type>, typename T::second_type>{};
  } else if constexpr (Sequence<T>) {
    static_assert(GrowsAtItsEnd<T> || KeepsAnOrder<T>, "a list, or a set or map in its order");
    return Types<std::ranges::range_value_t<T>>{};
  } else if constexpr (DescribedStruct<T>) {
    static_assert(std::is_aggregate_v<T>, "a class that keeps a promise is not read by its fields");
    using FieldOfT = boost::mp11::mp_bind_front<FieldType, T>;
    return boost::mp11::mp_rename<boost::mp11::mp_transform_q<FieldOfT, Fields<T>>, Types>{};
  } else if constexpr (std::is_enum_v<T>) {
    constexpr bool has_any_number = requires { T{0}; };
    static_assert(has_any_number, "give this enum an underlying type");
    return Types<std::underlying_type_t<T>>{};
  } else {
    static_assert(std::is_integral_v<T> || std::is_same_v<T, std::string>,
                  "describe this type's fields");
    static_assert(!std::is_same_v<T, char> && !std::is_same_v<T, wchar_t>,
                  "whether a character is signed depends on the machine");
    return Types<>{};
  }
}

// No value of the type takes fewer bytes.
template <class T>
constexpr std::size_t least_bytes() {
  if constexpr (IsPair<T>::value || (DescribedStruct<T> && !Sequence<T>)) {
    const auto sum = []<class... Part>(Types<Part...>) { return (least_bytes<Part>() + ... + 0U); };
    return sum(parts_of<T>());
  } else {
    return 1;
  }
}

// Looks at a type within those around it, and at all within it.
template <class T, class... Around>
constexpr void expect_encodable() {
  constexpr bool is_in_itself = (std::is_same_v<T, Around> || ...);
  static_assert(!is_in_itself, "what may hold its own kind could be nested without end");
  if constexpr (Sequence<T>)
    static_assert(least_bytes<std::ranges::range_value_t<T>>() > 0,
                  "of elements that take no bytes, any number could be claimed");
  if constexpr (!is_in_itself) {
    const auto look = []<class... Part>(Types<Part...>) {
      (expect_encodable<Part, T, Around...>(), ...);
    };
    look(parts_of<T>());
  }
}

// Whether an enum's number is one that it may have.
template <class E>
constexpr bool is_known(E value) {
  if constexpr (DescribedEnum<E>) return enumerator_name(value) != "?";
  return !std::is_same_v<E, NodeId> || value != E{0};
}

// --- To bytes.

constexpr std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63U);
}
constexpr std::int64_t zigzag_back(std::uint64_t number) {
  return static_cast<std::int64_t>((number >> 1U) ^ (0 - (number & 1U)));
}

inline void append_number(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7U) out += static_cast<char>((number & 0x7fU) | 0x80U);
  out += static_cast<char>(number);
}

template <class T>
void append_encoded(std::string& out, const T& value) {
  if constexpr (std::is_unsigned_v<T>) {
    append_number(out, value);
  } else if constexpr (std::is_integral_v<T>) {
    append_number(out, zigzag(value));
  } else if constexpr (std::is_enum_v<T>) {
    CHECK(is_known(value));
    append_encoded(out, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    append_number(out, value.size());
    out += value;
  } else if constexpr (IsOptional<T>::value) {
    append_encoded(out, value.has_value());
    if (value) append_encoded(out, *value);
  } else if constexpr (IsVariant<T>::value) {
    append_number(out, value.index());
    std::visit([&](const auto& held) { append_encoded(out, held); }, value);
  } else if constexpr (IsPair<T>::value) {
    append_encoded(out, value.first);
    append_encoded(out, value.second);
  } else if constexpr (Sequence<T>) {
    // A SharedList that goes on from elements which it does not have would not come back the same.
    if constexpr (requires { value.prefix_hash(0); }) CHECK(value.prefix_hash(0) == Hash128{});
    append_number(out, std::ranges::size(value));
    for (const auto& element : value) append_encoded<std::ranges::range_value_t<T>>(out, element);
  } else {
    for_each_field(value, [&](std::string_view, const auto& field) { append_encoded(out, field); });
  }
}

// --- From bytes.

// Once it has refused something, nothing is left to read, and what it returns means nothing.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : left_(bytes) {}

  // Whether nothing was refused and nothing is left.
  bool is_done() const { return !refused_ && left_.empty(); }

  template <class T>
  T read() {
    if constexpr (std::is_unsigned_v<T>) {  // a bool is one too, up to 1
      return static_cast<T>(number_up_to(std::numeric_limits<T>::max()));
    } else if constexpr (std::is_integral_v<T>) {
      const std::int64_t value = zigzag_back(number());
      return std::in_range<T>(value) ? static_cast<T>(value) : refused<T>();
    } else if constexpr (std::is_enum_v<T>) {
      const auto value = static_cast<T>(read<std::underlying_type_t<T>>());
      return is_known(value) ? value : refused<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      return std::string(taken(count_of(1)));
    } else if constexpr (IsOptional<T>::value) {
      return read<bool>() ? T(read<typename T::value_type>()) : T{};
    } else if constexpr (IsVariant<T>::value) {
      return alternative<T>();
    } else if constexpr (IsPair<T>::value) {
      using First = std::remove_const_t<typename T::first_type>;
      return T{read<First>(), read<typename T::second_type>()};  // in braces: the first one first
    } else if constexpr (Sequence<T>) {
      return elements<T>();
    } else {
      T value{};
      every_field_is_described(value);
      boost::mp11::mp_for_each<Fields<T>>(
          [&](auto field) { value.*field.pointer = this->read<FieldType<T, decltype(field)>>(); });
      return value;
    }
  }

 private:
  template <class T>
  T refused() {
    refused_ = true;
    left_ = {};
    return T{};
  }

  std::string_view taken(std::size_t size) {
    const std::string_view bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return bytes;
  }

  // Refused: more bytes than it needs, of which the last one is zero, and bits beyond the 64th.
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !left_.empty(); shift += 7) {
      const std::uint64_t byte = static_cast<unsigned char>(taken(1).front());
      if (shift == 63 && byte > 1) break;
      value |= (byte & 0x7fU) << shift;
      if (byte >= 0x80) continue;
      return byte == 0 && shift > 0 ? refused<std::uint64_t>() : value;
    }
    return refused<std::uint64_t>();
  }

  std::uint64_t number_up_to(std::uint64_t most) {
    const std::uint64_t value = number();
    return value <= most ? value : refused<std::uint64_t>();
  }

  // How many elements follow, of so many bytes at least: no more than there is room for.
  std::size_t count_of(std::size_t least) {
    const std::uint64_t claimed = number();
    return claimed <= left_.size() / least ? static_cast<std::size_t>(claimed)
                                           : refused<std::size_t>();
  }

  template <class T>
  T alternative() {
    constexpr std::size_t kinds = std::variant_size_v<T>;
    const std::size_t index = number_up_to(kinds - 1);
    return boost::mp11::mp_with_index<kinds>(index, [&](auto at) {
      return T(std::in_place_index<at>, this->read<std::variant_alternative_t<at, T>>());
    });
  }

  template <class T>
  T elements() {
    using Element = std::ranges::range_value_t<T>;
    std::size_t count = count_of(least_bytes<Element>());
    T all{};
    if constexpr (requires { all.reserve(count); }) all.reserve(count);
    for (; count > 0 && !refused_; --count) {
      if constexpr (GrowsAtItsEnd<T>) {
        all.push_back(read<Element>());
      } else {  // each element or key after all others
        const std::size_t before = all.size();
        const auto place = all.insert(all.end(), read<Element>());
        if (all.size() == before || std::next(place) != all.end()) refused<bool>();
      }
    }
    return all;
  }

  std::string_view left_;
  bool refused_ = false;
};

}  // namespace detail

// The bytes of a value. An enum whose number would be refused is a broken promise.
template <class T>
std::string encoded(const T& value) {
  detail::expect_encodable<T>();
  std::string bytes;
  detail::append_encoded(bytes, value);
  return bytes;
}

// The value that has these bytes, all of them; nothing where none has. Any bytes may be given:
// memory is in proportion to them, and the type bounds the depth.
template <class T>
std::optional<T> decoded(std::string_view bytes) {
  detail::expect_encodable<T>();
  detail::Decoder decoder(bytes);
  T value = decoder.read<T>();
  return decoder.is_done() ? std::optional<T>(std::move(value)) : std::nullopt;
}

}  // namespace coracle
