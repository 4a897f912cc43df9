#include "record/check_record.hpp"

#include <functional>
#include <string>

#include <catch2/catch.hpp>

#include "record/names.hpp"
#include "record/visit.hpp"
#include "unit/record/samples.hpp"

namespace {

using namespace janji;
using samples::Bytes;

std::vector<Bytes> one_of_each() {
  const BookingId id = samples::booking_id(7);
  return {samples::bytes_of(samples::epoch(1, 0)),
          samples::lane(samples::kLane, "putrajaya/passport/general"),
          samples::day(samples::kLane, samples::kDay, 20, 8),
          samples::bytes_of(samples::claim(id, samples::slot_key())),
          samples::bytes_of(samples::confirm(id, 2000, 100)),
          samples::bytes_of(samples::cancel(id)),
          samples::bytes_of(samples::expire(id)),
          samples::bytes_of(samples::free_place(id)),
          samples::bytes_of(samples::tick(5)),
          samples::bytes_of(samples::archive(samples::kLane, samples::kDay)),
          samples::bytes_of(samples::reschedule(id)),
          samples::bytes_of(samples::extend(id)),
          samples::bytes_of(samples::submit(id, 700'000, 100)),
          samples::bytes_of(samples::act<record::Approve>(id)),
          samples::bytes_of(samples::act<record::Refuse>(id)),
          samples::bytes_of(samples::act<record::CheckIn>(id)),
          samples::bytes_of(samples::act<record::Serve>(id)),
          samples::bytes_of(samples::act<record::Complete>(id)),
          samples::bytes_of(samples::act<record::NoShow>(id)),
          samples::bytes_of(samples::lapse(id)),
          samples::bytes_of(samples::slot_change(samples::slot_key(), 3, true)),
          samples::bytes_of(samples::turn<record::Displace>(id)),
          samples::bytes_of(samples::turn<record::Reinstate>(id)),
          samples::bytes_of(samples::act<record::Reissue>(id)),
          samples::bytes_of(samples::progress(id)),
          samples::bytes_of(samples::join(id, samples::slot_key())),
          samples::bytes_of(samples::promote(id)),
          samples::group_claim(id),
          samples::group_change(id, record::Type::confirm),
          samples::group_move(id),
          samples::bytes_of(samples::block(1, 1'800'000'000'000)),
          samples::bytes_of(samples::forget_block(1)),
          samples::bytes_of(samples::entitlement(samples::entitlement_id(3), 20)),
          samples::eligible(samples::entitlement_id(3), {{8, 1}, {8, 2}}, {{8, 3}}),
          samples::bytes_of(samples::forget_entitlement(samples::entitlement_id(3))),
          samples::bytes_of(samples::fall_back()),
          samples::bytes_of(samples::tranche()),
          samples::bytes_of(samples::erase(id, Lsn{5})),
          samples::bytes_of(samples::catalogue(true)),
          samples::bytes_of(samples::give_back(samples::slot_key())),
          samples::bytes_of(samples::walk_in(id, samples::slot_key(), 100)),
          samples::group_join(id),
          samples::group_promote(id)};
}

// The words that refuse `record` after `spoil` changed it.
template <class R>
std::string words(R record, const std::function<void(R&)>& spoil) {
  spoil(record);
  const Status status = record::check_record(samples::bytes_of(record));
  REQUIRE_FALSE(status.ok());
  REQUIRE(status.code() == Code::damaged);
  return status.error().detail;
}

std::string words_of(const Bytes& bytes) {
  const Status status = record::check_record(bytes);
  return status.ok() ? "" : status.error().detail;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

TEST_CASE("a good record of each type passes and is visited as its own type") {
  std::vector<record::Type> seen;
  for (const Bytes& bytes : one_of_each()) {
    REQUIRE(words_of(bytes).empty());
    record::visit_record(record::as<record::Header>(bytes.data()), [&](const auto& r) {
      seen.push_back(std::decay_t<decltype(r)>::kType);
      REQUIRE(r.header.type == seen.back());
    });
  }
  REQUIRE(seen.size() == 43);
  REQUIRE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE("the parts behind a lane and a day are found") {
  const Bytes lane = samples::lane(LaneId{0}, "a/b/c");
  REQUIRE(record::key_of(record::as<record::Lane>(lane.data())) == "a/b/c");
  const Bytes day = samples::day(LaneId{0}, samples::kDay, 3, 8);
  const auto slots = record::slots_of(record::as<record::Day>(day.data()));
  REQUIRE(slots.size() == 3);
  REQUIRE(slots[2].minute == 580);
  REQUIRE(slots[2].capacity == 8);
}

TEST_CASE("a record of a wrong size is refused, whichever its type") {
  for (const Bytes& good : one_of_each()) {
    for (const std::ptrdiff_t by : {-8, -1, 1, 8}) {
      Bytes bad = good;
      bad.resize(static_cast<std::size_t>(static_cast<std::ptrdiff_t>(good.size()) + by));
      const auto size = static_cast<std::uint16_t>(bad.size());
      if (bad.size() >= sizeof(record::Header)) std::memcpy(&bad[2], &size, sizeof size);
      CHECK(words_of(bad).find("size") != std::string::npos);
    }
    Bytes lying = good;
    lying[2] = static_cast<std::byte>(static_cast<unsigned char>(lying[2]) + 8U);
    CHECK(starts_with(words_of(lying), "header.size"));
  }
  CHECK(starts_with(words_of(Bytes(3)), "record.size"));
  CHECK(starts_with(words_of(Bytes(record::kRecordMax + 8)), "record.size"));
}

TEST_CASE("a day that is cut off before its slots is refused") {
  Bytes bytes = samples::day(samples::kLane, samples::kDay, 3, 8);
  bytes.resize(sizeof(record::Header));
  const auto size = static_cast<std::uint16_t>(bytes.size());
  std::memcpy(&bytes[2], &size, sizeof size);
  CHECK(starts_with(words_of(bytes), "day.size"));
}

TEST_CASE("unknown types, flags and reserved bytes are refused") {
  for (const unsigned type : {0U, 28U, 255U}) {
    Bytes bytes = samples::bytes_of(samples::tick(5));
    bytes[0] = static_cast<std::byte>(type);
    CHECK(starts_with(words_of(bytes), "header.type"));
  }
  Bytes bytes = samples::bytes_of(samples::tick(5));
  bytes[1] = std::byte{1};
  CHECK(starts_with(words_of(bytes), "header.flags"));
  bytes = samples::bytes_of(samples::tick(5));
  bytes[7] = std::byte{1};
  CHECK(starts_with(words_of(bytes), "header.actor"));
}

TEST_CASE("only what gives up seats leaves them for later") {
  using record::Type;
  for (const Bytes& good : one_of_each()) {
    const auto type = static_cast<Type>(good[0]);
    CAPTURE(record::name_of(type));
    Bytes later = good;
    later[1] = std::byte{record::Header::kLater};
    const bool gives_up = type == Type::cancel || type == Type::expire || type == Type::refuse ||
                          type == Type::reschedule || type == Type::group_move;
    if (type != Type::group_change) CHECK(words_of(later).empty() == gives_up);
    later[1] = std::byte{2};
    CHECK(starts_with(words_of(later), "header.flags"));
  }
}

TEST_CASE("what a caller decides says who it was, and nothing else does") {
  for (const Bytes& good : one_of_each()) {
    Bytes signed_by = good;
    signed_by[7] = std::byte{0x80};
    const auto type = static_cast<record::Type>(good[0]);
    using record::Type;
    const bool by_nobody =
        type < Type::claim || type == Type::expire || type == Type::free || type == Type::tick ||
        type == Type::archive || type == Type::lapse || type == Type::displace ||
        type == Type::reinstate || type == Type::forget_block || type == Type::forget_entitlement ||
        type == Type::promote || type == Type::give_back || type == Type::fall_back ||
        type == Type::tranche || type == Type::group_promote;
    INFO(static_cast<int>(type));
    CHECK(words_of(signed_by).empty() == !by_nobody);
    if (by_nobody) CHECK(starts_with(words_of(signed_by), "header.actor"));
  }
}

// Only some have a number that says more.
template <class R>
void check_act_bounds(const std::string& name, bool has_argument) {
  const R good = samples::act<R>(samples::booking_id(7));
  CHECK(starts_with(words<R>(good, [](R& r) { r.booking = 0; }), name + ".booking"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.decided_ms = -1; }), name + ".decided_ms"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.acted_ms = INT64_MIN; }), name + ".acted_ms"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.reserved = 1; }), name + ".reserved"));
  R numbered = good;
  numbered.argument = 0xFFFFFFFF;
  const std::string told = words_of(samples::bytes_of(numbered));
  CHECK((has_argument ? told.empty() : starts_with(told, name + ".argument")));
}

