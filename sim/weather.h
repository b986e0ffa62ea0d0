// How the network and the disks of a simulated cluster behave.
#pragma once

#include "sim/scenario.h"

namespace coracle::sim {

// Loss and duplication are in parts per million of the messages.
struct Weather {
  Delay latency;
  Delay flush{};  // of each write of a buffered disk, from its issue; none overtakes another
  PartsPerMillion loss = 0;
  PartsPerMillion duplicate = 0;
  bool by_hand = false;  // nothing arrives, fires or is flushed by itself
};

}  // namespace coracle::sim
