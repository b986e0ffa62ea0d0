// The parts of which sentences are made: words, and whom they mean. What cannot be read is an
// InputError without a place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario.h"
#include "sim/sentences.h"

namespace coracle::sim {

std::string_view trimmed(std::string_view text);
std::string quoted(std::string_view text);
bool is_number(std::string_view word);
bool is_one_of(std::string_view word, const std::vector<std::string>& known);

// A sentence that is read word by word.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(trimmed(text)) {}

  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  std::string_view peek() const;
  std::string take();  // empty at the end

 private:
  std::string_view rest_;
};

// What stands between the separators, without the blanks around it.
std::vector<std::string_view> split(std::string_view text, std::string_view separator);

void expect_no_more(const Words& words, std::string_view after, std::string_view expected);

std::string role(std::string_view word, const Names& names);

// In a partition they may be "others".
Who who_in_partition(std::string_view text, const Names& names);
Who who_of(std::string_view text, const Names& names);
bool names_others(const Who& who);

}  // namespace coracle::sim
