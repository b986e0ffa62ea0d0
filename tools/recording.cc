#include "tools/recording.h"

#include "tools/files.h"

namespace coracle::tools {

void check_recordable(const std::string& file, bool as_trace) {
  std::vector<std::string> endings = sim::view_endings();
  if (as_trace) endings.insert(endings.begin(), ".trace");
  if (!sim::is_view(file) && !(as_trace && file.ends_with(".trace"))) {
    std::string known;
    for (std::size_t i = 0; i < endings.size(); ++i)
      known += (i == 0 ? "" : i + 1 < endings.size() ? ", " : " or ") + endings[i];
    throw UsageError("--trace '" + file + "': expected a file name that ends in " + known);
  }
  check_writable(file);
}

}  // namespace coracle::tools
