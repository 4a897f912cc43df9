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
        "(bits & (kWaiters | kClosed | kStaffBusy)) == 0",
        "(bits & (kClosed | kStaffBusy)) == 0",
        ["test_engine", "test_freeze"]),
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
        "  if (waitlist_.anyone(slot_index)) pass_over(place, key);\n",
        "",
        ["test_engine"]),
    Plant(
        "waitlist_offered_back_later", "a restart forgets who gave up a seat",
        "engine/src/ledger/restore.cpp",
        "> bookings_[place].lsn.load(relaxed)) waitlist_.pass_over(place);\n",
        "> ~std::uint64_t{0} - 1) waitlist_.pass_over(place);\n",
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
        "  const SlotKey slot = waitlist_.slot_of(place);\n",
        "  const SlotKey slot{cell.slot.load(std::memory_order_relaxed)};\n",
        ["test_freeze", "test_simulation"]),
    Plant(
        "waitlist_no_look_at_opening", "who waits isn't looked at when the engine opens",
        "engine/src/ledger/restore.cpp",
        "    waitlist_.note(slot_index);\n",
        "",
        ["test_simulation"]),
    Plant(
        "waitlist_clock", "a clock that is wrong by days ends the waits of people",
        "engine/src/ledger/hand_out.cpp",
        "    if (!clock_is_right_) return Turn::over;\n",
        "",
        ["test_engine"]),
    Plant(
        "verify_turns", "verify finds no offer out of turn",
        "engine/src/engine/audit.cpp",
        "    if (other.seats > image.seats) continue;\n",
        "    if (other.seats != 0) continue;\n",
        ["test_engine"]),
]
