#include "sim/call_search.h"

#include <algorithm>
#include <utility>

#include "model/check.h"
#include "sim/calls_left.h"
#include "sim/remembered.h"

// How an order is built. The *deadline* is the earliest return in the list: that of the answered
// call which was completed first among those that have not taken effect. Calls before it in the
// list were invoked before it, and any of them may take effect next, just before the deadline's
// completion; nothing after it may. What took effect is lifted, so the deadline moves on. All that
// matters of the past is: who of those before the deadline is left, which open calls are used, and
// the state. That is what is remembered (not the whole set: all that was completed earlier is in
// it), and the cost of a point depends on how many calls overlap, not on how many there are.
//
// An order is sought as a *story*: some of the calls in their order, all answered ones among them
// but for those that are *passed*. A call that overwrites may be passed if another one that
// overwrites takes effect in the story while it is under way (it is *covered*): put it right before
// that one, and nobody can tell. So each order is a story, and each story becomes an order; among
// the stories we seek one with
//   (a) the fewest open calls, these (b) at the latest deadlines, and after those (c) the fewest
//   calls that overwrite, (d) calls that change nothing as early as can be, (e) those of the
//   earlier completion first among calls that are alike.
// If there is any story, one is least in this sense, and it keeps the following rules: whatever
// breaks one could be changed into another story that is less, as is said at each. ("Seen" is a
// call whose next one in the story does not overwrite.)
//
//  1. An answered call that changes nothing and fits takes effect at once. [Moved there it fits,
//     the others see the same states, and deadlines only move later: less by (d).]
//  2. An open call is seen, and before the deadline moves. [If it is the last, or the next one
//     overwrites, leave it out; if it alone covers some calls, put that of them with the earliest
//     completion, which covers the others, in its place: less by (a). If the next one comes at a
//     later deadline, move it there; what it alone covered is covered by one of them in its old
//     place: less by (b).]
//  3. After a call that overwrites none that does comes before the deadline moves. [The former is
//     covered by the latter, as is all that it covers: leave it out, less by (c).] So one that
//     overwrites either is the deadline, or covers it, or is seen before the deadline moves.
//  4. A covered deadline is passed at once, or is in the story at this deadline. [To pass it later
//     gives the same story.]
//  5. Of calls that are alike and may both come next, the one that is completed first does, and of
//     open ones the one that was invoked first; and no open one that overwrites comes where an
//     answered one that leaves the same state could. [Exchange the two where they are in the story,
//     or take one in place of the other. That one overwrites the same, so it is covered by it.]
//  6. A state that some answered call needs is not left for good before. [A call that leaves it
//     must still come, and begin before that call's completion.]
//
// These are what makes open calls bearable. Each stays in the list for ever, and could take effect
// anywhere; by rule 2 it does so only right before somebody who sees it.

namespace coracle::sim {
namespace {

// What of the past matters, besides who is left.
struct Point {
  enum class Last : std::uint8_t { plain, overwrote, must_be_seen };  // at this deadline

  StateNumber state = 0;
  std::size_t covered_before = 0;  // what overwrites and was invoked before this place is covered
  CallIndex deadline = nobody;
  Last last = Last::plain;
  bool kept = false;  // the deadline is covered, but will be in the story
};

class OrderSearch {
 public:
  OrderSearch(const std::vector<NumberedCall>& calls, NumberedMachine& machine,
              const SearchLimits& limits);

  SearchResult from(StateNumber initial);

 private:
  struct Frame {
    Point point;
    std::size_t steps = 0;  // that led here
    std::size_t first_choice = 0;
    std::size_t next_choice = 0;
  };
  enum class Arrival : std::uint8_t { end, new_point, known };

  bool covered(CallIndex call, const Point& here) const {
    return calls_[call].overwrites && calls_[call].invoked < here.covered_before;
  }
  std::size_t end_of(const Point& here) const { return *calls_[here.deadline].completed; }
  std::optional<StateNumber> after(StateNumber state, const NumberedCall& call) {
    if (call.needs && *call.needs != state) return std::nullopt;
    if (!call.changes && call.needs) return state;
    if (call.leaves && (call.overwrites || call.needs)) return call.leaves;
    return machine_.after(state, call);
  }

