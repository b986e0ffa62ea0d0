// The hash of a long row of bytes as it grows: the same as hash_of_bytes of all of them.
#pragma once

#include <xxhash.h>

#include <string_view>

#include "model/hash.h"

namespace coracle {

class Digest {
 public:
  Digest() { XXH3_128bits_reset(&state_); }

  void add(const void* data, std::size_t size) { XXH3_128bits_update(&state_, data, size); }
  void add(std::string_view text) { add(text.data(), text.size()); }
  void add(const Bytes& bytes) { add(bytes.data(), bytes.size()); }

  Hash128 hash() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&state_);
    return {.high = hash.high64, .low = hash.low64};
  }

 private:
  XXH3_state_t state_;
};

}  // namespace coracle
