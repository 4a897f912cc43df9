// The other bookings of the person whose booking this is, for whoever lost sight of them: the token
// of one proves who asks. Theirs aren't told: each opens its own booking only, and is issued anew
// by staff.
#include <array>
#include <limits>

#include <fmt/format.h>

#include "api/authority.hpp"
#include "api/booking_json.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/search_body.hpp"

namespace janjid {
namespace {

constexpr std::size_t kLimitMax = 50;
constexpr std::size_t kLimitDefault = 20;

}  // namespace

Reply get_booking_others(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise(exchange);
  if (auto* refusal = std::get_if<Reply>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  SearchBody search;
  QueryReader query{exchange.request.query, errors};
  search.limit = read_number(query, "limit", 1, kLimitMax, errors).value_or(kLimitDefault);
  search.cursor.place = static_cast<std::uint32_t>(
      read_number(query, "after", 0, std::numeric_limits<std::uint32_t>::max(), errors)
          .value_or(0));
  query.finish();
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const auto booking = api.engine().find(std::get<Holder>(authority).booking);
  if (!booking) {
    if (booking.code() == janji::Code::retry) return exchange.wait(rounds + 1);
    return problem(problem_of(booking.code()), exchange.audience());
  }
  // Whoever claims for a group may hold its members' tokens without being one of them.
  if (booking->group.value != 0) return problem(ProblemCode::in_group, exchange.audience());
  search.query.applicant = booking->applicant;
  std::array<janji::Booking, kLimitMax> page;
  const auto found = find_page(api.engine(), search, page);
  if (!found) return exchange.wait(rounds + 1);
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("bookings").begin_array();
  janji::Lsn newest = booking->lsn;
  for (const janji::Booking& one : std::span{page}.first(*found)) {
    if (one.id == booking->id) continue;
    write_booking(json, api, one);
    newest = std::max(newest, one.lsn);
  }
  json.end_array();
  json.name("next");
  search.cursor.at_end ? json.null() : json.string(fmt::format("{}", search.cursor.place));
  json.end_object();
  return {std::move(response), api.acknowledge_at(newest)};
}

}  // namespace janjid
