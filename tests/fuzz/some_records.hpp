// Would-be records, chosen by a fuzzer's bytes: mostly a journal that makes sense.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/ledger_model.hpp"
#include "model/random.hpp"
#include "model/stream.hpp"
#include "record/booking_id.hpp"

namespace janji::fuzz {

// Bytes alone would hardly ever make a record that follows from those before it, and nothing
// behind the first check would be tried. So each record is put together from what the model says
// there is by then; in one of eight records some fields are anything at all.
class SomeRecords {
 public:
  static constexpr record::Place kPlaces = 24;

  // `so_far`: of the records that were accepted, and of no others if that is wanted.
  SomeRecords(model::Random& random, const model::LedgerModel& so_far)
      : random_(random), so_far_(so_far) {}

  // What nearly every journal begins with: an epoch, two lanes, two days of each.
  std::vector<model::Bytes> opening();
  model::Bytes next();
  // The record became part of the journal. A whole, checked one.
  void accepted(const model::Bytes& record);

  // Now, or any time at all.
  std::int64_t some_time();

 private:
  model::Bytes raw();
  model::Bytes epoch();
  model::Bytes lane();
  model::Bytes day(std::uint32_t lane, std::int32_t ahead);
  model::Bytes claim();
  model::Bytes confirm();
  model::Bytes cancel();
  model::Bytes block();
  model::Bytes forget_block();
  model::Bytes entitlement();
  model::Bytes eligible();
  model::Bytes forget_entitlement();
  EntitlementId some_entitlement();
  model::Bytes join();
  model::Bytes walk_in();
  model::Bytes promote();
  model::Bytes some_group_record();
  model::Bytes group_claim();
  model::Bytes group_join();
  model::Bytes group_promote();
  model::Bytes group_change();
  std::vector<std::uint64_t> new_bookings(std::size_t many);
  std::vector<BookingId> members_of(std::uint64_t group, BookingState state) const;
  model::Bytes slot();
  model::Bytes catalogue();
  model::Bytes fall_back();
  model::Bytes tranche();
  model::Bytes reschedule();
  model::Bytes extend();
  model::Bytes submit();
  template <class R>
  model::Bytes act();
  model::Bytes lapse();
  model::Bytes some_step();
  model::Bytes expire();
  model::Bytes free_place();
  model::Bytes tick();
  model::Bytes archive();

  template <class T>
  void spoil(T& field) {
    if (wild_ && random_.below(4) == 0) field = static_cast<T>(anything());
  }
  std::uint64_t anything();
  std::int64_t decided();
  std::int64_t later(std::int64_t time);
  std::uint64_t some_operation();
  std::uint64_t some_slot();
  record::Place free_from(record::Place first) const;
  const model::ModelBooking* any_booking();
  std::uint64_t some_booking();
  std::uint32_t some_lane() { return static_cast<std::uint32_t>(random_.below(lanes_ + 1)); }

  model::Random& random_;
  const model::LedgerModel& so_far_;
  bool wild_{false};  // the record that is being made
  std::uint64_t epochs_{0};
  std::uint32_t epoch_random_{0};
  std::int64_t now_ms_{1000};
  std::uint32_t lanes_{0};
  std::uint64_t operations_{0};
  std::uint32_t entitlements_{0};
  std::array<std::uint32_t, kPlaces> generations_{};
};

}  // namespace janji::fuzz
