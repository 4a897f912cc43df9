#include "record/entitlement_image.hpp"

#include <cstring>
#include <functional>
#include <string>

#include <catch2/catch.hpp>

#include "record/apply.hpp"
#include "record/check_record.hpp"
#include "unit/record/samples.hpp"

namespace {

using namespace janji;
using record::EligibleKeys;
using record::EntitlementImage;
using record::UnitsMoved;

const EntitlementId kId = samples::entitlement_id(3);

bool says(const std::string& words, const char* what) {
  return words.find(what) != std::string::npos;
}

std::string why(EntitlementImage& image, const record::Entitlement& made, std::uint64_t lsn = 9) {
  const EntitlementImage before = image;
  const Status applied = record::apply(image, Lsn{lsn}, made);
  if (applied.ok()) return "";
  REQUIRE(applied.code() == Code::damaged);
  REQUIRE(std::memcmp(&before, &image, sizeof image) == 0);
  return applied.error().detail;
}

std::string why(EntitlementImage& image, EligibleKeys& keys, const samples::Bytes& bytes,
                std::uint64_t lsn = 9) {
  const EligibleKeys before = keys;
  const auto& change = record::as<record::Eligible>(bytes.data());
  const Status applied = record::apply(image, keys, Lsn{lsn}, change);
  if (applied.ok()) return "";
  REQUIRE(applied.code() == Code::damaged);
  REQUIRE(keys == before);
  return applied.error().detail;
}

EntitlementImage granted(std::uint32_t quota = 5) {
  EntitlementImage image{};
  REQUIRE(why(image, samples::entitlement(kId, quota), 5).empty());
  return image;
}

std::string moved(EntitlementImage& image, std::int32_t used, std::int32_t spent = 0) {
  const Status status = record::move_units(image, kId, UnitsMoved{used, spent});
  return status.ok() ? "" : status.error().detail;
}

template <class R>
std::string refused(R record, const std::function<void(R&)>& spoil) {
  spoil(record);
  const Status status = record::check_record(samples::bytes_of(record));
  REQUIRE(status.code() == Code::damaged);
  return status.error().detail;
}

std::string refused(samples::Bytes bytes, std::size_t offset, std::uint32_t value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
  const Status status = record::check_record(bytes);
  REQUIRE(status.code() == Code::damaged);
  return status.error().detail;
}

}  // namespace

TEST_CASE("an entitlement is what its last record says, and remembers each operation") {
  EntitlementImage image = granted();
  CHECK(image.quota == 5);
  CHECK(image.lsn == 5);
  auto change = samples::entitlement(kId, 2, false);
  change.header.actor = 8;
  change.listed = 1;
  REQUIRE(why(image, change, 6).empty());
  CHECK(image.quota == 2);
  CHECK(image.listed == 1);
  CHECK(image.actor == 8);
  CHECK(image.operations == 2);
  CHECK(image.operation[1].lsn == 6);
  EligibleKeys keys;
  REQUIRE(why(image, keys, samples::eligible(kId, {{8, 1}, {8, 2}}), 7).empty());
  REQUIRE(why(image, keys, samples::eligible(kId, {{8, 3}}, {{8, 1}}), 8).empty());
  CHECK(keys == EligibleKeys{{8, 2}, {8, 3}});
  CHECK(image.operations == 4);
  CHECK(record::why_senseless(image) == nullptr);
  REQUIRE(record::apply(image, samples::forget_entitlement(kId)).ok());
  CHECK(image.entitlement == 0);
}

TEST_CASE("a record about an entitlement that doesn't apply is damage, and changes nothing") {
  EntitlementImage none{};
  CHECK(says(why(none, samples::entitlement(kId, 1, false)), "isn't its own"));
  EntitlementImage image = granted();
  CHECK(says(why(image, samples::entitlement(samples::entitlement_id(3, 1), 1)), "is taken"));
  auto other = samples::entitlement(kId, 1, false);
  other.holder_lo = 99;
  CHECK(says(why(image, other), "another holder's"));
  other = samples::entitlement(kId, 1, false);
  other.service = 99;
  CHECK(says(why(image, other), "another service"));
  EligibleKeys keys{{8, 1}};
  CHECK(says(why(image, keys, samples::eligible(kId, {{8, 1}})), "is there"));
  CHECK(says(why(image, keys, samples::eligible(kId, {}, {{8, 2}})), "isn't there"));
  CHECK(says(why(image, keys, samples::eligible(samples::entitlement_id(3, 1), {{8, 2}})),
             "isn't its own"));
  CHECK_FALSE(record::apply(image, samples::forget_entitlement(samples::entitlement_id(4))).ok());
  REQUIRE(moved(image, 1).empty());
  const Status kept = record::apply(image, samples::forget_entitlement(kId));
  CHECK(says(kept.error().detail, "there are bookings under it"));
  while (image.operations < record::kOperationsPerEntitlement) {
    REQUIRE(why(image, samples::entitlement(kId, 3, false)).empty());
  }
  CHECK(says(why(image, samples::entitlement(kId, 3, false)), "changed too often"));
  CHECK(says(why(image, keys, samples::eligible(kId, {{8, 7}})), "changed too often"));
}

