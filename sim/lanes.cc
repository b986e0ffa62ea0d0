#include "sim/lanes.h"

#include <algorithm>
#include <map>
#include <utility>

namespace coracle::sim {
namespace {

// In pixels.
constexpr int letter = 8;  // of the words on bars, at most
constexpr int step = 14;   // between moments, at least
constexpr int lane_height = 34;
constexpr int bar_height = 24;
constexpr int margin = 16;
constexpr int fade = 120;  // of an open bar, beyond its words

// Whole UTF-8, without what XML cannot hold.
bool is_utf8(const std::string& text) {
  std::size_t more = 0;
  std::uint32_t code = 0;
  std::uint32_t least = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (more > 0) {
      if ((byte & 0xC0U) != 0x80U) return false;
      code = code << 6U | (byte & 0x3FU);
      if (--more > 0) continue;
      const bool is_half = code >= 0xD800 && code <= 0xDFFF;
      if (code < least || code > 0x10FFFF || is_half || code == 0xFFFE || code == 0xFFFF)
        return false;
    } else if (byte >= 0x80U) {
      more = byte >= 0xF0U ? 3 : byte >= 0xE0U ? 2 : 1;
      if (byte < 0xC0U || byte >= 0xF8U) return false;
      code = byte & (0x3FU >> more);
      least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    }
  }
  return more == 0;
}

bool begins_letter(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

int letters_in(const std::string& text) {
  return static_cast<int>(std::ranges::count_if(text, begins_letter));
}

std::string escaped(const std::string& text) {
  const bool whole = is_utf8(text);
  std::string all;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      all += "&amp;";
    else if (c == '<')
      all += "&lt;";
    else if (c == '>')
      all += "&gt;";
    else if (c == '"')
      all += "&quot;";
    else
      all += byte < 0x20U || byte == 0x7FU || (!whole && byte >= 0x80U) ? '?' : c;
  }
  return all;
}

// Not all of it, if it is long.
std::string brief(const std::string& text) {
  constexpr int longest = 40;
  if (letters_in(text) <= longest || !is_utf8(text))
    return text.size() > 4UL * longest ? text.substr(0, longest) + "..." : text;
  std::string all;
  int left = longest;
  for (const char c : text) {
    if (begins_letter(c) && left-- == 0) break;
    all += c;
  }
  return all + "...";
}

std::string quoted(int number) { return "\"" + std::to_string(number) + "\""; }

struct Placed {
  const Bar* bar = nullptr;
  std::string words;
  int row = 0;
};

class Drawing {
 public:
  explicit Drawing(const Lanes& lanes) : lanes_(lanes) {
    for (const Bar& one : lanes.bars) bars_.push_back({.bar = &one, .words = brief(one.words)});
    std::ranges::stable_sort(bars_, {}, [](const Placed& one) { return one.bar->from; });
    place_rows();
    left_ = margin;
    for (const auto& [process, count] : rows_of_)
      left_ = std::max(left_, 2 * margin + letter * letters_in(label(process, count - 1)));
    place_moments();
    top_ = margin + 28 + 18 * static_cast<int>(lanes.notes.size());
    bottom_ = top_ + lane_height * rows_;
  }

  std::string text() {
    const int height = bottom_ + 30 + margin;
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=" + quoted(width_) +
           " height=" + quoted(height) + " viewBox=\"0 0 " + std::to_string(width_) + " " +
           std::to_string(height) + "\">\n";
    out_ += style;
    out_ += "<title>" + escaped(lanes_.title) + "</title>\n";
    out_ += "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
    draw_head();
    draw_rows();
    draw_ticks();
    for (const Placed& one : bars_) draw(one);
    return out_ + "</svg>\n";
  }

