"""Bugs to plant in the pools' fall-back."""

from plant import Plant

FALL_BACK = "engine/src/ledger/fall_back.cpp"
RELEASER = "engine/src/engine/seat_releaser.cpp"

PLANTS = [
    Plant(
        "pool_full_too_soon", "seats that leave a pool count as sold before that is durable",
        FALL_BACK,
        "  } while (!at.compare_exchange_weak(word.bits, word.with_taken(seats).bits,\n",
        "  } while (!at.compare_exchange_weak(word.bits, word.bits + seats * SlotWord::kTakenOne,\n",
        ["test_freeze", "test_engine"]),
    Plant(
        "pool_seat_twice", "seats are free in the general lane before they have left the pool",
        "engine/src/ledger/slot_word.hpp",
        "    return SlotWord{bits + seats * (kCapacityOne + kTakenOne + kPendingOne)};\n",
        "    return SlotWord{bits + seats * kCapacityOne};\n",
        ["test_freeze", "test_engine"]),
    Plant(
        "pool_beside_staff", "seats come to a slot that staff is about to change",
        FALL_BACK,
        "    if (!word.may_receive(day)) return false;\n",
        "    if (!word.serves(day)) return false;\n",
        ["test_freeze"]),
    Plant(
        "pool_closed", "seats of a slot that staff closed fall back",
        "engine/src/ledger/slot_word.hpp",
        "  constexpr bool may_give(Day day) const { return serves(day) && unhindered(); }\n",
        "  constexpr bool may_give(Day day) const {\n"
        "    return serves(day) && (bits & (kWaiters | kStaffBusy)) == 0;\n"
        "  }\n",
        ["test_engine"]),
    Plant(
        "pool_waiters", "seats fall back that somebody waits for",
        "engine/src/ledger/slot_word.hpp",
        "  constexpr bool may_give(Day day) const { return serves(day) && unhindered(); }\n",
        "  constexpr bool may_give(Day day) const {\n"
        "    return serves(day) && (bits & (kClosed | kStaffBusy)) == 0;\n"
        "  }\n",
        ["test_engine"]),
    Plant(
        "pool_asleep", "who waits for a general seat isn't looked at when some fall back",
        FALL_BACK,
        "  if (before.waiters()) waitlist_.note(slot_index);\n",
        "",
        ["test_engine"]),
    Plant(
        "pool_scan", "a scan doesn't see that seats came behind it",
        FALL_BACK,
        "  days_.row(slot.lane(), slot.day()).give_backs.fetch_add(1, std::memory_order_release);\n",
        "  days_.row(slot.lane(), slot.day()).give_backs.fetch_add(0, std::memory_order_release);\n",
        ["test_freeze"]),
    Plant(
        "pool_lost", "seats that can't come to the general slot are gone from the pool",
        FALL_BACK,
        "    undo_seats(seats, source);\n",
        "",
        ["test_freeze"]),
    Plant(
        "pool_bound", "a general slot is raised above what a slot can have",
        FALL_BACK,
        "    seats = std::min(word.free(), room);\n",
        "    seats = word.free();\n",
        ["test_engine"]),
    Plant(
        "pool_too_soon", "seats fall back an hour early",
        RELEASER,
        "    if (start - rules.fall_back_ms > look.civil.value) return true;  // nor are those behind it\n",
        "    if (start - rules.fall_back_ms > look.civil.value + 3'600'000) return true;\n",
        ["test_engine"]),
    Plant(
        "pool_once", "what is given back behind the time stays in the pool",
        RELEASER,
        "  if (!looking_ && minute == minute_ && opens == opens_) return;\n",
        "  if (!looking_ && minute_ != -1 && opens == opens_) return;\n",
        ["test_engine"]),
    Plant(
        "pool_wrong_clock", "seats fall back by a clock that can't be right",
        RELEASER,
        "  if (gate == Gate::failed || gate == Gate::read_only || !clock_.believes(civil, now)) "
        "return;\n",
        "  if (gate == Gate::failed || gate == Gate::read_only) return;\n"
        "  (void)clock_.believes(civil, now);\n",
        ["test_engine"]),
    Plant(
        "pool_forgotten", "a start knows of seats that fell back only where they left",
        "engine/src/ledger/slot_restore.cpp",
        "  days_.word(to).store(came.changed_to(fall.capacity, came.closed()).bits, relaxed);\n",
        "",
        ["test_engine"]),
    Plant(
        "pool_state", "the state knows of seats that fell back only where they left",
        "engine/src/state/day_step.cpp",
        "    events_.push_back(Event{SlotKey{fall.slot}, seq, 0});\n",
        "",
        ["test_engine"]),
    Plant(
        "pool_capacity_unsure", "staff is told of a capacity that a crash may take back",
        "engine/src/ledger/slot_change.cpp",
        "    const bool is_sure = request_.capacity == 0 || word.pending() == 0;\n",
        "    const bool is_sure = true;\n",
        ["test_freeze"]),
    Plant(
        "pool_verify", "verify passes over seats that fell back though somebody has them",
        "engine/src/engine/audit_slots.cpp",
        "  if (from->taken + fall.seats > from->capacity) {\n",
        "  if (from->taken > from->capacity) {\n",
        ["test_engine"]),
]
