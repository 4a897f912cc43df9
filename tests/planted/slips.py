"""More bugs to plant: most are slips of the pen, which a whole simulated life finds."""

from plant import Plant

PLANTS = [
    Plant(
        "hazard_6", "a round that writes nothing never ends for those who wait for it",
        "engine/src/journal/writer.cpp",
        "    work_.end_round();\n"
        "    rounds_.end_round(committed_, durable_);\n"
        "    tell();\n"
        "    return false;\n",
        "    work_.end_round();\n"
        "    tell();\n"
        "    return false;\n",
        ["test_simulation"]),
    Plant(
        "hazard_7", "a place that is used again gives the same id again",
        "engine/src/ledger/give_back.cpp",
        "  const std::uint32_t generation = word.generation() + 1;\n",
        "  const std::uint32_t generation = word.generation();\n",
        ["test_simulation"]),
    Plant(
        "hazard_12", "a restart forgets the ids of confirms and cancels",
        "engine/src/ledger/restore.cpp",
        "       i != kNothing && entered == KeyIndex::Insert::done; i = operations_[i]"
        ".next.load(relaxed)) {\n",
        "       i != kNothing && entered == KeyIndex::Insert::full; i = operations_[i]"
        ".next.load(relaxed)) {\n",
        ["test_simulation"]),
    Plant(
        "hazard_17", "the writer goes to sleep without a last look at the list",
        "engine/src/journal/rounds.hpp",
        "    if (has_work() || requested_.load(std::memory_order_seq_cst) != 0 ||\n",
        "    if (requested_.load(std::memory_order_seq_cst) != 0 ||\n",
        ["test_simulation"]),
    Plant(
        "lost_request", "a round is numbered before the requests it serves are taken down",
        "engine/src/journal/rounds.hpp",
        "    requested_.store(0, std::memory_order_seq_cst);\n"
        "    JANJI_STEP(\"round_begins\");\n",
        "    begun_.store(begun_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);\n"
        "    JANJI_STEP(\"round_begins\");\n"
        "    requested_.store(0, std::memory_order_seq_cst);\n"
        "    return;\n",
        ["test_simulation"]),
    Plant(
        "weak_publish", "a record is published without a place in the single order of all",
        "engine/src/journal/publish_list.hpp",
        "    } while (!head_.compare_exchange_weak(head, next, std::memory_order_seq_cst,\n",
        "    } while (!head_.compare_exchange_weak(head, next, std::memory_order_relaxed,\n",
        ["test_interleavings"]),
    Plant(
        "weak_unmark", "a changed booking is let go without what was changed",
        "engine/src/ledger/change.cpp",
        "  cell.word.store(before.moved_to(to).bits, release);\n  JANJI_STEP(\"change_visible\");\n",
        "  cell.word.store(before.moved_to(to).bits, std::memory_order_relaxed);\n"
        "  JANJI_STEP(\"change_visible\");\n",
        ["test_interleavings"]),
    Plant(
        "hazard_18", "what falls due has no bound",
        "engine/src/journal/writer.cpp",
        "  work_.fall_due(ledger_time_, std::max(kSweepMin, last_batch_ / 3));\n",
        "  work_.fall_due(ledger_time_, SIZE_MAX);\n",
        ["test_journal"]),
    Plant(
        "early", "a hold expires up to a second before its deadline",
        "engine/src/ledger/sweep.cpp",
        "  if (now.value < deadline) {",
        "  if (now.value + 1000 < deadline) {",
        ["test_engine"]),
    Plant(
        "wheel", "what is due is swept two seconds late",
        "engine/src/ledger/expiry_wheel.hpp",
        "    const std::int64_t current = now.value / 1000;\n",
        "    const std::int64_t current = now.value / 1000 - 2;\n",
        ["test_model"]),
    Plant(
        "stale_applicant", "who cancels stays in the index of applicants",
        "engine/src/ledger/give_back.cpp",
        "    JANJI_CHECK(applicant_index_.remove(applicant_hash(applicant, scope), place));\n",
        "    (void)applicant;\n",
        ["test_simulation"]),
    Plant(
        "stale_operation", "an id whose booking is gone stays in the index of ids",
        "engine/src/ledger/give_back.cpp",
        "  if (!id.empty()) JANJI_CHECK(operation_index_.remove(operation_hash(id), index | kEntryBit));\n",
        "",
        ["test_simulation"]),
    Plant(
        "one_seat_back", "of several seats only one comes back",
        "engine/src/ledger/give_back.cpp",
        ".fetch_sub(SlotWord::given_back(seats), std::memory_order_acq_rel)};",
        ".fetch_sub(SlotWord::given_back(1), std::memory_order_acq_rel)};",
        ["test_simulation"]),
    Plant(
        "payload", "the same id with another request is taken for a repetition",
        "engine/src/ledger/claim.cpp",
        "  if (payload != asked) return refuse(Code::operation_mismatch, lsn);\n",
        "  (void)asked;\n  (void)payload;\n",
        ["test_simulation"]),
    Plant(
        "undone_seats", "a claim that lost its applicant keeps its seats",
        "engine/src/ledger/take.cpp",
        "    undo_seats(plan.request.seats, seating.slot_index);\n",
        "",
        ["test_simulation"]),
    Plant(
        "unmark", "a change that found its id taken leaves the booking busy",
        "engine/src/ledger/change.cpp",
        "undo_seats(seat.seats, seat.index);\n"
        "      unmark();\n",
        "undo_seats(seat.seats, seat.index);\n",
        ["test_freeze"]),
    Plant(
        "applied", "the state says that it has one record more than it has",
        "engine/src/state/checkpointer.cpp",
        "  meta_ = batch_.meta();\n",
        "  meta_ = batch_.meta();\n  ++meta_.applied;\n",
        ["test_simulation"]),
    Plant(
        "details_behind", "details aren't moved to the state before the journal is trimmed",
        "engine/src/state/booking_step.cpp",
        "    if (!record::has_details(entry) || entry.lsn < first.value) continue;\n",
        "    if (!record::has_details(entry) || entry.lsn <= first.value) continue;\n",
        ["test_simulation"]),
    Plant(
        "undurable_refusal", "relaxed, a full slot is told before it is on the disk",
        "engine/src/ledger/claim.cpp",
        "  return relaxed_ ? journal_.list.last() : Lsn{};\n",
        "  return Lsn{};\n",
        ["test_simulation"]),
    Plant(
        "early_replay", "what is granted is told again before it is on the disk",
        "engine/src/ledger/claim.cpp",
        "  return Decision{Verdict::granted, Code::ok, true, word.id(reference), lsn, 0};\n",
        "  return Decision{Verdict::granted, Code::ok, true, word.id(reference), Lsn{}, 0};\n",
        ["test_simulation"]),
    Plant(
        "epoch", "the same random number is drawn at each opening",
        "engine/src/engine/epoch_draw.hpp",
        "    const auto random = static_cast<std::uint32_t>(base::mix(seed, end.value, draw)) & mask;\n"
        "    if (random != 0 && !used.contains(random)) return random;\n",
        "    const auto random = static_cast<std::uint32_t>(base::mix(7, 0, draw)) & mask;\n"
        "    if (random != 0) return random;\n",
        ["test_simulation"]),
    Plant(
        "other_request", "who had to wait and sends a change again is told that it is another one",
        "engine/src/ledger/change.cpp",
        "      (place != change.place && !change.next)) {\n",
        "      change.patience.looks > 0) {\n",
        ["test_simulation"]),
    Plant(
        "shut_for_ever", "claims that were stopped for a backlog are never let in again",
        "engine/src/engine/gatekeeper.cpp",
        "  if (wanted != gate) ledger_.set_gate(wanted);\n",
        "  if (wanted != gate && gate != Gate::backlog) ledger_.set_gate(wanted);\n",
        ["test_simulation"]),
    Plant(
        "sent_away", "who has to wait is sent away at the first look",
        "engine/src/ledger/common.cpp",
        "  if (patience.looks > kLooksMax || long_enough) return refuse(Code::retry);\n",
        "  if (patience.looks > 0 || long_enough) return refuse(Code::retry);\n",
        ["test_simulation"]),
    Plant(
        "without_words", "who waits hears of a failed commit before its words are there",
        "engine/src/journal/writer.cpp",
        "  work_.failed(error);\n  rounds_.fail();\n",
        "  rounds_.fail();\n  work_.failed(error);\n",
        ["test_journal"]),
    Plant(
        "checkpointer_sleep", "the checkpointer goes to sleep without a last look at the backlog",
        "engine/src/state/backlog.cpp",
        "    if (is_enough(applied) || compaction() != Lsn{} || stopping_.load",
        "    if (compaction() != Lsn{} || stopping_.load",
        ["test_interleavings"]),
    Plant(
        "unasked_round", "who is told to wait for a round doesn't ask for it",
        "engine/src/ledger/common.cpp",
        "  journal_.rounds.request_round();\n"
        "  return Decision{Verdict::wait,",
        "  return Decision{Verdict::wait,",
        ["test_freeze"]),
    Plant(
        "kept_cache", "what a killed process left in the cache is read as if the disk had it",
        "engine/src/store/files.cpp",
        "::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);",
        "0;",
        ["test_sync"]),
    Plant(
        "first_backlog", "a state that lags stops no claims",
        "engine/src/engine/gatekeeper.cpp",
        "    wanted = Gate::backlog;\n",
        "    wanted = Gate::open;\n",
        ["test_engine"]),
    Plant(
        "second_backlog", "a state that lags far stops claims, and no confirms",
        "engine/src/engine/gatekeeper.cpp",
        "  if (low_ || (checkpointing && backlog > 2 * options_.backlog_max)) {\n",
        "  if (low_) {\n",
        ["test_engine"]),
    Plant(
        "reserve", "claims use up the room that is kept for confirm and cancel",
        "engine/src/ledger/common.cpp",
        "  if (!may_use_reserve) return nullptr;\n",
        "",
        ["test_engine"]),
    Plant(
        "no_tick", "ledger time isn't written while holds live and nothing else happens",
        "engine/src/engine/engine_rounds.cpp",
        "  if (!ledger->anything_timed()) return;\n",
        "  if (ledger->anything_timed()) return;\n",
        ["test_engine"]),
    Plant(
        "kept_seat", "a booking that moved keeps its old seat as well",
        "engine/src/ledger/give_back.cpp",
        "      give_up(from, view.first_slot + i, seats, (header.flags & record::Header::kLater) != 0);\n",
        "      (void)i;\n",
        ["test_engine"]),
    Plant(
        "move_undone", "a move that lost its operation id keeps the seat that it took",
        "engine/src/ledger/change.cpp",
        "      if (moves) undo_seats(seat.seats, seat.index);\n",
        "",
        ["test_freeze"]),
    Plant(
        "move_again", "a booking moves as often as it likes",
        "engine/src/ledger/reschedule.cpp",
        "  if (moves >= rules.reschedules_max) return Code::changes_exceeded;\n",
        "",
        ["test_engine"]),
    Plant(
        "move_replayed", "a replay leaves the seat where the booking was",
        "engine/src/ledger/restore.cpp",
        "    } else if (before != 0) {\n      moved = restore_seats(",
        "    } else if (before != 0 && after == 0) {\n      moved = restore_seats(",
        ["test_engine"]),
    Plant(
        "move_told", "who may not move hears so before his booking is on the disk",
        "engine/src/ledger/reschedule.cpp",
        "refuse_change(change, Code::slot_full, std::max(lsn, rests_on()));",
        "refuse_change(change, Code::slot_full, rests_on());",
        ["test_engine"]),
    Plant(
        "extend_nearer", "an extension may bring a hold's deadline nearer",
        "engine/src/ledger/change.cpp",
        "std::max(deadline_ms, moment.now.value + lasts_ms)",
        "moment.now.value + lasts_ms",
        ["test_engine"]),
    Plant(
        "extend_unseen", "a hold that was extended expires at its first deadline",
        "engine/src/ledger/sweep.cpp",
        "  if (now.value < deadline) {",
        "  if (now.value < 0) {",
        ["test_engine"]),
    Plant(
        "awaiting_for_ever", "what waits for payment never expires",
        "engine/src/record/transitions.hpp",
        "  return state == BookingState::held || state == BookingState::awaiting;\n",
        "  return state == BookingState::held;\n",
        ["test_engine"]),
    Plant(
        "checked_in_twice", "who has checked in can do so again",
        "engine/src/record/transitions.hpp",
        "    case Type::check_in: return if_from(State::confirmed, State::checked_in);\n",
        "    case Type::check_in:\n"
        "      return from == State::confirmed || from == State::checked_in ? State::checked_in\n"
        "                                                                   : State::none;\n",
        ["test_record"]),
    Plant(
        "early_check_in", "check-in begins whenever somebody comes",
        "engine/src/ledger/act.cpp",
        "    if (civil.value < start - rules.check_in_ms) return Code::too_early;\n",
        "",
        ["test_engine"]),
    Plant(
        "lapse_unbelieved", "a clock that leapt ends the visits of people who are yet to come",
        "engine/src/engine/engine_rounds.cpp",
        "  const bool visits_end = clock_watch.believes(civil, now) && now >= visits_end_from;\n",
        "  const bool visits_end = now >= visits_end_from;\n",
        ["test_engine"]),
    Plant(
        "patrol_unmarked", "the patrol ends a booking that somebody else is changing",
        "engine/src/ledger/patrol.cpp",
        "    if (!cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,\n"
        "                                           std::memory_order_acq_rel, std::memory_order_relaxed)) {\n"
        "      doors_changed_ = doors_changed_ || patrol_doors_;\n"
        "      continue;\n"
        "    }\n",
        "",
        ["test_interleavings"]),
    Plant(
        "queue_from_one", "queue numbers begin again behind a restart",
        "engine/src/ledger/restore.cpp",
        "    queue_numbers_.restore(drawn.branch, drawn.day, drawn.number);\n",
        "    (void)drawn;\n",
        ["test_engine"]),
    Plant(
        "shared_entries", "others' changes use up the entries that are kept for confirm and cancel",
        "engine/src/ledger/decision_parts.hpp",
        "             ledger_.shared_operations_max_ / part;\n",
        "             ~0U / part;\n",
        ["test_engine"]),
    Plant(
        "backup_pin", "the journal is trimmed while it is being backed up",
        "engine/src/engine/engine_rounds.cpp",
        "  return Lsn{std::min(kept, trim_pin.load(std::memory_order_acquire))};\n",
        "  return Lsn{kept};\n",
        ["test_engine"]),
    Plant(
        "backup_moment", "a backup's tables are of several moments",
        "engine/src/store/lmdb_state.cpp",
        "scan_in(*environment, *transaction, table, 0, visit_row)",
        "scan(table, 0, visit_row)",
        ["test_engine"]),
    Plant(
        "backup_give_up", "a backup that is given up goes on",
        "engine/src/engine/engine_backup.cpp",
        "    if (give_up != nullptr && give_up->load(std::memory_order_relaxed)) {\n",
        "    if (false) {\n",
        ["test_engine"]),
    Plant(
        "backup_flush", "relaxed, a backup lacks what isn't flushed",
        "engine/src/engine/engine_backup.cpp",
        "  if (Status status = settle(); !status.ok()) return status.error();\n",
        "",
        ["test_engine"]),
    Plant(
        "half_a_copy", "a copy counts as a data directory before it is whole",
        "engine/src/store/copy_target.cpp",
        "mark_unfinished(directory); !status",
        "write_format_file(directory); !status",
        ["test_store"]),
    Plant(
        "verify_applicants", "verify doesn't see an applicant's second booking",
        "engine/src/engine/audit.cpp",
        "  const auto [at, added] = applicants_.emplace(has, after.booking);\n"
        "  if (added) return success();\n",
        "  const auto [at, added] = applicants_.emplace(has, after.booking);\n"
        "  if (added || at->second != 0) return success();\n",
        ["test_engine"]),
    Plant(
        "verify_details", "verify doesn't hold details to the hash in their record",
        "engine/src/engine/audit.hpp",
        "  return stored.size() == ledger::kDetailsSalt + size && "
        "ledger::details_hash(stored) == hash;\n",
        "  return stored.size() == ledger::kDetailsSalt + size || "
        "ledger::details_hash(stored) == hash;\n",
        ["test_engine"]),
    Plant(
        "hazard_15", "a slot is closed over the head of somebody who has taken a seat and not yet published",
        "engine/src/ledger/slot_change.cpp",
        "    if (word.pending() != 0) {\n",
        "    if (word.pending() != 0 && false) {\n",
        ["test_interleavings"]),
    Plant(
        "slot_change_forgotten", "a change of a slot is forgotten by a start that finds it in the state",
        "engine/src/engine/engine_open.cpp",
        "    if (Status kept = ledger->restore_grant(some, grant); !kept.ok()) return kept;\n",
        "    (void)some, (void)grant;\n",
        ["test_engine"]),
    Plant(
        "slot_change_unsaid", "a change that changes nothing isn't remembered",
        "engine/src/ledger/slot_change.cpp",
        "    if (is_so && !named()) {\n",
        "    if (is_so) {\n",
        ["test_engine", "test_model"]),
    Plant(
        "slot_change_kept", "the ids of a slot's changes outlive its day",
        "engine/src/ledger/archive.cpp",
        "    forget_operation(i);\n",
        "",
        ["test_engine"]),
    Plant(
        "slot_change_stuck", "who finds the id of its change taken leaves the slot to nobody",
        "engine/src/ledger/slot_change.cpp",
        "  unmark(SlotWord::kStaffBusy);\n  if (made.outcome",
        "  if (made.outcome",
        ["test_freeze"]),
    Plant(
        "slot_change_left", "a mark that staff takes back hides a booking from the patrol",
        "engine/src/ledger/slot_change.cpp",
        "  if (mark == SlotWord::kStaffBusy) ledger_.staff_left_.store(true, std::memory_order_release);\n",
        "",
        ["test_freeze"]),
    Plant(
        "slot_change_survey", "ids of a slot's changes are counted as slots of its day",
        "engine/src/state/recovery_survey.cpp",
        "DayRow::slots_in(*payload)",
        "payload->size() / sizeof(DayRowSlot)",
        ["test_state"]),
    Plant(
        "slot_change_payload", "another slot's change under an id is taken for its repeat",
        "engine/src/ledger/slot_change.cpp",
        "  return base::mix(0x736C6F74ULL, r.slot.value, base::mix(how, r.payload, 1));\n",
        "  return base::mix(0x736C6F74ULL, 0, base::mix(how, r.payload, 1));\n",
        ["test_engine"]),
    Plant(
        "slot_change_verify", "verify passes over an id under which a slot was changed twice",
        "engine/src/engine/audit_slots.cpp",
        "  return add_operation(id, 0);\n",
        "  return success();\n",
        ["test_engine"]),
    Plant(
        "queue_behind_later", "numbers that went on behind a later day's are given twice behind a restart",
        "engine/src/ledger/queue_numbers.hpp",
        "    const Day known = std::max(day, day_of(word));\n",
        "    const Day known = day;\n",
        ["test_engine"]),
    Plant(
        "staff_put_off", "one claim that comes behind the other keeps staff from a slot for ever",
        "engine/src/ledger/slot_change.cpp",
        "      if (!ask_for(ledger_.days_, slot_index_, day)) unmark(SlotWord::kAsked);\n",
        "",
        ["test_freeze"]),
    Plant(
        "staff_gone", "staff that gives up keeps others from the slot for a while",
        "engine/src/ledger/slot_change.cpp",
        "  const SlotWord before{word().fetch_and(~mark, std::memory_order_acq_rel)};\n",
        "  const SlotWord before{word().load(std::memory_order_acquire) | (mark & 0)};\n",
        ["test_freeze"]),
    Plant(
        "staff_away", "a slot that staff asked for and left alone takes nobody any more",
        "engine/src/ledger/hand_out.cpp",
        "        days_.word(slot_index).fetch_and(~SlotWord::kAsked, std::memory_order_acq_rel)};\n",
        "        days_.word(slot_index).load(std::memory_order_acquire)};\n",
        ["test_freeze"]),
    Plant(
        "staff_and_waiter", "who waits for a slot that staff asked for is forgotten when staff stays away",
        "engine/src/ledger/hand_out.cpp",
        "    if (before.asked() && before.waiters()) waitlist_.note(slot_index);\n",
        "",
        ["test_freeze"]),
    Plant(
        "staff_unmarked", "a slot takes people while staff is closing it",
        "engine/src/ledger/decision_parts.hpp",
        "  if (word.is_staffs()) return Attempt::pending;\n",
        "",
        ["test_interleavings", "test_freeze"]),
    Plant(
        "displaced_missed", "who is confirmed while the patrol passes by stays in a closed slot",
        "engine/src/ledger/patrol.cpp",
        "      doors_changed_ = doors_changed_ || (patrol_doors_ && is_active(word.state()));\n",
        "",
        ["test_freeze"]),
    Plant(
        "foreign_branch", "who may act for one branch approves and refuses for all",
        "engine/src/ledger/act.cpp",
        "  if (change.branch != ActRequest::kAnyBranch &&",
        "  if (is_at_office(change.type) && change.branch != ActRequest::kAnyBranch &&",
        ["test_engine", "test_simulation"]),
    Plant(
        "old_token", "who looked at a booking's token before it was issued anew acts under it",
        "engine/src/ledger/change.cpp",
        "  if (change.issue != kAnyIssue && "
        "change.issue != times(cell, record::Type::reissue)) {\n",
        "  if (change.issue != kAnyIssue && change.issue > times(cell, record::Type::reissue)) {\n",
        ["test_engine", "test_simulation"]),
    Plant(
        "reissues_unbounded", "a token is issued anew as often as anybody likes",
        "engine/src/ledger/act.cpp",
        "    return times(cell, change.type) < kReissuesMax ? Code::ok : Code::changes_exceeded;\n",
        "    return times(cell, change.type) < 9 ? Code::ok : Code::changes_exceeded;\n",
        ["test_engine", "test_model"]),
    Plant(
        "progress_back", "a late request takes a booking's progress back",
        "engine/src/ledger/act.cpp",
        "    if (from != stages.end() && to <= from) return Code::illegal_transition;\n",
        "    if (from != stages.end() && to == from) return Code::illegal_transition;\n",
        ["test_engine", "test_model"]),
    Plant(
        "progress_forgotten", "a booking is forgotten while its progress goes on",
        "engine/src/ledger/give_back.cpp",
        "  if (has_ended(word.state())) kept_on_[place] = true;\n",
        "  (void)word;\n",
        ["test_engine"]),
    Plant(
        "progress_restart", "a start counts the retention from the end, whatever came since",
        "engine/src/record/apply.hpp",
        "    image.ledger_ms = act.decided_ms;  // it is kept from its last change on\n",
        "    (void)act;\n",
        ["test_engine", "test_record"]),
    Plant(
        "progress_in_flight", "a booking is freed while a change of it is on its way",
        "engine/src/ledger/sweep.cpp",
        "  if (lsn > journal_.rounds.committed()) return true;\n",
        "  (void)lsn;\n",
        ["test_freeze"]),
    Plant(
        "dated_early", "what is done by rule is dated before what came before it",
        "engine/src/ledger/decision_parts.hpp",
        "  made.decided_ms = std::max(now, time_.ledger_now()).value;\n",
        "  made.decided_ms = now.value;\n",
        ["test_freeze"]),
    Plant(
        "called_twice", "two counters call the same one",
        "engine/src/ledger/act.cpp",
        "    const std::uint32_t most = change.next ? 1 : kServesMax;\n",
        "    const std::uint32_t most = kServesMax;\n",
        ["test_engine", "test_simulation"]),
    Plant(
        "passed_over", "a counter passes over somebody who is busy",
        "engine/src/ledger/next.cpp",
        "    next.must_wait = word.busy() || found.code() == Code::retry;\n",
        "    if (word.busy()) continue;\n"
        "    next.must_wait = found.code() == Code::retry;\n",
        ["test_freeze"]),
    Plant(
        "hall_order", "the next one is who happens to be found first",
        "engine/src/ledger/halls.cpp",
        "    if (who.number <= above || (found && who.number >= out.number)) continue;\n",
        "    if (who.number <= above || found) continue;\n",
        ["test_engine", "test_model"]),
    Plant(
        "hall_forgotten", "a restart forgets who waits in the hall",
        "engine/src/ledger/restore.cpp",
        "  if (waits && number != 0 && number <= Halls::kNumberMax) {\n",
        "  if (waits && number > Halls::kNumberMax) {\n",
        ["test_engine"]),
    Plant(
        "hall_overfull", "a hall takes more people than it has places",
        "engine/src/ledger/halls.cpp",
        "    if (taken >= hall.chairs) return false;\n",
        "    if (taken > hall.chairs) return false;\n",
        ["test_engine"]),
    Plant(
        "version_wraps", "a booking that was changed 65,535 times looks as if nothing made it",
        "engine/src/record/image.hpp",
        "  return next != 0 ? next : std::uint16_t{1};\n",
        "  return next;\n",
        ["test_record"]),
    Plant(
        "freed_stops", "a walk over active bookings stops at each that is being freed",
        "engine/src/ledger/query.cpp",
        "    const bool may_change = word.busy() && !has_ended(word.state());\n",
        "    const bool may_change = word.busy();\n",
        ["test_engine"]),
    Plant(
        "hall_walked_in", "a counter doesn't mind who comes in while it looks over the hall",
        "engine/src/ledger/next.cpp",
        "    if (halls_.entered(asked.branch) != entered) continue;\n",
        "    (void)entered;\n",
        ["test_freeze"]),
    Plant(
        "release_by_day", "days are opened at midnight only, whatever the rule says",
        "engine/src/engine/day_opener.cpp",
        "    if (span == done_[i] && !left_out_[i]) {\n",
        "    if (span.first == done_[i].first && !left_out_[i]) {\n",
        ["test_engine"]),
]
