// Entitlements in data that makes no sense: a start says what is wrong, whatever it is.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "ledger/entitlement_word.hpp"
#include "unit/ledger/restored.hpp"

using namespace janji;
using ledger::EntitlementWord;
using samples::booking_id;
using samples::entitlement_id;
using samples::Restored;

namespace {

const EntitlementId kId = entitlement_id(3);
const BookingId kHead = booking_id(4);

struct Town : Restored {
  Status bytes(const samples::Bytes& made) {
    return ledger.restore_record(Lsn{++lsn}, record::as<record::Header>(made.data()));
  }
  Status group(EntitlementId under, BookingId head = kHead) {
    auto claim = samples::group_claim_head(head);
    claim.entitlement = under.value;
    std::vector<record::NewMember> members;
    for (const std::uint64_t member : samples::member_ids(head)) {
      members.push_back({member, samples::slot_key().value, 8, member});
    }
    return bytes(samples::with_members(claim, members));
  }
};

bool says(const Status& status, const char* words) {
  INFO((status.ok() ? std::string("ok") : status.error().detail));
  const bool so = !status.ok() && status.error().detail.find(words) != std::string::npos;
  CHECK(so);
  return so;
}

}  // namespace

TEST_CASE("restore: entitlements and their groups, from records") {
  Town town;
  town.take(samples::entitlement(kId, 2));
  REQUIRE(town.bytes(samples::eligible(kId, {{8, 1}, {8, 2}})).ok());
  REQUIRE(town.group(kId).ok());
  town.take(samples::cancel(BookingId{samples::member_ids(kHead)[0]}));
  REQUIRE(town.finish().ok());
  const auto found = town.ledger.find_entitlement(kId);
  REQUIRE(found.ok());
  CHECK(found->used == 1);
  CHECK(found->spent == 0);
  CHECK(found->eligible == 2);
  CHECK(town.ledger.find_group(kHead, {})->entitlement == kId);
}

TEST_CASE("restore: what can't be of an entitlement is named") {
  Town town;
  CHECK(says(town.group(kId), "which isn't there"));
  CHECK(says(town.bytes(samples::eligible(kId, {{8, 1}})), "isn't its own"));
  CHECK(says(town.record(samples::forget_entitlement(kId)), "it isn't there"));
  town.take(samples::entitlement(kId, 1));
  CHECK(says(town.record(samples::entitlement(entitlement_id(3, 1), 1)), "its cell is taken"));
  CHECK(says(town.group(entitlement_id(3, 1)), "which isn't there"));
  CHECK(says(town.group(kId), "2 of 1 units"));
}

TEST_CASE("restore: an entitlement isn't forgotten before its last group") {
  Town town;
  town.take(samples::entitlement(kId, 2));
  REQUIRE(town.group(kId).ok());
  CHECK(says(town.record(samples::forget_entitlement(kId)), "there are bookings under it"));
  REQUIRE(town.bytes(samples::group_change(kHead, record::Type::cancel)).ok());
  CHECK(says(town.record(samples::forget_entitlement(kId)), "1 groups name it"));
  REQUIRE(town.bytes(samples::group_change(kHead, record::Type::free)).ok());
  town.take(samples::forget_entitlement(kId));
  REQUIRE(town.finish().ok());
  CHECK(town.ledger.find_entitlement(kId).code() == Code::entitlement_not_found);
}

TEST_CASE(
    "restore: an entitlement in a cell that there isn't room for, and units that nobody has") {
  Town town;
  CHECK(says(town.record(samples::entitlement(entitlement_id(64), 1)), "entitlements_max"));
  CHECK(says(town.ledger.restore_eligible(3, {{8, 1}}), "which isn't there"));
  record::EntitlementImage image{};
  REQUIRE(record::apply(image, Lsn{1}, samples::entitlement(kId, 5)).ok());
  image.used = 2;
  image.spent = 1;
  REQUIRE(town.ledger.restore_entitlement(3, image).ok());
  CHECK(says(town.finish(), "has 2 units used"));
}

TEST_CASE("restore: an operation id of staff's that was granted twice is named") {
  Town town;
  town.take(samples::entitlement(kId, 1));
  auto other = samples::entitlement(entitlement_id(4), 1);
  other.operation_lo = samples::entitlement(kId, 1).operation_lo;
  town.take(other);
  CHECK(says(town.finish(), "was granted twice"));
}

TEST_CASE("an entitlement's word: counts never touch the terms, nor the terms the counts") {
  constexpr EntitlementWord word = EntitlementWord::make(5, 3);
  CHECK(word.granted());
  CHECK(word.left() == 2);
  CHECK(word.has_room(2));
  CHECK_FALSE(word.has_room(3));
  const EntitlementWord taken = word.with_taken(2);
  CHECK(taken.used() == 5);
  CHECK(taken.pending() == 2);
  CHECK(taken.same_terms(word));
  CHECK(taken.with_move().same_terms(word));
  CHECK(taken.with_move().pending() == 3);
  CHECK(EntitlementWord{taken.bits - EntitlementWord::undone(2)}.bits == word.bits);
  CHECK_FALSE(word.with_staff_busy().same_terms(word));
  const EntitlementWord lower = taken.with_staff_busy().changed_to(1, true);
  CHECK(lower.quota() == 1);
  CHECK(lower.used() == 5);
  CHECK(lower.left() == 0);
  CHECK_FALSE(lower.staff_busy());
  // As it was, and yet another: the version says so, until it has been all there are.
  EntitlementWord back = lower.changed_to(5, true);
  CHECK_FALSE(back.same_terms(word));
  for (int i = 2; i < 1 << EntitlementWord::kVersionBits; ++i) back = back.changed_to(5, true);
  CHECK(back.same_terms(word));
  constexpr std::uint32_t kMost = kEntitlementUnitsMax;
  const EntitlementWord full = EntitlementWord::make(kMost, 0).with_taken(kMost);
  CHECK(full.used() == kMost);
  CHECK(full.quota() == kMost);
  CHECK_FALSE(full.has_room(1));
  CHECK_FALSE(full.has_room_for_move());
}
