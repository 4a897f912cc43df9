// Moves bookings whose slots were closed to the nearest free ones, some at a time.
#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "api/alternatives.hpp"
#include "api/authority.hpp"
#include "api/booking_json.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/search_body.hpp"

namespace janjid {
namespace {

constexpr std::string_view kRoute = "POST /v1/staff/displaced/move";
// Of one request: each looks through four weeks of slots, on the thread that others wait for.
constexpr std::size_t kLimitMax = 20;

// Whether the refusal is about the slot: somebody took its last seat or closed it, it starts too
// soon, or isn't within the dates of a member's entitlement.
bool another_may_do(janji::Code code) noexcept {
  using enum janji::Code;
  return code == slot_full || code == closed || code == too_late || code == slot_not_found ||
         code == entitlement_not_valid;
}

struct Mover {
  Exchange& exchange;
  janji::ActorId actor;
  std::string_view key;
  std::vector<janji::BookingId> moved;
  std::vector<std::pair<janji::BookingId, janji::Code>> left;
  janji::Lsn newest;

  void move(const janji::Booking& booking) {
    const janji::Code code = try_nearest(booking);
    if (code == janji::Code::ok) {
      moved.push_back(booking.id);
    } else {
      left.emplace_back(booking.id, code);
    }
  }

 private:
  // A booking that can't be moved at once is left: this request doesn't wait for others', since it
  // couldn't tell any more what it moved before.
  janji::Code try_nearest(const janji::Booking& booking) {
    const Api& api = exchange.api();
    const auto lane = find_lane(api.engine(), booking.slot.lane());
    if (!lane) return janji::Code::slot_not_found;
    std::array<janji::SlotAvailability, kAlternativesMax> nearest;
    const std::size_t many = nearest_slots(exchange, *lane, booking.slot.day(),
                                           booking.slot.minute(), booking.seats, nearest);
    janji::RescheduleRequest request;
    request.booking = booking.id;
    request.actor = actor;
    const std::string caller = fmt::format("key:{}", actor.value);
    request.operation = api.identity().operations.make({.caller = caller,
                                                        .route = kRoute,
                                                        .subject = booking.id,
                                                        .key = key,
                                                        .batch_index = std::nullopt});
    janji::Code code = janji::Code::slot_full;
    for (std::size_t i = 0; i < many; ++i) {
      request.slot = nearest[i].slot;
      janji::Patience patience;
      const janji::Decision decision = api.engine().try_reschedule(request, patience);
      newest = std::max(newest, decision.lsn);
      if (decision.verdict == janji::Verdict::granted) return janji::Code::ok;
      code = decision.verdict == janji::Verdict::wait ? janji::Code::retry : decision.code;
      if (!another_may_do(code)) return code;
    }
    return code;
  }
};

SearchBody read_body(Exchange& exchange, FieldErrors& errors) {
  SearchBody search;
  search.query.states = janji::state_bit(janji::BookingState::displaced);
  if (!read_json(exchange, errors)) return search;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return search;
  read_office(body, exchange.api().catalogue(), search.query);
  read_time(body, exchange.api().engine(), search.query);
  read_page(body, kLimitMax, kLimitMax, search);
  body.finish();
  return search;
}

Response tell(const Api& api, const Mover& mover, const janji::BookingCursor& cursor) {
  Response response;
  JsonWriter json{response.body};
  const auto reference = [&](janji::BookingId id) {
    json.string(api.identity().references.format(id).view());
  };
  json.begin_object();
  json.name("moved").begin_array();
  for (const janji::BookingId id : mover.moved) reference(id);
  json.end_array();
  json.name("left").begin_array();
  for (const auto& [id, code] : mover.left) {
    json.begin_object();
    json.name("reference");
    reference(id);
    json.name("code").string(entry_of(problem_of(code)).name);
    json.end_object();
  }
  json.end_array();
  json.name("next");
  cursor.at_end ? json.null() : json.string(fmt::format("{}", cursor.place));
  json.end_object();
  return response;
}

}  // namespace

Reply post_staff_displaced_move(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, Scope::staff_calendar);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  SearchBody search = read_body(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!keep_to_branch(access, api.catalogue(), search.query)) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  std::array<janji::Booking, kLimitMax> page;
  const auto found = find_page(api.engine(), search, page);
  if (!found) return exchange.wait(rounds + 1);
  Mover mover{exchange, janji::ActorId{access.number}, key->view(), {}, {}, {}};
  for (std::size_t i = 0; i < *found; ++i) mover.move(page[i]);
  return {tell(api, mover, search.cursor), api.acknowledge_at(mover.newest)};
}

}  // namespace janjid
