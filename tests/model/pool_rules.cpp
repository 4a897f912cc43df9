// What the promises say of seats that fall back from a pool to the general lane, and of those that
// were kept back.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "model/ledger_model.hpp"
#include "model/names.hpp"

namespace janji::model {
namespace {

// "office/service" of "office/service/pool".
std::string place_of(const std::string& lane) {
  return lane.substr(0, lane.rfind('/'));
}

}  // namespace

Finding LedgerModel::on(const record::FallBack& fall) {
  const SlotKey from{fall.from}, to{fall.slot};
  const auto pool = slots_.find(from);
  const auto general = slots_.find(to);
  if (pool == slots_.end() || general == slots_.end()) {
    return breaks(Promise::state, name(pool == slots_.end() ? from : to) + " isn't of an open day");
  }
  if (from.day() != to.day() || from.minute() != to.minute()) {
    return breaks(Promise::form, name(from) + " and " + name(to) + " are of different hours");
  }
  const std::string& left = lanes_.at(from.lane());
  const std::string& entered = lanes_.at(to.lane());
  if (left == entered || entered != place_of(left) + "/general") {
    return breaks(Promise::state, "seats of " + left + " fall back to " + entered);
  }
  if (fall.seats == 0) return breaks(Promise::form, "no seats fall back");
  if (auto wrong = check_time(fall.decided_ms)) return wrong;
  if (pool->second.closed || general->second.closed) {
    return breaks(Promise::state, name(from) + " or " + name(to) + " is closed");
  }
  if (pool->second.left() < fall.seats) {
    return breaks(Promise::capacity, std::to_string(fall.seats) + " seats fall back from " +
                                         name(from) + ", where " +
                                         std::to_string(pool->second.left()) + " are free");
  }
  const std::uint32_t room = pool->second.capacity - fall.seats;
  const std::uint32_t more = general->second.capacity + fall.seats;
  if (room != fall.from_capacity || more != fall.capacity || more > kMaxSlotCapacity) {
    return breaks(Promise::capacity, name(from) + " and " + name(to) + " come to have " +
                                         std::to_string(fall.from_capacity) + " and " +
                                         std::to_string(fall.capacity) + " seats, not " +
                                         std::to_string(room) + " and " + std::to_string(more));
  }
  pool->second.capacity = room;
  general->second.capacity = more;
  ledger_ms_ = std::max(ledger_ms_, fall.decided_ms);
  return {};
}

Finding LedgerModel::on(const record::Tranche& tranche) {
  const SlotKey key{tranche.slot};
  const auto slot = slots_.find(key);
  if (slot == slots_.end()) return breaks(Promise::state, name(key) + " isn't of an open day");
  if (tranche.seats == 0) return breaks(Promise::form, "no seats come to " + name(key));
  if (auto wrong = check_time(tranche.decided_ms)) return wrong;
  ModelSlot& to = slot->second;
  if (to.closed) return breaks(Promise::state, "seats come to " + name(key) + ", which is closed");
  if (tranche.seats + tranche.kept != static_cast<int>(to.kept) ||
      to.capacity + tranche.seats != tranche.capacity || tranche.capacity > kMaxSlotCapacity) {
    return breaks(Promise::capacity, std::to_string(tranche.seats) + " seats come to " + name(key) +
                                         ", which has " + std::to_string(to.capacity) + " and " +
                                         std::to_string(to.kept) + " that are kept back; not " +
                                         std::to_string(tranche.capacity) + " and " +
                                         std::to_string(tranche.kept));
  }
  to.capacity = tranche.capacity;
  to.kept = tranche.kept;
  ledger_ms_ = std::max(ledger_ms_, tranche.decided_ms);
  return {};
}

}  // namespace janji::model
