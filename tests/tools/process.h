// The program as its users run it: a process with words behind its name, what it writes, and the
// code that it ends with.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it declared by us

namespace coracle::tools {

struct Ended {
  int code = -1;  // minus the signal's number where one ended it
  std::string out;
  std::string err;
};

class Process {
 public:
  explicit Process(const std::vector<std::string>& words) {
    std::vector<std::string> all{CORACLE_BINARY};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    argv.reserve(all.size() + 1);
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);

    std::array<int, 2> out{};
    std::array<int, 2> err{};
    require(pipe2(out.data(), O_CLOEXEC) == 0 && pipe2(err.data(), O_CLOEXEC) == 0, "no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    const int error = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(err[1]);
    streams_ = {{{out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
    require(error == 0, "cannot start " CORACLE_BINARY);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    for (const pollfd& stream : streams_)
      if (stream.fd >= 0) close(stream.fd);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  // Until there is something on standard error. False where the program ended without.
  bool has_spoken_on_stderr() {
    while (ended_.err.empty() && streams_[1].fd >= 0) read_some();
    return !ended_.err.empty();
  }

  void interrupt() const { kill(pid_, SIGINT); }

  Ended finished() {
    while (streams_[0].fd >= 0 || streams_[1].fd >= 0) read_some();
    int status = 0;
    require(waitpid(pid_, &status, 0) == pid_, "cannot wait");
    pid_ = 0;
    ended_.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return ended_;
  }

 private:
  static constexpr int patience_ms = 120'000;  // with a program that says nothing at all

  static void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
  }

  void read_some() {
    require(poll(streams_.data(), streams_.size(), patience_ms) > 0, "it is silent for too long");
    for (pollfd& stream : streams_) {
      if (stream.fd < 0 || stream.revents == 0) continue;
      std::array<char, 4096> buffer{};
      const auto count = read(stream.fd, buffer.data(), buffer.size());
      if (count > 0) {
        std::string& text = &stream == streams_.data() ? ended_.out : ended_.err;
        text.append(buffer.data(), static_cast<std::size_t>(count));
      } else {
        close(stream.fd);
        stream.fd = -1;
      }
    }
  }

  pid_t pid_ = 0;
  std::array<pollfd, 2> streams_{};
  Ended ended_;
};

inline Ended run(const std::vector<std::string>& words) { return Process(words).finished(); }

}  // namespace coracle::tools
