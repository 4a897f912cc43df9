// Offices, services and the slots they offer, by day.
//
// A Catalogue is a value read from a directory of CSV files (docs/catalogue.md) or put together
// with a CatalogueBuilder. It never changes after that: any number of threads may read it
// without locks. Whoever wants another one loads another one.
//
// Only load() reads files or asks for time zones. No other function here touches the file
// system, locks or allocates; all are short enough for the path of a request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji {

// Days that the catalogue can plan: others are closed. 2020-01-01 to 2099-12-31.
inline constexpr Day kFirstPlannedDay{18262};
inline constexpr Day kLastPlannedDay{47481};

// Bounds of what a catalogue may say; past them loading and building refuse.
inline constexpr std::uint32_t kMaxBranches = 1U << 20;
inline constexpr std::uint32_t kMaxServices = 4096;
inline constexpr std::uint16_t kMaxSlotCapacity = 4095;  // seats of one slot
inline constexpr std::uint16_t kMaxSlotMinutes = 1440;
inline constexpr std::uint32_t kMaxSlotsPerDay = 480;  // of one lane: a slot every three minutes
inline constexpr std::size_t kMaxIdLength = 64;        // of a branch, a service or a kind
inline constexpr int kMaxHorizonDays = 731;
inline constexpr int kMaxReleaseWeeks = 52;
inline constexpr std::size_t kMaxTranches = 8;  // of a lane
inline constexpr std::int64_t kMaxHoldMs = 7LL * 24 * 3600 * 1000;
inline constexpr std::int64_t kMaxLeadMs = 366LL * 24 * 3600 * 1000;
inline constexpr std::uint8_t kMaxReschedules = 2;
inline constexpr std::uint8_t kMaxExtensions = 2;
inline constexpr std::int64_t kMaxOfferMs = 7LL * 24 * 3600 * 1000;
inline constexpr std::int64_t kMaxReturnMs = 24LL * 3600 * 1000;
inline constexpr std::int64_t kMaxFallBackMs = 30LL * 24 * 3600 * 1000;
inline constexpr std::int64_t kMaxApprovalMs = 30LL * 24 * 3600 * 1000;
inline constexpr std::size_t kMaxProgress = 8;                   // stages of a service's progress
inline constexpr std::int64_t kMaxVisitMs = 24LL * 3600 * 1000;  // of check_in_ms and no_show_ms

// A name in Malay, English and Indonesian; none is empty.
struct Names {
  std::string ms, en, id;
};

// When a seat that was given up can be claimed again, unless somebody waits for it: after a random
// time between the two, so that nobody can hand it to whom he likes by giving it up; or at once.
struct FreedSeats {
  std::int64_t least_ms{0};
  std::int64_t most_ms{0};  // 0: at once; at most kMaxReturnMs
  bool at_once() const noexcept { return most_ms == 0; }
  friend bool operator==(const FreedSeats&, const FreedSeats&) = default;
};

// When a lane's days are opened for booking, by the wall clock of its branch. A time that the clock
// skips is the first moment behind the gap, one that it repeats the first of the two.
struct ReleaseRule {
  enum class Kind : std::uint8_t {
    daily = 0,   // each day at `minute`, the day at the end of the horizon
    weekly = 1,  // each `weekday` at `minute`, the seven days that begin `weeks` weeks after the
                 // Monday before it, or with which it is: 1 is next week
  };
  Kind kind{Kind::daily};
  std::uint16_t minute{0};  // of the day, 0 to 1439; 0: midnight
  std::uint8_t weekday{0};  // 0 is Monday
  std::uint8_t weeks{0};    // 1 to kMaxReleaseWeeks; all of them lie within the horizon
  friend bool operator==(const ReleaseRule&, const ReleaseRule&) = default;
};

// A part of each slot's seats that is kept back when a lane's days are opened: it can be claimed
// from `minute` on, so many days before the slot's, by the wall clock of the branch.
struct Tranche {
  std::uint8_t percent{1};  // of the slot's seats, rounded down; 1 to 99, as all of a lane together
  std::uint16_t minute{0};  // of the day, 0 to 1439, as in ReleaseRule
  std::uint16_t days{0};    // before the slot's day, within the horizon
  friend bool operator==(const Tranche&, const Tranche&) = default;
};

// Of each slot of a day: seats that are kept back, and from when on there will be fewer.
struct KeptBack {
  std::uint16_t seats{0};
  CivilTime until{};  // 0: none are
};

