// The explorer's memory: rows of numbers and pairs of numbers, each kept once.
//
//   Chunked<T>   a sequence that grows without ever being copied
//   RowTable     short rows of numbers <-> their ids
//   PairTable    pairs of ids -> what follows from them
//   SeenSet      which 64-bit keys have been seen; it grows by shards, never as a whole
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

#include "model/check.h"
#include "model/hash.h"

namespace coracle::checker {

template <class T>
class Chunked {
 public:
  static constexpr std::size_t per_chunk = std::size_t{1} << 16U;

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return chunks_.size() * per_chunk * sizeof(T); }

  const T& operator[](std::size_t i) const { return chunks_[i / per_chunk][i % per_chunk]; }
  T& operator[](std::size_t i) { return chunks_[i / per_chunk][i % per_chunk]; }

  // A row that append() began at `begin`; it stays where it is as long as the sequence lives.
  std::span<const T> row(std::size_t begin, std::size_t count) const {
    if (count == 0) return {};
    return {&(*this)[begin], count};
  }

  void push_back(const T& value) { *make_room(1) = value, ++size_; }

  // A row never crosses a chunk's end: what does not fit there begins the next chunk. Returns where
  // it begins.
  std::size_t append(std::span<const T> row) {
    if (row.empty()) return size_;
    T* place = make_room(row.size());
    std::copy(row.begin(), row.end(), place);
    const std::size_t begin = size_;
    size_ += row.size();
    return begin;
  }

 private:
  T* make_room(std::size_t count) {
    if (size_ % per_chunk + count > per_chunk || size_ % per_chunk == 0) {
      CHECK(count <= per_chunk);
      const std::size_t chunk = (size_ + per_chunk - 1) / per_chunk;
      size_ = chunk * per_chunk;
      if (chunk == chunks_.size())
        chunks_.push_back(std::make_unique_for_overwrite<T[]>(per_chunk));
    }
    return &chunks_[size_ / per_chunk][size_ % per_chunk];
  }

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

// A cheap and thorough stir of one word.
constexpr std::uint64_t stirred(std::uint64_t word) {
  word ^= word >> 32U;
  word *= 0x9E3779B97F4A7C15ULL;
  word ^= word >> 29U;
  word *= 0xBF58476D1CE4E5B9ULL;
  return word ^ (word >> 32U);
}

class RowTable {
 public:
  using Row = std::span<const std::uint32_t>;

  struct Found {
    std::uint32_t id;
    bool is_new;
  };

  std::size_t size() const { return count_; }
  std::size_t bytes() const { return words_.bytes() + slots_.capacity() * sizeof(Slot); }

  Row row(std::uint32_t id) const { return words_.row(id + 2, words_[id]); }

  // A word beside each row, at first zero, for what its owner knows of it.
  std::uint32_t& note(std::uint32_t id) { return words_[id + 1]; }
  std::uint32_t note(std::uint32_t id) const { return words_[id + 1]; }

  Found id_of(Row row) {
    std::uint64_t hash = row.size();
    for (const std::uint32_t word : row) hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    const auto tag = static_cast<std::uint32_t>(hash >> 32U);
    std::size_t at = tag & mask();
    for (; slots_[at].id != none; at = (at + 1) & mask())
      if (slots_[at].tag == tag && same(this->row(slots_[at].id), row))
        return {slots_[at].id, false};
    return {add(row, tag, at), true};
  }

 private:
  struct Slot {
    std::uint32_t id = none;
    std::uint32_t tag = 0;  // of the row's hash; its low bits are also where the search begins
  };
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  std::size_t mask() const { return slots_.size() - 1; }

  // Rows are short: a loop is quicker than a call of memcmp.
  static bool same(Row a, Row b) {
    if (a.size() != b.size()) return false;
    std::uint32_t differing = 0;
    for (std::size_t i = 0; i < a.size(); ++i) differing |= a[i] ^ b[i];
    return differing == 0;
  }

  std::uint32_t add(Row row, std::uint32_t tag, std::size_t at) {
    scratch_.assign({static_cast<std::uint32_t>(row.size()), 0});
    scratch_.insert(scratch_.end(), row.begin(), row.end());
    const std::size_t begin = words_.append(scratch_);
    if (begin + scratch_.size() >= none) throw std::length_error("too many distinct rows");
    const auto id = static_cast<std::uint32_t>(begin);
    slots_[at] = {id, tag};
    if (2 * ++count_ > slots_.size()) grow();
    return id;
  }

  void grow() {
    std::vector<Slot> larger(2 * slots_.size());
    slots_.swap(larger);
    for (const Slot& slot : larger) {
      if (slot.id == none) continue;
      std::size_t at = slot.tag & mask();
      while (slots_[at].id != none) at = (at + 1) & mask();
      slots_[at] = slot;
    }
  }

