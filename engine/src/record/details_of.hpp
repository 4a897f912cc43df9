// The details that a record brings, whichever kind it is.
#pragma once

#include <cstdint>

#include "record/image.hpp"
#include "record/record.hpp"
#include "record/visit.hpp"

namespace janji::record {

struct DetailsOf {
  std::uint32_t size;  // bytes in the details table under the record's LSN; 0: none
  std::uint64_t hash;
};

// `header` as for visit_record().
inline DetailsOf details_of(const Header& header) noexcept {
  return visit_record(header, [](const auto& record) {
    if constexpr (requires { record.step; }) {  // of other steps than these it is a number
      return brings_details(record.step) ? DetailsOf{record.details_size, record.details_hash}
                                         : DetailsOf{};
    } else if constexpr (requires { record.details_size; }) {
      return DetailsOf{record.details_size, record.details_hash};
    } else {
      return DetailsOf{};
    }
  });
}

}  // namespace janji::record
