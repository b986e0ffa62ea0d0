// The messages on their way, each at a place of its own, which is used again once it is free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/links.h"

namespace coracle::sim {

template <class Envelope>
class Flights {
 public:
  struct Flight {
    Envelope envelope;
    std::uint64_t number = 0;  // in the order of sending
    Links::Fate fate{};
    bool pending = false;
    bool takes_room = false;  // of its link's capacity
  };

  std::size_t add(Flight flight) {
    std::size_t slot = flights_.size();
    if (free_.empty()) {
      flights_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    flights_[slot] = std::move(flight);
    return slot;
  }

  Flight& operator[](std::size_t slot) { return flights_[slot]; }
  const Flight& operator[](std::size_t slot) const { return flights_[slot]; }
  std::size_t slot_of(const Flight& flight) const {
    return static_cast<std::size_t>(&flight - flights_.data());
  }

  void free(std::size_t slot) { free_.push_back(slot); }

  template <class F>
  void for_each(F f) const {
    for (const Flight& flight : flights_)
      if (flight.pending) f(flight.envelope);
  }

  // The one that was sent first among those that `chosen` takes; null where there is none.
  template <class Chosen>
  Flight* find(Chosen chosen) {
    Flight* first = nullptr;
    for (Flight& flight : flights_)
      if (flight.pending && chosen(flight.envelope) &&
          (first == nullptr || flight.number < first->number))
        first = &flight;
    return first;
  }

 private:
  std::vector<Flight> flights_;
  std::vector<std::size_t> free_;  // places
};

}  // namespace coracle::sim
