#include "api/search_body.hpp"

#include <charconv>

#include <fmt/format.h>

#include "api/civil_text.hpp"
#include "api/slot_id.hpp"

namespace janjid {

using Need = JsonReader::Need;

namespace {

// How often a request may go on with its walk: four stretches of 65,536 places take some
// milliseconds of the thread that others' requests wait for.
constexpr int kStretchesMax = 4;

}  // namespace

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

void read_page(JsonReader& body, std::size_t most, std::size_t usual, SearchBody& search) {
  const std::int64_t limit =
      body.integer("limit", Need::optional).value_or(static_cast<std::int64_t>(usual));
  if (limit < 1 || limit > static_cast<std::int64_t>(most)) {
    body.report("limit", Fault::bad_choice, fmt::format("1 to {}", most));
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

std::optional<std::size_t> find_page(const janji::Engine& engine, SearchBody& search,
                                     std::span<janji::Booking> page) {
  const std::uint32_t begin = search.cursor.place;
  std::size_t found = 0;
  for (int i = 0; i < kStretchesMax && found < search.limit && !search.cursor.at_end; ++i) {
    found +=
        engine.bookings(search.query, search.cursor, page.subspan(found, search.limit - found));
  }
  if (found == 0 && search.cursor.place == begin && !search.cursor.at_end) return std::nullopt;
  return found;
}

bool keep_to_branch(const AccessKey& access, const janji::Catalogue& catalogue,
                    janji::BookingQuery& query) {
  if (access.branch.empty()) return true;
  const auto branch = catalogue.find_branch(access.branch);
  const bool other = query.branch != janji::BookingQuery::kAny &&
                     query.branch != branch.value_or(janji::BookingQuery::kAny);
  if (!branch || other) return false;
  query.branch = *branch;
  return true;
}

}  // namespace janjid
