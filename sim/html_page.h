// The page that draws a run, in the order in which its parts stand in the file.
#pragma once

#include <string_view>

namespace coracle::sim {

// Up to the script element that holds who takes part, as JSON.
extern const std::string_view html_page_head;
// Closes that one, and opens the one that holds the run: a JSON array a line.
extern const std::string_view html_page_between;
// Closes that one; the program that reads both.
extern const std::string_view html_page_drawing;
extern const std::string_view html_page_hands;

}  // namespace coracle::sim
