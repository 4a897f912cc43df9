// What the promises say of entitlements, broken in files that are otherwise sound, is named.
#include <functional>

#include "crafted_directory.hpp"
#include "state/entitlement_rows.hpp"

using namespace janji;
using namespace janji::test;
using samples::booking_id;
using samples::entitlement_id;
using store::StateTable;

namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

constexpr LaneId kOffice{4};
const BookingId kHead = booking_id(10);
const EntitlementId kId = entitlement_id(3);

SlotKey at(std::uint32_t i) {
  return samples::slot_key(i, kOffice, samples::kDay);
}

// A lane of the service that the entitlements of the samples are for, with a day that is open.
void begin(CraftedDirectory& directory) {
  directory.add(samples::lane(kOffice, "office/passport/general"));
  directory.add(samples::day(kOffice, samples::kDay, 3, 2));
  directory.cut();
}

samples::Bytes group_under(EntitlementId id, BookingId head = kHead, SlotKey slot = at(0)) {
  auto claim = samples::group_claim_head(head);
  claim.entitlement = id.value;
  std::vector<record::NewMember> members;
  for (const std::uint64_t member : samples::member_ids(head)) {
    members.push_back({member, slot.value, 8, member});
  }
  return samples::with_members(claim, members);
}

samples::Bytes joining_under(EntitlementId id) {
  auto join = samples::group_join_head(kHead);
  join.slot = at(0).value;
  join.last = at(1).minute().value;
  join.entitlement = id.value;
  std::vector<record::JoiningMember> members;
  for (const std::uint64_t member : samples::member_ids(kHead)) {
    members.push_back({member, 8, member});
  }
  return samples::with_members(join, members);
}

// In the journal, or as far as it went in the state.
std::string verdict_of(const std::function<void(CraftedDirectory&)>& before,
                       const std::function<void(CraftedDirectory&)>& last, bool in_state) {
  CraftedDirectory directory;
  begin(directory);
  before(directory);
  directory.cut();
  if (in_state) directory.checkpoint();
  last(directory);
  directory.cut();
  return directory.verdict();
}

}  // namespace

