"""Bugs to plant where seats come back later."""

from plant import Plant

PLANTS = [
    Plant(
        "hazard_20", "a seat that comes back later can be claimed at once",
        "engine/src/ledger/decision_parts.hpp",
        "  later ? leave_slot_later(slot, slot_index, seats) : leave_slot(slot, slot_index, seats);\n",
        "  (void)later, leave_slot(slot, slot_index, seats);\n",
        ["test_engine"]),
    Plant(
        "later_recount", "a start counts seats that come later as nobody's",
        "engine/src/ledger/later.cpp",
        "    recount[index] = static_cast<std::uint16_t>(recount[index] + seats);\n",
        "",
        ["test_engine"]),
    Plant(
        "later_state", "the state has seats that come later as free",
        "engine/src/state/day_step.cpp",
        "    return later ? day->give_up(event.slot, static_cast<std::uint32_t>(-event.seats))\n",
        "    return later && false ? day->give_up(event.slot, static_cast<std::uint32_t>(-event.seats))\n",
        ["test_engine"]),
    Plant(
        "later_waiters", "who waits doesn't have the seat before its time",
        "engine/src/ledger/later.cpp",
        "  const std::int64_t delay = waitlist_.anyone(slot_index) ? 0 : draw_delay(slot);\n  later_",
        "  const std::int64_t delay = draw_delay(slot);\n  later_",
        ["test_engine"]),
    Plant(
        "later_room", "room to remember a seat isn't given back",
        "engine/src/ledger/later.cpp",
        "  later_.release(1);\n",
        "",
        ["test_engine"]),
    Plant(
        "later_waiting", "who leaves a waitlist leaves a seat for later",
        "engine/src/ledger/later.cpp",
        "  return is_active(state) ? later_flag(slot, civil, 1) : std::uint8_t{0};\n",
        "  return is_active(state) || true ? later_flag(slot, civil, 1) : std::uint8_t{0};\n",
        ["test_engine"]),
    Plant(
        "later_always", "when a seat comes back is no secret",
        "engine/src/ledger/later.cpp",
        "base::mix(seed_ ^ 0x6C61746572ULL, ++delays_, slot.value) % span",
        "(++delays_ * 0) % span",
        ["test_engine"]),
]
