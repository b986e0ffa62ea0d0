// Keeps the rules of the house by reading the tree: which folder may include what, how long a file
// and a line may be, and which words have no place here. Each rule is a function of one file, so
// that a bad example can be shown to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace coracle {
namespace {

namespace fs = std::filesystem;

struct File {
  std::string path;  // from the top of the tree: "model/raft/log.h"
  std::string text;
};

using Complaints = std::vector<std::string>;

// ---- reading the tree

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool is_cpp(const std::string& path) { return path.ends_with(".h") || path.ends_with(".cc"); }

bool is_skipped(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name.starts_with("build") || (name.starts_with('.') && name != ".ci");
}

std::vector<File> read_tree() {
  const fs::path top = CORACLE_SOURCE_DIR;
  std::vector<File> files;
  for (auto entry = fs::recursive_directory_iterator(top); entry != fs::end(entry); ++entry) {
    if (entry->is_directory() && is_skipped(entry->path())) entry.disable_recursion_pending();
    if (!entry->is_regular_file()) continue;
    std::ifstream in(entry->path(), std::ios::binary);
    files.push_back({.path = fs::relative(entry->path(), top).generic_string(),
                     .text = std::string(std::istreambuf_iterator<char>(in), {})});
  }
  std::ranges::sort(files, {}, &File::path);
  return files;
}

const std::vector<File>& tree() {
  static const std::vector<File> files = read_tree();
  return files;
}

template <class Rule>
void expect_kept(Rule rule) {
  for (const File& file : tree()) {
    for (const std::string& complaint : rule(file)) ADD_FAILURE() << complaint;
  }
}

// ---- includes

struct Include {
  std::size_t line;
  bool quoted;
  std::string path;
};

std::vector<Include> includes_of(const File& file) {
  static const std::regex form(R"re(\s*#\s*include\s*(["<])([^">]+)[">].*)re");
  std::vector<Include> includes;
  std::size_t number = 0;
  for (const std::string& line : lines_of(file.text)) {
    ++number;
    std::smatch match;
    if (!std::regex_match(line, match, form)) continue;
    includes.push_back({.line = number, .quoted = match[1] == "\"", .path = match[2]});
  }
  return includes;
}

std::string at(const File& file, std::size_t line) {
  return file.path + ":" + std::to_string(line) + ": ";
}

