#include "sim/fault_sentences.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "sim/units.h"

namespace coracle::sim {
namespace {

constexpr std::uint64_t most_kept = 1'000'000;

// "1 | 2 3", or one way, "1 -> 2"
struct Groups {
  std::vector<Who> groups;
  bool one_way = false;
};

Groups groups_of(std::string_view verb, std::string_view rest, const Names& names) {
  const bool one_way = rest.find("->") != std::string_view::npos;
  const auto sides = split(rest, one_way ? "->" : "|");
  if (sides.size() < 2 ||
      (one_way && (sides.size() > 2 || rest.find('|') != std::string_view::npos)))
    throw InputError(std::string(verb) + " " + quoted(rest) +
                     "; expected groups, 'leader | others', or one way, 'leader -> others'");
  std::vector<Who> groups;
  groups.reserve(sides.size());
  for (const auto side : sides) groups.push_back(who_in_partition(side, names));
  if (std::ranges::count_if(groups, names_others) > 1)
    throw InputError("'others' in two groups; expected it in one");
  return {std::move(groups), one_way};
}

// The last words of a sentence: WHO by AMOUNT.
struct By {
  std::string_view who;
  std::string_view amount;
};

By by_of(std::string_view verb, std::string_view rest, std::string_view example) {
  constexpr std::string_view by = " by ";
  const auto at = rest.rfind(by);
  if (at == std::string_view::npos)
    throw InputError(std::string(verb) + " " + quoted(rest) + " without by; expected such as '" +
                     std::string(example) + "'");
  return {trimmed(rest.substr(0, at)), trimmed(rest.substr(at + by.size()))};
}

Span span_of(std::string_view amount) {
  const auto span = parse_span(amount);
  if (!span) throw InputError("by " + quoted(amount) + "; expected " + std::string(expected_span));
  return *span;
}

// "of 2": whose clock.
std::string_view behind_clock(std::string_view verb, Words& words) {
  const bool clock = words.take() == "clock";
  if (!clock || words.take() != "of")
    throw InputError(std::string(verb) + " what? Expected '" + std::string(verb) +
                     " clock of 2 by ...'");
  return words.rest();
}

std::string_view without_sign(std::string_view amount) {
  if (amount.starts_with('-') || amount.starts_with('+')) amount.remove_prefix(1);
  return amount;
}

}  // namespace

// ---- Links.

What partition(Words words, const Names& names) {
  if (words.rest() == "ring") return PartitionRing{};
  if (words.rest() == "bridge") return PartitionBridge{};
  auto [groups, one_way] = groups_of("partition", words.rest(), names);
  if (one_way) return CutOneWay{.from = groups[0], .to = groups[1]};
  return Partition{.groups = std::move(groups)};
}

What clog(Words words, const Names& names) {
  auto [groups, one_way] = groups_of("clog", words.rest(), names);
  return ClogThem{.groups = std::move(groups), .one_way = one_way};
}

What swizzle(Words words, const Names& names) { return Swizzle{who_of(words.rest(), names)}; }

What heal(Words words, const Names& /*names*/) {
  expect_no_more(words, "heal", "nothing more, for it heals every link");
  return Heal{};
}

// "[SHARE % of] MESSAGE|messages [from WHO] [to WHO]"
What disturb(Disturbance::What what, Words words, const Names& names) {
  Disturb disturb{.what = what, .share = certain, .message = {}, .from = {}, .to = {}, .by = {}};
  std::string kind = words.take();
  if (is_number(kind)) {
    std::string share = kind;
    if (!share.ends_with('%')) share += words.take();
    const auto parts = parse_percentage(share);
    if (!parts || *parts == 0 || words.take() != "of")
      throw InputError(quoted(share) + "; expected such as '5 % of messages'");
    disturb.share = *parts;
    kind = words.take();
  }
  if (kind != "messages") {
    std::vector<std::string> known = names.messages;
    known.emplace_back("messages");
    if (!is_one_of(kind, names.messages)) throw unknown("message", kind, known);
    disturb.message = kind;
  }
  std::map<std::string, std::string> ends;
  std::string preposition;
  while (!words.done()) {
    const std::string word = words.take();
    if (word == "from" || word == "to")
      preposition = word;
    else if (preposition.empty())
      throw InputError(quoted(word) + " after " + quoted(kind) +
                       "; expected 'from' and 'to', or two servers, '1 -> 2', for a single one");
    if (word == preposition)
      ends[preposition];
    else
      ends[preposition] += " " + word;
  }
  if (ends.contains("from")) disturb.from = who_in_partition(ends["from"], names);
  if (ends.contains("to")) disturb.to = who_in_partition(ends["to"], names);
  if (names_others(disturb.from) && (disturb.to.empty() || names_others(disturb.to)))
    throw InputError("'others' than whom? Expected it on one side, and servers on the other one");
  if (names_others(disturb.to) && disturb.from.empty())
    throw InputError("'others' than whom? Expected servers with 'from'");
  return disturb;
}

// "delay ... by SPAN"
What delay(Words words, const Names& names) {
  const auto [rest, amount] =
      by_of("delay", words.rest(), "delay AppendEntries from 1 to 2 by 50..100 ms");
  const Span by = span_of(amount);
  What what = disturb(Disturbance::What::delay, Words(rest), names);
  std::get<Disturb>(what).by = by;
  return what;
}

// ---- Nodes.

namespace {

void expect_a_disk(std::string_view word, const Names& names) {
  if (!names.has_disk)
    throw InputError(quoted(word) + ", but a node of " + names.model + " has no disk");
}

}  // namespace

// "crash 2 keeping 1"
What crash(Words words, const Names& names) {
  constexpr std::string_view keeping = " keeping ";
  const std::string_view rest = words.rest();
  const auto end = std::min(rest.find(keeping), rest.size());
  CrashThem crash{.who = who_of(rest.substr(0, end), names), .kept = {}};
  if (end == rest.size()) return crash;
  expect_a_disk("keeping", names);
  const std::string_view number = trimmed(rest.substr(end + keeping.size()));
  const auto kept = parse_whole(number);
  if (!kept || *kept > most_kept)
    throw InputError("keeping " + quoted(number) +
                     "; expected how many of its unflushed writes, such as 'crash 1 keeping 2'");
  crash.kept = static_cast<std::uint32_t>(*kept);
  return crash;
}

What flush(Words words, const Names& names) {
  expect_a_disk("flush", names);
  return FlushThem{who_of(words.rest(), names)};
}

What restart(Words words, const Names& names) { return RestartThem{who_of(words.rest(), names)}; }

What pause(Words words, const Names& names) { return PauseThem{who_of(words.rest(), names)}; }

What resume(Words words, const Names& names) { return ResumeThem{who_of(words.rest(), names)}; }

What slow(Words words, const Names& names) {
  const auto [who, amount] = by_of("slow", words.rest(), "slow 2 by 20..50 ms");
  return SlowThem{.who = who_of(who, names), .by = span_of(amount)};
}

// "skew clock of 2 by -20 ms"
What skew(Words words, const Names& names) {
  const auto [who, amount] =
      by_of("skew", behind_clock("skew", words), "skew clock of 2 by -20 ms");
  const bool back = amount.starts_with('-');
  const auto time = parse_duration(without_sign(amount));
  if (!time || *time == 0)
    throw InputError("by " + quoted(amount) + "; expected " + std::string(expected_duration) +
                     ", perhaps behind a '-'");
  return SkewClock{.who = who_of(who, names), .by = back ? -*time : *time};
}

// "drift clock of 2 by 5 %"
What drift(Words words, const Names& names) {
  const auto [who, amount] =
      by_of("drift", behind_clock("drift", words), "drift clock of 2 by -5 %");
  const bool slower = amount.starts_with('-');
  const auto [number, unit] = split_quantity(without_sign(amount));
  const auto parts = exact_product(number, certain / 100);
  const auto most = static_cast<std::uint64_t>(slower ? -slowest : fastest);
  if (unit != "%" || !parts || *parts > most)
    throw InputError("by " + quoted(amount) +
                     "; expected how much faster, from -90 % to 900 %, in steps of 0.0001 %");
  const auto by = static_cast<Drift>(*parts);
  return DriftClock{.who = who_of(who, names), .by = slower ? -by : by};
}

}  // namespace coracle::sim
