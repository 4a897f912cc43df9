// Which bookings there are: for a roster, a day's work, or the bookings of one person. A POST, so
// that no identity number stands in an address, where logs and histories keep it.
#include <array>

#include <fmt/format.h>

#include "api/authority.hpp"
#include "api/booking_json.hpp"
#include "api/claim_body.hpp"
#include "api/handlers.hpp"
#include "api/progress_body.hpp"
#include "api/request_parts.hpp"
#include "api/search_body.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;

constexpr std::size_t kLimitMax = 100;
constexpr std::size_t kLimitDefault = 50;

std::optional<janji::BookingState> parse_state(std::string_view text) {
  for (unsigned i = 1; i <= static_cast<unsigned>(janji::BookingState::waiting); ++i) {
    const auto state = static_cast<janji::BookingState>(i);
    if (to_string(state) == text) return state;
  }
  return std::nullopt;
}

SearchBody read_search(Exchange& exchange, FieldErrors& errors) {
  SearchBody search;
  if (!read_json(exchange, errors)) return search;
  const Api& api = exchange.api();
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return search;
  read_office(body, api.catalogue(), search.query);
  read_time(body, api.engine(), search.query);
  if (const auto text = body.string("status", Need::optional)) {
    const auto state = parse_state(*text);
    if (!state) body.report("status", Fault::bad_choice, "a booking's status, e.g. confirmed");
    if (state) search.query.states = janji::state_bit(*state);
  }
  search.query.progress = read_progress(body, "progress", Need::optional, api.catalogue());
  if (auto applicant = body.object("applicant", Need::optional)) {
    const auto document = read_document(*applicant);
    applicant->finish();
    if (document) search.query.applicant = api.identity().applicants.make(*document);
  }
  read_page(body, kLimitMax, kLimitDefault, search);
  body.finish();
  return search;
}

}  // namespace

Reply post_staff_search(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, Scope::staff_read);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  SearchBody search = read_search(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!keep_to_branch(std::get<AccessKey>(authority), api.catalogue(), search.query)) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  std::array<janji::Booking, kLimitMax> page;
  const auto found = find_page(api.engine(), search, page);
  if (!found) return exchange.wait(rounds + 1);
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("bookings").begin_array();
  janji::Lsn newest;
  for (const janji::Booking& booking : std::span{page}.first(*found)) {
    write_booking(json, api, booking);
    newest = std::max(newest, booking.lsn);
  }
  json.end_array();
  json.name("next");
  search.cursor.at_end ? json.null() : json.string(fmt::format("{}", search.cursor.place));
  json.end_object();
  return {std::move(response), api.acknowledge_at(newest)};
}

}  // namespace janjid
