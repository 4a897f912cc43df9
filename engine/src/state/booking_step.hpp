// The part of a step that changes bookings.
#pragma once

#include <cstddef>
#include <vector>

#include <janji/result.hpp>

#include "state/batch.hpp"
#include "state/booking_block.hpp"
#include "state/epochs.hpp"
#include "store/journal_store.hpp"
#include "store/state_store.hpp"

namespace janji::state {

// Applies a batch's booking records, block by block, in the open step of a state: reads a block
// once, applies all that concerns it, writes it once. Copies the details of confirms over from the
// journal, where trimming will take them, and takes away those of places that were freed. One
// thread; reused.
class BookingStep {
 public:
  BookingStep(const store::JournalStore& journal, store::StateStore& state)
      : journal_(journal), state_(state), room_(BookingBlock::kBytesMax) {}

  // `epochs` holds every opening up to the end of the batch. Errors: damaged, with the LSN of the
  // record that doesn't apply; those of the stores.
  Status run(const Batch& batch, const EpochTable& epochs);

  // What the last run did to slots, in no order.
  std::vector<SeatChange>& seat_changes() noexcept { return seat_changes_; }
  // And to entitlements.
  std::vector<UnitChange>& unit_changes() noexcept { return unit_changes_; }

 private:
  using Items = std::span<const Batch::BookingItem>;

  Result<BookingBlock> read_block(std::uint64_t key);
  Status change_block(const Batch& batch, const EpochTable& epochs, Items items);
  Status change_booking(const Batch& batch, const EpochTable& epochs, Items items,
                        record::BookingImage& image);
  Status move_details(const Batch& batch, const record::BookingImage& before,
                      const record::BookingImage& after);

  const store::JournalStore& journal_;
  store::StateStore& state_;
  std::vector<std::byte> row_;   // the block that is being changed, as it was
  std::vector<std::byte> room_;  // as it will be
  std::vector<BookingBlock::Change> changes_;
  std::vector<SeatChange> seat_changes_;
  std::vector<UnitChange> unit_changes_;
};

}  // namespace janji::state
