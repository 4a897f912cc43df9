// The scenes of each protocol. Each function gives one that the checker makes anew for each
// execution.
#pragma once

#include "checker/scene.hpp"

namespace janji::interleavings {

// ---- journal/publish_list.hpp, journal/rounds.hpp, journal/record_blocks.hpp ----

// Publishers with few blocks against the writer: no record lost or twice, LSNs dense and in order,
// blocks' plain contents arrive, nobody sleeps for ever (hazard 17).
std::unique_ptr<Scene> published_records();
// Somebody waits for a round, somebody for a flush: what was published before is served.
std::unique_ptr<Scene> rounds_asked_for();
// The writer fails: nobody waits for it any more, and all know why.
std::unique_ptr<Scene> writer_fails();

// ---- base/index_stack.hpp ----

// Places taken and put back, one at a time and all at once: nobody has the same one twice.
std::unique_ptr<Scene> places_handed_around();

// ---- state/backlog.hpp ----

// The writer notifies, the checkpointer sleeps in between: it takes what is enough, all of it.
std::unique_ptr<Scene> backlog_grows();
// And is stopped meanwhile, with the order to finish and without.
std::unique_ptr<Scene> backlog_stopped();
std::unique_ptr<Scene> backlog_abandoned();
// What is wanted is applied, however little it is, and a compaction that is asked for is done.
std::unique_ptr<Scene> backlog_asked();

// ---- ledger/key_index.hpp ----

// Two inserts of one key, in an empty bucket: never both (hazard 8).
std::unique_ptr<Scene> one_key_twice();
// The same along a path of full buckets, while keys are removed from them.
std::unique_ptr<Scene> one_key_twice_beside_removals();
// The same, one in the full home bucket where there was room again, the other one beyond it.
std::unique_ptr<Scene> one_key_twice_round_a_corner();
// The key itself is removed and entered again; who is told of it finds it.
std::unique_ptr<Scene> key_comes_back();

// ---- ledger/day_table.hpp ----

// A day is opened under readers: whoever finds it finds all of it.
std::unique_ptr<Scene> day_opened();
// A day is forgotten and its row serves another one, under readers of both (hazard 7).
std::unique_ptr<Scene> day_forgotten();

// ---- the ledger with the real writer ----

// Callers of one applicant and another one race for two seats (hazards 2, 3).
std::unique_ptr<Scene> last_seats();
// A cancelled seat is free for whoever saw the cancel durable (hazard 5).
std::unique_ptr<Scene> seat_comes_back();
// The same request twice, at once; and one that lost its answer (hazards 2, 4).
std::unique_ptr<Scene> request_sent_twice();
// Confirm, cancel and readers on one booking (hazard 1).
std::unique_ptr<Scene> one_booking_changed();
// A place is freed and used again under readers of the old booking (hazard 7).
std::unique_ptr<Scene> place_used_again();
// The same, by one thread, under readers that see all ages of it.
std::unique_ptr<Scene> booking_replaced();
// A hold falls due while it is confirmed.
std::unique_ptr<Scene> hold_falls_due();
// A hold that the wheel meets before its time is marked and let go, while it is confirmed.
std::unique_ptr<Scene> hold_met_early();
// A booking moves under a range that is scanned, and readers: a seat is free all the time (9).
std::unique_ptr<Scene> booking_moves();
// Two moves of one booking and its cancel: one move at most.
std::unique_ptr<Scene> booking_moved_twice();
// Staff closes a slot that one claims and one moves to (hazard 15).
std::unique_ptr<Scene> slot_changed_twice();
std::unique_ptr<Scene> slot_closed();
// A lane's rules become stricter while a claim by the old ones is on its way (hazard 15).
std::unique_ptr<Scene> rules_exchanged();

// An applicant is blocked while a claim is on its way; likewise where there was a block before; and
// a block that is over is forgotten meanwhile.
std::unique_ptr<Scene> applicant_blocked();
std::unique_ptr<Scene> applicant_blocked_again();
std::unique_ptr<Scene> block_forgotten();
// Somebody waits for a slot's only seat, which is given up while another wants it; while he claims
// elsewhere; a seat is undone while somebody joins; one joins twice; and a day is archived while
// somebody joins there.
std::unique_ptr<Scene> seat_handed_over();
std::unique_ptr<Scene> turn_beside_claim();
std::unique_ptr<Scene> seats_undone();
std::unique_ptr<Scene> joined_twice();
std::unique_ptr<Scene> joined_late();
std::unique_ptr<Scene> day_handed_over();
std::unique_ptr<Scene> day_joined();
// A group joins while seats come; it waits for seats that come while a member leaves and somebody
// claims; while a member claims elsewhere; it leaves as a whole; and it is looked at meanwhile.
std::unique_ptr<Scene> group_joins();
std::unique_ptr<Scene> group_shrinks();
std::unique_ptr<Scene> group_turn_beside_claim();
std::unique_ptr<Scene> group_leaves();
std::unique_ptr<Scene> group_seen();
// Somebody walks in, twice, and claims as well; two draw their numbers; and one comes
// while a seat is given up for which another waits.
std::unique_ptr<Scene> walk_in_beside_claim();
std::unique_ptr<Scene> numbers_drawn();
std::unique_ptr<Scene> walk_in_beside_waiter();
// A pool's seat falls back while somebody wants it there and somebody the general one; and while
// staff closes one of the two slots.
std::unique_ptr<Scene> seat_falls_back();
std::unique_ptr<Scene> door_beside_fall_back();
// A seat that was kept back comes, while somebody wants it and staff closes the slot.
std::unique_ptr<Scene> seat_comes();
// A hold is extended while its first deadline comes.
std::unique_ptr<Scene> hold_extended();
// A visit that nobody ended is ended by rule, while the booking moves or is cancelled.
std::unique_ptr<Scene> visit_over();
// A confirm, a cancel and a claim under one operation id (hazards 8, 12).
std::unique_ptr<Scene> one_id_for_three();
// Two confirms with details and one buffer: who finds none lets go of what it had marked.
std::unique_ptr<Scene> details_handed_round();
// Two erase the same details, a third one looks: they are erased once, and never by half.
std::unique_ptr<Scene> details_erased();
// A day is archived while a claim and a move are on their way to it, and its row and words serve
// another one, which somebody books (hazard 7).
std::unique_ptr<Scene> row_serves_another_day();
// The same under readers of the calendar.
std::unique_ptr<Scene> day_replaced();
// A seat moves behind a scan (hazard 9).
std::unique_ptr<Scene> seat_moves_behind_a_scan();

struct NamedScene {
  const char* name;
  std::unique_ptr<Scene> (*make)();
};
const std::vector<NamedScene>& all_scenes();

}  // namespace janji::interleavings
