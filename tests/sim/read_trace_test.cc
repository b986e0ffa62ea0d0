// A trace that was written is read back whole, and nothing else is: whatever was done to the file,
// the refusal is one line that says where.
#include "sim/read_trace.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/raft/node.h"
#include "model/traffic_light.h"
#include "model/two_phase_commit.h"

namespace coracle::sim {
namespace {

using Raft = raft::Bench;
using Here = Values<Raft>;

constexpr NodeId s1{1};
constexpr NodeId s2{2};

// ---- any action of Raft

template <class T>
T any() {
  return *rc::gen::arbitrary<T>();
}
// Of the whole range from the first case on; RapidCheck's own ranges grow.
std::size_t any_below(std::size_t end) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, end));
}

NodeId any_node() { return node_at(any_below(255)); }
raft::Term any_term() { return {any<std::uint64_t>()}; }
raft::Index any_index() { return {any<std::uint64_t>()}; }
raft::EntryId any_entry_id() { return {any_term(), any_index()}; }

raft::Configuration any_configuration() {
  return {.voters = {any_node(), any_node()}, .old_voters = {any_node()}, .learners = {any_node()}};
}

std::vector<raft::Entry> any_entries() {
  std::vector<raft::Entry> entries;
  for (std::size_t left = any_below(4); left > 0; --left)
    entries.push_back({any_term(), any<std::string>()});
  if (any<bool>()) entries.push_back({any_term(), "", any_configuration()});
  return entries;
}

raft::Snapshot any_snapshot() {
  return {.last = any_entry_id(),
          .digest = {any<std::uint64_t>(), any<std::uint64_t>()},
          .configuration = any_configuration(),
          .state = any<std::string>()};
}

std::optional<raft::Conflict> any_conflict() {
  if (any<bool>()) return {};
  return raft::Conflict{.refused = any_index(), .last = any_entry_id()};
}

raft::Request any_request() {
  switch (any_below(4)) {
    case 0:
      return raft::Propose{any<std::string>()};
    case 1:
      return raft::TransferLeadership{any_node()};
    case 2:
      return raft::ChangeMembers{.voters = {any_node()}, .learners = {}, .removed = {any_node()}};
    default:
      return raft::Compact{.last = any_index(), .state = any<std::string>()};
  }
}

raft::Message any_message() {
  switch (any_below(9)) {
    case 0:
      return raft::RequestVote{.term = any_term(), .last = any_entry_id(), .transfer = any<bool>()};
    case 1:
      return raft::RequestVoteReply{.term = any_term(), .granted = any<bool>()};
    case 2:
      return raft::AppendEntries{.term = any_term(),
                                 .previous = any_entry_id(),
                                 .entries = any_entries(),
                                 .commit = any_index()};
    case 3:
      return raft::PreVote{.term = any_term(), .last = any_entry_id()};
    case 4:
      return raft::PreVoteReply{.term = any_term(), .granted = any<bool>()};
    case 5:
      return raft::InstallSnapshot{.term = any_term(),
                                   .piece = raft::apart(any_snapshot()),
                                   .offset = any<std::uint64_t>(),
                                   .done = any<bool>()};
    case 6:
      return raft::InstallSnapshotReply{
          .term = any_term(), .last = any_index(), .received = any<std::uint64_t>()};
    case 7:
      return raft::TimeoutNow{.term = any_term()};
    default:
      return raft::AppendEntriesReply{.term = any_term(),
                                      .accepted = any<bool>(),
                                      .match = any_index(),
                                      .conflict = any_conflict()};
  }
}

Here::Envelope any_envelope() { return {any_node(), any_node(), any_message()}; }

Here::Event any_alarm() {
  return {any_node(), raft::Expired{static_cast<raft::Timer>(any_below(5))}};
}
Here::Event any_question() {
  return {any_node(), raft::Requested{ClientId{any<std::uint32_t>()}, any_request()}};
}

Here::Event any_write() {
  if (any<bool>())
    return {any_node(),
            raft::Saved{raft::TermAndVote{.term = any_term(), .voted_for = any_node()}}};
  return {any_node(), raft::Saved{raft::Written{.first = any_index(), .entries = any_entries()}}};
}

