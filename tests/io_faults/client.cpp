#include "io_faults/client.hpp"

#include <algorithm>

#include "model/names.hpp"
#include "support/small_office.hpp"

namespace janji::io_faults {
namespace {

namespace office = test::office;

constexpr std::uint64_t kApplicants = 12;

// Refusals that a good disk gives too, and the two of an engine that can't write.
bool may_be_answered(Code code) {
  switch (code) {
    case Code::slot_full:
    case Code::already_booked:
    case Code::hold_expired:
    case Code::booking_not_found:
    case Code::illegal_transition:
    case Code::overloaded:
    case Code::read_only:
    case Code::outcome_unknown: return true;
    default: return false;
  }
}

}  // namespace

std::string Client::judge(const Engine& engine, const Result<Booking>& answer) {
  if (answer.ok()) {
    if (unsure_) return "it acknowledges something after it had said that it doesn't know";
    if (answer->lsn > engine.durable_lsn()) return "it acknowledges what isn't durable";
    told_[answer->id] = answer->state;
    return {};
  }
  if (answer.code() == Code::outcome_unknown) unsure_ = true;
  if (may_be_answered(answer.code())) return {};
  // What failed keeps its booking busy, until a moment later everybody is refused.
  if (answer.code() == Code::retry && unsure_) return {};
  return std::string("it answers ") + to_string(answer.code());
}

// Relaxed, whoever wants to tell it to others waits for the disk first.
Result<Booking> Client::once_durable(Engine& engine, Result<Booking> answer) {
  if (!answer.ok() || answer->lsn <= engine.durable_lsn()) return answer;
  if (Status settled = engine.settle(); !settled.ok()) return settled.error();
  return answer;
}

std::string Client::claim(Engine& engine) {
  ClaimRequest request;
  const Day today = office::day_of(clock_.civil_ms());
  request.slot = office::slot(engine, static_cast<std::uint32_t>(random_.below(office::kLanes)),
                              Day{today.value + 1}, random_.below(office::kSlots));
  request.applicant = {1, 1 + random_.below(kApplicants)};
  request.operation = {2, ++operations_};
  const Result<Booking> booking = once_durable(engine, engine.claim(request));
  // A refusal changed nothing: asked again it may be granted. What is unknown must be one booking.
  if (booking.ok()) asked_.push_back({request, booking->id});
  if (booking.code() == Code::outcome_unknown) asked_.push_back({request, {}});
  return judge(engine, booking);
}

std::string Client::change(Engine& engine, bool confirm) {
  const auto at =
      std::next(told_.begin(), static_cast<std::ptrdiff_t>(random_.below(told_.size())));
  const BookingId id = at->first;
  const OperationId operation{3, ++operations_};
  const std::vector<std::byte> details(1 + random_.below(3000), std::byte{7});
  const Result<Booking> answer =
      once_durable(engine, confirm ? engine.confirm({id, operation, 0, details})
                                   : engine.cancel({id, operation, 0}));
  if (answer.code() == Code::outcome_unknown) told_.erase(id);  // one or the other
  return judge(engine, answer);
}

std::string Client::step(Engine& engine) {
  const std::uint64_t dice = random_.below(100);
  if (dice < 10) {
    const bool long_after = random_.percent(30);
    clock_.advance(long_after ? office::kHoldMs + office::kRetentionMs : 1000);
    if (long_after) told_.clear();  // what has ended is forgotten
    const Status settled = engine.settle();
    if (settled.code() == Code::outcome_unknown) unsure_ = true;
    if (settled.ok() && unsure_) return "it settles after it had said that it doesn't know";
    return {};
  }
  if (dice < 55 || told_.empty()) return claim(engine);
  return change(engine, dice < 80);
}

std::string Client::ask_again(Engine& engine, const model::LedgerModel& ledger) {
  for (const auto& [id, state] : told_) {
    const model::ModelBooking* booking = ledger.find_booking(id);
    if (booking == nullptr) continue;
    const bool expired = state == BookingState::held && booking->state == BookingState::expired;
    if (booking->state != state && !expired) {
      return model::name(id) + " was " + model::name(state) + ", and is " +
             model::name(booking->state);
    }
  }
  for (const Asked& asked : asked_) {
    const model::ModelOperation* done = ledger.find_operation(asked.request.operation);
    if (done == nullptr && asked.booking.value != 0) continue;  // its place was freed since
    if (done != nullptr && asked.booking.value != 0 && done->booking != asked.booking) {
      return model::name(asked.booking) + " was given, and the journal has " +
             model::name(done->booking);
    }
    const BookingId had = done == nullptr ? BookingId{} : done->booking;
    const Result<Booking> first = engine.claim(asked.request);
    if (!first.ok()) {
      if (had.value == 0 && may_be_answered(first.code())) continue;
      return model::name(had) + " isn't given again: " + to_string(first.code());
    }
    if (had.value != 0 && first->id != had) return "a request sent again has another booking";
    const Result<Booking> second = engine.claim(asked.request);
    if (!second.ok() || second->id != first->id) return "a request sent thrice has two bookings";
  }
  return {};
}

}  // namespace janji::io_faults
