// A sentence that means a message names what matters of it, and leaves the rest open.
#include "sim/message_fields.h"

#include <gtest/gtest.h>

namespace coracle::sim {
namespace {

using Fields = std::vector<std::string>;

const std::string message = "{term: 4, last: {term: 2, index: 1}, entries: [{a: 1}, {a: 2}]}";

TEST(MessageFields, AreToldApartAtTheOuterLevelOnly) {
  EXPECT_EQ(fields_in(message),
            (Fields{"term: 4", "last: {term: 2, index: 1}", "entries: [{a: 1}, {a: 2}]"}));
  EXPECT_EQ(fields_in("{term: 4}"), (Fields{"term: 4"}));
  EXPECT_EQ(fields_in(""), Fields{});
}

TEST(MessageFields, NamedInAnyNumberAndOrderMeanTheMessage) {
  for (const char* named : {"", "{term: 4}", "{last: {term: 2, index: 1}, term: 4}"})
    EXPECT_TRUE(has_fields(message, named)) << named;
  EXPECT_TRUE(has_fields(message, message));
}

TEST(MessageFields, ThatDifferMeanAnother) {
  for (const char* named :
       {"{term: 5}", "{term: 4, last: {term: 2, index: 2}}", "{index: 1}", "{last: {term: 2}}"})
    EXPECT_FALSE(has_fields(message, named)) << named;
}

// Whatever people type.
TEST(MessageFields, OfBrokenTextAreSomething) {
  for (const char* text : {"{", "}", "}{", "{a, b", "]]", "[a", "{[}", "a, b", "{{{", "{a: 1}}, b"})
    EXPECT_FALSE(has_fields(message, fields_in(text).empty() ? "{z}" : text)) << text;
}

}  // namespace
}  // namespace coracle::sim
