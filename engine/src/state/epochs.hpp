// The openings of a data directory.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/image.hpp"
#include "record/record.hpp"
#include "state/row.hpp"

namespace janji::state {

// A row of the table `epochs`, under the epoch's number.
struct EpochRow {
  std::uint64_t number;
  std::uint64_t lsn;
  std::int64_t floor_ms;  // holds from before it last at least until then, in ledger time
  std::int64_t ledger_ms;
  std::int64_t civil_ms;
  std::uint64_t random;
};

EpochRow make_epoch_row(Lsn lsn, const record::Epoch& epoch) noexcept;

// Problem: an opening moves the deadline of every hold there is, and must not rewrite every block
// of bookings.
// Operation: the blocks keep the deadlines of the claims; whoever takes an image out of a block
// settles it: raises the deadline by the openings since. An image that isn't held needs nothing.
// Limits: one row for each opening, for ever.
class EpochTable {
 public:
  // Every row of the store. Errors: damaged.
  static Result<EpochTable> load(const store::StateStore& store);

  // In the order of the LSNs.
  void add(const EpochRow& row);

  const std::vector<EpochRow>& rows() const noexcept { return rows_; }

  // `image`, from a block, as it is after every opening in the table. Of a table that was loaded
  // and not added to.
  void settle(record::BookingImage& image) const noexcept;

  // As it is just before LSN `until`.
  void settle(record::BookingImage& image, Lsn until) const noexcept;

 private:
  std::vector<EpochRow> rows_;
  std::vector<std::int64_t> floor_from_;  // greatest floor of this row and those behind it
};

}  // namespace janji::state