TEST_CASE("every bound of an erasure is held and named") {
  using E = record::Erase;
  const E good = samples::erase(samples::booking_id(7), Lsn{5});
  CHECK(words_of(samples::bytes_of(good)).empty());
  CHECK(starts_with(words<E>(good, [](E& r) { r.booking = 0; }), "erase.booking"));
  CHECK(starts_with(words<E>(good, [](E& r) { r.details_lsn = 0; }), "erase.details_lsn"));
  CHECK(starts_with(words<E>(good, [](E& r) { r.decided_ms = -1; }), "erase.decided_ms"));
  CHECK(starts_with(words<E>(good, [](E& r) { r.decided_ms = INT64_MAX; }), "erase.decided_ms"));
  CHECK(starts_with(words<E>(good, [](E& r) { r.acted_ms = INT64_MAX; }), "erase.acted_ms"));
  CHECK(starts_with(words<E>(good, [](E& r) { r.is_group = 2; }), "erase.is_group"));
}

TEST_CASE("every bound of the acts is held and named") {
  check_act_bounds<record::Approve>("approve", false);
  check_act_bounds<record::Refuse>("refuse", true);
  check_act_bounds<record::CheckIn>("check_in", true);
  check_act_bounds<record::Serve>("serve", true);
  check_act_bounds<record::Complete>("complete", false);
  check_act_bounds<record::NoShow>("no_show", false);
  check_act_bounds<record::Reissue>("reissue", true);
  check_act_bounds<record::Progress>("progress", true);
  CHECK(starts_with(words<record::Progress>(samples::progress(samples::booking_id(7)),
                                            [](record::Progress& r) { r.argument = 0; }),
                    "progress.argument"));
  const BookingId id = samples::booking_id(7);
  using E = record::Extend;
  const E extend = samples::extend(id);
  CHECK(starts_with(words<E>(extend, [](E& r) { r.booking = 0; }), "extend.booking"));
  CHECK(starts_with(words<E>(extend, [](E& r) { r.decided_ms = -1; }), "extend.decided_ms"));
  CHECK(starts_with(words<E>(extend, [](E& r) { r.decided_ms = INT64_MAX; }), "extend.decided_ms"));
  CHECK(starts_with(words<E>(extend, [](E& r) { r.acted_ms = INT64_MAX; }), "extend.acted_ms"));
  CHECK(starts_with(words<E>(extend, [](E& r) { r.deadline_ms = r.decided_ms; }),
                    "extend.deadline_ms"));
  using S = record::Submit;
  const S submit = samples::submit(id);
  CHECK(starts_with(words<S>(submit, [](S& r) { r.booking = 0; }), "submit.booking"));
  CHECK(starts_with(words<S>(submit, [](S& r) { r.decided_ms = -1; }), "submit.decided_ms"));
  CHECK(starts_with(words<S>(submit, [](S& r) { r.decided_ms = INT64_MAX; }), "submit.decided_ms"));
  CHECK(starts_with(words<S>(submit, [](S& r) { r.acted_ms = INT64_MAX; }), "submit.acted_ms"));
  CHECK(starts_with(words<S>(submit, [](S& r) { r.details_size = 5000; }), "submit.details_size"));
  CHECK(starts_with(words<S>(submit, [](S& r) { r.details_hash = 1; }), "submit.details_hash"));
  CHECK(starts_with(words<S>(submit, [](S& r) { r.reserved = 1; }), "submit.reserved"));
  CHECK(starts_with(words<S>(submit, [](S& r) { r.deadline_ms = r.decided_ms; }),
                    "submit.deadline_ms"));
  using C = record::Slot;
  const C slot = samples::slot_change(samples::slot_key(), 3, true);
  CHECK(starts_with(words<C>(slot, [](C& r) { r.slot = 0; }), "slot.slot"));
  CHECK(starts_with(words<C>(slot, [](C& r) { r.decided_ms = -1; }), "slot.decided_ms"));
  CHECK(starts_with(words<C>(slot, [](C& r) { r.changed_ms = INT64_MAX; }), "slot.changed_ms"));
  CHECK(starts_with(words<C>(slot, [](C& r) { r.capacity = 16384; }), "slot.capacity"));
  CHECK(starts_with(words<C>(slot, [](C& r) { r.closed = 2; }), "slot.closed"));
  for (const int planned : {0x8000, 0x4001, 0xC002}) {
    CHECK(
        starts_with(words<C>(slot, [&](C& r) { r.planned = static_cast<std::uint16_t>(planned); }),
                    "slot.planned"));
  }
  C given = slot;
  given.planned = 0x8003;
  CHECK(words_of(samples::bytes_of(given)).empty());
  CHECK(starts_with(words<C>(given, [](C& r) { r.operation_lo = 1; }), "slot.operation"));
  using K = record::Catalogue;
  const K change = samples::catalogue(false);
  CHECK(starts_with(words<K>(change, [](K& r) { r.digest = 0; }), "catalogue.digest"));
  CHECK(starts_with(words<K>(change, [](K& r) { r.decided_ms = -1; }), "catalogue.decided_ms"));
  CHECK(starts_with(words<K>(change, [](K& r) { r.changed_ms = INT64_MAX; }),
                    "catalogue.changed_ms"));
  CHECK(starts_with(words<K>(change, [](K& r) { r.done = 2; }), "catalogue.done"));
  CHECK(starts_with(words<K>(change, [](K& r) { r.reserved = 1; }), "catalogue.reserved"));
  using G = record::GiveBack;
  const G back = samples::give_back(samples::slot_key());
  CHECK(starts_with(words<G>(back, [](G& r) { r.slot = 0; }), "give_back.slot"));
  CHECK(starts_with(words<G>(back, [](G& r) { r.decided_ms = -1; }), "give_back.decided_ms"));
  CHECK(starts_with(words<G>(back, [](G& r) { r.returned_ms = INT64_MAX; }),
                    "give_back.returned_ms"));
  CHECK(starts_with(words<G>(back, [](G& r) { r.seats = 0; }), "give_back.seats"));
  CHECK(starts_with(words<G>(back, [](G& r) { r.seats = 16384; }), "give_back.seats"));
  CHECK(starts_with(words<G>(back, [](G& r) { r.reserved = 1; }), "give_back.reserved"));
  using D = record::Displace;
  const D displace = samples::turn<record::Displace>(id);
  CHECK(starts_with(words<D>(displace, [](D& r) { r.booking = 0; }), "displace.booking"));
  CHECK(starts_with(words<D>(displace, [](D& r) { r.decided_ms = -1; }), "displace.decided_ms"));
  CHECK(
      starts_with(words<D>(displace, [](D& r) { r.turned_ms = INT64_MIN; }), "displace.turned_ms"));
  using L = record::Lapse;
  const L lapse = samples::lapse(id);
  CHECK(starts_with(words<L>(lapse, [](L& r) { r.booking = 0; }), "lapse.booking"));
  CHECK(starts_with(words<L>(lapse, [](L& r) { r.decided_ms = -1; }), "lapse.decided_ms"));
  CHECK(starts_with(words<L>(lapse, [](L& r) { r.ended_ms = INT64_MAX; }), "lapse.ended_ms"));
}

