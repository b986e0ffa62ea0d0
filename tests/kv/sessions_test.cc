// A request that the log holds twice is executed once, whatever expires, closes or restarts
// between.
#include "model/kv/sessions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/hash.h"

namespace coracle::kv {
namespace {

static_assert(Value<Command> && Value<Reply> && Value<Machine>);

// A server to which the log is applied, entry by entry.
struct Server {
  Machine machine;
  std::uint64_t index = 0;

  Reply operator()(const Command& command) { return apply(machine, ++index, command); }
};

Server limited(std::uint64_t sessions) {
  return {{.limits = {sessions}, .store = {}, .sessions = {}, .opened = {}}};
}

SessionId open(Server& server) { return std::get<Opened>(server(OpenSession{})).session; }

Command ask(SessionId session, std::uint64_t serial, const Operation& operation) {
  return Execute{RequestId{session, {serial}}, operation};
}
Command plain(const Operation& operation) { return Execute{std::nullopt, operation}; }

Reply executed(const Result& result) { return Executed{result}; }
Reply refused(Refusal why) { return Refused{why}; }

const Increment one_more = {"n", 1};

std::vector<std::uint64_t> open_in(const Server& server) {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, session] : server.machine.sessions) ids.push_back(id.value);
  return ids;
}

using Ids = std::vector<std::uint64_t>;

// ---- exactly once

TEST(Sessions, AreNumberedInTheOrderOfTheirOpening) {
  Server server;
  EXPECT_EQ(server(OpenSession{}), Reply(Opened{{1}}));
  server(plain(one_more));
  EXPECT_EQ(server(OpenSession{}), Reply(Opened{{2}}));
  EXPECT_EQ(open_in(server), (Ids{1, 2}));
}

TEST(Sessions, AnswerARepeatedRequestFromMemory) {
  Server server;
  const SessionId s = open(server);
  EXPECT_EQ(server(ask(s, 1, one_more)), executed(Number{1}));
  EXPECT_EQ(server(ask(s, 1, one_more)), executed(Number{1}));
  EXPECT_EQ(server(ask(s, 1, one_more)), executed(Number{1}));
  EXPECT_EQ(server.machine.store, (Store{{"n", "1"}}));
  EXPECT_EQ(server(ask(s, 2, one_more)), executed(Number{2}));
}

// Not what it would come to now: the first answer may have been heard.
TEST(Sessions, RepeatTheFirstAnswerThoughTheStoreHasMovedOn) {
  Server server;
  const SessionId s = open(server);
  EXPECT_EQ(server(ask(s, 1, Get{"n"})), executed(Found{}));
  server(plain(Set{"n", "x"}));
  EXPECT_EQ(server(ask(s, 1, Get{"n"})), executed(Found{}));
  EXPECT_EQ(server(ask(s, 2, one_more)), executed(Failed{Failure::not_a_number}));
  server(plain(Set{"n", "5"}));
  EXPECT_EQ(server(ask(s, 2, one_more)), executed(Failed{Failure::not_a_number}));
  EXPECT_EQ(server.machine.store, (Store{{"n", "5"}}));
}

TEST(Sessions, MaySkipSerialsButNotGoBack) {
  Server server;
  const SessionId s = open(server);
  EXPECT_EQ(server(ask(s, 3, one_more)), executed(Number{1}));
  EXPECT_EQ(server(ask(s, 9, one_more)), executed(Number{2}));
  for (const std::uint64_t stale : {1U, 2U, 3U, 8U})
    EXPECT_EQ(server(ask(s, stale, one_more)), refused(Refusal::stale_serial));
  EXPECT_EQ(server(ask(s, 9, one_more)), executed(Number{2}));
  EXPECT_EQ(server.machine.store, (Store{{"n", "2"}}));
}

TEST(Sessions, HaveNoSerialZero) {
  Server server;
  const SessionId s = open(server);
  EXPECT_EQ(server(ask(s, 0, one_more)), refused(Refusal::serial_zero));
  server(ask(s, 1, Set{"a", "1"}));
  EXPECT_EQ(server(ask(s, 0, one_more)), refused(Refusal::serial_zero));
  EXPECT_EQ(server.machine.store, (Store{{"a", "1"}}));
}

TEST(Sessions, CountTheirSerialsApart) {
  Server server;
  const SessionId s = open(server);
  const SessionId t = open(server);
  EXPECT_EQ(server(ask(s, 1, one_more)), executed(Number{1}));
  EXPECT_EQ(server(ask(t, 1, one_more)), executed(Number{2}));
  EXPECT_EQ(server(ask(s, 1, one_more)), executed(Number{1}));
  EXPECT_EQ(server(ask(t, 1, one_more)), executed(Number{2}));
}

TEST(Sessions, AreNotNeededWhereOnceIsNotAsked) {
  Server server;
  EXPECT_EQ(server(plain(one_more)), executed(Number{1}));
  EXPECT_EQ(server(plain(one_more)), executed(Number{2}));
  EXPECT_EQ(open_in(server), Ids{});
}

