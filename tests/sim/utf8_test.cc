// What is no UTF-8 does not get into what others must read.
#include "sim/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>
#include <string>

namespace coracle::sim {
namespace {

const std::string replacement = "\xEF\xBF\xBD";

// By a parser of JSON, which takes nothing else.
bool is_utf8(const std::string& text) {
  boost::json::error_code error;
  boost::json::parse(boost::json::serialize(boost::json::string(text)), error);
  return !error;
}

std::string any_bytes() {
  const auto byte =
      rc::gen::map(rc::gen::inRange(0, 256), [](int b) { return static_cast<char>(b); });
  // Letters of several bytes are rare among bytes.
  const auto piece =
      rc::gen::oneOf(rc::gen::map(byte, [](char b) { return std::string(1, b); }),
                     rc::gen::elementOf(std::vector<std::string>{
                         "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\xA0\x80",
                         "\xE0\x80\x80", "\xF4\x90\x80\x80", "\xC0\xAF", "\xE2\x82"}));
  std::string all;
  for (const auto& part : *rc::gen::container<std::vector<std::string>>(piece)) all += part;
  return all;
}

RC_GTEST_PROP(Utf8, IsWhatComesOut, ()) {
  const std::string bytes = any_bytes();
  const std::string text = as_utf8(bytes);
  RC_ASSERT(is_utf8(text));
  RC_ASSERT(as_utf8(text) == text);
  RC_ASSERT(is_utf8(bytes) == (text == bytes));
}

TEST(Utf8, WhatIsNoneIsReplacedByteByByte) {
  EXPECT_EQ(as_utf8("caf\xC3\xA9 \xE2\x82\xAC"), "caf\xC3\xA9 \xE2\x82\xAC");
  EXPECT_EQ(as_utf8("a\xFFz"), "a" + replacement + "z");
  EXPECT_EQ(as_utf8("\xE2\x82"), replacement + replacement);
  EXPECT_EQ(as_utf8("\xED\xA0\x80"), replacement + replacement + replacement);
}

}  // namespace
}  // namespace coracle::sim