TEST_CASE("no unit is used past the quota, nor given back twice") {
  EntitlementImage image = granted(2);
  CHECK(moved(image, 1).empty());
  CHECK(moved(image, 1).empty());
  CHECK(says(moved(image, 1), "3 of 2 units"));
  CHECK(image.used == 2);
  CHECK(moved(image, 0, 1).empty());
  CHECK(moved(image, -1).empty());
  CHECK_FALSE(moved(image, -1).empty());  // what is spent is spent
  CHECK(image.used == 1);
  REQUIRE(why(image, samples::entitlement(kId, 0, false)).empty());  // below what is used
  CHECK_FALSE(moved(image, 1).empty());
  EntitlementImage none{};
  CHECK(says(moved(none, 1), "isn't there"));
}

TEST_CASE(
    "what a member uses of its entitlement goes by its state, and stays when it is forgotten") {
  record::BookingImage member{};
  member.booking = samples::booking_id(8).value;
  member.group = samples::booking_id(7).value;
  member.entitlement = kId.value;
  const auto units = [&](BookingState state) {
    member.state = static_cast<std::uint8_t>(state);
    return record::units_of(member);
  };
  using State = BookingState;
  for (const State state : {State::waiting, State::held, State::awaiting, State::confirmed,
                            State::checked_in, State::displaced}) {
    CHECK(units(state).used == 1);
    CHECK(units(state).spent == 0);
  }
  for (const State state : {State::completed, State::no_show}) {
    CHECK(units(state).used == 1);
    CHECK(units(state).spent == 1);
  }
  for (const State state : {State::cancelled, State::expired, State::refused}) {
    CHECK(units(state).used == 0);
    CHECK(units(state).spent == 0);
  }
  const record::Units spent = units(State::completed);
  CHECK_FALSE(record::units_moved(member.booking, spent, record::BookingImage{}).any());
  record::BookingImage next = member;
  next.booking = samples::booking_id(8, 1).value;
  next.state = static_cast<std::uint8_t>(State::held);
  CHECK(record::units_moved(member.booking, spent, next).used == 1);
  next.group = next.booking;  // a head has none of its own
  CHECK_FALSE(record::units_moved(0, {}, next).any());
  next.group = member.group;
  next.entitlement = 0;
  CHECK_FALSE(record::units_moved(0, {}, next).any());
}

TEST_CASE("a claim under an entitlement is its holder's, on its dates, for its list") {
  EntitlementImage image = granted();
  EligibleKeys keys;
  const BookingId head = samples::booking_id(7);
  const auto against = [&](auto&& spoil) {
    auto claim = samples::group_claim_head(head);
    claim.entitlement = kId.value;
    EntitlementImage of = image;
    spoil(claim, of);
    const samples::Bytes bytes = samples::with_members(
        claim, std::vector<record::NewMember>{{head.value + 1, samples::slot_key().value, 8, 1}});
    const char* words =
        record::why_not_entitled(of, keys, record::as<record::GroupClaim>(bytes.data()));
    return std::string(words == nullptr ? "" : words);
  };
  CHECK(against([](auto&, auto&) {}).empty());
  CHECK(says(against([](auto& c, auto&) { ++c.entitlement; }), "isn't there"));
  CHECK(says(against([](auto& c, auto&) { ++c.applicant_lo; }), "its applicant's"));
  const std::int32_t day = samples::slot_key().day().value;
  CHECK(says(against([&](auto&, auto& of) { of.until = day - 1; }), "isn't valid"));
  CHECK(says(against([&](auto&, auto& of) { of.from = day + 1; }), "isn't valid"));
  CHECK(against([&](auto&, auto& of) { of.from = of.until = day; }).empty());
  CHECK(says(against([](auto&, auto& of) { of.listed = 1; }), "isn't on its list"));
  keys.insert({8, 1});
  CHECK(against([](auto&, auto& of) { of.listed = 1; }).empty());
}

