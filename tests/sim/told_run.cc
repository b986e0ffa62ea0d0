#include "tests/sim/told_run.h"

#include <utility>

#include "model/raft/vocabulary.h"
#include "sim/random.h"
#include "sim/teller.h"

namespace coracle::sim {

namespace {

using P = raft::Bench;
using V = Values<P>;

Cluster<P> cluster_of(NetworkKind network) {
  raft::Vocabulary::Options options;
  options.servers = 3;
  options.crashes = 3;
  options.loss = true;
  options.duplication = true;
  options.disk = "buffered";
  options.network = network == NetworkKind::ordered ? "ordered" : "unordered";
  return raft::Vocabulary::cluster(options);
}

bool is_gentle(const Action<V>& action) {
  return std::visit([]<class Taken>(const Taken&) { return !is_fault<Taken>; }, action);
}

}  // namespace

ToldRun raft_run(std::uint32_t number, NetworkKind network, bool timed) {
  constexpr int events = 400;
  constexpr Time longest = 3'000'000;
  const Cluster<P> cluster = cluster_of(network);
  Stream draws = stream(number, "a told run");
  V values(cluster);
  World<V> world = values.initial_world();
  Teller<P> teller(world, cluster.network.kind, raft::Vocabulary::roles(), "server", timed);
  ToldRun run{teller.cast(), {}};
  run.cast.title = "any run";
  Time now = 0;
  while (static_cast<int>(run.events.size()) < events) {
    std::vector<Action<V>> gentle;
    std::vector<Action<V>> faults;
    for_each_enabled(values, world, [&](const auto& enabled) {
      Action<V> action = enabled;
      (is_gentle(action) ? gentle : faults).push_back(std::move(action));
    });
    const bool by_fault = !faults.empty() && (gentle.empty() || draws.below(8) == 0);
    const auto& enabled = by_fault ? faults : gentle;
    const Action<V> action = enabled[draws.below(enabled.size())];
    step(values, world, action);
    now += static_cast<Time>(draws.below(static_cast<std::uint64_t>(longest)));
    run.events.push_back(teller.tell(now, action, world));
  }
  return run;
}

}  // namespace coracle::sim
