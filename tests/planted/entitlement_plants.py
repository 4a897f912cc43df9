"""Bugs to plant in entitlements."""

from plant import Plant

PLANTS = [
    Plant(
        "list_given_up", "who came onto a list and was taken out again leaves the word as it was",
        "engine/src/ledger/entitlement_change.cpp",
        "    if (marked) seen ? unmark_entered(staffing.cell) : unmark_entitlement(staffing.cell);\n",
        "    (void)seen;\n    if (marked) unmark_entitlement(staffing.cell);\n",
        ["test_freeze"]),
    Plant(
        "units_false_exhausted", "units that are taken but not durable count as used up",
        "engine/src/ledger/entitlement_claim.cpp",
        ("      return word.pending() != 0 ? Code::retry : Code::entitlement_exhausted;\n",
         "    look.code = word.pending() != 0 ? Code::retry : Code::entitlement_exhausted;\n"),
        ("      return Code::entitlement_exhausted;\n",
         "    look.code = Code::entitlement_exhausted;\n"),
        ["test_freeze", "test_simulation"]),
    Plant(
        "units_old_terms", "a claim takes units on terms that staff has changed since it looked",
        "engine/src/ledger/entitlement_claim.cpp",
        "    if (!word.same_terms(look.word)) return Code::retry;\n",
        "    if (word.staff_busy()) return Code::retry;\n",
        ["test_freeze"]),
    Plant(
        "units_overtaken", "a quota is lowered behind the back of a claim that stands still",
        "engine/src/ledger/entitlement_change.cpp",
        "    if (word.staff_busy() || word.pending() != 0) return wait(staffing.patience);\n",
        "    if (word.staff_busy()) return wait(staffing.patience);\n",
        ["test_freeze", "test_simulation"]),
    Plant(
        "units_unmarked", "claims go by an entitlement that staff is busy with",
        "engine/src/ledger/entitlement_claim.cpp",
        "  if (word.staff_busy() || !now.same_terms(word)) look.code = Code::retry;\n",
        "  if (!now.same_terms(word)) look.code = Code::retry;\n",
        ["test_freeze", "test_simulation"]),
    Plant(
        "units_kept", "a group that is undone keeps its units",
        "engine/src/ledger/entitlement_parts.hpp",
        "    if (units_ != 0) ledger_.undo_units(cell_, EntitlementWord::undone(units_));\n",
        "",
        ["test_freeze", "test_simulation"]),
    Plant(
        "units_lost", "a member that was cancelled keeps its unit",
        "engine/src/ledger/give_back.cpp",
        "         kIsGivenUp || lapsed_away, ",
        "         lapsed_away, ",
        ["test_engine"]),
    Plant(
        "units_lapsed", "who stayed displaced has used the unit",
        "engine/src/ledger/give_back.cpp",
        "         kIsGivenUp || lapsed_away, ",
        "         kIsGivenUp || (lapsed_away && R::kType == record::Type::cancel), ",
        ["test_engine"]),
    Plant(
        "units_of_served", "who was served gives the unit back",
        "engine/src/ledger/entitlement_give_back.cpp",
        "  if (!come_back) {\n",
        "  if (!come_back && cell.spent.load(relaxed) == ~0U) {\n",
        ["test_engine"]),
    Plant(
        "entitlement_anyones", "who isn't the holder claims under an entitlement",
        "engine/src/ledger/entitlement_claim.cpp",
        "  if (cell.id.load(acquire) != asked.entitlement.value || holder != asked.holder) {\n",
        "  if (cell.id.load(acquire) != asked.entitlement.value || holder.empty()) {\n",
        ["test_engine"]),
    Plant(
        "entitlement_any_date", "a group's last day isn't looked at",
        "engine/src/ledger/entitlement_claim.cpp",
        "             !covers(cell, asked.first, asked.last)) {\n",
        "             !covers(cell, asked.first, asked.first)) {\n",
        ["test_engine"]),
    Plant(
        "entitlement_first_member", "only the first member must be on the list",
        "engine/src/ledger/entitlement_claim.cpp",
        "    for (std::uint32_t i = 0; i < asked.members.size() && look.code == Code::ok; ++i) {\n",
        "    for (std::uint32_t i = 0; i < 1 && look.code == Code::ok; ++i) {\n",
        ["test_engine"]),
    Plant(
        "entitlement_moves", "a move rests on dates that may change before it is published",
        "engine/src/ledger/entitlement_change.cpp",
        "    if (word.staff_busy() || word.pending() != 0) return wait(staffing.patience);\n",
        "    if (word.staff_busy() || word.pending() > 1) return wait(staffing.patience);\n",
        ["test_freeze"]),
    Plant(
        "entitlement_lost_answer", "a refusal of staff's isn't looked up under its operation id",
        "engine/src/ledger/entitlement_change.cpp",
        "  if (staffing.named) {\n    const KeyIndex::Walk walk =",
        "  if (false) {\n    const KeyIndex::Walk walk =",
        ["test_freeze"]),
    Plant(
        "entitlement_forgotten", "an entitlement is forgotten while groups name it",
        "engine/src/ledger/entitlement_give_back.cpp",
        "    if (!word.granted() || word.staff_busy() || cell.groups.load(relaxed) != 0) continue;\n",
        "    if (!word.granted() || word.staff_busy()) continue;\n",
        ["test_engine", "test_simulation"]),
    Plant(
        "eligible_kept", "a list that couldn't be taken whole leaves some of it",
        "engine/src/ledger/entitlement_change.cpp",
        "    while (added != 0) eligible_.retract(entered[--added]);\n",
        "",
        ["test_engine"]),
    Plant(
        "entitlements_not_kept", "the state doesn't hand out the lists that it has",
        "engine/src/state/entitlement_rows.cpp",
        "    return sink.on_eligible(static_cast<std::uint32_t>(key), *keys);\n",
        "    return success();\n",
        ["test_engine", "test_state"]),
    Plant(
        "verify_entitlements", "verify doesn't ask whom an entitlement is for",
        "engine/src/engine/audit.cpp",
        "  if (status.ok()) status = check_entitled(claim);\n",
        "",
        ["test_engine"]),
    Plant(
        "restore_units", "a start doesn't count the units that bookings hold",
        "engine/src/ledger/entitlement_restore.cpp",
        "  if (counted != image.used) {\n",
        "  if (counted == ~0U) {\n",
        ["test_ledger"]),
    Plant(
        "waiting_units_lost", "who leaves a waitlist keeps the unit that he waited with",
        "engine/src/ledger/give_back.cpp",
        "    end_units(head, true);\n",
        "",
        ["test_engine", "test_model"]),
    Plant(
        "waiting_units_pending", "units of a group that waits stay pending",
        "engine/src/ledger/hand_out.cpp",
        "  settle_group_units(EntitlementId{join.entitlement}, join.members);\n",
        "",
        ["test_engine", "test_model"]),
    Plant(
        "waiting_units_free", "a start doesn't count the units of those who wait",
        "engine/src/record/image.hpp",
        "  return {spent || !has_ended(state) ? 1U : 0U, spent ? 1U : 0U};\n",
        "  return {spent || is_active(state) ? 1U : 0U, spent ? 1U : 0U};\n",
        ["test_engine"]),
    Plant(
        "waiting_units_kept", "a group that joins no list after all keeps its units",
        "engine/src/ledger/group_join.cpp",
        "    units.undo();\n",
        "    units.keep();\n",
        ["test_freeze"]),
    Plant(
        "waiting_units_unasked", "an id joins again under another entitlement",
        "engine/src/ledger/group_join.cpp",
        "  if (r.entitlement.value != 0) who = base::mix(who, r.entitlement.value, 1);\n",
        "",
        ["test_engine"]),
    Plant(
        "verify_waiting_units", "verify doesn't ask whom the entitlement is for of those who wait",
        "engine/src/engine/audit_waitlist.cpp",
        "  if (status.ok()) status = check_entitled(join);\n",
        "",
        ["test_engine"]),
]
