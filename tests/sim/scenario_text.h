// A scenario file that says all there is to say, and the words of the models it may be about.
#pragma once

#include <string>

#include "sim/input.h"
#include "sim/scenario.h"

namespace coracle::sim {

inline Names names_of(const std::string& model) {
  if (model == "raft")
    return {.model = "raft",
            .options = {"servers", "election-timeout", "heartbeat", "no-op", "logs"},
            .mutants = {"vote-not-saved"},
            .roles = {"leader", "candidate", "follower"},
            .conditions = {"a leader is elected", "all logs are equal"},
            .requests = {{"propose", true}},
            .messages = {"RequestVote", "AppendEntries"},
            .timers = {"election", "heartbeat"},
            .properties = {"at most one leader a term"},
            .has_disk = true};
  if (model == "traffic-light")
    return {.model = "traffic-light",
            .options = {"crossings"},
            .mutants = {},
            .roles = {},
            .conditions = {"someone waits"},
            .requests = {{"press", false}},
            .messages = {},
            .timers = {},
            .properties = {}};
  throw InputError("unknown model '" + model + "'; expected one of: raft, traffic-light");
}

inline const std::string whole_scenario = R"(title = "A partitioned leader"
why   = "It must not serve stale reads."
model = "raft"
seeds = "1..200"
servers = 5
duration = "30 s"
mutant = "vote-not-saved"
logs = { 1 = "1 1  4", 10 = "2 2", 2 = " 1 ", 3 = "" }

[raft]
election_timeout = "150..300 ms"
heartbeat = "50 ms"
no_op = true

[network]
latency = "1..5 ms"
loss = "1 %"
duplicate = "0.5 %"
kind = "ordered"

[clients]
rate = "200 /s"

[[step]]
when = "a leader is elected"
do   = "partition leader | others"
for  = "3 s"

[[step]]
at = "5 s"
do = ["crash one follower", "propose x at old leader"]

[[step]]
after = "10 ms"
do = "deliver RequestVote 2 -> 1 {term: 1}"

[[step]]
do = ["heal"]

[[expect]]
always = "2 is not leader"

[[expect]]
eventually = "all logs are equal"
within = "5 s of heal"

[[expect]]
fails = "at most one leader a term"

[[expect]]
at_most = "12 AppendEntries to 2"

[disk]
kind = "buffered"
flush = "1..20 ms"
)";

}  // namespace coracle::sim
