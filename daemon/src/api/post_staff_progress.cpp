// After the visit: what the service does has come to a stage.
#include "api/act_reply.hpp"
#include "api/handlers.hpp"
#include "api/progress_body.hpp"

namespace janjid {

Reply post_staff_progress(Exchange& exchange) {
  const ReadArgument read = [](Exchange& of, JsonReader& body, std::string_view name) {
    return read_progress(body, name, JsonReader::Need::required, of.api().catalogue()).value;
  };
  return post_staff_step(
      exchange, {janji::Act::progress, Scope::staff_checkin,
                 "POST /v1/staff/bookings/{reference}/progress", "progress", tell_booking, read});
}

}  // namespace janjid
