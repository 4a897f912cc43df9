"""Bugs to plant in the waitlists."""

from plant import Plant

PLANTS = [
    Plant(
        "hazard_10", "seats that are undone where somebody waits lie there, and nobody looks",
        "engine/src/ledger/take.cpp",
        "  if (before.waiters()) [[unlikely]]\n",
        "  if (before.waiters() && before.gone()) [[unlikely]]\n",
        ["test_interleavings", "test_simulation"]),
    Plant(
        "waitlist_overtaken", "a claim takes a seat that is on its way to somebody who waits",
        "engine/src/ledger/slot_word.hpp",
        "(bits & (kWaiters | kClosed | kStaffBusy | kAsked)) == 0",
        "(bits & (kClosed | kStaffBusy | kAsked)) == 0",
        ["test_engine", "test_freeze"]),
    Plant(
        "waitlist_erased", "what is erased of a visit before costs a waiter his turn at a start",
        "engine/src/ledger/waitlist_restore.cpp",
        "(is_erased ? operations_[newest].lsn : cell.lsn)",
        "(is_erased ? cell.lsn : cell.lsn)",
        ["test_engine"]),
    Plant(
        "waitlist_no_pending", "a seat that is offered counts as sold before that is durable",
        "engine/src/ledger/hand_out.cpp",
        "  } while (!at.compare_exchange_weak(word.bits, word.with_taken(seats).bits,\n",
        "  } while (!at.compare_exchange_weak(word.bits, word.bits + seats * SlotWord::kTakenOne,\n",
        ["test_engine"]),
    Plant(
        "waitlist_turn_lost", "who is met busy loses his turn",
        "engine/src/ledger/hand_out.cpp",
        "  if (word.busy()) return Turn::kept;\n",
        "  if (word.busy()) return Turn::over;\n",
        ["test_freeze", "test_simulation"]),
    Plant(
        "waitlist_blocked", "who blocks an applicant doesn't wait for the writer that offers a seat",
        "engine/src/ledger/hand_out.cpp",
        "  Caller caller(callers_);\n  if (!caller) return Turn::kept;\n",
        "",
        ["test_freeze"]),
    Plant(
        "waitlist_second_booking", "who is offered a seat doesn't enter the applicants' index",
        "engine/src/ledger/hand_out.cpp",
        "  JANJI_STEP(\"turn_seats_taken\");\n  if (scope != kNoScope) {\n",
        "  JANJI_STEP(\"turn_seats_taken\");\n  if (false) {\n",
        ["test_engine", "test_simulation"]),
    Plant(
        "waitlist_offered_back", "a seat is offered back to who gave it up",
        "engine/src/ledger/give_back.cpp",
        "    for (const Place waits : waits_of(place)) pass_over(waits, slot_index);\n",
        "",
        ["test_engine"]),
    Plant(
        "waitlist_offered_back_later", "a restart forgets who gave up a seat",
        "engine/src/ledger/waitlist_restore.cpp",
        "      pass_over(place, cell.slot_index.load(relaxed));\n",
        "",
        ["test_engine"]),
    Plant(
        "waitlist_day_gone", "a day is archived while somebody is about to wait there",
        "engine/src/ledger/archive.cpp",
        "  if (!joins_settled(lane, day, view)) return Archiving::unfinished;\n",
        "  (void)joins_settled(lane, day, view);\n  (void)joins_settled(lane, day, view);\n",
        ["test_freeze"]),
    Plant(
        "waitlist_moved_on", "who was offered a seat and moved is looked for where he isn't",
        "engine/src/ledger/hand_out.cpp",
        "waiter_hash(applicant, waitlist_.key_of(in_line))",
        "waiter_hash(applicant, SlotKey{cell.slot.load(std::memory_order_relaxed)})",
        ["test_freeze", "test_simulation"]),
    Plant(
        "waitlist_no_look_at_opening", "who waits isn't looked at when the engine opens",
        "engine/src/ledger/hand_out.cpp",
        "    waitlist_.note(at);\n",
        "    if (gate() != Gate::closed) waitlist_.note(at);\n",
        ["test_simulation", "test_engine"]),
    Plant(
        "waitlist_clock", "a clock that is wrong by days ends the waits of people",
        "engine/src/ledger/hand_out.cpp",
        "    if (!round.clock_is_right) return Turn::over;\n",
        "",
        ["test_engine"]),
    Plant(
        "verify_turns", "verify finds no offer out of turn",
        "engine/src/engine/audit_waitlist.cpp",
        "      if (other == bookings_.end() || !suffices_for(other->second, joined, offered)) continue;\n",
        "      if (other == bookings_.end() || other->second.seats != 0) continue;\n",
        ["test_engine"]),
    Plant(
        "waitlist_day_order", "who waits for a day stands behind all who wait for the slot",
        "engine/src/ledger/waitlist.cpp",
        "  return list_.cells_[own_].number < list_.cells_[days_].number ? own_ : days_;\n",
        "  return own_;\n",
        ["test_engine", "test_model"]),
    Plant(
        "waitlist_day_overtaken", "a day's slots but the first are everybody's while somebody waits",
        "engine/src/ledger/hand_out.cpp",
        "    days_.word(at).fetch_or(SlotWord::kWaiters, std::memory_order_acq_rel);\n",
        "    if (at == slots.first) {\n"
        "      days_.word(at).fetch_or(SlotWord::kWaiters, std::memory_order_acq_rel);\n"
        "    }\n",
        ["test_engine", "test_model"]),
    Plant(
        "waitlist_day_flag_stays", "who waited for a day leaves its slots closed to all others",
        "engine/src/ledger/hand_out.cpp",
        "  look_for_waiters(day, slots);\n",
        "  look_for_waiters(day, {slots.first, slots.first});\n",
        ["test_engine", "test_model"]),
    Plant(
        "waitlist_day_flag_gone", "with the first who leaves a day, those behind him are overtaken",
        "engine/src/ledger/hand_out.cpp",
        "    if (waitlist_.anyone(at)) continue;\n",
        "",
        ["test_engine", "test_model"]),
    Plant(
        "waitlist_day_not_earliest", "who waits for a day is offered what came free first",
        "engine/src/ledger/hand_out.cpp",
        "  if (round.budget != 0) waitlist_.begin_anew();\n",
        "",
        ["test_engine"]),
    Plant(
        "waitlist_day_gave_up", "a seat lies there for who gave it up, and waits for the day",
        "engine/src/ledger/waitlist.cpp",
        "  if (wants_several(place)) --wanted_[slot];\n",
        "",
        ["test_engine", "test_model"]),
    Plant(
        "waitlist_day_forgotten", "who gave up a seat is forgotten before his wait is over",
        "engine/src/ledger/sweep.cpp",
        "  if (is_kept_on(place) || is_remembered(place)) return false;\n",
        "  if (is_kept_on(place)) return false;\n",
        ["test_engine"]),
    Plant(
        "waitlist_day_lapse", "who waits for a day does so until its first slot has begun",
        "engine/src/ledger/patrol.cpp",
        "    const std::uint16_t end = last == 0 ? i : view.shape->index_of_minute[last];\n",
        "    const std::uint16_t end = last == 0 ? i : i;\n",
        ["test_engine", "test_model"]),
    Plant(
        "waitlist_day_restart", "a restart has who waits for a day wait for its first slot",
        "engine/src/ledger/waitlist_restore.cpp",
        "    enter_waitlist(place, slot, last);\n",
        "    enter_waitlist(place, slot, 0);\n",
        ["test_engine"]),
    Plant(
        "waitlist_left", "a restart takes who left a waitlist for somebody who gave up a seat",
        "engine/src/ledger/waitlist_restore.cpp",
        "    if (restored_.only_waited[i] || waiters.only_waited(cell)) continue;\n",
        "    if (restored_.only_waited[i]) continue;\n",
        ["test_engine"]),
    Plant(
        "verify_day_turns", "verify finds no offer past who waits for the day",
        "engine/src/engine/audit_waitlist.cpp",
        "  for (const bool among_others : {false, true}) {\n",
        "  for (const bool among_others : {false}) {\n",
        ["test_engine"]),
    Plant(
        "group_wait_overtakes", "a group that waits takes seats past who waits longer elsewhere",
        "engine/src/ledger/group_turn.cpp",
        "      const bool is_first = Waitlist::Line{list, at}.place() == head_;\n"
        "      seats = is_first ? word.free() : std::min(list.left(at), word.free());\n",
        "      seats = word.free();\n",
        ["test_engine", "test_model"]),
    Plant(
        "group_wait_some", "a group is passed over for good when not all of it has seats",
        "engine/src/ledger/group_turn.cpp",
        "round.civil) < wanted) return Turn::over;\n",
        "round.civil) == 0) return Turn::over;\n",
        ["test_engine"]),
    Plant(
        "group_wait_second_booking", "members that are offered seats don't enter the index",
        "engine/src/ledger/group_turn.cpp",
        "  if (scope == kNoScope) return true;\n",
        "  if (scope == kNoScope || ones.size() != 0) return true;\n",
        ["test_engine"]),
    Plant(
        "group_wait_blocked", "a group is offered seats though a member of it is blocked",
        "engine/src/ledger/group_turn.cpp",
        "    if (const Code code = look(one.place); code != Code::ok) return code;\n",
        "    if (const Code code = look(one.place); code == Code::retry) return code;\n",
        ["test_engine"]),
    Plant(
        "group_wait_booked", "a group is offered seats, and kept from them, while a member has one",
        "engine/src/ledger/group_turn.cpp",
        "    return known ? Code::already_booked : Code::retry;\n",
        "    if (!known) return Code::retry;\n",
        ["test_engine"]),
    Plant(
        "group_wait_turn_lost", "a group of which one is met busy loses its turn",
        "engine/src/ledger/group_turn.cpp",
        "  if (!caller || !mark()) return Turn::kept;\n",
        "  if (!caller || !mark()) return Turn::over;\n",
        ["test_freeze"]),
    Plant(
        "group_wait_smaller", "nobody looks whether seats suffice when a member has left",
        "engine/src/ledger/hand_out.cpp",
        "++at) waitlist_.note(at);\n",
        "++at) waitlist_.leave_free(at, waitlist_.left(at));\n",
        ["test_engine"]),
    Plant(
        "group_wait_forever", "a group waits for slots that have begun, and keeps their day",
        "engine/src/ledger/patrol.cpp",
        "      turn.give_up(now);  // met in the middle of a step, it does so at the next patrol\n",
        "",
        ["test_engine"]),
    Plant(
        "group_wait_left", "a restart takes who left a waitlist with a group for one who gave up",
        "engine/src/ledger/waitlist_restore.cpp",
        "    return says_so(operations[at]);\n",
        "    return false;\n",
        ["test_engine"]),
    Plant(
        "group_wait_first_overtaken", "who is first of all takes nothing where a look is due",
        "engine/src/ledger/group_turn.cpp",
        "      const bool is_first = Waitlist::Line{list, at}.place() == head_;\n",
        "      const bool is_first = Waitlist::Line{list, at}.place() == Waitlist::kEnd;\n",
        ["test_engine"]),
    Plant(
        "wait_in_vain_gave_up", "a restart takes a wait that ended in vain for a seat given up",
        "engine/src/record/apply.hpp",
        "  image.only_waited = waited ? 1 : 0;\n",
        "  image.only_waited = waited ? 0 : 0;\n",
        ["test_engine"]),
    Plant(
        "join_before_leave", "who leaves a waitlist is out of it before his record has its LSN",
        "engine/src/ledger/join.cpp",
        "  return word.busy() && word.state() == BookingState::waiting;\n",
        "  return word.busy() && word.state() == BookingState::held;\n",
        ["test_freeze"]),
    Plant(
        "verify_group_turns", "verify finds no offer past a group that waits",
        "engine/src/engine/audit_waitlist.cpp",
        "    seats = is_group ? seats + many : std::max(seats, many);\n",
        "    seats = is_group ? 0 : std::max(seats, many);\n",
        ["test_engine"]),
    Plant(
        "verify_group_whole", "verify finds nothing wrong with an offer to some of a group",
        "engine/src/engine/audit_waitlist.cpp",
        "    if (static_cast<std::size_t>(waiting) != promote.members) {\n",
        "    if (static_cast<std::size_t>(waiting) < promote.members) {\n",
        ["test_engine"]),
]
