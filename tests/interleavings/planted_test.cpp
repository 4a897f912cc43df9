// Bugs in the steps themselves, each made of one access that does something else: the scenes find
// every one.
#include <catch2/catch.hpp>

#include "scenes/scenes.hpp"
#include "settings.hpp"

using namespace janji::interleavings;

namespace {

constexpr std::uint64_t kTries = 20'000;

using Value = std::uint64_t (*)(std::uint64_t before, std::uint64_t now);

void must_find(std::unique_ptr<Scene> (*make)(), const char* site, Value value) {
  const Plant planted{site, {}, value};
  const Outcome outcome = search(make, seed(), kTries, &planted);
  INFO(site << ", seed " << seed() << ", " << outcome.executions << " executions");
  CHECK(plant_was_met());
  CHECK(outcome.found.has_value());
}

std::uint64_t nothing(std::uint64_t, std::uint64_t) {
  return 0;
}
std::uint64_t as_before(std::uint64_t before, std::uint64_t) {
  return before;
}

}  // namespace

TEST_CASE("hazard 8: the second look sees nothing") {
  must_find(one_key_twice, "KeyIndex::find_in: line.cell[i].load seq_cst", nothing);
}

TEST_CASE("hazard 8: the second look doesn't go beyond the home bucket") {
  must_find(one_key_twice_round_a_corner, "KeyIndex::look_again: line.beyond.load seq_cst",
            nothing);
}

TEST_CASE("hazard 17: the idle writer doesn't look at the list") {
  must_find(published_records, "PublishList::empty: head_.load seq_cst", nothing);
}

TEST_CASE("hazard 17: the publisher doesn't see that the writer is idle") {
  must_find(published_records, "Rounds::wake_if_idle: idle_.load seq_cst", nothing);
}

TEST_CASE("hazard 6: a round that is asked for isn't noted") {
  must_find(rounds_asked_for, "Rounds::request_round: requested_.store seq_cst", nothing);
}

TEST_CASE("a sleeper isn't counted") {
  must_find(published_records, "Rounds::wait: waiters_.fetch_add seq_cst", as_before);
}

TEST_CASE("an LSN is called durable before its round is") {
  must_find(published_records, "Rounds::end_round: durable_.store release",
            [](std::uint64_t, std::uint64_t now) { return now + 1; });
}

TEST_CASE("a publish that doesn't raise the LSN") {
  must_find(published_records, "PublishList::publish: head_.compare_exchange seq_cst",
            [](std::uint64_t, std::uint64_t now) { return now - 1; });
}

TEST_CASE("hazard 1: a changer doesn't mark the booking") {
  must_find(one_booking_changed, "Ledger::change: cell.word.compare_exchange acq_rel", as_before);
}

TEST_CASE("hazard 2: a new booking enters the indexes as held and not busy") {
  // State and version are fields of the word: see BookingWord.
  must_find(request_sent_twice, "Ledger::fill_claim: cell.word.store relaxed",
            [](std::uint64_t, std::uint64_t now) {
              return (now & ~std::uint64_t{1}) | (1U << 2) | (1U << 6);
            });
}

TEST_CASE("hazard 3: a claim's seat isn't pending") {
  must_find(last_seats, "Ledger::take_at: at.compare_exchange acq_rel",
            [](std::uint64_t, std::uint64_t now) { return now - (1U << 14); });
}

TEST_CASE("an undo leaves its seat pending") {
  must_find(last_seats, "Ledger::undo_seats: days_.word(slot_index).fetch_sub acq_rel",
            [](std::uint64_t before, std::uint64_t) { return before - 1; });
}

TEST_CASE("hazard 9: a give-back isn't counted") {
  must_find(seat_moves_behind_a_scan,
            "Ledger::leave_slot: days_.row(slot.lane(), slot.day()).give_backs.fetch_add release",
            as_before);
}

TEST_CASE("a seat isn't given back") {
  must_find(seat_comes_back, "Ledger::leave_slot: days_.word(slot_index).fetch_sub acq_rel",
            as_before);
}

TEST_CASE("a freed place keeps its generation") {
  must_find(booking_replaced, "Ledger::free_place: cell.word.store release",
            [](std::uint64_t, std::uint64_t now) { return now - (std::uint64_t{1} << 22); });
}

TEST_CASE("a stack's head that was popped and pushed looks the same") {
  must_find(places_handed_around, "IndexStack::*: head_.compare_exchange *",
            [](std::uint64_t, std::uint64_t now) { return now & 0xFFFFFFFFU; });
}

TEST_CASE("hazard 8: two ids that meet are both kept") {
  must_find(one_id_for_three, "KeyIndex::find_in: line.cell[i].load seq_cst", nothing);
}

TEST_CASE("a hold that was met early is let go with its mark on") {
  must_find(hold_met_early, "Ledger::sweep_hold: cell.word.store release",
            [](std::uint64_t before, std::uint64_t) { return before; });
}

TEST_CASE("who finds no room for details lets go of the booking with its mark on") {
  must_find(details_handed_round, "Ledger::change_busy (lambda): cell.word.store release",
            [](std::uint64_t before, std::uint64_t) { return before; });
}

TEST_CASE("the checkpointer isn't seen to sleep") {
  must_find(backlog_grows, "Backlog::notify: idle_.load seq_cst", nothing);
}

TEST_CASE("the checkpointer sleeps without a look at what is durable") {
  must_find(backlog_grows, "Backlog::durable: durable_.load seq_cst", nothing);
}

TEST_CASE("a booking that moved leaves its old seat taken") {
  must_find(booking_moves, "Ledger::leave_slot: days_.word(slot_index).fetch_sub acq_rel",
            as_before);
}

TEST_CASE("a booking that moves doesn't take its new seat") {
  must_find(booking_moves, "Ledger::take_new_seat: at.compare_exchange acq_rel", as_before);
}

TEST_CASE("hazard 9: the seat that a booking left isn't counted") {
  must_find(booking_moves,
            "Ledger::leave_slot: days_.row(slot.lane(), slot.day()).give_backs.fetch_add release",
            as_before);
}

TEST_CASE("hazard 7: a day is archived with its words open") {
  must_find(row_serves_another_day, "Ledger::close_words: at.compare_exchange relaxed", as_before);
}

TEST_CASE("hazard 7: a word that serves another day has the old one's tag") {
  // The tag is a number of days, above the three fields of seats.
  must_find(row_serves_another_day, "DayTable::open_day: words_[first + i].store relaxed",
            [](std::uint64_t, std::uint64_t now) { return now - (std::uint64_t{1} << 42); });
}

TEST_CASE("hazard 7: a day that stays keeps a word closed") {
  must_find(row_serves_another_day,
            "Ledger::open_words: days_.word(view.first_slot + i).fetch_and relaxed", as_before);
}
