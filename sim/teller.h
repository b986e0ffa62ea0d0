// Tells a run: of each action, and the world after it, what happened. It knows roles and words as
// the protocol's vocabulary has them, and nothing else of it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/narrative.h"
#include "sim/action_words.h"
#include "sim/happened.h"
#include "sim/sendings.h"
#include "sim/spoken.h"
#include "sim/trace.h"
#include "sim/word_changes.h"

namespace coracle::sim {

template <Protocol P>
class Teller {
 public:
  using V = Values<P>;
  using State = typename P::State;
  using Roles = std::vector<RoleWords<State>>;

  // From this world on, that so many events led to. Where it is not timed, an event's time is its
  // number.
  Teller(const World<V>& start, NetworkKind network, Roles roles, const std::string& node_noun,
         bool timed, std::uint64_t before = 0)
      : roles_(std::move(roles)), nodes_(start.nodes.nodes), sendings_(network), count_(before) {
    cast_.timed = timed;
    for (const auto& role : roles_) cast_.roles.push_back(role.name);
    for (const auto& node : nodes_) words_.push_back(words_of_node<P>(node));
    cast_.numbers = numbers_of(words_);
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      cast_.nodes.push_back(node_noun + " " + coracle::text(node_at(at)));
      cast_.start.push_back(standing(at));
    }
    standings_ = cast_.start;
    sendings_.departed(start.in_flight, 0);
  }

  const Cast& cast() const { return cast_; }
  std::uint64_t count() const { return count_; }

  // When a note is that follows the events so far.
  Time when(Time now) const { return cast_.timed ? now : number_as_time(count_); }

  Happened tell(Time now, const Action<V>& action, const World<V>& after) {
    ++count_;
    const NodeId id = place_of<P>(action);
    const std::size_t at = position(id);
    const auto time = cast_.timed ? std::optional(now) : std::nullopt;
    Happened told{.number = count_,
                  .at = when(now),
                  .verb = verb_of<P>(action),
                  .node = id,
                  .sort = sort_of<P>(action),
                  .text = text_at_node<P>(action),
                  .action = action_json<P>(action, time)};
    if (const auto* envelope = envelope_of<P>(action)) {
      auto flight = sendings_.take(action, *envelope);
      told.message = std::move(flight.message);
      told.sent_by = flight.sent_by;
      told.last = flight.copies == 0;
      const bool arrives = told.verb == "deliver";
      told.lost = told.verb == "drop" || (arrives && !V::is_up(after.nodes.nodes[at]));
    }
    if (const auto& node = after.nodes.nodes[at]; node != nodes_[at]) {
      auto words = words_of_node<P>(node);
      told.changes = changes_of(words_[at], words);
      words_[at] = std::move(words);
      nodes_[at] = node;
      standings_[at] = standing(at);
    }
    told.standing = standings_[at];
    told.sent = sendings_.departed(after.in_flight, count_);
    return told;
  }

 private:
  static constexpr Time number_as_time(std::uint64_t number) {
    constexpr Time millisecond = 1'000'000;
    return static_cast<Time>(number) * millisecond;
  }

  Standing standing(std::size_t at) const {
    Standing now{.role = {}, .numbers = values_of(cast_.numbers, words_[at])};
    now.up = V::is_up(nodes_[at]);
    for (std::size_t role = 0; now.up && !now.role && role < roles_.size(); ++role)
      if (roles_[role].rank(V::state(nodes_[at])) > 0) now.role = role;
    return now;
  }

  Roles roles_;
  Cast cast_;
  std::vector<typename V::Node> nodes_;  // as last told
  std::vector<coracle::Words> words_;
  std::vector<Standing> standings_;
  Sendings<P> sendings_;
  std::uint64_t count_;
};

}  // namespace coracle::sim
