// A run as a sequence diagram of Mermaid's: a line where a message arrives or is lost, and notes of
// what changed and of what a scenario does.
//
//     sequenceDiagram
//       participant n1 as server 1
//       n1->>n2: RequestVote {term: 1}
//       Note over n2: term 0 -#gt; 1
//       n1-xn3: RequestVote {term: 1}
//
// Mermaid refuses texts of more than 50,000 letters, so only the last events are drawn, which is
// where it went wrong if it did, and a note says how many are not.
#include <cstddef>
#include <deque>
#include <string>

#include "sim/utf8.h"
#include "sim/views.h"
#include "sim/word_changes.h"

namespace coracle::sim {

namespace {

// Without what Mermaid reads as the end of a statement, a comment, an entity or a tag.
std::string escaped(const std::string& text) {
  std::string all;
  for (const char letter : as_utf8(cut_to(text, 200))) {
    if (letter == '#' || letter == ';' || letter == '%')
      all += "#" + std::to_string(static_cast<int>(letter)) + ";";
    else if (letter == '<')
      all += "#lt;";
    else if (letter == '>')
      all += "#gt;";
    else
      all += letter == '\n' ? ' ' : letter;
  }
  return all;
}

class Mermaid : public View {
 public:
  Mermaid(std::ostream& out, const Cast& cast) : out_(out), cast_(cast) {}

  void take(const Happened& event) override {
    const std::string node = name(event.node);
    std::string text;
    if (event.message) {
      const bool again = event.verb == "duplicate";
      text = "  " + name(event.message->from) +
             (event.lost ? "-x"
              : again    ? "-)"
                         : "->>") +
             node + ": " +
             escaped((again ? "again " : "") + event.message->kind + " " + event.message->fields) +
             "\n";
    }
    std::string note = event.message ? "" : event.text;
    if (!event.changes.empty()) note += (note.empty() ? "" : ": ") + text_of(event.changes);
    if (!note.empty() && (event.message || !event.changes.empty() || !event.sent.empty()))
      text += "  Note over " + node + ": " + escaped(note) + "\n";
    keep({text, 1});
  }

  void note(Time /*at*/, const std::string& what) override { keep({over_all(what), 0}); }

  void finish(const std::string& failure) override {
    if (!failure.empty()) keep({over_all(failure), 0});
    out_ << "sequenceDiagram\n";
    for (std::size_t at = 0; at < cast_.nodes.size(); ++at)
      out_ << "  participant " << name(node_at(at)) << " as " << escaped(cast_.nodes[at]) << "\n";
    if (before_ > 0)
      out_ << over_all("... " + std::to_string(before_) + " events before are not drawn");
    for (const Drawn& drawn : drawn_) out_ << drawn.text;
  }

 private:
  static constexpr std::size_t letters_most = 45'000;

  struct Drawn {
    std::string text;
    std::uint64_t events = 0;
  };

  static std::string name(NodeId id) { return "n" + text(id); }

  std::string over_all(const std::string& what) const {
    const std::size_t size = cast_.nodes.size();
    return "  Note over " + name(node_at(0)) +
           (size > 1 ? "," + name(node_at(size - 1)) : std::string()) + ": " + escaped(what) + "\n";
  }

  // What is not drawn counts to what was drawn before it.
  void keep(Drawn drawn) {
    if (drawn.text.empty() && !drawn_.empty()) {
      drawn_.back().events += drawn.events;
      return;
    }
    letters_ += drawn.text.size();
    drawn_.push_back(std::move(drawn));
    while (letters_ > letters_most) {
      letters_ -= drawn_.front().text.size();
      before_ += drawn_.front().events;
      drawn_.pop_front();
    }
  }

  std::ostream& out_;
  Cast cast_;
  std::deque<Drawn> drawn_;
  std::size_t letters_ = 0;
  std::uint64_t before_ = 0;
};

}  // namespace

std::unique_ptr<View> mermaid_view(std::ostream& out, const Cast& cast) {
  return std::make_unique<Mermaid>(out, cast);
}

}  // namespace coracle::sim
