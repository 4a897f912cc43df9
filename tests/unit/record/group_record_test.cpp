// Records about groups: what they must be, and what they do to the head and to the members.
#include <cstring>
#include <functional>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "record/apply.hpp"
#include "record/check_image.hpp"
#include "record/check_record.hpp"
#include "record/details_of.hpp"
#include "record/names.hpp"
#include "samples.hpp"

namespace {

using namespace janji;
using record::BookingImage;
using record::Type;
using samples::Bytes;

const BookingId kHead = samples::booking_id(7);

// The images of a head and its two members, by place.
using Images = std::map<record::Place, BookingImage>;

std::string words_of(const Bytes& bytes) {
  const Status status = record::check_record(bytes);
  return status.ok() ? "" : status.error().detail;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

// Applies the record to all whom it touches. Words of the first who refuses it, or none.
std::string apply_all(Images& images, Lsn lsn, const Bytes& bytes) {
  std::string words;
  const auto& header = record::as<record::Header>(bytes.data());
  record::for_each_booking(header, [&](BookingId id) {
    const record::Place place = record::place_of(id);
    const Status status = record::apply_booking(images[place], place, lsn, header);
    if (!status.ok() && words.empty()) words = status.error().detail;
  });
  return words;
}

Images claimed() {
  Images images;
  REQUIRE(apply_all(images, Lsn{10}, samples::group_claim(kHead)) == "");
  return images;
}

BookingImage& head_of(Images& images) {
  return images.at(record::place_of(kHead));
}
BookingImage& member_of(Images& images, std::size_t i) {
  return images.at(record::place_of(BookingId{samples::member_ids(kHead)[i]}));
}

bool says(const std::string& words, const char* part) {
  return words.find(part) != std::string::npos;
}

TEST_CASE("a group's record is as long as its members make it, one to a hundred") {
  for (const Bytes& good : {samples::group_claim(kHead), samples::group_move(kHead),
                            samples::group_change(kHead, Type::cancel), samples::group_join(kHead),
                            samples::group_promote(kHead)}) {
    const std::string name = record::name_of(samples::header_of(good).type);
    REQUIRE(words_of(good) == "");
    Bytes bad = good;
    bad.resize(bad.size() - 8);
    const auto size = static_cast<std::uint16_t>(bad.size());
    std::memcpy(&bad[2], &size, sizeof size);
    CHECK(starts_with(words_of(bad), name + ".size"));
  }
  const auto nobody = samples::with_members(samples::group_change_head(kHead, Type::cancel),
                                            std::vector<std::uint64_t>{});
  CHECK(starts_with(words_of(nobody), "group_change.members"));
  const auto crowd = samples::with_members(samples::group_change_head(kHead, Type::cancel),
                                           std::vector<std::uint64_t>(101, 5));
  CHECK(starts_with(words_of(crowd), "group_change.members"));
}

TEST_CASE("a group's claim of a wrong value is refused by its field") {
  using C = record::GroupClaim;
  const std::vector<record::NewMember> good{{9, samples::slot_key().value, 1, 1}};
  const auto words = [&](const std::function<void(C&)>& spoil) {
    C claim = samples::group_claim_head(kHead);
    spoil(claim);
    return words_of(samples::with_members(claim, good));
  };
  REQUIRE(words([](C&) {}) == "");
  CHECK(starts_with(words([](C& c) { c.booking = 0; }), "group_claim.booking"));
  CHECK(starts_with(words([](C& c) { c.applicant_hi = c.applicant_lo = 0; }),
                    "group_claim.applicant"));
  CHECK(starts_with(words([](C& c) { c.decided_ms = -1; }), "group_claim.decided_ms"));
  CHECK(starts_with(words([](C& c) { c.decided_ms = INT64_MAX; }), "group_claim.decided_ms"));
  CHECK(starts_with(words([](C& c) { c.deadline_ms = c.decided_ms; }), "group_claim.deadline_ms"));
  CHECK(starts_with(words([](C& c) { c.created_ms = INT64_MAX; }), "group_claim.created_ms"));
  CHECK(starts_with(words([](C& c) { c.category = 3; }), "group_claim.category"));
  CHECK(starts_with(words([](C& c) { c.reserved = 1; }), "group_claim.reserved"));
  const auto member = [&](const std::function<void(record::NewMember&)>& spoil) {
    std::vector<record::NewMember> one = good;
    spoil(one[0]);
    return words_of(samples::with_members(samples::group_claim_head(kHead), one));
  };
  CHECK(starts_with(member([](auto& m) { m.booking = 0; }), "group_claim.member.booking"));
  CHECK(
      starts_with(member([](auto& m) { m.booking = kHead.value; }), "group_claim.member.booking"));
  CHECK(starts_with(member([](auto& m) { m.slot = 0; }), "group_claim.member.slot"));
  CHECK(starts_with(member([](auto& m) { m.applicant_hi = m.applicant_lo = 0; }),
                    "group_claim.member.applicant"));
}

TEST_CASE("a group's step and move of a wrong value are refused by their field") {
  using S = record::GroupChange;
  const auto step = [](Type type, const std::function<void(S&)>& spoil) {
    S change = samples::group_change_head(kHead, type);
    spoil(change);
    return words_of(samples::with_members(change, samples::member_ids(kHead)));
  };
  for (const Type type : {Type::confirm, Type::submit, Type::extend, Type::approve, Type::refuse,
                          Type::cancel, Type::free}) {
    CHECK(step(type, [](S&) {}) == "");
  }
  CHECK(
      starts_with(step(Type::cancel, [](S& s) { s.step = Type::check_in; }), "group_change.step"));
  CHECK(starts_with(step(Type::cancel, [](S& s) { s.booking = 0; }), "group_change.booking"));
  CHECK(
      starts_with(step(Type::cancel, [](S& s) { s.decided_ms = -1; }), "group_change.decided_ms"));
  CHECK(starts_with(step(Type::cancel, [](S& s) { s.acted_ms = INT64_MAX; }),
                    "group_change.acted_ms"));
  CHECK(
      starts_with(step(Type::cancel, [](S& s) { s.deadline_ms = 5; }), "group_change.deadline_ms"));
  CHECK(starts_with(step(Type::extend, [](S& s) { s.deadline_ms = s.decided_ms; }),
                    "group_change.deadline_ms"));
  CHECK(starts_with(step(Type::confirm, [](S& s) { s.details_size = 5000; }),
                    "group_change.details_size"));
  CHECK(step(Type::cancel, [](S& s) { s.details_size = record::kLeftWaitlist; }) == "");
  CHECK(starts_with(step(Type::cancel, [](S& s) { s.details_size = 2; }),
                    "group_change.details_size"));
  // Nobody asks for it.
  CHECK(words_of(samples::group_leaves(kHead, Type::lapse)) == "");
  CHECK(starts_with(step(Type::lapse, [](S&) {}), "group_change: somebody asked"));
  CHECK(starts_with(step(Type::confirm, [](S& s) { s.details_hash = 1; }),
                    "group_change.details_hash"));
  CHECK(starts_with(step(Type::cancel, [](S& s) { s.reserved = 1; }), "group_change.reserved"));
  CHECK(step(Type::refuse, [](S& s) { s.details_size = UINT32_MAX; }) == "");
  CHECK(starts_with(words_of(samples::with_members(samples::group_change_head(kHead, Type::cancel),
                                                   std::vector<std::uint64_t>{kHead.value})),
                    "group_change.member"));

  using M = record::MovedMember;
  const M good{9, samples::slot_key(0).value, samples::slot_key(1).value};
  const auto move = [&](const std::function<void(record::GroupMove&, M&)>& spoil) {
    record::GroupMove head = samples::group_move_head(kHead);
    M one = good;
    spoil(head, one);
    return words_of(samples::with_members(head, std::vector<M>{one}));
  };
  REQUIRE(move([](auto&, auto&) {}) == "");
  CHECK(starts_with(move([](auto& h, auto&) { h.booking = 0; }), "group_move.booking"));
  CHECK(starts_with(move([](auto& h, auto&) { h.decided_ms = -1; }), "group_move.decided_ms"));
  CHECK(starts_with(move([](auto& h, auto&) { h.moved_ms = INT64_MAX; }), "group_move.moved_ms"));
  CHECK(starts_with(move([](auto& h, auto&) { h.reserved = 1; }), "group_move.reserved"));
  CHECK(starts_with(move([](auto&, auto& m) { m.booking = 0; }), "group_move.member.booking"));
  CHECK(starts_with(move([](auto&, auto& m) { m.from = 0; }), "group_move.member.from"));
  CHECK(starts_with(move([](auto&, auto& m) { m.slot = 0; }), "group_move.member.slot"));
  CHECK(starts_with(move([](auto&, auto& m) { m.slot = m.from; }), "group_move.member.slot"));
}

TEST_CASE("a group's join and promotion of a wrong value are refused by their field") {
  using J = record::JoiningMember;
  const auto join = [&](const std::function<void(record::GroupJoin&, J&)>& spoil) {
    record::GroupJoin head = samples::group_join_head(kHead);
    J one{9, 1, 1};
    spoil(head, one);
    return words_of(samples::with_members(head, std::vector<J>{one}));
  };
  REQUIRE(join([](auto&, auto&) {}) == "");
  REQUIRE(join([](auto& h, auto&) {
            h.last = static_cast<std::uint16_t>(SlotKey{h.slot}.minute().value + 1);
          }) == "");
  CHECK(starts_with(join([](auto& h, auto&) { h.booking = 0; }), "group_join.booking"));
  CHECK(starts_with(join([](auto& h, auto&) { h.slot = 0; }), "group_join.slot"));
  CHECK(starts_with(join([](auto& h, auto&) { h.applicant_hi = h.applicant_lo = 0; }),
                    "group_join.applicant"));
  CHECK(starts_with(join([](auto& h, auto&) { h.decided_ms = -1; }), "group_join.decided_ms"));
  CHECK(
      starts_with(join([](auto& h, auto&) { h.created_ms = INT64_MAX; }), "group_join.created_ms"));
  CHECK(starts_with(join([](auto& h, auto&) { h.category = 3; }), "group_join.category"));
  CHECK(starts_with(join([](auto& h, auto&) { h.reserved = 1; }), "group_join.reserved"));
  CHECK(starts_with(join([](auto& h, auto&) { h.last = 60'000; }), "group_join.last"));
  CHECK(starts_with(join([](auto& h, auto&) {
                      h.last = static_cast<std::uint16_t>(SlotKey{h.slot}.minute().value);
                    }),
                    "group_join.last"));
  CHECK(starts_with(join([](auto&, auto& m) { m.booking = 0; }), "group_join.member.booking"));
  CHECK(starts_with(join([](auto&, auto& m) { m.booking = kHead.value; }),
                    "group_join.member.booking"));
  CHECK(starts_with(join([](auto&, auto& m) { m.applicant_hi = m.applicant_lo = 0; }),
                    "group_join.member.applicant"));
  const auto many = [](std::size_t members) {
    return words_of(
        samples::with_members(samples::group_join_head(kHead), std::vector<J>(members, {9, 1, 1})));
  };
  CHECK(starts_with(many(0), "group_join.members"));
  CHECK(starts_with(many(101), "group_join.members"));

  using P = record::PromotedMember;
  const auto promote = [&](const std::function<void(record::GroupPromote&, P&)>& spoil) {
    record::GroupPromote head = samples::group_promote_head(kHead);
    P one{9, samples::slot_key().value};
    spoil(head, one);
    return words_of(samples::with_members(head, std::vector<P>{one}));
  };
  REQUIRE(promote([](auto&, auto&) {}) == "");
  CHECK(starts_with(promote([](auto& h, auto&) { h.booking = 0; }), "group_promote.booking"));
  CHECK(
      starts_with(promote([](auto& h, auto&) { h.decided_ms = -1; }), "group_promote.decided_ms"));
  CHECK(starts_with(promote([](auto& h, auto&) { h.deadline_ms = h.decided_ms; }),
                    "group_promote.deadline_ms"));
  CHECK(starts_with(promote([](auto& h, auto&) { h.promoted_ms = INT64_MAX; }),
                    "group_promote.promoted_ms"));
  CHECK(starts_with(promote([](auto& h, auto&) { h.reserved = 1; }), "group_promote.reserved"));
  CHECK(starts_with(promote([](auto& h, auto&) { h.header.actor = 1; }), "header.actor"));
  CHECK(
      starts_with(promote([](auto&, auto& m) { m.booking = 0; }), "group_promote.member.booking"));
  CHECK(starts_with(promote([](auto&, auto& m) { m.slot = 0; }), "group_promote.member.slot"));
}

TEST_CASE("a group that waits has no seats until all are offered one, each in a slot of theirs") {
  const auto minute = samples::slot_key().minute().value;
  const auto last = static_cast<std::uint16_t>(minute + 60);
  const SlotKey slot = samples::slot_key();
  const SlotKey second(slot.lane(), slot.day(), Minute{last});
  Images images;
  REQUIRE(apply_all(images, Lsn{10}, samples::group_join(kHead, last)) == "");
  CHECK(record::state_of(head_of(images)) == BookingState::group);
  CHECK(head_of(images).seats == 2);
  CHECK(head_of(images).operation_lo == 5);
  for (std::size_t i = 0; i < 2; ++i) {
    const BookingImage& member = member_of(images, i);
    CHECK(record::state_of(member) == BookingState::waiting);
    CHECK(record::seats_taken(member) == 0);
    CHECK(record::is_member(member));
    CHECK(member.slot == slot.value);
    CHECK(member.ledger_ms == last);
    CHECK(record::why_senseless(member) == nullptr);
  }
  CHECK(record::why_senseless(head_of(images)) == nullptr);
  Images again = images;
  CHECK(says(apply_all(again, Lsn{11}, samples::group_join(kHead)), "its place is taken"));
  const SlotKey other(slot.lane(), slot.day(), Minute{static_cast<std::uint16_t>(last + 1)});
  again = images;
  CHECK(says(apply_all(again, Lsn{11}, samples::group_promote(kHead, slot, other)),
             "it waited for another slot"));
  for (const bool others : {false, true}) {
    again = images;
    member_of(again, 1).group = others ? 99 : kHead.value;
    if (!others) head_of(again).state = static_cast<std::uint8_t>(BookingState::held);
    CHECK(says(apply_all(again, Lsn{11}, samples::group_promote(kHead)),
               others ? "it is of another group" : "it is no group"));
  }
  REQUIRE(apply_all(images, Lsn{11}, samples::group_promote(kHead, slot, second)) == "");
  CHECK(head_of(images).lsn == 11);
  CHECK(head_of(images).version == 2);
  CHECK(head_of(images).operations == 0);
  for (std::size_t i = 0; i < 2; ++i) {
    const BookingImage& member = member_of(images, i);
    CHECK(record::state_of(member) == BookingState::held);
    CHECK(member.slot == (i == 0 ? slot : second).value);
    CHECK(member.ledger_ms == 601'000);
    CHECK(member.lsn == 11);
    CHECK(member.version == 2);
  }
  CHECK(says(apply_all(images, Lsn{12}, samples::group_promote(kHead)),
             "its state doesn't allow it"));
}

TEST_CASE(
    "a group leaves the waitlist in a step that says so, and lapses in one nobody asked for") {
  for (const Type step : {Type::cancel, Type::lapse}) {
    CAPTURE(record::name_of(step));
    Images images;
    REQUIRE(apply_all(images, Lsn{10}, samples::group_join(kHead)) == "");
    if (step == Type::cancel) {
      Images silent = images;
      CHECK(
          says(apply_all(silent, Lsn{11}, samples::group_change(kHead, step)), "it waits, which"));
    }
    REQUIRE(apply_all(images, Lsn{11}, samples::group_leaves(kHead, step)) == "");
    for (std::size_t i = 0; i < 2; ++i) {
      const BookingImage& member = member_of(images, i);
      CHECK(record::state_of(member) ==
            (step == Type::cancel ? BookingState::cancelled : BookingState::expired));
      CHECK(member.ended_ms != 0);
      CHECK(member.lsn == 11);
    }
    CHECK(head_of(images).operations == (step == Type::cancel ? 1 : 0));
    CHECK(head_of(images).version == 2);
    CHECK(record::why_senseless(head_of(images)) == nullptr);
    Images held = claimed();
    CHECK(says(apply_all(held, Lsn{11}, samples::group_leaves(kHead, step)),
               step == Type::cancel ? "it doesn't wait" : "its state doesn't allow it"));
    Images confirmed = claimed();
    for (std::size_t i = 0; i < 2; ++i) {
      member_of(confirmed, i).state = static_cast<std::uint8_t>(BookingState::confirmed);
    }
    CHECK(
        says(apply_all(confirmed, Lsn{11}, samples::group_leaves(kHead, step)), "it doesn't wait"));
  }
}

TEST_CASE("only those steps of a group that bring details do") {
  const auto size = [](Type step, std::uint32_t said) {
    auto head = samples::group_change_head(kHead, step);
    head.details_size = said;
    const Bytes bytes = samples::with_members(head, samples::member_ids(kHead));
    return record::details_of(record::as<record::Header>(bytes.data())).size;
  };
  CHECK(size(Type::confirm, 5) == 5);
  CHECK(size(Type::submit, 5) == 5);
  CHECK(size(Type::refuse, 7) == 0);  // its reason
  CHECK(size(Type::cancel, record::kLeftWaitlist) == 0);
}

TEST_CASE("a group's claim makes a head and members that know it, in their order") {
  Images images = claimed();
  const BookingImage& head = head_of(images);
  CHECK(record::state_of(head) == BookingState::group);
  CHECK(head.group == kHead.value);
  CHECK(head.seats == 2);
  CHECK(head.scope == 0);
  CHECK(record::seats_taken(head) == 0);
  CHECK(head.operation_lo == 3);
  const auto ids = samples::member_ids(kHead);
  CHECK(static_cast<record::Place>(head.ledger_ms) == record::place_of(BookingId{ids[0]}));
  for (std::size_t i = 0; i < 2; ++i) {
    const BookingImage& member = member_of(images, i);
    CHECK(record::state_of(member) == BookingState::held);
    CHECK(member.booking == ids[i]);
    CHECK(member.group == kHead.value);
    CHECK(record::is_member(member));
    CHECK(member.applicant_lo == ids[i]);
    CHECK(member.scope == 2);
    CHECK(member.ledger_ms == 601'000);
    CHECK((member.operation_hi | member.operation_lo) == 0);
    CHECK(member.lsn == 10);
  }
  CHECK(record::next_member(member_of(images, 0)) == record::place_of(BookingId{ids[1]}));
  CHECK(record::next_member(member_of(images, 1)) == record::kNoPlace);
  // None of these places can be taken again.
  Images again = images;
  CHECK(says(apply_all(again, Lsn{11}, samples::group_claim(kHead)), "its place is taken"));
}

TEST_CASE("each step of a group does to its members what it does to a booking, once remembered") {
  struct Step {
    Type type;
    BookingState from, to;
  };
  using State = BookingState;
  for (const Step& step : {Step{Type::confirm, State::held, State::confirmed},
                           Step{Type::submit, State::held, State::awaiting},
                           Step{Type::extend, State::held, State::held},
                           Step{Type::approve, State::awaiting, State::confirmed},
                           Step{Type::refuse, State::awaiting, State::refused},
                           Step{Type::cancel, State::confirmed, State::cancelled}}) {
    CAPTURE(record::name_of(step.type));
    Images images = claimed();
    for (std::size_t i = 0; i < 2; ++i) {
      member_of(images, i).state = static_cast<std::uint8_t>(step.from);
    }
    REQUIRE(apply_all(images, Lsn{11}, samples::group_change(kHead, step.type)) == "");
    for (std::size_t i = 0; i < 2; ++i) {
      const BookingImage& member = member_of(images, i);
      CHECK(record::state_of(member) == step.to);
      CHECK(member.version == 2);
      CHECK(member.lsn == 11);
      CHECK(member.operations == 0);
      CHECK((member.ended_ms != 0) == has_ended(step.to));
      const bool prolongs = step.type == Type::submit || step.type == Type::extend;
      if (prolongs) CHECK(member.ledger_ms == 700'000);
    }
    const BookingImage& head = head_of(images);
    CHECK(record::state_of(head) == State::group);
    REQUIRE(head.operations == 1);
    CHECK(head.operation[0].type == static_cast<std::uint8_t>(step.type));
    CHECK(head.operation[0].lsn == 11);
  }
}

TEST_CASE("what doesn't fit a group is refused, and nothing is changed by it") {
  const auto refused = [](const std::function<void(Images&)>& spoil, const Bytes& record,
                          const char* why) {
    Images images = claimed();
    spoil(images);
    const Images before = images;
    const std::string words = apply_all(images, Lsn{11}, record);
    INFO(words);
    CHECK(says(words, why));
    // Those that it does fit may have taken it: the whole is refused by whoever applies it.
    for (auto& [place, image] : images) {
      if (image.lsn != 11 && image.booking != 0)
        CHECK(std::memcmp(&image, &before.at(place), sizeof image) == 0);
    }
  };
  const auto member = [](std::uint8_t state) {
    return [state](Images& images) { member_of(images, 1).state = state; };
  };
  const auto as = [](BookingState state) { return static_cast<std::uint8_t>(state); };
  const Bytes confirm = samples::group_change(kHead, Type::confirm);
  const Bytes move = samples::group_move(kHead);
  const Bytes free = samples::group_change(kHead, Type::free);
  refused(member(as(BookingState::confirmed)), confirm, "its state doesn't allow it");
  refused(member(as(BookingState::checked_in)), move, "its state doesn't allow it");
  refused(member(as(BookingState::held)), free, "it hasn't ended");
  refused([](Images& i) { member_of(i, 0).group = 99; }, confirm, "it is of another group");
  refused([](Images& i) { member_of(i, 0).group = 99; }, move, "it is of another group");
  refused([](Images& i) { member_of(i, 0).group = 99; }, free, "it is of another group");
  refused([](Images& i) { member_of(i, 0).booking += 1ULL << 40; }, confirm, "isn't its own");
  refused([](Images& i) { member_of(i, 0).booking += 1ULL << 40; }, free, "isn't its own");
  refused([](Images& i) { member_of(i, 0).ledger_ms = 2000; }, confirm, "its hold had expired");
  refused([](Images& i) { member_of(i, 0).slot = samples::slot_key(5).value; }, move,
          "it is in another slot");
  refused([](Images& i) { head_of(i).booking += 1ULL << 40; }, confirm, "isn't its own");
  refused([&](Images& i) { head_of(i).state = as(BookingState::held); }, confirm, "it is no group");
  refused([](Images& i) { head_of(i).operations = record::kOperationsPerBooking; }, confirm,
          "it was changed too often");
  refused([](Images& i) { head_of(i).operations = record::kOperationsPerBooking; }, move,
          "it was changed too often");
  refused([](Images& i) { member_of(i, 1).ledger_ms = 800'000; },
          samples::group_change(kHead, Type::extend), "its deadline would come nearer");
  refused(
      [&](Images& i) {
        for (std::size_t m = 0; m < 2; ++m) member_of(i, m).state = as(BookingState::cancelled);
        head_of(i).seats = 3;
      },
      free, "it has other members");
}

TEST_CASE("a group that is forgotten leaves free places of the next generation") {
  Images images = claimed();
  REQUIRE(apply_all(images, Lsn{11}, samples::group_change(kHead, Type::cancel)) == "");
  REQUIRE(apply_all(images, Lsn{12}, samples::group_change(kHead, Type::free)) == "");
  for (const auto& [place, image] : images) {
    CHECK(image.booking == 0);
    CHECK(image.generation == 1);
    CHECK(image.group == 0);
  }
}

}  // namespace
