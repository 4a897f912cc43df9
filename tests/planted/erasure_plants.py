"""Bugs to plant in the erasure of details."""

from plant import Plant

PLANTS = [
    Plant(
        "erase_kept_in_journal", "what is erased stays in the journal",
        "engine/src/journal/writer.cpp",
        "    if (Status erased = store_.erase_details(lsn); !erased.ok()) return erased;\n",
        "    if (lsn == Lsn{}) return success();\n",
        ["test_engine", "test_simulation"]),
    Plant(
        "erase_kept_in_state", "what is erased stays in the state",
        "engine/src/state/booking_step.cpp",
        "    if (after.booking == before.booking && record::has_details(after.operation[index])) "
        "continue;\n",
        "    if (after.booking == before.booking && index < after.operations) continue;\n",
        ["test_engine", "test_state"]),
    Plant(
        "erase_not_forgotten", "what is forgotten leaves its details in a journal that is kept",
        "engine/src/ledger/erase.cpp",
        "  if (header.type == record::Type::free) add_of(block.place);\n",
        "",
        ["test_engine"]),
    Plant(
        "erase_in_backup", "a backup takes what is erased from a state that lags behind",
        "engine/src/engine/engine_backup.cpp",
        "  if (erased > applied()) {\n",
        "  if (erased > applied() && options.record_blocks == 0) {\n",
        ["test_engine"]),
    Plant(
        "erase_replayed_back", "a start that replays an erasure has the details again",
        "engine/src/ledger/restore.cpp",
        "  if (header.type == record::Type::erase) restore_erased(place, changed);\n",
        "",
        ["test_engine"]),
    Plant(
        "erase_in_old_journal", "the journal isn't written anew",
        "engine/src/engine/compactor.cpp",
        "  Status journal = journal_.compact();\n",
        "  Status journal = success();\n",
        ["test_engine"]),
    Plant(
        "erase_in_old_state", "the state isn't written anew",
        "engine/src/state/checkpointer.cpp",
        "  if (Status compacted = state_.compact(); !compacted.ok()) return compacted;\n",
        "",
        ["test_engine"]),
    Plant(
        "erase_unfinished", "an erasure that is to be completed is forgotten by a restart",
        "engine/src/state/meta.cpp",
        "    if (header.type == record::Type::erase) add_erasure(meta, lsn, ledger_ms_of(header));\n",
        "    if (header.size == 0) add_erasure(meta, lsn, ledger_ms_of(header));\n",
        ["test_engine"]),
    Plant(
        "erase_leftovers", "what an interrupted copy has left stays there",
        "engine/src/store/lmdb_factory.cpp",
        "      Status removed = lmdb::CompactableFile::remove_leftovers(file);\n",
        "      Status removed = success();\n",
        ["test_store"]),
    Plant(
        "erase_active", "the details of a booking that hasn't ended are erased",
        "engine/src/ledger/erase.cpp",
        "  if (!ended) return {What::active, last};\n",
        "  if (!ended && index == kNothing) return {What::active, last};\n",
        ["test_engine", "test_model"]),
    Plant(
        "erase_group_early", "a group's details are erased before its last member has ended",
        "engine/src/ledger/erase.cpp",
        "    if (!has_ended(BookingWord{member.word.load(acquire)}.state())) return false;\n",
        "    if (has_ended(BookingWord{member.word.load(acquire)}.state())) return true;\n",
        ["test_engine"]),
    Plant(
        "verify_erased_left", "verify doesn't miss that what was erased is gone",
        "engine/src/engine/journal_audit.cpp",
        "    if (was_here && !taken_.has(erase)) {\n",
        "    if (was_here && !taken_.has(erase) && broken_) {\n",
        ["test_engine"]),
    Plant(
        "verify_erased_unsaid", "verify takes details that are gone for erased",
        "engine/src/engine/journal_audit.cpp",
        "    if (!broken_ && !taken_.empty()) {\n",
        "    if (broken_ && !taken_.empty()) {\n",
        ["test_engine"]),
]
