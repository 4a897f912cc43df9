"""Bugs to plant: for each hazard of the design its guard, taken out.

slips.py, block_plants.py, catalogue_plants.py, entitlement_plants.py, erasure_plants.py,
feed_plants.py, group_plants.py, later_plants.py, pool_plants.py, tranche_plants.py and
waitlist_plants.py have others.
"""

from block_plants import PLANTS as BLOCKS
from catalogue_plants import PLANTS as CATALOGUE
from entitlement_plants import PLANTS as ENTITLEMENTS
from erasure_plants import PLANTS as ERASURES
from feed_plants import PLANTS as FEED
from group_plants import PLANTS as GROUPS
from later_plants import PLANTS as LATER
from plant import Plant
from pool_plants import PLANTS as POOLS
from slips import PLANTS as SLIPS
from tranche_plants import PLANTS as TRANCHES
from waitlist_plants import PLANTS as WAITLIST
from walk_in_plants import PLANTS as WALK_INS

PLANTS = SLIPS + FEED + GROUPS + BLOCKS + ENTITLEMENTS + ERASURES + WAITLIST + WALK_INS + POOLS + \
    TRANCHES + LATER + [
    *CATALOGUE,
    Plant(
        "hazard_1", "a booking is free for others before its record is published",
        "engine/src/ledger/change.cpp",
        "  const Lsn lsn = publish(block_index);\n"
        "  // Promise 7, within a booking; relaxed: the busy mark is ours.\n",
        "  cell.word.store(before.moved_to(target_of(change.type)).bits, release);\n"
        "  const Lsn lsn = publish(block_index);\n",
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
        "engine/src/ledger/decision_parts.hpp",
        "  return word.pending() != 0 ? Attempt::pending : Attempt::full;\n",
        "  return Attempt::full;\n",
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
        "engine/src/ledger/claim_range.cpp",
        "    if (seen.full && give_backs_of(request) != before) continue;",
        "    if (seen.full && give_backs_of(request) < before) continue;",
        ["test_freeze"]),
    Plant(
        "range_of_lanes", "a seat that moved to another lane of the range isn't looked for",
        "engine/src/ledger/claim_range.cpp",
        "  for (const LaneId lane : lanes_of(request)) {\n",
        "  for (const LaneId lane : lanes_of(request).last(1)) {\n",
        ["test_freeze"]),
    Plant(
        "range_order", "of several lanes the first one's slots come before all others",
        "engine/src/ledger/claim_range.cpp",
        "    return a.start_ms != b.start_ms ? a.start_ms > b.start_ms : a.at > b.at;\n",
        "    return a.at != b.at ? a.at > b.at : a.start_ms > b.start_ms;\n",
        ["test_engine"]),
    Plant(
        "archive_open_words", "a day is archived while seats of it can still be taken",
        "engine/src/ledger/archive.cpp",
        "  if (!close_words(day, view)) {\n",
        "  if (false) {\n",
        ["test_ledger", "test_freeze"]),
    Plant(
        "archive_early", "a day's row and words serve others before its record is committed",
        "engine/src/ledger/archive.cpp",
        ("  publish(index);\n",
         "  days_.forget_day(lane, day);\n}\n"),
        ("  days_.forget_day(lane, day);\n  publish(index);\n",
         "}\n"),
        ["test_ledger"]),
    Plant(
        "archive_live", "a day is archived with an ended booking that still has its place",
        "engine/src/ledger/archive.cpp",
        "  if (days_.bookings(lane, day) != 0) return Archiving::unfinished;\n",
        "",
        ["test_ledger"]),
    Plant(
        "archive_moved", "a booking that moved keeps the day that it left",
        "engine/src/ledger/give_back.cpp",
        "      days_.count_booking(from, -1);\n",
        "",
        ["test_ledger"]),
    Plant(
        "archive_replay", "a start counts no bookings that are in a day",
        "engine/src/ledger/restore.cpp",
        "  days_.count_booking(slot, 1);\n  restore_hall(place);\n",
        "  restore_hall(place);\n",
        ["test_ledger"]),
    Plant(
        "archive_ahead", "a day is archived a day before it may be",
        "engine/src/engine/day_archiver.cpp",
        "  return ended <= by;\n",
        "  return ended <= by + kDayMs;\n",
        ["test_simulation"]),
    Plant(
        "old_tag", "a claim doesn't look whose day a word serves by now",
        "engine/src/ledger/decision_parts.hpp",
        "  if (!word.serves(day)) return Attempt::pending;\n",
        "  if (word.gone()) return Attempt::pending;\n",
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
        "  if (record::has_deadline(before.state()) && moment.now.value >= deadline) {",
        "  if (record::has_deadline(before.state()) && moment.now.value > deadline) {",
        ["test_engine"]),
    Plant(
        "early_look", "a change reads the clock before its mark, not behind it",
        "engine/src/ledger/change.cpp",
        ('    JANJI_STEP("before_busy");\n',
         "  Moment moment{time_.ledger_now(), time_.civil_now()};\n"),
        ("    change.patience.since_ms = time_.ledger_now().value;\n"
         '    JANJI_STEP("before_busy");\n',
         "  Moment moment{LedgerTime{change.patience.since_ms}, time_.civil_now()};\n"),
        ["test_freeze"]),
    Plant(
        "hazard_11", "ledger time begins anew at a start",
        "engine/src/engine/engine_open.cpp",
        "  time.start(found.ledger_time);\n",
        "  time.start(LedgerTime{0});\n",
        ["test_engine"]),
    Plant(
        "grace", "a hold gets no grace after a restart",
        "engine/src/engine/engine_open.cpp",
        "LedgerTime{now.value + options.grace_ms}",
        "now",
        ["test_engine"]),
    Plant(
        "hazard_14", "relaxed, an epoch isn't durable before anyone is served",
        "engine/src/journal/writer.cpp",
        " || !on_own_thread_ ||",
        " ||",
        ["test_sync"]),
    Plant(
        "hazard_16", "the journal is trimmed behind what is durable, not behind what is applied",
        "engine/src/engine/engine_rounds.cpp",
        "  const std::uint64_t behind = applied().value + 1;\n",
        "  const std::uint64_t behind = rounds.durable().value + 1;\n",
        ["test_engine"]),
    Plant(
        "trim", "one chunk too many is trimmed",
        "engine/src/store/lmdb_journal.cpp",
        "(*next)->key > trim.before.value",
        "(*chunk)->key > trim.before.value",
        ["test_store"]),
    Plant(
        "no_sync", "LMDB doesn't sync",
        "engine/src/store/lmdb.cpp",
        "= MDB_NOSUBDIR | MDB_NOTLS;",
        "= MDB_NOSUBDIR | MDB_NOTLS | MDB_NOSYNC;",
        ["test_power", "test_sync"]),
    Plant(
        "no_meta_sync", "LMDB doesn't sync the page that makes a commit count",
        "engine/src/store/lmdb.cpp",
        "= MDB_NOSUBDIR | MDB_NOTLS;",
        "= MDB_NOSUBDIR | MDB_NOTLS | MDB_NOMETASYNC;",
        ["test_power", "test_sync"]),
    Plant(
        "early_durable", "the durable LSN is published before the commit returns",
        "engine/src/journal/writer.cpp",
        "  JANJI_STEP(\"writer_before_commit\");\n",
        "  rounds_.end_round(Lsn{first.value + last_batch_ - 1},\n"
        "                    Lsn{first.value + last_batch_ - 1});\n",
        ["test_power"]),
    Plant(
        "unsynced_name", "a rename isn't synced",
        "engine/src/store/files.cpp",
        "  return sync_directory(directory_of(to));\n",
        "  return success();\n",
        ["test_power"]),
    Plant(
        "killed_name", "a name that a killed process made isn't synced by the next one",
        "engine/src/store/lmdb_factory.cpp",
        "    if (Status status = files::sync_directory(directory); !status.ok()) return "
        "status.error();\n",
        "",
        ["test_power"]),
    Plant(
        "killed_write", "what a killed process wrote isn't synced by the next one",
        "engine/src/store/files.cpp",
        "  if (::fsync(file.get()) != 0) return last_error(path, \"syncing\");\n"
        "  const int number",
        "  const int number",
        ["test_power"]),
    Plant(
        "unknown_file", "a file that can't be asked for counts as missing",
        "engine/src/store/files.cpp",
        "  if (errno != ENOENT) return last_error(path, \"looking for it\");\n",
        "",
        ["test_io_faults"]),
    Plant(
        "state_commit", "a step of the state that failed counts as done",
        "engine/src/state/checkpointer.cpp",
        "  return state_.commit();\n",
        "  (void)state_.commit();\n  return success();\n",
        ["test_io_faults"]),
    Plant(
        "relaxed_durable", "relaxed, what isn't flushed is called durable",
        "engine/src/journal/writer.cpp",
        "  if (sync) {\n    durable_",
        "  {\n    durable_",
        ["test_sync"]),
    Plant(
        "seal", "a snapshot isn't held to its seal",
        "engine/src/store/lmdb_file_check.cpp",
        "!seal->sound() || seal->transaction != meta.transaction",
        "!seal->sound()",
        ["test_store"]),
    Plant(
        "chunk_key", "a chunk isn't held to the LSN that it lies under",
        "engine/src/state/recovery.cpp",
        "    if (view->first() != chunk.first) {\n",
        "    if (false) {\n",
        ["test_state"]),
    Plant(
        "row_key", "a row's checksum isn't bound to its key",
        "engine/src/state/row.cpp",
        "key ^ (static_cast",
        "(key & 0) ^ (static_cast",
        ["test_state"]),
    Plant(
        "anchor", "the journal's end isn't held to the state's anchor",
        "engine/src/state/recovery.cpp",
        "    if (view->point() != meta_.point()) {\n",
        "    if (false) {\n",
        ["test_state"]),
    Plant(
        "raised_deadline", "a hold that comes from the state forgets the openings since",
        "engine/src/state/epochs.cpp",
        "  image.ledger_ms = std::max(image.ledger_ms, floor_from_[index]);\n",
        "  (void)index;\n",
        ["test_state"]),
    Plant(
        "recount", "a start doesn't compare the seats taken with the bookings",
        "engine/src/ledger/restore.cpp",
        "    if (word.taken() != recount[i]) {\n",
        "    if (false) {\n",
        ["test_engine"]),
    Plant(
        "record_expire", "a replay ends what can't be ended",
        "engine/src/record/apply.hpp",
        "  if (to == BookingState::none) why = \"its state doesn't allow it\";\n",
        "",
        ["test_record"]),
]
