// The sentences that say what happens to nodes and links: faults, and what mends them.
#pragma once

#include "sim/sentence_parts.h"

namespace coracle::sim {

using What = decltype(Verb::what);

// Each from the words behind the verb.
using Form = What (*)(Words, const Names&);

What partition(Words words, const Names& names);
What clog(Words words, const Names& names);
What swizzle(Words words, const Names& names);
What heal(Words words, const Names& names);
What delay(Words words, const Names& names);
// "drop 5 % of messages from 1": of those that will be sent, and not an exact one.
What disturb(Disturbance::What what, Words words, const Names& names);
What crash(Words words, const Names& names);
What restart(Words words, const Names& names);
What pause(Words words, const Names& names);
What resume(Words words, const Names& names);
What slow(Words words, const Names& names);
What skew(Words words, const Names& names);
What drift(Words words, const Names& names);
What flush(Words words, const Names& names);

}  // namespace coracle::sim
