// Is there an order in which these calls can have taken effect, each at one moment between its
// invocation and its completion, such that a machine gives the same answers? (Herlihy and Wing
// 1990.) The search is Wing and Gong's of 1993 as Lowe improved it ("Testing for linearizability",
// 2017): calls and returns in a list from which what took effect is lifted and, on the way back,
// put in again; and a memory of (what took effect, state), so that nothing is tried twice. What
// was added is in call_search.cc, with the reasons why no order is lost by it.
//
// Calls and states are numbers here: sim/linearizability.h gives them to those of a history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace coracle::sim {

using StateNumber = std::uint32_t;

struct NumberedCall {
  std::size_t invoked = 0;                 // places in the history; no two are the same
  std::optional<std::size_t> completed{};  // none: open for ever; it may be left out
  std::uint32_t name = 0;                  // by which the machine knows it
  // The same for calls of the same operation and answer; and, of those that overwrite, for those
  // that leave the same state.
  std::uint32_t alike = 0;

  // What is known of it, answered as it was, in whatever state it takes effect. All of it may be
  // left unsaid; it then takes longer.
  bool changes = true;                  // false: it leaves every state as it was
  bool overwrites = false;              // it is answered so in every state, and `leaves` the same
  std::optional<StateNumber> needs{};   // it is answered so, or does something, in this one alone
  std::optional<StateNumber> leaves{};  // the one that it leaves
};

// What the calls do, to states that it numbers as they come up.
class NumberedMachine {
 public:
  NumberedMachine() = default;
  NumberedMachine(const NumberedMachine&) = delete;
  NumberedMachine& operator=(const NumberedMachine&) = delete;
  virtual ~NumberedMachine() = default;

  // The state that the call leaves; none where it would not be answered as it was.
  virtual std::optional<StateNumber> after(StateNumber state, const NumberedCall& call) = 0;

  // False only if the call leaves that state in no case.
  virtual bool may_leave(const NumberedCall& call, StateNumber state) const = 0;

  // False only if open calls of which it is not known what they leave, and which do not overwrite,
  // lead from the state to none in which the call would be answered as it was (or, open, would do
  // something).
  virtual bool within_reach(StateNumber state, const NumberedCall& call) const = 0;

  virtual std::size_t bytes() const = 0;  // that its states take
};

struct SearchLimits {
  std::size_t bytes = std::size_t{1} << 30U;
  std::size_t points = ~std::size_t{0};         // to be tried
  const std::function<bool()>* stop = nullptr;  // asked now and then
};

enum class Verdict : std::uint8_t { linearizable, not_linearizable, undecided };

struct SearchResult {
  Verdict verdict{};
  std::vector<std::uint32_t> order{};  // places in the vector of calls, where there is one
  std::size_t points = 0;              // (what took effect, state), each tried once
};

// Undecided where a limit was reached.
SearchResult search_order(const std::vector<NumberedCall>& calls, StateNumber initial,
                          NumberedMachine& machine, const SearchLimits& limits);

}  // namespace coracle::sim
