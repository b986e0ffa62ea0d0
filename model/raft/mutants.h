// Bugs that real Raft systems had, each one small change to the rules, to show what the explorer
// finds. The rules are templates over their config: with a Config, which is all that is ever
// deployed, `planted` is a constant false and no bug exists; with a PlantedConfig one of them does,
// or, where its mutant is `none`, the rules of a Config are taken themselves (see node.h).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/raft/state.h"

namespace coracle::raft {

enum class Mutant : std::uint8_t {
  none,
  commit_old_term,
  no_up_to_date_check,
  shorter_log_wins,
  vote_not_saved,
  vote_cleared_by_leader,
  vote_cleared_on_step_down,
  no_self_vote,
  votes_as_counter,
  old_vote_reply_counts,
  old_append_lowers_term,
  truncate_always,
  commit_not_monotonic,
  commit_own_last,
  rejected_append_commits,
  ack_own_last,
  match_not_monotonic,
  stale_reject_rewinds,
  quorum_unsorted,
  even_quorum,
  pre_vote_by_leader,
  match_off_by_one,
  next_not_raised,
  old_entry_new_term,
  prev_zero_after_compaction,
  snapshot_off_by_one,
  snapshot_sets_term,
  snapshot_goes_back,
  ack_before_flush,
  leader_counts_unflushed,
  change_before_own_commit,
  two_changes_in_flight,
  joint_left_early,
  campaign_with_pending_change,
  demoted_leader_counts_itself,
  read_before_own_commit,
  read_without_quorum,
  read_ack_reused,
  lease_survives_transfer
};
BOOST_DESCRIBE_ENUM(Mutant, none, commit_old_term, no_up_to_date_check, shorter_log_wins,
                    vote_not_saved, vote_cleared_by_leader, vote_cleared_on_step_down, no_self_vote,
                    votes_as_counter, old_vote_reply_counts, old_append_lowers_term,
                    truncate_always, commit_not_monotonic, commit_own_last, rejected_append_commits,
                    ack_own_last, match_not_monotonic, stale_reject_rewinds, quorum_unsorted,
                    even_quorum, pre_vote_by_leader, match_off_by_one, next_not_raised,
                    old_entry_new_term, prev_zero_after_compaction, snapshot_off_by_one,
                    snapshot_sets_term, snapshot_goes_back, ack_before_flush,
                    leader_counts_unflushed, change_before_own_commit, two_changes_in_flight,
                    joint_left_early, campaign_with_pending_change, demoted_leader_counts_itself,
                    read_before_own_commit, read_without_quorum, read_ack_reused,
                    lease_survives_transfer)

struct PlantedConfig : Config {
  Mutant mutant = Mutant::none;
  auto operator<=>(const PlantedConfig&) const = default;
};

constexpr bool planted(const Config& /*config*/, Mutant /*mutant*/) { return false; }
constexpr bool planted(const PlantedConfig& config, Mutant mutant) {
  return config.mutant == mutant;
}

struct MutantNote {
  Mutant mutant{};
  std::string_view change;
};

// In the order of the enumerators.
inline constexpr std::array mutant_notes{
    MutantNote{Mutant::none, "Raft as published."},
    MutantNote{Mutant::commit_old_term,
               "A leader commits entries of earlier terms by counting replicas (Figure 8)."},
    MutantNote{Mutant::no_up_to_date_check, "Any log gets a vote."},
    MutantNote{Mutant::shorter_log_wins, "Votes compare the last index only, not its term."},
    MutantNote{Mutant::vote_not_saved, "A restarted server has forgotten its vote."},
    MutantNote{Mutant::vote_cleared_by_leader,
               "A follower forgets its vote when it hears a leader of the same term."},
    MutantNote{Mutant::vote_cleared_on_step_down,
               "A candidate forgets its vote when it steps down in the same term."},
    MutantNote{Mutant::no_self_vote,
               "A candidate counts its own vote but may still give it to another."},
    MutantNote{Mutant::votes_as_counter, "A vote that arrives twice counts twice."},
    MutantNote{Mutant::old_vote_reply_counts,
               "A vote given in an earlier term counts in this one."},
    MutantNote{Mutant::old_append_lowers_term,
               "An append of an earlier term brings its term back."},
    MutantNote{Mutant::truncate_always,
               "A follower cuts off what follows an append, in conflict or not."},
    MutantNote{Mutant::commit_not_monotonic,
               "A follower takes the leader's commit index even if it is lower."},
    MutantNote{Mutant::commit_own_last,
               "A follower commits up to its own last entry, not the append's."},
    MutantNote{Mutant::rejected_append_commits, "A refused append still advances commit."},
    MutantNote{Mutant::ack_own_last,
               "A follower acknowledges its own last entry, not the append's."},
    MutantNote{Mutant::match_not_monotonic, "A late acknowledgement lowers match."},
    MutantNote{Mutant::stale_reject_rewinds, "A late refusal lowers next to match or below."},
    MutantNote{Mutant::quorum_unsorted,
               "The commit index is taken from the middle of an unsorted list of matches."},
    MutantNote{Mutant::even_quorum, "Half of an even number of servers counts as a majority."},
    MutantNote{Mutant::pre_vote_by_leader, "A leader grants a pre-vote."},
    MutantNote{Mutant::match_off_by_one,
               "A late acknowledgement lowers match, and each is taken for one entry less."},
    MutantNote{Mutant::next_not_raised, "An acknowledgement leaves next where it was."},
    MutantNote{Mutant::old_entry_new_term,
               "A leader sends entries of earlier terms under its own term."},
    MutantNote{Mutant::prev_zero_after_compaction,
               "An append from index 1 on matches a log whose beginning is in a snapshot."},
    MutantNote{Mutant::snapshot_off_by_one,
               "A follower that needs the snapshot's last entry is sent an append."},
    MutantNote{Mutant::snapshot_sets_term,
               "Installing a snapshot sets the term to that of its last entry."},
    MutantNote{Mutant::snapshot_goes_back, "An older snapshot replaces a newer log."},
    MutantNote{Mutant::ack_before_flush,
               "A follower acknowledges entries before they are on its disk."},
    MutantNote{Mutant::leader_counts_unflushed,
               "A leader counts an entry of its own before it is on its disk."},
    MutantNote{Mutant::change_before_own_commit,
               "A leader changes the members before an entry of its own term is committed."},
    MutantNote{Mutant::two_changes_in_flight,
               "A leader changes the members again before the last change is committed."},
    MutantNote{Mutant::joint_left_early,
               "A leader leaves the joint configuration before it is committed."},
    MutantNote{Mutant::campaign_with_pending_change,
               "A candidate counts votes by the last configuration that it knows as committed."},
    MutantNote{Mutant::demoted_leader_counts_itself,
               "A leader that is no longer a voter counts itself among those who have an entry."},
    MutantNote{Mutant::read_before_own_commit,
               "A leader answers reads before an entry of its own term is committed."},
    MutantNote{Mutant::read_without_quorum,
               "A leader answers reads without asking whether it still leads."},
    MutantNote{Mutant::read_ack_reused,
               "A late answer to an earlier round of heartbeats counts for the last one."},
    MutantNote{Mutant::lease_survives_transfer,
               "A leader that told another one to campaign still reads by its lease."},
};

}  // namespace coracle::raft
