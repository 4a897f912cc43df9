#include "model/small_town.hpp"

#include <iterator>
#include <utility>

#include <janji/catalogue_builder.hpp>

namespace janji::model {
namespace {

constexpr std::string_view kStages[] = {"received", "in_process", "ready", "collected"};

class Town {
 public:
  std::shared_ptr<const Catalogue> build() {
    const auto west = builder_.add_branch(
        {"west", "West", "Selangor", "MY-10", "branch", "Shah Alam", "Asia/Kuala_Lumpur"});
    const auto east = builder_.add_branch(
        {"east", "East", "Sarawak", "MY-13", "branch", "Kuching", "Asia/Kuching"});
    const std::uint8_t citizens = category_bit(Category::citizen);
    const std::uint8_t everyone = static_cast<std::uint8_t>(
        citizens | category_bit(Category::foreigner) | category_bit(Category::employer));
    const auto passport = service("passport", "person", citizens, 60'000, 0, 1, {1, 0}, {1, 0});
    const auto permit = service("permit", "person", everyone, 45'000, 1'800'000, 3,
                                {2, 20 * 3'600'000}, {2, 90'000});
    const auto enquiry = service("enquiry", "", everyone, 20'000, 0, 2, {0, 0}, {0, 0});
    OpeningWeek weekdays = OpeningWeek::every_day(9 * 60, 13 * 60);
    weekdays.days[5] = weekdays.days[6] = OpeningDay{};
    week_ = builder_.add_week(weekdays);
    lane(west, passport, 2);
    lane(west, permit, 4, kLastPlannedDay, {{25, 9 * 60 + 30, 2}, {30, 11 * 60, 1}});
    pool(west, permit, 2);
    lane(east, passport, 1, Day{kTownMonday.value + 2});
    lane(east, enquiry, 3);
    kiosk(west, passport, 2);
    kiosk(east, permit, 1);
    builder_.add_holiday("MY-13", Day{kTownMonday.value + 1}, "a holiday");
    return builder_.build().value();
  }

 private:
  struct Moves {
    std::uint8_t most;
    std::int64_t cutoff_ms;
  };
  struct Holds {
    std::uint8_t extensions;
    std::int64_t approval_ms;
  };
  std::uint32_t service(const char* id, const char* scope, std::uint8_t categories,
                        std::int64_t hold_ms, std::int64_t lead_ms, std::uint16_t seats_max,
                        Moves moves, Holds holds) {
    Service made;
    made.id = id;
    made.name = {id, id, id};
    made.categories = categories;
    made.rules.hold_ms = hold_ms;
    made.rules.offer_ms = hold_ms;
    made.rules.lead_ms = lead_ms;
    made.rules.horizon_days = 5;
    // Where one may be moved twice, seats that are given up come back later.
    if (moves.most == 2) made.rules.freed_seats = {5'000, 90'000};
    made.rules.seats_max = seats_max;
    made.rules.scope_name = scope;
    made.rules.reschedules_max = moves.most;
    made.rules.reschedule_cutoff_ms = moves.cutoff_ms;
    made.rules.extensions_max = holds.extensions;
    made.rules.approval_ms = holds.approval_ms;
    // Not where nobody has to come twice.
    if (made.rules.reschedules_max != 0) {
      made.progress.assign(std::begin(kStages), std::end(kStages));
    }
    return builder_.add_service(std::move(made));
  }
  void lane(std::uint32_t branch, std::uint32_t of, std::uint16_t capacity,
            Day last = kLastPlannedDay, std::vector<Tranche> tranches = {}) {
    CatalogueBuilder::Lane made;
    made.branch = branch;
    made.service = of;
    made.week = week_;
    made.slot_minutes = 60;
    made.capacity = capacity;
    made.last_day = last;
    made.tranches = std::move(tranches);
    builder_.add_lane(made);
  }

  // Two hours before, the seats that nobody has are general. Half of them come the day before.
  void pool(std::uint32_t branch, std::uint32_t of, std::uint16_t capacity) {
    CatalogueBuilder::Lane made;
    made.branch = branch;
    made.service = of;
    made.pool = Pool::priority;
    made.week = week_;
    made.slot_minutes = 60;
    made.capacity = capacity;
    made.fall_back_ms = 2 * 3'600'000;
    made.tranches = {{50, 10 * 60, 1}};
    builder_.add_lane(made);
  }

  // For who walks in.
  void kiosk(std::uint32_t branch, std::uint32_t of, std::uint16_t capacity) {
    CatalogueBuilder::Lane made;
    made.branch = branch;
    made.service = of;
    made.pool = Pool::kiosk;
    made.week = week_;
    made.slot_minutes = 60;
    made.capacity = capacity;
    builder_.add_lane(made);
  }

  CatalogueBuilder builder_;
  std::uint32_t week_{0};
};

}  // namespace

std::span<const std::string_view> town_stages() {
  return kStages;
}

const std::shared_ptr<const Catalogue>& small_town() {
  static const std::shared_ptr<const Catalogue> kTown = Town().build();
  return kTown;
}

}  // namespace janji::model
