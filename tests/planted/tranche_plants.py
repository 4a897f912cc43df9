"""Bugs to plant where seats are kept back and come."""

from plant import Plant

TRANCHE = "engine/src/ledger/tranche.cpp"
RELEASER = "engine/src/engine/seat_releaser.cpp"

PLANTS = [
    Plant(
        "tranche_undurable", "seats that come can be had before that is durable",
        TRANCHE,
        "  if (!add_seats(at, slot.day(), seats)) {\n",
        "  SlotWord sees = word;\n"
        "  if (!word.may_receive(slot.day()) ||\n"
        "      !days_.word(at).compare_exchange_strong(\n"
        "          sees.bits, word.bits + seats * (SlotWord::kCapacityOne + SlotWord::kPendingOne),\n"
        "          std::memory_order_acq_rel)) {\n",
        ["test_freeze", "test_engine"]),
    Plant(
        "tranche_closed", "seats come to a slot that staff closed",
        "engine/src/ledger/slot_word.hpp",
        "    return serves(day) && (bits & (kClosed | kStaffBusy | kAsked)) == 0;\n",
        "    return serves(day) && (bits & (kStaffBusy | kAsked)) == 0;\n",
        ["test_engine"]),
    Plant(
        "tranche_twice", "what came is kept back still, and comes again",
        TRANCHE,
        "  days_.kept(at).store(static_cast<std::uint16_t>(kept - seats), std::memory_order_release);\n",
        "",
        ["test_engine"]),
    Plant(
        "tranche_bound", "a slot is raised above what a slot can have",
        TRANCHE,
        "  const std::uint32_t seats = std::min(kept - std::min(keep, kept), room);\n",
        "  const std::uint32_t seats = kept - std::min(keep, kept + 0 * room);\n",
        ["test_engine"]),
    Plant(
        "tranche_too_soon", "seats come an hour early",
        RELEASER,
        "taken_.catalogue->kept_back(rules.catalogue_index, look.day, look.civil).seats;\n",
        "taken_.catalogue\n"
        "          ->kept_back(rules.catalogue_index, look.day, CivilTime{look.civil.value + 3'600'000})\n"
        "          .seats;\n",
        ["test_engine"]),
    Plant(
        "tranche_too_late_to_claim", "seats come that nobody can claim any more",
        RELEASER,
        "    if (look.start(slot_) - rules.lead_ms <= look.civil.value) continue;\n",
        "    if (look.start(slot_) + rules.lead_ms <= look.civil.value) continue;\n",
        ["test_engine"]),
    Plant(
        "tranche_lowered", "a slot that staff lowered has more seats again",
        "engine/src/ledger/slot_change.cpp",
        "  kept.store(record::kept_behind(kept.load(std::memory_order_relaxed), word.capacity(),\n",
        "  kept.store(record::kept_behind(kept.load(std::memory_order_relaxed), 0,\n",
        ["test_engine"]),
    Plant(
        "tranche_lowered_state", "the state keeps back what staff gave up",
        "engine/src/state/day_row.hpp",
        "record::kept_behind(kept, capacity, change.capacity, record::Planned{planned},\n",
        "record::kept_behind(kept, 0, change.capacity, record::Planned{planned},\n",
        ["test_engine", "test_state"]),
    Plant(
        "tranche_lowered_replay", "a start keeps back what staff gave up",
        "engine/src/ledger/slot_restore.cpp",
        "  kept.store(record::kept_behind(kept.load(relaxed), before.capacity(), capacity,\n",
        "  kept.store(record::kept_behind(kept.load(relaxed), 0, capacity,\n",
        ["test_engine", "test_ledger"]),
    Plant(
        "tranche_forgotten", "a start doesn't know what is left of what was kept back",
        "engine/src/ledger/slot_restore.cpp",
        "  days_.kept(at).store(tranche.kept, relaxed);\n",
        "",
        ["test_engine", "test_ledger"]),
    Plant(
        "tranche_state", "the state doesn't know what is left of what was kept back",
        "engine/src/state/day_row.cpp",
        "  at->kept = tranche.kept;\n",
        "",
        ["test_engine", "test_state"]),
    Plant(
        "tranche_rule_gone", "what a rule kept back that is gone stays for ever",
        RELEASER,
        "      why == Why::tranches && (has_tranches(lane) || ledger_.day_table().keeps_any(lane));\n",
        "      why == Why::tranches && has_tranches(lane);\n",
        ["test_engine"]),
    Plant(
        "tranche_old_room", "a day has what another kept back in its words",
        "engine/src/ledger/day_table.cpp",
        "    kept_[first + i].store(slots[i].kept, std::memory_order_release);\n",
        "    if (slots[i].kept != 0) kept_[first + i].store(slots[i].kept, std::memory_order_release);\n",
        ["test_engine"]),
    Plant(
        "tranche_verify", "verify passes over seats that come and aren't there",
        "engine/src/engine/audit_slots.cpp",
        "  if (tranche.kept + tranche.seats != at->kept) {\n",
        "  if (tranche.kept > at->kept) {\n",
        ["test_engine"]),
]
