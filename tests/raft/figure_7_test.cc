// How many appends the leader of Figure 7 needs to bring each of its followers into line (5.3):
// entry by entry, as in the paper's main text, and term by term, with the hint of a refusal. The
// README's table is held to what is counted here.
#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "tests/raft/servers.h"

namespace coracle::raft {
namespace {

const Log leaders_log = log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6});

struct Row {
  std::string follower;
  Log log;
  std::size_t without = 0;
  std::size_t with = 0;
};

const std::vector<Row> figure_7 = {
    {"a", log_of({1, 1, 1, 4, 4, 5, 5, 6, 6}), 2, 2},
    {"b", log_of({1, 1, 1, 4}), 7, 2},
    {"c", log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}), 1, 1},
    {"d", log_of({1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}), 1, 1},
    {"e", log_of({1, 1, 1, 4, 4, 4, 4}), 6, 2},
    {"f", log_of({1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}), 8, 2},
};

Config one_of_seven(NodeId self, bool hints) {
  Config config = server(self, 7);
  config.hints = hints;
  return config;
}

// The leader of term 8 is asked for its first entry; of its six followers this one answers.
std::size_t appends(bool hints, Log log) {
  const Config leading = one_of_seven(s1, hints);
  const Config following = one_of_seven(s2, hints);
  State follows = follower({8}, std::move(log));
  Step step = synced(leading, leader(leading, {8}, leaders_log), propose("8@11"));
  for (std::size_t count = 1; count < 100; ++count) {
    const auto sent_now = sent<AppendEntries>(step, s2);
    if (sent_now.size() != 1) break;
    const Step answer = synced(following, follows, Received{s1, sent_now.front()});
    follows = answer.state;
    if (follows.durable.log == step.state.durable.log) return count;
    step = synced(leading, step.state, Received{s2, sent<AppendEntriesReply>(answer, s1).at(0)});
  }
  ADD_FAILURE() << "the logs do not come to agree";
  return 0;
}

std::string terms_of(const Log& log) {
  std::string text;
  for (const Entry& entry : log.from({1}))
    text += (text.empty() ? "" : " ") + std::to_string(entry.term.value);
  return text;
}

std::string table() {
  std::string text =
      "| follower | terms of its log | appends without hints | with hints |\n"
      "|---|---|--:|--:|\n";
  for (const Row& row : figure_7)
    text += "| (" + row.follower + ") | " + terms_of(row.log) + " | " +
            std::to_string(appends(false, row.log)) + " | " +
            std::to_string(appends(true, row.log)) + " |\n";
  return text;
}

TEST(Figure7, EachFollowerTakesAKnownNumberOfAppends) {
  for (const Row& row : figure_7) {
    EXPECT_EQ(appends(false, row.log), row.without) << "(" << row.follower << ") without hints";
    EXPECT_EQ(appends(true, row.log), row.with) << "(" << row.follower << ") with hints";
  }
}

// What stands between the two marks, without the blank lines around it.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto from = text.find(begin);
  const auto to = text.find(end);
  if (from == std::string::npos || to == std::string::npos || to < from) return {};
  const auto first = text.find_first_not_of('\n', from + begin.size());
  const auto last = text.find_last_not_of('\n', to - 1);
  return text.substr(first, last + 1 - first) + '\n';
}

TEST(Figure7, TheReadmeShowsTheTable) {
  std::ifstream in(CORACLE_SOURCE_DIR "/model/raft/README.md");
  const std::string readme(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(between(readme, "<!-- figure-7 -->\n", "<!-- /figure-7 -->"), table())
      << "model/raft/README.md should have this:\n\n<!-- figure-7 -->\n"
      << table() << "<!-- /figure-7 -->";
}

}  // namespace
}  // namespace coracle::raft
