// The bounds of what a connection may do. All configurable, all finite.
#pragma once

#include <cstddef>
#include <cstdint>

namespace janjid {

struct Limits {
  std::size_t header_bytes{8192};  // request line and fields
  std::size_t header_fields{64};   // at most kMaxFields
  std::size_t body_bytes{16384};
  std::size_t pipelined{32};         // requests of one connection that are answered at one time
  std::size_t output_bytes{262144};  // answers that wait to be sent; past it nothing more is read
  std::size_t connections{10000};    // of the whole daemon

  std::int64_t header_ms{10000};  // from a request's first byte to the end of its header
  std::int64_t body_ms{10000};    // from there to the end of its body
  std::int64_t idle_ms{30000};    // between two requests
  std::int64_t write_ms{15000};   // while the client takes nothing of an answer
  std::int64_t wait_ms{2000};     // for a decision that the engine can't make yet
  std::int64_t commit_ms{10000};  // for a decision to become durable
  std::int64_t linger_ms{1000};   // for the client to close after our last answer
  std::int64_t drain_ms{10000};   // from the signal to end until every connection is cut

  // Of streams (text/event-stream), which have none of the deadlines above but write_ms.
  std::size_t streams{1000};                // of a lane's availability that are open at one time
  std::size_t feed_streams{64};             // likewise, of the change feed
  std::int64_t stream_heartbeat_ms{15000};  // of silence, then something is said
  std::int64_t stream_pace_ms{100};         // between two looks for something new, at least
  std::int64_t stream_look_ms{1000};        // and at most, for what changes with time alone
  std::size_t stream_send_buffer{65536};    // of the socket, so that what is told isn't old

  static constexpr std::size_t kMaxFields = 64;
  static constexpr std::size_t kMaxHeaderBytes = 65536;
};

}  // namespace janjid
