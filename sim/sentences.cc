#include "sim/sentences.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "sim/units.h"

namespace coracle::sim {
namespace {

using What = decltype(Verb::what);

constexpr std::uint64_t most_kept = 1'000'000;

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

bool is_one_of(std::string_view word, const std::vector<std::string>& known) {
  return std::ranges::find(known, word) != known.end();
}

// A sentence that is read word by word.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(trimmed(text)) {}

  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  std::string_view peek() const { return rest_.substr(0, rest_.find_first_of(blanks)); }

  std::string take() {  // empty at the end
    std::string word(peek());
    rest_ = trimmed(rest_.substr(word.size()));
    return word;
  }

 private:
  std::string_view rest_;
};

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (auto end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(trimmed(text.substr(0, end)));
    text.remove_prefix(end + separator.size());
  }
  parts.push_back(trimmed(text));
  return parts;
}

void expect_no_more(const Words& words, std::string_view after, std::string_view expected) {
  if (words.done()) return;
  throw InputError(quoted(words.peek()) + " after " + quoted(after) + "; expected " +
                   std::string(expected));
}

// ---- who

bool is_number(std::string_view word) {
  return !word.empty() && word.front() >= '0' && word.front() <= '9';
}

std::string role(std::string_view word, const Names& names) {
  if (!is_one_of(word, names.roles)) throw unknown("role", word, names.roles);
  return std::string(word);
}

using Selector = Who::value_type;

InputError unknown_selector(const std::string& word, const Names& names) {
  std::vector<std::string> known = names.roles;
  for (const auto& name : names.roles) known.push_back("old " + name);
  for (const auto& name : names.roles) known.push_back("one " + name);
  for (const char* name : {"a minority", "majority", "others", "all"}) known.emplace_back(name);
  return unknown("selector", word, known);
}

Selector selector(Words& words, const Names& names) {
  std::string word = words.take();
  if (is_number(word)) return Node{parse_server(word)};
  if (word == "all") return All{};
  if (word == "others") return Others{};
  if (word == "majority") return Majority{};
  if (word == "old") return OldRole{role(words.take(), names)};
  if (word == "one") return OneOf{role(words.take(), names)};
  if (word == "the") return Role{role(words.take(), names)};
  if (is_one_of(word, names.roles)) return Role{word};
  if (word != "a") throw unknown_selector(word, names);
  const std::string kind = words.take();
  if (kind == "minority") return Minority{};
  if (kind == "majority") return Majority{};
  throw unknown_selector(kind.empty() ? "a" : "a " + kind, names);
}

Who who_in_partition(std::string_view text, const Names& names) {
  std::string spaced(text);
  std::ranges::replace(spaced, ',', ' ');
  Who who;
  for (Words words(spaced); !words.done();) who.push_back(selector(words, names));
  if (who.empty()) throw InputError("nobody is named; expected servers, such as 'leader' or '1 3'");
  return who;
}

bool names_others(const Who& who) {
  return std::ranges::any_of(
      who, [](const Selector& one) { return std::holds_alternative<Others>(one); });
}

Who who_of(std::string_view text, const Names& names) {
  Who who = who_in_partition(text, names);
  if (names_others(who))
    throw InputError("'others' outside of a partition; expected servers or another selector");
  return who;
}

// ---- verbs, each from the words behind it

What partition(Words words, const Names& names) {
  const std::string_view rest = words.rest();
  const bool one_way = rest.find("->") != std::string_view::npos;
  const auto sides = split(rest, one_way ? "->" : "|");
  if (sides.size() < 2 ||
      (one_way && (sides.size() > 2 || rest.find('|') != std::string_view::npos)))
    throw InputError("partition " + quoted(rest) +
                     "; expected groups, 'leader | others', or one way, 'leader -> others'");
  std::vector<Who> groups;
  groups.reserve(sides.size());
  for (const auto side : sides) groups.push_back(who_in_partition(side, names));
  if (std::ranges::count_if(groups, names_others) > 1)
    throw InputError("'others' in two groups; expected it in one");
  if (one_way) return CutOneWay{.from = groups[0], .to = groups[1]};
  return Partition{.groups = std::move(groups)};
}

What heal(Words words, const Names& /*names*/) {
  expect_no_more(words, "heal", "nothing more, for it heals every link");
  return Heal{};
}

void expect_a_disk(std::string_view word, const Names& names) {
  if (!names.has_disk)
    throw InputError(quoted(word) + ", but a node of " + names.model + " has no disk");
}

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

What expire(Words words, const Names& names) {
  const std::string timer = words.take();
  if (!is_one_of(timer, names.timers)) throw unknown("timer", timer, names.timers);
  return ExpireTimer{.timer = timer, .who = who_of(words.rest(), names)};
}

What exactly(Exactly::Fate fate, Words words, const Names& names) {
  Exactly exactly{.fate = fate, .message = words.take(), .from = {}, .to = {}, .fields = {}};
  if (!is_one_of(exactly.message, names.messages))
    throw unknown("message", exactly.message, names.messages);
  const std::string_view rest = words.rest();
  const auto brace = std::min(rest.find('{'), rest.size());
  exactly.fields = rest.substr(brace);
  const auto ends = split(rest.substr(0, brace), "->");
  if (ends.size() != 2)
    throw InputError(quoted(trimmed(rest.substr(0, brace))) + " after " + quoted(exactly.message) +
                     "; expected two servers, '1 -> 2'");
  exactly.from = parse_server(ends[0]);
  exactly.to = parse_server(ends[1]);
  if (!exactly.fields.empty() && !exactly.fields.ends_with('}'))
    throw InputError(quoted(exactly.fields) + " does not end; expected a '}' behind it");
  return exactly;
}