TEST_CASE("a row of an entitlement that can't be is told from one that can") {
  EntitlementImage image{};
  CHECK(says(record::why_senseless(image), "names none"));
  image = granted();
  REQUIRE(why(image, samples::entitlement(kId, 7, false), 7).empty());
  const auto spoiled = [&](auto&& spoil) {
    EntitlementImage other = image;
    spoil(other);
    const char* words = record::why_senseless(other);
    return std::string(words == nullptr ? "" : words);
  };
  using Image = EntitlementImage;
  CHECK(spoiled([](Image&) {}).empty());
  CHECK(says(spoiled([](Image& i) { i.holder_hi = i.holder_lo = 0; }), "no holder"));
  CHECK(says(spoiled([](Image& i) { i.service = 0; }), "no service"));
  CHECK(says(spoiled([](Image& i) { i.quota = kEntitlementUnitsMax + 1; }), "units"));
  CHECK(says(spoiled([](Image& i) { i.used = kEntitlementUnitsMax + 1; }), "units"));
  CHECK(says(spoiled([](Image& i) { i.spent = 1; }), "units"));
  CHECK(says(spoiled([](Image& i) { i.from = -1; }), "dates"));
  CHECK(says(spoiled([](Image& i) { i.until = i.from - 1; }), "dates"));
  CHECK(says(spoiled([](Image& i) { i.until = 1 << 20; }), "dates"));
  CHECK(says(spoiled([](Image& i) { i.listed = 2; }), "part of it"));
  CHECK(says(spoiled([](Image& i) { i.reserved = 1; }), "part of it"));
  CHECK(says(spoiled([](Image& i) { i.acted_ms = INT64_MIN; }), "times"));
  CHECK(says(spoiled([](Image& i) { i.decided_ms = -1; }), "times"));
  CHECK(says(spoiled([](Image& i) { i.operations = 0; }), "as many changes"));
  CHECK(says(spoiled([](Image& i) { i.operations = 65; }), "as many changes"));
  CHECK(says(spoiled([](Image& i) { i.operation[1].lsn = 5; }), "a change of it is none"));
  CHECK(says(spoiled([](Image& i) { i.operation[0].type = 53; }), "a change of it is none"));
  CHECK(says(spoiled([](Image& i) { i.operation[1].details_hash = 1; }), "is none"));
  CHECK(says(spoiled([](Image& i) { i.lsn = 8; }), "last change"));
}

TEST_CASE("every bound of the records about entitlements is held and named") {
  using E = record::Entitlement;
  const E made = samples::entitlement(kId, 5);
  const auto bad = [&](const std::function<void(E&)>& spoil) { return refused<E>(made, spoil); };
  CHECK(says(bad([](E& r) { r.entitlement = 0; }), "entitlement.entitlement"));
  CHECK(says(bad([](E& r) { r.entitlement = record::kEntitlementsMax; }), "names none"));
  CHECK(says(bad([](E& r) { r.holder_hi = r.holder_lo = 0; }), "entitlement.holder"));
  CHECK(says(bad([](E& r) { r.decided_ms = -1; }), "entitlement.decided_ms"));
  CHECK(says(bad([](E& r) { r.acted_ms = INT64_MIN; }), "entitlement.acted_ms"));
  CHECK(says(bad([](E& r) { r.service = 0; }), "entitlement.service"));
  CHECK(says(bad([](E& r) { r.quota = kEntitlementUnitsMax + 1; }), "entitlement.quota"));
  CHECK(says(bad([](E& r) { r.from = -1; }), "entitlement.from"));
  CHECK(says(bad([](E& r) { r.until = r.from - 1; }), "entitlement.until"));
  CHECK(says(bad([](E& r) { r.until = 1 << 20; }), "entitlement.until"));
  CHECK(says(bad([](E& r) { r.listed = 2; }), "entitlement.listed"));
  CHECK(says(bad([](E& r) { r.granted = 2; }), "entitlement.granted"));
  using F = record::ForgetEntitlement;
  const F forget = samples::forget_entitlement(kId);
  CHECK(says(refused<F>(forget, [](F& r) { r.entitlement = 0; }), "names none"));
  CHECK(says(refused<F>(forget, [](F& r) { r.decided_ms = -1; }), "decided_ms"));
  CHECK(says(refused<F>(forget, [](F& r) { r.ended_ms = INT64_MAX; }), "ended_ms"));
  const samples::Bytes list = samples::eligible(kId, {{8, 1}, {8, 2}}, {{8, 3}});
  const std::size_t added = offsetof(record::Eligible, added);
  CHECK(says(refused(list, added, 3), "eligible.size"));
  CHECK(says(refused(list, added, 0xFFFF'FFFF), "eligible.added"));
  CHECK(says(refused(list, added + 4, 0xFFFF'FFFF), "eligible.removed"));
  CHECK(says(refused(list, added + 4, 199), "eligible.removed"));
  CHECK(says(refused(list, offsetof(record::Eligible, decided_ms) + 4, 0xFFFF'FFFF),
             "eligible.decided_ms"));
  samples::Bytes nobody = samples::eligible(kId, {{}});
  CHECK(says(record::check_record(nobody).error().detail, "eligible.applicant"));
}
