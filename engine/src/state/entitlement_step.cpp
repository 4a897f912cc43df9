#include "state/entitlement_step.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "state/entitlement_rows.hpp"

namespace janji::state {
namespace {

Error at_lsn(Lsn lsn, const std::string& words) {
  return Error{Code::damaged, "record at LSN " + std::to_string(lsn.value) + ": " + words};
}

// Stands first in all records about them.
EntitlementId id_in(const record::Header& header) noexcept {
  std::uint64_t id = 0;
  std::memcpy(&id, reinterpret_cast<const std::byte*>(&header) + sizeof header, sizeof id);
  return EntitlementId{id};
}

}  // namespace

Status EntitlementStep::run(const Batch& batch, const std::vector<UnitChange>& units) {
  events_.clear();
  for (const std::uint32_t seq : batch.others()) {
    const record::Header& header = batch.header(seq);
    if (is_of_entitlement(header.type)) events_.push_back(Event{id_in(header), seq, {}});
  }
  for (const UnitChange& change : units) {
    events_.push_back(Event{change.entitlement, change.seq, {change.used, change.spent}});
  }
  std::sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
    return a.cell() != b.cell() ? a.cell() < b.cell() : a.seq < b.seq;
  });
  for (auto first = events_.begin(); first != events_.end();) {
    const auto last = std::find_if(
        first, events_.end(), [&](const Event& event) { return event.cell() != first->cell(); });
    if (Status status = change_one(batch, {first, last}); !status.ok()) return status;
    first = last;
  }
  return success();
}

Status EntitlementStep::change_one(const Batch& batch, Events events) {
  const std::uint32_t cell = events.front().cell();
  if (Status status = load(cell); !status.ok()) return status;
  for (const Event& event : events) {
    Status status = apply(batch, event);
    if (status.code() == Code::damaged) {
      return at_lsn(batch.lsn(event.seq), status.error().detail);
    }
    if (!status.ok()) return status;
  }
  Status status = success();
  if (image_.entitlement == 0) {
    status = state_.erase(StateTable::entitlements, cell);
  } else {
    status = state_.put(StateTable::entitlements, cell, encode_entitlement(cell, image_));
  }
  if (!status.ok() || !keys_) return status;
  if (keys_->empty()) return state_.erase(StateTable::eligible, cell);
  return state_.put(StateTable::eligible, cell, encode_eligible(cell, *keys_));
}

Status EntitlementStep::apply(const Batch& batch, const Event& event) {
  if (event.units.any()) return record::move_units(image_, event.id, event.units);
  const record::Header& header = batch.header(event.seq);
  const Lsn lsn = batch.lsn(event.seq);
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  if (header.type == record::Type::entitlement) {
    return record::apply(image_, lsn, record::as<record::Entitlement>(bytes));
  }
  if (Status status = load_keys(event.cell()); !status.ok()) return status;
  if (header.type == record::Type::eligible) {
    return record::apply(image_, *keys_, lsn, record::as<record::Eligible>(bytes));
  }
  Status status = record::apply(image_, record::as<record::ForgetEntitlement>(bytes));
  if (status.ok()) keys_->clear();
  return status;
}

Status EntitlementStep::load(std::uint32_t cell) {
  image_ = {};
  keys_.reset();
  const auto row = state_.get(StateTable::entitlements, cell);
  if (!row) return row.error();
  if (!row->has_value()) return success();
  const auto image = decode_entitlement(cell, **row);
  if (!image) return image.error();
  image_ = *image;
  return success();
}

Status EntitlementStep::load_keys(std::uint32_t cell) {
  if (keys_) return success();
  const auto row = state_.get(StateTable::eligible, cell);
  if (!row) return row.error();
  keys_.emplace();
  if (!row->has_value()) return success();
  auto keys = decode_eligible(cell, **row);
  if (!keys) return keys.error();
  keys_ = std::move(*keys);
  return success();
}

}  // namespace janji::state
