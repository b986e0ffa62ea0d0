// Extensible data notation, in which Jepsen writes its histories: what a form of it says.
//
//     {:process 0, :type :invoke, :f :read, :value nil}
//
// Also used for what is read from JSON, which says less. What is beyond (a tag's meaning, numbers
// that are no 64-bit integers) is kept as it is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace coracle::sim {

struct Datum;

struct Nil {
  bool operator==(const Nil&) const = default;
};

// A keyword with its colon, a symbol, a character, a fraction: by how it is written.
struct Word {
  std::string text;
  bool operator==(const Word&) const = default;
};

struct DatumList {  // a vector, list or set
  std::vector<Datum> elements;
  bool operator==(const DatumList&) const;
};

struct DatumMap {
  std::vector<std::pair<Datum, Datum>> entries;
  bool operator==(const DatumMap&) const;
};

struct Datum {
  std::variant<Nil, bool, std::int64_t, std::string, Word, DatumList, DatumMap> what{};
  bool operator==(const Datum&) const;  // by hand, for clang 14 breaks down over a default one
};

inline bool is_nil(const Datum& datum) { return std::holds_alternative<Nil>(datum.what); }

// The two of a list of two.
inline const std::vector<Datum>* pair_in(const Datum& datum) {
  const auto* list = std::get_if<DatumList>(&datum.what);
  return list != nullptr && list->elements.size() == 2 ? &list->elements : nullptr;
}

// As it would be written, on one line. Text is in quotes within lists and maps, and bare elsewhere.
std::string written(const Datum& datum);

// Reads one form after the other.
class EdnReader {
 public:
  // `line`: the number of the first one.
  explicit EdnReader(std::string_view text, std::size_t line = 1) : text_(text), line_(line) {}

  // The next form, if there is one. An InputError says what is wrong; where is line().
  std::optional<Datum> next();

  // The next element of the vector or list that the whole text is, or else the next form.
  std::optional<Datum> next_element();

  // Where the form that was read last begins, or what could not be read.
  std::size_t line() const { return line_of_form_; }

 private:
  bool skip_to_form();
  void skip_what_is_out(int depth);
  Datum form(int depth);
  Datum sequence(char closing, int depth);
  Datum map(int depth);
  Datum quoted();
  Datum atom();
  Datum after_hash(int depth);
  std::string_view token();
  std::string escaped();
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool at_end() const { return at_ == text_.size(); }
  char take();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_of_form_ = 1;
  bool has_begun_ = false;
  char closing_ = '\0';  // of the sequence that the whole text is, while it is within
};

}  // namespace coracle::sim
