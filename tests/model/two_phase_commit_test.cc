// What each manager does with what it hears, as Gray and Lamport specify it.
#include "model/two_phase_commit.h"

#include <gtest/gtest.h>

#include <vector>

namespace coracle::two_phase_commit {
namespace {

constexpr NodeId tm = transaction_manager;
constexpr NodeId rm2{2};
constexpr NodeId rm3{3};

const Config at_tm{.self = tm, .managers = {rm2, rm3}};
const Config at_rm{.self = rm2, .managers = {rm2, rm3}};

Received hear(NodeId from, Message message) { return {from, message}; }
State resource(Stage stage) { return ResourceManager{stage}; }
State transaction(std::set<NodeId> prepared, Decision decision = Decision::none) {
  return TransactionManager{std::move(prepared), decision};
}

void expect_ignored(const Config& config, const State& state, const Event& event) {
  EXPECT_EQ(next_state(config, state, event), (Step{state, {}})) << text(state);
}

static_assert(coracle::Protocol<Protocol> && HasNetwork<Protocol> && HasTimers<Protocol>);
static_assert(!HasRequests<Protocol> && !HasDisk<Protocol>);

TEST(TwoPhaseCommit, EachNodeBeginsInItsRole) {
  EXPECT_EQ(initial_state(at_tm), transaction({}));
  EXPECT_EQ(initial_state(at_rm), resource(Stage::working));
}

// ---- a resource manager

TEST(ResourceManager, PreparesAndSaysSo) {
  const Step step = next_state(at_rm, resource(Stage::working), Expired{Timer::prepare});
  EXPECT_EQ(step.state, resource(Stage::prepared));
  EXPECT_EQ(step.effects, Effects{(Send{tm, Message::prepared})});
}

TEST(ResourceManager, GivesUpInSilence) {
  const Step step = next_state(at_rm, resource(Stage::working), Expired{Timer::give_up});
  EXPECT_EQ(step, (Step{resource(Stage::aborted), {}}));
}

TEST(ResourceManager, DecidesForItselfOnlyWhileItWorks) {
  for (const Stage stage : {Stage::prepared, Stage::committed, Stage::aborted}) {
    EXPECT_TRUE(timers(at_rm, resource(stage)).empty());
    expect_ignored(at_rm, resource(stage), Expired{Timer::prepare});
    expect_ignored(at_rm, resource(stage), Expired{Timer::give_up});
  }
  EXPECT_EQ(timers(at_rm, resource(Stage::working)), (std::vector{Timer::prepare, Timer::give_up}));
}

TEST(ResourceManager, DoesAsItIsTold) {
  for (const Stage stage : {Stage::working, Stage::prepared}) {
    EXPECT_EQ(next_state(at_rm, resource(stage), hear(tm, Message::commit)),
              (Step{resource(Stage::committed), {}}));
    EXPECT_EQ(next_state(at_rm, resource(stage), hear(tm, Message::abort)),
              (Step{resource(Stage::aborted), {}}));
  }
}

TEST(ResourceManager, HearsAgainWithoutHarm) {
  expect_ignored(at_rm, resource(Stage::committed), hear(tm, Message::commit));
  expect_ignored(at_rm, resource(Stage::aborted), hear(tm, Message::abort));
  expect_ignored(at_rm, resource(Stage::prepared), hear(rm3, Message::prepared));
}

// ---- the transaction manager

TEST(TransactionManager, CollectsWhoIsPrepared) {
  const Step one = next_state(at_tm, transaction({}), hear(rm3, Message::prepared));
  EXPECT_EQ(one, (Step{transaction({rm3}), {}}));
  expect_ignored(at_tm, one.state, hear(rm3, Message::prepared));
  const Step both = next_state(at_tm, one.state, hear(rm2, Message::prepared));
  EXPECT_EQ(both, (Step{transaction({rm2, rm3}), {}}));  // to commit is an event of its own
}

TEST(TransactionManager, CommitsOnceAllArePrepared) {
  expect_ignored(at_tm, transaction({rm2}), Expired{Timer::decide_commit});
  const Step step = next_state(at_tm, transaction({rm2, rm3}), Expired{Timer::decide_commit});
  EXPECT_EQ(step.state, transaction({rm2, rm3}, Decision::commit));
  EXPECT_EQ(step.effects, (Effects{Send{rm2, Message::commit}, Send{rm3, Message::commit}}));
}

TEST(TransactionManager, AbortsAnyTimeBefore) {
  for (const State& state : {transaction({}), transaction({rm3}), transaction({rm2, rm3})}) {
    const Step step = next_state(at_tm, state, Expired{Timer::decide_abort});
    EXPECT_EQ(std::get<TransactionManager>(step.state).decision, Decision::abort);
    EXPECT_EQ(step.effects, (Effects{Send{rm2, Message::abort}, Send{rm3, Message::abort}}));
  }
}

TEST(TransactionManager, DecidesOnce) {
  for (const Decision decision : {Decision::commit, Decision::abort}) {
    const State decided = transaction({rm2, rm3}, decision);
    EXPECT_TRUE(timers(at_tm, decided).empty());
    expect_ignored(at_tm, decided, Expired{Timer::decide_commit});
    expect_ignored(at_tm, decided, Expired{Timer::decide_abort});
    expect_ignored(at_tm, transaction({}, decision), hear(rm2, Message::prepared));
  }
}

TEST(TransactionManager, MayDoOnlyWhatItCan) {
  EXPECT_EQ(timers(at_tm, transaction({rm2})), std::vector{Timer::decide_abort});
  EXPECT_EQ(timers(at_tm, transaction({rm2, rm3})),
            (std::vector{Timer::decide_commit, Timer::decide_abort}));
}

TEST(TransactionManager, TheMutantCommitsOnceAnyIsPrepared) {
  Config hasty = at_tm;
  hasty.mutant = Mutant::commit_without_all;
  EXPECT_FALSE(may_commit(hasty, {}));
  EXPECT_TRUE(may_commit(hasty, {.prepared = {rm3}}));
  EXPECT_FALSE(may_commit(at_tm, {.prepared = {rm3}}));
  EXPECT_EQ(next_state(hasty, transaction({rm3}), Expired{Timer::decide_commit}).effects.size(),
            2U);
}

}  // namespace
}  // namespace coracle::two_phase_commit
