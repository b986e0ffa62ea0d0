// A history is written down as it happens.
#include "sim/history.h"

#include <gtest/gtest.h>

#include <string>

#include "model/check.h"

namespace coracle::sim {
namespace {

TEST(Recorder, KeepsTheOrderOfInvocationsAndCompletions) {
  Recorder<std::string, int> recorder;
  recorder.invoke(1, "a", 10);
  recorder.invoke(2, "b", 20);
  EXPECT_TRUE(recorder.is_busy(1));
  EXPECT_EQ(recorder.asked_by(2), "b");
  recorder.complete(2, 7, 30);
  recorder.complete(1, 8, 30);
  EXPECT_FALSE(recorder.is_busy(1));
  const auto history = recorder.history();
  ASSERT_EQ(history.operations.size(), 2U);
  EXPECT_EQ(history.operations[0].operation, "a");
  EXPECT_EQ(history.operations[0].completed, (Moment{.place = 3, .time = 30}));
  EXPECT_EQ(history.operations[1].completed, (Moment{.place = 2, .time = 30}));
  EXPECT_EQ(history.operations[1].result, 7);
  EXPECT_EQ(count_of_processes(history), 2U);
}

TEST(Recorder, LeavesOutWhatFailed) {
  Recorder<std::string, int> recorder;
  recorder.invoke(1, "a", 10);
  recorder.invoke(2, "b", 20);
  recorder.fail(1);
  recorder.invoke(1, "c", 30);
  recorder.complete(2, 7, 40);
  const auto history = recorder.history();
  ASSERT_EQ(history.operations.size(), 2U);
  EXPECT_EQ(history.operations[0].invoked.place, 0U);
  EXPECT_EQ(history.operations[1].operation, "c");
  EXPECT_EQ(history.operations[1].invoked.place, 1U);
  EXPECT_EQ(history.operations[0].completed->place, 2U);
}

TEST(Recorder, KeepsOpenWhatNobodyKnows) {
  Recorder<std::string, int> recorder;
  recorder.invoke(1, "a", 10);
  recorder.lose(1);
  recorder.invoke(1, "b", 20);
  const auto history = recorder.history();
  EXPECT_FALSE(history.operations[0].completed);
  EXPECT_FALSE(history.operations[1].result);
  EXPECT_EQ(count_of_processes(history), 1U);
}

TEST(Recorder, AProcessMakesOneCallAtATime) {
  Recorder<std::string, int> recorder;
  EXPECT_THROW(recorder.complete(1, 7, 0), BrokenPromise);
  recorder.invoke(1, "a", 0);
  EXPECT_THROW(recorder.invoke(1, "b", 0), BrokenPromise);
}

}  // namespace
}  // namespace coracle::sim
