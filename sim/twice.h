// Whether a run is the same twice. A protocol that keeps something beside its state, reads a clock,
// or follows the addresses of things, is no function; here it is seen, and the event named at which
// it shows first.
//
// Of the first run eight bytes an event are kept, a hash that goes on from the one before: of the
// time, the action, the node after it and what is in flight. And the words of its first 10,000
// events.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/fingerprint.h"
#include "sim/moment.h"
#include "sim/run_report.h"
#include "sim/teller.h"

namespace coracle::sim {

template <Protocol P>
using OnAction = std::function<void(Time, const Action<Values<P>>&, const World<Values<P>>&)>;

// Runs from the beginning, tells each event, and ends early once the flag is set.
template <Protocol P>
using RunOnce = std::function<RunReport(const OnAction<P>&, const std::atomic<bool>& stop)>;

struct Twice {
  RunReport first;
  bool interrupted = false;               // nothing can be said
  std::optional<std::string> difference;  // a sentence; none where the second run is the same
};

// The events of one run as they are compared.
template <Protocol P>
class Compared {
 public:
  using V = Values<P>;

  Compared(const World<V>& start, NetworkKind network, const std::string& node_noun)
      : teller_(start, network, {}, node_noun, /*timed=*/true) {}

  // The hash of all events so far, this one included.
  std::uint64_t hash(Time now, const Action<V>& action, const World<V>& world) {
    Bytes bytes;
    bytes.append(so_far_);
    append_bytes(bytes, now);
    append_fingerprint(bytes, action);
    append_fingerprint(bytes, world.nodes.nodes[position(place_of<P>(action))]);
    append_bytes(bytes, world.in_flight.size());
    for (const auto& envelope : world.in_flight) append_fingerprint(bytes, envelope);
    return so_far_ = hash_of_bytes(bytes.data(), bytes.size()).low;
  }

  // Empty where it is one of the later ones.
  std::string words(Time now, const Action<V>& action, const World<V>& world) {
    if (teller_.count() == told_most) return "";
    const Happened event = teller_.tell(now, action, world);
    std::string text =
        seconds_text(now) + ", " + teller_.cast().nodes[position(event.node)] + ": " + event.text;
    if (event.message && !event.message->fields.empty()) text += " " + event.message->fields;
    if (!event.changes.empty()) text += ": " + text_of(event.changes);
    for (const auto& message : event.sent)
      text += "; sends " + message.kind + " to " + coracle::text(message.to) + " " + message.fields;
    return cut_to(text, letters_most);
  }

 private:
  static constexpr std::uint64_t told_most = 10'000;
  static constexpr std::size_t letters_most = 400;

  Teller<P> teller_;
  std::uint64_t so_far_ = 0;
};

namespace detail {

// The event of this number was `first`, and then `second`.
inline std::string difference(std::size_t number, const std::string& first,
                              const std::string& second) {
  const std::string event = "Not the same twice: event " + std::to_string(number);
  if (first.empty() || second.empty())
    return event + " was another the second time; the words of so late a one are not kept.";
  if (first == second)
    return event + ", '" + first + "', led to what its words do not tell, and not to the same.";
  return event + " was '" + first + "', and the second time '" + second + "'.";
}

}  // namespace detail

// From this world on.
template <Protocol P>
Twice run_twice(const RunOnce<P>& run, const World<Values<P>>& start, NetworkKind network,
                const std::string& node_noun, const std::atomic<bool>& stop) {
  using V = Values<P>;
  std::vector<std::uint64_t> hashes;
  std::vector<std::string> words;
  Twice twice;
  Compared<P> one(start, network, node_noun);
  twice.first = run(
      [&](Time now, const Action<V>& action, const World<V>& world) {
        hashes.push_back(one.hash(now, action, world));
        if (std::string told = one.words(now, action, world); !told.empty())
          words.push_back(std::move(told));
      },
      stop);

  const auto words_of_first = [&](std::size_t place) -> std::string {
    if (place >= hashes.size()) return "nothing any more";
    return place < words.size() ? words[place] : "";
  };
  std::size_t count = 0;
  std::atomic<bool> enough = stop.load();
  Compared<P> two(start, network, node_noun);
  const auto compare = [&](Time now, const Action<V>& action, const World<V>& world) {
    if (stop) enough = true;
    if (enough) return;
    const std::uint64_t hash = two.hash(now, action, world);
    const std::string told = two.words(now, action, world);
    const std::size_t place = count++;
    if (place < hashes.size() && hashes[place] == hash) return;
    enough = true;
    twice.difference = detail::difference(count, words_of_first(place), told);
  };
  const RunReport second = run(compare, enough);
  twice.interrupted = stop;
  if (twice.interrupted) twice.difference.reset();
  if (twice.interrupted || twice.difference) return twice;
  if (count < hashes.size())
    twice.difference = detail::difference(count + 1, words_of_first(count), "nothing any more");
  else if (second.failure != twice.first.failure)
    twice.difference = "Not the same twice: after the same " + std::to_string(count) +
                       " events the second run ended with '" + second.failure + "'.";
  return twice;
}

}  // namespace coracle::sim
