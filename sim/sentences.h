// The sentences of a scenario: what to do, what holds, what is counted.
//
//     verb       partition WHO | WHO ...      partition WHO -> WHO     heal
//                crash WHO [keeping NUMBER]   restart WHO              expire TIMER WHO
//                flush WHO
//                deliver MESSAGE N -> N [{field: value, ...}]          drop, duplicate likewise
//                REQUEST [ARGUMENT] [at WHO]
//     WHO        any of these, with spaces or commas between them:
//                N    ROLE    the ROLE    old ROLE    one ROLE
//                a minority    majority    a majority    all    others (in a partition)
//     condition  CONDITION    N is ROLE    N is not ROLE
//     counted    NUMBER MESSAGE [from N] [to N]
//     within     DURATION [of VERB]
//
// Words in capitals are the protocol's; N is a server's number from 1, whose upper bound only the
// simulator knows. What is none of this is an InputError that names the word and not yet its place;
// nor have the values one.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/input.h"
#include "sim/scenario.h"

namespace coracle::sim {

Verb parse_verb(std::string_view text, const Names& names);

Condition parse_condition(std::string_view text, const Names& names);

Counted parse_counted(Counted::Relation relation, std::string_view text, const Names& names);

struct Within {
  Time time = 0;
  std::string of;  // a verb's first word, or empty
};
Within parse_within(std::string_view text, const Names& names);

NodeId parse_server(std::string_view word);

// "unknown role 'laeder'; did you mean leader?"
InputError unknown(std::string_view kind, std::string_view word,
                   std::span<const std::string> known);

}  // namespace coracle::sim