// ---- unknown sessions

// True of whatever is asked under an id that names no open session.
void expect_unknown(Server& server, SessionId id) {
  const Machine before = server.machine;
  for (const std::uint64_t serial : {0U, 1U, 2U, 99U})
    EXPECT_EQ(server(ask(id, serial, one_more)), refused(Refusal::unknown_session));
  EXPECT_EQ(server(CloseSession{id}), refused(Refusal::unknown_session));
  EXPECT_EQ(server.machine, before);
}

TEST(Sessions, ThatWereNeverOpenedExecuteNothing) {
  Server server;
  open(server);
  expect_unknown(server, {0});
  expect_unknown(server, {2});
}

TEST(Sessions, ThatAreClosedExecuteNothing) {
  Server server;
  const SessionId s = open(server);
  const SessionId t = open(server);
  server(ask(s, 1, one_more));
  EXPECT_EQ(server(CloseSession{s}), Reply(Closed{}));
  expect_unknown(server, s);
  EXPECT_EQ(server(ask(t, 1, one_more)), executed(Number{2}));
}

TEST(Sessions, ThatHaveExpiredExecuteNothing) {
  Server server = limited(1);
  const SessionId s = open(server);
  server(ask(s, 1, one_more));
  open(server);
  expect_unknown(server, s);
}

// ---- expiry

TEST(Sessions, AreNeverMoreThanTheLimit) {
  for (const std::uint64_t limit : {0U, 1U, 2U, 5U}) {
    Server server = limited(limit);
    for (std::uint64_t count = 1; count <= 8; ++count) {
      open(server);
      EXPECT_EQ(open_in(server).size(), std::min(limit, count));
    }
  }
}

TEST(Sessions, ExpireAsManyAsALowerLimitAsks) {
  Server server = limited(4);
  for (int i = 0; i < 4; ++i) open(server);
  server.machine.limits.sessions = 2;
  open(server);
  EXPECT_EQ(open_in(server), (Ids{4, 5}));
}

TEST(Sessions, ExpireByTheirLastUseNotByTheirOpening) {
  Server server = limited(3);
  const SessionId s = open(server);
  const SessionId t = open(server);
  const SessionId u = open(server);
  server(ask(t, 1, one_more));
  server(ask(s, 1, one_more));
  open(server);  // the fourth
  EXPECT_FALSE(server.machine.sessions.contains(u));
  server(ask(t, 2, one_more));
  open(server);
  EXPECT_EQ(open_in(server), (Ids{t.value, 4, 5}));
  EXPECT_FALSE(server.machine.sessions.contains(s));
}

TEST(Sessions, AreUsedByARepetition) {
  Server server = limited(2);
  const SessionId s = open(server);
  server(ask(s, 1, one_more));
  const SessionId t = open(server);
  server(ask(s, 1, one_more));
  open(server);
  EXPECT_TRUE(server.machine.sessions.contains(s));
  EXPECT_FALSE(server.machine.sessions.contains(t));
}

TEST(Sessions, AreUsedByWhatTheyRefuse) {
  for (const std::uint64_t refused_serial : {0U, 1U}) {
    Server server = limited(2);
    const SessionId s = open(server);
    server(ask(s, 2, one_more));
    const SessionId t = open(server);
    server(ask(s, refused_serial, one_more));
    open(server);
    EXPECT_TRUE(server.machine.sessions.contains(s));
    EXPECT_FALSE(server.machine.sessions.contains(t));
  }
}

TEST(Sessions, MakeRoomByClosing) {
  Server server = limited(2);
  const SessionId s = open(server);
  const SessionId t = open(server);
  server(CloseSession{t});
  open(server);
  EXPECT_TRUE(server.machine.sessions.contains(s));
}

// ---- snapshots

TEST(Sessions, SurviveInACopyOfTheMachine) {
  Server server;
  const SessionId s = open(server);
  server(ask(s, 1, one_more));
  Server restored{server.machine, server.index};
  EXPECT_EQ(restored(ask(s, 1, one_more)), executed(Number{1}));
  EXPECT_EQ(restored(ask(s, 2, one_more)), executed(Number{2}));
}

// Why they belong to a snapshot. Without their numbers the request is executed again ...
TEST(Sessions, WhoseNumbersASnapshotLacksExecuteTwice) {
  Server server;
  const SessionId s = open(server);
  server(ask(s, 1, one_more));
  Server restored{server.machine, server.index};
  restored.machine.sessions[s] = {};
  EXPECT_EQ(restored(ask(s, 1, one_more)), executed(Number{2}));
}

