// A picture of lanes is well-formed whatever is in it, and shows each bar where it belongs.
#include "sim/lanes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <regex>
#include <string>
#include <vector>

namespace coracle::sim {
namespace {

// Whether its elements are closed in their order, and nothing in it needs to be escaped.
bool is_well_formed(const std::string& text) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7F) return false;
    if (text[at] == '&' && !std::regex_search(text.begin() + static_cast<std::ptrdiff_t>(at),
                                              text.end(), std::regex("^&(amp|lt|gt|quot);")))
      return false;
    if (text[at] != '<') {
      ++at;
      continue;
    }
    const auto end = text.find('>', at);
    if (end == std::string::npos) return false;
    const std::string inside = text.substr(at + 1, end - at - 1);
    if (inside.find('<') != std::string::npos) return false;
    const std::string name = inside.substr(0, inside.find_first_of(" /\n", 1));
    if (inside.starts_with('/')) {
      if (open.empty() || "/" + open.back() != inside) return false;
      open.pop_back();
    } else if (!inside.ends_with('/')) {
      open.push_back(name);
    }
    at = end + 1;
  }
  return open.empty();
}

struct Box {
  int x = 0;
  int y = 0;
  int width = 0;
};

// Of the bars of a class, in the order in which they are drawn.
std::vector<Box> boxes(const std::string& picture, const std::string& kind) {
  const std::regex form("<rect " + kind +
                        "[^>]* x=\"([0-9]+)\" y=\"([0-9]+)\" width=\"([0-9]+)\" height=\"24\"");
  std::vector<Box> all;
  for (std::sregex_iterator at(picture.begin(), picture.end(), form), end; at != end; ++at)
    all.push_back({std::stoi((*at)[1]), std::stoi((*at)[2]), std::stoi((*at)[3])});
  return all;
}

Bar bar(Process process, std::size_t from, std::optional<std::size_t> to, std::string words,
        bool stands_out = false) {
  return {.process = process,
          .from = from,
          .to = to,
          .words = std::move(words),
          .more = "more",
          .stands_out = stands_out};
}

TEST(Lanes, AreInTheOrderOfProcessesAndBarsInThatOfMoments) {
  const std::string picture =
      svg({.title = "t",
           .bars = {bar(2, 4, 7, "set 2"), bar(1, 1, 3, "set 1"), bar(1, 5, 9, "get: 1")}});
  const auto bars = boxes(picture, "class=\"bar\"");
  ASSERT_EQ(bars.size(), 3U);
  EXPECT_EQ(bars[0].y, bars[2].y);                  // client 1
  EXPECT_LT(bars[0].y, bars[1].y);                  // client 2 is below
  EXPECT_LT(bars[0].x + bars[0].width, bars[1].x);  // 3 is before 4
  EXPECT_LT(bars[2].x, bars[1].x + bars[1].width);  // 5 is before 7
  EXPECT_GE(bars[0].width, 8 * 5);                  // there is room for the words
  EXPECT_NE(picture.find(">client 2</text>"), std::string::npos);
  EXPECT_TRUE(is_well_formed(picture));
}

TEST(Lanes, AnOpenBarFadesAndItsProcessGoesOnInAnotherLane) {
  const std::string picture =
      svg({.title = "t", .bars = {bar(1, 0, {}, "set 1"), bar(1, 1, 2, "get: 1", true)}});
  const auto open = boxes(picture, "fill=\"url\\(#open\\)\"");
  const auto out = boxes(picture, "class=\"out\"");
  ASSERT_EQ(open.size(), 1U);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_LT(open[0].y, out[0].y);
  EXPECT_GT(open[0].x + open[0].width, out[0].x + out[0].width);
  EXPECT_NE(picture.find(">client 1, later</text>"), std::string::npos);
}

TEST(Lanes, HaveATickAtAMomentOfABar) {
  const std::string picture = svg({.title = "t",
                                   .bars = {bar(1, 3, 5, "get: 1")},
                                   .ticks = {{.place = 3, .words = "0.1 s"}, {.place = 4}}});
  EXPECT_NE(picture.find(">0.1 s</text>"), std::string::npos);
  EXPECT_EQ(std::regex_replace(picture, std::regex("class=\"line\""), "").size() + 12,
            picture.size());
}

TEST(Lanes, LongWordsAreCut) {
  const std::string picture = svg({.title = "t", .bars = {bar(1, 0, 1, std::string(1000, 'x'))}});
  EXPECT_EQ(picture.find(std::string(41, 'x')), std::string::npos);
  EXPECT_NE(picture.find(std::string(40, 'x') + "..."), std::string::npos);
}

TEST(Lanes, ArePartOfAPage) {
  const std::string page = html({.title = "a < b"});
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_NE(page.find("<svg xmlns="), std::string::npos);
  EXPECT_NE(page.find("a &lt; b"), std::string::npos);
}

TEST(Lanes, KeepLettersAndNoOtherBytes) {
  const std::string picture = svg({.title = "\xc3\xa9 <&\"> \x01", .bars = {bar(1, 0, 1, "\xff")}});
  EXPECT_NE(picture.find("\xc3\xa9 &lt;&amp;&quot;&gt; ?"), std::string::npos);
  EXPECT_EQ(picture.find('\xff'), std::string::npos);
  EXPECT_TRUE(is_well_formed(picture));
}

RC_GTEST_PROP(Lanes, AreWellFormedWhateverIsInThem,
              (const std::string& title, const std::vector<std::string>& words)) {
  Lanes lanes{.title = title, .notes = words};
  for (std::size_t at = 0; at < words.size(); ++at) {
    const auto to = words[at].size() % 2 == 0 ? std::optional(2 * at + 1) : std::nullopt;
    lanes.bars.push_back(bar(words[at].size() % 3, 2 * at, to, words[at], at % 2 == 0));
    lanes.bars.back().more = words[at];
    lanes.ticks.push_back({.place = 2 * at, .words = words[at]});
  }
  const std::string picture = svg(lanes);
  RC_ASSERT(is_well_formed(picture));
  RC_ASSERT(html(lanes).ends_with("</body></html>\n"));
}

}  // namespace
}  // namespace coracle::sim
