// Ctrl-C: a first one ends the work in good order, a second one ends the program.
#pragma once

#include <atomic>

namespace coracle::tools {

std::atomic<bool>& interrupted();

void heed_interrupts();

}  // namespace coracle::tools
