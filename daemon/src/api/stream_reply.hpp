// From a handler to a stream.
#pragma once

#include <memory>
#include <utility>

#include "api/exchange.hpp"
#include "http/server_sent_event.hpp"

namespace janjid {

// The position in the Last-Event-ID header: what a reader that was cut off read last. Nothing when
// there is none, or it was reported: digits up to `newest`, since nobody was told more.
std::optional<janji::Lsn> read_last_event_id(const Request& request, janji::Lsn newest,
                                             FieldErrors& errors);

// The head of a text/event-stream.
Response stream_head();

// Opens the stream that make(seat) -> unique_ptr<Stream> makes; HEAD gets its head only. Else the
// answer: too_many_streams, or retry while the daemon ends.
template <class Make>
Reply open_stream(Exchange& exchange, StreamSeats& seats, Make make) {
  if (exchange.request.method == Verb::head) return stream_head();
  if (exchange.site.draining()) return problem(ProblemCode::retry, exchange.audience());
  StreamSeats::Seat seat = seats.take();
  if (!seat) return problem(ProblemCode::too_many_streams, exchange.audience());
  Reply reply = stream_head();
  reply.stream = make(std::move(seat));
  return reply;
}

}  // namespace janjid
