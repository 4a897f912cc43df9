#include "record/apply.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <type_traits>

#include <janji/check.hpp>

#include "record/names.hpp"
#include "record/visit.hpp"

namespace janji::record {

Error does_not_apply(Type type, std::uint64_t booking, const BookingImage& image, const char* why) {
  char ids[96];
  std::snprintf(ids, sizeof ids,
                " of booking 0x%016llx: ", static_cast<unsigned long long>(booking));
  std::string words = std::string(name_of(type)) + ids + why;
  if (image.booking == 0) {
    words += " (the place is free, its generation " + std::to_string(image.generation) + ")";
  } else {
    std::snprintf(ids, sizeof ids, " (there is booking 0x%016llx, %s, %lld ms)",
                  static_cast<unsigned long long>(image.booking), name_of(state_of(image)),
                  static_cast<long long>(image.ledger_ms));
    words += ids;
  }
  return Error{Code::damaged, std::move(words)};
}

Status apply(BookingImage& image, Lsn lsn, const WalkIn& walk_in) {
  if (Status begun = begin(image, lsn, walk_in, 0); !begun.ok()) return begun;
  const auto enter = [&](Type type) -> OperationImage& {
    OperationImage& entry = image.operation[image.operations++];
    entry = OperationImage{};
    entry.lsn = lsn.value;
    entry.at_ms = walk_in.created_ms;
    entry.type = static_cast<std::uint8_t>(type);
    return entry;
  };
  OperationImage& confirmed = enter(Type::confirm);
  confirmed.details_hash = walk_in.details_hash;
  confirmed.details_size = walk_in.details_size;
  enter(Type::check_in).details_size = walk_in.queue_number;
  return success();
}

Status apply(BookingImage& image, Lsn lsn, const Erase& erase) {
  const bool is_head = state_of(image) == BookingState::group;
  const auto end = image.operation.begin() + image.operations;
  const auto entry = std::find_if(image.operation.begin(), end, [&](const OperationImage& one) {
    return one.lsn == erase.details_lsn && has_details(one);
  });
  const char* why = nullptr;
  if (entry == end) why = "it has no details of that record";
  if (!is_head && !has_ended(state_of(image))) why = "it hasn't ended";
  if (is_head != (erase.is_group != 0)) why = is_head ? "it is a group" : "it is no group";
  if (image.booking != erase.booking) why = "its place isn't its own";
  if (why != nullptr) return does_not_apply(Type::erase, erase.booking, image, why);
  entry->details_size = kDetailsErased;
  image.version = next_version(image.version);
  if (!is_member(image)) image.lsn = lsn.value;
  return success();
}

Status apply_booking(BookingImage& image, Place place, Lsn lsn, const Header& header) {
  JANJI_CHECK(booking_of(header).value != 0);
  const bool is_head = state_of(image) == BookingState::group;
  if ((header.flags & Header::kLater) != 0 && !is_head && seats_taken(image) == 0) [[unlikely]] {
    return does_not_apply(header.type, image.booking, image, "it has no seats to give up");
  }
  return visit_record(header, [&](const auto& record) -> Status {
    if constexpr (is_group_record<std::decay_t<decltype(record)>>) {
      return apply_to(image, place, lsn, record);
    } else if constexpr (requires { record.booking; }) {
      return apply(image, lsn, record);
    } else {
      check_failed("a record about a booking", __FILE__, __LINE__);
    }
  });
}

}  // namespace janji::record