TEST_CASE("every bound of a record about seats that fall back is held and named") {
  using F = record::FallBack;
  const F fall = samples::fall_back();
  CHECK(starts_with(words<F>(fall, [](F& r) { r.from = 0; }), "fall_back.from"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.slot = ~0ULL; }), "fall_back.slot"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.slot = r.from; }),
                    "fall_back.slot is of the lane that it comes from"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.slot ^= 1; }), "fall_back.slot: of another hour"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.decided_ms = -1; }), "fall_back.decided_ms"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.fell_ms = INT64_MIN; }), "fall_back.fell_ms"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.seats = 0; }), "fall_back.seats"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.seats = 16384; }), "fall_back.seats"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.from_capacity = 16383; }),
                    "fall_back.from_capacity"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.capacity = 0; }), "fall_back.capacity"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.capacity = 16384; }), "fall_back.capacity"));
  CHECK(starts_with(words<F>(fall, [](F& r) { r.reserved = 1; }), "fall_back.reserved"));
}

TEST_CASE("every bound of a record about seats that were kept back is held and named") {
  using T = record::Tranche;
  const T tranche = samples::tranche();
  CHECK(starts_with(words<T>(tranche, [](T& r) { r.slot = ~0ULL; }), "tranche.slot"));
  CHECK(starts_with(words<T>(tranche, [](T& r) { r.decided_ms = -1; }), "tranche.decided_ms"));
  CHECK(starts_with(words<T>(tranche, [](T& r) { r.came_ms = INT64_MIN; }), "tranche.came_ms"));
  CHECK(starts_with(words<T>(tranche, [](T& r) { r.seats = 0; }), "tranche.seats"));
  CHECK(starts_with(words<T>(tranche, [](T& r) { r.seats = 16384; }), "tranche.seats"));
  CHECK(starts_with(words<T>(tranche, [](T& r) { r.capacity = 0; }), "tranche.capacity"));
  CHECK(starts_with(words<T>(tranche, [](T& r) { r.capacity = 16384; }), "tranche.capacity"));
  CHECK(starts_with(words<T>(tranche, [](T& r) { r.kept = 16383; }), "tranche.kept"));
  CHECK(starts_with(words<T>(tranche, [](T& r) { r.reserved = 1; }), "tranche.reserved"));
}

