#include "sim/sentences.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "sim/fault_sentences.h"
#include "sim/sentence_parts.h"
#include "sim/units.h"

namespace coracle::sim {
namespace {

// ---- verbs, each from the words behind it

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

// "drop RequestVote 1 -> 2", or of those to come, "drop RequestVote from 1".
What drop(Words words, const Names& names) {
  if (words.rest().find("->") != std::string_view::npos)
    return exactly(Exactly::Fate::drop, words, names);
  return disturb(Disturbance::What::lose, words, names);
}

What duplicate(Words words, const Names& names) {
  if (words.rest().find("->") != std::string_view::npos)
    return exactly(Exactly::Fate::duplicate, words, names);
  return disturb(Disturbance::What::duplicate, words, names);
}

What deliver(Words words, const Names& names) {
  return exactly(Exactly::Fate::deliver, words, names);
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

const std::map<std::string, Form, std::less<>>& forms() {
  static const std::map<std::string, Form, std::less<>> forms = {
      {"partition", partition}, {"cut", partition}, {"clog", clog},     {"swizzle", swizzle},
      {"heal", heal},           {"delay", delay},   {"crash", crash},   {"restart", restart},
      {"pause", pause},         {"resume", resume}, {"slow", slow},     {"skew", skew},
      {"drift", drift},         {"flush", flush},   {"expire", expire}, {"deliver", deliver},
      {"duplicate", duplicate}, {"drop", drop}};
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
  auto known = verbs(names);
  known.emplace_back("chaos");  // its end
  if (!is_one_of(within.of, known)) throw unknown("verb", within.of, known);
  return within;
}

}  // namespace coracle::sim
