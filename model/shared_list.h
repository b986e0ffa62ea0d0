// A list whose copies share what they have in common: to copy it, to append to it and to compare it
// with another takes the same time whatever its length. It is a value all the same, and its copies
// may be used by different threads.
//
//     elements  x y z w          a buffer that is only ever appended to
//     a         |---|            a list is a length of it
//     b         |-----|          a copy of a, after push_back(w)
//     c         |---| v          a copy of a that is pushed a v moves to a buffer of its own
//
// Invariant: elements[0 .. written) of a buffer never change, and no list is longer than `written`.
#pragma once

#include <algorithm>
#include <atomic>
#include <compare>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "model/hash.h"

namespace coracle {

template <class T>
class SharedList {
 public:
  using value_type = T;
  using const_iterator = const T*;
  using iterator = const_iterator;

  SharedList() = default;
  // Goes on from a list of this hash, whose elements it does not have.
  explicit SharedList(const Hash128& before) {
    if (before != Hash128{}) buffer_ = std::make_shared<Buffer>(few_places, before);
  }
  explicit SharedList(std::span<const T> elements) {
    buffer_ = std::make_shared<Buffer>(elements.size());
    for (const T& element : elements) push_back(element);
  }
  SharedList(const SharedList&) = default;
  SharedList& operator=(const SharedList&) = default;
  SharedList(SharedList&& other) noexcept
      : buffer_(std::move(other.buffer_)), size_(std::exchange(other.size_, 0)) {}
  SharedList& operator=(SharedList&& other) noexcept {
    buffer_ = std::move(other.buffer_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ~SharedList() = default;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T* data() const { return buffer_ == nullptr ? nullptr : buffer_->elements.data(); }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  const T& operator[](std::size_t place) const { return data()[place]; }
  const T& front() const { return data()[0]; }
  const T& back() const { return data()[size_ - 1]; }

  void push_back(T element) {
    if (buffer_ == nullptr || size_ == buffer_->capacity) move_to_larger_buffer();
    if (!goes_on_with(element)) {
      buffer_ = copied();
      goes_on_with(element);
    }
    ++size_;
  }

  // Keeps the first `size` of them.
  void cut(std::size_t size) { size_ = std::min(size_, size); }

  // Whether the first `count` elements, which both have, are the same. Their hashes tell, so two
  // that differ are taken for equal as often as 128 bits collide.
  friend bool same_prefix(const SharedList& a, const SharedList& b, std::size_t count) {
    return a.buffer_ == b.buffer_ || a.prefix_hash(count) == b.prefix_hash(count);
  }
  // The hash of the first `count` elements and of what precedes the list.
  Hash128 prefix_hash(std::size_t count) const {
    if (count == 0) return buffer_ == nullptr ? Hash128{} : buffer_->before;
    return buffer_->hashes.data()[count - 1];
  }
  // Of short lists the elements are compared too: those are never taken for equal.
  friend bool operator==(const SharedList& a, const SharedList& b) {
    if (a.size_ != b.size_ || !same_prefix(a, b, a.size_)) return false;
    return a.size_ > few || a.buffer_ == b.buffer_ || std::equal(a.begin(), a.end(), b.begin());
  }
  friend auto operator<=>(const SharedList& a, const SharedList& b)
      -> std::compare_three_way_result_t<T> {
    const std::size_t both = std::min(a.size_, b.size_);
    if (both > few && same_prefix(a, b, both)) return a.size_ <=> b.size_;
    const auto order =
        std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
    if (order != 0) return order;
    return a.prefix_hash(0) <=> b.prefix_hash(0);
  }

 private:
  static constexpr std::size_t few = 64;
  static constexpr std::size_t few_places = 4;

  // A place is claimed before it is written, since lists of the same length may meet there. The
  // place after the last one is `larger`, so that they meet again where they go on.
  struct Buffer {
    explicit Buffer(std::size_t places, const Hash128& hash = {}) : capacity(places), before(hash) {
      elements.reserve(places);
      hashes.reserve(places);
    }
    bool claim(std::size_t place) {
      return claimed.compare_exchange_strong(place, place + 1, std::memory_order_relaxed);
    }
    bool has(std::size_t place) const { return written.load(std::memory_order_acquire) > place; }
    void publish(std::size_t place) { written.store(place + 1, std::memory_order_release); }

    const std::size_t capacity;
    const Hash128 before;
    std::vector<T> elements;      // it and the hashes never move
    std::vector<Hash128> hashes;  // each of its element and the hash before
    std::shared_ptr<Buffer> larger;
    std::atomic<std::size_t> claimed = 0;
    std::atomic<std::size_t> written = 0;
  };

  // Whether this element follows in the buffer: it is there already, or was written there now.
  bool goes_on_with(T& element) {
    if (buffer_->has(size_)) return data()[size_] == element;
    const Hash128 before = prefix_hash(size_);
    Bytes bytes;
    bytes.append(before.high);
    bytes.append(before.low);
    append_bytes(bytes, element);
    if (!buffer_->claim(size_)) return false;
    buffer_->elements.push_back(std::move(element));
    buffer_->hashes.push_back(hash_of_bytes(bytes.data(), bytes.size()));
    buffer_->publish(size_);
    return true;
  }

  void move_to_larger_buffer() {
    if (buffer_ != nullptr && buffer_->claim(size_)) {
      buffer_->larger = copied();
      buffer_->publish(size_);
    }
    const bool known = buffer_ != nullptr && buffer_->has(size_);
    buffer_ = known ? std::shared_ptr(buffer_->larger) : copied();
  }

  std::shared_ptr<Buffer> copied() const {
    auto copy = std::make_shared<Buffer>(std::max(2 * size_, few_places), prefix_hash(0));
    if (size_ == 0) return copy;
    copy->elements.assign(begin(), end());
    copy->hashes.assign(buffer_->hashes.data(), buffer_->hashes.data() + size_);
    copy->claimed = size_;
    copy->written = size_;
    return copy;
  }

  std::shared_ptr<Buffer> buffer_;
  std::size_t size_ = 0;
};

}  // namespace coracle
