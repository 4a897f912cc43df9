#include "state/checkpointer.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/step.hpp"

namespace janji::state {

CheckpointLimits CheckpointLimits::for_room(std::size_t room) {
  constexpr std::size_t kBlockRoom = 8192;  // a page, and its share of those above and of splits
  CheckpointLimits limits;
  constexpr std::size_t kBlocksMin = 256;
  const std::size_t fit = room / 2 / kBlockRoom;
  const std::size_t bytes_a_block = limits.step_bytes / limits.step_blocks;
  limits.step_blocks = std::clamp(fit, kBlocksMin, limits.step_blocks);
  limits.step_bytes = limits.step_blocks * bytes_a_block;
  limits.hurry_factor = std::clamp<std::size_t>(fit / limits.step_blocks, 1, limits.hurry_factor);
  // Never nothing: a step without room for a chunk would apply none.
  constexpr std::size_t kDetailsMin = std::size_t{64} << 10;
  limits.step_details_bytes = std::clamp(room / 8, kDetailsMin, limits.step_details_bytes);
  return limits;
}

Checkpointer::Checkpointer(const store::JournalStore& journal, store::StateStore& state,
                           CheckpointLimits limits)
    : journal_(journal),
      state_(state),
      limits_(limits),
      bookings_(journal, state),
      days_(state),
      entitlements_(state) {}

Status Checkpointer::open() {
  auto meta = read_meta(state_);
  if (!meta) return meta.error();
  auto epochs = EpochTable::load(state_);
  if (!epochs) return epochs.error();
  meta_ = *meta;
  epochs_ = std::move(*epochs);
  applied_.store(meta_.applied, std::memory_order_release);
  return success();
}

Result<bool> Checkpointer::step(Lsn durable) {
  if (!status_.ok()) return status_.error();
  status_ = gather(durable);
  if (status_.ok() && batch_.empty()) return false;
  JANJI_STEP("state_gathered");
  if (status_.ok()) status_ = write();
  if (!status_.ok()) return status_.error();
  JANJI_STEP("state_committed");
  meta_ = batch_.meta();
  applied_.store(meta_.applied, std::memory_order_release);  // pairs with applied()
  return true;
}

Status Checkpointer::compact(Lsn covered) {
  if (!status_.ok()) return status_;
  if (Status compacted = state_.compact(); !compacted.ok()) return compacted;
  JANJI_STEP("state_compacted");
  if (meta_.erased == 0 || meta_.erased > covered.value) return success();
  StateMeta noted = meta_;
  noted.erased = 0;
  noted.erased_ms = 0;
  status_ = state_.begin();
  if (status_.ok()) {
    status_ = state_.put(StateTable::meta, kMetaKey, encode_meta(noted));
    if (!status_.ok()) state_.abort();
  }
  if (status_.ok()) status_ = state_.commit();
  if (status_.ok()) meta_ = noted;
  return status_;
}

Status Checkpointer::gather(Lsn durable) {
  batch_.start(meta_);
  const std::uint64_t backlog = durable.value - std::min(durable.value, meta_.applied);
  const std::size_t factor =
      std::clamp<std::size_t>(backlog / limits_.hurry_backlog, 1, limits_.hurry_factor);
  while (batch_.blocks() < limits_.step_blocks * factor &&
         batch_.bytes() < limits_.step_bytes * factor &&
         batch_.details_bytes() < limits_.step_details_bytes) {
    if (read_ahead_.empty()) {
      auto chunks = journal_.read(Lsn{batch_.meta().applied + 1}, limits_.read_chunks);
      if (!chunks) return chunks.error();
      for (store::StoredChunk& chunk : *chunks) read_ahead_.push_back(std::move(chunk));
    }
    if (read_ahead_.empty() || read_ahead_.front().first > durable) break;
    store::StoredChunk chunk = std::move(read_ahead_.front());
    read_ahead_.pop_front();
    if (Status status = batch_.add(std::move(chunk)); !status.ok()) {
      return Error{status.code(), journal_.name() + ": " + status.error().detail};
    }
  }
  batch_.sort();
  return success();
}

Status Checkpointer::write() {
  for (const std::uint32_t seq : batch_.others()) {
    const record::Header& header = batch_.header(seq);
    if (header.type != record::Type::epoch) continue;
    const auto* bytes = reinterpret_cast<const std::byte*>(&header);
    epochs_.add(make_epoch_row(batch_.lsn(seq), record::as<record::Epoch>(bytes)));
  }
  if (Status status = state_.begin(); !status.ok()) return status;
  Status status = bookings_.run(batch_, epochs_);
  if (status.ok()) status = days_.run(batch_, bookings_.seat_changes());
  if (status.ok()) status = entitlements_.run(batch_, bookings_.unit_changes());
  if (status.ok()) {
    status = state_.put(StateTable::meta, kMetaKey, encode_meta(batch_.meta()));
  }
  if (!status.ok()) {
    state_.abort();
    return Error{status.code(), state_.name() + ": " + status.error().detail};
  }
  JANJI_STEP("state_written");
  return state_.commit();
}

}  // namespace janji::state
