"""Bugs to plant in groups."""

from plant import Plant

PLANTS = [
    Plant(
        "group_member_counted_twice", "a group that is offered seats is counted in its day once more",
        "engine/src/ledger/group_give_back.cpp",
        "  settle_seats(slot, view.first_slot + i, seats);\n",
        "  settle_claimed(slot, view.first_slot + i, seats);\n",
        ["test_engine", "test_power", "test_interleavings"]),
    Plant(
        "group_keeps", "a group that gets too few seats keeps those that it took",
        "engine/src/ledger/group_seats.cpp",
        "    ledger_.undo_seats(taken_[count_].seats, taken_[count_].index);\n",
        "",
        ["test_engine", "test_simulation"]),
    Plant(
        "group_false_full", "a group hears full while seats of its slots are on their way",
        "engine/src/ledger/group_seats.cpp",
        "      if (met.pending) return {Attempt::pending};\n",
        "      if (met.pending && !met.full) return {Attempt::pending};\n",
        ["test_simulation"]),
    Plant(
        "group_half", "a step of a whole group goes by a member that is busy",
        "engine/src/ledger/group_change.cpp",
        "    if (word.busy()) {\n      unmark();\n      return false;\n    }\n    last_",
        "    if (word.busy()) {\n"
        "      at = static_cast<Place>(cell.payload.load(std::memory_order_relaxed));\n"
        "      continue;\n    }\n    last_",
        ["test_simulation"]),
    Plant(
        "group_rest", "a group whose hold ran out for some goes on with the others",
        "engine/src/ledger/group_change.cpp",
        "  if (step.members.some_expired() && !may_leave_out) {\n",
        "  if (step.members.some_expired() && ones.empty()) {\n",
        ["test_engine"]),
    Plant(
        "group_late", "a group is changed behind its deadline",
        "engine/src/ledger/group_change.cpp",
        "    if (step.moment.now.value < ends) continue;\n",
        "    if (step.moment.now.value < ends + 1000) continue;\n",
        ["test_engine", "test_simulation"]),
    Plant(
        "group_alone", "a member does by itself what is its group's to do",
        "engine/src/ledger/act.cpp",
        "  if (is_of_group(cell) && record::is_group_step(change.type) &&\n"
        "      change.type != record::Type::cancel) {\n",
        "  if (false) {\n",
        ["test_engine"]),
    Plant(
        "group_forgotten", "a member is forgotten before the rest of its group has ended",
        "engine/src/ledger/give_back.cpp",
        "  if (head == record::kNoPlace) {\n",
        "  if (head == record::kNoPlace || true) {\n",
        ["test_engine"]),
    Plant(
        "group_kept", "a start counts a group's ended members as living",
        "engine/src/ledger/restore.cpp",
        "    if (!has_ended(state)) ++live;\n",
        "    ++live;\n",
        ["test_engine"]),
    Plant(
        "group_applicants", "a group that is undone leaves its applicants entered",
        "engine/src/ledger/group_claim.cpp",
        "      applicant_index_.retract(applicant_hash(applicant, plan.rules.scope), spots[entered]);\n",
        "      (void)applicant;\n",
        ["test_simulation"]),
    Plant(
        "group_cut", "a page of the feed ends in the middle of a group",
        "engine/src/engine/feed_reader.cpp",
        "    const std::size_t many = events_of(lsn, header, view->ledger_time(), room_);\n",
        "    const std::size_t many = std::min(events_of(lsn, header, view->ledger_time(), room_),\n"
        "                                      out_.size() - page_.events);\n",
        ["test_feed"]),
    Plant(
        "group_came", "a member that came is told what its group did since",
        "engine/src/ledger/read.cpp",
        "      if (came) in_group = Lsn{entry->lsn.load(acquire)};\n",
        "      (void)came;\n",
        ["test_engine"]),
]
