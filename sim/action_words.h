// An action in the column of its node: where it happens, and what it is there, without the node.
//
//     "expire election", "RequestVote from 1", "drop AppendEntries from 2", "crash keeping 1"
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "model/narrative.h"
#include "sim/kinds.h"

namespace coracle::sim {

// Of a message, its receiver.
template <Protocol P>
NodeId place_of(const Action<Values<P>>& action) {
  return std::visit(
      [](const auto& a) {
        if constexpr (requires { a.envelope; })
          return a.envelope.to;
        else if constexpr (requires { a.event; })
          return a.event.node;
        else
          return a.node;
      },
      action);
}

template <Protocol P>
std::string_view verb_of(const Action<Values<P>>& action) {
  return action_names[action.index()];
}

// Null where it is about no message.
template <Protocol P>
const typename Values<P>::Envelope* envelope_of(const Action<Values<P>>& action) {
  return std::visit(
      [](const auto& a) -> const typename Values<P>::Envelope* {
        if constexpr (requires { a.envelope; })
          return &a.envelope;
        else
          return nullptr;
      },
      action);
}

// What readers may want to leave out together: "AppendEntries", "expire heartbeat", "crash".
template <Protocol P>
std::string sort_of(const Action<Values<P>>& action) {
  return std::visit(
      [&]<class Taken>(const Taken& taken) -> std::string {
        const std::string verb(verb_of<P>(action));
        if constexpr (requires { taken.envelope; })
          return kind_name(taken.envelope.message);
        else if constexpr (requires { taken.event; })
          return std::visit(
              [&](const auto& happened) {
                if constexpr (requires { happened.timer; })
                  return verb + " " + kind_name(happened.timer);
                else
                  return verb;
              },
              taken.event.event);
        else
          return verb;
      },
      action);
}

template <Protocol P>
std::string text_at_node(const Action<Values<P>>& action) {
  return std::visit(
      [&]<class Taken>(const Taken& taken) -> std::string {
        const std::string verb(verb_of<P>(action));
        if constexpr (requires { taken.envelope; }) {
          const std::string arrives =
              kind_name(taken.envelope.message) + " from " + text(taken.envelope.from);
          return verb == "deliver" ? arrives : verb + " " + arrives;
        } else if constexpr (requires { taken.event; }) {
          return std::visit(
              [&](const auto& happened) {
                if constexpr (requires { happened.timer; })
                  return verb + " " + text(happened.timer);
                else if constexpr (requires { happened.request; })
                  return verb + " " + text(happened.request);
                else if constexpr (requires { happened.change; })
                  return verb + " " + kind_name(happened.change);
                else
                  return verb;
              },
              taken.event.event);
        } else if constexpr (requires { taken.kept; }) {
          return verb + (taken.kept > 0 ? " keeping " + text(taken.kept) : "");
        } else {
          return verb;
        }
      },
      action);
}

}  // namespace coracle::sim