Action<Here> any_action() {
  switch (any_below(8)) {
    case 0:
      return Deliver<Here::Envelope>{any_envelope()};
    case 1:
      return Drop<Here::Envelope>{any_envelope()};
    case 2:
      return Duplicate<Here::Envelope>{any_envelope()};
    case 3:
      return Expire<Here::Event>{any_alarm()};
    case 4:
      return Request<Here::Event>{any_question()};
    case 5:
      return Crash{any_node(), any<std::uint32_t>()};
    case 6:
      return Flush<Here::Event>{any_write()};
    default:
      return Restart{any_node()};
  }
}

std::vector<TimedAction<Raft>> any_actions() {
  std::vector<TimedAction<Raft>> actions;
  for (std::size_t left = any_below(8); left > 0; --left) {
    actions.push_back({{}, any_action()});
    if (any<bool>()) actions.back().at = any<std::int64_t>();
  }
  return actions;
}

// ---- there and back

TEST(ReadTrace, ReadsItsHeader) {
  const TraceHeader header{.model = "raft",
                           .options = {{"servers", 3}, {"network", "ordered"}},
                           .mutant = "commit-old-term",
                           .seed = 18446744073709551615U,
                           .network = {NetworkKind::ordered, true, true},
                           .faults = {.crashes = 255},
                           .disk = DiskKind::buffered,
                           .properties = {"one leader a term"}};
  const TraceFile trace = read_trace("a.trace", trace_text<Raft>(header, {}));
  EXPECT_EQ(trace.file, "a.trace");
  EXPECT_EQ(trace.header.model, header.model);
  EXPECT_EQ(trace.header.options, header.options);
  EXPECT_EQ(trace.header.mutant, header.mutant);
  EXPECT_EQ(trace.header.seed, header.seed);
  EXPECT_EQ(trace.header.network, header.network);
  EXPECT_EQ(trace.header.faults, header.faults);
  EXPECT_EQ(trace.header.disk, header.disk);
  EXPECT_EQ(trace.header.properties, header.properties);
  EXPECT_TRUE(trace.lines.empty());
  EXPECT_EQ(read_trace("", trace_text<Raft>({}, {})).header.seed, std::nullopt);
}

RC_GTEST_PROP(ReadTrace, ReadsEveryAction, ()) {
  const auto actions = any_actions();
  const TraceFile trace = read_trace("a.trace", trace_text<Raft>({.model = "raft"}, actions));
  RC_ASSERT(actions_of<Raft>(trace) == actions);
}

TEST(ReadTrace, ReadsActionsWithoutTheirTimes) {
  const TraceFile trace = read_trace("a.trace", trace_text<Raft>({}, {Crash{s1}, Restart{s1}}));
  const std::vector<TimedAction<Raft>> expected{{{}, Crash{s1}}, {{}, Restart{s1}}};
  EXPECT_EQ(actions_of<Raft>(trace), expected);
}

TEST(ReadTrace, ReadsAProtocolWithoutANetwork) {
  using Light = Values<traffic_light::Protocol>;
  const std::vector<TimedAction<traffic_light::Protocol>> actions{
      {1, Expire<Light::Event>{{s1, traffic_light::Ticked{}}}},
      {{}, Request<Light::Event>{{s2, traffic_light::Pressed{ClientId{7}, {}}}}},
      {2, Crash{s1}}};
  const auto text = trace_text<traffic_light::Protocol>({.model = "traffic-light"}, actions);
  EXPECT_EQ(actions_of<traffic_light::Protocol>(read_trace("a.trace", text)), actions);
}

TEST(ReadTrace, ReadsAProtocolWhoseMessagesAreNames) {
  using Commit = two_phase_commit::Protocol;
  using Envelope = Values<Commit>::Envelope;
  const std::vector<TimedAction<Commit>> actions{
      {{}, Deliver<Envelope>{{s2, s1, two_phase_commit::Message::prepared}}}};
  EXPECT_EQ(actions_of<Commit>(read_trace("a.trace", trace_text<Commit>({}, actions))), actions);
}

