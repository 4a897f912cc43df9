// The journal's records: one decision is one record. Each is plain bytes in little-endian order,
// the same in a record block, in a chunk and on the disk, a multiple of 8 bytes long, without
// hidden padding. A record's LSN is its place in the journal and is not stored in it.
//
// Those about several bookings at once lie in group_records.hpp, those about entitlements in
// entitlement_records.hpp.
//
// Adding a type: give it a number that was never used, a struct below, its check in
// check_record.cpp, its case in visit.hpp, its effect in apply.hpp or state/, and in the model, and
// what the feed says of it in engine/feed_event.cpp.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <janji/types.hpp>

namespace janji::record {

static_assert(std::endian::native == std::endian::little, "records are little-endian");

// Of the records as described here; an epoch record names the format of those behind it.
inline constexpr std::uint32_t kFormat = 1;

// Seats of one slot, hence of one booking: what 14 bits of the slot word can count.
inline constexpr std::uint32_t kSeatsMax = (1U << 14) - 1;

// Applicants who are blocked, or were until lately: as many as are told apart by a number.
inline constexpr std::uint32_t kBlocksMax = 1U << 24;

// Bytes that a confirm may put into the details table: the caller's and room for a salt.
inline constexpr std::uint32_t kDetailsBytesMax = 4096 + 64;

// In an image, in place of their size: there were details, and they were erased. The hash stays.
inline constexpr std::uint32_t kDetailsErased = kDetailsBytesMax + 1;
constexpr bool is_there(std::uint32_t details_size) noexcept {
  return details_size != 0 && details_size != kDetailsErased;
}

// Ledger time starts at 0 and counts milliseconds; 2^53 of them are 285,000 years. Civil time lies
// as far on either side of 1970. So the sum of any few of them fits 64 bits.
inline constexpr std::int64_t kLedgerMsMax = std::int64_t{1} << 53;
inline constexpr std::int64_t kCivilMsMax = std::int64_t{1} << 53;
constexpr bool is_ledger_time(std::int64_t ms) noexcept {
  return ms >= 0 && ms <= kLedgerMsMax;
}
constexpr bool is_civil_time(std::int64_t ms) noexcept {
  return ms >= -kCivilMsMax && ms <= kCivilMsMax;
}

enum class Type : std::uint8_t {
  none = 0,
  epoch = 1,  // an engine was opened: raises the epoch, gives every hold its grace
  lane = 2,   // a lane got its number
  day = 3,    // a day of a lane was opened with its slots
  claim = 4,
  confirm = 5,
  cancel = 6,
  expire = 7,
  free = 8,         // an ended booking's place may be used again
  tick = 9,         // ledger time, persisted while holds live
  archive = 10,     // a finished day of a lane was closed; its row may be used again
  reschedule = 11,  // an active booking moved to another slot
  extend = 12,      // a hold lasts longer
  submit = 13,      // a hold's details were given; it waits for payment or approval
  approve = 14,     // what was waited for came: the booking is confirmed
  refuse = 15,      // it won't come
  check_in = 16,    // the applicant is there
  serve = 17,       // and was called to a counter
  complete = 18,    // and is done
  no_show = 19,     // the applicant didn't come, says staff
  lapse = 20,       // nobody said what became of the visit: ended by rule
  slot = 21,        // a slot's capacity, or whether it is closed, was changed: by staff, or since
                    // the catalogue was
  displace = 22,    // a booking's slot was closed
  reinstate = 23,   // and is open again
  reissue = 24,     // a booking's token was issued anew
  progress = 25,    // what a service does after the visit came to a stage
  join = 26,        // an applicant waits for a slot, or for any of several of a day
  promote = 27,     // and is held a seat that came free
  // Up to 39 are kept for steps of single bookings.
  group_claim = 40,   // several applicants got a seat each, or none of them did
  group_change = 41,  // one step of all members of a group that can take it
  group_move = 42,    // members of a group moved to other slots
  block = 48,         // an applicant may claim nothing until a time, or may again
  // 49 is what the feed calls a block that was lifted.
  forget_block = 50,        // a block that is over isn't kept any more
  entitlement = 52,         // an entitlement was granted, or is another from now on
  eligible = 53,            // applicants came onto its list, or left it
  forget_entitlement = 54,  // one that is over isn't kept any more
  fall_back = 56,           // seats of a pool that nobody had are the general lane's
  tranche = 57,             // seats of a slot that were kept back can be claimed
  erase = 58,               // the details of a booking, or of a group, that has ended are gone
  catalogue = 62,           // the catalogue is another: its slots are being changed, or all are
  give_back = 64,           // seats that were given up a while ago can be claimed again
  walk_in = 66,             // an applicant without an appointment got a seat, and is there
  group_join = 67,          // several applicants wait, as a group, for seats for all of them
  group_promote = 68,       // and are held seats that came free, each of them one
};

struct Header {
  // What was given up by this record can be claimed again by a GiveBack, and not before.
  static constexpr std::uint8_t kLater = 1;

