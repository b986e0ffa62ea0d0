// The other views of a run, read back: JSON lines, the page, Mermaid's diagram.
#include "sim/views.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "model/raft/vocabulary.h"
#include "sim/read_trace.h"
#include "sim/utf8.h"
#include "tests/sim/told_run.h"

namespace coracle::sim {
namespace {

namespace json = boost::json;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

ToldRun any_run() {
  return raft_run(*rc::gen::arbitrary<std::uint32_t>(),
                  *rc::gen::element(NetworkKind::unordered, NetworkKind::ordered));
}

// ---- JSON lines

RC_GTEST_PROP(JsonLines, TellEachActionAsATraceDoes, ()) {
  const ToldRun run = any_run();
  const auto lines = lines_of(written(json_lines_view, run, "heal", "Violated: x."));
  RC_ASSERT(lines.size() == run.events.size() + 3);
  const auto head = json::parse(lines.front()).as_object();
  RC_ASSERT(head.at("nodes").as_array().size() == 3U);
  const auto last = json::parse(lines.back()).as_object();
  RC_ASSERT(last.at("events").to_number<std::size_t>() == run.events.size());
  RC_ASSERT(last.at("failure").as_string() == "Violated: x.");
  std::size_t next = 0;
  std::size_t notes = 0;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    auto line = json::parse(lines[i]).as_object();
    if (line.contains("note")) {
      notes += line.at("note").as_string() == "heal" ? 1U : 0U;
      continue;
    }
    const Happened& event = run.events[next++];
    RC_ASSERT(line.at("number").to_number<std::uint64_t>() == event.number);
    RC_ASSERT(line.at("sent").as_array().size() == event.sent.size());
    RC_ASSERT(line.at("changed").as_object().size() == event.changes.size());
    RC_ASSERT(line.contains("node") == event.at_node());
    for (const char* key :
         {"number", "what", "message_number", "sent_by", "lost", "changed", "role", "sent"})
      line.erase(key);
    if (event.message) line.erase("node");
    json::object action = event.action;
    RC_ASSERT(action_json<raft::Bench>(action_from<raft::Bench>(line), event.at) == action);
  }
  RC_ASSERT(notes == 1U);
}

// ---- the page

// The array a line that the page's program reads.
std::vector<json::value> data_of(const std::string& page) {
  const std::string begin = "id=\"run\">\n";
  const auto from = page.find(begin) + begin.size();
  std::vector<json::value> rows;
  for (const auto& line : lines_of(page.substr(from, page.find("</script>", from) - from)))
    rows.push_back(json::parse(line));
  return rows;
}

RC_GTEST_PROP(Page, HoldsTheWholeRun, ()) {
  const ToldRun run = any_run();
  const std::string page = written(html_view, run, "heal", "Violated: x.");
  const auto rows = data_of(page);
  RC_ASSERT(rows.size() == run.events.size() + 2);
  RC_ASSERT(rows.back().as_array().at(0).as_string() == "Violated: x.");
  std::size_t next = 0;
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    const auto& row = rows[i].as_array();
    if (row.size() == 2) continue;
    const Happened& event = run.events[next++];
    RC_ASSERT(row.size() == 10U);
    RC_ASSERT(row.at(0).as_int64() == event.at);
    RC_ASSERT(row.at(2).to_number<std::size_t>() == position(event.node));
    RC_ASSERT(row.at(5).as_string() == text_of(event.changes));
    RC_ASSERT(row.at(6).to_number<std::uint64_t>() == (event.message ? event.message->number : 0));
    RC_ASSERT(row.at(8).as_array().size() == event.sent.size());
  }
  RC_ASSERT(next == run.events.size());
}