// ---- refusals

std::string refusal(const std::function<void()>& read) {
  try {
    read();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}
std::string refusal(std::string_view text) {
  return refusal([&] { actions_of<Raft>(read_trace("a.trace", text)); });
}

// A text whose last line is right, whatever the others are.
std::string whole(const std::string& text) {
  const auto lines = static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
  return text + last_line(lines - 1, hash_of_bytes(text.data(), text.size())) + "\n";
}

std::string replaced(std::string text, std::string_view old, std::string_view by) {
  const auto place = text.find(old);
  return place == std::string::npos ? "not there" : text.replace(place, old.size(), by);
}

const std::string header_line = boost::json::serialize(header_json({.model = "raft"})) + "\n";

// That of a trace with this header, or with this action.
std::string of_header(std::string_view old, std::string_view by) {
  return refusal(whole(replaced(header_line, old, by)));
}
template <Protocol P = Raft>
std::string of_action(const std::string& line) {
  const std::string text =
      whole(header_line + R"({"do":"crash","node":1,"kept":0})" + "\n" + line + "\n");
  return refusal([&] { actions_of<P>(read_trace("a.trace", text)); });
}

const std::string sound = trace_text<Raft>({.model = "raft"}, {Crash{s1}, Restart{s1}});

TEST(ReadTrace, RefusesWhatIsNoTrace) {
  EXPECT_EQ(refusal(""),
            "a.trace:1: the file is empty; expected a first line that begins with "
            R"({"coracle-trace":2)");
  for (const char* other : {"\n", "x", "{}", R"({"coracle-trace":)", R"({"coracle-trace":"1",)",
                            R"({"coracle-trace":0,)", R"({"coracle-trace":-1,)",
                            R"({"coracle-trace":1.5,)", R"({"coracle-trace":2)"})
    EXPECT_EQ(refusal(other),
              R"(a.trace:1: expected a first line that begins with {"coracle-trace":2)");
}

TEST(ReadTrace, RefusesAnotherFormatWhateverIsInIt) {
  EXPECT_EQ(refusal("{\"coracle-trace\":3,\n?"),
            "a.trace:1: a trace of format 3, which is newer than this program: it reads format 2");
  EXPECT_EQ(refusal("{\"coracle-trace\":1,\n?"),
            "a.trace:1: a trace of format 1, which is older than this program: it reads format 2");
}

TEST(ReadTrace, RefusesATruncatedFile) {
  const auto truncated = [](int line) {
    return "a.trace:" + std::to_string(line) +
           ": the file is truncated: it has no last line with the number of actions and the hash";
  };
  const auto end_of_line = [](int line) {
    std::size_t end = 0;
    for (; line > 0; --line) end = sound.find('\n', end) + 1;
    return end;
  };
  EXPECT_EQ(refusal(sound.substr(0, sound.size() - 1)), truncated(4));
  EXPECT_EQ(refusal(sound.substr(0, sound.size() - 2)), truncated(4));
  EXPECT_EQ(refusal(sound.substr(0, end_of_line(3))), truncated(3));
  EXPECT_EQ(refusal(sound.substr(0, end_of_line(3) - 1)), truncated(3));
  EXPECT_EQ(refusal(sound.substr(0, end_of_line(2) + 5)), truncated(3));
  EXPECT_EQ(refusal(sound.substr(0, end_of_line(1))), truncated(1));
  EXPECT_EQ(refusal(sound.substr(0, end_of_line(1) - 5)), truncated(1));
  EXPECT_EQ(refusal(sound + "\n"), truncated(5));
}

TEST(ReadTrace, RefusesAnEditedFile) {
  const std::string edited =
      "a.trace:4: the hash does not match the file's contents: it was edited or damaged";
  EXPECT_EQ(refusal(replaced(sound, R"("node":1)", R"("node":2)")), edited);
  EXPECT_EQ(refusal(replaced(sound, R"("mutant":"none")", R"("mutant":"nine")")), edited);
  EXPECT_EQ(refusal(replaced(sound, R"("actions":2)", R"("actions": 2)")), edited);
  EXPECT_EQ(refusal(replaced(sound, "{\"do\":\"crash\",\"node\":1,\"kept\":0}\n", "")),
            "a.trace:3: the hash does not match the file's contents: it was edited or damaged");
  EXPECT_EQ(refusal(replaced(sound, R"("actions":2)", R"("actions":3)")),
            "a.trace:4: there are 2 actions, not 3: the file was edited or damaged");
}

TEST(ReadTrace, RefusesAWrongHeader) {
  EXPECT_EQ(of_header(R"("mutant")", R"("mutand")"),
            "a.trace:1: unknown field 'mutand'; did you mean mutant?");
  EXPECT_EQ(of_header(R"("mutant":"none",)", ""), "a.trace:1: missing field mutant");
  EXPECT_EQ(of_header(R"("options":{})", R"("options":[])"),
            "a.trace:1: options: expected an object, not []");
  EXPECT_EQ(of_header(R"("seed":null)", R"("seed":-1)"),
            "a.trace:1: seed: expected a number from 0 to 18446744073709551615, not -1");
  EXPECT_EQ(of_header(R"("unordered")", R"("orderd")"),
            "a.trace:1: network: unknown name 'orderd'; did you mean ordered?");
  EXPECT_EQ(of_header(R"("loss":false)", R"("loss":0)"),
            "a.trace:1: loss: expected true or false, not 0");
  EXPECT_EQ(of_header(R"("synced")", R"("buffred")"),
            "a.trace:1: disk: unknown name 'buffred'; did you mean buffered?");
  EXPECT_EQ(of_header(R"("crashes":0)", R"("crashes":256)"),
            "a.trace:1: crashes: expected a number from 0 to 255, not 256");
  EXPECT_EQ(of_header("}\n", "\n"), "a.trace:1: not JSON: incomplete JSON");
}

TEST(ReadTrace, RefusesALineThatIsNoAction) {
  EXPECT_EQ(of_action(""), "a.trace:3: not JSON: incomplete JSON");
  EXPECT_EQ(of_action("{\"do\""), "a.trace:3: not JSON: incomplete JSON");
  EXPECT_EQ(of_action("crash"), "a.trace:3: not JSON: syntax error");
  EXPECT_EQ(of_action("[]"), "a.trace:3: expected an object in { }");
  EXPECT_EQ(of_action("{}"), "a.trace:3: missing field do");
  EXPECT_EQ(of_action(R"({"do":1})"), "a.trace:3: do: expected a text in quotes, not 1");
}

TEST(ReadTrace, RefusesAMisspeltAction) {
  EXPECT_EQ(of_action(R"({"do":"crahs","node":1})"),
            "a.trace:3: unknown action 'crahs'; did you mean crash?");
  EXPECT_EQ(of_action(R"({"do":"sleep a while","node":1})"),
            "a.trace:3: unknown action 'sleep a while'; expected one of: deliver, drop, duplicate, "
            "expire, request, flush, crash, restart");
  EXPECT_EQ(
      of_action<traffic_light::Protocol>(R"({"do":"deliver","from":1,"to":2,"message":{}})"),
      "a.trace:3: unknown action 'deliver'; expected one of: expire, request, crash, restart");
  EXPECT_EQ(of_action(R"({"do":"crash","noed":1})"),
            "a.trace:3: unknown field 'noed'; did you mean node?");
  EXPECT_EQ(of_action(R"({"do":"expire","node":1,"timre":"election"})"),
            "a.trace:3: unknown field 'timre'; did you mean timer?");
  EXPECT_EQ(of_action(R"({"do":"expire","node":1,"timer":"electoin"})"),
            "a.trace:3: timer: unknown name 'electoin'; did you mean election?");
  EXPECT_EQ(of_action(R"({"do":"deliver","from":1,"to":2,"message":{"RequestVote":{"trem":1}}})"),
            "a.trace:3: message: RequestVote: unknown field 'trem'; did you mean term?");
}

TEST(ReadTrace, RefusesAnActionThatIsNotWhole) {
  EXPECT_EQ(of_action(R"({"do":"crash"})"), "a.trace:3: missing field node");
  EXPECT_EQ(of_action(R"({"do":"crash","node":1})"), "a.trace:3: missing field kept");
  EXPECT_EQ(of_action(R"({"do":"flush","node":1})"), "a.trace:3: missing field change");
  EXPECT_EQ(of_action(R"({"do":"expire","timer":"election"})"), "a.trace:3: missing field node");
  EXPECT_EQ(of_action(R"({"do":"request","node":1,"client":1})"),
            "a.trace:3: missing field request");
  EXPECT_EQ(of_action(R"({"do":"crash","node":0})"),
            "a.trace:3: node: expected a node, from 1 on, not 0");
  EXPECT_EQ(of_action(R"({"do":"drop","from":0,"to":1,"message":{}})"),
            "a.trace:3: from: expected a node, from 1 on, not 0");
  EXPECT_EQ(of_action(R"({"at":1.5,"do":"crash","node":1,"kept":0})"),
            "a.trace:3: at: expected a whole number, not 1.5E0");
}

// ---- whatever was done to the file

std::size_t any_place(const std::string& text) { return any_below(text.size() + 1); }

void flip_a_bit(std::string& text) {
  if (text.empty()) return;
  const std::size_t place = any_place(text) % text.size();
  text[place] = static_cast<char>(static_cast<unsigned char>(text[place]) ^ (1U << any_below(8)));
}
void cut_a_piece(std::string& text) { text.erase(any_place(text), any_place(text) % 40); }
void cut_the_end(std::string& text) { text.resize(any_place(text)); }
void insert_a_piece(std::string& text) { text.insert(any_place(text), any<std::string>()); }
void copy_a_piece(std::string& text) {
  const std::string piece = text.substr(any_place(text), any_place(text) % 40);
  text.insert(any_place(text), piece);
}
void insert_a_word(std::string& text) {
  static const std::vector<std::string> words{
      "1", "0", "-1", "256", "null", "true", "{}", "[]", "\"x\"", "1e9", "\"at\":5,", "\n", ","};
  text.insert(any_place(text), *rc::gen::elementOf(words));
}
void swap_lines(std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    lines.back() += c;
    if (c == '\n') lines.emplace_back();
  }
  const auto any_line = [&] { return any_below(lines.size()); };
  std::swap(lines[any_line()], lines[any_line()]);
  text.clear();
  for (const auto& line : lines) text += line;
}

