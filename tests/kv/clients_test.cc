// What the clients of the store do: one call each at a time, asked again where that does no harm.
#include "model/kv/clients.h"

#include <gtest/gtest.h>

#include <boost/mp11/algorithm.hpp>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "model/kv/node.h"

namespace coracle::kv {
namespace {

constexpr NodeId s1{1};
constexpr NodeId s2{2};
constexpr NodeId s3{3};
constexpr ClientId c1{1};
constexpr ClientId c2{2};
constexpr ClientId c3{3};
using CallsOfOne = Calls<Operation, Result>;
using Timers = std::vector<Timer>;

const Set set_x{"x", "1"};
const Get get_x{"x"};
const Increment one_more{"x", 1};

// --- The node of the clients of three servers, and what happens to it.

class Node {
 public:
  explicit Node(const Workload& workload) {
    config_.raft.self = NodeId{4};
    config_.servers = {s1, s2, s3};
    config_.workload = workload;
    state_ = initial_state(config_);
  }

  Effects operator()(const Event& event) {
    Step step = next_state(config_, std::move(state_), event);
    state_ = std::move(step.state);
    return std::move(step.effects);
  }

  // Nothing comes of it.
  bool ignores(const Event& event) const {
    return next_state(config_, state_, event) == Step{state_, {}};
  }

  const Clients& clients() const { return std::get<Clients>(state_); }
  const Client& client(ClientId id) const { return clients().clients.at(id); }
  const CallsOfOne& calls(ClientId id) const { return clients().history.clients.at(id); }
  Timers alarms() const { return timers(config_, state_); }
  std::vector<Request> offers() const { return requests(config_, state_); }

