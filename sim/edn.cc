#include "sim/edn.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "model/protocol.h"
#include "sim/from_json.h"
#include "sim/input.h"

namespace coracle::sim {

bool Datum::operator==(const Datum& other) const { return what == other.what; }
bool DatumList::operator==(const DatumList& other) const { return elements == other.elements; }
bool DatumMap::operator==(const DatumMap& other) const { return entries == other.entries; }

namespace {

constexpr int deepest = 64;

bool is_space(char c) { return c == ' ' || c == ',' || (c >= '\t' && c <= '\r'); }

bool ends_token(char c) {
  return is_space(c) || std::string_view("()[]{}\";").find(c) != std::string_view::npos;
}

char closing_of(char opening) { return opening == '(' ? ')' : opening == '[' ? ']' : '}'; }

std::string in_quotes(const std::string& text) {
  std::string all = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    if (c == '\n')
      all += "\\n";
    else
      all += c;
  }
  return all + '"';
}

std::string inner(const Datum& datum) {
  const auto* text = std::get_if<std::string>(&datum.what);
  return text != nullptr ? in_quotes(*text) : written(datum);
}

void append_utf8(std::string& text, unsigned code) {
  const auto byte = [&](unsigned bits) { text += static_cast<char>(bits); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0U | code >> 6U);
    byte(0x80U | (code & 0x3FU));
  } else {
    byte(0xE0U | code >> 12U);
    byte(0x80U | (code >> 6U & 0x3FU));
    byte(0x80U | (code & 0x3FU));
  }
}

}  // namespace

std::string written(const Datum& datum) {
  return match(
      datum.what, [](Nil) { return std::string("nil"); },
      [](bool truth) { return std::string(truth ? "true" : "false"); },
      [](std::int64_t number) { return std::to_string(number); },
      [](const std::string& text) { return text; }, [](const Word& word) { return word.text; },
      [](const DatumList& list) {
        std::string all;
        for (const auto& element : list.elements) all += (all.empty() ? "" : " ") + inner(element);
        return "[" + all + "]";
      },
      [](const DatumMap& map) {
        std::string all;
        for (const auto& [key, value] : map.entries)
          all += (all.empty() ? "" : ", ") + inner(key) + " " + inner(value);
        return "{" + all + "}";
      });
}

char EdnReader::take() {
  const char c = text_[at_++];
  if (c == '\n') ++line_;
  return c;
}

// Past spaces and comments.
bool EdnReader::skip_to_form() {
  while (!at_end()) {
    if (peek() == ';') {
      while (!at_end() && peek() != '\n') take();
    } else if (is_space(peek())) {
      take();
    } else {
      return true;
    }
  }
  return false;
}

std::optional<Datum> EdnReader::next() {
  for (;;) {
    const bool found = skip_to_form();
    line_of_form_ = line_;
    if (!found) return std::nullopt;
    if (peek() != '#' || peek(1) != '_') return form(0);
    skip_what_is_out(0);
  }
}

std::optional<Datum> EdnReader::next_element() {
  bool found = skip_to_form();
  if (!has_begun_ && (peek() == '[' || peek() == '(')) {
    closing_ = closing_of(take());
    found = skip_to_form();
  }
  has_begun_ = true;
  if (closing_ == '\0') return next();
  while (peek() == '#' && peek(1) == '_') {
    skip_what_is_out(0);
    found = skip_to_form();
  }
  line_of_form_ = line_;
  if (!found) throw InputError(std::string("expected '") + closing_ + "' at the end");
  if (peek() != closing_) return form(0);
  take();
  closing_ = '\0';
  if (next()) throw InputError("expected nothing after the end of the history");
  return std::nullopt;
}

// #_ and the form behind it.
void EdnReader::skip_what_is_out(int depth) {
  at_ += 2;
  form(depth);
}

Datum EdnReader::form(int depth) {
  if (depth > deepest) throw InputError("forms are nested deeper than 64");
  if (!skip_to_form()) throw InputError("expected another form, not the end of the file");
  const char c = peek();
  switch (c) {
    case '(':
    case '[':
      take();
      return sequence(closing_of(c), depth);
    case '{':
      take();
      return map(depth);
    case '"':
      take();
      return quoted();
    case '#':
      take();
      return after_hash(depth);
    case ')':
    case ']':
    case '}':
      throw InputError(std::string("'") + c + "' closes nothing");
    default:
      return atom();
  }
}

Datum EdnReader::sequence(char closing, int depth) {
  DatumList list;
  for (;;) {
    if (!skip_to_form()) throw InputError(std::string("expected '") + closing + "'");
    if (peek() == closing) {
      take();
      return {.what = std::move(list)};
    }
    if (peek() == '#' && peek(1) == '_') {
      skip_what_is_out(depth + 1);
      continue;
    }
    list.elements.push_back(form(depth + 1));
  }
}

Datum EdnReader::map(int depth) {
  Datum all = sequence('}', depth);
  auto& elements = std::get<DatumList>(all.what).elements;
  if (elements.size() % 2 != 0) throw InputError("a map has a key without a value");
  DatumMap map;
  for (std::size_t at = 0; at < elements.size(); at += 2)
    map.entries.emplace_back(std::move(elements[at]), std::move(elements[at + 1]));
  return {.what = std::move(map)};
}

// A set, or a tag, which is left out: #jepsen.history.Op{...} is read as the map behind it.
Datum EdnReader::after_hash(int depth) {
  if (peek() == '{') {
    take();
    return sequence('}', depth + 1);
  }
  if (token().empty()) throw InputError("expected a tag after '#'");
  return form(depth + 1);
}

std::string EdnReader::escaped() {
  if (at_end()) throw InputError("expected '\"' at the end of a text");
  const char c = take();
  switch (c) {
    case 'n':
      return "\n";
    case 't':
      return "\t";
    case 'r':
      return "\r";
    case 'b':
      return "\b";
    case 'f':
      return "\f";
    case '"':
    case '\\':
    case '/':
    case '\'':
      return {c};
    case 'u': {
      unsigned code = 0;
      const char* first = text_.data() + at_;
      const char* last = first + std::min<std::size_t>(4, text_.size() - at_);
      const auto [stop, error] = std::from_chars(first, last, code, 16);
      if (error != std::errc{} || stop != first + 4)
        throw InputError("expected four hexadecimal digits after \\u");
      at_ += 4;
      std::string letter;
      append_utf8(letter, code);
      return letter;
    }
    default:
      throw InputError("unknown escape \\" + detail::shown(std::string(1, c)) + " in a text");
  }
}

Datum EdnReader::quoted() {
  std::string text;
  for (;;) {
    if (at_end()) throw InputError("expected '\"' at the end of a text");
    const char c = take();
    if (c == '"') return {.what = std::move(text)};
    if (c == '\\')
      text += escaped();
    else
      text += c;
  }
}

std::string_view EdnReader::token() {
  const std::size_t first = at_;
  if (peek() == '\\') take();
  if (at_ > first && !at_end()) take();  // a character, whatever it is
  while (!at_end() && !ends_token(peek())) ++at_;
  return text_.substr(first, at_ - first);
}

Datum EdnReader::atom() {
  const std::string_view word = token();
  if (word == "nil") return {};
  if (word == "true") return {.what = true};
  if (word == "false") return {.what = false};
  std::string_view digits = word.ends_with('N') ? word.substr(0, word.size() - 1) : word;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error == std::errc{} && stop == end) return {.what = number};
  return {.what = Word{std::string(word)}};
}

}  // namespace coracle::sim
