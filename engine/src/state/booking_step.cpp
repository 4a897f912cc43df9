#include "state/booking_step.hpp"

#include <algorithm>
#include <string>

#include "record/apply.hpp"
#include "record/entitlement_image.hpp"
#include "store/details_row.hpp"

namespace janji::state {
namespace {

using record::BookingImage;
using record::OperationImage;

// How many of `items`, from the front, `same` holds for.
template <class Same>
std::size_t run_length(std::span<const Batch::BookingItem> items, Same&& same) {
  std::size_t length = 1;
  while (length < items.size() && same(items[length])) ++length;
  return length;
}

std::span<const OperationImage> operations_of(const BookingImage& image) {
  return {image.operation.data(), image.operations};
}

Error at_lsn(Lsn lsn, const std::string& words) {
  return Error{Code::damaged, "record at LSN " + std::to_string(lsn.value) + ": " + words};
}

}  // namespace

Status BookingStep::run(const Batch& batch, const EpochTable& epochs) {
  seat_changes_.clear();
  unit_changes_.clear();
  Items items(batch.bookings());
  while (!items.empty()) {
    const std::uint64_t block = block_of(items.front().place());
    const std::size_t length =
        run_length(items, [&](auto item) { return block_of(item.place()) == block; });
    Status status = change_block(batch, epochs, items.first(length));
    if (!status.ok()) return status;
    items = items.subspan(length);
  }
  return success();
}

Status BookingStep::change_block(const Batch& batch, const EpochTable& epochs, Items items) {
  const std::uint64_t key = block_of(items.front().place());
  auto block = read_block(key);
  if (!block) return block.error();
  changes_.clear();
  while (!items.empty()) {
    const record::Place place = items.front().place();
    const std::size_t length = run_length(items, [&](auto item) { return item.place() == place; });
    const std::uint32_t index = place % kPlacesPerBlock;
    const auto before = block->image(index);
    if (!before) return before.error();
    changes_.push_back(BookingBlock::Change{index, *before});
    BookingImage& after = changes_.back().image;
    Status status = change_booking(batch, epochs, items.first(length), after);
    if (status.ok()) status = move_details(batch, *before, after);
    if (!status.ok()) return status;
    items = items.subspan(length);
  }
  const std::size_t size = block->encode(changes_, room_);
  return state_.put(StateTable::bookings, key, Bytes(room_).first(size));
}

Result<BookingBlock> BookingStep::read_block(std::uint64_t key) {
  const auto row = state_.get(StateTable::bookings, key);
  if (!row) return row.error();
  if (!row->has_value()) return BookingBlock(key);
  row_.assign((*row)->begin(), (*row)->end());  // the store's own bytes last for one call only
  return BookingBlock::decode(key, row_);
}

Status BookingStep::change_booking(const Batch& batch, const EpochTable& epochs, Items items,
                                   BookingImage& image) {
  for (const Batch::BookingItem item : items) {
    const Lsn lsn = batch.lsn(item.seq());
    epochs.settle(image, lsn);
    const std::uint32_t taken = record::seats_taken(image);
    const std::uint64_t slot_before = image.slot;
    const std::uint64_t booking = image.booking;
    const record::Units units = record::units_of(image);
    Status status = record::apply_booking(image, item.place(), lsn, batch.header(item.seq()));
    if (!status.ok()) return at_lsn(lsn, status.error().detail);
    const record::UnitsMoved moved = record::units_moved(booking, units, image);
    if (moved.any()) {
      const EntitlementId of{image.entitlement};
      unit_changes_.push_back(UnitChange{item.seq(), moved.used, moved.spent, of});
    }
    const std::uint32_t now_taken = record::seats_taken(image);
    if (taken == now_taken && slot_before == image.slot) continue;
    if (taken != 0) {
      seat_changes_.push_back(
          SeatChange{item.seq(), -static_cast<std::int32_t>(taken), SlotKey{slot_before}});
    }
    if (now_taken != 0) {
      seat_changes_.push_back(
          SeatChange{item.seq(), static_cast<std::int32_t>(now_taken), SlotKey{image.slot}});
    }
  }
  return success();
}

Status BookingStep::move_details(const Batch& batch, const BookingImage& before,
                                 const BookingImage& after) {
  const Lsn first = batch.lsn(0);
  for (const OperationImage& entry : operations_of(before)) {
    if (!record::has_details(entry)) continue;
    // A freed place has no operations left, and whoever took it has others.
    const auto index = static_cast<std::size_t>(&entry - before.operation.data());
    if (after.booking == before.booking && record::has_details(after.operation[index])) continue;
    Status status = state_.erase(StateTable::details, entry.lsn);
    if (!status.ok()) return status;
  }
  for (const OperationImage& entry : operations_of(after)) {
    if (!record::has_details(entry) || entry.lsn < first.value) continue;
    const Lsn lsn{entry.lsn};
    const auto details = journal_.details(lsn);
    // By a record behind this batch, which will take this row away, too.
    const bool erased = details.code() == Code::details_erased;
    if (!details && !erased) return details.error();
    if (!erased && details->empty()) return at_lsn(lsn, "its details are missing from the journal");
    Status status = state_.put(
        StateTable::details, lsn.value,
        erased ? store::encode_erased_row(lsn) : store::encode_details_row(lsn, *details));
    if (!status.ok()) return status;
  }
  return success();
}

}  // namespace janji::state
