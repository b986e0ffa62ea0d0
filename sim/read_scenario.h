// A scenario from its TOML text: see sim/scenario.h for what it means and sim/sentences.h for the
// sentences in it.
//
//     title, why       text                 duration    "30 s"; without one the steps are by_hand
//     model            its name             by_hand     true: nothing happens but by a step
//     seed, seeds      42, "1..200"         mutant      the bug to plant
//     properties       those to ask for, of all that the model declares: ["...", "..."]
//     servers, logs    options of the model that it may have: 3, {1 = "1 1 4", 2 = "1 1"}
//
//     [MODEL]          the model's options, '_' for '-': election_timeout = "150..300 ms"
//     [network]        latency, loss, duplicate, kind = "unordered" or "ordered"
//     [disk]           kind = "synced" or "buffered", and then flush: how long a write takes
//     [clients]        rate
//     [[step]]         do, a sentence or several; at, after or when; for
//     [[expect]]       always, sometimes, eventually (perhaps within), in_the_end, fails,
//                      at_most, exactly or at_least
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/input.h"
#include "sim/scenario.h"

namespace coracle::sim {

// The words of a model, by its name; an InputError where there is no such model.
using NamesOf = std::function<Names(const std::string& model)>;

// Throws an InputError of one line, "FILE:LINE:COLUMN: what is wrong; what was expected", for the
// first mistake. `file` is only a name.
Scenario read_scenario(const std::string& file, std::string_view text, const NamesOf& names_of);

}  // namespace coracle::sim
