#include "sim/views.h"

#include <algorithm>
#include <array>

namespace coracle::sim {

namespace {

struct Ending {
  std::string_view ending;
  std::unique_ptr<View> (*view)(std::ostream&, const Cast&);
};

constexpr std::array<Ending, 5> endings{{{".jsonl", json_lines_view},
                                         {".html", html_view},
                                         {".shiviz", shiviz_view},
                                         {".perfetto.json", perfetto_view},
                                         {".mmd", mermaid_view}}};

const Ending* ending_of(std::string_view file) {
  const auto found = std::ranges::find_if(
      endings, [&](const Ending& known) { return file.ends_with(known.ending); });
  return found == endings.end() ? nullptr : &*found;
}

}  // namespace

std::unique_ptr<View> view_of(std::string_view file, std::ostream& out, const Cast& cast) {
  const Ending* ending = ending_of(file);
  return ending == nullptr ? nullptr : ending->view(out, cast);
}

bool is_view(std::string_view file) { return ending_of(file) != nullptr; }

std::vector<std::string> view_endings() {
  std::vector<std::string> all;
  for (const auto& known : endings) all.emplace_back(known.ending);
  return all;
}

}  // namespace coracle::sim
