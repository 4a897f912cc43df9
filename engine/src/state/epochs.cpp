#include "state/epochs.hpp"

#include <algorithm>

#include "record/apply.hpp"

namespace janji::state {

EpochRow make_epoch_row(Lsn lsn, const record::Epoch& epoch) noexcept {
  return EpochRow{epoch.number,    lsn.value,      epoch.ledger_ms + epoch.grace_ms,
                  epoch.ledger_ms, epoch.civil_ms, epoch.random};
}

Result<EpochTable> EpochTable::load(const store::StateStore& store) {
  EpochTable table;
  const Status status =
      store.scan(StateTable::epochs, 0, [&](std::uint64_t key, Bytes bytes) -> Status {
        const auto row = decode_row<EpochRow>(StateTable::epochs, key, bytes);
        if (!row) return row.error();
        const std::uint64_t last = table.rows_.empty() ? 0 : table.rows_.back().lsn;
        if (row->number != key || row->lsn <= last) {
          return damaged_row(StateTable::epochs, key, "it isn't in the order of the epochs");
        }
        const bool in_bounds =
            record::is_ledger_time(row->ledger_ms) && row->floor_ms >= row->ledger_ms &&
            record::is_ledger_time(row->floor_ms - row->ledger_ms) &&
            record::is_civil_time(row->civil_ms) && row->random < (1U << record::kEpochBits);
        if (!in_bounds) return damaged_row(StateTable::epochs, key, "it is out of bounds");
        table.rows_.push_back(*row);
        return success();
      });
  if (!status.ok()) return status.error();
  table.floor_from_.resize(table.rows_.size());
  std::int64_t floor = 0;
  for (std::size_t i = table.rows_.size(); i-- > 0;) {
    floor = std::max(floor, table.rows_[i].floor_ms);
    table.floor_from_[i] = floor;
  }
  return table;
}

void EpochTable::add(const EpochRow& row) {
  JANJI_CHECK(rows_.empty() || rows_.back().lsn < row.lsn);
  rows_.push_back(row);
}

void EpochTable::settle(record::BookingImage& image) const noexcept {
  if (!record::has_deadline(record::state_of(image)) || floor_from_.empty()) return;
  const auto since =
      std::upper_bound(rows_.begin(), rows_.end(), image.lsn,
                       [](std::uint64_t lsn, const EpochRow& row) { return lsn < row.lsn; });
  if (since == rows_.end()) return;
  const auto index = static_cast<std::size_t>(since - rows_.begin());
  image.ledger_ms = std::max(image.ledger_ms, floor_from_[index]);
}

void EpochTable::settle(record::BookingImage& image, Lsn until) const noexcept {
  if (!record::has_deadline(record::state_of(image))) return;
  for (auto row = rows_.rbegin(); row != rows_.rend() && row->lsn > image.lsn; ++row) {
    if (row->lsn < until.value) image.ledger_ms = std::max(image.ledger_ms, row->floor_ms);
  }
}

}  // namespace janji::state
