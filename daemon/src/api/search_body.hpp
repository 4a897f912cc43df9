// Which bookings staff asks for.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <janji/booking_query.hpp>
#include <janji/catalogue.hpp>
#include <janji/engine.hpp>

#include "http/json_reader.hpp"
#include "identity/access_keys.hpp"

namespace janjid {

struct SearchBody {
  janji::BookingQuery query;
  janji::BookingCursor cursor;
  std::size_t limit{0};
};

// The members "branch" and "service"; "date" and "slot"; "limit" (1 to `most`) and "after". None is
// required; whatever is wrong is reported.
void read_office(JsonReader& body, const janji::Catalogue& catalogue, janji::BookingQuery& query);
void read_time(JsonReader& body, const janji::Engine& engine, janji::BookingQuery& query);
void read_page(JsonReader& body, std::size_t most, std::size_t usual, SearchBody& search);

// Goes on with the walk and fills `page` with at most `search.limit` bookings; how many. Nothing:
// the first of them is being changed, and a round is to be waited for.
std::optional<std::size_t> find_page(const janji::Engine& engine, SearchBody& search,
                                     std::span<janji::Booking> page);

// A key that is bound to a branch finds that branch's bookings only. False: it asked for another's.
bool keep_to_branch(const AccessKey& access, const janji::Catalogue& catalogue,
                    janji::BookingQuery& query);

}  // namespace janjid
