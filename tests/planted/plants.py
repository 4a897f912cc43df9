"""Bugs to plant: for each hazard of the design its guard, taken out.

Each plant replaces one piece of text, which must stand in the file exactly once, and names the test
programs that should fail then.
"""

import collections

Plant = collections.namedtuple("Plant", "name what file old new tests")

PLANTS = [
    Plant(
        "hazard_1", "a booking is free for others before its record is published",
        "engine/src/ledger/change.cpp",
        "  const Lsn lsn = publish(block_index);\n"
        "  entry.lsn.store(lsn.value, release);\n",
        "  cell.word.store(before.moved_to(target_of(change.type)).bits, release);\n"
        "  const Lsn lsn = publish(block_index);\n"
        "  entry.lsn.store(lsn.value, release);\n",
        ["test_freeze"]),
    Plant(
        "hazard_2", "a new booking enters the indexes without its busy mark",
        "engine/src/ledger/take.cpp",
        "  cell.word.store(BookingWord::make(id, BookingState::none, 0, BookingWord::kBusy).bits,\n"
        "                  std::memory_order_relaxed);\n",
        "  cell.word.store(BookingWord::make(id, BookingState::held, 1, 0).bits,\n"
        "                  std::memory_order_relaxed);\n",
        ["test_freeze"]),
    Plant(
        "hazard_3", "seats that are taken but not durable count as sold",
        "engine/src/ledger/take.cpp",
        "    return word.pending() != 0 ? Attempt::pending : Attempt::full;\n",
        "    return Attempt::full;\n",
        ["test_freeze"]),
    Plant(
        "hazard_4", "a refusal isn't looked up under its operation id",
        "engine/src/ledger/claim.cpp",
        "  if (plan.named && !plan.request.operation_is_new) {\n",
        "  if (false) {\n",
        ["test_engine", "test_freeze"]),
    Plant(
        "hazard_5", "the durable LSN is published before the seats are given back",
        "engine/src/journal/writer.cpp",
        "  committed_ = taken.last;\n",
        "  committed_ = taken.last;\n  rounds_.end_round(committed_, durable_);\n",
        ["test_journal"]),
    Plant(
        "hazard_8", "an insert doesn't look again once it has its cell",
        "engine/src/ledger/key_index.hpp",
        "  const std::uint32_t other = look_again(hash, spot, matches);\n",
        "  const std::uint32_t other = kNone;\n",
        ["test_ledger"]),
    Plant(
        "hazard_9", "a range that found nothing doesn't look whether a seat moved",
        "engine/src/ledger/claim.cpp",
        "    if (full && give_backs() != before) continue;",
        "    if (full && give_backs() < before) continue;",
        ["test_freeze"]),
    Plant(
        "undo", "a claim that lost its operation id leaves its applicant entered",
        "engine/src/ledger/take.cpp",
        "      if (plan.scoped) applicant_index_.retract(seating.applicant_hash, spot);\n",
        "",
        ["test_freeze"]),
    Plant(
        "dead_entry", "an operation entry that was taken back answers for what it never did",
        "engine/src/ledger/change.cpp",
        "  if (entry.lsn.load(std::memory_order_acquire) == 0) return wait(change.patience);\n",
        "",
        ["test_freeze"]),
    Plant(
        "hazard_13", "a failed commit is taken for a good one",
        "engine/src/journal/writer.cpp",
        "  if (Status committed = store_.commit(sync); !committed.ok()) return committed;\n",
        "  (void)store_.commit(sync);\n",
        ["test_journal"]),
    Plant(
        "capacity", "one seat more than there are",
        "engine/src/ledger/slot_word.hpp",
        "{ return free() >= seats; }",
        "{ return free() + 1 >= seats; }",
        ["test_ledger", "test_engine"]),
    Plant(
        "deadline", "a hold can be confirmed at its deadline",
        "engine/src/ledger/change.cpp",
        "      now.value >= static_cast<std::int64_t>(cell.time_ms",
        "      now.value > static_cast<std::int64_t>(cell.time_ms",
        ["test_engine"]),
]
