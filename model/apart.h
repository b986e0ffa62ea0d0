// None or one value, kept apart from what may hold it: what is large and rare costs the rest no
// more than a pointer. Copies share it; it compares, prints and hashes as an optional does, but a
// struct that has none says nothing of it.
#pragma once

#include <compare>
#include <memory>
#include <type_traits>
#include <utility>

#include "model/hash.h"

namespace coracle {

template <class T>
class Apart {
 public:
  using value_type = T;

  Apart() = default;
  Apart(T value) : value_(std::make_shared<const T>(std::move(value))) {}

  bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  friend bool operator==(const Apart& a, const Apart& b) {
    return a.value_ == b.value_ || (a && b && *a == *b);
  }
  friend auto operator<=>(const Apart& a, const Apart& b) -> std::compare_three_way_result_t<T> {
    if (a.value_ == b.value_) return std::strong_ordering::equal;
    if (a && b) return *a <=> *b;
    return a.has_value() <=> b.has_value();
  }

 private:
  std::shared_ptr<const T> value_;
};

template <class T>
struct IsOptional<Apart<T>> : std::true_type {};

// Whether a field says nothing: it is left out of what is printed, and of JSON.
template <class T>
bool is_left_out(const T& /*field*/) {
  return false;
}
template <class T>
bool is_left_out(const Apart<T>& field) {
  return !field;
}

template <class T>
inline constexpr bool may_be_left_out = false;
template <class T>
inline constexpr bool may_be_left_out<Apart<T>> = true;

}  // namespace coracle
