#include "net/framing.hpp"

#include <charconv>
#include <optional>

#include "http/tokens.hpp"

namespace janjid {
namespace {

// Digits and nothing else: no sign, no blanks, no list.
std::optional<std::uint64_t> parse_length(std::string_view text) noexcept {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return length;
}

struct Seen {
  int transfer_encodings{0}, content_lengths{0}, hosts{0};
  std::string_view transfer_encoding, content_length;
  bool expects_continue{false};
};

Seen look(const ParsedHeader& header) noexcept {
  Seen seen;
  for (const HeaderField& field : header.all()) {
    if (field.id == Field::transfer_encoding) {
      ++seen.transfer_encodings;
      seen.transfer_encoding = field.value;
    } else if (field.id == Field::content_length) {
      ++seen.content_lengths;
      seen.content_length = field.value;
    } else if (field.id == Field::host) {
      ++seen.hosts;
    } else if (field.id == Field::expect) {
      seen.expects_continue = equals_ignoring_case(field.value, "100-continue");
    }
  }
  return seen;
}

Framing refuse(std::string_view objection) noexcept {
  return {.objection = objection};
}

}  // namespace

Framing frame(const ParsedHeader& header) noexcept {
  const Seen seen = look(header);
  const bool http_1_1 = header.version >= 11;
  if (seen.hosts > 1 || (http_1_1 && seen.hosts == 0)) return refuse("Send exactly one Host.");
  Framing framing;
  framing.expects_continue = http_1_1 && seen.expects_continue;
  if (seen.transfer_encodings > 0) {
    if (seen.content_lengths > 0) {
      return refuse("Transfer-Encoding and Content-Length can't stand together.");
    }
    if (!http_1_1 || seen.transfer_encodings > 1 ||
        !equals_ignoring_case(seen.transfer_encoding, "chunked")) {
      return refuse("The only Transfer-Encoding that is accepted is exactly `chunked`.");
    }
    framing.body = BodyKind::chunked;
    return framing;
  }
  if (seen.content_lengths > 0) {
    const auto length = parse_length(seen.content_length);
    if (seen.content_lengths > 1 || !length) {
      return refuse("Send one Content-Length, a single number.");
    }
    framing.content_length = *length;
    framing.body = *length > 0 ? BodyKind::sized : BodyKind::none;
  }
  return framing;
}

}  // namespace janjid