// What holds for every booking of a service, at whatever branch.
struct ServiceRules {
  std::int64_t hold_ms{600'000};         // a claim is held so long, then expires unless confirmed
  std::int64_t lead_ms{0};               // a slot can be claimed until so long before it starts
  int horizon_days{90};                  // today and the days after it that can be booked, together
  std::uint16_t seats_max{1};            // seats of one booking, at most; at least 1
  std::uint16_t group_max{10};           // members of one group, at most; 0: no groups
  std::uint8_t reschedules_max{1};       // how often a booking can move to another slot
  std::int64_t reschedule_cutoff_ms{0};  // and until so long before its slot starts
  bool reschedule_elsewhere{true};       // also to another branch
  std::uint8_t extensions_max{1};        // how often a hold can be extended by another hold_ms
  std::int64_t approval_ms{0};           // not 0: what is confirmed waits so long for payment or
                                         // approval, and expires unless that comes
  std::int64_t offer_ms{2 * 3'600'000};  // a seat that came free is held so long for whoever waited
                                         // for it, then goes to the next
  std::int64_t check_in_ms{30 * 60'000};      // so long before its slot starts, check-in begins
  std::int64_t no_show_ms{2 * 3'600'000};     // so long after its slot starts, check-in ends, and
                                              // who didn't come is a no-show
  ScopeId scope{kNoScope};                    // scope_id(scope_name), or kNoScope
  std::string scope_name;                     // services that share it share one active booking
  std::vector<std::string> required_details;  // names of details without which none is confirmed
  bool needs_entitlement{false};              // only groups claim it, under an entitlement
  FreedSeats freed_seats{};
};

constexpr std::uint8_t category_bit(Category category) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(category));
}

// What is booked. A service without lanes (an ended programme) is listed, and bookable nowhere.
struct Service {
  std::string id;
  Names name;
  std::uint8_t categories{};  // set of category_bit()
  bool needs_group{};         // whoever acts books for others, e.g. an employer for workers
  std::string note;
  std::vector<std::string> progress;  // its stages after the visit, in their order; none: empty
  ServiceRules rules;

  bool allows(Category category) const { return (categories & category_bit(category)) != 0; }
};

// Where it is booked.
struct Branch {
  std::string id;
  std::string name;
  std::string state;       // name of the state
  std::string state_code;  // ISO 3166-2, e.g. MY-14
  std::string kind;        // of office: hq, branch, utc, ...
  std::string city;
  std::string timezone;  // IANA name
};

struct State {
  std::string code;
  std::string name;
  std::vector<std::uint32_t> branches;  // indexes, in the order of the file
};

// One (branch, service, pool). Its index in lanes() may change with any edit of the files; its
// key doesn't, and is what the engine binds a LaneId to.
struct LaneSpec {
  std::uint32_t branch{};   // index in branches()
  std::uint32_t service{};  // index in services()
  Pool pool{Pool::general};
  std::string key;  // "branch/service/pool"
  Day first_day{kFirstPlannedDay};
  Day last_day{kLastPlannedDay};
  std::uint16_t slot_minutes{};  // length of a slot
  std::uint16_t capacity{};      // seats of a slot
  ReleaseRule release{};
  // Of a pool other than general: so long before a slot starts, the seats that nobody has become
  // the general lane's, and so does what is given back later. 0: never.
  std::int64_t fall_back_ms{0};
  std::vector<Tranche> tranches{};
};

// A slot of a day. Minutes are elapsed since the branch's local midnight (see Minute).
struct SlotPlan {
  Minute start;
  std::uint16_t length_minutes{};
  std::uint16_t capacity{};
  friend bool operator==(const SlotPlan&, const SlotPlan&) = default;
};

// Why a day has no slots.
enum class Closure : std::uint8_t {
  none = 0,         // it has some
  holiday = 1,      // a public holiday of the branch's state; `reason` is its name
  rest_day = 2,     // no opening hours on this weekday
  not_offered = 3,  // before the lane's first day or after its last
  no_slots = 4,     // open, but no slot fits; or the zone skips the whole day
};

// What a lane offers on a day. The views live as long as the catalogue.
struct DayPlan {
  enum class Status : std::uint8_t { open, closed };
  Status status{Status::closed};
  Closure closure{Closure::not_offered};
  std::string_view reason;          // for people, in English; empty when open
  std::span<const SlotPlan> slots;  // by start, disjoint; empty when closed
  // Names the slots: two plans of one catalogue with equal shape have the same slots, in the
  // same memory. 0 means: none. Not stable over loading again.
  std::uint32_t shape{};
};

// Something to mend in the files. A warning doesn't keep the catalogue from being loaded.
struct CatalogueIssue {
  std::string file;  // e.g. "hours.csv"; empty when the directory itself is meant
  int line{};        // 1 is the header; 0 when no line is meant
  std::string column;
  std::string value;
  std::string problem;
  std::string remedy;
  bool warning{};
};