template <Exactly::Fate fate>
What exactly(Words words, const Names& names) {
  return exactly(fate, words, names);
}

What ask(const std::string& verb, std::size_t most, Words words, const Names& names) {
  Ask ask{.verb = verb, .argument = {}, .at = {}};
  std::size_t taken = 0;
  for (; taken < most && !words.done() && words.peek() != "at"; ++taken)
    ask.argument += (taken == 0 ? "" : " ") + words.take();
  if (most > 0 && taken == 0)
    throw InputError(quoted(verb) + " without its argument; expected one, '" + verb + " x'");
  if (words.done()) return ask;
  if (words.peek() != "at")
    expect_no_more(words, verb + (taken == 0 ? "" : " ") + ask.argument,
                   "nothing more, or 'at' and a server");
  words.take();
  ask.at = who_of(words.rest(), names);
  return ask;
}

const std::map<std::string, What (*)(Words, const Names&), std::less<>>& forms() {
  using enum Exactly::Fate;
  static const std::map<std::string, What (*)(Words, const Names&), std::less<>> forms = {
      {"partition", partition},
      {"heal", heal},
      {"crash", crash},
      {"restart", restart},
      {"flush", flush},
      {"expire", expire},
      {"deliver", exactly<deliver>},
      {"duplicate", exactly<duplicate>},
      {"drop", exactly<drop>}};
  return forms;
}

std::vector<std::string> verbs(const Names& names) {
  std::vector<std::string> verbs;
  for (const auto& [verb, form] : forms()) verbs.push_back(verb);
  for (const auto& [verb, words] : names.requests) verbs.push_back(verb);
  return verbs;
}

What what_of(std::string_view text, const Names& names) {
  Words words(text);
  const std::string verb = words.take();
  if (const auto form = forms().find(verb); form != forms().end())
    return form->second(words, names);
  const auto request = names.requests.find(verb);
  if (request == names.requests.end()) throw unknown("verb", verb, verbs(names));
  return ask(verb, request->second, words, names);
}

// ---- conditions

// "2 is not leader"
Condition condition_of_server(std::string_view text, const Names& names) {
  Words words(text);
  Condition condition{
      .name = {}, .node = parse_server(words.take()), .text = std::string(text), .place = {}};
  if (words.take() != "is")
    throw InputError("condition " + quoted(text) + "; expected such as '2 is leader'");
  condition.negated = words.peek() == "not";
  if (condition.negated) words.take();
  condition.name = role(words.take(), names);
  expect_no_more(words, condition.name, "nothing more");
  return condition;
}

std::string with_single_spaces(std::string_view text) {
  std::string joined;
  for (Words words(text); !words.done();) joined += (joined.empty() ? "" : " ") + words.take();
  return joined;
}

}  // namespace

// ---- what is offered

InputError unknown(std::string_view kind, std::string_view word,
                   std::span<const std::string> known) {
  const std::string what = word.empty() ? "no " + std::string(kind)
                                        : "unknown " + std::string(kind) + " " + quoted(word);
  InputError mistake(what + (known.empty() ? "; the model has none" : near_match(word, known)));
  return mistake;
}

NodeId parse_server(std::string_view word) {
  const auto number = parse_whole(word);
  if (!number || *number < 1 || *number > 255)
    throw InputError("server " + quoted(word) + "; expected its number, from 1 to 255");
  return static_cast<NodeId>(*number);
}

Verb parse_verb(std::string_view text, const Names& names) {
  return {.what = what_of(text, names), .text = std::string(trimmed(text)), .place = {}};
}

Condition parse_condition(std::string_view text, const Names& names) {
  const std::string name = with_single_spaces(text);
  if (is_one_of(name, names.conditions))
    return {.name = name, .node = {}, .negated = false, .text = name, .place = {}};
  if (is_number(name)) return condition_of_server(name, names);
  std::vector<std::string> known = names.conditions;
  for (const auto& role : names.roles) known.push_back("N is " + role);
  throw unknown("condition", name, known);
}

Counted parse_counted(Counted::Relation relation, std::string_view text, const Names& names) {
  Words words(text);
  const std::string number = words.take();
  const auto count = parse_whole(number);
  if (!count)
    throw InputError(quoted(number) + " messages; expected a whole number, '12 AppendEntries'");
  Counted counted{
      .relation = relation, .number = *count, .message = words.take(), .from = {}, .to = {}};
  if (!is_one_of(counted.message, names.messages))
    throw unknown("message", counted.message, names.messages);
  std::string before = counted.message;
  for (auto [preposition, node] :
       {std::pair{"from", &counted.from}, std::pair{"to", &counted.to}}) {
    if (words.peek() != preposition) continue;
    words.take();
    before = words.peek();
    *node = parse_server(words.take());
  }
  expect_no_more(words, before, "nothing more, or 'from 1', 'to 2' or 'from 1 to 2'");
  return counted;
}

Within parse_within(std::string_view text, const Names& names) {
  const auto of = text.find(" of ");
  const std::string_view time = text.substr(0, of);
  const auto parsed = parse_duration(trimmed(time));
  if (!parsed || *parsed == 0)
    throw InputError("within " + quoted(time) + "; expected " + std::string(expected_duration) +
                     ", and perhaps 'of heal' behind it");
  Within within{.time = *parsed, .of = {}};
  if (of == std::string_view::npos) return within;
  within.of = trimmed(text.substr(of + 4));
  const auto known = verbs(names);
  if (!is_one_of(within.of, known)) throw unknown("verb", within.of, known);
  return within;
}

}  // namespace coracle::sim
