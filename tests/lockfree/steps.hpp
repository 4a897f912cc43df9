// The steps of the protocol at which a thread can be stopped, by who comes to them.
#pragma once

namespace janji::test {

// A claim that is granted, in the order of its way.
inline constexpr const char* kClaimSteps[] = {
    "slot_read",         "seats_taken",    "claim_filled",  "key_entered",  "applicant_entered",
    "operation_entered", "before_publish", "after_publish", "claim_visible"};

// A walk-in, beside those.
inline constexpr const char* kWalkInSteps[] = {"number_drawn"};

// A claim of any slot of a day, and one that is refused.
inline constexpr const char* kRefusedSteps[] = {"range_scanned", "before_last_look_up"};

// A claim that loses to another one.
inline constexpr const char* kUndoSteps[] = {"applicant_retracted", "before_undo_seats"};

// A confirm or cancel that is granted.
inline constexpr const char* kChangeSteps[] = {"before_busy",    "marked_busy",    "key_entered",
                                               "change_entered", "before_publish", "after_publish",
                                               "change_visible"};

// A reschedule that is granted: as a change, with the seats in between.
inline constexpr const char* kMoveSteps[] = {"before_busy",     "marked_busy",   "new_slot_read",
                                             "new_seats_taken", "key_entered",   "change_entered",
                                             "before_publish",  "after_publish", "change_visible"};

// A reschedule whose operation id is taken when it comes to enter it.
inline constexpr const char* kMoveUndoSteps[] = {"before_undo_seats"};

// Two whose operation ids meet: see hazard 8.
inline constexpr const char* kConflictSteps[] = {"key_conflict"};

// The writer, in the order of a round with a claim and a cancel.
inline constexpr const char* kWriterSteps[] = {
    "round_begins",     "writer_begun",     "writer_taken",     "writer_before_commit",
    "writer_committed", "before_give_back", "writer_gave_back", "writer_idle"};

// The writer, when a hold falls due.
inline constexpr const char* kSweepSteps[] = {"sweep_marked", "before_publish", "after_publish"};

// Staff who closes a slot.
inline constexpr const char* kSlotSteps[] = {"slot_marked", "slot_change_entered", "before_publish",
                                             "after_publish"};

// Staff who finds seats pending in the slot.
inline constexpr const char* kAskSteps[] = {"slot_asked"};

// Whoever changes the catalogue: these are the engine's own.
inline constexpr const char* kCatalogueSteps[] = {
    "catalogue_rules_given", "catalogue_begun", "catalogue_adopted", "slot_marked",
    "before_publish",        "after_publish",   "catalogue_done"};

// Staff who blocks an applicant.
inline constexpr const char* kBlockSteps[] = {"key_entered", "block_asked", "block_decided",
                                              "before_publish", "after_publish"};

// Staff who erases a booking's details.
inline constexpr const char* kEraseSteps[] = {"before_erase_mark", "erase_marked", "before_publish",
                                              "after_publish"};

// Somebody who joins a waitlist, and the writer who offers a seat to him.
inline constexpr const char* kJoinSteps[] = {"join_slot_read", "join_filled",    "waiter_entered",
                                             "join_entered",   "before_publish", "after_publish",
                                             "join_visible"};
inline constexpr const char* kTurnSteps[] = {"turn_marked", "turn_seats_taken", "turn_entered",
                                             "before_publish", "after_publish"};

// A group that joins one, and the writer who offers it seats.
inline constexpr const char* kGroupJoinSteps[] = {
    "join_slot_read", "group_join_filled", "group_waiter_entered", "group_join_entered",
    "before_publish", "after_publish",     "group_join_visible"};
inline constexpr const char* kGroupTurnSteps[] = {
    "member_marked",  "group_turn_marked", "turn_seats_taken",  "group_turn_entered",
    "before_publish", "after_publish",     "group_turn_visible"};

// The writer, when seats of a pool fall back; and when they can't.
inline constexpr const char* kFallBackSteps[] = {"fall_back_taken", "fall_back_added",
                                                 "before_publish", "after_publish"};

// The writer, when seats come that were kept back.
inline constexpr const char* kTrancheSteps[] = {"tranche_due", "tranche_added", "before_publish",
                                                "after_publish"};

// The writer, when a visit is over.
inline constexpr const char* kPatrolSteps[] = {"patrol_marked", "before_publish", "after_publish"};

// The writer, when it archives a day.
inline constexpr const char* kArchiveSteps[] = {"archive_closing", "archive_closed",
                                                "before_publish", "after_publish"};

// A confirm or cancel that finds its hold over, and expires it before it is refused.
inline constexpr const char* kOverSteps[] = {"marked_busy", "before_publish", "after_publish",
                                             "before_last_look_up"};

// A group's claim that is granted.
inline constexpr const char* kGroupClaimSteps[] = {
    "group_slot_read", "group_seats_taken", "group_part_scanned", "group_filled", "member_entered",
    "group_entered",   "before_publish",    "after_publish",      "group_visible"};

// A step of a whole group that is granted.
inline constexpr const char* kGroupChangeSteps[] = {
    "before_busy",    "group_marked",  "member_marked",  "change_entered",
    "before_publish", "after_publish", "member_visible", "change_visible"};

// A group's claim under an entitlement, beside those; and one that loses to another behind that.
inline constexpr const char* kUnitSteps[] = {"entitlement_word_read", "entitlement_read",
                                             "units_taken"};
inline constexpr const char* kUnitUndoSteps[] = {"before_undo_units"};

// Staff who grants an entitlement, changes its terms or its list.
inline constexpr const char* kGrantSteps[] = {"entitlement_taken", "before_publish",
                                              "after_publish"};
inline constexpr const char* kTermsSteps[] = {"entitlement_marked", "before_publish",
                                              "after_publish"};
inline constexpr const char* kListSteps[] = {"entitlement_marked", "eligible_entered",
                                             "before_publish", "after_publish"};

// The writer, when a unit comes back.
inline constexpr const char* kUnitBackSteps[] = {"before_unit_back"};

// A counter that asks for the next one in a hall.
inline constexpr const char* kNextSteps[] = {"hall_looked_over", "hall_chair_seen"};

// Names that stand in more than one place, and in how many.
struct Several {
  const char* step;
  int sites;
};
inline constexpr Several kSeveral[] = {{"before_last_look_up", 7},
                                       {"before_busy", 2},
                                       {"change_entered", 2},
                                       {"change_visible", 2},
                                       {"turn_seats_taken", 2}};

}  // namespace janji::test
