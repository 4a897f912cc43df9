"""Bugs to plant in the change feed."""

from plant import Plant

PLANTS = [
    Plant(
        "feed_undurable", "the feed tells what the journal has, durable or not",
        "engine/src/engine/engine.cpp",
        "  return FeedReader(impl_->stores->journal(), impl_->rounds.durable(), after, out).run();\n",
        "  return FeedReader(impl_->stores->journal(), impl_->stores->journal().bounds()->last, after,\n"
        "                    out)\n"
        "      .run();\n",
        ["test_feed"]),
    Plant(
        "feed_gap", "the feed goes on behind a trim as if nothing had been there",
        "engine/src/engine/feed_reader.cpp",
        "  if (view->first() > wanted) return missing(view->first());\n",
        "",
        ["test_feed"]),
    Plant(
        "feed_anchor", "a page of the feed isn't held to the chunk that the last one ended in",
        "engine/src/engine/feed_reader.cpp",
        "std::max<std::uint64_t>(after_.value, 1)};\n",
        "after_.value + 1};\n",
        ["test_feed"]),
    Plant(
        "feed_move", "the feed doesn't say where a booking moved to",
        "engine/src/engine/feed_event.cpp",
        "    event.slot = SlotKey(move.slot);\n",
        "    event.slot = SlotKey(move.from);\n",
        ["test_feed"]),
    Plant(
        "feed_full", "an event that finds its page full is passed over",
        "engine/src/engine/feed_reader.cpp",
        "    if (lsn <= page_.next || lsn > durable_ || full()) return success();\n",
        "    if (lsn <= page_.next || lsn > durable_) return success();\n"
        "    if (full()) {\n      page_.next = lsn;\n      return success();\n    }\n",
        ["test_feed"]),
    Plant(
        "feed_room", "what is kept for the feed alone is kept when room runs short",
        "engine/src/engine/engine_rounds.cpp",
        "gatekeeper->room_is_low() ? 0 : options.journal_retain_lsn;\n",
        "options.journal_retain_lsn;\n",
        ["test_engine"]),
]