TEST_CASE("every bound of the records about blocks is held and named") {
  using B = record::Block;
  const B block = samples::block(1, 1'800'000'000'000);
  CHECK(starts_with(words<B>(block, [](B& r) { r.applicant_hi = r.applicant_lo = 0; }),
                    "block.applicant"));
  CHECK(starts_with(words<B>(block, [](B& r) { r.decided_ms = -1; }), "block.decided_ms"));
  CHECK(starts_with(words<B>(block, [](B& r) { r.acted_ms = INT64_MIN; }), "block.acted_ms"));
  CHECK(starts_with(words<B>(block, [](B& r) { r.until_ms = -1; }), "block.until_ms"));
  CHECK(starts_with(words<B>(block, [](B& r) { r.until_ms = INT64_MAX; }), "block.until_ms"));
  CHECK(starts_with(words<B>(block, [](B& r) { r.until_ms = r.acted_ms; }), "block.until_ms"));
  CHECK(starts_with(words<B>(block, [](B& r) { r.cell = record::kBlocksMax; }), "block.cell"));
  CHECK(record::check_record(samples::bytes_of(samples::block(1, 0))).ok());
  using F = record::ForgetBlock;
  const F forget = samples::forget_block(1);
  CHECK(starts_with(words<F>(forget, [](F& r) { r.applicant_hi = r.applicant_lo = 0; }),
                    "forget_block.applicant"));
  CHECK(starts_with(words<F>(forget, [](F& r) { r.decided_ms = -1; }), "forget_block.decided_ms"));
  CHECK(
      starts_with(words<F>(forget, [](F& r) { r.ended_ms = INT64_MAX; }), "forget_block.ended_ms"));
  CHECK(starts_with(words<F>(forget, [](F& r) { r.cell = record::kBlocksMax; }),
                    "forget_block.cell"));
  CHECK(starts_with(words<F>(forget, [](F& r) { r.reserved = 1; }), "forget_block.reserved"));
}