TEST(Page, NeedsNothingFromElsewhere) {
  const std::string page = written(html_view, raft_run(1, NetworkKind::unordered));
  for (const char* elsewhere : {"http:", "https:", "//cdn", "src=", "<link", "@import", "url("})
    EXPECT_FALSE(holds(page, elsewhere)) << elsewhere;
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST(Page, WhatClientsWroteEndsNoScript) {
  ToldRun run = raft_run(1, NetworkKind::unordered);
  run.cast.title = "<!--<script>";
  run.events[0].text = "request </script><script>alert(1)</script> \xFF";
  const std::string page = written(html_view, run, "</script>");
  std::size_t scripts = 0;
  for (auto at = page.find("</script>"); at != std::string::npos;
       at = page.find("</script>", at + 1))
    ++scripts;
  EXPECT_EQ(scripts, 3U);
  EXPECT_FALSE(holds(page, "<!--"));
  EXPECT_EQ(data_of(page)[0].as_array().at(4).as_string(),
            "request </script><script>alert(1)</script> \xEF\xBF\xBD");
}

// ---- Mermaid

RC_GTEST_PROP(Mermaid, HasALineAMessage, ()) {
  const ToldRun run = any_run();
  const auto lines = lines_of(written(mermaid_view, run));
  RC_ASSERT(lines.front() == "sequenceDiagram");
  static const std::regex form(
      R"(  (participant n\d as server \d|n\d(->>|-x|-\))n\d: \w.*|Note over n\d(,n\d)?: .+))");
  static const std::regex message(R"(  n\d(->>|-x|-\))n\d: .*)");
  std::size_t messages = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    RC_ASSERT(std::regex_match(lines[i], form));
    messages += std::regex_match(lines[i], message) ? 1U : 0U;
  }
  const auto is_of_one = [](const Happened& event) { return event.message.has_value(); };
  RC_ASSERT(static_cast<std::ptrdiff_t>(messages) == std::ranges::count_if(run.events, is_of_one));
}

TEST(Mermaid, DrawsTheLastEventsOfALongRunAndSaysSo) {
  ToldRun run = raft_run(1, NetworkKind::unordered);
  const auto once = run.events;
  for (int again = 0; again < 20; ++again)
    run.events.insert(run.events.end(), once.begin(), once.end());
  const std::string text = written(mermaid_view, run, "", "Violated: x.");
  EXPECT_LT(text.size(), 50'000U);
  EXPECT_GT(text.size(), 40'000U);
  EXPECT_TRUE(std::regex_search(
      text, std::regex(R"(\n  Note over n1,n3: \.\.\. \d+ events before are not drawn\n)")));
  EXPECT_TRUE(text.ends_with("  Note over n1,n3: Violated: x.\n"));
}

TEST(Mermaid, WhatClientsWroteEndsNoStatement) {
  ToldRun run = raft_run(1, NetworkKind::unordered);
  run.events.resize(1);
  run.events[0].message.reset();
  run.events[0].text = "request a;b#c%%d<e>\nend";
  run.events[0].changes = {{"log", "", "x"}};
  const auto lines = lines_of(written(mermaid_view, run));
  EXPECT_TRUE(lines.back().ends_with(": request a#59;b#35;c#37;#37;d#lt;e#gt; end: log  -#gt; x"))
      << lines.back();
}

// ---- all of them

TEST(Views, AreUtf8WhateverClientsWrote) {
  ToldRun run = raft_run(1, NetworkKind::unordered);
  run.events[0].text = "request \xFF";
  run.events[0].action["request"] = "\xFE";
  run.events[0].changes = {{"store", "", "\xC0"}};
  for (const auto make : {json_lines_view, html_view, shiviz_view, perfetto_view, mermaid_view}) {
    const std::string text = written(make, run, "set x \xFD");
    EXPECT_EQ(as_utf8(text), text);
  }
}

TEST(Views, AreChosenByTheNamesEnding) {
  EXPECT_TRUE(is_view("a.perfetto.json") && is_view("b.html") && is_view("c.mmd"));
  EXPECT_FALSE(is_view("a.json") || is_view("a.trace") || is_view("html") || is_view(""));
  EXPECT_EQ(view_endings().size(), 5U);
}

}  // namespace
}  // namespace coracle::sim