std::string edited(std::string text) {
  static const std::vector<void (*)(std::string&)> edits{
      flip_a_bit,   cut_a_piece,   cut_the_end, insert_a_piece,
      copy_a_piece, insert_a_word, swap_lines};
  for (std::size_t left = 1 + any_below(3); left > 0; --left) edits[any_below(edits.size())](text);
  return text;
}

bool is_one_line(const std::string& what) {
  return what.starts_with("a.trace:") &&
         std::ranges::none_of(what, [](char c) { return c < ' ' || c > '~'; });
}

RC_GTEST_PROP(ReadTrace, ReadsNothingButWhatWasWritten, ()) {
  const std::string text = trace_text<Raft>({.model = "raft"}, any_actions());
  const std::string other = edited(text);
  const std::string what = refusal(other);
  RC_ASSERT((other == text ? what == "none" : is_one_line(what)));
}

// The parser behind the hash stands alone.
RC_GTEST_PROP(ReadTrace, RefusesOrReadsWhatWasEditedWithSkill, ()) {
  const std::string text = trace_text<Raft>({.model = "raft"}, any_actions());
  const std::string body = edited(text.substr(0, text.rfind('\n', text.size() - 2) + 1));
  RC_PRE(body.ends_with('\n'));
  const std::string what = refusal(whole(body));
  RC_CLASSIFY(what == "none", "read");
  RC_ASSERT(what == "none" || is_one_line(what));
}

}  // namespace
}  // namespace coracle::sim
