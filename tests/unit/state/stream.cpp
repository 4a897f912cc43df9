#include "unit/state/stream.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "record/apply.hpp"
#include "unit/store/stores.hpp"

namespace janji::samples {
namespace {

constexpr std::uint32_t kSlots = 12;
constexpr std::uint16_t kCapacity = 6;
constexpr std::int64_t kHoldMs = 500;

}  // namespace

Stream::Stream(std::uint64_t seed, record::Place places) : engine_(seed), places_(places) {}

std::uint64_t Stream::random(std::uint64_t below) {
  return engine_() % below;
}

void Stream::put(const Bytes& record) {
  const Lsn lsn{point_.last.value + records_.size() + 1};
  const Status status = picture_.on_record(lsn, record::as<record::Header>(record.data()));
  if (!status.ok()) FAIL("the stream itself is wrong: " << status.error().detail);
  records_.push_back(record);
}

void Stream::open(store::JournalStore& journal) {
  auto record = epoch(picture_.epoch() + 1, now_ms_, random(2) == 0 ? 0 : 700);
  random_part_ = record.random;
  put(bytes_of(record));
  if (picture_.epoch() == 1) {
    put(lane(LaneId{0}, "one/passport/general"));
    put(lane(LaneId{5}, "two/passport/general"));
    for (int i = 0; i < 3; ++i) put_days();
  }
  flush(journal);
}

void Stream::put_days() {
  const Day date{20000 + next_day_++};
  for (const LaneId id : {LaneId{0}, LaneId{5}}) {
    put(day(id, date, kSlots, kCapacity));
    for (std::uint32_t i = 0; i < kSlots; ++i) {
      free_seats_[slot_key(i, id, date).value] = kCapacity;
    }
  }
  open_days_.push_back(date.value);
}

void Stream::put_claim() {
  const auto place = static_cast<record::Place>(random(places_));
  const auto known = picture_.bookings().find(place);
  if (known != picture_.bookings().end() && known->second.booking != 0) {
    put_change(place);
    return;
  }
  auto slot = std::next(free_seats_.begin(), static_cast<long>(random(free_seats_.size())));
  const auto seats = static_cast<std::uint16_t>(1 + random(2));
  if (slot->second < seats) return;
  slot->second -= seats;
  const std::uint32_t generation =
      known == picture_.bookings().end() ? 0 : known->second.generation;
  auto record = claim(booking_id(place, generation, random_part_), SlotKey{slot->first}, now_ms_,
                      now_ms_ + kHoldMs);
  record.seats = seats;
  record.operation_lo = engine_();
  put(bytes_of(record));
}

void Stream::put_change(record::Place place) {
  const record::BookingImage image = picture_.bookings().at(place);
  const BookingId id{image.booking};
  const auto state = record::state_of(image);
  const bool lapsed = state == BookingState::held && now_ms_ >= image.ledger_ms;
  if (!is_active(state)) {
    for (std::uint32_t i = 0; i < image.operations && random(2) == 0; ++i) {
      const record::OperationImage& entry = image.operation[i];
      if (!record::has_details(entry)) continue;
      details_.erase(entry.lsn);
      erased_.emplace_back(entry.lsn);
      put(bytes_of(erase(id, Lsn{entry.lsn}, now_ms_)));
      return;
    }
    for (std::uint32_t i = 0; i < image.operations; ++i) details_.erase(image.operation[i].lsn);
    put(bytes_of(free_place(id)));
    return;
  }
  if (state == BookingState::held && !lapsed && random(3) != 0) {
    const auto size = static_cast<std::uint32_t>(random(4) == 0 ? 1 + random(3000) : 0);
    const std::uint64_t lsn = point_.last.value + records_.size() + 1;
    if (size != 0) {
      details_[lsn] = new_details_[lsn] = some_bytes(size, static_cast<unsigned>(lsn));
    }
    put(bytes_of(confirm(id, now_ms_, size)));
    return;
  }
  free_seats_[image.slot] += image.seats;
  put(lapsed ? bytes_of(expire(id, now_ms_)) : bytes_of(cancel(id, now_ms_)));
}

// Of the applicant whose cell it is: blocked, lifted, forgotten, and blocked again.
void Stream::put_block(std::uint32_t cell) {
  const auto at = picture_.blocks().find(cell);
  const std::uint32_t changes = at == picture_.blocks().end() ? 0 : at->second.operations;
  const bool lifted = changes != 0 && at->second.until_ms == 0;
  if (lifted && random(2) == 0) return put(bytes_of(forget_block(cell, cell, now_ms_)));
  if (changes == record::kOperationsPerBlock) return;
  const bool lifts = changes != 0 && !lifted && (changes > 5 || random(3) == 0);
  auto made = block(cell, lifts ? 0 : std::int64_t{1} << 50, cell, now_ms_);
  made.operation_lo = engine_();
  put(bytes_of(made));
}

// The one in this cell: granted, changed, its list, forgotten, and granted again.
void Stream::put_entitlement(std::uint32_t cell) {
  const auto at = picture_.entitlements().find(cell);
  const bool is_there = at != picture_.entitlements().end();
  const auto fresh = static_cast<std::uint32_t>(random(1 << 16));
  const EntitlementId id = is_there ? EntitlementId{at->second.entitlement}
                                    : record::make_entitlement_id(cell, fresh, random_part_);
  const bool is_worn = is_there && at->second.operations == record::kOperationsPerEntitlement;
  if (is_there && (is_worn || random(20) == 0)) {
    return put(bytes_of(forget_entitlement(id, now_ms_)));
  }
  if (!is_there || random(2) == 0) {
    auto made = entitlement(id, static_cast<std::uint32_t>(random(50)), !is_there, now_ms_);
    made.operation_lo = engine_();
    return put(bytes_of(made));
  }
  const record::EligibleKeys& listed = picture_.eligible(cell);
  std::vector<ApplicantKey> added, removed;
  for (const ApplicantKey& key : listed) {
    if (random(4) == 0) removed.push_back(key);
  }
  for (std::uint64_t i = random(9); i > 0; --i) added.push_back({9, engine_()});
  put(eligible(id, added, removed, now_ms_));
}

void Stream::write(store::JournalStore& journal, std::size_t records) {
  while (records_.size() < records) {
    now_ms_ += static_cast<std::int64_t>(random(3));
    const std::uint64_t kind = random(200);
    if (kind == 0) {
      put(bytes_of(tick(now_ms_)));
    } else if (kind == 1) {
      put_days();
    } else if (kind >= 12 && kind < 20) {
      put_entitlement(static_cast<std::uint32_t>(kind));
    } else if (kind < 12 && kind > 2) {
      put_block(static_cast<std::uint32_t>(kind));
    } else if (kind == 2 && !open_days_.empty()) {
      // Archives the oldest day when nobody is in it any more.
      const Day date{open_days_.front()};
      const auto full = [](LaneId id, Day day_of, const auto& free) {
        for (std::uint32_t i = 0; i < kSlots; ++i) {
          if (free.at(slot_key(i, id, day_of).value) != kCapacity) return true;
        }
        return false;
      };
      if (full(LaneId{0}, date, free_seats_) || full(LaneId{5}, date, free_seats_)) continue;
      open_days_.erase(open_days_.begin());
      for (const LaneId id : {LaneId{0}, LaneId{5}}) {
        put(bytes_of(archive(id, date)));
        for (std::uint32_t i = 0; i < kSlots; ++i) {
          free_seats_.erase(slot_key(i, id, date).value);
        }
      }
      if (free_seats_.empty()) put_days();
    } else {
      put_claim();
    }
  }
  flush(journal);
}

void Stream::flush(store::JournalStore& journal) {
  REQUIRE(journal.begin().ok());
  const std::size_t chunks = 1 + random(3);
  const std::size_t each = records_.size() / chunks + 1;
  for (std::size_t at = 0; at < records_.size();) {
    Records part;
    std::size_t bytes = 0;
    while (at < records_.size() && part.size() < each &&
           bytes + records_[at].size() <= journal::kChunkRecordBytesMax) {
      bytes += records_[at].size();
      part.push_back(records_[at++]);
    }
    const MadeChunk chunk = make_chunk(part, point_, picture_.epoch(), now_ms_);
    REQUIRE(append(journal, chunk).ok());
    point_ = chunk.point;
  }
  for (const auto& [lsn, bytes] : new_details_) {
    REQUIRE(journal.put_details(Lsn{lsn}, bytes).ok());
  }
  for (const Lsn lsn : erased_) REQUIRE(journal.erase_details(lsn).ok());
  REQUIRE(journal.commit(true).ok());
  records_.clear();
  erased_.clear();
  new_details_.clear();
}

}  // namespace janji::samples
