// Which bookings there are: for a roster, a day's work, or the bookings of one person. A POST, so
// that no identity number stands in an address, where logs and histories keep it.
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "api/authority.hpp"
#include "api/booking_json.hpp"
#include "api/civil_text.hpp"
#include "api/claim_body.hpp"
#include "api/handlers.hpp"
#include "api/progress_body.hpp"
#include "api/request_parts.hpp"
#include "api/slot_id.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;

constexpr std::size_t kLimitMax = 100;
constexpr std::int64_t kLimitDefault = 50;
// How often a request may go on with its walk: four stretches of 65,536 places take some
// milliseconds of the thread that others' requests wait for.
constexpr int kStretchesMax = 4;

struct Search {
  janji::BookingQuery query;
  janji::BookingCursor cursor;
  std::size_t limit{0};
};

std::optional<janji::BookingState> parse_state(std::string_view text) {
  for (unsigned i = 1; i <= static_cast<unsigned>(janji::BookingState::waiting); ++i) {
    const auto state = static_cast<janji::BookingState>(i);
    if (to_string(state) == text) return state;
  }
  return std::nullopt;
}

void read_office(JsonReader& body, const janji::Catalogue& catalogue, janji::BookingQuery& query) {
  if (const auto id = body.string("branch", Need::optional)) {
    const auto branch = catalogue.find_branch(*id);
    if (!branch) body.report("branch", Fault::bad_choice, "an id of the catalogue's branches");
    query.branch = branch.value_or(janji::BookingQuery::kAny);
  }
  if (const auto id = body.string("service", Need::optional)) {
    const auto service = catalogue.find_service(*id);
    if (!service) body.report("service", Fault::bad_choice, "an id of the catalogue's services");
    query.service = service.value_or(janji::BookingQuery::kAny);
  }
}

void read_time(JsonReader& body, const janji::Engine& engine, janji::BookingQuery& query) {
  if (const auto text = body.string("date", Need::optional)) {
    const auto day = parse_date(*text);
    if (!day) body.report("date", Fault::bad_format, "YYYY-MM-DD");
    if (day) query.first_day = query.last_day = *day;
  }
  if (const auto text = body.string("slot", Need::optional)) {
    const auto slot = parse_slot_id(engine, *text);
    if (!slot) body.report("slot", Fault::bad_format, "the id of a slot");
    if (slot) query.slot = slot->slot;
  }
}

void read_page(JsonReader& body, Search& search) {
  const std::int64_t limit = body.integer("limit", Need::optional).value_or(kLimitDefault);
  if (limit < 1 || limit > static_cast<std::int64_t>(kLimitMax)) {
    body.report("limit", Fault::bad_choice, fmt::format("1 to {}", kLimitMax));
    return;
  }
  search.limit = static_cast<std::size_t>(limit);
  const auto after = body.string("after", Need::optional);
  if (!after) return;
  const char* const end = after->data() + after->size();
  const auto [at, error] = std::from_chars(after->data(), end, search.cursor.place);
  if (error != std::errc{} || at != end) {
    body.report("after", Fault::bad_format, "what stood in `next`");
  }
}

Search read_search(Exchange& exchange, FieldErrors& errors) {
  Search search;
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
  read_page(body, search);
  body.finish();
  return search;
}

}  // namespace

Reply post_staff_search(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, Scope::staff_read);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  Search search = read_search(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (const AccessKey& access = std::get<AccessKey>(authority); !access.branch.empty()) {
    const auto branch = api.catalogue().find_branch(access.branch);
    const bool other = search.query.branch != janji::BookingQuery::kAny &&
                       search.query.branch != branch.value_or(janji::BookingQuery::kAny);
    if (!branch || other) return problem(ProblemCode::forbidden, exchange.audience());
    search.query.branch = *branch;
  }
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const std::uint32_t begin = search.cursor.place;
  std::array<janji::Booking, kLimitMax> page;
  std::size_t found = 0;
  for (int i = 0; i < kStretchesMax && found < search.limit && !search.cursor.at_end; ++i) {
    found += api.engine().bookings(search.query, search.cursor,
                                   std::span{page}.subspan(found, search.limit - found));
  }
  if (found == 0 && search.cursor.place == begin && !search.cursor.at_end) {
    return exchange.wait(rounds + 1);  // the first of them is being changed
  }
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("bookings").begin_array();
  janji::Lsn newest;
  for (const janji::Booking& booking : std::span{page}.first(found)) {
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