 private:
  Config config_;
  State state_;
};

Event calls(const Operation& operation, std::optional<ClientId> client = {},
            std::optional<NodeId> server = {}) {
  return Requested{ClientId{1}, Call{operation, client, server}};
}
Event answers(NodeId from, ClientId client, std::uint64_t serial, const Outcome& outcome) {
  return Received{from, Answer{client, {serial}, outcome}};
}
Event alarm(ClientId client) { return Expired{retry_of(client)}; }

Command plain(const Operation& operation) { return Execute{std::nullopt, operation}; }
Command in_session(std::uint64_t session, std::uint64_t serial, const Operation& operation) {
  return Execute{RequestId{{session}, {serial}}, operation};
}

// The alarm first: it may be answered at once.
Effects asks(NodeId server, ClientId client, std::uint64_t serial, const Command& command) {
  return {SetTimer{retry_of(client)}, Send{server, Ask{client, {serial}, command}}};
}

const Outcome done = Executed{Done{}};

// One that has called, and waits for the first server.
Node asking(const Workload& workload, const Operation& operation = set_x) {
  Node node(workload);
  node(calls(operation));
  return node;
}

// --- To begin with.

TEST(StoreClients, TurnToOneServerAfterTheOther) {
  const Node node({.clients = 5, .sessions = Sessions::none});
  Clients expected;
  for (const auto& [id, server] : {std::pair(1U, s1), {2U, s2}, {3U, s3}, {4U, s1}, {5U, s2}})
    expected.clients[ClientId{id}].server = server;
  EXPECT_EQ(node.clients(), expected);
  EXPECT_EQ(node.alarms(), Timers{});
}

TEST(StoreClients, AreGivenSessionsByTheirNumbers) {
  const Node node({.clients = 2, .retries = 3, .sessions = Sessions::given});
  Clients expected;
  expected.clients[c1] = {.session = SessionId{1}, .server = s1, .serial = {}, .request = {}};
  expected.clients[c2] = {.session = SessionId{2}, .server = s2, .serial = {}, .request = {}};
  EXPECT_EQ(node.clients(), expected);
  EXPECT_EQ(node.alarms(), Timers{});
}

TEST(StoreClients, HaveToOpenASessionFirst) {
  const Node node({.clients = 2, .retries = 3, .sessions = Sessions::opened});
  Client opens{.session = {}, .server = s1, .serial = {1}, .request = OpenSession{}};
  opens.is_to_ask = true;
  opens.left = 3;
  Clients expected;
  expected.clients = {{c1, opens}, {c2, opens}};
  expected.clients[c2].server = s2;
  EXPECT_EQ(node.clients(), expected);
  EXPECT_EQ(node.alarms(), (Timers{Timer::retry_1, Timer::retry_2}));
}

TEST(StoreClients, OpenTheirSessionAtTheirAlarmAndCallOnlyThen) {
  Node node({.retries = 1, .sessions = Sessions::opened});
  EXPECT_TRUE(node.ignores(calls(set_x)));
  EXPECT_EQ(node.offers(), std::vector<Request>{});
  EXPECT_EQ(node(alarm(c1)), asks(s2, c1, 1, OpenSession{}));
  EXPECT_EQ(node.client(c1).left, 1U);
  EXPECT_TRUE(node.ignores(calls(set_x)));
  EXPECT_EQ(node(answers(s2, c1, 1, Opened{{7}})), Effects{});
  EXPECT_EQ(node.client(c1).session, SessionId{7});
  EXPECT_EQ(node.clients().history, History{});
  EXPECT_EQ(node.alarms(), Timers{});
  EXPECT_EQ(node(calls(set_x)), asks(s2, c1, 2, in_session(7, 2, set_x)));
}

// One that is opened twice does no harm.
TEST(StoreClients, AskAgainForASession) {
  for (const Event& event : {alarm(c1), answers(s2, c1, 1, Unknown{})}) {
    Node node({.retries = 1, .sessions = Sessions::opened});
    node(alarm(c1));
    EXPECT_EQ(node(event), asks(s3, c1, 1, OpenSession{}));
    EXPECT_EQ(node.client(c1).left, 0U);
    EXPECT_EQ(node.alarms(), Timers{});
  }
}

// --- Calls.

TEST(StoreClients, AskInTheirSession) {
  Node node({.clients = 2, .retries = 3});
  EXPECT_EQ(node(calls(set_x, c2)), asks(s2, c2, 1, in_session(2, 1, set_x)));
  Client expected{.session = SessionId{2}, .server = s2, .serial = {1}, .request = {}};
  expected.request = in_session(2, 1, set_x);
  expected.left = 3;
  EXPECT_EQ(node.client(c2), expected);
  EXPECT_EQ(node.calls(c2), (CallsOfOne{{set_x}}));
}

TEST(StoreClients, AskTheServerThatIsNamedAndStayWithIt) {
  Node node({.operations = 3});
  EXPECT_EQ(node(calls(set_x, c1, s3)), asks(s3, c1, 1, in_session(1, 1, set_x)));
  node(answers(s3, c1, 1, done));
  EXPECT_EQ(node(calls(get_x)), asks(s3, c1, 2, in_session(1, 2, get_x)));
}

TEST(StoreClients, MakeOneCallAtATimeAndTheFirstThatIsFreeMakesIt) {
  Node node({.clients = 3});
  EXPECT_EQ(node(calls(set_x)), asks(s1, c1, 1, in_session(1, 1, set_x)));
  EXPECT_EQ(node(calls(set_x, c3)), asks(s3, c3, 1, in_session(3, 1, set_x)));
  for (const ClientId busy : {c1, c3}) EXPECT_TRUE(node.ignores(calls(set_x, busy)));
  EXPECT_EQ(node(calls(get_x)), asks(s2, c2, 1, in_session(2, 1, get_x)));
  for (const auto nobody : {std::optional<ClientId>(), {ClientId{0}}, {ClientId{4}}})
    EXPECT_TRUE(node.ignores(calls(get_x, nobody)));
  node(answers(s3, c3, 1, done));
  EXPECT_EQ(node(calls(get_x)), asks(s3, c3, 2, in_session(3, 2, get_x)));
}

TEST(StoreClients, MakeNoMoreCallsThanTheyMay) {
  Node node({.clients = 2, .operations = 2});
  for (const std::uint64_t serial : {1U, 2U}) {
    EXPECT_EQ(node(calls(set_x, c1)), asks(s1, c1, serial, in_session(1, serial, set_x)));
    node(answers(s1, c1, serial, done));
  }
  EXPECT_TRUE(node.ignores(calls(set_x, c1)));
  EXPECT_EQ(node(calls(set_x)), asks(s2, c2, 1, in_session(2, 1, set_x)));
}

TEST(StoreClients, BeginTheirHistoryAtTheCallAndEndItAtTheAnswer) {
  Node node({.clients = 2, .operations = 3});
  node(calls(one_more, c1));
  node(answers(s1, c1, 1, Executed{Number{1}}));
  node(calls(get_x, c2));  // after the first of the other
  node(calls(one_more, c1));
  node(answers(s1, c1, 2, Executed{Number{2}}));
  node(answers(s2, c2, 1, Executed{Found{"1"}}));
  node(calls(set_x, c2));  // after its second
  node(calls(get_x, c1));  // after the first of the other, whose second is not answered
  node(answers(s2, c2, 2, done));
  EXPECT_EQ(node.calls(c1), (CallsOfOne{{one_more, Number{1}, {}},
                                        {one_more, Number{2}, {}},
                                        {get_x, std::nullopt, {{c2, 1}}}}));
  EXPECT_EQ(node.calls(c2),
            (CallsOfOne{{get_x, Found{"1"}, {{c1, 1}}}, {set_x, Done{}, {{c1, 2}}}}));
}

// --- Who is sent elsewhere. It was not done, so that it is asked again whatever it is.

TEST(StoreClients, AskTheLeaderThatTheyAreToldOfAtOnce) {
  for (const Sessions sessions : {Sessions::given, Sessions::none}) {
    Node node = asking({.retries = 1, .sessions = sessions});
    const Command request = node.client(c1).request.value();
    Clients expected = node.clients();
    EXPECT_EQ(node(answers(s1, c1, 1, Elsewhere{s3})), asks(s3, c1, 1, request));
    expected.clients[c1].server = s3;
    EXPECT_EQ(node.clients(), expected);
  }
}

TEST(StoreClients, WhereNoLeaderIsKnownAskTheNextServerAtTheirAlarm) {
  for (const Sessions sessions : {Sessions::given, Sessions::none}) {
    Node node = asking({.sessions = sessions});
    const Command request = node.client(c1).request.value();
    EXPECT_EQ(node.alarms(), Timers{});
    for (const auto& [from, to] : {std::pair(s1, s2), {s2, s3}, {s3, s1}}) {
      Clients expected = node.clients();
      EXPECT_EQ(node(answers(from, c1, 1, Elsewhere{})), Effects{});
      expected.clients[c1].is_to_ask = true;
      EXPECT_EQ(node.clients(), expected);
      EXPECT_EQ(node.alarms(), Timers{Timer::retry_1});
      EXPECT_EQ(node(alarm(c1)), asks(to, c1, 1, request));
      expected.clients[c1].is_to_ask = false;
      expected.clients[c1].server = to;
      EXPECT_EQ(node.clients(), expected);
      EXPECT_EQ(node.alarms(), Timers{});
    }
  }
}

TEST(StoreClients, AreSentAwayOnceAndByTheServerThatTheyTurnTo) {
  Node node = asking({.retries = 2});
  node(alarm(c1));
  const std::vector<Outcome> away{Elsewhere{s3}, Elsewhere{}, Unknown{}};
  for (const Outcome& outcome : away)
    for (const NodeId other : {s1, s3}) EXPECT_TRUE(node.ignores(answers(other, c1, 1, outcome)));
  node(answers(s2, c1, 1, Elsewhere{}));
  for (const Outcome& outcome : away) EXPECT_TRUE(node.ignores(answers(s2, c1, 1, outcome)));
}

// --- Who is told nothing, or that nobody knows.

TEST(StoreClients, AskTheNextServerAgainWhileRetriesAreLeft) {
  for (const bool heard : {false, true}) {
    Node node = asking({.retries = 3});
    const auto nothing_known = [&](NodeId from) {
      return heard ? answers(from, c1, 1, Unknown{}) : alarm(c1);
    };
    Clients expected = node.clients();
    for (const auto& [from, to, left] : {std::tuple(s1, s2, 2U), {s2, s3, 1U}, {s3, s1, 0U}}) {
      EXPECT_EQ(node.alarms(), Timers{Timer::retry_1});
      EXPECT_EQ(node(nothing_known(from)), asks(to, c1, 1, in_session(1, 1, set_x)));
      expected.clients[c1].server = to;
      expected.clients[c1].left = left;
      EXPECT_EQ(node.clients(), expected);
    }
    EXPECT_EQ(node.alarms(), Timers{});
    for (const Event& event : {nothing_known(s1), calls(set_x)}) EXPECT_TRUE(node.ignores(event));
    EXPECT_EQ(node.offers(), std::vector<Request>{});
  }
}

// It may have been done, and once more would be twice.
TEST(StoreClients, WithoutASessionAskNoWriteAgain) {
  const std::vector<Operation> writes{set_x, Delete{"x"}, one_more, Append{"x", "1"},
                                      CompareAndSet{"x", "1", "2"}};
  for (const Operation& write : writes) {
    Node node = asking({.retries = 2, .sessions = Sessions::none}, write);
    EXPECT_EQ(node(answers(s1, c1, 1, Elsewhere{s2})), asks(s2, c1, 1, plain(write)));
    EXPECT_EQ(node.alarms(), Timers{});
    EXPECT_TRUE(node.ignores(alarm(c1)));
    EXPECT_TRUE(node.ignores(answers(s2, c1, 1, Unknown{})));
  }
}

TEST(StoreClients, WithoutASessionAskAReadAgain) {
  for (const Event& event : {alarm(c1), answers(s1, c1, 1, Unknown{})}) {
    Node node = asking({.retries = 1, .sessions = Sessions::none}, get_x);
    EXPECT_EQ(node.alarms(), Timers{Timer::retry_1});
    EXPECT_EQ(node(event), asks(s2, c1, 1, plain(get_x)));
    EXPECT_EQ(node.alarms(), Timers{});
  }
}

// --- Answers.

TEST(StoreClients, TakeAnAnswerFromAnyServerThatTheyAsked) {
  for (const bool on_its_way : {false, true}) {
    Node node = asking({.retries = 2});
    node(alarm(c1));
    if (on_its_way) node(answers(s2, c1, 1, Elsewhere{}));
    EXPECT_EQ(node(answers(s1, c1, 1, done)), Effects{});
    EXPECT_EQ(node.client(c1).request, std::nullopt);
    EXPECT_EQ(node.calls(c1), (CallsOfOne{{set_x, Done{}, {}}}));
    EXPECT_EQ(node.alarms(), Timers{});
    EXPECT_TRUE(node.ignores(alarm(c1)));
    EXPECT_EQ(node(calls(get_x)), asks(s2, c1, 2, in_session(1, 2, get_x)));
    EXPECT_EQ(node.client(c1).left, 2U);  // for each call as many
  }
}

TEST(StoreClients, HearOnlyWhatAnswersTheirPresentRequest) {
  const std::vector<Outcome> outcomes{Opened{{9}}, Closed{},      Executed{Done{}}, Refused{},
                                      Elsewhere{}, Elsewhere{s3}, Unknown{}};
  Node node = asking({.clients = 2, .operations = 3, .retries = 2});
  node(answers(s1, c1, 1, done));
  for (const Outcome& outcome : outcomes)  // twice
    EXPECT_TRUE(node.ignores(answers(s1, c1, 1, outcome)));
  node(calls(set_x, c1));
  for (const Outcome& outcome : outcomes) {
    EXPECT_TRUE(node.ignores(answers(s1, c1, 1, outcome)));  // late
    EXPECT_TRUE(node.ignores(answers(s1, c1, 3, outcome)));
    EXPECT_TRUE(node.ignores(answers(s1, c2, 2, outcome)));  // of one who did not ask
    EXPECT_TRUE(node.ignores(answers(s1, c3, 2, outcome)));  // of nobody
  }
}

// Nobody knows whether it was done while there was the session.
TEST(StoreClients, WhoseSessionIsNoneAnyMoreLeaveTheCallOpen) {
  for (const Refusal why : {Refusal::unknown_session, Refusal::stale_serial}) {
    Node node = asking({.retries = 2});
    EXPECT_EQ(node(answers(s1, c1, 1, Refused{why})), Effects{});
    EXPECT_EQ(node.calls(c1), (CallsOfOne{{set_x}}));
    EXPECT_EQ(node.client(c1).request, in_session(1, 1, set_x));
    EXPECT_EQ(node.alarms(), Timers{});
    for (const Event& event : {alarm(c1), answers(s1, c1, 1, Unknown{}), calls(set_x)})
      EXPECT_TRUE(node.ignores(event));
  }
}

// --- Each by itself, and nothing but clients.

// A refusal that comes late finds it on its way to another server: there is no use in that.
TEST(StoreClients, WhoseSessionIsNoneAskNobodyElseEither) {
  Node node = asking({.retries = 2});
  node(alarm(c1));
  node(answers(s2, c1, 1, Elsewhere{}));
  EXPECT_EQ(node.alarms(), Timers{retry_of(c1)});
  node(answers(s1, c1, 1, Refused{Refusal::unknown_session}));
  EXPECT_EQ(node.alarms(), Timers{});
}

TEST(StoreClients, KeepNothingOfWhatIsAnswered) {
  Node node = asking({.retries = 2});
  node(alarm(c1));
  node(answers(s2, c1, 1, Elsewhere{}));
  node(answers(s1, c1, 1, done));
  EXPECT_FALSE(node.client(c1).is_to_ask);
  EXPECT_EQ(node.client(c1).left, 0U);
}

TEST(StoreClients, RefuseAnAnswerToSomethingElse) {
  const Effects refused{raft::Refuse{s1, raft::Flaw::impossible}};
  for (const Outcome& outcome : {Outcome(Opened{{7}}), Outcome(Closed{})}) {
    Node node = asking({});
    const Clients before = node.clients();
    EXPECT_EQ(node(answers(s1, c1, 1, outcome)), refused);
    EXPECT_EQ(node.clients(), before);
  }
  Node opening({.sessions = Sessions::opened});
  EXPECT_EQ(opening(answers(s1, c1, 1, done)), refused);
}

TEST(StoreClients, CallNobodyButServers) {
  const Node node({});
  for (const NodeId server : {NodeId{0}, NodeId{4}, NodeId{9}})
    EXPECT_TRUE(node.ignores(calls(set_x, c1, server)));
}

TEST(StoreClients, HaveAlarmsOfTheirOwn) {
  Node node({.clients = 3, .retries = 1});
  for (const ClientId id : {c1, c2, c3}) node(calls(set_x, id));
  EXPECT_EQ(node.alarms(), (Timers{Timer::retry_1, Timer::retry_2, Timer::retry_3}));
  const Clients before = node.clients();
  EXPECT_EQ(node(alarm(c2)), asks(s3, c2, 1, in_session(2, 1, set_x)));
  EXPECT_EQ(node.client(c1), before.clients.at(c1));
  EXPECT_EQ(node.client(c3), before.clients.at(c3));
  node(answers(s1, c1, 1, done));
  EXPECT_EQ(node.alarms(), Timers{Timer::retry_3});
  EXPECT_TRUE(node.ignores(Expired{Timer::retry_4}));
}

TEST(StoreClients, OfferWhatTheyMayCall) {
  Node node({.clients = 3});
  node(calls(get_x, c1));
  node(answers(s1, c1, 1, Executed{Found{}}));
  node(calls(get_x, c2));
  const auto offer = [](const Operation& operation, ClientId id) {
    return Request(Call{operation, id, {}});
  };
  EXPECT_EQ(node.offers(), (std::vector{offer(Set{"x", "1.2"}, c1), offer(get_x, c1),
                                        offer(Set{"x", "3.1"}, c3), offer(get_x, c3)}));
  node(calls(get_x, c1));
  node(answers(s1, c1, 2, Executed{Found{}}));
  EXPECT_EQ(node.offers(), (std::vector{offer(Set{"x", "3.1"}, c3), offer(get_x, c3)}));
  const Node counting({.clients = 2, .mix = Mix::increment});
  EXPECT_EQ(counting.offers(), (std::vector{offer(one_more, c1), offer(one_more, c2)}));
}

TEST(StoreClients, RefuseWhatIsNoAnswer) {
  Node node = asking({.retries = 1});
  const Clients before = node.clients();
  boost::mp11::mp_for_each<boost::mp11::mp_remove<Message, Answer>>([&](const auto& message) {
    EXPECT_EQ(node(Received{s2, message}), (Effects{raft::Refuse{s2, raft::Flaw::impossible}}));
    EXPECT_EQ(node.clients(), before);
  });
}

TEST(StoreClients, KnowNothingOfServersAlarmsDisksAndOrders) {
  const Node node = asking({.retries = 1});
  for (const Timer timer :
       {Timer::election, Timer::heartbeat, Timer::silence, Timer::quorum, Timer::transfer})
    EXPECT_TRUE(node.ignores(Expired{timer}));
  EXPECT_TRUE(node.ignores(Saved{raft::TermAndVote{.term = {1}, .voted_for = s1}}));
  for (const Request& order :
       {Request(raft::TransferLeadership{s2}), Request(raft::Compact{}),
        Request(raft::ChangeMembers{.voters = {s2}, .learners = {}, .removed = {}})})
    EXPECT_TRUE(node.ignores(Requested{c1, order}));
}

}  // namespace
}  // namespace coracle::kv
