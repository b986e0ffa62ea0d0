#include "sim/past.h"

#include <algorithm>
#include <utility>

#include "sim/moment.h"
#include "sim/word_changes.h"

namespace coracle::sim {

namespace {

std::string time_of(const Cast& cast, Time at, std::uint64_t number) {
  return cast.timed ? seconds_text(at) : number > 0 ? std::to_string(number) + "." : "-";
}

}  // namespace

void Past::take(const Happened& event) {
  Record record{.number = event.number};
  if (event.at_node()) {
    last_ = record.node = event.node;
    if (event.message && event.sent_by > 0) {
      record.sent_by = event.sent_by;
      record.sender = event.message->from;
    }
    if (!event.changes.empty())
      record.line =
          cut_to(time_of(cast_, event.at, event.number) + "  " + cast_.nodes[position(event.node)] +
                     ": " + event.text + ": " + text_of(event.changes),
                 letters_most);
  }
  keep(std::move(record));
}

void Past::note(Time at, const std::string& what) {
  keep({.line = cut_to(time_of(cast_, at, 0) + "  -- " + what, letters_most)});
}

void Past::keep(Record record) {
  records_.push_back(std::move(record));
  if (records_.size() > searched_most) records_.pop_front();
}

std::string Past::text(const std::vector<NodeId>& of, const std::string& indent) const {
  // Of each node, up to which event its own are in the past.
  std::vector<std::uint64_t> reach(cast_.nodes.size(), of.empty() ? ~std::uint64_t{0} : 0);
  for (const NodeId node : of) reach[position(node)] = ~std::uint64_t{0};
  std::deque<const Record*> told;
  bool cut = false;
  for (auto record = records_.rbegin(); record != records_.rend() && !cut; ++record) {
    const bool is_note = record->number == 0;
    if (!is_note && (record->node == NodeId{} || record->number > reach[position(record->node)]))
      continue;
    if (record->sent_by > 0) {
      auto& sender = reach[position(record->sender)];
      sender = std::max(sender, record->sent_by);
    }
    if (record->line.empty()) continue;
    cut = told.size() == lines_most;
    if (!cut) told.push_front(&*record);
  }
  std::string all;
  if (cut) {
    const auto event =
        std::ranges::find_if(told, [](const Record* record) { return record->number > 0; });
    if (event != told.end() && (*event)->number > 1)
      all += indent + "... " + std::to_string((*event)->number - 1) + " events before\n";
  }
  for (const Record* record : told) all += indent + record->line + "\n";
  return all;
}

}  // namespace coracle::sim
