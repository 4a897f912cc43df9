"""Bugs to plant in the blocking of applicants."""

from plant import Plant

PLANTS = [
    Plant(
        "block_overtakes", "an applicant is blocked behind the back of a claim that stands still",
        "engine/src/ledger/block.cpp",
        "  if (callers_.ended_before(waits.phase, &plan.caller)) return publish_block(plan);\n",
        "  return publish_block(plan);\n",
        ["test_freeze", "test_simulation", "test_interleavings"]),
    Plant(
        "block_late_phase", "whoever took a slot in the phase before isn't waited for",
        "engine/src/ledger/caller_slots.hpp",
        "      if (taken != 0 && taken <= phase) return false;\n",
        "      if (taken != 0 && taken < phase) return false;\n",
        ["test_freeze", "test_simulation"]),
    Plant(
        "block_unmarked", "a claim goes by a block that is on its way",
        "engine/src/ledger/block.cpp",
        "  if (!word.used() || word.marked()) return {Code::retry, {}};\n",
        "  if (!word.used()) return {Code::retry, {}};\n",
        ["test_simulation", "test_freeze"]),
    Plant(
        "block_group_claimant", "who is blocked claims for a group",
        "engine/src/ledger/group_claim.cpp",
        "  for (std::size_t i = 0; i <= many; ++i) {\n    const Blocked is =\n",
        "  for (std::size_t i = 0; i < many; ++i) {\n    const Blocked is =\n",
        ["test_engine"]),
    Plant(
        "block_lost_answer", "a block that was granted and is over is refused to who asks again",
        "engine/src/ledger/block.cpp",
        ("    if (walk.found != KeyIndex::kNone) return plan.replay(*this, walk.found);\n"
         "  }\n  if (!plan.lifts() && request.until",
         "    if (walk.found != KeyIndex::kNone) return plan.replay(*this, walk.found);\n"
         "  }\n  return refuse(code, lsn);"),
        ("    if (walk.found == KeyIndex::kNone - 1) return plan.replay(*this, walk.found);\n"
         "  }\n  if (!plan.lifts() && request.until",
         "    if (walk.found == KeyIndex::kNone - 1) return plan.replay(*this, walk.found);\n"
         "  }\n  return refuse(code, lsn);"),
        ["test_engine"]),
    Plant(
        "block_forgotten", "a block is forgotten while it is in force",
        "engine/src/ledger/block.cpp",
        "         (until == 0 || civil.value - until >= retention_ms_);\n",
        "         (until == 0 || civil.value - until >= -retention_ms_);\n",
        ["test_engine"]),
    Plant(
        "block_kept_mark", "a blocker that goes away keeps the applicant for ever",
        "engine/src/ledger/block.cpp",
        "      if (now.value - since < kAskedMs) continue;\n",
        "      if (since >= 0) continue;\n",
        ["test_freeze"]),
    Plant(
        "block_not_kept", "the state doesn't hand out the blocks that it has",
        "engine/src/state/state_loader.cpp",
        "  if (status.ok()) status = load_blocks(state, sink);\n",
        "",
        ["test_engine", "test_state"]),
    Plant(
        "verify_blocks", "verify finds no claim of who is blocked",
        "engine/src/engine/audit.cpp",
        "  if (!record::is_in_force(blocks_.at(cell), civil_ms)) return success();\n",
        "  if (!record::is_in_force(blocks_.at(cell), civil_ms) || cell != ~0U) return success();\n",
        ["test_engine"]),
]
