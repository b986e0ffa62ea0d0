// A set of rows of words, kept exactly and tightly: the rows one after the other, and a table of
// where each begins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/hash.h"

namespace coracle::sim {

class Remembered {
 public:
  using Word = std::uint32_t;

  // Whether the row is new.
  bool insert(std::span<const Word> row) {
    if (2 * (size_ + 1) > table_.size()) grow();
    std::size_t& place = place_of(row);
    if (place != none) return false;
    place = words_.size();
    words_.push_back(static_cast<Word>(row.size()));
    words_.insert(words_.end(), row.begin(), row.end());
    ++size_;
    return true;
  }

  std::size_t size() const { return size_; }
  std::size_t bytes() const {
    return words_.capacity() * sizeof(Word) + table_.capacity() * sizeof(std::size_t);
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  std::span<const Word> row_at(std::size_t place) const {
    return std::span(words_).subspan(place + 1, words_[place]);
  }

  std::size_t& place_of(std::span<const Word> row) {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = hash_of_bytes(row.data(), row.size_bytes()).low & mask;
    while (table_[at] != none && !std::ranges::equal(row_at(table_[at]), row)) at = (at + 1) & mask;
    return table_[at];
  }

  void grow() {
    table_.assign(std::max<std::size_t>(64, 2 * table_.size()), none);
    for (std::size_t place = 0; place < words_.size(); place += words_[place] + 1)
      place_of(row_at(place)) = place;
  }

  std::vector<Word> words_;
  std::vector<std::size_t> table_;
  std::size_t size_ = 0;
};

}  // namespace coracle::sim
