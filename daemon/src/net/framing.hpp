// Where a message ends: the checks that decide it, stricter than Beast's.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/header_parser.hpp"

namespace janjid {

enum class BodyKind : std::uint8_t { none, sized, chunked };

struct Framing {
  std::string_view objection;  // why the message is refused; empty when it isn't
  BodyKind body{BodyKind::none};
  std::uint64_t content_length{0};
  bool expects_continue{false};
};

// Reads Transfer-Encoding, Content-Length, Host and Expect (RFC 9112, 3.2, 6.1 to 6.3). Refused:
// a Transfer-Encoding other than exactly `chunked`, or in HTTP/1.0; a Content-Length that is
// repeated, a list, or anything but digits; both together; no Host or two in HTTP/1.1.
Framing frame(const ParsedHeader& header) noexcept;

}  // namespace janjid
