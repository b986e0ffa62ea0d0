// A run as people tell it: what happened, in the verbs of the scenarios, and only what it changed.
//
//     4. deliver RequestVote 1 -> 2 {term: 1, last: {term: 0, index: 0}}
//          server 2: term 0 -> 1, voted_for none -> 1
//          sends RequestVoteReply to 1
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/print.h"
#include "model/values.h"

namespace coracle {

// What is worth telling of a state, by name. A protocol may say it in words of its own, as
// `words(state)`; otherwise its described fields are told, those of a struct within the struct on
// their own.
using Words = std::vector<std::pair<std::string, std::string>>;

template <class T>
void add_fields(Words& told, std::string_view name, const T& value) {
  if constexpr (DescribedStruct<T> && std::is_aggregate_v<T>) {
    if constexpr (field_count < T >> 1) {
      for_each_field(value, [&](std::string_view inner, const auto& field) {
        add_fields(told, inner, field);
      });
      return;
    }
  }
  told.emplace_back(name, text(value));
}

template <class State>
Words words_of(const State& state) {
  if constexpr (requires {
                  { words(state) } -> std::same_as<Words>;
                }) {
    return words(state);
  } else {
    Words told;
    if constexpr (IsVariant<State>::value)
      std::visit([&](const auto& role) { add_fields(told, "state", role); }, state);
    else
      add_fields(told, "state", state);
    return told;
  }
}

// A protocol may also have `glimpse(state)`, a few letters for a table of a whole run, and
// `glimpse_key(state)`, which says how to read them.
template <class State>
concept HasGlimpse = requires(const State& state) {
  { glimpse(state) } -> std::same_as<std::string>;
  { glimpse_key(state) } -> std::same_as<std::string>;
};

// "RequestVote", and "{term: 1, ...}" of what has fields.
template <class T>
std::pair<std::string, std::string> name_and_fields(const T& value) {
  if constexpr (IsVariant<T>::value) {
    return std::visit([](const auto& held) { return name_and_fields(held); }, value);
  } else if constexpr (DescribedStruct<T>) {
    std::string fields = detail::fields_text(value);
    if (!fields.empty()) fields.insert(0, 1, '{').push_back('}');
    return {std::string(type_name<T>()), fields};
  } else {
    return {text(value), ""};
  }
}

// The names of the writes that wait for a disk, the oldest first.
template <class P>
std::string unflushed_text(const Buffer<P>& buffer) {
  std::string all;
  for (const auto& write : buffer.pending)
    all += (all.empty() ? "" : " + ") + name_and_fields(write.change).first;
  return all.empty() ? "nothing" : all;
}

template <Protocol P>
Words words_of_node(const typename Values<P>::Node& node) {
  if (!Values<P>::is_up(node)) return {{"down", ""}};
  Words told = words_of(Values<P>::state(node));
  if constexpr (HasDisk<P>)
    if (const auto* buffer = Values<P>::buffer(node))
      told.emplace_back("unflushed", unflushed_text(*buffer));
  return told;
}

inline std::string joined(const Words& told) {
  std::string all;
  for (const auto& [name, value] : told)
    all += (all.empty() ? "" : ", ") + name + (value.empty() ? "" : " ") + value;
  return all;
}

// "term 1 -> 2, log - -> 1", or the whole where a node went down or came back.
inline std::string difference(const Words& before, const Words& after) {
  const auto same_names =
      std::ranges::equal(before, after, {}, &Words::value_type::first, &Words::value_type::first);
  if (!same_names) return joined(after);
  std::string all;
  for (std::size_t i = 0; i < after.size(); ++i)
    if (before[i].second != after[i].second)
      all += (all.empty() ? "" : ", ") + after[i].first + " " + before[i].second + " -> " +
             after[i].second;
  return all;
}

// "RequestVote 1 -> 2"
template <class Message>
std::string envelope_text(const Envelope<Message>& envelope) {
  return name_and_fields(envelope.message).first + " " + text(envelope.from) + " -> " +
         text(envelope.to);
}

// The action in the verbs of a scenario: "deliver RequestVote 1 -> 2", "expire election 1",
// "request x at 1", "flush 2", "crash 3 keeping 1".
template <Protocol P>
std::string action_text(const Action<Values<P>>& action) {
  using Event = typename Values<P>::Event;
  using Envelope = typename Values<P>::Envelope;
  const auto on_link = [](const char* verb, const Envelope& e) {
    return std::string(verb) + " " + envelope_text(e);
  };
  const auto at_node = [](const char* verb, const char* preposition, const Event& e) {
    const std::string what = std::visit(
        [](const auto& happened) {
          if constexpr (requires { happened.timer; })
            return text(happened.timer);
          else if constexpr (requires { happened.request; })
            return text(happened.request);
          else
            return std::string();
        },
        e.event);
    return std::string(verb) + " " + what + preposition + text(e.node);
  };
  return match(
      action, [&](const Deliver<Envelope>& a) { return on_link("deliver", a.envelope); },
      [&](const Drop<Envelope>& a) { return on_link("drop", a.envelope); },
      [&](const Duplicate<Envelope>& a) { return on_link("duplicate", a.envelope); },
      [&](const Expire<Event>& a) { return at_node("expire", " ", a.event); },
      [&](const Request<Event>& a) { return at_node("request", " at ", a.event); },
      [](const Flush<Event>& a) { return "flush " + text(a.event.node); },
      [](const Crash& a) {
        return "crash " + text(a.node) + (a.kept > 0 ? " keeping " + text(a.kept) : "");
      },
      [](const Restart& a) { return "restart " + text(a.node); });
}

// The fields of the message that an action is about; empty where there is none.
template <Protocol P>
std::string message_text(const Action<Values<P>>& action) {
  return std::visit(
      [](const auto& a) {
        if constexpr (requires { a.envelope; })
          return name_and_fields(a.envelope.message).second;
        else
          return std::string();
      },
      action);
}

// Every node in a line of its own.
template <Protocol P>
std::string world_text(const World<Values<P>>& world, std::string_view node_noun = "") {
  std::string all;
  for (std::size_t at = 0; at < world.nodes.nodes.size(); ++at) {
    if (at > 0) all += "\n";
    if (!node_noun.empty()) all += std::string(node_noun) + " ";
    if (!node_noun.empty() || world.nodes.nodes.size() > 1) all += text(node_at(at)) + ": ";
    all += joined(words_of_node<P>(world.nodes.nodes[at]));
  }
  return all;
}

// Tells a run, an action a paragraph, and the world that it ends in. It begins with the initial
// world, or with one that so many actions led to before.
template <Protocol P>
class Narrative {
 public:
  Narrative(Values<P>& values, std::string_view node_noun)
      : Narrative(values, node_noun, values.initial_world(), 0) {}
  Narrative(Values<P>& values, std::string_view node_noun, World<Values<P>> start,
            std::size_t before)
      : values_(values), noun_(node_noun), world_(std::move(start)), count_(before) {
    glimpsed_.emplace_back(before, glimpses());
  }

