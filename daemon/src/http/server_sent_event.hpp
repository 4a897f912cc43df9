// The format of text/event-stream (WHATWG HTML, 9.2 "Server-sent events").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace janjid {

inline constexpr std::string_view kEventStream = "text/event-stream";
// A comment: proxies see that the connection lives, and readers pass over it.
inline constexpr std::string_view kSseHeartbeat = ":\n\n";

// How long a reader waits before it comes again when the stream was cut.
void append_retry(std::string& out, std::uint32_t ms);

// Begins an event; what follows is its data, without any line's end (JSON has none), then
// end_event(). `id`: what the reader sends as Last-Event-ID when it comes again; without one it
// keeps the one it had.
void begin_event(std::string& out, std::string_view type, std::optional<std::uint64_t> id);
void end_event(std::string& out);

// Moves what the reader will send as Last-Event-ID, and is no event: an event without data is
// dispatched to nobody.
void append_position(std::string& out, std::uint64_t id);

}  // namespace janjid
