// A few nodes of tests/sim/post.h in a simulator, whose log a test reads.
#pragma once

#include <gtest/gtest.h>

#include <utility>
#include <variant>
#include <vector>

#include "sim/simulator.h"
#include "tests/sim/post.h"

namespace coracle::post {

// Every message takes 10 ms, where nothing else is said.
inline sim::LinkWeather ten_ms(sim::LinkWeather network = {}) {
  network.latency = {.span = {10'000'000, 10'000'000}};
  return network;
}
inline sim::Weather weather_of(sim::LinkWeather network, bool by_hand = false) {
  sim::Weather weather;
  weather.network = network;
  weather.by_hand = by_hand;
  return weather;
}

class Office : public testing::Test {
 protected:
  explicit Office(Cluster<Protocol> cluster, sim::LinkWeather network = ten_ms(),
                  bool by_hand = false)
      : simulator(std::move(cluster), judge, weather_of(network, by_hand), 1) {
    keep_log(simulator, log);
  }
  static Cluster<Protocol> of_kind(NetworkKind kind, std::size_t nodes = 2) {
    auto all = cluster(nodes);
    all.network.kind = kind;
    if (kind == NetworkKind::set) all.network = {.kind = kind, .loss = false, .duplication = false};
    return all;
  }
  void until(sim::Time time) { run_until(simulator, time); }
  sim::Simulator<Protocol>::Flight& flight(int number, NodeId from = NodeId{1}) {
    auto* found = simulator.find_flight([&](const auto& envelope) {
      const auto* letter = std::get_if<Letter>(&envelope.message);
      return envelope.from == from && letter != nullptr && letter->number == number;
    });
    EXPECT_NE(found, nullptr);
    return *found;
  }
  // What becomes of all messages from now on.
  void disturb(sim::Disturbance::What what, sim::Span by = {}, std::uint64_t deed = 1) {
    const std::size_t nodes = simulator.world().nodes.nodes.size();
    simulator.disturb({.what = what,
                       .share = sim::certain,
                       .by = by,
                       .kind = {},
                       .links = std::vector<bool>(nodes * nodes, true),
                       .deed = deed});
  }

  Judge<Protocol> judge{properties, {}};
  Log log;
  sim::Simulator<Protocol> simulator;
};

}  // namespace coracle::post