 private:
  static constexpr const char* style = R"(<defs>
<linearGradient id="open"><stop offset="0" stop-color="#c9d6e2"/>
<stop offset="1" stop-color="#c9d6e2" stop-opacity="0"/></linearGradient>
<linearGradient id="open-out"><stop offset="0" stop-color="#f4b183"/>
<stop offset="1" stop-color="#f4b183" stop-opacity="0"/></linearGradient>
</defs>
<style>
text { font: 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2d3a }
.title { font: bold 16px system-ui, "Segoe UI", "DejaVu Sans", sans-serif }
.note { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #5b6b79 }
.tick { font-size: 11px; fill: #5b6b79; text-anchor: middle }
.lane { text-anchor: end }
.line { stroke: #d9822b; stroke-width: 1; stroke-dasharray: 3 3 }
.bar { fill: #dfe7ee; stroke: #8fa3b5 }
.out { fill: #f8cfae; stroke: #c55a11; stroke-width: 2 }
.edge { stroke: #8fa3b5 } .edge-out { stroke: #c55a11; stroke-width: 2 }
.words-out { font-weight: bold }
</style>
)";

  static std::string label(Process process, int row) {
    return "client " + std::to_string(process) + (row > 0 ? ", later" : "");
  }

  // A process has another row for what it did while a call of its own was still open.
  void place_rows() {
    std::map<Process, std::vector<std::size_t>> busy_until;
    for (Placed& one : bars_) {
      auto& rows = busy_until[one.bar->process];
      const auto is_free = [&](std::size_t end) { return end < one.bar->from; };
      auto found = std::ranges::find_if(rows, is_free);
      if (found == rows.end()) found = rows.insert(rows.end(), 0);
      *found = one.bar->to.value_or(~std::size_t{0});
      one.row = static_cast<int>(found - rows.begin());
    }
    std::map<Process, int> first;
    for (const auto& [process, rows] : busy_until) {
      first[process] = rows_;
      rows_of_[process] = static_cast<int>(rows.size());
      rows_ += static_cast<int>(rows.size());
    }
    for (Placed& one : bars_) one.row += first[one.bar->process];
  }

  static int words_width(const Placed& one) { return letter * letters_in(one.words) + 16; }

  void place_moments() {
    std::map<std::size_t, const Placed*> moments;  // with the bar that ends there
    for (const Placed& one : bars_) {
      moments.try_emplace(one.bar->from, nullptr);
      if (one.bar->to) moments[*one.bar->to] = &one;
    }
    int x = left_ - step / 2;
    for (const auto& [place, ends] : moments) {
      x += step;
      if (ends != nullptr) x = std::max(x, x_[ends->bar->from] + words_width(*ends));
      x_[place] = x;
    }
    right_ = x + step;
    for (const Placed& one : bars_)
      if (!one.bar->to) right_ = std::max(right_, x_[one.bar->from] + words_width(one) + fade / 2);
    width_ = right_ + margin;
    width_ = std::max(width_, 2 * margin + 10 * letters_in(lanes_.title));
    for (const auto& note : lanes_.notes)
      width_ = std::max(width_, 2 * margin + 7 * letters_in(note));
  }

  void say(int x, int y, const char* style_class, const std::string& words) {
    out_ += "<text class=\"" + std::string(style_class) + "\" x=" + quoted(x) + " y=" + quoted(y) +
            ">" + escaped(words) + "</text>\n";
  }

  void draw_head() {
    say(margin, margin + 14, "title", lanes_.title);
    int y = margin + 14;
    for (const auto& note : lanes_.notes) say(margin, y += 18, "note", note);
  }

  void draw_rows() {
    int y = top_;
    for (const auto& [process, count] : rows_of_)
      for (int index = 0; index < count; ++index, y += lane_height) {
        if ((y - top_) / lane_height % 2 == 0)
          out_ += "<rect x=\"0\" y=" + quoted(y) + " width=" + quoted(width_) +
                  " height=" + quoted(lane_height) + " fill=\"#f6f8fa\"/>\n";
        say(left_ - margin, y + lane_height / 2 + 5, "lane", label(process, index));
      }
  }

  // Words that would run into those before them are left out; the line stays.
  void draw_ticks() {
    int free = 0;
    for (const Tick& tick : lanes_.ticks) {
      const auto found = x_.find(tick.place);
      if (found == x_.end()) continue;
      const int x = found->second;
      out_ += "<line class=\"line\" x1=" + quoted(x) + " y1=" + quoted(top_) + " x2=" + quoted(x) +
              " y2=" + quoted(bottom_ + 6) + "/>\n";
      const int half = letter * letters_in(tick.words) / 2;
      if (x - half < free) continue;
      say(x, bottom_ + 20, "tick", tick.words);
      free = x + half + 4;
    }
  }

  void draw(const Placed& one) {
    const bool out = one.bar->stands_out;
    const int x = x_[one.bar->from];
    const int y = top_ + lane_height * one.row + (lane_height - bar_height) / 2;
    const int end = one.bar->to ? x_[*one.bar->to] : right_;
    const std::string box = " x=" + quoted(x) + " y=" + quoted(y) + " width=" + quoted(end - x) +
                            " height=" + quoted(bar_height);
    out_ += "<g><title>" + escaped(one.bar->more) + "</title>";
    if (one.bar->to) {
      out_ += "<rect class=\"" + std::string(out ? "out" : "bar") + "\" rx=\"4\"" + box + "/>";
    } else {
      out_ += "<rect fill=\"url(#" + std::string(out ? "open-out" : "open") + ")\"" + box + "/>" +
              "<line class=\"" + std::string(out ? "edge-out" : "edge") + "\" x1=" + quoted(x) +
              " y1=" + quoted(y) + " x2=" + quoted(x) + " y2=" + quoted(y + bar_height) + "/>";
    }
    say(x + 8, y + bar_height / 2 + 5, out ? "words-out" : "words", one.words);
    out_ += "</g>\n";
  }

  const Lanes& lanes_;
  std::vector<Placed> bars_;
  std::map<Process, int> rows_of_;
  int rows_ = 0;
  std::map<std::size_t, int> x_;  // by place
  int left_ = 0;
  int right_ = 0;
  int width_ = 0;
  int top_ = 0;
  int bottom_ = 0;
  std::string out_;
};

}  // namespace

std::string svg(const Lanes& lanes) { return Drawing(lanes).text(); }

std::string html(const Lanes& lanes) {
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>" +
         escaped(lanes.title) + "</title></head>\n<body>\n" + svg(lanes) + "</body></html>\n";
}

}  // namespace coracle::sim
