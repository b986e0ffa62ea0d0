// A run as a page (sim/html_page.h). The data are an array a line:
//
//     [at, verb, node, sort, text, changes, message, flags, sent, standing]    an event
//     [at, "crash leader: 1"]                                                  a note
//     ["Violated: ..."]                                                        how it ended
//
// Nodes count from 0 here; flags are 1: lost, 2: not at the node; the standing is 0 where it is as
// before.
#include <boost/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "sim/html_page.h"
#include "sim/utf8.h"
#include "sim/views.h"
#include "sim/word_changes.h"

namespace coracle::sim {

namespace {

namespace json = boost::json;

json::array json_of(const Standing& standing) {
  json::array numbers;
  for (const auto& number : standing.numbers)
    numbers.push_back(number ? json::value(*number) : json::value());
  return {standing.role ? json::value(*standing.role) : json::value(), standing.up,
          std::move(numbers)};
}

// Nothing in it ends the script that it stands in.
std::string in_script(const json::value& value) {
  std::string text;
  for (const char letter : as_utf8(json::serialize(value)))
    text += letter == '<' ? "\\u003c" : std::string(1, letter);
  return text;
}

class Html : public View {
 public:
  Html(std::ostream& out, const Cast& cast) : out_(out), standings_(cast.start) {
    json::array start;
    for (const Standing& standing : cast.start) start.push_back(json_of(standing));
    const auto list = [](const std::vector<std::string>& names) {
      return json::array(names.begin(), names.end());
    };
    out_ << html_page_head
         << in_script(json::object{{"title", cast.title},
                                   {"nodes", list(cast.nodes)},
                                   {"roles", list(cast.roles)},
                                   {"numbers", list(cast.numbers)},
                                   {"start", std::move(start)},
                                   {"timed", cast.timed}})
         << html_page_between;
  }

  void take(const Happened& event) override {
    const std::size_t node = position(event.node);
    json::array sent;
    for (const Message& message : event.sent)
      sent.push_back(
          json::array{message.number, position(message.to), message.kind, message.fields});
    const bool stands_anew = standings_[node] != event.standing;
    if (stands_anew) standings_[node] = event.standing;
    write({event.at, event.verb, node, event.sort, cut_to(event.text, text_most),
           text_of(event.changes), event.message ? event.message->number : 0,
           (event.lost ? 1 : 0) + (event.at_node() ? 0 : 2), std::move(sent),
           stands_anew ? json::value(json_of(event.standing)) : json::value(0)});
  }

  void note(Time at, const std::string& what) override { write({at, what}); }

  void finish(const std::string& failure) override {
    write(json::array(1, json::string(failure)));
    out_ << html_page_drawing << html_page_hands;
  }

 private:
  static constexpr std::size_t text_most = 200;

  void write(const json::array& row) { out_ << in_script(row) << '\n'; }

  std::ostream& out_;
  std::vector<Standing> standings_;
};

}  // namespace

std::unique_ptr<View> html_view(std::ostream& out, const Cast& cast) {
  return std::make_unique<Html>(out, cast);
}

}  // namespace coracle::sim
