// Runs the real `coracle`, and keeps what it said.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace coracle::tests {

struct Said {
  int code = -1;
  std::string out;  // with standard error, where the arguments send it there
};

inline Said coracle(const std::string& arguments) {
  Said said;
  const std::string command = std::string(CORACLE_BINARY) + " " + arguments;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return said;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe))
    said.out.append(buffer.data(), count);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) said.code = WEXITSTATUS(status);
  return said;
}

inline std::string contents(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace coracle::tests
