#include "record/names.hpp"

namespace janji::record {

const char* name_of(Type type) noexcept {
  switch (type) {
    case Type::none: return "none";
    case Type::epoch: return "epoch";
    case Type::lane: return "lane";
    case Type::day: return "day";
    case Type::claim: return "claim";
    case Type::confirm: return "confirm";
    case Type::cancel: return "cancel";
    case Type::expire: return "expire";
    case Type::free: return "free";
    case Type::tick: return "tick";
    case Type::archive: return "archive";
    case Type::reschedule: return "reschedule";
    case Type::extend: return "extend";
    case Type::submit: return "submit";
    case Type::approve: return "approve";
    case Type::refuse: return "refuse";
    case Type::check_in: return "check_in";
    case Type::serve: return "serve";
    case Type::complete: return "complete";
    case Type::no_show: return "no_show";
    case Type::lapse: return "lapse";
    case Type::slot: return "slot";
    case Type::displace: return "displace";
    case Type::reinstate: return "reinstate";
    case Type::reissue: return "reissue";
    case Type::progress: return "progress";
    case Type::join: return "join";
    case Type::promote: return "promote";
    case Type::group_claim: return "group_claim";
    case Type::group_change: return "group_change";
    case Type::group_move: return "group_move";
    case Type::group_join: return "group_join";
    case Type::group_promote: return "group_promote";
    case Type::block: return "block";
    case Type::forget_block: return "forget_block";
    case Type::entitlement: return "entitlement";
    case Type::eligible: return "eligible";
    case Type::forget_entitlement: return "forget_entitlement";
    case Type::give_back: return "give_back";
    case Type::fall_back: return "fall_back";
    case Type::tranche: return "tranche";
    case Type::erase: return "erase";
    case Type::catalogue: return "catalogue";
    case Type::walk_in: return "walk_in";
  }
  return "unknown";
}

const char* name_of(BookingState state) noexcept {
  switch (state) {
    case BookingState::none: return "none";
    case BookingState::held: return "held";
    case BookingState::awaiting: return "awaiting";
    case BookingState::confirmed: return "confirmed";
    case BookingState::checked_in: return "checked_in";
    case BookingState::completed: return "completed";
    case BookingState::no_show: return "no_show";
    case BookingState::cancelled: return "cancelled";
    case BookingState::expired: return "expired";
    case BookingState::refused: return "refused";
    case BookingState::displaced: return "displaced";
    case BookingState::waiting: return "waiting";
    case BookingState::group: return "group";
  }
  return "unknown";
}

}  // namespace janji::record
