#include "api/authority.hpp"
#include "api/booking_reply.hpp"
#include "api/handlers.hpp"

namespace janjid {

Reply get_booking(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise(exchange);
  if (auto* refusal = std::get_if<Reply>(&authority)) return std::move(*refusal);
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const auto booking = api.engine().find(std::get<Holder>(authority).booking);
  if (!booking) {
    if (booking.code() == janji::Code::retry) return exchange.wait(rounds + 1);
    return problem(problem_of(booking.code()), exchange.audience());
  }
  return {booking_response(api, *booking, false), api.acknowledge_at(booking->lsn)};
}

}  // namespace janjid
