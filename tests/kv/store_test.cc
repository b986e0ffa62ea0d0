// What is claimed of the store can be false, and what is said of it in words is what is meant.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "model/kv/vocabulary.h"
#include "tests/raft/servers.h"

namespace coracle::kv {
namespace {

using raft::s1, raft::s2, raft::s3;
using CallsOfOne = Calls<Operation, Result>;
using Names = std::vector<std::string>;
using Options = Vocabulary::Options;

constexpr ClientId c1{1};
constexpr ClientId c2{2};
const Set set_x{"x", "1"};
const Get get_x{"x"};

State server_with(raft::State raft, Machine machine = {}) {
  return Server{
      .raft = std::move(raft), .machine = std::move(machine), .proposals = {}, .reads = {}};
}

coracle::Call<Operation, Result> asked(const Operation& operation,
                                       const std::optional<Result>& answer = {}) {
  return {operation, answer, {}};
}

// Each waits whose last call is not answered.
Clients clients_with(const std::map<ClientId, CallsOfOne>& calls) {
  Clients all;
  all.history.clients = calls;
  for (const auto& [id, own] : calls)
    if (auto& request = all.clients[id].request; has_one_under_way(own))
      request = Execute{std::nullopt, own.back().operation};
  return all;
}

template <class Kind>
const Kind& named(const std::vector<Kind>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &Kind::name);
  CHECK(found != all.end());
  return *found;
}

bool holds(std::string_view name, const State& state) {
  return named(properties.of_state, name).holds(state);
}

// --- What is claimed of the calls.

TEST(Store, WhatWasSeenIsNotUnseen) {
  const std::string_view name = "the calls are linearizable";
  const auto reads = [](const Result& first, const Result& second) {
    return clients_with({{c1, {asked(set_x)}}, {c2, {asked(get_x, first), asked(get_x, second)}}});
  };
  EXPECT_TRUE(holds(name, reads(Found{"1"}, Found{"1"})));
  EXPECT_FALSE(holds(name, reads(Found{"1"}, Found{})));
  EXPECT_FALSE(holds(name, reads(Found{"2"}, Found{"1"})));
  EXPECT_TRUE(holds(name, server_with({})));
}

TEST(Store, EveryCallSoFarIsAnswered) {
  const std::string_view name = "every call so far is answered";
  Clients all = clients_with({{c1, {asked(set_x, Done{})}}, {c2, {asked(get_x, Found{})}}});
  EXPECT_TRUE(holds(name, all));
  all.clients[ClientId{3}].request = OpenSession{};
  EXPECT_FALSE(holds(name, all));
  EXPECT_FALSE(holds(name, clients_with({{c1, {asked(set_x, Done{})}}, {c2, {asked(get_x)}}})));
  EXPECT_FALSE(holds(name, clients_with({})));
  EXPECT_FALSE(holds(name, server_with({})));
}

TEST(Store, AReadSeesAWrite) {
  const auto seen = [](const CallsOfOne& first, const CallsOfOne& second) {
    return holds("a read sees a write", clients_with({{c1, first}, {c2, second}}));
  };
  EXPECT_TRUE(seen({asked(set_x)}, {asked(get_x, Found{"1"}), asked(get_x)}));
  EXPECT_FALSE(seen({asked(set_x, Done{})}, {asked(get_x, Found{}), asked(get_x)}));
}

// --- What Raft claims: of a server it sees what it sees of Raft's state.

// Among them each of Raft's properties holds and does not hold.
std::vector<raft::State> raft_states() {
  using namespace raft;
  const raft::State leads = leader(server(s1, 3), {2}, log_of({1, 2}));
  std::vector<raft::State> all{follower({1}), candidate(s1, {3}, {s1}), leads,
                               committed_up_to(7, leads)};
  for (const NodeId vote : {s2, s3}) all.push_back(follower({2}, log_of({1}), vote));
  for (const Log& log : {log_of({1, 2}), log_of({2, 2})})
    all.push_back(committed_up_to(1, follower({3}, log)));
  for (const std::uint64_t term : {2U, 3U}) all.push_back(leader(server(s2, 3), {term}));
  for (const std::uint64_t next : {1U, 2U}) {
    all.push_back(committed_up_to(1, leads));
    progress(all.back(), s2) = {.next = {next}, .match = {1}};
  }
  return all;
}

const std::vector<Effects> some_effects{
    {},
    {Send{s2, raft::PreVoteReply{.term = {2}, .granted = true}}},
    {raft::Refuse{s2, raft::Flaw::impossible}}};

// Clients break nothing and show nothing.
TEST(Store, ServersAreJudgedByTheirRaft) {
  std::map<std::string_view, std::set<bool>> seen;
  const auto expect = [&](const auto& all, const auto& own, const auto& subject, bool of_servers,
                          bool of_raft) {
    const auto& lifted = named(all, own.name);
    EXPECT_EQ(std::pair(lifted.expectation, lifted.meaning),
              std::pair(own.expectation, own.meaning));
    of_raft = of_servers ? of_raft : own.expectation == Expectation::always;
    EXPECT_EQ(lifted.holds(subject), of_raft) << own.name;
    if (of_servers) seen[own.name].insert(of_raft);
  };
  std::vector<std::optional<raft::State>> rafts{std::nullopt};
  for (const raft::State& raft : raft_states()) rafts.emplace_back(raft);
  for (const auto& one : rafts) {
    const State of_one = one ? server_with(*one) : Clients{};
    for (const auto& own : raft::properties.of_state)
      expect(properties.of_state, own, of_one, one.has_value(), one && own.holds(*one));
    for (const auto& other : rafts) {
      const State of_other = other ? server_with(*other) : Clients{};
      const bool both = one && other;
      for (const auto& own : raft::properties.of_pair)
        expect(properties.of_pair, own, Pair<State>{of_one, of_other}, both,
               both && own.holds({*one, *other}));
      for (const Effects& effects : some_effects)
        for (const auto& own : raft::properties.of_step)
          expect(properties.of_step, own, NodeChange{of_one, of_other, effects}, both,
                 both && own.holds({*one, *other, raft_effects(effects)}));
    }
  }
  for (const auto& [name, both] : seen) EXPECT_EQ(both, (std::set{false, true})) << name;
}

TEST(Store, ServersAreJudgedByWhatIsRemembered) {
  const raft::History history{.leaders = {{{2}, s1}, {{2}, s3}},
                              .committed = {{{2}, raft::log_of({1})}}};
  for (const auto& own : raft::properties.of_pair) {
    const auto& lifted = named(properties.of_pair, own.name);
    EXPECT_EQ(lifted.symmetric, own.symmetric) << own.name;
    ASSERT_EQ(lifted.remembered != nullptr, own.remembered != nullptr) << own.name;
    if (!own.remembered) continue;
    for (const raft::State& state : raft_states())
      EXPECT_EQ(lifted.remembered(server_with(state), history), own.remembered(state, history));
    EXPECT_TRUE(lifted.remembered(Clients{}, history)) << own.name;
  }
}

TEST(Store, OfItsEffectsRaftSeesItsOwn) {
  const raft::Save save{};
  const raft::TimeoutNow order{.term = {2}};
  const Effects all{Send{s2, order},          Send{s2, Ask{}},         Send{s3, Answer{}},
                    SetTimer{Timer::retry_1}, SetTimer{Timer::quorum}, save,
                    raft::Redirect{c1, s2},   raft::Decline{c1, {}},   raft::Refuse{s2, {}}};
  EXPECT_EQ(raft_effects(all),
            (raft::Effects{raft::Send{s2, order}, raft::SetTimer{raft::Timer::quorum}, save,
                           raft::Redirect{c1, s2}, raft::Decline{c1, {}}, raft::Refuse{s2, {}}}));
}

// --- What is asked of it in words.

const Order& order(std::string_view verb) {
  static const std::vector<Order> all = orders();
  const auto found = std::ranges::find(all, verb, &Order::verb);
  CHECK(found != all.end());
  return *found;
}

const State leading = server_with(
    raft::committed_up_to(1, raft::leader(raft::server(s1, 3), {2}, raft::log_of({1, 2}))),
    Vocabulary::machine_with(2));

// By one verb alone, and in the same words.
TEST(Store, IsToldWhatItIsAsked) {
  const std::vector<std::tuple<std::string, std::string, Request>> all{
      {"set", "x 1", Call{set_x, {}, {}}},
      {"set", "x 1 by 2", Call{set_x, c2, {}}},
      {"set", "by of of 3", Call{Set{"by", "of"}, {}, s3}},
      {"set", "x 1 by 255 of 255", Call{set_x, ClientId{255}, NodeId{255}}},
      {"get", "x by 1 of 3", Call{get_x, c1, s3}},
      {"get", "of by 2", Call{Get{"of"}, c2, {}}},
      {"increment", "x by 1 of 2", Call{Increment{"x", 1}, c1, s2}},
      {"compact", "",
       raft::Compact{.last = {1}, .state = encoded(std::get<Server>(leading).machine)}},
      {"transfer", "2", raft::TransferLeadership{s2}},
      {"change", "+3~2-1", raft::ChangeMembers{.voters = {s3}, .learners = {s2}, .removed = {s1}}}};
  for (const Order& each : orders())
    EXPECT_TRUE(each.request(std::string(each.example), leading)) << each.verb;
  for (const auto& [verb, argument, request] : all) {
    EXPECT_EQ(order(verb).request(argument, leading), request) << verb << " " << argument;
    EXPECT_LE(parts_of(argument).size(), order(verb).words) << verb << " " << argument;
    for (const Order& each : orders())
      EXPECT_EQ(each.argument(request), each.verb == verb ? std::optional(argument) : std::nullopt)
          << each.verb << " " << argument;
  }
}

TEST(Store, DoesNotHearNonsense) {
  const std::map<std::string, Names> nonsense{
      {"set",
       {"", "x", "x 1 2", "x by 2", "x 1 by", "x 1 by 0", "x 1 by z", "x 1 of 256", "x 1 by 2 of",
        "x 1 of 3 by 2", "x 1 by 2 by 3", "x 1 of 2 of 3"}},
      {"get", {"", "x y", "x by", "by 2", "of 3", "x of 0", "x by -1", "x by 2 of 3 4"}},
      {"increment", {"", "x 1", "by 2", "x by of 2"}},
      {"load", {"", "0", "-1", "x", "07", " 7", "1.5"}},
      {"transfer", {"", "0", "x", "256"}}};
  for (const auto& [verb, arguments] : nonsense)
    for (const std::string& argument : arguments)
      EXPECT_EQ(order(verb).request(argument, leading), std::nullopt) << verb << " " << argument;
}

TEST(Store, IsLoadedWithSetsAndGetsByTurns) {
  EXPECT_EQ(order("load").request("7", Clients{}), Request(Call{Set{"x", "7"}, {}, {}}));
  EXPECT_EQ(order("load").request("8", Clients{}), Request(Call{get_x, {}, {}}));
}

TEST(Store, OnlyServersHearWhatIsRafts) {
  for (const auto& [verb, argument] :
       {std::pair("compact", ""), {"transfer", "2"}, {"change", "+2"}})
    EXPECT_EQ(order(verb).request(argument, Clients{}), std::nullopt) << verb;
  for (const raft::Request& own : {raft::Request(raft::Propose{}), {raft::Read{}}})
    EXPECT_EQ(of_store(own), std::nullopt);
}

// --- What its nodes are, and what is waited for.

TEST(Store, ClientsAndServersHaveRoles) {
  const auto all = roles();
  for (const auto& own : raft::roles()) {
    const auto& lifted = named(all, own.name);
    for (const raft::State& state : raft_states())
      EXPECT_EQ(lifted.rank(server_with(state)), own.rank(state)) << own.name;
    EXPECT_EQ(lifted.rank(Clients{}), 0U) << own.name;
  }
  EXPECT_EQ(named(all, Vocabulary::asked).rank(leading), 0U);
  EXPECT_EQ(named(all, Vocabulary::asked).rank(Clients{}), 1U);
}

bool holds_of(std::string_view name, const std::vector<State>& states) {
  std::vector<const State*> up;
  for (const State& state : states) up.push_back(&state);
  return named(conditions(), name).holds({up});
}

TEST(Store, EveryCallIsAnsweredOnceNoClientWaits) {
  const std::string_view name = "every call is answered";
  const Clients idle = clients_with({{c1, {asked(set_x, Done{})}}, {c2, {}}});
  for (const State& node : {State(idle), leading}) EXPECT_TRUE(holds_of(name, {node}));
  EXPECT_FALSE(holds_of(name, {leading, clients_with({{c1, {}}, {c2, {asked(set_x)}}})}));
}

// Wherever the clients stand among them.
TEST(Store, WhatIsWaitedForOfRaftIsOfTheServers) {
  for (const auto& own : raft::conditions()) {
    EXPECT_EQ(holds_of(own.name, {Clients{}}), own.holds({})) << own.name;
    for (const raft::State& one : raft_states()) {
      const std::vector<const raft::State*> up{&one, &std::get<Server>(leading).raft};
      EXPECT_EQ(holds_of(own.name, {server_with(one), Clients{}, leading}), own.holds({up}));
    }
  }
}

// --- How it is told.

TEST(Store, ServersAreToldWithTheirStore) {
  auto [raft, machine, proposals, reads] = std::get<Server>(leading);
  Words told = raft::words(raft);
  told.emplace_back("store", "empty");
  EXPECT_EQ(words(leading), told);
  told.back().second = "a=1, b=2";
  machine.store = {{"b", "2"}, {"a", "1"}};
  EXPECT_EQ(words(server_with(raft, machine)), told);
  EXPECT_EQ(glimpse(leading), raft::glimpse(raft));
}

TEST(Store, ClientsAreToldByTheirCalls) {
  const CallsOfOne calls{asked(Delete{"x"}, Deleted{true}), asked(Delete{"x"}, Deleted{false}),
                         asked(Increment{"x", -2}, Number{-2}),
                         asked(CompareAndSet{"x", {}, "1"}, Compared{true}), asked(get_x, Found{})};
  Clients all = clients_with({{c1, {asked(set_x, Done{}), asked(get_x)}}, {c2, calls}});
  all.clients[c1].server = all.clients[ClientId{3}].server = s2;
  all.clients[ClientId{3}].request = OpenSession{};
  EXPECT_EQ(words(all), (Words{{"client 1:", "set x 1 = done, get x = ? (of 2)"},
                               {"client 2:",
                                "delete x = deleted, delete x = nothing, increment x by -2 = -2, "
                                "compare-and-set x from none to 1 = equal, get x = nothing"},
                               {"client 3:", "no call (of 2)"}}));
  EXPECT_EQ(glimpse(all), "1: get x = ?; 2: get x = nothing");
}

// --- What it is told to begin with.

template <class O>
const void* place_in(const Option<O>& option, const O& options) {
  return match(option.place,
               [&](const auto& place) -> const void* { return &(options.*place.field); });
}

TEST(Store, RaftsOptionsAreItsOwn) {
  const auto all = Vocabulary::options();
  std::set<std::string_view> names;
  for (const auto& option : all) EXPECT_TRUE(names.insert(option.name).second) << option.name;
  Options options;
  for (const auto& own : raft::Vocabulary::options()) {
    const auto& lifted = named(all, own.name);
    EXPECT_EQ(place_in(lifted, options), place_in<raft::Vocabulary::Options>(own, options));
    EXPECT_EQ(lifted.use, own.use) << own.name;
  }
  EXPECT_EQ(std::pair(options.no_op, options.reads), std::pair(true, std::string("read-index")));
  options.max_in_flight = 1;
  EXPECT_TRUE(Vocabulary::refusal(options, Use::exploring));
  EXPECT_FALSE(Vocabulary::refusal(options, Use::simulating));
}

TEST(Store, TheClientsAreTheLastNodeOfTheCluster) {
  Options options;
  options.servers = 2;
  options.clients = 3;
  options.retries = 5;
  options.mix = "increment";
  options.retry = {1, 2};
  options.crashes = 1;
  options.loss = true;
  options.disk = "buffered";
  const auto cluster = Vocabulary::cluster(options);
  const auto of_raft = raft::Vocabulary::cluster(options);
  ASSERT_EQ(cluster.configs.size(), 3U);
  for (std::size_t at = 0; at < 3; ++at) {
    PlantedConfig config = cluster.configs[at];
    EXPECT_EQ(is_server(config), at < 2);
    EXPECT_EQ(may_crash(initial_state(config)), at < 2);
    EXPECT_EQ(config.raft.self, node_at(at));
    EXPECT_TRUE(at == 2 || config.raft == of_raft.configs[at]);
    EXPECT_EQ(config.servers, (std::set{s1, s2}));
    EXPECT_EQ(config.workload, (Workload{3, 2, 5, Sessions::given, Mix::increment, {1, 2}}));
  }
  const auto around = [](const auto& all) {
    return std::tuple(all.network.loss, all.disk, all.faults, all.bounds, all.max_in_flight);
  };
  EXPECT_EQ(around(cluster), around(of_raft));
}

TEST(Store, OnlyWhoAreGivenASessionFindItThere) {
  Options options;
  options.clients = 2;
  const Machine given = Vocabulary::cluster(options).configs.front().start;
  EXPECT_EQ(given.sessions, (std::map<SessionId, Session>{{{1}, {}}, {{2}, {}}}));
  EXPECT_EQ(given.opened, SessionId{2});
  for (const std::string sessions : {"opened", "none"}) {
    options.sessions = sessions;
    EXPECT_EQ(Vocabulary::cluster(options).configs.front().start, Machine{});
  }
}

TEST(Store, MutantsArePlantedWhereTheyBelong) {
  const auto planted_in = [](const std::string& mutant) {
    Options options;
    options.mutant = mutant;
    std::set<std::pair<raft::Mutant, Mutant>> all;
    for (const auto& config : Vocabulary::cluster(options).configs)
      all.emplace(config.raft.mutant, config.mutant);
    return all;
  };
  Names names{"none"};
  for (const auto& mutant : Vocabulary::mutants()) names.push_back(mutant.name);
  const auto options = Vocabulary::options();
  EXPECT_EQ(std::get<Choice<Options>>(named(options, "mutant").place).names, names);
  Names planted;
  for (const auto& [mutant, change] : raft::mutant_notes) {
    planted.push_back(typed_name(mutant));
    EXPECT_EQ(planted_in(planted.back()), (std::set{std::pair(mutant, Mutant::none)}));
  }
  for (const auto& [mutant, change] : mutant_notes) {
    planted.push_back(typed_name(mutant));
    EXPECT_EQ(planted_in(planted.back()), (std::set{std::pair(raft::Mutant::none, mutant)}));
  }
  EXPECT_EQ(names, planted);
}

}  // namespace
}  // namespace coracle::kv
