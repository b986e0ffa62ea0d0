// Small random histories of one key, to be judged in more than one way.
#pragma once

#include <rapidcheck.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tools/kv_history.h"

namespace coracle::sim {

using tools::KeyValueHistory;
using tools::KeyValueMachine;

// Of the whole range from the first case on; RapidCheck's own ranges grow.
inline std::size_t any_below(std::size_t end) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, end));
}
inline bool any_of(std::size_t chances) { return any_below(chances) == 0; }

// A few clients, whose calls a store does at some moment of each; some are told something else, and
// some are told nothing.
class AnyHistory {
 public:
  KeyValueHistory history() {
    const std::size_t events = 2 + any_below(24);
    for (std::size_t event = 0; event < events; ++event) go_on(any_below(clients_.size()));
    return recorder_.history();
  }

 private:
  struct Client {
    kv::Operation operation{};
    std::optional<kv::Result> result{};
  };

  void go_on(Process process) {
    Client& client = clients_[process];
    if (!recorder_.is_busy(process)) {
      if (calls_++ >= 9) return;
      client = {.operation = any_operation()};
      recorder_.invoke(process, client.operation, 0);
    } else if (!client.result && any_of(2)) {
      client.result = KeyValueMachine::apply(store_, client.operation);
    } else if (unknown_ && any_of(3)) {
      recorder_.lose(process);
    } else {
      if (!client.result) client.result = KeyValueMachine::apply(store_, client.operation);
      if (lies_ && any_of(4)) client.result = any_result(client.operation);
      recorder_.complete(process, *client.result, 0);
    }
  }

  std::string any_value() {
    return unique_ ? std::to_string(++written_) : std::to_string(any_below(3));
  }
  std::optional<std::string> any_found() {
    if (any_of(4)) return {};
    return std::to_string(any_below(unique_ ? written_ + 1 : 3));
  }

  kv::Operation any_operation() {
    switch (only_ < 5 && any_of(2) ? only_ : any_below(only_ == 0 ? 2 : 6)) {
      case 0:
        return kv::Set{"x", any_value()};
      case 1:
        return kv::Get{"x"};
      case 2:
        return kv::Delete{"x"};
      case 3:
        return kv::Increment{"x", static_cast<std::int64_t>(any_below(3)) - 1};
      case 4:
        return kv::Append{"x", any_of(6) ? "" : any_value()};
      default:
        return kv::CompareAndSet{"x", any_found(), any_value()};
    }
  }

  kv::Result any_result(const kv::Operation& operation) {
    return match(
        operation, [](const kv::Set&) -> kv::Result { return kv::Done{}; },
        [&](const kv::Get&) -> kv::Result { return kv::Found{any_found()}; },
        [](const kv::Delete&) -> kv::Result { return kv::Deleted{any_of(2)}; },
        [](const kv::Increment&) -> kv::Result {
          if (any_of(5)) return kv::Failed{kv::Failure::not_a_number};
          return kv::Number{static_cast<std::int64_t>(any_below(4)) - 1};
        },
        [](const kv::Append&) -> kv::Result {
          return kv::Number{static_cast<std::int64_t>(any_below(5))};
        },
        [](const kv::CompareAndSet&) -> kv::Result { return kv::Compared{any_of(2)}; });
  }

  std::vector<Client> clients_ = std::vector<Client>(1 + any_below(5));
  const std::size_t only_ = any_below(7);  // what is called most; 0: only that, and reads
  const bool unique_ = any_of(2);
  const bool unknown_ = any_of(2);
  const bool lies_ = any_of(2);
  KeyValueMachine::State store_;
  Recorder<kv::Operation, kv::Result> recorder_;
  std::size_t calls_ = 0;
  std::size_t written_ = 0;
};

inline KeyValueHistory any_history() { return AnyHistory().history(); }

}  // namespace coracle::sim
