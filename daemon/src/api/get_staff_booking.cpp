// A booking as staff sees it: with the details that were given.
#include "api/authority.hpp"
#include "api/booking_json.hpp"
#include "api/handlers.hpp"

namespace janjid {
namespace {

// A key that is bound to a branch sees that branch's bookings only; of one whose lane left the
// catalogue nobody knows the branch.
bool may_see(const Api& api, const AccessKey& access, const janji::Booking& booking) {
  if (access.branch.empty()) return true;
  const auto lane = find_lane(api.engine(), booking.slot.lane());
  return lane && lane->branch->id == access.branch;
}

Response reply_with(const Api& api, const janji::Booking& booking, std::string_view details_json,
                    bool erased) {
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("booking");
  write_booking(json, api, booking);
  json.name("details");
  details_json.empty() ? json.null() : json.raw(details_json);
  if (erased) json.name("details_erased").boolean(true);
  json.end_object();
  return response;
}

}  // namespace

Reply get_staff_booking(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, Scope::staff_read);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  auto named = named_booking(exchange);
  if (auto* refusal = std::get_if<Response>(&named)) return std::move(*refusal);
  const janji::BookingId id = std::get<janji::BookingId>(named);
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const auto booking = api.engine().find(id);
  if (!booking) {
    if (booking.code() == janji::Code::retry) return exchange.wait(rounds + 1);
    return problem(problem_of(booking.code()), exchange.audience());
  }
  if (!may_see(api, std::get<AccessKey>(authority), *booking)) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  if (booking->details_size == 0) {
    return {reply_with(api, *booking, {}, booking->details_erased),
            api.acknowledge_at(booking->lsn)};
  }
  const auto sealed = api.engine().details(id);
  if (!sealed) {
    // Erased since: the next look says so.
    const bool again =
        sealed.code() == janji::Code::retry || sealed.code() == janji::Code::details_erased;
    if (again) return exchange.wait(rounds + 1);
    return problem(problem_of(sealed.code()), exchange.audience());
  }
  // A group's are sealed for the group, whichever member is looked at; a walk-in's for whoever
  // walked in.
  const janji::BookingId sealed_for = booking->group.value != 0 ? booking->group : id;
  const OpenedDetails opened = api.identity().details.open(sealed_for, booking->applicant, *sealed);
  if (opened.fault != OpenFault::none) {
    return problem(ProblemCode::internal_error, exchange.audience());
  }
  return {reply_with(api, *booking, opened.plain, false), api.acknowledge_at(booking->lsn)};
}

}  // namespace janjid
