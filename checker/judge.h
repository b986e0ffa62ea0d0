// The asked properties, numbered: what each subject has to say becomes a set of bits, so that it
// can be remembered beside the subject. A bit is set where a subject *speaks*: it breaks an
// `always`, or shows a `sometimes`.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/check.h"
#include "model/values.h"

namespace coracle::checker {

using Marks = std::uint64_t;

struct Asked {
  std::string_view name;
  Expectation expectation{};
  std::string_view meaning;
};

template <Protocol P>
class Judge {
 public:
  using State = typename P::State;
  using AllNodes = Nodes<State, ObservedOf<P>>;
  using OneChange = Change<State, typename P::Effect>;

  // Asks those whose names are given; all where none is.
  Judge(const PropertiesOf<P>& properties, const std::vector<std::string>& only) {
    const auto wanted = [&](std::string_view name) {
      return only.empty() || std::ranges::find(only, name) != only.end();
    };
    take(properties.of_state, of_state_, wanted);
    take(properties.of_nodes, of_nodes_, wanted);
    take(properties.of_step, of_step_, wanted);
    for (const auto& question : of_nodes_) remembers_ |= question.property.remembers;
    if constexpr (HasDisk<P>) {
      const Property<OneChange> standing{Expectation::always, saves_name,
                                         Values<P>::saves_what_it_keeps};
      take({standing}, of_step_, wanted);
    }
    if (properties.never_stuck && wanted(stuck_name))
      stuck_ = number(stuck_name, Expectation::always, {});
    CHECK(asked_.size() <= 64);
  }

  const std::vector<Asked>& asked() const { return asked_; }
  bool remembers() const { return remembers_; }
  bool asks_nodes() const { return !of_nodes_.empty(); }

  Marks of_state(const State& state) const { return ask(of_state_, state); }
  Marks of_nodes(const AllNodes& nodes) const { return ask(of_nodes_, nodes); }
  Marks of_step(const OneChange& change) const { return ask(of_step_, change); }
  Marks stuck() const { return stuck_; }  // of a world in which nothing more can happen

  static constexpr std::string_view saves_name = "what must outlive a crash is saved";
  static constexpr std::string_view stuck_name = "something can always happen";

 private:
  template <class Subject>
  struct Question {
    Property<Subject> property;
    Marks bit;
  };

  Marks number(std::string_view name, Expectation expectation, std::string_view meaning) {
    asked_.push_back({name, expectation, meaning});
    return Marks{1} << (asked_.size() - 1);
  }

  template <class Subject, class Wanted>
  void take(const std::vector<Property<Subject>>& from, std::vector<Question<Subject>>& to,
            Wanted wanted) {
    for (const auto& property : from)
      if (wanted(property.name))
        to.push_back({property, number(property.name, property.expectation, property.meaning)});
  }

  template <class Subject>
  static Marks ask(const std::vector<Question<Subject>>& questions, const Subject& subject) {
    Marks marks = 0;
    for (const auto& [property, bit] : questions)
      if (property.holds(subject) == (property.expectation == Expectation::sometimes)) marks |= bit;
    return marks;
  }

  std::vector<Asked> asked_;
  std::vector<Question<State>> of_state_;
  std::vector<Question<AllNodes>> of_nodes_;
  std::vector<Question<OneChange>> of_step_;
  Marks stuck_ = 0;
  bool remembers_ = false;
};

}  // namespace coracle::checker
