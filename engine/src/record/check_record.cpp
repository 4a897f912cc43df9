#include "record/check_record.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include <janji/types.hpp>

#include "record/booking_id.hpp"
#include "record/names.hpp"
#include "record/planned.hpp"
#include "record/record.hpp"
#include "record/record_rules.hpp"

namespace janji::record {
namespace {

Status check_epoch(Bytes bytes) {
  Rules rules = sized<Epoch>("epoch.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto epoch = load<Epoch>(bytes);
  return rules.holds(epoch.number != 0, "epoch.number is 0: epochs count from 1")
      .within("epoch.random", epoch.random, 0, (1 << kEpochBits) - 1)
      .within("epoch.format", epoch.format, kFormat, kFormat)
      .within("epoch.ledger_ms", epoch.ledger_ms, 0, kLedgerMsMax)
      .within("epoch.grace_ms", epoch.grace_ms, 0, kLedgerMsMax)
      .civil("epoch.civil_ms", epoch.civil_ms)
      .status();
}

Status check_lane(Bytes bytes) {
  Rules rules;
  rules.within("lane.size", static_cast<std::int64_t>(bytes.size()), sizeof(Lane),
               sizeof(Lane) + Lane::kKeyMax);
  if (!rules.fine()) return rules.status();
  const auto lane = load<Lane>(bytes);
  rules.within("lane.key_size", lane.key_size, 1, Lane::kKeyMax)
      .within("lane.lane", lane.lane, 0, kMaxLanes - 1);
  if (!rules.fine()) return rules.status();
  const std::size_t padded = (std::size_t{lane.key_size} + 7) / 8 * 8;
  rules = sized<Lane>("lane.size", bytes, padded);
  if (!rules.fine()) return rules.status();
  const Bytes padding = bytes.subspan(sizeof(Lane) + lane.key_size);
  const bool zeros =
      std::all_of(padding.begin(), padding.end(), [](std::byte b) { return b == std::byte{0}; });
  return rules.holds(zeros, "lane.key: its padding isn't zero").status();
}

Status check_day(Bytes bytes) {
  Rules rules;
  rules.within("day.size", static_cast<std::int64_t>(bytes.size()), sizeof(Day), kRecordMax);
  if (!rules.fine()) return rules.status();
  const auto day = load<Day>(bytes);
  rules.within("day.lane", day.lane, 0, kMaxLanes - 1)
      .within("day.day", day.day, 0, kDayMax)
      .within("day.slots", day.slots, 0, Day::kSlotsMax)
      .zero("day.reserved", day.reserved);
  if (!rules.fine()) return rules.status();
  rules = sized<Day>("day.size", bytes, day.slots * sizeof(DaySlot));
  std::int64_t after = -1;
  for (std::size_t i = 0; i < day.slots && rules.fine(); ++i) {
    const auto slot = load<DaySlot>(bytes.subspan(sizeof(Day) + i * sizeof(DaySlot)));
    rules.within("day.slot.minute", slot.minute, after + 1, kMinuteMax)
        .within("day.slot.length_minutes", slot.length_minutes, 1, kMinuteMax)
        .within("day.slot.capacity", slot.capacity, 1, kSeatsMax)
        .within("day.slot.kept", slot.kept, 0, kSeatsMax - slot.capacity);
    after = slot.minute;
  }
  return rules.status();
}

Status check_claim(Bytes bytes) {
  Rules rules = sized<Claim>("claim.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto claim = load<Claim>(bytes);
  return rules.holds(claim.booking != 0, "claim.booking is 0: names nothing")
      .holds(SlotKey{claim.slot}.valid(), "claim.slot: not a slot's key")
      .holds((claim.applicant_hi | claim.applicant_lo) != 0, "claim.applicant: empty")
      .within("claim.decided_ms", claim.decided_ms, 0, kLedgerMsMax)
      .within("claim.deadline_ms", claim.deadline_ms, 0, kLedgerMsMax)
      .holds(claim.deadline_ms > claim.decided_ms, "claim.deadline_ms: not after claim.decided_ms")
      .civil("claim.created_ms", claim.created_ms)
      .within("claim.seats", claim.seats, 1, kSeatsMax)
      .within("claim.category", claim.category, 0, kCategoryMax)
      .zero("claim.reserved", claim.reserved[0] | claim.reserved[1] | claim.reserved[2])
      .status();
}

Status check_walk_in(Bytes bytes) {
  Rules rules = sized<WalkIn>("walk_in.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto walk_in = load<WalkIn>(bytes);
  return rules.holds(walk_in.booking != 0, "walk_in.booking is 0: names nothing")
      .holds(SlotKey{walk_in.slot}.valid(), "walk_in.slot: not a slot's key")
      .holds((walk_in.applicant_hi | walk_in.applicant_lo) != 0, "walk_in.applicant: empty")
      .within("walk_in.decided_ms", walk_in.decided_ms, 0, kLedgerMsMax)
      .civil("walk_in.created_ms", walk_in.created_ms)
      .within("walk_in.details_size", walk_in.details_size, 0, kDetailsBytesMax)
      .holds(walk_in.details_size != 0 || walk_in.details_hash == 0,
             "walk_in.details_hash: set, though there are no details")
      .holds(walk_in.queue_number != 0, "walk_in.queue_number is 0: they count from 1")
      .within("walk_in.seats", walk_in.seats, 1, kSeatsMax)
      .within("walk_in.category", walk_in.category, 0, kCategoryMax)
      .zero("walk_in.reserved", walk_in.reserved[0] | walk_in.reserved[1] | walk_in.reserved[2])
      .status();
}

Status check_confirm(Bytes bytes) {
  Rules rules = sized<Confirm>("confirm.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto confirm = load<Confirm>(bytes);
  return rules.holds(confirm.booking != 0, "confirm.booking is 0: names nothing")
      .within("confirm.decided_ms", confirm.decided_ms, 0, kLedgerMsMax)
      .civil("confirm.confirmed_ms", confirm.confirmed_ms)
      .within("confirm.details_size", confirm.details_size, 0, kDetailsBytesMax)
      .holds(confirm.details_size != 0 || confirm.details_hash == 0,
             "confirm.details_hash: set, though there are no details")
      .zero("confirm.reserved", confirm.reserved)
      .status();
}

Status check_cancel(Bytes bytes) {
  Rules rules = sized<Cancel>("cancel.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto cancel = load<Cancel>(bytes);
  return rules.holds(cancel.booking != 0, "cancel.booking is 0: names nothing")
      .within("cancel.decided_ms", cancel.decided_ms, 0, kLedgerMsMax)
      .civil("cancel.ended_ms", cancel.ended_ms)
      .status();
}

Status check_expire(Bytes bytes) {
  Rules rules = sized<Expire>("expire.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto expire = load<Expire>(bytes);
  return rules.holds(expire.booking != 0, "expire.booking is 0: names nothing")
      .within("expire.decided_ms", expire.decided_ms, 0, kLedgerMsMax)
      .civil("expire.ended_ms", expire.ended_ms)
      .status();
}

Status check_free(Bytes bytes) {
  Rules rules = sized<Free>("free.size", bytes);
  if (!rules.fine()) return rules.status();
  return rules.holds(load<Free>(bytes).booking != 0, "free.booking is 0: names nothing").status();
}

Status check_tick(Bytes bytes) {
  Rules rules = sized<Tick>("tick.size", bytes);
  if (!rules.fine()) return rules.status();
  return rules.within("tick.ledger_ms", load<Tick>(bytes).ledger_ms, 0, kLedgerMsMax).status();
}

Status check_reschedule(Bytes bytes) {
  Rules rules = sized<Reschedule>("reschedule.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto move = load<Reschedule>(bytes);
  return rules.holds(move.booking != 0, "reschedule.booking is 0: names nothing")
      .holds(SlotKey{move.from}.valid(), "reschedule.from names no slot")
      .holds(SlotKey{move.slot}.valid(), "reschedule.slot names no slot")
      .holds(move.slot != move.from, "reschedule.slot is the one that it left")
      .within("reschedule.decided_ms", move.decided_ms, 0, kLedgerMsMax)
      .civil("reschedule.moved_ms", move.moved_ms)
      .status();
}

Status check_extend(Bytes bytes) {
  Rules rules = sized<Extend>("extend.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto extend = load<Extend>(bytes);
  return rules.holds(extend.booking != 0, "extend.booking is 0: names nothing")
      .within("extend.decided_ms", extend.decided_ms, 0, kLedgerMsMax)
      .civil("extend.acted_ms", extend.acted_ms)
      .within("extend.deadline_ms", extend.deadline_ms, 1, kLedgerMsMax)
      .holds(extend.deadline_ms > extend.decided_ms, "extend.deadline_ms: not after decided_ms")
      .status();
}

Status check_submit(Bytes bytes) {
  Rules rules = sized<Submit>("submit.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto submit = load<Submit>(bytes);
  return rules.holds(submit.booking != 0, "submit.booking is 0: names nothing")
      .within("submit.decided_ms", submit.decided_ms, 0, kLedgerMsMax)
      .civil("submit.acted_ms", submit.acted_ms)
      .within("submit.details_size", submit.details_size, 0, kDetailsBytesMax)
      .holds(submit.details_size != 0 || submit.details_hash == 0,
             "submit.details_hash: set, though there are no details")
      .zero("submit.reserved", submit.reserved)
      .within("submit.deadline_ms", submit.deadline_ms, 1, kLedgerMsMax)
      .holds(submit.deadline_ms > submit.decided_ms, "submit.deadline_ms: not after decided_ms")
      .status();
}

// Which acts have a number that says more.
constexpr bool has_argument(Type type) {
  return type == Type::refuse || type == Type::check_in || type == Type::serve ||
         type == Type::reissue || type == Type::progress;
}

template <class R>
Status check_act(Bytes bytes) {
  const std::string name = name_of(R::kType);
  Rules rules = sized<R>((name + ".size").c_str(), bytes);
  if (!rules.fine()) return rules.status();
  const auto act = load<R>(bytes);
  return rules.within((name + ".booking").c_str(), act.booking == 0 ? 0 : 1, 1, 1)
      .within((name + ".decided_ms").c_str(), act.decided_ms, 0, kLedgerMsMax)
      .civil((name + ".acted_ms").c_str(), act.acted_ms)
      .within((name + ".argument").c_str(), act.argument, 0,
              has_argument(R::kType) ? std::numeric_limits<std::uint32_t>::max() : 0)
      .zero((name + ".reserved").c_str(), act.reserved)
      .status();
}

// Its number is that of a stage, never 0.
Status check_progress(Bytes bytes) {
  Status checked = check_act<Progress>(bytes);
  if (!checked.ok() || load<Progress>(bytes).argument != 0) return checked;
  return refuse("progress.argument", 0, "the number of a stage");
}

Status check_lapse(Bytes bytes) {
  Rules rules = sized<Lapse>("lapse.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto lapse = load<Lapse>(bytes);
  return rules.holds(lapse.booking != 0, "lapse.booking is 0: names nothing")
      .within("lapse.decided_ms", lapse.decided_ms, 0, kLedgerMsMax)
      .civil("lapse.ended_ms", lapse.ended_ms)
      .status();
}

Status check_join(Bytes bytes) {
  Rules rules = sized<Join>("join.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto join = load<Join>(bytes);
  return rules.holds(join.booking != 0, "join.booking is 0: names nothing")
      .holds(SlotKey{join.slot}.valid(), "join.slot: not a slot's key")
      .holds((join.applicant_hi | join.applicant_lo) != 0, "join.applicant: empty")
      .within("join.decided_ms", join.decided_ms, 0, kLedgerMsMax)
      .civil("join.created_ms", join.created_ms)
      .within("join.seats", join.seats, 1, kSeatsMax)
      .within("join.category", join.category, 0, kCategoryMax)
      .zero("join.reserved", join.reserved)
      .within("join.last", join.last, 0, kMinuteMax)
      .holds(join.last == 0 || join.last > SlotKey{join.slot}.minute().value,
             "join.last: not after the minute of join.slot")
      .status();
}

Status check_promote(Bytes bytes) {
  Rules rules = sized<Promote>("promote.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto promote = load<Promote>(bytes);
  return rules.holds(promote.booking != 0, "promote.booking is 0: names nothing")
      .holds(SlotKey{promote.slot}.valid(), "promote.slot: not a slot's key")
      .within("promote.decided_ms", promote.decided_ms, 0, kLedgerMsMax)
      .within("promote.deadline_ms", promote.deadline_ms, 0, kLedgerMsMax)
      .holds(promote.deadline_ms > promote.decided_ms,
             "promote.deadline_ms: not after promote.decided_ms")
      .civil("promote.promoted_ms", promote.promoted_ms)
      .status();
}

Status check_slot(Bytes bytes) {
  Rules rules = sized<Slot>("slot.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto slot = load<Slot>(bytes);
  return rules.holds(SlotKey{slot.slot}.valid(), "slot.slot: not a slot's key")
      .within("slot.decided_ms", slot.decided_ms, 0, kLedgerMsMax)
      .civil("slot.changed_ms", slot.changed_ms)
      .within("slot.capacity", slot.capacity, 0, kSeatsMax)
      .within("slot.closed", slot.closed, 0, 1)
      .holds(slot.planned == 0 || Planned{slot.planned}.is_sound(),
             "slot.planned: nothing that a catalogue gives a slot")
      .holds(slot.planned == 0 || (slot.operation_hi == 0 && slot.operation_lo == 0),
             "slot.operation: a catalogue's change has none")
      .status();
}

Status check_give_back(Bytes bytes) {
  Rules rules = sized<GiveBack>("give_back.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto made = load<GiveBack>(bytes);
  return rules.holds(SlotKey{made.slot}.valid(), "give_back.slot: not a slot's key")
      .within("give_back.decided_ms", made.decided_ms, 0, kLedgerMsMax)
      .civil("give_back.returned_ms", made.returned_ms)
      .within("give_back.seats", made.seats, 1, kSeatsMax)
      .zero("give_back.reserved", made.reserved)
      .status();
}

// One slot's seats become another's, of the same hour.
Status check_fall_back(Bytes bytes) {
  Rules rules = sized<FallBack>("fall_back.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto fall = load<FallBack>(bytes);
  const SlotKey from{fall.from}, slot{fall.slot};
  return rules.holds(from.valid(), "fall_back.from: not a slot's key")
      .holds(slot.valid(), "fall_back.slot: not a slot's key")
      .holds(from.lane() != slot.lane(), "fall_back.slot is of the lane that it comes from")
      .holds(from.day() == slot.day() && from.minute() == slot.minute(),
             "fall_back.slot: of another hour than fall_back.from")
      .within("fall_back.decided_ms", fall.decided_ms, 0, kLedgerMsMax)
      .civil("fall_back.fell_ms", fall.fell_ms)
      .within("fall_back.seats", fall.seats, 1, kSeatsMax)
      .within("fall_back.from_capacity", fall.from_capacity, 0, kSeatsMax - fall.seats)
      .within("fall_back.capacity", fall.capacity, fall.seats, kSeatsMax)
      .zero("fall_back.reserved", fall.reserved)
      .status();
}

Status check_tranche(Bytes bytes) {
  Rules rules = sized<Tranche>("tranche.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto made = load<Tranche>(bytes);
  return rules.holds(SlotKey{made.slot}.valid(), "tranche.slot: not a slot's key")
      .within("tranche.decided_ms", made.decided_ms, 0, kLedgerMsMax)
      .civil("tranche.came_ms", made.came_ms)
      .within("tranche.seats", made.seats, 1, kSeatsMax)
      .within("tranche.capacity", made.capacity, made.seats, kSeatsMax)
      .within("tranche.kept", made.kept, 0, kSeatsMax - made.seats)
      .zero("tranche.reserved", made.reserved)
      .status();
}

template <class R>
Status check_turn(Bytes bytes) {
  const std::string name = name_of(R::kType);
  Rules rules = sized<R>((name + ".size").c_str(), bytes);
  if (!rules.fine()) return rules.status();
  const auto turn = load<R>(bytes);
  return rules.within((name + ".booking").c_str(), turn.booking == 0 ? 0 : 1, 1, 1)
      .within((name + ".decided_ms").c_str(), turn.decided_ms, 0, kLedgerMsMax)
      .civil((name + ".turned_ms").c_str(), turn.turned_ms)
      .status();
}

Status check_block(Bytes bytes) {
  Rules rules = sized<Block>("block.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto block = load<Block>(bytes);
  return rules
      .holds((block.applicant_hi | block.applicant_lo) != 0, "block.applicant is 0: names nobody")
      .within("block.decided_ms", block.decided_ms, 0, kLedgerMsMax)
      .civil("block.acted_ms", block.acted_ms)
      .within("block.until_ms", block.until_ms, 0, kCivilMsMax)
      .holds(block.until_ms == 0 || block.until_ms > block.acted_ms,
             "block.until_ms: not after acted_ms")
      .within("block.cell", block.cell, 0, kBlocksMax - 1)
      .status();
}

Status check_forget_block(Bytes bytes) {
  Rules rules = sized<ForgetBlock>("forget_block.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto forget = load<ForgetBlock>(bytes);
  return rules
      .holds((forget.applicant_hi | forget.applicant_lo) != 0,
             "forget_block.applicant is 0: names nobody")
      .within("forget_block.decided_ms", forget.decided_ms, 0, kLedgerMsMax)
      .civil("forget_block.ended_ms", forget.ended_ms)
      .within("forget_block.cell", forget.cell, 0, kBlocksMax - 1)
      .zero("forget_block.reserved", forget.reserved)
      .status();
}

Status check_erase(Bytes bytes) {
  Rules rules = sized<Erase>("erase.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto erase = load<Erase>(bytes);
  return rules.holds(erase.booking != 0, "erase.booking is 0: names nothing")
      .holds(erase.details_lsn != 0, "erase.details_lsn is 0: names no record")
      .within("erase.decided_ms", erase.decided_ms, 0, kLedgerMsMax)
      .civil("erase.acted_ms", erase.acted_ms)
      .within("erase.is_group", erase.is_group, 0, 1)
      .status();
}

// Those that a caller decides: they say who.
constexpr bool is_decision(Type type) {
  switch (type) {
    case Type::claim:
    case Type::walk_in:
    case Type::join:
    case Type::confirm:
    case Type::cancel:
    case Type::reschedule:
    case Type::extend:
    case Type::submit:
    case Type::approve:
    case Type::refuse:
    case Type::check_in:
    case Type::serve:
    case Type::complete:
    case Type::no_show:
    case Type::reissue:
    case Type::progress:
    case Type::slot:
    case Type::catalogue:
    case Type::block:
    case Type::entitlement:
    case Type::eligible:
    case Type::erase:
    case Type::group_claim:
    case Type::group_change:
    case Type::group_move:
    case Type::group_join: return true;
    default: return false;
  }
}

// Those that may leave seats to come back later.
constexpr bool gives_up_seats(Type type) noexcept {
  return type == Type::cancel || type == Type::expire || type == Type::refuse ||
         type == Type::reschedule || type == Type::group_change || type == Type::group_move;
}

Status check_catalogue(Bytes bytes) {
  Rules rules = sized<Catalogue>("catalogue.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto change = load<Catalogue>(bytes);
  return rules.holds(change.digest != 0, "catalogue.digest is 0: names no change")
      .within("catalogue.decided_ms", change.decided_ms, 0, kLedgerMsMax)
      .civil("catalogue.changed_ms", change.changed_ms)
      .within("catalogue.done", change.done, 0, 1)
      .zero("catalogue.reserved", change.reserved)
      .status();
}

constexpr std::int64_t kActorMax = std::numeric_limits<std::uint32_t>::max();

Status check_archive(Bytes bytes) {
  Rules rules = sized<Archive>("archive.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto archive = load<Archive>(bytes);
  return rules.within("archive.lane", archive.lane, 0, kMaxLanes - 1)
      .within("archive.day", archive.day, 0, kDayMax)
      .status();
}

}  // namespace

Status check_record(Bytes bytes) {
  Rules rules;
  rules.within("record.size", static_cast<std::int64_t>(bytes.size()), sizeof(Header), kRecordMax);
  if (!rules.fine()) return rules.status();
  const auto header = load<Header>(bytes);
  rules
      .within("header.size", header.size, static_cast<std::int64_t>(bytes.size()),
              static_cast<std::int64_t>(bytes.size()))
      .within("header.flags", header.flags, 0, gives_up_seats(header.type) ? Header::kLater : 0)
      .within("header.actor", header.actor, 0, is_decision(header.type) ? kActorMax : 0);
  if (!rules.fine()) return rules.status();
  switch (header.type) {
    case Type::none: break;
    case Type::epoch: return check_epoch(bytes);
    case Type::lane: return check_lane(bytes);
    case Type::day: return check_day(bytes);
    case Type::claim: return check_claim(bytes);
    case Type::confirm: return check_confirm(bytes);
    case Type::cancel: return check_cancel(bytes);
    case Type::expire: return check_expire(bytes);
    case Type::free: return check_free(bytes);
    case Type::tick: return check_tick(bytes);
    case Type::archive: return check_archive(bytes);
    case Type::reschedule: return check_reschedule(bytes);
    case Type::extend: return check_extend(bytes);
    case Type::submit: return check_submit(bytes);
    case Type::approve: return check_act<Approve>(bytes);
    case Type::refuse: return check_act<Refuse>(bytes);
    case Type::check_in: return check_act<CheckIn>(bytes);
    case Type::serve: return check_act<Serve>(bytes);
    case Type::complete: return check_act<Complete>(bytes);
    case Type::no_show: return check_act<NoShow>(bytes);
    case Type::lapse: return check_lapse(bytes);
    case Type::slot: return check_slot(bytes);
    case Type::displace: return check_turn<Displace>(bytes);
    case Type::reinstate: return check_turn<Reinstate>(bytes);
    case Type::reissue: return check_act<Reissue>(bytes);
    case Type::progress: return check_progress(bytes);
    case Type::join: return check_join(bytes);
    case Type::promote: return check_promote(bytes);
    case Type::group_claim: return check_group_claim(bytes);
    case Type::group_change: return check_group_change(bytes);
    case Type::group_move: return check_group_move(bytes);
    case Type::group_join: return check_group_join(bytes);
    case Type::group_promote: return check_group_promote(bytes);
    case Type::block: return check_block(bytes);
    case Type::forget_block: return check_forget_block(bytes);
    case Type::entitlement: return check_entitlement(bytes);
    case Type::eligible: return check_eligible(bytes);
    case Type::forget_entitlement: return check_forget_entitlement(bytes);
    case Type::fall_back: return check_fall_back(bytes);
    case Type::tranche: return check_tranche(bytes);
    case Type::give_back: return check_give_back(bytes);
    case Type::erase: return check_erase(bytes);
    case Type::catalogue: return check_catalogue(bytes);
    case Type::walk_in: return check_walk_in(bytes);
  }
  return refuse("header.type", static_cast<std::int64_t>(header.type), "a known type");
}

}  // namespace janji::record