// One line for people: "hours.csv:12: close "08:61": not a time of day. Write HH:MM, ...".
std::string to_string(const CatalogueIssue& issue);

// The number of a named scope: 16 bits of a hash of its name, never 0. It depends on nothing
// but the name, so edits of the files don't move it; two names of one catalogue that fall on
// the same number are an error of loading. The empty name is kNoScope.
ScopeId scope_id(std::string_view name) noexcept;

// The number of a stage: 32 bits of a hash of its name, never 0. Like a scope's it depends on the
// name alone, since it is journalled: an edit of the files may add, drop and move stages.
ProgressId progress_id(std::string_view name) noexcept;

// The number of a service: 32 bits of a hash of its id, never 0. As a stage's.
ServiceKey service_key(std::string_view id) noexcept;

std::string_view to_string(Pool pool) noexcept;
std::string_view to_string(Category category) noexcept;
std::optional<Pool> parse_pool(std::string_view text) noexcept;
std::optional<Category> parse_category(std::string_view text) noexcept;

// The files that load() reads, e.g. for a watcher: branches.csv, hours.csv, ...
std::span<const std::string_view> catalogue_files() noexcept;

struct CatalogueData;  // engine/src/catalogue/catalogue_data.hpp

class Catalogue {
 public:
  // Reads a directory of CSV files. All that is wrong with them is appended to `issues` (may be
  // null) in one go, warnings too; past kMaxIssues only counted.
  // Errors: invalid_argument (an issue is no warning; the detail names the first), io_error
  // (the directory can't be read).
  static Result<std::shared_ptr<const Catalogue>> load(const std::filesystem::path& directory,
                                                       std::vector<CatalogueIssue>* issues);
  static constexpr int kMaxIssues = 1000;

  explicit Catalogue(std::unique_ptr<const CatalogueData> data);  // see CatalogueBuilder
  ~Catalogue();
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  std::span<const Branch> branches() const noexcept;
  std::span<const Service> services() const noexcept;
  std::span<const LaneSpec> lanes() const noexcept;
  std::span<const State> states() const noexcept;

  // Indexes of the services that have a lane at the branch, in the order of services().
  std::span<const std::uint32_t> services_at(std::uint32_t branch) const noexcept;

  // Indexes into branches(), services(), lanes(); nothing when there is none.
  std::optional<std::uint32_t> find_branch(std::string_view id) const noexcept;
  std::optional<std::uint32_t> find_service(std::string_view id) const noexcept;
  std::optional<std::uint32_t> find_lane(std::uint32_t branch, std::uint32_t service,
                                         Pool pool) const noexcept;
  std::optional<std::uint32_t> find_lane(std::string_view key) const noexcept;

  // The name of a stage of whichever service's progress; empty when none has it (any more).
  std::string_view progress_name(ProgressId id) const noexcept;

  // What the lane offers on the day, whatever today is: the horizon is the engine's to apply.
  // Every `lane` and `branch` below must be an index of lanes() or branches(); any day will do.
  DayPlan plan(std::uint32_t lane, Day day) const noexcept;

  // The last day of the lane that is released by `at`, and when a day is: it is on or before the
  // last one from that moment on. Whether the lane has the day, and whether it is past, is another
  // matter.
  Day last_released(std::uint32_t lane, CivilTime at) const noexcept;
  CivilTime releases_at(std::uint32_t lane, Day day) const noexcept;

  // What the lane's tranches keep back at `at` of each slot's `capacity` on the day. It only ever
  // becomes less.
  KeptBack kept_back(std::uint32_t lane, Day day, CivilTime at) const noexcept;

  // The most slots that any day of the lane has, days with a repeated hour included.
  std::uint32_t max_slots(std::uint32_t lane) const noexcept;

  // When the day begins at the branch: its local midnight, the first of two when midnight is
  // repeated, the first moment after the gap when it is skipped.
  CivilTime midnight(std::uint32_t branch, Day day) const noexcept;

  // When a slot that starts so many elapsed minutes after midnight does start.
  CivilTime instant(std::uint32_t branch, Day day, Minute minute) const noexcept;

  // The date and the offset from UTC (east is positive) that the branch's clocks show.
  Day local_day(std::uint32_t branch, CivilTime at) const noexcept;
  int utc_offset_seconds(std::uint32_t branch, CivilTime at) const noexcept;

  // The last day for which the holidays are known: the end of the last year that holidays.csv
  // names; nothing when it names none. Days past it are served as if they had no holidays.
  std::optional<Day> holidays_until() const noexcept;

  // A warning for each state whose bookable days, seen from `today`, reach past the holidays
  // that are known for it.
  std::vector<CatalogueIssue> check_holidays(Day today) const;

 private:
  std::unique_ptr<const CatalogueData> data_;
};

}  // namespace janji
