#include "sim/sentence_parts.h"

#include <algorithm>
#include <variant>

namespace coracle::sim {

namespace {

constexpr std::string_view blanks = " \t\r\n";

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

bool is_one_of(std::string_view word, const std::vector<std::string>& known) {
  return std::ranges::find(known, word) != known.end();
}

std::string_view Words::peek() const { return rest_.substr(0, rest_.find_first_of(blanks)); }

std::string Words::take() {
  std::string word(peek());
  rest_ = trimmed(rest_.substr(word.size()));
  return word;
}

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

// ---- Who.

bool is_number(std::string_view word) {
  return !word.empty() && word.front() >= '0' && word.front() <= '9';
}

std::string role(std::string_view word, const Names& names) {
  if (!is_one_of(word, names.roles)) throw unknown("role", word, names.roles);
  return std::string(word);
}

namespace {

using Selector = Who::value_type;

InputError unknown_selector(const std::string& word, const Names& names) {
  std::vector<std::string> known = names.roles;
  for (const auto& name : names.roles) known.push_back("old " + name);
  for (const auto& name : names.roles) known.push_back("one " + name);
  for (const char* name : {"any", "a minority", "majority", "others", "all"})
    known.emplace_back(name);
  return unknown("selector", word, known);
}

Selector selector(Words& words, const Names& names) {
  std::string word = words.take();
  if (is_number(word)) return Node{parse_server(word)};
  if (word == "all") return All{};
  if (word == "any") return Any{};
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

}  // namespace

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

}  // namespace coracle::sim