TEST_CASE("every bound of the records about those who wait is held and named") {
  using J = record::Join;
  const J join = samples::join(samples::booking_id(7), samples::slot_key());
  CHECK(starts_with(words<J>(join, [](J& r) { r.booking = 0; }), "join.booking"));
  CHECK(starts_with(words<J>(join, [](J& r) { r.slot = 0; }), "join.slot"));
  CHECK(starts_with(words<J>(join, [](J& r) { r.applicant_hi = r.applicant_lo = 0; }),
                    "join.applicant"));
  CHECK(starts_with(words<J>(join, [](J& r) { r.decided_ms = -1; }), "join.decided_ms"));
  CHECK(starts_with(words<J>(join, [](J& r) { r.created_ms = INT64_MIN; }), "join.created_ms"));
  CHECK(starts_with(words<J>(join, [](J& r) { r.seats = 0; }), "join.seats"));
  CHECK(starts_with(words<J>(join, [](J& r) { r.category = 9; }), "join.category"));
  CHECK(starts_with(words<J>(join, [](J& r) { r.reserved = 1; }), "join.reserved"));
  CHECK(starts_with(words<J>(join, [](J& r) { r.last = 2048; }), "join.last"));
  CHECK(starts_with(words<J>(join, [](J& r) { r.last = SlotKey{r.slot}.minute().value; }),
                    "join.last: not after"));
  using P = record::Promote;
  const P promote = samples::promote(samples::booking_id(7));
  CHECK(starts_with(words<P>(promote, [](P& r) { r.booking = 0; }), "promote.booking"));
  CHECK(starts_with(words<P>(promote, [](P& r) { r.slot = 0; }), "promote.slot"));
  CHECK(starts_with(words<P>(promote, [](P& r) { r.decided_ms = -1; }), "promote.decided_ms"));
  CHECK(starts_with(words<P>(promote, [](P& r) { r.deadline_ms = INT64_MAX; }),
                    "promote.deadline_ms"));
  CHECK(starts_with(words<P>(promote, [](P& r) { r.deadline_ms = r.decided_ms; }),
                    "promote.deadline_ms"));
  CHECK(starts_with(words<P>(promote, [](P& r) { r.promoted_ms = INT64_MAX; }),
                    "promote.promoted_ms"));
}

