// Which sending a receipt is of. Actions name messages by value, so of equal ones the one that was
// sent first is taken to arrive first: nobody could tell, and none arrives before it was sent. A
// copy is the message that it is a copy of; what a set already has is not sent again.
//
// What was sent is seen in the network: what is in flight after an event, and was not before it.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "model/network.h"
#include "sim/action_words.h"
#include "sim/happened.h"
#include "sim/word_changes.h"

namespace coracle::sim {

template <Protocol P>
class Sendings {
 public:
  using V = Values<P>;
  using Envelope = typename V::Envelope;

  struct Flight {
    Message message{};
    std::uint64_t sent_by = 0;  // the number of an event
    std::size_t copies = 0;     // in flight
  };

  explicit Sendings(NetworkKind kind) : kind_(kind) {}

  // The message that an action is about, and what is left of it: `copies` is 0 where it was the
  // last.
  Flight take(const Action<V>& action, const Envelope& envelope) {
    const auto waiting = waiting_.find(envelope);
    CHECK(waiting != waiting_.end());
    const std::uint64_t number = waiting->second.front();
    const auto flight = flights_.find(number);
    if (kind_ == NetworkKind::set) return flight->second;
    if (std::holds_alternative<Duplicate<Envelope>>(action)) {
      waiting->second.insert(waiting->second.begin(), number);
      flight->second.copies += 1;
      return flight->second;
    }
    waiting->second.erase(waiting->second.begin());
    if (waiting->second.empty()) waiting_.erase(waiting);
    flight->second.copies -= 1;
    const Flight taken = flight->second;
    if (taken.copies == 0) flights_.erase(flight);
    return taken;
  }

  // What is in flight now and was not before, in the order of the network.
  std::vector<Message> departed(const typename V::Network& in_flight, std::uint64_t event) {
    std::map<const Envelope*, std::size_t, ByValue> counts;
    std::vector<Message> messages;
    for (const Envelope& envelope : in_flight) {
      const std::size_t count = ++counts[&envelope];
      const auto waiting = waiting_.find(envelope);
      if (waiting != waiting_.end() && count <= waiting->second.size()) continue;
      const auto [kind, fields] = name_and_fields(envelope.message);
      const Message message{++sent_, envelope.from, envelope.to, kind, cut_to(fields, fields_most)};
      waiting_[envelope].push_back(message.number);
      flights_[message.number] = {message, event, 1};
      messages.push_back(message);
    }
    return messages;
  }

 private:
  static constexpr std::size_t fields_most = 1'000;

  struct ByValue {
    bool operator()(const Envelope* a, const Envelope* b) const { return *a < *b; }
  };

  NetworkKind kind_;
  std::uint64_t sent_ = 0;
  std::map<Envelope, std::vector<std::uint64_t>> waiting_;  // numbers, the first sent first
  std::map<std::uint64_t, Flight> flights_;
};

}  // namespace coracle::sim
