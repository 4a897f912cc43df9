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
        "engine/src/ledger/claim.cpp",
        "  cell.word.store(BookingWord::make(id, BookingState::none, 0, BookingWord::kBusy).bits,\n"
        "                  std::memory_order_relaxed);\n",
        "  cell.word.store(BookingWord::make(id, BookingState::held, 1, 0).bits,\n"
        "                  std::memory_order_relaxed);\n",
        ["test_freeze"]),
    Plant(
        "hazard_3", "seats that are taken but not durable count as sold",
        "engine/src/ledger/claim.cpp",
        "    return word.pending() != 0 ? Kind::pending : Kind::full;\n",
        "    return Kind::full;\n",
        ["test_freeze"]),
    Plant(
        "hazard_4", "a refusal isn't looked up under its operation id",
        "engine/src/ledger/claim.cpp",
        "  if (!plan.request.operation.empty() && !plan.request.operation_is_new) {\n",
        "  if (false) {\n",
        ["test_engine", "test_freeze"]),
    Plant(
        "hazard_5", "the durable LSN is published before the seats are given back",
        "engine/src/journal/writer.cpp",
        "  committed_ = taken.last;\n",
        "  committed_ = taken.last;\n  rounds_.end_round(committed_, durable_);\n",
        ["test_journal"]),
    Plant(
        "hazard_8", "an insert that lost its race doesn't look again",
        "engine/src/ledger/key_index.hpp",
        "    walked = walk(hash, matches);\n",
        "    walked.control = line.control.load(std::memory_order_acquire);\n",
        ["test_ledger"]),
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
