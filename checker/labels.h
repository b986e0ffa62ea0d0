// The kinds of actions that a protocol's world knows, as people count them: "deliver
// AppendEntries", "expire election", "crash". The list is complete, so that what never happened can
// be named. What cannot happen by the configs alone, a protocol may say:
//
//     unused(config) -> std::vector<std::string_view>
//
// the names of those kinds of messages, timers, requests and changes that this config leaves out.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "model/describe.h"
#include "model/values.h"

namespace coracle::checker {

// The names that values of a type go by: an alternative's, an enumerator's, or the one name "" of
// any other type.
template <class T>
std::vector<std::string> label_names() {
  std::vector<std::string> names;
  if constexpr (IsVariant<T>::value) {
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, T>>(
        [&](auto alternative) {
          names.emplace_back(type_name<typename decltype(alternative)::type>());
        });
  } else if constexpr (DescribedEnum<T>) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto enumerator) { names.emplace_back(enumerator.name); });
  } else {
    names.emplace_back();
  }
  return names;
}

// Where in label_names() a value's name stands.
template <class T>
std::uint8_t label_of(const T& value) {
  if constexpr (IsVariant<T>::value) {
    return static_cast<std::uint8_t>(value.index());
  } else if constexpr (DescribedEnum<T>) {
    std::uint8_t at = 0;
    std::uint8_t found = 0;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
      if (enumerator.value == value) found = at;
      ++at;
    });
    return found;
  } else {
    return 0;
  }
}

// Of an event that is no message: the label of its timer, request or change.
template <Protocol P>
std::uint8_t event_label(const typename P::Event& event) {
  return std::visit(
      [](const auto& happened) -> std::uint8_t {
        if constexpr (requires { happened.timer; })
          return label_of(happened.timer);
        else if constexpr (requires { happened.request; })
          return label_of(happened.request);
        else if constexpr (requires { happened.change; })
          return label_of(happened.change);
        else
          return 0;
      },
      event);
}

// The kinds that every config of a cluster leaves out.
template <Protocol P>
std::vector<std::string> unused_kinds(const Cluster<P>& cluster) {
  std::vector<std::string> common;
  if constexpr (requires(const typename P::Config& config) {
                  { unused(config) } -> std::same_as<std::vector<std::string_view>>;
                }) {
    for (std::size_t at = 0; at < cluster.configs.size(); ++at) {
      const auto here = unused(cluster.configs[at]);
      if (at == 0) common.assign(here.begin(), here.end());
      std::erase_if(common, [&](const std::string& kind) {
        return std::ranges::find(here, kind) == here.end();
      });
    }
  }
  return common;
}

// How often each kind of action was generated.
class ActionCounts {
 public:
  static constexpr std::size_t kinds = 8;  // the alternatives of Action, in their order
  static constexpr std::size_t labels = 32;
  static constexpr std::array<std::string_view, kinds> verbs{
      "deliver", "drop", "duplicate", "expire", "request", "flush", "crash", "restart"};

  // Names the kinds that can happen in such a cluster at all.
  template <Protocol P>
  static ActionCounts of(const Cluster<P>& cluster) {
    ActionCounts counts;
    if constexpr (HasNetwork<P>) {
      const auto messages = label_names<typename P::Message>();
      counts.names_[0] = messages;
      if (cluster.network.loss) counts.names_[1] = messages;
      if (cluster.network.duplication) counts.names_[2] = messages;
    }
    if constexpr (HasTimers<P>) counts.names_[3] = label_names<typename P::Timer>();
    if constexpr (HasRequests<P>) counts.names_[4] = label_names<typename P::Request>();
    if constexpr (HasDisk<P>)
      if (cluster.disk == DiskKind::buffered) counts.names_[5] = label_names<typename P::Change>();
    if (cluster.faults.crashes > 0) counts.names_[6] = counts.names_[7] = {""};
    counts.unused_ = unused_kinds(cluster);
    for (const auto& names : counts.names_) CHECK(names.size() <= labels);
    return counts;
  }

  void add(std::size_t kind, std::size_t label) { ++counts_[kind * labels + label]; }

  struct Count {
    std::string name;
    std::uint64_t count = 0;
  };
  std::vector<Count> list() const {
    std::vector<Count> all;
    for (std::size_t kind = 0; kind < kinds; ++kind)
      for (std::size_t label = 0; label < names_[kind].size(); ++label) {
        const std::string& name = names_[kind][label];
        const std::uint64_t count = counts_[kind * labels + label];
        if (count == 0 && std::ranges::find(unused_, name) != unused_.end()) continue;
        all.push_back({std::string(verbs[kind]) + (name.empty() ? "" : " ") + name, count});
      }
    return all;
  }

 private:
  std::array<std::vector<std::string>, kinds> names_;
  std::vector<std::string> unused_;
  std::array<std::uint64_t, kinds * labels> counts_{};
};

}  // namespace coracle::checker
