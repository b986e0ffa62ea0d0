// The explorations of our own protocols, compiled once for all tests.
#include "tests/checker/clusters.h"

namespace coracle::checker {

template struct Exploration<traffic_light::Protocol>;
template struct Exploration<two_phase_commit::Protocol>;
template struct Exploration<raft::Bench>;

}  // namespace coracle::checker
