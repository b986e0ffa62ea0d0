#include "tools/interrupt.h"

#include <csignal>

namespace coracle::tools {

namespace {

std::atomic<bool> seen{false};

void on_interrupt(int signal) {
  seen = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

std::atomic<bool>& interrupted() { return seen; }

void heed_interrupts() { std::signal(SIGINT, on_interrupt); }

}  // namespace coracle::tools