std::string top_folder(const std::string& path) {
  const auto slash = path.find('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool is_std(const std::string& header) {
  return header.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

bool is_below(const std::string& header, const std::string& prefix) {
  return header == prefix || header.starts_with(prefix + "/") || header.starts_with(prefix + ".");
}

struct Row {
  std::vector<std::string> ours;
  std::vector<std::string> others;  // besides the standard library
  bool anything = false;
};

// The table of who may include what.
const std::map<std::string, Row>& table() {
  static const std::map<std::string, Row> rows = {
      {"model",
       {.ours = {"model"},
        .others = {"boost/container", "boost/describe", "boost/mp11", "xxhash.h"}}},
      {"sim", {.ours = {"model", "sim"}, .others = {"boost/describe", "boost/json", "toml++"}}},
      {"checker",
       {.ours = {"model", "checker"},
        .others = {"boost/container", "boost/describe", "boost/graph", "boost/json", "boost/sort",
                   "boost/unordered"}}},
      {"tools", {.ours = {"model", "sim", "checker", "tools"}, .others = {}, .anything = true}},
      {"tests",
       {.ours = {"model", "sim", "checker", "tools", "tests"}, .others = {}, .anything = true}},
  };
  return rows;
}

bool is_allowed(const Row& row, const Include& include) {
  if (include.quoted) return std::ranges::count(row.ours, top_folder(include.path)) > 0;
  return row.anything || is_std(include.path) ||
         std::ranges::any_of(
             row.others, [&](const std::string& other) { return is_below(include.path, other); });
}

Complaints breaks_the_table(const File& file) {
  if (!is_cpp(file.path)) return {};
  const auto row = table().find(top_folder(file.path));
  if (row == table().end()) return {file.path + ": its folder is not in the table of includes"};
  Complaints complaints;
  for (const Include& include : includes_of(file)) {
    if (is_allowed(row->second, include)) continue;
    complaints.push_back(at(file, include.line) + row->first + " may not include " + include.path);
  }
  return complaints;
}

TEST(House, FoldersIncludeOnlyWhatTheTableAllows) { expect_kept(breaks_the_table); }

TEST(House, RefusesAnIncludeThatTheTableLacks) {
  const auto refused = [](const std::string& path, const std::string& include) {
    return breaks_the_table({.path = path, .text = "#pragma once\n" + include + "\n"}).size() == 1;
  };
  EXPECT_TRUE(refused("model/raft/log.h", "#include \"checker/search.h\""));
  EXPECT_TRUE(refused("model/world.h", "#include <boost/json.hpp>"));
  EXPECT_TRUE(refused("model/world.h", "#include <unistd.h>"));
  EXPECT_TRUE(refused("model/world.h", "#include \"hash.h\""));
  EXPECT_TRUE(refused("sim/agenda.h", "# include \"checker/search.h\"  // why not"));
  EXPECT_TRUE(refused("checker/search.cc", "#include \"sim/agenda.h\""));
  EXPECT_TRUE(refused("checker/search.cc", "#include <boost/program_options.hpp>"));
  EXPECT_TRUE(refused("elsewhere/new.h", ""));

  EXPECT_FALSE(refused("model/raft/log.h", "#include \"model/protocol.h\""));
  EXPECT_FALSE(refused("model/hash.h", "#include <xxhash.h>"));
  EXPECT_FALSE(refused("model/describe.h", "#include <boost/describe.hpp>"));
  EXPECT_FALSE(refused("sim/agenda.h", "#include <boost/json/value.hpp>"));
  EXPECT_FALSE(refused("tools/main.cc", "#include <unistd.h>"));
  EXPECT_FALSE(refused("README.md", "#include <anything.h>"));
}

// ---- the model is pure

Complaints is_impure(const File& file) {
  static const auto banned = std::to_array<std::string_view>(
      {"atomic", "barrier", "chrono", "condition_variable", "csignal", "cstdio", "ctime",
       "filesystem", "fstream", "future", "iostream", "latch", "mutex", "random", "semaphore",
       "shared_mutex", "stop_token", "syncstream", "thread"});
  Complaints complaints;
  if (!is_cpp(file.path) || top_folder(file.path) != "model") return complaints;
  for (const Include& include : includes_of(file)) {
    if (std::ranges::count(banned, include.path) == 0) continue;
    // Values that share their elements, whatever thread holds them.
    if (file.path == "model/shared_list.h" && include.path == "atomic") continue;
    complaints.push_back(at(file, include.line) + "the model may not include " + include.path);
  }
  return complaints;
}

TEST(House, TheModelHasNoClockThreadRandomnessOrFile) { expect_kept(is_impure); }

TEST(House, RefusesAClockInTheModel) {
  EXPECT_EQ(is_impure({.path = "model/world.h", .text = "\n#include <chrono>\n"}),
            Complaints{"model/world.h:2: the model may not include chrono"});
  EXPECT_EQ(is_impure({.path = "model/raft/log.h", .text = "#include <random>\n#include <mutex>\n"})
                .size(),
            2U);
  EXPECT_EQ(is_impure({.path = "model/world.h", .text = "#include <atomic>\n"}).size(), 1U);
  EXPECT_EQ(is_impure({.path = "model/shared_list.h", .text = "#include <mutex>\n"}).size(), 1U);
  EXPECT_EQ(is_impure({.path = "checker/search.h", .text = "#include <thread>\n"}), Complaints{});
  EXPECT_EQ(is_impure({.path = "model/print.h", .text = "#include <ostream>\n"}), Complaints{});
}

// ---- the vocabulary knows no protocol, and a protocol no other

// The protocol that a file of model/ belongs to: its folder's name, or, directly in model/, that of
// the namespace which it opens below coracle. Vocabulary belongs to none.
std::string protocol_of(const File& file) {
  const std::string folder = fs::path(file.path).parent_path().generic_string();
  if (folder != "model") return folder.starts_with("model/") ? folder.substr(6) : "";
  static const std::regex form(R"((?:^|\n)namespace coracle::(\w+))");
  std::smatch match;
  return std::regex_search(file.text, match, form) ? match[1].str() : "";
}

using Protocols = std::map<std::string, std::string>;  // path to protocol, only files that have one

Protocols protocols_of(const std::vector<File>& files) {
  Protocols protocols;
  for (const File& file : files) {
    const std::string protocol = is_cpp(file.path) ? protocol_of(file) : "";
    if (!protocol.empty()) protocols[file.path] = protocol;
  }
  return protocols;
}

// The replicated store is Raft and a machine together, the only protocol that is made of another.
bool may_know(const std::string& one, const std::string& other) {
  return one == other || (one == "kv" && other == "raft");
}

Complaints knows_a_protocol(const File& file, const Protocols& protocols) {
  Complaints complaints;
  if (!is_cpp(file.path) || top_folder(file.path) != "model") return complaints;
  for (const Include& include : includes_of(file)) {
    const auto other = protocols.find(include.path);
    if (other == protocols.end() || may_know(protocol_of(file), other->second)) continue;
    complaints.push_back(at(file, include.line) + "this may not know " + other->second);
  }
  return complaints;
}

TEST(House, TheVocabularyKnowsNoProtocolAndAProtocolNoOther) {
  const Protocols protocols = protocols_of(tree());
  EXPECT_TRUE(protocols.contains("model/traffic_light.h"));
  EXPECT_FALSE(protocols.contains("model/world.h"));
  expect_kept([&](const File& file) { return knows_a_protocol(file, protocols); });
}

TEST(House, RefusesAWorldThatKnowsAProtocol) {
  const Protocols protocols =
      protocols_of({{.path = "model/raft/log.h", .text = ""},
                    {.path = "model/paxos.h", .text = "\nnamespace coracle::paxos {\n"}});
  const auto refused = [&](const std::string& path, const std::string& included) {
    const File file = {.path = path, .text = "#include \"" + included + "\"\n"};
    return !knows_a_protocol(file, protocols).empty();
  };
  EXPECT_TRUE(refused("model/world.h", "model/raft/log.h"));
  EXPECT_TRUE(refused("model/world.h", "model/paxos.h"));
  EXPECT_TRUE(refused("model/raft/log.h", "model/paxos.h"));
  EXPECT_FALSE(refused("model/raft/election.h", "model/raft/log.h"));
  EXPECT_FALSE(refused("model/kv/replica.h", "model/raft/log.h"));
  EXPECT_FALSE(refused("model/raft/log.h", "model/world.h"));
}

// ---- sizes

constexpr std::size_t lines_max = 500;
constexpr std::size_t columns_max = 100;

Complaints is_too_long(const File& file) {
  const std::size_t lines = is_cpp(file.path) ? lines_of(file.text).size() : 0;
  if (lines <= lines_max) return {};
  return {file.path + ": " + std::to_string(lines) + " lines are more than one idea"};
}

// Columns are characters: what continues one in UTF-8 does not count.
std::size_t columns_of(const std::string& line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Complaints has_a_wide_line(const File& file) {
  Complaints complaints;
  if (!is_cpp(file.path)) return complaints;
  std::size_t number = 0;
  for (const std::string& line : lines_of(file.text)) {
    ++number;
    if (columns_of(line) <= columns_max) continue;
    complaints.push_back(at(file, number) + std::to_string(columns_of(line)) + " columns");
  }
  return complaints;
}

TEST(House, NoFileIsTooLong) { expect_kept(is_too_long); }

TEST(House, NoLineIsTooWide) { expect_kept(has_a_wide_line); }

TEST(House, RefusesALongFileAndAWideLine) {
  const std::string longest(lines_max, '\n');
  EXPECT_TRUE(is_too_long({.path = "model/a.h", .text = longest}).empty());
  EXPECT_FALSE(is_too_long({.path = "model/a.h", .text = longest + "\n"}).empty());

  const std::string widest(columns_max - 1, 'x');
  EXPECT_TRUE(has_a_wide_line({.path = "model/a.h", .text = widest + "é\n"}).empty());
  EXPECT_FALSE(has_a_wide_line({.path = "model/a.h", .text = "\n" + widest + "éx\n"}).empty());
}

// ---- words

// Put together here, so that this file does not hold them.
const std::vector<std::string>& banned_words() {
  static const std::vector<std::string> words = {
      std::string("../sha") + "red",    std::string("/wo") + "rk/", std::string("/fa") + "rm/",
      std::string("this ses") + "sion", std::string("TO") + "DO",   std::string("FIX") + "ME"};
  return words;
}

Complaints has_a_banned_word(const File& file) {
  static const std::regex numbered(R"(\b[Ii]ssue #?[0-9])");
  Complaints complaints;
  std::size_t number = 0;
  for (const std::string& line : lines_of(file.text)) {
    ++number;
    const bool banned = std::ranges::any_of(banned_words(), [&](const std::string& word) {
      return line.find(word) != std::string::npos;
    });
    if (!banned && !std::regex_search(line, numbered)) continue;
    complaints.push_back(at(file, number) + "tells of the making, not of the thing: " + line);
  }
  return complaints;
}

TEST(House, NothingTellsOfItsMaking) { expect_kept(has_a_banned_word); }

TEST(House, RefusesEachBannedWord) {
  for (const std::string& word : banned_words()) {
    EXPECT_EQ(has_a_banned_word({.path = "README.md", .text = "see " + word + "x"}).size(), 1U);
  }
  EXPECT_EQ(has_a_banned_word({.path = "a", .text = std::string("issue") + " #12"}).size(), 1U);
  EXPECT_EQ(has_a_banned_word({.path = "a", .text = "the client's session\n"}), Complaints{});
}

}  // namespace
}  // namespace coracle
