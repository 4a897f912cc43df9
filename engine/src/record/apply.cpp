#include "record/apply.hpp"

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
