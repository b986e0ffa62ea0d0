// What becomes of each message on its way: which links are cut or clogged, what somebody does to
// the messages of a kind, how long each takes. A link is one direction between two nodes. All that
// is drawn has a stream of its own, by link and purpose.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sim/random.h"
#include "sim/weather.h"

namespace coracle::sim {

// What somebody does to messages until it is undone: so many of those of a kind on some links are
// lost, arrive twice, or take that much longer.
struct Disturbance {
  enum class What : std::uint8_t { lose, duplicate, delay };
  What what{};
  PartsPerMillion share = certain;
  Span by{};                        // of delay
  std::optional<std::size_t> kind;  // of message; none: every kind
  std::vector<bool> links;          // by number
  std::uint64_t deed = 0;           // whose it is
};

class Links {
 public:
  // What is decided of a message when it is sent.
  struct Fate {
    bool lost = false;
    bool twice = false;
    Time more = 0;               // of its latency
    std::optional<Time> replay;  // after its arrival
  };

  Links(std::size_t nodes, const Weather& weather, std::uint64_t seed) : nodes_(nodes) {
    for (std::size_t number = 0; number < nodes * nodes; ++number) {
      links_.push_back({weather.network, stream(seed, "latency", number),
                        stream(seed, "loss", number), stream(seed, "duplicate", number),
                        stream(seed, "reorder", number), stream(seed, "replay", number),
                        stream(seed, "disturbance", number)});
      for (const LinksWeather& own : weather.links)
        if (names(own.from, number / nodes) && names(own.to, number % nodes))
          links_.back().weather = own.weather;
    }
  }

  std::size_t number(NodeId from, NodeId to) const {
    return position(from) * nodes_ + position(to);
  }

  // --- What is done to them. Each cut and each clog is undone on its own.

  // No message gets through a link that is cut.
  void cut(NodeId from, NodeId to) { links_[number(from, to)].cuts += 1; }
  void mend(NodeId from, NodeId to) { links_[number(from, to)].cuts -= 1; }
  bool is_cut(std::size_t link) const { return links_[link].cuts > 0; }

  // Messages wait before the end of a link that is clogged.
  void clog(NodeId from, NodeId to) { links_[number(from, to)].clogs += 1; }
  void unclog(NodeId from, NodeId to) { links_[number(from, to)].clogs -= 1; }
  bool is_clogged(std::size_t link) const { return links_[link].clogs > 0; }

  void disturb(Disturbance disturbance) { disturbances_.push_back(std::move(disturbance)); }
  // Whether there was one.
  bool undisturb(std::uint64_t deed) {
    return std::erase_if(disturbances_, [&](const auto& d) { return d.deed == deed; }) > 0;
  }
  // On that link.
  void undisturb(NodeId from, NodeId to) {
    for (Disturbance& disturbance : disturbances_) disturbance.links[number(from, to)] = false;
  }

  // --- Messages.

  Fate sent(std::size_t link, std::size_t kind) {
    One& one = links_[link];
    Fate fate{.lost = one.loss.happens(one.weather.loss),
              .twice = one.duplicate.happens(one.weather.duplicate),
              .more = 0,
              .replay = {}};
    if (one.reorder.happens(one.weather.reorder.share))
      fate.more = one.reorder.within(one.weather.reorder.by);
    if (one.replay.happens(one.weather.replay.share))
      fate.replay = one.replay.within(one.weather.replay.by);
    for (const Disturbance& disturbance : disturbances_)
      disturb(one, link, kind, disturbance, fate);
    return fate;
  }

  // Whether there is room for one more on the link, which takes it.
  bool takes(std::size_t link) {
    One& one = links_[link];
    if (one.weather.capacity > 0 && one.on_their_way >= one.weather.capacity) return false;
    ++one.on_their_way;
    return true;
  }
  void landed(std::size_t link) { --links_[link].on_their_way; }

  bool has_bandwidth(std::size_t link) const { return links_[link].weather.bandwidth > 0; }

  // When a message of that size arrives that is put on the link now. The size counts where the link
  // has a bandwidth; `in_order`: not before those that are on their way.
  Time arrival(std::size_t link, Time now, Time more, std::size_t bytes, bool in_order) {
    One& one = links_[link];
    if (one.weather.bandwidth > 0) {
      one.busy_until = later(std::max(now, one.busy_until), time_of(bytes, one.weather.bandwidth));
      now = one.busy_until;
    }
    Time at = later(later(now, drawn(one.latency, one.weather.latency)), more);
    if (in_order) at = std::max(at, one.last_arrival);
    one.last_arrival = at;
    return at;
  }

 private:
  struct One {
    LinkWeather weather;
    Stream latency;
    Stream loss;
    Stream duplicate;
    Stream reorder;
    Stream replay;
    Stream disturbance;
    int cuts = 0;
    int clogs = 0;
    std::uint32_t on_their_way = 0;
    Time busy_until = 0;
    Time last_arrival = 0;
  };

  static bool names(const std::vector<NodeId>& nodes, std::size_t at) {
    return nodes.empty() || std::ranges::count(nodes, node_at(at)) > 0;
  }

  static Time drawn(Stream& stream, const Latency& latency) {
    if (latency.mean > 0) return later(latency.span.least, stream.exponential(latency.mean));
    return stream.within(latency.span);
  }

  // No message has 2^33 bytes.
  static Time time_of(std::size_t bytes, std::uint64_t bandwidth) {
    constexpr std::uint64_t second = 1'000'000'000;
    return static_cast<Time>(bytes * second / bandwidth);
  }

  static void disturb(One& one, std::size_t link, std::size_t kind, const Disturbance& disturbance,
                      Fate& fate) {
    if (!disturbance.links[link] || disturbance.kind.value_or(kind) != kind) return;
    if (!one.disturbance.happens(disturbance.share)) return;
    switch (disturbance.what) {
      case Disturbance::What::lose:
        fate.lost = true;
        return;
      case Disturbance::What::duplicate:
        fate.twice = true;
        return;
      case Disturbance::What::delay:
        fate.more = later(fate.more, one.disturbance.within(disturbance.by));
        return;
    }
  }

  std::size_t nodes_;
  std::vector<One> links_;
  std::vector<Disturbance> disturbances_;
};

}  // namespace coracle::sim
