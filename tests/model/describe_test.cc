// What is derived from the described fields: names, texts and hashes.
#include "model/describe.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/hash.h"
#include "model/print.h"
#include "model/raft/state.h"
#include "model/traffic_light.h"
#include "model/vocabulary.h"

namespace coracle {
namespace {

using traffic_light::Light;
using Lights = traffic_light::Lights;

raft::State leading() {
  raft::State state;
  state.durable = {.term = {3}, .voted_for = NodeId{2}, .log = raft::Log({{{1}, "x"}, {{3}, ""}})};
  state.role = raft::Leader{.peers = {{NodeId{1}, {.next = {3}, .match = {2}}}}, .written = {2}};
  state.commit = {1};
  return state;
}

// ---- fields and enumerators

TEST(Describe, FieldsComeInOrderByName) {
  std::vector<std::string> names;
  for_each_field(leading(), [&](std::string_view name, const auto&) { names.emplace_back(name); });
  EXPECT_EQ(names, (std::vector<std::string>{"durable", "role", "commit"}));
}

TEST(Describe, APrivateFieldLosesItsUnderscore) {
  std::string only;
  for_each_field(raft::Log(), [&](std::string_view name, const auto&) { only = name; });
  EXPECT_EQ(only, "entries");
}

TEST(Describe, ATypesNameIsItsLastComponent) {
  EXPECT_EQ(type_name<raft::AppendEntries>(), "AppendEntries");
  EXPECT_EQ(type_name<raft::Received>(), "Received");
  EXPECT_EQ(type_name<Light>(), "Light");
}

TEST(Describe, EnumeratorsHaveTheirNames) {
  EXPECT_EQ(enumerator_name(Light::yellow), "yellow");
  EXPECT_EQ(enumerator_name(raft::Timer::heartbeat), "heartbeat");
  EXPECT_EQ(enumerator_name(static_cast<Light>(77)), "?");
}

TEST(Describe, EnumeratorsAreTypedWithDashes) {
  using traffic_light::Mutant;
  EXPECT_EQ(typed_name(Mutant::yellow_never_ends), "yellow-never-ends");
  EXPECT_EQ(enumerator_typed<Mutant>("both-turn-green"), Mutant::both_turn_green);
  EXPECT_THROW(enumerator_typed<Mutant>("both_turn_green"), BrokenPromise);
  EXPECT_EQ(typed_names<Mutant>(),
            (std::vector<std::string>{"none", "yellow-never-ends", "both-turn-green"}));
}

// ---- texts

TEST(Text, OfSimpleValues) {
  EXPECT_EQ(text(true), "yes");
  EXPECT_EQ(text(false), "no");
  EXPECT_EQ(text(-12), "-12");
  EXPECT_EQ(text(std::uint8_t{65}), "65");
  EXPECT_EQ(text(std::string("x")), "x");
  EXPECT_EQ(text(NodeId{3}), "3");
  EXPECT_EQ(text(Light::green), "green");
  EXPECT_EQ(text(std::optional<NodeId>{}), "none");
  EXPECT_EQ(text(std::optional(NodeId{2})), "2");
}

TEST(Text, OfCollections) {
  EXPECT_EQ(text(std::vector<int>{}), "[]");
  EXPECT_EQ(text(std::vector{2, 1}), "[2, 1]");
  EXPECT_EQ(text(std::set{2, 1}), "{1, 2}");
  EXPECT_EQ(text(std::map<int, std::string>{{1, "a"}, {2, "b"}}), "{1: a, 2: b}");
}

TEST(Text, OfStructsAndAlternatives) {
  EXPECT_EQ(text(Lights{}), "{ew: green, ns: red}");
  EXPECT_EQ(text(raft::Term{4}), "4");  // a single field reads as that field
  EXPECT_EQ(text(raft::Role(raft::Follower{NodeId{2}})),
            "Follower{leader: 2, heard: no, incoming: []}");
  EXPECT_EQ(text(std::variant<NetworkKind, Nothing>(Nothing{})), "Nothing");
  EXPECT_EQ(text(std::variant<NetworkKind, Nothing>(NetworkKind::set)), "set");
  EXPECT_EQ(text(raft::Message(raft::RequestVote{.term = {2}, .last = {{1}, {5}}})),
            "RequestVote{term: 2, last: {term: 1, index: 5}, transfer: no}");
}

TEST(Text, OfAWholeServer) {
  EXPECT_EQ(
      text(leading()),
      "{durable: {term: 3, voted_for: 2, log: {snapshot: [], entries: [{term: 1, "
      "command: x}, {term: 3, command: }]}}, role: Leader{peers: {1: {next: 3, match: 2, mode: "
      "Probe{waiting: no}, active: no}}, written: 2, successor: none}, commit: 1}");
}

TEST(Text, IsWhatAStreamGets) {
  std::ostringstream out;
  out << Lights{} << " " << raft::Term{4};
  EXPECT_EQ(out.str(), "{ew: green, ns: red} 4");
}

// ---- hashes

TEST(Hash, AddsModuloTwoToThe128) {
  constexpr std::uint64_t all = ~std::uint64_t{0};
  EXPECT_EQ((Hash128{0, all} + Hash128{0, 1}), (Hash128{1, 0}));
  EXPECT_EQ((Hash128{all, all} + Hash128{0, 1}), (Hash128{0, 0}));
  EXPECT_EQ((Hash128{1, 2} + Hash128{3, 4}), (Hash128{4, 6}));
}

TEST(Hash, ReadsAs32Digits) {
  EXPECT_EQ(hex({0x0123456789abcdef, 0xf}), "0123456789abcdef000000000000000f");
}

TEST(Hash, IsMadeOfCanonicalBytes) {
  Bytes bytes;
  append_bytes(bytes, std::pair(std::uint8_t{2}, -1));
  EXPECT_EQ(std::vector<int>(bytes.begin(), bytes.end()),
            (std::vector<int>{2, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255}));
  bytes.clear();
  append_bytes(bytes, std::optional<std::string>("ab"));
  EXPECT_EQ(bytes.size(), 8 * 4U);  // there, its size, its letters
  EXPECT_EQ(bytes.data()[8], 2);
}

template <class T>
Bytes bytes_of(const T& value) {
  Bytes bytes;
  append_bytes(bytes, value);
  return bytes;
}

// No two values of a type share their bytes, wherever the borders between their parts are.
TEST(Hash, TellsWhereOnePartEnds) {
  using Words = std::vector<std::string>;
  EXPECT_NE(bytes_of(Words{"ab", ""}), bytes_of(Words{"a", "b"}));
  EXPECT_NE(bytes_of(Words{"", "ab"}), bytes_of(Words{"ab", ""}));
  EXPECT_NE(bytes_of(std::optional<int>(0)), bytes_of(std::optional<int>()));
  EXPECT_NE(bytes_of(std::variant<int, bool>(0)), bytes_of(std::variant<int, bool>(false)));
  EXPECT_NE(bytes_of(raft::Entry{{1}, ""}), bytes_of(raft::Entry{{0}, ""}));
}

TEST(Hash, DependsOnEveryField) {
  const Hash128 whole = content_hash(leading());
  raft::State other = leading();
  other.commit = {2};
  EXPECT_NE(content_hash(other), whole);
  other = leading();
  other.durable.voted_for.reset();
  EXPECT_NE(content_hash(other), whole);
  other = leading();
  std::get<raft::Leader>(other.role).peers.at(NodeId{1}).match = {1};
  EXPECT_NE(content_hash(other), whole);
}

// These are written into files: they are the same on every compiler and machine, for ever.
TEST(Hash, IsTheSameEverywhere) {
  EXPECT_EQ(hex(hash_of_bytes("", 0)), "99aa06d3014798d86001c324468d497f");  // as XXH3 says
  EXPECT_EQ(hex(content_hash(std::string("coracle"))), "38dc8ba50e2e3204b892b53e8f13677b");
  EXPECT_EQ(hex(content_hash(Lights{})), "eaa2ddd471550ef3be5a664068d42878");
  EXPECT_EQ(hex(content_hash(leading())), "58a667907db4e93bd194f467d863f7e9");
  EXPECT_EQ(hex(mixed(Hash128{1, 2}, 3)), "d0d66ae2837a0117026f21f9c50dcf1f");
}

TEST(Hash, StirringKeepsSumsFromCancelling) {
  const Hash128 a = content_hash(1);
  const Hash128 b = content_hash(2);
  EXPECT_NE(mixed(a, 1) + mixed(b, 2), mixed(a, 2) + mixed(b, 1));
  EXPECT_NE(mixed(a, 0), a);
}

}  // namespace
}  // namespace coracle