// ... and without them all it is refused here and answered elsewhere, so that servers drift apart,
// and a client that opens another session and asks there is executed again.
TEST(Sessions, ThatASnapshotLacksLeadServersApart) {
  Server server;
  const SessionId s = open(server);
  server(ask(s, 1, one_more));
  Server restored = server;
  restored.machine.sessions.clear();
  EXPECT_EQ(restored(ask(s, 1, one_more)), refused(Refusal::unknown_session));
  const SessionId t = open(restored);
  EXPECT_EQ(restored(ask(t, 1, one_more)), executed(Number{2}));

  EXPECT_EQ(server(ask(s, 2, one_more)), executed(Number{2}));
  EXPECT_EQ(restored(ask(s, 2, one_more)), refused(Refusal::unknown_session));
}

// ---- any log

using Random = std::mt19937_64;

// Each client's requests in order, but any of them again at any time; now and then one opens or
// closes. Request n of session s counts how often it was executed, under the key "s/n".
Command any_command(Random& random, std::map<SessionId, std::uint64_t>& next) {
  if (next.empty() || random() % 12 == 0) {
    const SessionId fresh{next.size() + 1};
    next[fresh] = 1;
    return OpenSession{};
  }
  auto client = next.begin();
  std::advance(client, random() % next.size());
  if (random() % 20 == 0) return CloseSession{client->first};
  const bool again = random() % 2 == 0;
  const std::uint64_t serial = again ? random() % (client->second + 1) : client->second;
  client->second = std::max(client->second, serial + 1);
  const std::string key = text(client->first) + "/" + std::to_string(serial);
  return ask(client->first, serial, Increment{key, 1});
}

std::vector<Command> any_log(std::uint64_t seed, std::size_t size) {
  Random random(seed);
  std::map<SessionId, std::uint64_t> next;
  std::vector<Command> log;
  while (log.size() < size) log.push_back(any_command(random, next));
  return log;
}

// What the rules at the head of model/kv/sessions.h come to: who is open, the longest unused first,
// and the last serial of each.
struct Ledger {
  std::vector<SessionId> open;
  std::map<SessionId, Serial> last;
  SessionId opened;

  void use(SessionId id) {
    std::erase(open, id);
    open.push_back(id);
  }
};

Reply expected(Ledger& ledger, const Command& command) {
  if (std::holds_alternative<OpenSession>(command)) {
    ledger.opened = {ledger.opened.value + 1};
    ledger.use(ledger.opened);
    if (ledger.open.size() > 3) ledger.open.erase(ledger.open.begin());
    return Opened{ledger.opened};
  }
  if (const auto* close = std::get_if<CloseSession>(&command)) {
    if (std::erase(ledger.open, close->session) == 0) return refused(Refusal::unknown_session);
    return Closed{};
  }
  const auto [session, serial] = std::get<Execute>(command).id.value();
  if (std::ranges::count(ledger.open, session) == 0) return refused(Refusal::unknown_session);
  ledger.use(session);
  if (serial == Serial{0}) return refused(Refusal::serial_zero);
  if (serial < ledger.last[session]) return refused(Refusal::stale_serial);
  ledger.last[session] = serial;
  return executed(Number{1});
}

TEST(Sessions, ExecuteNoRequestTwiceAndAnswerByTheRulesInAnyLog) {
  std::size_t executions = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Server server = limited(3);
    Ledger ledger;
    for (const Command& command : any_log(seed, 60)) {
      const Reply reply = server(command);
      ASSERT_EQ(reply, expected(ledger, command))
          << "seed " << seed << ", entry " << server.index << ": " << text(command);
    }
    for (const auto& [key, count] : server.machine.store) ASSERT_EQ(count, "1") << "seed " << seed;
    executions += server.machine.store.size();
  }
  EXPECT_GT(executions, 1000U);
}

TEST(Sessions, AreTheSameWhereverTheLogIsAppliedAndWhereverItIsCut) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto log = any_log(seed, 60);
    Server whole = limited(3);
    std::vector<Machine> snapshots = {whole.machine};
    for (const Command& command : log) {
      whole(command);
      snapshots.push_back(whole.machine);
    }
    for (std::size_t cut = 0; cut <= log.size(); ++cut) {
      Server restored{snapshots[cut], cut};
      for (std::size_t at = cut; at < log.size(); ++at) restored(log[at]);
      ASSERT_EQ(restored.machine, whole.machine) << "seed " << seed << ", cut at " << cut;
      ASSERT_EQ(content_hash(restored.machine), content_hash(whole.machine));
    }
  }
}

TEST(Sessions, ReadAsValues) {
  EXPECT_EQ(text(ask({3}, 1, Get{"a"})),
            "Execute{id: {session: 3, serial: 1}, operation: Get{key: a}}");
  EXPECT_EQ(text(plain(Get{"a"})), "Execute{id: none, operation: Get{key: a}}");
  EXPECT_EQ(text(executed(Number{1})), "Executed{result: Number{value: 1}}");
  EXPECT_EQ(text(refused(Refusal::stale_serial)), "Refused{why: stale_serial}");
}

}  // namespace
}  // namespace coracle::kv
