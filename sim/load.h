// The requests that clients make by themselves: what each is, and when the next one comes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/random.h"
#include "sim/scenario.h"
#include "sim/spoken.h"

namespace coracle::sim {

template <Protocol P>
class Requester {
 public:
  using Words = RequestWords<typename P::State, RequestOf<P>>;

  Requester(const Load& load, const Spoken<P>& spoken, std::uint64_t seed)
      : load_(load),
        arrivals_(stream(seed, "arrivals")),
        mix_(stream(seed, "mix")),
        keys_(stream(seed, "keys")) {
    if (load.mix.empty() && !spoken.requests.empty()) weights_.emplace_back(&spoken.requests[0], 1);
    for (const auto& [verb, weight] : load.mix)
      for (const Words& words : spoken.requests)
        if (words.verb == verb) weights_.emplace_back(&words, weight);
    for (const auto& [words, weight] : weights_) all_ += weight;
  }

  std::uint64_t asked() const { return asked_; }

  // When the next one comes: any time up to twice the mean from now.
  Time next_time(Time now) {
    constexpr std::uint64_t second = 1'000'000'000;
    if (load_.rate == 0 || all_ == 0) return never;
    return now + arrivals_.within({0, 2 * static_cast<Time>(second / load_.rate)});
  }

  struct Drawn {
    const Words& words;
    std::string argument;
  };

  Drawn draw() {
    ++asked_;
    std::uint64_t place = weights_.size() == 1 ? 0 : mix_.below(all_);
    auto chosen = weights_.begin();
    for (; place >= chosen->second; ++chosen) place -= chosen->second;
    const Words& words = *chosen->first;
    return {words, words.load ? words.load(asked_, any_key()) : std::string()};
  }

 private:
  std::string any_key() {
    if (load_.keys == 1) return "x";
    if (keys_.happens(load_.hot)) return "x1";
    return "x" + std::to_string(keys_.below(load_.keys) + 1);
  }

  const Load& load_;
  Stream arrivals_;
  Stream mix_;
  Stream keys_;
  std::vector<std::pair<const Words*, std::uint32_t>> weights_;
  std::uint64_t all_ = 0;
  std::uint64_t asked_ = 0;
};

}  // namespace coracle::sim