TEST_CASE("every bound of a claim is held and named") {
  using R = record::Claim;
  const R good = samples::claim(samples::booking_id(7), samples::slot_key());
  CHECK(starts_with(words<R>(good, [](R& r) { r.booking = 0; }), "claim.booking"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.slot = 0; }), "claim.slot"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.slot = ~0ULL; }), "claim.slot"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.applicant_hi = r.applicant_lo = 0; }),
                    "claim.applicant"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.decided_ms = -1; }), "claim.decided_ms"));
  CHECK(
      starts_with(words<R>(good, [](R& r) { r.deadline_ms = r.decided_ms; }), "claim.deadline_ms"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.deadline_ms = INT64_MAX; }), "claim.deadline_ms"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.seats = 0; }), "claim.seats is 0"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.seats = 16384; }), "claim.seats"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.category = 3; }), "claim.category"));
  CHECK(starts_with(words<R>(good, [](R& r) { r.reserved[2] = 1; }), "claim.reserved"));
}

TEST_CASE("every bound of a walk-in is held and named") {
  using W = record::WalkIn;
  const W good = samples::walk_in(samples::booking_id(7));
  CHECK(words_of(samples::bytes_of(good)).empty());
  CHECK(starts_with(words<W>(good, [](W& r) { r.booking = 0; }), "walk_in.booking"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.slot = 0; }), "walk_in.slot"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.slot = ~0ULL; }), "walk_in.slot"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.applicant_hi = r.applicant_lo = 0; }),
                    "walk_in.applicant"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.decided_ms = -1; }), "walk_in.decided_ms"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.decided_ms = INT64_MAX; }), "walk_in.decided_ms"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.created_ms = INT64_MIN; }), "walk_in.created_ms"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.details_size = 5000; }), "walk_in.details_size"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.details_hash = 1; }), "walk_in.details_hash"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.queue_number = 0; }), "walk_in.queue_number"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.seats = 0; }), "walk_in.seats"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.seats = 16384; }), "walk_in.seats"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.category = 3; }), "walk_in.category"));
  CHECK(starts_with(words<W>(good, [](W& r) { r.reserved[2] = 1; }), "walk_in.reserved"));
}