  Arrival arrive(Point& here);
  bool is_remembered(const Point& here);
  void add_used_calls();
  bool is_at_a_limit() const;

  void list_choices(const Point& here);
  void list_answered(const Point& here);
  void list_open(const Point& here);
  void list_if_seen(CallIndex call, const Point& here);
  void find_seers(const Point& here);
  bool can_be_seen(StateNumber state, CallIndex call, const Point& here);
  std::optional<Point> chosen(const Point& before, Step choice);

  CallsLeft calls_;
  NumberedMachine& machine_;
  const SearchLimits& limits_;
  bool opens_vaguely_ = false;  // an open call may leave states that are not known beforehand
  bool wants_any_ = false;      // there are calls that see others and need no certain state

  std::vector<Frame> frames_;
  std::vector<Step> choices_;  // those of each frame, one after the other
  Remembered remembered_;

  // Of the point at which it arrived last, in this round.
  std::uint32_t round_ = 0;
  std::vector<CallIndex> waiting_;   // answered, before the deadline, in the order of invocations
  std::vector<CallIndex> changing_;  // those of them that may change the state
  std::vector<Remembered::Word> row_;
  bool knows_seers_ = false;
  std::vector<const NumberedCall*> seers_;  // may come next, and do not overwrite
  std::vector<std::uint32_t> wanted_;       // by state: the round in which a seer needed it
  std::vector<std::uint32_t> searched_;     // and in which those that leave it were listed
  std::vector<std::uint32_t> alike_;        // by likeness: the round in which one was listed
};

OrderSearch::OrderSearch(const std::vector<NumberedCall>& calls, NumberedMachine& machine,
                         const SearchLimits& limits)
    : calls_(calls),
      machine_(machine),
      limits_(limits),
      wanted_(calls_.states(), 0),
      searched_(calls_.states(), 0) {
  for (const NumberedCall& call : calls) {
    const bool is_open = !call.completed;
    if (call.alike >= alike_.size()) alike_.resize(std::size_t{call.alike} + 1, 0);
    if (is_open && !call.changes) continue;
    if (is_open && !call.leaves) opens_vaguely_ = true;
    if (!call.overwrites && !call.needs) wants_any_ = true;
  }
}

// Takes what takes effect at once, and finds the deadline and who waits before it.
OrderSearch::Arrival OrderSearch::arrive(Point& here) {
  waiting_.clear();
  knows_seers_ = false;
  ++round_;
  CallsLeft::Node event = calls_.first_event();
  while (!calls_.is_end(event) && !CallsLeft::is_completion(event)) {
    const CallIndex call = CallsLeft::call_of(event);
    if (calls_[call].changes || !after(here.state, calls_[call])) {
      waiting_.push_back(call);
      event = calls_.event_after(event);
      continue;
    }
    const CallsLeft::Node before = calls_.event_before(event);
    calls_.lift({.call = call});
    event = calls_.event_after(before);
    here.last = Point::Last::plain;
  }
  if (calls_.is_end(event)) return Arrival::end;
  const CallIndex deadline = CallsLeft::call_of(event);
  if (here.deadline != deadline) {
    CHECK(here.last != Point::Last::must_be_seen);
    here.deadline = deadline;
    here.last = Point::Last::plain;
    here.kept = false;
  }
  return is_remembered(here) ? Arrival::known : Arrival::new_point;
}

bool OrderSearch::is_remembered(const Point& here) {
  using Word = Remembered::Word;
  Word covered_calls = 0;
  for (const CallIndex call : waiting_) covered_calls += covered(call, here) ? 1U : 0U;
  row_.clear();
  row_.push_back(here.state);
  row_.push_back(static_cast<Word>(here.last) | (here.kept ? 4U : 0U) | covered_calls << 3U);
  row_.push_back(static_cast<Word>(waiting_.size()));
  row_.insert(row_.end(), waiting_.begin(), waiting_.end());
  add_used_calls();
  return !remembered_.insert(row_);
}

// Of the open calls that were used, those that may be wanted again: as a list, or as a bit each if
// that is shorter. Who leaves a state that is not needed any more would be seen by nobody.
void OrderSearch::add_used_calls() {
  const std::size_t first = row_.size();
  for (const CallIndex call : calls_.used()) {
    const auto& leaves = calls_[call].leaves;
    if (wants_any_ || !leaves || calls_.is_needed(*leaves))
      row_.push_back(calls_.place_in_open(call));
  }
  const std::size_t words = (calls_.open().size() + 31) / 32;
  if (row_.size() - first <= words) {
    std::sort(row_.begin() + static_cast<std::ptrdiff_t>(first), row_.end());
    return;
  }
  std::vector<Remembered::Word> bits(words + 1, 0);  // one more, to be no list
  for (std::size_t at = first; at < row_.size(); ++at) bits[row_[at] / 32] |= 1U << row_[at] % 32;
  row_.resize(first);
  row_.insert(row_.end(), bits.begin(), bits.end());
}

// --- Who may come next.

void OrderSearch::list_choices(const Point& here) {
  const bool may_pass =
      covered(here.deadline, here) && !here.kept && here.last != Point::Last::must_be_seen;
  if (may_pass) choices_.push_back({.call = here.deadline, .passed = true});
  list_answered(here);
  list_open(here);
}

void OrderSearch::list_answered(const Point& here) {
  const bool deadline_is_to_be_covered =
      calls_[here.deadline].overwrites && !covered(here.deadline, here);
  changing_.clear();
  for (const CallIndex call : waiting_)
    if (calls_[call].changes) changing_.push_back(call);
  std::ranges::sort(changing_, {}, [&](CallIndex call) { return *calls_[call].completed; });
  for (const CallIndex call : changing_) {
    const NumberedCall& one = calls_[call];
    if (std::exchange(alike_[one.alike], round_) == round_) continue;
    if (one.overwrites) {
      if (here.last != Point::Last::plain) continue;
      const bool may_be_unseen = call == here.deadline || deadline_is_to_be_covered;
      if (!may_be_unseen && !can_be_seen(*one.leaves, call, here)) continue;
    } else if (!after(here.state, one)) {
      continue;
    }
    choices_.push_back({.call = call});
  }
}

// Where each call that may see it needs a certain state, only those that leave one of these.
void OrderSearch::list_open(const Point& here) {
  if (calls_.open().empty()) return;
  if (wants_any_ || opens_vaguely_) {
    for (const CallIndex call : calls_.open()) {
      if (calls_[call].invoked > end_of(here)) return;
      if (!calls_.is_used(call)) list_if_seen(call, here);
    }
    return;
  }
  find_seers(here);
  for (const NumberedCall* seer : seers_) {
    if (std::exchange(searched_[*seer->needs], round_) == round_) continue;
    calls_.each_that_leaves(*seer->needs, [&](CallIndex call) {
      if (calls_.is_open(call) && calls_[call].invoked < end_of(here)) list_if_seen(call, here);
    });
  }
}

void OrderSearch::list_if_seen(CallIndex call, const Point& here) {
  const NumberedCall& one = calls_[call];
  if (!one.changes || (one.overwrites && here.last != Point::Last::plain)) return;
  if (alike_[one.alike] == round_) return;
  const auto there = after(here.state, one);
  if (!there || (!one.overwrites && *there == here.state)) return;
  alike_[one.alike] = round_;
  if (can_be_seen(*there, call, here)) choices_.push_back({.call = call});
}

void OrderSearch::find_seers(const Point& here) {
  if (std::exchange(knows_seers_, true)) return;
  seers_.clear();
  const auto add = [&](const NumberedCall& call) {
    seers_.push_back(&call);
    if (call.needs) wanted_[*call.needs] = round_;
  };
  for (const CallIndex call : waiting_)
    if (!calls_[call].overwrites) add(calls_[call]);
  for (const CallIndex call : calls_.open_in_need()) {
    if (calls_[call].invoked > end_of(here)) return;
    if (!calls_.is_used(call)) add(calls_[call]);
  }
}

bool OrderSearch::can_be_seen(StateNumber state, CallIndex call, const Point& here) {
  find_seers(here);
  if (!wants_any_ && !opens_vaguely_) return state < wanted_.size() && wanted_[state] == round_;
  return std::ranges::any_of(seers_, [&](const NumberedCall* seer) {
    if (seer == &calls_[call]) return false;
    return opens_vaguely_ ? machine_.within_reach(state, *seer) : after(state, *seer).has_value();
  });
}

// --- What comes of it.

// None where it leads nowhere.
std::optional<Point> OrderSearch::chosen(const Point& before, Step choice) {
  const NumberedCall& call = calls_[choice.call];
  Point here = before;
  calls_.lift(choice);
  here.last = Point::Last::plain;
  if (choice.passed) {
    const bool lost = *call.leaves != here.state && calls_.is_left_for_good(*call.leaves, machine_);
    return lost ? std::nullopt : std::optional(here);
  }
  const bool deadline_was_covered = covered(before.deadline, before);
  here.state = *after(before.state, call);
  here.kept = before.kept || deadline_was_covered;
  if (calls_.is_open(choice.call)) {
    here.last = Point::Last::must_be_seen;
  } else if (call.overwrites && choice.call != before.deadline) {
    const bool covers_deadline = calls_[before.deadline].overwrites && !deadline_was_covered;
    here.last = covers_deadline ? Point::Last::overwrote : Point::Last::must_be_seen;
  }
  if (call.overwrites) here.covered_before = end_of(before);
  if (here.state != before.state && calls_.is_left_for_good(before.state, machine_))
    return std::nullopt;
  if (call.changes && !call.leaves && calls_.is_wasted(call, here.state, machine_))
    return std::nullopt;
  return here;
}

bool OrderSearch::is_at_a_limit() const {
  if (remembered_.size() > limits_.points) return true;
  if (remembered_.size() % 256 != 0) return false;
  const std::size_t bytes = remembered_.bytes() + machine_.bytes() + calls_.bytes() +
                            frames_.capacity() * sizeof(Frame) + choices_.capacity() * sizeof(Step);
  return bytes > limits_.bytes || (limits_.stop != nullptr && (*limits_.stop)());
}

SearchResult OrderSearch::from(StateNumber initial) {
  const auto ended = [&](Verdict verdict) {
    return SearchResult{.verdict = verdict, .points = remembered_.size()};
  };
  if (calls_.is_hopeless(initial, machine_)) return ended(Verdict::not_linearizable);
  std::optional<Point> here = Point{.state = initial};
  for (;;) {
    const Arrival arrival = here ? arrive(*here) : Arrival::known;
    if (arrival == Arrival::end) {
      SearchResult found = ended(Verdict::linearizable);
      found.order = calls_.order();
      return found;
    }
    if (arrival == Arrival::new_point) {
      if (is_at_a_limit()) return ended(Verdict::undecided);
      frames_.push_back({.point = *here,
                         .steps = calls_.steps().size(),
                         .first_choice = choices_.size(),
                         .next_choice = choices_.size()});
      list_choices(*here);
    }
    while (!frames_.empty() && frames_.back().next_choice == choices_.size()) {
      choices_.resize(frames_.back().first_choice);
      frames_.pop_back();
    }
    if (frames_.empty()) return ended(Verdict::not_linearizable);
    calls_.put_back_to(frames_.back().steps);
    const Step choice = choices_[frames_.back().next_choice++];
    here = chosen(frames_.back().point, choice);
  }
}

}  // namespace

SearchResult search_order(const std::vector<NumberedCall>& calls, StateNumber initial,
                          NumberedMachine& machine, const SearchLimits& limits) {
  return OrderSearch(calls, machine, limits).from(initial);
}

}  // namespace coracle::sim
