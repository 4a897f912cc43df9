#include "api/stream_reply.hpp"

#include <charconv>

#include <fmt/format.h>

namespace janjid {

std::optional<janji::Lsn> read_last_event_id(const Request& request, janji::Lsn newest,
                                             FieldErrors& errors) {
  constexpr std::string_view kName = "Last-Event-ID";
  const std::size_t count = request.count(kName);
  if (count == 0) return std::nullopt;
  if (count > 1) {
    errors.header(kName, Fault::duplicate);
    return std::nullopt;
  }
  const std::string_view text = *request.find(kName);
  janji::Lsn id;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, id.value);
  if (error == std::errc{} && at == end && id <= newest) return id;
  errors.header(kName, Fault::bad_choice, fmt::format("0 to {}", newest.value));
  return std::nullopt;
}

Response stream_head() {
  Response head;
  head.content_type = kEventStream;
  head.endless = true;
  head.add_header("X-Accel-Buffering", "no");  // nginx would hold events back until it has 4 KiB
  return head;
}

}  // namespace janjid
