// The exact sentences of a scenario: which message is meant, and what becomes of it.
#pragma once

#include <string>
#include <vector>

#include "model/narrative.h"
#include "sim/message_fields.h"
#include "sim/replay.h"
#include "sim/scenario.h"
#include "sim/simulator.h"

namespace coracle::sim {

template <Protocol P>
Action<Values<P>> action_of(Exactly::Fate fate, const typename Values<P>::Envelope& envelope) {
  using Envelope = typename Values<P>::Envelope;
  if (fate == Exactly::Fate::drop) return Drop<Envelope>{envelope};
  if (fate == Exactly::Fate::duplicate) return Duplicate<Envelope>{envelope};
  return Deliver<Envelope>{envelope};
}

// What may have been meant where no such message is in flight.
template <Protocol P>
std::string others_on(const Simulator<P>& simulator, const Exactly& exactly) {
  constexpr std::size_t told_at_most = 5;
  std::vector<std::string> all;
  simulator.for_each_flight([&](const auto& envelope) {
    const auto [name, fields] = name_and_fields(envelope.message);
    if (envelope.from == exactly.from && envelope.to == exactly.to)
      all.push_back(name + (fields.empty() ? "" : " " + fields));
  });
  std::string told;
  for (std::size_t i = 0; i < all.size() && i < told_at_most; ++i)
    told += (i == 0 ? "; on this link there are " : ", ") + all[i];
  return told + (all.size() > told_at_most ? ", ..." : "");
}

// Returns what makes it impossible, or nothing.
template <Protocol P>
std::string do_exactly(Simulator<P>& simulator, const Exactly& exactly, bool by_hand) {
  auto* flight = simulator.find_flight([&](const auto& envelope) {
    return envelope.from == exactly.from && envelope.to == exactly.to &&
           kind_name(envelope.message) == exactly.message &&
           has_fields(name_and_fields(envelope.message).second, exactly.fields);
  });
  if (flight == nullptr) return "no such message is in flight" + others_on(simulator, exactly);
  const auto why = impossible<P>(simulator.values(), simulator.world(),
                                 action_of<P>(exactly.fate, flight->envelope));
  if (why) return *why;
  const bool ordered = simulator.values().cluster().network.kind == NetworkKind::ordered;
  if (exactly.fate == Exactly::Fate::duplicate && ordered && !by_hand)
    return "in an ordered network this can be done by hand only";
  switch (exactly.fate) {
    case Exactly::Fate::deliver:
      simulator.deliver(*flight);
      break;
    case Exactly::Fate::drop:
      simulator.drop(*flight);
      break;
    case Exactly::Fate::duplicate:
      simulator.duplicate(*flight);
      break;
  }
  return "";
}

}  // namespace coracle::sim