  Type type;
  std::uint8_t flags;   // kLater, or nothing
  std::uint16_t size;   // of the whole record in bytes
  std::uint32_t actor;  // ActorId of whoever decided; zero in what is no caller's decision
};

struct Epoch {
  static constexpr Type kType = Type::epoch;
  Header header;
  std::uint64_t number;    // 1 for a new data directory, then one more at each opening
  std::uint32_t random;    // kEpochBits drawn at random: part of every id made under it
  std::uint32_t format;    // of the records from here on
  std::int64_t ledger_ms;  // ledger time at opening
  std::int64_t grace_ms;   // every hold's deadline becomes max(deadline, ledger_ms + grace_ms)
  std::int64_t civil_ms;
};

struct Lane {
  static constexpr Type kType = Type::lane;
  static constexpr std::size_t kKeyMax = 200;
  Header header;
  std::uint32_t lane;
  std::uint32_t key_size;  // bytes of the key that follow, padded with zeros to 8
};

struct DaySlot {
  std::uint16_t minute;
  std::uint16_t length_minutes;
  std::uint16_t capacity;  // seats that can be claimed from now on
  std::uint16_t kept;      // besides: kept back until records of their own bring them
};

struct Day {
  static constexpr Type kType = Type::day;
  static constexpr std::size_t kSlotsMax = 480;
  Header header;
  std::uint32_t lane;
  std::int32_t day;
  std::uint32_t slots;  // DaySlots that follow, in ascending minutes; 0: closed all day
  std::uint32_t reserved;
};

struct Claim {
  static constexpr Type kType = Type::claim;
  Header header;
  std::uint64_t booking;
  std::uint64_t slot;
  std::uint64_t applicant_hi, applicant_lo;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;     // hash of the request
  std::int64_t decided_ms;   // ledger time of the decision
  std::int64_t deadline_ms;  // ledger time
  std::int64_t created_ms;   // civil time
  std::uint16_t seats;
  std::uint16_t scope;
  std::uint8_t category;
  std::uint8_t reserved[3];
};

// A claim, a confirm and a check-in in one: its booking has what these would have left.
struct WalkIn {
  static constexpr Type kType = Type::walk_in;
  Header header;
  std::uint64_t booking;
  std::uint64_t slot;
  std::uint64_t applicant_hi, applicant_lo;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;       // hash of the request
  std::int64_t decided_ms;     // ledger time of the decision
  std::int64_t created_ms;     // civil time: of all three
  std::uint64_t details_hash;  // as in Confirm
  std::uint32_t details_size;  // likewise
  std::uint32_t queue_number;
  std::uint16_t seats;
  std::uint16_t scope;
  std::uint8_t category;
  std::uint8_t reserved[3];
};

struct Confirm {
  static constexpr Type kType = Type::confirm;
  Header header;
  std::uint64_t booking;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t confirmed_ms;   // civil time
  std::uint64_t details_hash;  // salted; the salt lies with the details, so that erasing them
                               // leaves nothing to guess from. 0 without details
  std::uint32_t details_size;  // bytes in the details table under this record's LSN
  std::uint32_t reserved;
};

struct Cancel {
  static constexpr Type kType = Type::cancel;
  Header header;
  std::uint64_t booking;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t ended_ms;  // civil time
};

struct Expire {
  static constexpr Type kType = Type::expire;
  Header header;
  std::uint64_t booking;
  std::int64_t decided_ms;  // at or after the deadline
  std::int64_t ended_ms;    // civil time
};

struct Free {
  static constexpr Type kType = Type::free;
  Header header;
  std::uint64_t booking;
};

struct Tick {
  static constexpr Type kType = Type::tick;
  Header header;
  std::int64_t ledger_ms;
};

struct Archive {
  static constexpr Type kType = Type::archive;
  Header header;
  std::uint32_t lane;
  std::int32_t day;
};

struct Reschedule {
  static constexpr Type kType = Type::reschedule;
  Header header;
  std::uint64_t booking;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::uint64_t from;  // the slot that it left; its seats come back with this record
  std::uint64_t slot;  // the slot that it has now
  std::int64_t decided_ms;
  std::int64_t moved_ms;  // civil time
};

struct Extend {
  static constexpr Type kType = Type::extend;
  Header header;
  std::uint64_t booking;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t acted_ms;     // civil time
  std::int64_t deadline_ms;  // ledger time; never before the one that it replaces
};

struct Submit {
  static constexpr Type kType = Type::submit;
  Header header;
  std::uint64_t booking;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t acted_ms;       // civil time
  std::uint64_t details_hash;  // as in Confirm
  std::uint32_t details_size;
  std::uint32_t reserved;
  std::int64_t deadline_ms;  // as in Extend
};

// What staff, or a trusted caller, does with a booking, each with a number that says more.
template <Type kOfType>
struct Act {
  static constexpr Type kType = kOfType;
  Header header;
  std::uint64_t booking;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t acted_ms;   // civil time
  std::uint32_t argument;  // refuse, reissue: the reason; check_in: the queue number; serve: the
                           // counter; progress: the ProgressId
  std::uint32_t reserved;
};
using Approve = Act<Type::approve>;
using Refuse = Act<Type::refuse>;
using CheckIn = Act<Type::check_in>;
using Serve = Act<Type::serve>;
using Complete = Act<Type::complete>;
using NoShow = Act<Type::no_show>;
using Reissue = Act<Type::reissue>;
using Progress = Act<Type::progress>;

struct Lapse {
  static constexpr Type kType = Type::lapse;
  Header header;
  std::uint64_t booking;
  std::int64_t decided_ms;
  std::int64_t ended_ms;  // civil time
};

struct Join {
  static constexpr Type kType = Type::join;
  Header header;
  std::uint64_t booking;
  std::uint64_t slot;  // for which he waits; or the first of those, of one day
  std::uint64_t applicant_hi, applicant_lo;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;    // hash of the request
  std::int64_t decided_ms;  // ledger time of the decision
  std::int64_t created_ms;  // civil time
  std::uint16_t seats;
  std::uint16_t scope;
  std::uint8_t category;
  std::uint8_t reserved;
  std::uint16_t last;  // minute of the last of them; 0: he waits for `slot` alone
};

struct Promote {
  static constexpr Type kType = Type::promote;
  Header header;
  std::uint64_t booking;
  std::uint64_t slot;  // that he waited for, or one of those
  std::int64_t decided_ms;
  std::int64_t deadline_ms;  // ledger time: until then the seats are held
  std::int64_t promoted_ms;  // civil time
};

struct Slot {
  static constexpr Type kType = Type::slot;
  Header header;
  std::uint64_t slot;
  std::int64_t decided_ms;
  std::int64_t changed_ms;  // civil time
  std::uint32_t capacity;   // from now on; 0 only if it was 0, since all its seats fell back
  std::uint16_t closed;     // 0 or 1, likewise
  std::uint16_t planned;    // what the catalogue gives it from now on, as in Planned; 0: as before,
                            // and it was staff who changed the slot. What is then kept back of it
                            // is kept_behind()
  std::uint64_t operation_hi, operation_lo;  // of staff's change; 0: none
  std::uint64_t payload;
};

struct FallBack {
  static constexpr Type kType = Type::fall_back;
  Header header;
  std::uint64_t from;  // the pool's slot
  std::uint64_t slot;  // the general lane's, of the same day and minute
  std::int64_t decided_ms;
  std::int64_t fell_ms;  // civil time
  std::uint16_t seats;
  std::uint16_t from_capacity;  // from now on
  std::uint16_t capacity;       // of `slot`, likewise
  std::uint16_t reserved;
};

// Of those that were kept back when the slot's day was opened.
struct Tranche {
  static constexpr Type kType = Type::tranche;
  Header header;
  std::uint64_t slot;
  std::int64_t decided_ms;
  std::int64_t came_ms;  // civil time
  std::uint16_t seats;
  std::uint16_t capacity;  // from now on
  std::uint16_t kept;      // likewise: still kept back
  std::uint16_t reserved;
};

// Of those that records with Header::kLater gave up in the slot, by rule of its service.
struct GiveBack {
  static constexpr Type kType = Type::give_back;
  Header header;
  std::uint64_t slot;
  std::int64_t decided_ms;
  std::int64_t returned_ms;  // civil time
  std::uint32_t seats;
  std::uint32_t reserved;
};

// What the engine makes of a booking by itself, without ending it.
template <Type kOfType>
struct Turn {
  static constexpr Type kType = kOfType;
  Header header;
  std::uint64_t booking;
  std::int64_t decided_ms;
  std::int64_t turned_ms;  // civil time
};
using Displace = Turn<Type::displace>;
using Reinstate = Turn<Type::reinstate>;

struct Block {
  static constexpr Type kType = Type::block;
  Header header;
  std::uint64_t applicant_hi, applicant_lo;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t acted_ms;  // civil time
  std::int64_t until_ms;  // civil time; 0: lifted
  std::uint32_t cell;     // where it is kept, one for each applicant
  std::uint32_t reason;   // the portal's number of it
};

struct ForgetBlock {
  static constexpr Type kType = Type::forget_block;
  Header header;
  std::uint64_t applicant_hi, applicant_lo;
  std::int64_t decided_ms;
  std::int64_t ended_ms;  // civil time; not before `until_ms` of what is forgotten
  std::uint32_t cell;
  std::uint32_t reserved;
};

struct Erase {
  static constexpr Type kType = Type::erase;
  Header header;
  std::uint64_t booking;      // or the group's head
  std::uint64_t details_lsn;  // of the record that brought them
  std::int64_t decided_ms;
  std::int64_t acted_ms;   // civil time
  std::uint32_t reason;    // the portal's number of it
  std::uint32_t is_group;  // 0 or 1
};

// Two for each change: one before the first slot is changed, one when all are. What stands between
// them is finished at the next start, if it was interrupted.
struct Catalogue {
  static constexpr Type kType = Type::catalogue;
  Header header;
  std::uint64_t digest;  // of what the change comes to: the same in both; of a start that finished
                         // it, the interrupted one's
  std::int64_t decided_ms;
  std::int64_t changed_ms;  // civil time
  std::uint32_t done;       // 0 or 1
  std::uint32_t reserved;
};

static_assert(sizeof(Header) == 8 && sizeof(Epoch) == 48 && sizeof(Lane) == 16);
static_assert(sizeof(DaySlot) == 8 && sizeof(Day) == 24 && sizeof(Claim) == 96);
static_assert(sizeof(Confirm) == 72 && sizeof(Cancel) == 56 && sizeof(Expire) == 32);
static_assert(sizeof(Reschedule) == 72 && sizeof(Extend) == 64 && sizeof(Submit) == 80);
static_assert(sizeof(Approve) == 64 && sizeof(Lapse) == 32 && sizeof(Slot) == 64);
static_assert(sizeof(Displace) == 32 && sizeof(Block) == 80 && sizeof(ForgetBlock) == 48);
static_assert(sizeof(Join) == 88 && sizeof(Promote) == 48 && sizeof(FallBack) == 48);
static_assert(sizeof(GiveBack) == 40 && sizeof(Tranche) == 40 && sizeof(Erase) == 48);
static_assert(sizeof(Catalogue) == 40 && sizeof(WalkIn) == 104);
static_assert(sizeof(Free) == 16 && sizeof(Tick) == 16 && sizeof(Archive) == 16);
static_assert(std::is_trivially_copyable_v<Claim> && std::is_standard_layout_v<Claim>);

// The longest record there is.
inline constexpr std::size_t kRecordMax = sizeof(Day) + Day::kSlotsMax * sizeof(DaySlot);
static_assert(kRecordMax < 4080, "fits a chunk of one overflow page");

// A record that begins with a complete header; made of valid bytes only by check_record().
template <class R>
const R& as(const std::byte* bytes) noexcept {
  return *reinterpret_cast<const R*>(bytes);
}

}  // namespace janji::record
