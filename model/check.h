// CHECK(condition): our own broken promise, always on. What the world does is a value that the
// caller must look at, what the user typed wrong is a message; this is for what can never happen.
#pragma once

#include <stdexcept>
#include <string>

namespace coracle {

// Thrown for nobody to catch: a program that ends with it has a bug of ours.
class BrokenPromise : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] inline void broken_promise(const char* condition, const char* file, int line) {
  throw BrokenPromise(std::string(file) + ":" + std::to_string(line) + ": CHECK(" + condition +
                      ") failed");
}

}  // namespace coracle

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::coracle::broken_promise(#condition, __FILE__, __LINE__))
