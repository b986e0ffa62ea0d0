// Values of one type as numbers, each value kept once.
#pragma once

#include <boost/unordered/unordered_map.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/check.h"
#include "model/hash.h"

namespace coracle::checker {

using Id = std::uint32_t;

// Values of one type <-> ids, in order of arrival.
template <class T>
class Interner {
 public:
  std::size_t size() const { return values_.size(); }
  const T& operator[](Id id) const { return *values_[id]; }
  const Hash128& hash(Id id) const { return hashes_[id]; }

  // The value's id, which is size() - 1 exactly where it was not there before.
  Id id_of(T value) {
    CHECK(size() < 0xFFFFFFFF);
    const Hash128 hash = content_hash(value);
    const auto [place, is_new] =
        ids_.try_emplace(Keyed{hash, std::move(value)}, static_cast<Id>(size()));
    if (is_new) {
      values_.push_back(&place->first.value);
      hashes_.push_back(hash);
    }
    return place->second;
  }

 private:
  struct Keyed {
    Hash128 hash;
    T value;
    bool operator==(const Keyed&) const = default;
  };
  struct ByHash {
    std::size_t operator()(const Keyed& keyed) const { return keyed.hash.low; }
  };
  boost::unordered_map<Keyed, Id, ByHash> ids_;  // its elements never move
  std::vector<const T*> values_;
  std::vector<Hash128> hashes_;
};

}  // namespace coracle::checker
