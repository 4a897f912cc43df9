#include "record/apply.hpp"

#include <cstring>
#include <map>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "record/check_image.hpp"
#include "record/names.hpp"
#include "unit/record/samples.hpp"

namespace {

using namespace janji;
using record::BookingImage;

const BookingId kId = samples::booking_id(7);

// As a replay and the checkpointer apply it: from the record's bytes.
template <class R>
Status apply_bytes(BookingImage& image, Lsn lsn, const R& record) {
  const samples::Bytes bytes = samples::bytes_of(record);
  return record::apply_booking(image, record::place_of(kId), lsn,
                               record::as<record::Header>(bytes.data()));
}

BookingImage held() {
  BookingImage image{};
  REQUIRE(apply_bytes(image, Lsn{10}, samples::claim(kId, samples::slot_key())).ok());
  return image;
}

BookingImage confirmed() {
  BookingImage image = held();
  REQUIRE(apply_bytes(image, Lsn{11}, samples::confirm(kId, 2000, 100)).ok());
  return image;
}

BookingImage cancelled() {
  BookingImage image = confirmed();
  REQUIRE(apply_bytes(image, Lsn{12}, samples::cancel(kId)).ok());
  return image;
}

BookingImage expired() {
  BookingImage image = held();
  REQUIRE(apply_bytes(image, Lsn{11}, samples::expire(kId)).ok());
  return image;
}

// The words with which `record` is refused; the image must stay as it was.
template <class R>
std::string refusal(BookingImage image, const R& record) {
  const BookingImage before = image;
  const Status status = apply_bytes(image, Lsn{20}, record);
  REQUIRE_FALSE(status.ok());
  REQUIRE(status.code() == Code::damaged);
  REQUIRE(std::memcmp(&before, &image, sizeof image) == 0);
  return status.error().detail;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a claim fills a free place") {
  const BookingImage image = held();
  REQUIRE(image.booking == kId.value);
  REQUIRE(image.slot == samples::slot_key().value);
  REQUIRE(image.applicant_hi == kId.value * 3);
  REQUIRE(image.operation_hi == kId.value * 5);
  REQUIRE(image.payload == kId.value * 7);
  REQUIRE(image.ledger_ms == 601'000);
  REQUIRE(image.created_ms == 1'700'000'001'000);
  REQUIRE(image.lsn == 10);
  REQUIRE(image.version == 1);
  REQUIRE(image.scope == 9);
  REQUIRE(image.category == 1);
  REQUIRE(record::state_of(image) == BookingState::held);
  REQUIRE(record::seats_taken(image) == 1);
}

TEST_CASE("a claim needs a free place of its generation") {
  CHECK(says(refusal(held(), samples::claim(samples::booking_id(7, 1), samples::slot_key())),
             "its place is taken"));
  BookingImage used{};
  used.generation = 3;
  CHECK(says(refusal(used, samples::claim(kId, samples::slot_key())), "another generation"));
  REQUIRE(apply_bytes(used, Lsn{1}, samples::claim(samples::booking_id(7, 3), samples::slot_key()))
              .ok());
}

TEST_CASE("a walk-in fills a free place with all that a claim, a confirm and a check-in leave") {
  BookingImage image{};
  REQUIRE(apply_bytes(image, Lsn{10}, samples::walk_in(kId, samples::slot_key(), 100)).ok());
  CHECK(record::state_of(image) == BookingState::checked_in);
  CHECK(record::seats_taken(image) == 1);
  CHECK(image.slot == samples::slot_key().value);
  CHECK(image.operation_hi == kId.value * 5);
  CHECK(image.payload == kId.value * 7);
  CHECK(image.ledger_ms == 0);
  CHECK(image.created_ms == 1'700'000'001'000);
  CHECK(image.lsn == 10);
  CHECK(image.version == 1);
  REQUIRE(image.operations == 2);
  const record::OperationImage& confirmed_by = image.operation[0];
  CHECK(confirmed_by.type == static_cast<std::uint8_t>(record::Type::confirm));
  CHECK(confirmed_by.details_size == 100);
  CHECK(confirmed_by.details_hash == kId.value * 13);
  const record::OperationImage& there = image.operation[1];
  CHECK(there.type == static_cast<std::uint8_t>(record::Type::check_in));
  CHECK(there.details_size == 23);
  for (const record::OperationImage& entry : {confirmed_by, there}) {
    CHECK((entry.operation_hi | entry.operation_lo | entry.payload) == 0);
    CHECK(entry.lsn == 10);
    CHECK(entry.at_ms == image.created_ms);
  }
  CHECK(record::why_senseless(image) == nullptr);
  // An opening gives it no deadline, and its place is its own until it ends.
  record::apply(image, samples::epoch(1, 9));
  CHECK(image.ledger_ms == 0);
  CHECK(says(refusal(image, samples::walk_in(kId)), "its place is taken"));
  CHECK(says(refusal(image, samples::free_place(kId)), "it hasn't ended"));
  CHECK(says(refusal(image, samples::cancel(kId)), "its state doesn't allow it"));
  CHECK(says(refusal(held(), samples::walk_in(kId)), "its place is taken"));
  BookingImage used{};
  used.generation = 3;
  CHECK(says(refusal(used, samples::walk_in(kId)), "another generation"));
  REQUIRE(apply_bytes(image, Lsn{11}, samples::act<record::Complete>(kId)).ok());
  REQUIRE(apply_bytes(image, Lsn{12}, samples::free_place(kId)).ok());
}

TEST_CASE("the generation wraps with the bits that an id has for it") {
  BookingImage used{};
  used.generation = (1U << record::kGenerationBits) + 2;
  const auto claim = samples::claim(samples::booking_id(7, 2), samples::slot_key());
  REQUIRE(apply_bytes(used, Lsn{1}, claim).ok());
}

TEST_CASE("a confirm makes a hold permanent and is remembered") {
  const BookingImage image = confirmed();
  REQUIRE(record::state_of(image) == BookingState::confirmed);
  REQUIRE(record::seats_taken(image) == 1);
  REQUIRE(image.version == 2);
  REQUIRE(image.lsn == 11);
  REQUIRE(image.operations == 1);
  const record::OperationImage& entry = image.operation[0];
  REQUIRE(entry.operation_lo == 2);
  REQUIRE(entry.payload == kId.value * 11);
  REQUIRE(entry.lsn == 11);
  REQUIRE(entry.details_size == 100);
  REQUIRE(entry.details_hash == kId.value * 13);
  REQUIRE(entry.at_ms == 1'700'000'002'000);
  REQUIRE(entry.type == static_cast<std::uint8_t>(record::Type::confirm));
}

TEST_CASE("a confirm applies to a lasting hold only") {
  CHECK(says(refusal(BookingImage{}, samples::confirm(kId)), "the place is free"));
  CHECK(says(refusal(held(), samples::confirm(samples::booking_id(7, 1))), "isn't its own"));
  CHECK(says(refusal(confirmed(), samples::confirm(kId)), "its state doesn't allow it"));
  CHECK(says(refusal(cancelled(), samples::confirm(kId)), "its state doesn't allow it"));
  CHECK(says(refusal(expired(), samples::confirm(kId)), "its state doesn't allow it"));
  CHECK(says(refusal(held(), samples::confirm(kId, 601'000)), "its hold had expired"));
  BookingImage last_moment = held();
  REQUIRE(apply_bytes(last_moment, Lsn{11}, samples::confirm(kId, 600'999)).ok());
}

TEST_CASE("a cancel ends holds and confirmed bookings") {
  const BookingImage image = cancelled();
  REQUIRE(record::state_of(image) == BookingState::cancelled);
  REQUIRE(record::seats_taken(image) == 0);
  REQUIRE(image.ended_ms == 1'700'000'003'000);
  REQUIRE(image.version == 3);
  REQUIRE(image.operations == 2);
  REQUIRE(image.operation[1].operation_lo == 3);
  BookingImage hold = held();
  REQUIRE(apply_bytes(hold, Lsn{11}, samples::cancel(kId)).ok());
  REQUIRE(hold.operations == 1);

  CHECK(says(refusal(BookingImage{}, samples::cancel(kId)), "the place is free"));
  CHECK(says(refusal(held(), samples::cancel(samples::booking_id(7, 1))), "isn't its own"));
  CHECK(says(refusal(cancelled(), samples::cancel(kId)), "its state doesn't allow it"));
  CHECK(says(refusal(expired(), samples::cancel(kId)), "its state doesn't allow it"));
  CHECK(says(refusal(held(), samples::cancel(kId, 601'000)), "its hold had expired"));
  BookingImage late = confirmed();  // a confirmed booking has no deadline
  REQUIRE(apply_bytes(late, Lsn{12}, samples::cancel(kId, 900'000)).ok());
}

TEST_CASE("a reschedule changes the slot, and is remembered") {
  for (BookingImage image : {held(), confirmed()}) {
    const BookingImage before = image;
    REQUIRE(apply_bytes(image, Lsn{20}, samples::reschedule(kId)).ok());
    REQUIRE(image.slot == samples::slot_key(1).value);
    REQUIRE(image.state == before.state);
    REQUIRE(image.ledger_ms == before.ledger_ms);
    REQUIRE(image.ended_ms == 0);
    REQUIRE(record::seats_taken(image) == 1);
    REQUIRE(image.version == before.version + 1);
    REQUIRE(image.lsn == 20);
    REQUIRE(image.operations == before.operations + 1);
    const record::OperationImage& entry = image.operation[before.operations];
    REQUIRE(entry.operation_lo == 4);
    REQUIRE(entry.payload == kId.value * 17);
    REQUIRE(entry.lsn == 20);
    REQUIRE(entry.at_ms == 1'700'000'002'500);
    REQUIRE(entry.details_size == 0);
    REQUIRE(entry.type == static_cast<std::uint8_t>(record::Type::reschedule));
    // And on from there, not from where it was.
    CHECK(says(refusal(image, samples::reschedule(kId)), "it is in another slot"));
    const auto back = samples::reschedule(kId, samples::slot_key(1), samples::slot_key(0));
    REQUIRE(apply_bytes(image, Lsn{21}, back).ok());
    REQUIRE(image.slot == before.slot);
  }
}

TEST_CASE("a reschedule applies to a live booking only") {
  CHECK(says(refusal(BookingImage{}, samples::reschedule(kId)), "the place is free"));
  CHECK(says(refusal(held(), samples::reschedule(samples::booking_id(7, 1))), "isn't its own"));
  CHECK(says(refusal(cancelled(), samples::reschedule(kId)), "its state doesn't allow it"));
  CHECK(says(refusal(expired(), samples::reschedule(kId)), "its state doesn't allow it"));
  const auto at = [](std::int64_t decided_ms) {
    return samples::reschedule(kId, samples::slot_key(0), samples::slot_key(1), decided_ms);
  };
  CHECK(says(refusal(held(), at(601'000)), "its hold had expired"));
  BookingImage last_moment = held();
  REQUIRE(apply_bytes(last_moment, Lsn{11}, at(600'999)).ok());
  BookingImage late = confirmed();
  REQUIRE(apply_bytes(late, Lsn{12}, at(900'000)).ok());
}

TEST_CASE("a booking takes no more changes than it can remember") {
  BookingImage image = held();
  image.operations = record::kOperationsPerBooking;
  CHECK(says(refusal(image, samples::confirm(kId)), "changed too often"));
  CHECK(says(refusal(image, samples::cancel(kId)), "changed too often"));
  CHECK(says(refusal(image, samples::reschedule(kId)), "changed too often"));
}

TEST_CASE("a hold expires at its deadline, not before, and nothing else does") {
  const BookingImage image = expired();
  REQUIRE(record::state_of(image) == BookingState::expired);
  REQUIRE(record::seats_taken(image) == 0);
  REQUIRE(image.ended_ms == 1'700'000'601'000);
  REQUIRE(image.operations == 0);
  CHECK(says(refusal(held(), samples::expire(kId, 600'999)), "its hold still lasted"));
  CHECK(says(refusal(held(), samples::expire(samples::booking_id(7, 1))), "isn't its own"));
  CHECK(says(refusal(confirmed(), samples::expire(kId)), "its state doesn't allow it"));
}

TEST_CASE("a refusal names the record, the booking, and what is in its place") {
  CHECK(refusal(BookingImage{}, samples::expire(BookingId{0x1234})) ==
        "expire of booking 0x0000000000001234: its place isn't its own (the place is free, its "
        "generation 0)");
  BookingImage image{};
  image.booking = 0xABC;
  image.ledger_ms = -5;
  using State = BookingState;
  const std::pair<State, const char*> names[] = {{State::none, "none"},
                                                 {State::held, "held"},
                                                 {State::awaiting, "awaiting"},
                                                 {State::confirmed, "confirmed"},
                                                 {State::checked_in, "checked_in"},
                                                 {State::completed, "completed"},
                                                 {State::no_show, "no_show"},
                                                 {State::cancelled, "cancelled"},
                                                 {State::expired, "expired"},
                                                 {State::refused, "refused"},
                                                 {State::displaced, "displaced"},
                                                 {State::waiting, "waiting"},
                                                 {static_cast<State>(99), "unknown"}};
  for (const auto& [state, name] : names) {
    image.state = static_cast<std::uint8_t>(state);
    CHECK(refusal(image, samples::cancel(BookingId{0x1234})) ==
          "cancel of booking 0x0000000000001234: its place isn't its own (there is booking "
          "0x0000000000000abc, " +
              std::string(name) + ", -5 ms)");
  }
  CHECK(says(refusal(image, samples::free_place(BookingId{1})), "free of booking 0x00"));
  CHECK(says(refusal(image, samples::confirm(BookingId{1})), "confirm of booking 0x00"));
  CHECK(says(refusal(image, samples::claim(BookingId{1}, samples::slot_key())),
             "claim of booking 0x00"));
}

TEST_CASE("one that has ended stays ended when it did, and is kept from its progress on") {
  BookingImage image = confirmed();
  const auto take = [&](const auto& record) {
    return record::apply_booking(image, record::place_of(kId), Lsn{image.lsn + 1}, record.header)
        .ok();
  };
  REQUIRE(take(samples::act<record::CheckIn>(kId, 2600)));
  REQUIRE(take(samples::progress(kId, 2700, 1)));
  CHECK(image.ended_ms == 0);
  REQUIRE(take(samples::act<record::Complete>(kId, 2800)));
  const std::int64_t ended_ms = image.ended_ms;
  CHECK(ended_ms == 1'700'000'002'800);
  CHECK(image.ledger_ms == 2800);
  REQUIRE(take(samples::progress(kId, 9000, 2)));
  CHECK(record::state_of(image) == BookingState::completed);
  CHECK(image.ended_ms == ended_ms);
  CHECK(image.ledger_ms == 9000);
  CHECK(image.operation[image.operations - 1].details_size == 2);
}

TEST_CASE("who waits has no seat until he is offered one, and keeps nobody's then but his own") {
  BookingImage image{};
  auto take = [&, lsn = std::uint64_t{4}](const auto& record) mutable {
    return apply_bytes(image, Lsn{lsn++}, record).ok();
  };
  CHECK_FALSE(take(samples::promote(kId)));
  REQUIRE(take(samples::join(kId, samples::slot_key())));
  CHECK(record::state_of(image) == BookingState::waiting);
  CHECK(record::seats_taken(image) == 0);
  CHECK(image.lsn == 5);
  CHECK(image.ledger_ms == 0);
  CHECK(record::why_senseless(image) == nullptr);
  CHECK_FALSE(take(samples::join(kId, samples::slot_key())));
  CHECK_FALSE(take(samples::free_place(kId)));
  record::apply(image, samples::epoch(1, 9));
  CHECK(image.ledger_ms == 0);  // it has no deadline yet
  REQUIRE(take(samples::promote(kId)));
  CHECK(record::state_of(image) == BookingState::held);
  CHECK(record::seats_taken(image) == 1);
  CHECK(image.ledger_ms == 601'000);
  CHECK(image.version == 2);
}

TEST_CASE("who waits for several slots of a day is offered one of them, and none else") {
  BookingImage image{};
  auto take = [&, lsn = std::uint64_t{4}](const auto& record) mutable {
    return apply_bytes(image, Lsn{lsn++}, record).ok();
  };
  const auto minute = [](int more) {
    return static_cast<std::uint16_t>(samples::slot_key(1).minute().value + more);
  };
  const auto slot = [&](int more) {
    const SlotKey first = samples::slot_key(1);
    return SlotKey(first.lane(), first.day(), Minute{minute(more)});
  };
  auto join = samples::join(kId, slot(0));
  join.last = minute(30);
  REQUIRE(take(join));
  CHECK(record::why_senseless(image) == nullptr);
  BookingImage spoilt = image;
  spoilt.ledger_ms = minute(0);
  CHECK(record::why_senseless(spoilt) != nullptr);
  spoilt.ledger_ms = 2048;
  CHECK(record::why_senseless(spoilt) != nullptr);
  record::apply(image, samples::epoch(1, 9));
  CHECK(image.ledger_ms == minute(30));
  const SlotKey next_day(slot(0).lane(), Day{slot(0).day().value + 1}, slot(0).minute());
  for (const SlotKey other : {slot(-1), slot(31), next_day}) {
    CHECK_FALSE(take(samples::promote(kId, other)));
  }
  const BookingImage before = image;
  REQUIRE(take(samples::cancel(kId)));
  CHECK(image.operation[0].details_size == record::kLeftWaitlist);
  CHECK(record::why_senseless(image) == nullptr);
  image.operation[0].details_size = 2;
  CHECK(record::why_senseless(image) != nullptr);
  for (const SlotKey own : {slot(0), slot(15), slot(30)}) {
    image = before;
    REQUIRE(take(samples::promote(kId, own)));
    CHECK(image.slot == own.value);
    CHECK(image.ledger_ms == 601'000);
  }
}

TEST_CASE("every type of record has a name") {
  using record::Type;
  const std::pair<Type, const char*> names[] = {{Type::none, "none"},
                                                {Type::epoch, "epoch"},
                                                {Type::lane, "lane"},
                                                {Type::day, "day"},
                                                {Type::claim, "claim"},
                                                {Type::confirm, "confirm"},
                                                {Type::cancel, "cancel"},
                                                {Type::expire, "expire"},
                                                {Type::free, "free"},
                                                {Type::tick, "tick"},
                                                {Type::archive, "archive"},
                                                {Type::reschedule, "reschedule"},
                                                {Type::extend, "extend"},
                                                {Type::submit, "submit"},
                                                {Type::approve, "approve"},
                                                {Type::refuse, "refuse"},
                                                {Type::check_in, "check_in"},
                                                {Type::serve, "serve"},
                                                {Type::complete, "complete"},
                                                {Type::no_show, "no_show"},
                                                {Type::lapse, "lapse"},
                                                {Type::slot, "slot"},
                                                {Type::displace, "displace"},
                                                {Type::reinstate, "reinstate"},
                                                {Type::reissue, "reissue"},
                                                {Type::progress, "progress"},
                                                {Type::join, "join"},
                                                {Type::promote, "promote"},
                                                {Type::group_claim, "group_claim"},
                                                {Type::group_change, "group_change"},
                                                {Type::group_move, "group_move"},
                                                {Type::group_join, "group_join"},
                                                {Type::group_promote, "group_promote"},
                                                {Type::block, "block"},
                                                {Type::forget_block, "forget_block"},
                                                {Type::entitlement, "entitlement"},
                                                {Type::eligible, "eligible"},
                                                {Type::forget_entitlement, "forget_entitlement"},
                                                {Type::give_back, "give_back"},
                                                {Type::fall_back, "fall_back"},
                                                {Type::tranche, "tranche"},
                                                {Type::erase, "erase"},
                                                {Type::catalogue, "catalogue"},
                                                {Type::walk_in, "walk_in"},
                                                {static_cast<Type>(200), "unknown"}};
  for (const auto& [type, name] : names) CHECK(std::string(record::name_of(type)) == name);
}

// Every state and every record: where it leads, as the design has it. What isn't named can't be.
TEST_CASE("each record leads from the states that allow it, and from no other") {
  using State = BookingState;
  constexpr State kStates[] = {State::held,       State::awaiting,  State::confirmed,
                               State::checked_in, State::completed, State::no_show,
                               State::cancelled,  State::expired,   State::refused,
                               State::displaced,  State::waiting};
  struct Leads {
    samples::Bytes record;
    std::map<State, State> to;
  };
  const Leads all[] = {
      {samples::bytes_of(samples::confirm(kId)), {{State::held, State::confirmed}}},
      {samples::bytes_of(samples::submit(kId)), {{State::held, State::awaiting}}},
      {samples::bytes_of(samples::extend(kId)), {{State::held, State::held}}},
      {samples::bytes_of(samples::reschedule(kId)),
       {{State::held, State::held},
        {State::confirmed, State::confirmed},
        {State::displaced, State::confirmed}}},
      {samples::bytes_of(samples::cancel(kId)),
       {{State::held, State::cancelled},
        {State::awaiting, State::cancelled},
        {State::confirmed, State::cancelled},
        {State::displaced, State::cancelled},
        {State::waiting, State::cancelled}}},
      {samples::bytes_of(samples::promote(kId)), {{State::waiting, State::held}}},
      {samples::bytes_of(samples::act<record::Approve>(kId)),
       {{State::awaiting, State::confirmed}}},
      {samples::bytes_of(samples::act<record::Refuse>(kId)), {{State::awaiting, State::refused}}},
      {samples::bytes_of(samples::act<record::CheckIn>(kId)),
       {{State::confirmed, State::checked_in}}},
      {samples::bytes_of(samples::act<record::Serve>(kId)),
       {{State::checked_in, State::checked_in}}},
      {samples::bytes_of(samples::act<record::Complete>(kId)),
       {{State::checked_in, State::completed}}},
      {samples::bytes_of(samples::act<record::NoShow>(kId)), {{State::confirmed, State::no_show}}},
      {samples::bytes_of(samples::act<record::Reissue>(kId)),
       {{State::held, State::held},
        {State::awaiting, State::awaiting},
        {State::confirmed, State::confirmed},
        {State::checked_in, State::checked_in},
        {State::displaced, State::displaced}}},
      {samples::bytes_of(samples::progress(kId)),
       {{State::checked_in, State::checked_in}, {State::completed, State::completed}}},
      {samples::bytes_of(samples::expire(kId)),
       {{State::held, State::expired}, {State::awaiting, State::expired}}},
      {samples::bytes_of(samples::lapse(kId)),
       {{State::confirmed, State::no_show},
        {State::checked_in, State::completed},
        {State::displaced, State::cancelled},
        {State::waiting, State::expired}}},
      {samples::bytes_of(samples::turn<record::Displace>(kId)),
       {{State::confirmed, State::displaced}}},
      {samples::bytes_of(samples::turn<record::Reinstate>(kId)),
       {{State::displaced, State::confirmed}}},
  };
  for (const Leads& one : all) {
    for (const State from : kStates) {
      BookingImage image = held();
      image.state = static_cast<std::uint8_t>(from);
      if (has_ended(from)) image.ended_ms = 1;
      const BookingImage before = image;
      const auto& header = record::as<record::Header>(one.record.data());
      const Status status = record::apply_booking(image, record::place_of(kId), Lsn{20}, header);
      INFO(record::name_of(header.type) << " of one that is " << record::name_of(from));
      const auto wanted = one.to.find(from);
      REQUIRE(status.ok() == (wanted != one.to.end()));
      if (!status.ok()) {
        CHECK(std::memcmp(&before, &image, sizeof image) == 0);
        CHECK(says(status.error().detail, "its state doesn't allow it"));
        continue;
      }
      CHECK(record::state_of(image) == wanted->second);
      CHECK(image.version == before.version + 1);
      CHECK(image.lsn == 20);
      CHECK((image.ended_ms != 0) == has_ended(wanted->second));
      const bool by_rule =
          header.type == record::Type::expire || header.type == record::Type::lapse ||
          header.type == record::Type::displace || header.type == record::Type::reinstate ||
          header.type == record::Type::promote;
      CHECK(image.operations == before.operations + (by_rule ? 0 : 1));
      CHECK(record::why_senseless(image) == nullptr);
    }
  }
}

TEST_CASE("changes without an end never bring a booking to the version of one that nothing made") {
  BookingImage image = confirmed();
  std::uint64_t lsn = 11;
  for (int i = 0; i < 40'000; ++i) {
    REQUIRE(apply_bytes(image, Lsn{++lsn}, samples::turn<record::Displace>(kId)).ok());
    REQUIRE(image.version != 0);
    REQUIRE(apply_bytes(image, Lsn{++lsn}, samples::turn<record::Reinstate>(kId)).ok());
    REQUIRE(record::why_senseless(image) == nullptr);
  }
}

TEST_CASE("a submit keeps the details and prolongs the hold, and an extension prolongs it") {
  BookingImage image = held();
  REQUIRE(apply_bytes(image, Lsn{11}, samples::extend(kId, 700'000)).ok());
  CHECK(image.ledger_ms == 700'000);
  CHECK(says(refusal(image, samples::extend(kId, 699'999)), "its deadline would come nearer"));
  CHECK(says(refusal(image, samples::submit(kId, 699'999)), "its deadline would come nearer"));
  REQUIRE(apply_bytes(image, Lsn{12}, samples::submit(kId, 900'000, 100)).ok());
  CHECK(image.ledger_ms == 900'000);
  CHECK(image.operation[1].details_size == 100);
  CHECK(image.operation[1].details_hash != 0);
  // Nothing is in time any more at the new deadline, and nothing expires before.
  auto late = samples::act<record::Approve>(kId);
  late.decided_ms = 900'000;
  CHECK(says(refusal(image, late), "its hold had expired"));
  CHECK(says(refusal(image, samples::expire(kId, 899'999)), "its hold still lasted"));
  record::apply(image, samples::epoch(2, 850'000, 120'000));
  CHECK(image.ledger_ms == 970'000);
}

TEST_CASE("an act is remembered with its number") {
  BookingImage image = confirmed();
  auto check_in = samples::act<record::CheckIn>(kId);
  check_in.argument = 41;
  REQUIRE(apply_bytes(image, Lsn{12}, check_in).ok());
  const record::OperationImage& entry = image.operation[image.operations - 1];
  CHECK(entry.details_size == 41);
  CHECK(entry.details_hash == 0);
  CHECK(entry.at_ms == check_in.acted_ms);
  CHECK(entry.type == static_cast<std::uint8_t>(record::Type::check_in));
  CHECK(record::seats_taken(image) == 1);
}

TEST_CASE("freeing clears the place and raises its generation") {
  BookingImage image = cancelled();
  image.generation = 4;
  REQUIRE(apply_bytes(image, Lsn{13}, samples::free_place(kId)).ok());
  BookingImage empty{};
  empty.generation = 5;
  REQUIRE(std::memcmp(&image, &empty, sizeof image) == 0);
  CHECK(says(refusal(held(), samples::free_place(kId)), "it hasn't ended"));
  CHECK(says(refusal(confirmed(), samples::free_place(kId)), "it hasn't ended"));
  CHECK(says(refusal(BookingImage{}, samples::free_place(kId)), "the place is free"));
}

// Held, confirmed with details under LSN 2, and cancelled.
BookingImage ended_with_details() {
  BookingImage image = held();
  REQUIRE(record::apply(image, Lsn{2}, samples::confirm(kId, 2000, 100)).ok());
  REQUIRE(record::apply(image, Lsn{3}, samples::cancel(kId)).ok());
  return image;
}

TEST_CASE("an erasure leaves the hash of the details, and all else") {
  const BookingImage before = ended_with_details();
  BookingImage image = before;
  CHECK(record::has_details(image.operation[0]));
  REQUIRE(record::apply(image, Lsn{9}, samples::erase(kId, Lsn{2})).ok());
  CHECK_FALSE(record::has_details(image.operation[0]));
  CHECK(image.operation[0].details_size == record::kDetailsErased);
  CHECK(image.operation[0].details_hash == before.operation[0].details_hash);
  CHECK(image.version == before.version + 1);
  CHECK(image.lsn == 9);
  CHECK(image.state == before.state);
  CHECK(image.ledger_ms == before.ledger_ms);
  CHECK(image.operations == before.operations);
  CHECK(record::why_senseless(image) == nullptr);
}

TEST_CASE("an erasure that doesn't fit is refused, and nothing has changed") {
  const BookingImage ended = ended_with_details();
  const auto why = [](BookingImage image, const record::Erase& erase) {
    const BookingImage before = image;
    const Status status = record::apply(image, Lsn{9}, erase);
    CHECK(std::memcmp(&image, &before, sizeof image) == 0);
    return status.ok() ? std::string() : status.error().detail;
  };
  using Catch::Matchers::Contains;
  CHECK_THAT(why(ended, samples::erase(kId, Lsn{3})), Contains("no details of that record"));
  CHECK_THAT(why(ended, samples::erase(kId, Lsn{2}, 3400, true)), Contains("it is no group"));
  const BookingId other{kId.value + (1ULL << 40)};
  CHECK_THAT(why(ended, samples::erase(other, Lsn{2})), Contains("its place isn't its own"));
  BookingImage active = held();
  REQUIRE(record::apply(active, Lsn{2}, samples::confirm(kId, 2000, 100)).ok());
  CHECK_THAT(why(active, samples::erase(kId, Lsn{2})), Contains("it hasn't ended"));
  BookingImage twice = ended;
  REQUIRE(record::apply(twice, Lsn{9}, samples::erase(kId, Lsn{2})).ok());
  CHECK_THAT(why(twice, samples::erase(kId, Lsn{2})), Contains("no details of that record"));
}

TEST_CASE("an opening moves the deadlines of holds, later only") {
  BookingImage image = held();
  record::apply(image, samples::epoch(2, 500'000, 120'000));
  REQUIRE(image.ledger_ms == 620'000);
  record::apply(image, samples::epoch(3, 450'000, 120'000));
  REQUIRE(image.ledger_ms == 620'000);
  BookingImage done = confirmed();
  record::apply(done, samples::epoch(2, 500'000, 120'000));
  REQUIRE(done.ledger_ms == 601'000);
}

TEST_CASE("a record names its booking, and only some do") {
  const auto named = [](const samples::Bytes& bytes) {
    return record::booking_of(record::as<record::Header>(bytes.data()));
  };
  CHECK(named(samples::bytes_of(samples::claim(kId, samples::slot_key()))) == kId);
  CHECK(named(samples::bytes_of(samples::confirm(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::cancel(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::expire(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::free_place(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::reschedule(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::extend(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::submit(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::act<record::Serve>(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::lapse(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::turn<record::Displace>(kId))) == kId);
  CHECK(named(samples::bytes_of(samples::slot_change(samples::slot_key(), 1, true))) ==
        BookingId{});
  CHECK(named(samples::bytes_of(samples::fall_back())) == BookingId{});
  CHECK(named(samples::bytes_of(samples::tranche())) == BookingId{});
  CHECK(named(samples::bytes_of(samples::block(1, 0))) == BookingId{});
  CHECK(named(samples::bytes_of(samples::forget_block(1))) == BookingId{});
  const EntitlementId entitlement = samples::entitlement_id(3);
  CHECK(named(samples::bytes_of(samples::entitlement(entitlement, 2))) == BookingId{});
  CHECK(named(samples::eligible(entitlement, {{8, 1}})) == BookingId{});
  CHECK(named(samples::bytes_of(samples::forget_entitlement(entitlement))) == BookingId{});
  CHECK(named(samples::bytes_of(samples::erase(kId, Lsn{5}))) == kId);
  CHECK(named(samples::bytes_of(samples::tick(5))) == BookingId{});
  CHECK(named(samples::bytes_of(samples::epoch(5, 5))) == BookingId{});
  CHECK(named(samples::bytes_of(samples::archive(LaneId{5}, Day{5}))) == BookingId{});
}

TEST_CASE("any booking record is applied as what it is") {
  BookingImage image{};
  for (const samples::Bytes& bytes :
       {samples::bytes_of(samples::claim(kId, samples::slot_key())),
        samples::bytes_of(samples::confirm(kId)), samples::bytes_of(samples::reschedule(kId)),
        samples::bytes_of(samples::cancel(kId)), samples::bytes_of(samples::free_place(kId))}) {
    REQUIRE(record::apply_booking(image, record::place_of(kId), Lsn{1},
                                  record::as<record::Header>(bytes.data()))
                .ok());
  }
  REQUIRE(image.generation == 1);
  const samples::Bytes expire = samples::bytes_of(samples::expire(kId));
  const Status status = record::apply_booking(image, record::place_of(kId), Lsn{9},
                                              record::as<record::Header>(expire.data()));
  REQUIRE(status.code() == Code::damaged);
}

}  // namespace