  const World<Values<P>>& world() const { return world_; }

  // Takes the action, and tells it.
  std::string tell(const Action<Values<P>>& action) {
    World<Values<P>> next = world_;
    step(values_, next, action);
    std::string told = numbered(++count_) + ". " + action_text<P>(action);
    if (const std::string fields = message_text<P>(action); !fields.empty()) told += " " + fields;
    told += "\n" + disk_text(action);
    for (std::size_t at = 0; at < next.nodes.nodes.size(); ++at) {
      if (next.nodes.nodes[at] == world_.nodes.nodes[at]) continue;
      const std::string changed = difference(words_of_node<P>(world_.nodes.nodes[at]),
                                             words_of_node<P>(next.nodes.nodes[at]));
      if (!changed.empty()) told += line_of(node_at(at), changed);
      if (const std::string held = held_text(action, at, next); !held.empty())
        told += std::string(indent, ' ') + "holds back " + held + "\n";
    }
    if (const std::string sent = sent_text(action, next); !sent.empty())
      told += std::string(indent, ' ') + "sends " + sent + "\n";
    world_ = std::move(next);
    if (const auto row = glimpses(); row != glimpsed_.back().second)
      glimpsed_.emplace_back(count_, row);
    return told;
  }

  // The run at a glance: a column for each node, a row for each action that changed what is seen of
  // one. Empty where the protocol has no glimpses.
  std::string table() const {
    if constexpr (!HasGlimpse<typename P::State>) {
      return "";
    } else {
      std::vector<std::string> head;
      for (std::size_t at = 0; at < world_.nodes.nodes.size(); ++at)
        head.push_back(noun_ + " " + text(node_at(at)));
      std::string all =
          "At a glance (" + glimpse_key(typename P::State{}) + "):\n\n" + row_text("", head);
      for (const auto& [count, row] : glimpsed_)
        all += row_text(count == 0 ? "" : std::to_string(count) + ".", row);
      return all;
    }
  }

 private:
  static constexpr std::size_t indent = 7;
  static constexpr std::size_t column = 18;

