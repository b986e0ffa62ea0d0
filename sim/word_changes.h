// What an event changed of a node's words, so short that a log of thousands of entries can be told
// after each of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/narrative.h"
#include "sim/happened.h"

namespace coracle::sim {

// A value that goes on as before is told from shortly before its end: "... 2 2 -> ... 2 2 3".
std::vector<WordChange> changes_of(const coracle::Words& before, const coracle::Words& after);

// At most so many letters of it.
std::string cut_to(std::string text, std::size_t letters);

// The number that a word is; none where it is something else.
std::optional<std::int64_t> number_in(const std::string& word);

// The names of the words that are a number wherever a node has them.
std::vector<std::string> numbers_of(const std::vector<coracle::Words>& nodes);

// In the order of these names; none where there is no such word, or it is no number.
std::vector<std::optional<std::int64_t>> values_of(const std::vector<std::string>& numbers,
                                                   const coracle::Words& words);

}  // namespace coracle::sim
