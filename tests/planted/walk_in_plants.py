"""Bugs to plant in walk-ins."""

from plant import Plant

PLANTS = [
    Plant(
        "walk_in_behind_waiters", "who waits for a day keeps walk-ins from what nobody is offered",
        "engine/src/ledger/take.cpp",
        "is_late ? word.without_waiters() : word",
        "word",
        ["test_engine"]),
    Plant(
        "walk_in_one_number", "everybody who walks in has the same queue number",
        "engine/src/ledger/walk_in.cpp",
        "  const std::uint32_t number = ledger_.queue_numbers_.next(branch_, today_);\n",
        "  const std::uint32_t number = 1;\n",
        ["test_engine", "test_interleavings"]),
    Plant(
        "walk_in_number_lost", "a replay forgets the queue number of who walked in",
        "engine/src/record/apply.cpp",
        "  enter(Type::check_in).details_size = walk_in.queue_number;\n",
        "  enter(Type::check_in);\n",
        ["test_engine"]),
    Plant(
        "walk_in_outside", "who walks in isn't entered in the hall, and nobody calls him",
        "engine/src/ledger/give_back.cpp",
        "      enter_hall(block.place, made.queue_number, CivilTime{made.created_ms});\n",
        "",
        ["test_engine"]),
    Plant(
        "walk_in_pending", "the seats of who walks in stay pending for ever",
        "engine/src/ledger/give_back.cpp",
        "      settle_claimed(SlotKey{made.slot}, block.slot, made.seats);\n",
        "      days_.count_booking(SlotKey{made.slot}, 1);\n",
        ["test_engine", "test_interleavings"]),
    Plant(
        "walk_in_second_booking", "who walks in isn't entered in the applicants' index",
        "engine/src/ledger/take.cpp",
        "  if (plan.scoped) {\n    const auto entered",
        "  if (plan.scoped && visit == nullptr) {\n    const auto entered",
        ["test_engine", "test_interleavings"]),
    Plant(
        "walk_in_chair_kept", "who is refused keeps his chair in the hall",
        "engine/src/ledger/walk_in.cpp",
        "  if (chair_) ledger_.halls_.leave_chair(branch_);\n",
        "",
        ["test_engine"]),
    Plant(
        "walk_in_too_early", "who walks in gets a slot whose check-in hasn't begun",
        "engine/src/ledger/walk_in.cpp",
        "  return start - plan.rules.check_in_ms <= now ? Attempt::decided : Attempt::early;\n",
        "  return Attempt::decided;\n",
        ["test_engine"]),
    Plant(
        "walk_in_unpaid", "who walks in is served without payment or approval",
        "engine/src/ledger/walk_in.cpp",
        "  return rules.approval_ms != 0 ? Code::illegal_transition : Code::ok;\n",
        "  return Code::ok;\n",
        ["test_engine"]),
]
