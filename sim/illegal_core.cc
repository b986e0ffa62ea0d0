#include "sim/illegal_core.h"

#include <algorithm>
#include <optional>

namespace coracle::sim {
namespace {

enum class Form : std::uint8_t { told, open, left_out };

class Weakening {
 public:
  Weakening(const std::vector<TwoForms>& calls, StateNumber initial, NumberedMachine& machine,
            const SearchLimits& limits)
      : calls_(calls), initial_(initial), machine_(machine), limits_(limits) {
    for (const auto& call : calls)
      if (call.told.completed) completions_.push_back(*call.told.completed);
    std::ranges::sort(completions_);
  }

  IllegalCore core() {
    const std::size_t completions = shortest_prefix();
    std::vector<Form> forms = prefix(completions);
    std::vector<Form> newest_first = forms;
    weaken(forms, false);
    weaken(newest_first, true);
    if (size_of(newest_first) < size_of(forms)) forms = newest_first;
    IllegalCore core{.completions = completions, .is_least = is_least_};
    for (std::uint32_t call = 0; call < calls_.size(); ++call) {
      const bool in_prefix = calls_[call].told.invoked < completions_[completions - 1];
      if (is_whole(forms, call)) core.members.push_back(call);
      if (forms[call] == Form::open) ++core.open;
      if (in_prefix && forms[call] == Form::left_out) ++core.left_out;
    }
    return core;
  }

 private:
  bool is_whole(const std::vector<Form>& forms, std::size_t call) const {
    return forms[call] == Form::told && calls_[call].told.completed.has_value();
  }

  // What of the calls was seen when so many had been completed.
  std::vector<Form> prefix(std::size_t completions) const {
    const std::size_t end = completions == 0 ? 0 : completions_[completions - 1];
    std::vector<Form> forms(calls_.size(), Form::left_out);
    for (std::size_t call = 0; call < calls_.size(); ++call) {
      const auto& [told, open] = calls_[call];
      if (told.invoked > end) continue;
      if (told.completed && *told.completed <= end)
        forms[call] = Form::told;
      else if (open.changes)
        forms[call] = Form::open;
    }
    return forms;
  }

  // Known not to be linearizable.
  bool is_illegal(const std::vector<Form>& forms) {
    std::vector<NumberedCall> chosen;
    for (std::size_t call = 0; call < calls_.size(); ++call) {
      if (forms[call] == Form::told) chosen.push_back(calls_[call].told);
      if (forms[call] == Form::open) chosen.push_back(calls_[call].open);
    }
    const Verdict verdict = search_order(chosen, initial_, machine_, limits_).verdict;
    if (verdict == Verdict::undecided) is_least_ = false;
    return verdict == Verdict::not_linearizable;
  }

  // Every prefix of a linearizable history is linearizable.
  std::size_t shortest_prefix() {
    std::size_t explained = 0;
    std::size_t illegal = completions_.size();
    while (illegal - explained > 1) {
      const std::size_t middle = explained + (illegal - explained) / 2;
      (is_illegal(prefix(middle)) ? illegal : explained) = middle;
    }
    return illegal;
  }

  std::size_t size_of(const std::vector<Form>& forms) const {
    std::size_t size = 0;
    for (std::size_t call = 0; call < calls_.size(); ++call)
      size += is_whole(forms, call) ? 1U : 0U;
    return size;
  }

  // By ever smaller pieces. What could not be weakened when fewer others were cannot be later: one
  // pass over the single calls is enough.
  void weaken(std::vector<Form>& forms, bool newest_first) {
    std::vector<std::size_t> whole;
    for (std::size_t call = 0; call < calls_.size(); ++call)
      if (is_whole(forms, call)) whole.push_back(call);
    if (newest_first) std::ranges::reverse(whole);
    for (std::size_t size = std::max<std::size_t>(1, whole.size() / 2);; size /= 2) {
      std::vector<std::size_t> left;
      for (std::size_t first = 0; first < whole.size(); first += size) {
        const std::vector<Form> before = forms;
        const std::size_t end = std::min(first + size, whole.size());
        for (std::size_t at = first; at < end; ++at) forms[whole[at]] = weaker(whole[at]);
        if (is_illegal(forms)) continue;
        forms = before;
        for (std::size_t at = first; at < end; ++at) left.push_back(whole[at]);
      }
      whole = left;
      if (size == 1) return;
    }
  }

  Form weaker(std::size_t call) const {
    const auto& [told, open] = calls_[call];
    return told.changes && open.changes ? Form::open : Form::left_out;
  }

  const std::vector<TwoForms>& calls_;
  StateNumber initial_;
  NumberedMachine& machine_;
  const SearchLimits& limits_;
  std::vector<std::size_t> completions_;
  bool is_least_ = true;
};

}  // namespace

IllegalCore illegal_core(const std::vector<TwoForms>& calls, StateNumber initial,
                         NumberedMachine& machine, const SearchLimits& limits) {
  return Weakening(calls, initial, machine, limits).core();
}

}  // namespace coracle::sim
