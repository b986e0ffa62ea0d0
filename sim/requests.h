// What clients ask of a cluster, and whom.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/random.h"
#include "sim/simulator.h"
#include "sim/spoken.h"
#include "sim/who.h"

namespace coracle::sim {

template <Protocol P>
class Requests {
 public:
  using V = Values<P>;
  using State = typename P::State;
  using Words = RequestWords<State, RequestOf<P>>;

  Requests(Simulator<P>& simulator, const Resolver<P>& who, const Spoken<P>& spoken,
           std::uint64_t seed)
      : simulator_(simulator), who_(who), spoken_(spoken), asking_(stream(seed, "asking")) {}

  const Words& words_of(const std::string& verb) const {
    const auto words = std::ranges::find(spoken_.requests, verb, &Words::verb);
    CHECK(words != spoken_.requests.end());
    return *words;
  }

  // Of a node that is up. False where the argument makes no sense.
  bool ask(NodeId id, const Words& words, const std::string& argument) {
    if constexpr (hears_clients<P>) {
      const State& state = V::state(simulator_.world().nodes.nodes[position(id)]);
      const auto request = words.request(argument, state);
      if (request)
        simulator_.request(id,
                           typename V::Event{id, Requested<RequestOf<P>>{ClientId{1}, *request}});
      return request.has_value();
    }
    return false;
  }

  // Whoever has the role that clients turn to; any that is up where nobody has. Who is paused hears
  // nobody.
  std::optional<NodeId> whom_clients_ask() {
    const auto& world = simulator_.world();
    if (!spoken_.asked.empty())
      if (const auto asked = who_.in_role(world, spoken_.asked))
        return simulator_.is_paused(*asked) ? std::nullopt : asked;
    std::vector<NodeId> up;
    for (const NodeId id : Resolver<P>::all(world))
      if (simulator_.is_up(id) && !simulator_.is_paused(id)) up.push_back(id);
    if (up.empty()) return {};
    return up[asking_.below(up.size())];
  }

 private:
  Simulator<P>& simulator_;
  const Resolver<P>& who_;
  const Spoken<P>& spoken_;
  Stream asking_;
};

}  // namespace coracle::sim