  std::vector<std::string> glimpses() const {
    std::vector<std::string> row;
    if constexpr (HasGlimpse<typename P::State>) {
      for (const auto& node : world_.nodes.nodes)
        row.push_back(Values<P>::is_up(node) ? glimpse(Values<P>::state(node)) : "down");
    }
    return row;
  }

  static std::string row_text(const std::string& first, const std::vector<std::string>& cells) {
    std::string row(first.size() < 4 ? 4 - first.size() : 0, ' ');
    row += first;
    for (std::size_t at = 0; at < cells.size(); ++at) {
      row.resize(std::max(row.size() + 1, indent + at * column), ' ');
      row += cells[at];
    }
    return row + "\n";
  }

  std::string line_of(NodeId id, const std::string& what) const {
    return std::string(indent, ' ') + noun_ + " " + text(id) + ": " + what + "\n";
  }

  // What an action makes durable of the writes that waited for a disk.
  std::string disk_text(const Action<Values<P>>& action) const {
    if constexpr (HasDisk<P>) {
      if (const auto* flush = std::get_if<Flush<typename Values<P>::Event>>(&action)) {
        const auto& flushed = std::get<Saved<typename P::Change>>(flush->event.event);
        const auto [name, fields] = name_and_fields(flushed.change);
        return line_of(flush->event.node,
                       name + (fields.empty() ? "" : " ") + fields + " is on disk");
      }
      if (const auto* crash = std::get_if<Crash>(&action)) {
        const auto pending = Values<P>::pending(world_.nodes.nodes[position(crash->node)]);
        if (pending > 0)
          return line_of(crash->node,
                         "keeps " + text(crash->kept) + " of " + text(pending) +
                             (pending == 1 ? " unflushed write" : " unflushed writes"));
      }
    }
    return "";
  }

  // What a node's disk holds back after the action that it did not hold before.
  std::string held_text(const Action<Values<P>>& action, std::size_t at,
                        const World<Values<P>>& next) const {
    std::string all;
    if constexpr (HasDisk<P>) {
      const auto* before = Values<P>::buffer(world_.nodes.nodes[at]);
      const auto* after = Values<P>::buffer(next.nodes.nodes[at]);
      if (before == nullptr || after == nullptr) return all;
      std::size_t old = 0;  // what is held goes behind all that was
      for (const auto& write : before->pending) old += write.held.size();
      if (std::holds_alternative<Flush<typename Values<P>::Event>>(action))
        old -= before->pending.front().held.size();
      for (const auto& write : after->pending)
        for (const auto& effect : write.held)
          if (old > 0)
            --old;
          else
            all += (all.empty() ? "" : ", ") + order_text(effect);
    }
    return all;
  }

  // "RequestVoteReply to 1", "Apply"
  static std::string order_text(const typename P::Effect& effect) {
    return std::visit(
        [](const auto& order) {
          if constexpr (requires { order.message; })
            return name_and_fields(order.message).first + " to " + text(order.to);
          else
            return name_and_fields(order).first;
        },
        effect);
  }

  static std::string numbered(std::size_t number) {
    const std::string digits = std::to_string(number);
    return std::string(digits.size() < 3 ? 3 - digits.size() : 0, ' ') + digits;
  }

  // What is in flight after the action and was not before it.
  std::string sent_text(const Action<Values<P>>& action, const World<Values<P>>& next) const {
    if (std::holds_alternative<Duplicate<typename Values<P>::Envelope>>(action)) return "";
    auto before = world_.in_flight;
    if (const auto* delivered = std::get_if<Deliver<typename Values<P>::Envelope>>(&action))
      take_out(values_.cluster().network, before, delivered->envelope);
    std::vector<std::pair<std::string, std::string>> sent;  // message name, its receivers
    for (const auto& envelope : next.in_flight) {
      const auto old = std::ranges::find(before, envelope);
      if (old != before.end()) {
        before.erase(old);
        continue;
      }
      const std::string name = name_and_fields(envelope.message).first;
      if (sent.empty() || sent.back().first != name)
        sent.emplace_back(name, text(envelope.to));
      else
        sent.back().second += ", " + text(envelope.to);
    }
    std::string all;
    for (const auto& [name, to] : sent) all += (all.empty() ? "" : "; ") + name + " to " + to;
    return all;
  }

  Values<P>& values_;
  std::string noun_;
  World<Values<P>> world_;
  std::size_t count_ = 0;
  std::vector<std::pair<std::size_t, std::vector<std::string>>>
      glimpsed_;  // after which action, and what
};

}  // namespace coracle
