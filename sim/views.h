// A run written for other eyes than a replay's. Each view takes one event after another, and keeps
// no more of them than it says.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "sim/happened.h"

namespace coracle::sim {

// One JSON object a line: who takes part, each event, each note, and how it ended.
std::unique_ptr<View> json_lines_view(std::ostream& out, const Cast& cast);

// A page that draws it, whole in one file: lanes, messages, roles, faults. A browser has it all in
// memory; the writer has not.
std::unique_ptr<View> html_view(std::ostream& out, const Cast& cast);

// The log that ShiViz opens: events with their vector clocks.
std::unique_ptr<View> shiviz_view(std::ostream& out, const Cast& cast);

// Chrome's Trace Event Format, which Perfetto opens.
std::unique_ptr<View> perfetto_view(std::ostream& out, const Cast& cast);

// A sequence diagram of the last events, as many as Mermaid draws: more it refuses. Those are kept
// until the end.
std::unique_ptr<View> mermaid_view(std::ostream& out, const Cast& cast);

// Of a file by its name's ending, ".html"; null where it is none of these.
std::unique_ptr<View> view_of(std::string_view file, std::ostream& out, const Cast& cast);
bool is_view(std::string_view file);
std::vector<std::string> view_endings();

}  // namespace coracle::sim
