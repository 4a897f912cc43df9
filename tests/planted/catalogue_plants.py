"""Bugs to plant where the catalogue is changed while the engine runs."""

from plant import Plant

PLANTS = [
    Plant(
        "catalogue_overtaken",
        "a catalogue is changed while decisions by the old rules are under way",
        "engine/src/engine/catalogue_changer.cpp",
        "  if (!ledger_.ended_before(phase_)) {\n",
        "  if (phase_ == 0) {\n",
        ["test_freeze"]),
    Plant(
        "catalogue_unseen", "a change of the catalogue is made that nobody saw in a preview",
        "engine/src/engine/catalogue_changer.cpp",
        "  if (plan(*request.catalogue).preview.digest != request.digest) {\n",
        "  if (request.digest == 0) {\n",
        ["test_engine"]),
    Plant(
        "catalogue_half_done",
        "a start doesn't finish a change of the catalogue that was interrupted",
        "engine/src/engine/engine_open.cpp",
        "  if (found.catalogue != 0) {  // it was being changed",
        "  if (found.catalogue == 1) {  // it was being changed",
        ["test_engine"]),
    Plant(
        "catalogue_planned_lost", "the state forgets what the catalogue gave a slot",
        "engine/src/state/day_row.hpp",
        "    if (change.planned != 0) planned = change.planned;\n",
        "",
        ["test_engine"]),
    Plant(
        "catalogue_over_hand", "a catalogue changes capacities that staff had changed by hand",
        "engine/src/record/planned.hpp",
        "  if (capacity + kept != before.capacity()) return capacity;  // staff's, or fallen back\n",
        "",
        ["test_engine"]),
    Plant(
        "catalogue_stale_digest", "a digest that was done before is good for files that were edited since",
        "engine/src/engine/catalogue_changer.cpp",
        "        plan(*request.catalogue).is_empty()) {\n",
        "        true) {\n",
        ["test_engine"]),
    Plant(
        "catalogue_no_turn", "who waits has no turn when rules become laxer",
        "engine/src/engine/catalogue_changer.cpp",
        "  ledger_.look_at_waiters();\n",
        "",
        ["test_engine"]),
    Plant(
        "catalogue_kept", "a catalogue that gives less leaves kept back what it doesn't give",
        "engine/src/record/planned.hpp",
        "  const std::uint32_t rest = given.capacity() <= to ? 0 : given.capacity() - to;\n",
        "  const std::uint32_t rest = kept;\n",
        ["test_engine"]),
    Plant(
        "catalogue_old_tranches", "seats come by the tranches of a catalogue of before",
        "engine/src/engine/seat_releaser.cpp",
        "  if (shelf_.edition() != taken_.edition) adopt();\n",
        "",
        ["test_engine"]),
    Plant(
        "catalogue_old_days", "days go on being opened by the catalogue of before",
        "engine/src/engine/day_opener.cpp",
        "  if (shelf_.edition() != taken_.edition) adopt();\n",
        "  if (taken_.edition == 0) adopt();\n",
        ["test_engine"]),
]