TEST_CASE("every bound of the other booking records is held and named") {
  const BookingId id = samples::booking_id(7);
  using Confirm = record::Confirm;
  const Confirm confirm = samples::confirm(id, 2000, 100);
  CHECK(starts_with(words<Confirm>(confirm, [](auto& r) { r.booking = 0; }), "confirm.booking"));
  CHECK(starts_with(words<Confirm>(confirm, [](auto& r) { r.decided_ms = -1; }),
                    "confirm.decided_ms"));
  CHECK(starts_with(
      words<Confirm>(confirm, [](auto& r) { r.details_size = record::kDetailsBytesMax + 1; }),
      "confirm.details_size"));
  CHECK(starts_with(words<Confirm>(confirm, [](auto& r) { r.details_size = 0; }),
                    "confirm.details_hash"));
  CHECK(starts_with(words<Confirm>(confirm, [](auto& r) { r.reserved = 1; }), "confirm.reserved"));
  using Cancel = record::Cancel;
  CHECK(starts_with(words<Cancel>(samples::cancel(id), [](auto& r) { r.booking = 0; }),
                    "cancel.booking"));
  CHECK(starts_with(words<Cancel>(samples::cancel(id), [](auto& r) { r.decided_ms = -1; }),
                    "cancel.decided_ms"));
  using Expire = record::Expire;
  CHECK(starts_with(words<Expire>(samples::expire(id), [](auto& r) { r.booking = 0; }),
                    "expire.booking"));
  CHECK(starts_with(words<Expire>(samples::expire(id), [](auto& r) { r.decided_ms = -1; }),
                    "expire.decided_ms"));
  using Free = record::Free;
  CHECK(starts_with(words<Free>(samples::free_place(id), [](auto& r) { r.booking = 0; }),
                    "free.booking"));
  using Move = record::Reschedule;
  const Move move = samples::reschedule(id);
  CHECK(starts_with(words<Move>(move, [](auto& r) { r.booking = 0; }), "reschedule.booking"));
  CHECK(starts_with(words<Move>(move, [](auto& r) { r.from = 0; }), "reschedule.from"));
  CHECK(starts_with(words<Move>(move, [](auto& r) { r.slot = ~0ULL; }), "reschedule.slot names"));
  CHECK(starts_with(words<Move>(move, [](auto& r) { r.slot = r.from; }), "reschedule.slot is"));
  CHECK(
      starts_with(words<Move>(move, [](auto& r) { r.decided_ms = -1; }), "reschedule.decided_ms"));
  CHECK(starts_with(words<Move>(move, [](auto& r) { r.decided_ms = record::kLedgerMsMax + 1; }),
                    "reschedule.decided_ms"));
}

TEST_CASE("every bound of an epoch, a tick and an archive is held and named") {
  using Epoch = record::Epoch;
  const Epoch epoch = samples::epoch(1, 0);
  CHECK(starts_with(words<Epoch>(epoch, [](auto& r) { r.number = 0; }), "epoch.number"));
  CHECK(starts_with(words<Epoch>(epoch, [](auto& r) { r.random = 1U << 20; }), "epoch.random"));
  CHECK(starts_with(words<Epoch>(epoch, [](auto& r) { r.format = 2; }), "epoch.format"));
  CHECK(starts_with(words<Epoch>(epoch, [](auto& r) { r.ledger_ms = -1; }), "epoch.ledger_ms"));
  CHECK(starts_with(words<Epoch>(epoch, [](auto& r) { r.grace_ms = -1; }), "epoch.grace_ms"));
  using Tick = record::Tick;
  CHECK(starts_with(words<Tick>(samples::tick(0), [](auto& r) { r.ledger_ms = -1; }), "tick."));
  using Archive = record::Archive;
  const Archive archive = samples::archive(samples::kLane, samples::kDay);
  CHECK(starts_with(words<Archive>(archive, [](auto& r) { r.lane = kMaxLanes; }), "archive.lane"));
  CHECK(starts_with(words<Archive>(archive, [](auto& r) { r.day = -1; }), "archive.day"));
}