TEST_CASE("verify: groups under an entitlement, its changes and its end are sound") {
  const bool in_state = GENERATE(false, true);
  const std::string verdict = verdict_of(
      [](CraftedDirectory& directory) {
        directory.add(samples::entitlement(kId, 2));
        directory.add(group_under(kId));
      },
      [](CraftedDirectory& directory) {
        const auto members = samples::member_ids(kHead);
        auto change = samples::entitlement(kId, 1, false);  // below what is used
        change.operation_lo = 900;
        directory.add(change);
        directory.add(samples::eligible(kId, {{8, 1}}));
        directory.add(samples::cancel(BookingId{members[0]}));
        directory.add(samples::expire(BookingId{members[1]}, 700'000));
        directory.add(samples::group_change(kHead, record::Type::free));
        directory.add(samples::forget_entitlement(kId, 700'000));
        directory.add(samples::entitlement(entitlement_id(3, 1), 5));
      },
      in_state);
  CHECK(verdict == "sound");
}

// Staff may change all of it meanwhile; what they have is theirs.
TEST_CASE("verify: a group that waits under an entitlement, and is offered seats, is sound") {
  const bool in_state = GENERATE(false, true);
  const std::string verdict = verdict_of(
      [](CraftedDirectory& directory) {
        directory.add(samples::entitlement(kId, 2));
        directory.add(joining_under(kId));
      },
      [](CraftedDirectory& directory) {
        auto change = samples::entitlement(kId, 1, false);
        change.operation_lo = 900;
        change.from = change.until = samples::kDay.value + 1;
        directory.add(change);
        directory.add(samples::group_promote(kHead, at(0), at(1)));
        for (const std::uint64_t member : samples::member_ids(kHead)) {
          directory.add(samples::expire(BookingId{member}, 700'000));
        }
        directory.add(samples::group_change(kHead, record::Type::free));
        directory.add(samples::forget_entitlement(kId, 700'000));
      },
      in_state);
  CHECK(verdict == "sound");
}

TEST_CASE("verify: what an entitlement isn't for is named") {
  const bool in_state = GENERATE(false, true);
  const bool joins = GENERATE(false, true);
  CAPTURE(in_state, joins);
  using Made = record::Entitlement;
  const auto under = [&](const std::function<void(Made&)>& spoil) {
    return verdict_of(
        [&](CraftedDirectory& directory) {
          auto made = samples::entitlement(kId, 2);
          spoil(made);
          directory.add(made);
        },
        [&](CraftedDirectory& directory) {
          directory.add(joins ? joining_under(kId) : group_under(kId));
        },
        in_state);
  };
  const std::int32_t day = samples::kDay.value;
  CHECK(under([](Made&) {}) == "sound");
  CHECK_THAT(under([](Made& made) { made.quota = 1; }),
             StartsWith("entitlements: ") && Contains("2 of 1 units"));
  CHECK_THAT(under([](Made& made) { made.holder_lo = 7; }), Contains("isn't its applicant's"));
  CHECK_THAT(under([](Made& made) { made.service = service_key("visa").value; }),
             Contains("for another service"));
  CHECK_THAT(under([&](Made& made) { made.until = day - 1; }), Contains("isn't valid on"));
  CHECK_THAT(under([&](Made& made) { made.from = day + 1; }), Contains("isn't valid on"));
  CHECK_THAT(under([](Made& made) { made.listed = 1; }), Contains("isn't on its list"));
}

TEST_CASE("verify: an entitlement that isn't there, or is another's cell, is named") {
  const bool in_state = GENERATE(false, true);
  const auto nothing = [](CraftedDirectory& d) { d.add(samples::tick(5)); };
  const auto granted = [](CraftedDirectory& directory) {
    directory.add(samples::entitlement(kId, 9));
  };
  const bool joins = GENERATE(false, true);
  const auto used = [&](CraftedDirectory& directory) {
    granted(directory);
    directory.add(joins ? joining_under(kId) : group_under(kId));
  };
  const auto says = [&](const auto& before, const auto& last) {
    return verdict_of(before, last, in_state);
  };
  CHECK_THAT(says(nothing, [](CraftedDirectory& d) { d.add(group_under(kId)); }),
             StartsWith("entitlements: ") && Contains("isn't there"));
  CHECK_THAT(says(granted, [](CraftedDirectory& d) { d.add(group_under(entitlement_id(3, 1))); }),
             StartsWith("entitlements: ") && Contains("isn't there"));
  CHECK_THAT(says(granted, [](CraftedDirectory& d) { d.add(samples::entitlement(kId, 1)); }),
             StartsWith("records: ") && Contains("its cell is taken"));
  CHECK_THAT(says(nothing,
                  [](CraftedDirectory& d) {
                    d.add(samples::eligible(kId, {{8, 1}}));
                  }),
             StartsWith("records: ") && Contains("its cell isn't its own"));
  CHECK_THAT(says(used, [](CraftedDirectory& d) { d.add(samples::forget_entitlement(kId)); }),
             StartsWith("records: ") && Contains("there are bookings under it"));
  CHECK_THAT(says(used,
                  [&](CraftedDirectory& d) {
                    constexpr auto kCancel = record::Type::cancel;
                    d.add(joins ? samples::group_leaves(kHead, kCancel)
                                : samples::group_change(kHead, kCancel));
                    d.add(samples::forget_entitlement(kId));
                  }),
             StartsWith("entitlements: ") && Contains("1 groups name it"));
  CHECK_THAT(says(granted,
                  [](CraftedDirectory& d) {
                    auto other = samples::entitlement(samples::entitlement_id(4), 1);
                    other.operation_lo = samples::entitlement(kId, 1).operation_lo;
                    d.add(other);
                  }),
             StartsWith("operations: "));
  CHECK_THAT(says(nothing,
                  [](CraftedDirectory& d) {
                    d.add(samples::entitlement(
                        record::make_entitlement_id(3, 0, samples::kRandom + 1), 1));
                  }),
             StartsWith("ids: "));
}

TEST_CASE("verify: a move to a date that the entitlement isn't for is named") {
  const bool in_state = GENERATE(false, true);
  const bool valid = GENERATE(false, true);
  const Day later{samples::kDay.value + 1};
  const std::string verdict = verdict_of(
      [&](CraftedDirectory& directory) {
        directory.add(samples::day(kOffice, later, 3, 2));
        auto made = samples::entitlement(kId, 2);
        made.until = samples::kDay.value + (valid ? 1 : 0);
        directory.add(made);
        directory.add(group_under(kId));
      },
      [&](CraftedDirectory& directory) {
        std::vector<record::MovedMember> members;
        for (const std::uint64_t member : samples::member_ids(kHead)) {
          members.push_back({member, at(0).value, samples::slot_key(0, kOffice, later).value});
        }
        directory.add(samples::with_members(samples::group_move_head(kHead), members));
      },
      in_state);
  if (valid) {
    CHECK(verdict == "sound");
  } else {
    CHECK_THAT(verdict, StartsWith("entitlements: ") && Contains("moves to a date"));
  }
}

TEST_CASE("verify: a count of units that the bookings don't have is named") {
  CraftedDirectory directory;
  begin(directory);
  directory.add(samples::entitlement(kId, 9));
  directory.add(group_under(kId));
  directory.cut();
  const auto change = GENERATE(0, 1, 2);
  directory.checkpoint([&](store::StateStore& state) {
    if (change == 2) {
      REQUIRE(state.erase(StateTable::entitlements, 3).ok());
      return;
    }
    const auto row = state.get(StateTable::entitlements, 3);
    REQUIRE((row.ok() && row->has_value()));
    auto image = *state::decode_entitlement(3, **row);
    ++(change == 0 ? image.used : image.spent);
    REQUIRE(state.put(StateTable::entitlements, 3, state::encode_entitlement(3, image)).ok());
  });
  CHECK_THAT(directory.verdict(), StartsWith("recount: "));
}
