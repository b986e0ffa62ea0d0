// A run for machines.
//
//     {"coracle-events":1,"title":"...","nodes":["server 1",...],"roles":[...],"timed":true,...}
//     {"number":1,"at":163412000,"do":"expire","node":1,"timer":"election",
//      "what":"expire election","changed":{"term":["0","1"]},"role":"candidate",
//      "sent":[{"number":1,"to":2,...}]}
//     {"number":2,"at":166120000,"do":"deliver","from":1,"to":2,"message":{...},"node":2,
//      "message_number":1,"sent_by":1,...}
//     {"at":200000000,"note":"crash leader: 1"}
//     {"events":2,"failure":""}
//
// Of an action all is told that a trace has. `node` is missing where it happens in the network.
#include <boost/json.hpp>
#include <string>
#include <utility>

#include "sim/json.h"
#include "sim/utf8.h"
#include "sim/views.h"

namespace coracle::sim {

namespace {

namespace json = boost::json;

class JsonLines : public View {
 public:
  JsonLines(std::ostream& out, const Cast& cast) : out_(out), cast_(cast) {
    write({{"coracle-events", 1},
           {"title", cast.title},
           {"nodes", to_json(cast.nodes)},
           {"roles", to_json(cast.roles)},
           {"numbers", to_json(cast.numbers)},
           {"timed", cast.timed}});
  }

  void take(const Happened& event) override {
    count_ = event.number;
    json::object line{{"number", event.number}};
    for (const auto& [key, value] : event.action) line[key] = value;
    line["what"] = event.text;
    if (event.at_node()) line["node"] = to_json(event.node);
    if (event.message) {
      line["message_number"] = event.message->number;
      line["sent_by"] = event.sent_by;
      line["lost"] = event.lost;
    }
    json::object changed;
    for (const auto& [name, before, after] : event.changes)
      changed[name] = json::array{to_json(before), after};
    line["changed"] = std::move(changed);
    if (event.at_node()) line["role"] = role_of(event);
    json::array sent;
    for (const auto& message : event.sent)
      sent.push_back(json::object{{"number", message.number},
                                  {"from", to_json(message.from)},
                                  {"to", to_json(message.to)},
                                  {"kind", message.kind}});
    line["sent"] = std::move(sent);
    write(line);
  }

  void note(Time at, const std::string& what) override {
    json::object line{{"note", what}};
    if (cast_.timed) line["at"] = at;
    write(line);
  }

  void finish(const std::string& failure) override {
    write({{"events", count_}, {"failure", failure}});
  }

 private:
  json::value role_of(const Happened& event) const {
    if (!event.standing.up) return "down";
    if (!event.standing.role) return nullptr;
    return json::string(cast_.roles[*event.standing.role]);
  }

  void write(const json::object& line) { out_ << as_utf8(json::serialize(line)) << '\n'; }

  std::ostream& out_;
  Cast cast_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::unique_ptr<View> json_lines_view(std::ostream& out, const Cast& cast) {
  return std::make_unique<JsonLines>(out, cast);
}

}  // namespace coracle::sim
