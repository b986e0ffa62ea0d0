// The sentences of a scenario said again, as the values that they were read as.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/input.h"
#include "sim/scenario.h"
#include "sim/units.h"

namespace coracle::sim {

inline std::string said(NodeId node) { return std::to_string(static_cast<unsigned>(node)); }

inline std::string said(const Who& who) {
  std::string all;
  for (const auto& one : who) {
    all += all.empty() ? "" : " ";
    all += match(
        one, [](const Node& node) { return said(node.node); },
        [](const Role& role) { return "Role " + role.name; },
        [](const OldRole& old) { return "OldRole " + old.name; },
        [](const OneOf& any) { return "OneOf " + any.role; },
        [](Any) { return std::string("Any"); }, [](Minority) { return std::string("Minority"); },
        [](Majority) { return std::string("Majority"); },
        [](Others) { return std::string("Others"); }, [](All) { return std::string("All"); });
  }
  return "(" + all + ")";
}

inline std::string said(const std::vector<Who>& groups) {
  std::string all;
  for (const Who& group : groups) all += " " + said(group);
  return all;
}

inline std::string said(const Disturb& disturb) {
  constexpr std::array<std::string_view, 3> whats{"lose", "duplicate", "delay"};
  return "Disturb " + std::string(whats[static_cast<std::size_t>(disturb.what)]) + " " +
         std::to_string(disturb.share) + " [" + disturb.message + "] " + said(disturb.from) + " " +
         said(disturb.to) +
         (disturb.what == Disturbance::What::delay ? " by " + span_text(disturb.by) : "");
}

inline std::string said(const Exactly& exactly) {
  constexpr std::array<std::string_view, 3> fates{"deliver", "drop", "duplicate"};
  return "Exactly " + std::string(fates[static_cast<std::size_t>(exactly.fate)]) + " " +
         exactly.message + " " + said(exactly.from) + " " + said(exactly.to) + " [" +
         exactly.fields + "]";
}

inline std::string said(const Verb& verb) {
  return match(
      verb.what, [](const Partition& cut) { return "Partition" + said(cut.groups); },
      [](const CutOneWay& cut) { return "CutOneWay " + said(cut.from) + " " + said(cut.to); },
      [](PartitionRing) { return std::string("PartitionRing"); },
      [](PartitionBridge) { return std::string("PartitionBridge"); },
      [](const ClogThem& clog) {
        return std::string(clog.one_way ? "ClogThem one way" : "ClogThem") + said(clog.groups);
      },
      [](const Swizzle& swizzle) { return "Swizzle " + said(swizzle.who); },
      [](const Disturb& disturb) { return said(disturb); },
      [](const Heal&) { return std::string("Heal"); },
      [](const CrashThem& them) {
        return "CrashThem " + said(them.who) +
               (them.kept ? " keeping " + std::to_string(*them.kept) : "");
      },
      [](const RestartThem& them) { return "RestartThem " + said(them.who); },
      [](const PauseThem& them) { return "PauseThem " + said(them.who); },
      [](const ResumeThem& them) { return "ResumeThem " + said(them.who); },
      [](const SlowThem& them) {
        return "SlowThem " + said(them.who) + " by " + span_text(them.by);
      },
      [](const SkewClock& skew) {
        return "SkewClock " + said(skew.who) + " by " + std::to_string(skew.by) + " ns";
      },
      [](const DriftClock& drift) {
        return "DriftClock " + said(drift.who) + " by " + std::to_string(drift.by) + " ppm";
      },
      [](const FlushThem& them) { return "FlushThem " + said(them.who); },
      [](const Ask& ask) { return "Ask " + ask.verb + " [" + ask.argument + "] " + said(ask.at); },
      [](const ExpireTimer& expire) {
        return "ExpireTimer " + expire.timer + " " + said(expire.who);
      },
      [](const Exactly& exactly) { return said(exactly); });
}

// Why f() refuses its input.
template <class F>
std::string refusal_of(F f) {
  try {
    f();
    return "it was read";
  } catch (const InputError& error) {
    return error.what();
  }
}

}  // namespace coracle::sim