  Chunked<std::uint32_t>
      words_;  // a row is its length, its note, its words; its id is where it begins
  std::vector<Slot> slots_{std::vector<Slot>(1024)};
  std::vector<std::uint32_t> scratch_;
  std::size_t count_ = 0;
};

// What follows from a pair of ids, remembered: a key and its value lie side by side, one look-up is
// one line of memory.
template <class T>
class PairTable {
 public:
  std::size_t size() const { return used_; }
  std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

  // The value of (a, b); where there is none yet, what make() returns. make() may ask this table
  // for other pairs.
  template <class Make>
  T get(std::uint32_t a, std::uint32_t b, Make make) {
    const std::uint64_t key = std::uint64_t{a} << 32U | b;
    if (const Slot& slot = slots_[place_of(key)]; slot.key == key) return slot.value;
    const T value = make();
    if (4 * ++used_ > 3 * slots_.size()) grow();
    slots_[place_of(key)] = {key, value};
    return value;
  }

 private:
  static constexpr std::uint64_t none = ~std::uint64_t{0};
  struct Slot {
    std::uint64_t key = none;
    T value{};
  };

  std::size_t place_of(std::uint64_t key) const {
    std::size_t at = stirred(key) & (slots_.size() - 1);
    while (slots_[at].key != key && slots_[at].key != none) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  void grow() {
    std::vector<Slot> larger(2 * slots_.size());
    slots_.swap(larger);
    for (const Slot& slot : larger)
      if (slot.key != none) slots_[place_of(slot.key)] = slot;
  }

  std::vector<Slot> slots_{std::vector<Slot>(256)};
  std::size_t used_ = 0;
};

// Which keys have been seen. Keys are noted first and settled many at a time, shard by shard: while
// a shard is at work it stays in the cache, where keys one by one would each wait for a far corner
// of the memory.
class SeenSet {
 public:
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const Shard& shard : shards_)
      sum += shard.buckets.capacity() * sizeof(Bucket) +
             shard.noted.capacity() * sizeof(std::uint64_t);
    return sum;
  }

  void note(std::uint64_t key) {
    shards_[stirred(key) >> shard_shift].noted.push_back(key);
    ++noted_;
  }

  // Time to settle: enough are noted to make it worth a walk through the whole set.
  bool is_due() const { return noted_ > 65'536 + used_ / 4; }

  // Calls on_new(key) for each noted key that was never settled before.
  template <class F>
  void settle(F on_new) {
    for (Shard& shard : shards_) {
      const auto& noted = shard.noted;
      for (std::size_t i = 0; i < noted.size(); ++i) {
        constexpr std::size_t ahead = 12;
        if (i + ahead < noted.size())
          __builtin_prefetch(&shard.buckets[home(shard, noted[i + ahead])]);
        if (insert(shard, noted[i])) on_new(noted[i]);
      }
      shard.noted.clear();
    }
    noted_ = 0;
  }

 private:
  // A key is in the bucket that its hash names or, where that is full, in one of the next.
  struct alignas(64) Bucket {
    std::array<std::uint64_t, 8> slots{};
  };
  struct Shard {
    std::vector<Bucket> buckets{std::vector<Bucket>(2)};
    std::size_t used = 0;
    std::vector<std::uint64_t> noted;
  };
  static constexpr unsigned shard_shift = 64 - 8;

  static std::size_t home(const Shard& shard, std::uint64_t key) {
    return ((stirred(key) & 0xFFFFFFFFU) * shard.buckets.size()) >> 32U;
  }

  // Whether the key is new to the shard. A bucket is always looked at whole: eight comparisons cost
  // less than a branch that goes either way.
  static bool place(Shard& shard, std::uint64_t key) {
    const std::uint64_t kept = key + 1;  // zero means empty
    for (std::size_t at = home(shard, key);; at = at + 1 == shard.buckets.size() ? 0 : at + 1) {
      auto& slots = shard.buckets[at].slots;
      unsigned found = 0;
      std::size_t taken = 0;  // from the left
      for (const std::uint64_t slot : slots) {
        found |= static_cast<unsigned>(slot == kept);
        taken += static_cast<std::size_t>(slot != 0);
      }
      if (found != 0) return false;
      if (taken == slots.size()) continue;
      slots[taken] = kept;
      return true;
    }
  }

  bool insert(Shard& shard, std::uint64_t key) {
    if (!place(shard, key)) return false;
    ++used_;
    if (++shard.used > 6 * shard.buckets.size()) grow(shard);
    return true;
  }

  static void grow(Shard& shard) {
    std::vector<Bucket> larger(shard.buckets.size() + shard.buckets.size() / 2 + 1);
    shard.buckets.swap(larger);
    for (const Bucket& bucket : larger)
      for (const std::uint64_t kept : bucket.slots)
        if (kept != 0) place(shard, kept - 1);
  }

  std::array<Shard, 256> shards_;
  std::size_t used_ = 0;
  std::size_t noted_ = 0;
};

}  // namespace coracle::checker