TEST_CASE("civil times that no sum would hold are refused, whichever record has them") {
  const BookingId id = samples::booking_id(7);
  for (const std::int64_t beyond :
       {record::kCivilMsMax + 1, -record::kCivilMsMax - 1, INT64_MAX, INT64_MIN}) {
    CAPTURE(beyond);
    CHECK(starts_with(
        words<record::Epoch>(samples::epoch(1, 0), [&](auto& r) { r.civil_ms = beyond; }),
        "epoch.civil_ms"));
    CHECK(starts_with(words<record::Claim>(samples::claim(id, samples::slot_key()),
                                           [&](auto& r) { r.created_ms = beyond; }),
                      "claim.created_ms"));
    CHECK(starts_with(words<record::Confirm>(samples::confirm(id, 2000, 100),
                                             [&](auto& r) { r.confirmed_ms = beyond; }),
                      "confirm.confirmed_ms"));
    CHECK(starts_with(
        words<record::Cancel>(samples::cancel(id), [&](auto& r) { r.ended_ms = beyond; }),
        "cancel.ended_ms"));
    CHECK(starts_with(
        words<record::Expire>(samples::expire(id), [&](auto& r) { r.ended_ms = beyond; }),
        "expire.ended_ms"));
    CHECK(starts_with(
        words<record::Reschedule>(samples::reschedule(id), [&](auto& r) { r.moved_ms = beyond; }),
        "reschedule.moved_ms"));
  }
  record::Epoch before_1970 = samples::epoch(1, 0);
  before_1970.civil_ms = -record::kCivilMsMax;
  CHECK(words_of(samples::bytes_of(before_1970)).empty());
}

TEST_CASE("every bound of a lane is held and named") {
  CHECK(starts_with(words_of(samples::lane(LaneId{kMaxLanes}, "key")), "lane.lane"));
  CHECK(starts_with(words_of(samples::lane(LaneId{0}, std::string(201, 'x'))), "lane."));
  Bytes bytes = samples::lane(LaneId{0}, "key");
  bytes.back() = std::byte{1};
  CHECK(starts_with(words_of(bytes), "lane.key: its padding"));
  bytes = samples::lane(LaneId{0}, "key");
  bytes[12] = std::byte{0};  // key_size
  CHECK(starts_with(words_of(bytes), "lane.key_size"));
  bytes[12] = std::byte{9};
  CHECK(starts_with(words_of(bytes), "lane.size"));
}

TEST_CASE("every bound of a day and its slots is held and named") {
  const auto spoiled = [](std::size_t at, std::uint16_t value) {
    Bytes bytes = samples::day(samples::kLane, samples::kDay, 3, 8);
    std::memcpy(&bytes[at], &value, sizeof value);
    return words_of(bytes);
  };
  constexpr std::size_t kSecond = sizeof(record::Day) + sizeof(record::DaySlot);
  CHECK(starts_with(words_of(samples::day(LaneId{kMaxLanes}, samples::kDay, 3, 8)), "day.lane"));
  CHECK(starts_with(words_of(samples::day(samples::kLane, Day{-1}, 3, 8)), "day.day"));
  CHECK(starts_with(words_of(samples::day(samples::kLane, Day{1 << 20}, 3, 8)), "day.day"));
  CHECK(starts_with(spoiled(16, 2), "day.size"));
  CHECK(starts_with(spoiled(16, 481), "day.slots"));
  CHECK(starts_with(spoiled(20, 1), "day.reserved"));
  CHECK(starts_with(spoiled(kSecond, 540), "day.slot.minute"));  // the first one's
  CHECK(starts_with(spoiled(kSecond, 2048), "day.slot.minute"));
  CHECK(starts_with(spoiled(kSecond + 2, 0), "day.slot.length_minutes"));
  CHECK(starts_with(spoiled(kSecond + 4, 0), "day.slot.capacity"));
  CHECK(starts_with(spoiled(kSecond + 4, 16384), "day.slot.capacity"));
  CHECK(starts_with(spoiled(kSecond + 6, 16376), "day.slot.kept"));
  CHECK(spoiled(kSecond + 6, 16375).empty());
  CHECK(words_of(samples::day(samples::kLane, samples::kDay, 0, 8)).empty());  // closed all day
  CHECK(words_of(samples::day(samples::kLane, samples::kDay, 75, 8)).empty());
}

}  // namespace
