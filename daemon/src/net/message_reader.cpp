#include "net/message_reader.hpp"

#include <algorithm>
#include <cstring>

#include <boost/beast/http/error.hpp>
#include <janji/check.hpp>

#include "http/tokens.hpp"
#include "net/raw_header.hpp"

namespace janjid {
namespace {

namespace bhttp = boost::beast::http;

// Behind a header of full size there must be room to read a body piece by piece.
constexpr std::size_t kBodyRoom = 8192;
// A byte of a body takes at most six on the wire ("1\r\nx\r\n"); more is padding.
constexpr std::size_t kWireFactor = 8;
constexpr std::size_t kShortestChunked = 5;  // "0\r\n\r\n"
constexpr std::string_view kBareLineFeed = "A line feed without a carriage return.";
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

std::string_view explain(const boost::beast::error_code& ec) noexcept {
  if (ec == bhttp::error::bad_method) return "The request line has no valid method.";
  if (ec == bhttp::error::bad_target) return "The request line has no valid target.";
  if (ec == bhttp::error::bad_version) return "The version must be HTTP/1.1 or HTTP/1.0.";
  if (ec == bhttp::error::bad_field) return "A header field is malformed, or stands in a trailer.";
  if (ec == bhttp::error::bad_value) return "A header field's value is malformed.";
  if (ec == bhttp::error::bad_content_length || ec == bhttp::error::multiple_content_length) {
    return "Send one Content-Length, a single number.";
  }
  if (ec == bhttp::error::bad_transfer_encoding) {
    return "The only Transfer-Encoding that is accepted is exactly `chunked`, and no "
           "Content-Length beside it.";
  }
  if (ec == bhttp::error::bad_chunk || ec == bhttp::error::bad_line_ending) {
    return "The chunked body is malformed.";
  }
  if (ec == bhttp::error::bad_chunk_extension) return "Extensions of chunks aren't accepted.";
  return "The message is not valid HTTP.";
}

}  // namespace

MessageReader::MessageReader(const Limits& limits)
    : limits_(&limits),
      capacity_(limits.header_bytes + kBodyRoom),
      buffer_(std::make_unique_for_overwrite<char[]>(capacity_)) {}

boost::asio::mutable_buffer MessageReader::room() {
  JANJI_CHECK(wants_bytes_);
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    if (in_body_) header_.rebase(-static_cast<std::ptrdiff_t>(begin_));
    header_end_ -= in_body_ ? begin_ : 0;
    end_ -= begin_;
    begin_ = 0;
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

MessageReader::State MessageReader::next() {
  const State state = in_body_ ? next_body() : next_header();
  wants_bytes_ = state == State::need_more;
  return state;
}

MessageReader::State MessageReader::next_header() {
  if (!skipped_empty_line_ && bytes().starts_with("\r\n")) {
    begin_ += 2;  // RFC 9112, 2.2: left behind by old clients after a body
    skipped_empty_line_ = true;
  }
  const std::string_view unread = bytes();
  const std::size_t at = unread.find(kHeaderEnd, scanned_);
  if (at != std::string_view::npos) return parse_header(at + kHeaderEnd.size());
  const char before = scanned_ > 0 ? unread[scanned_ - 1] : '\0';
  if (has_bare_line_feed(before, unread.substr(scanned_))) {
    return refuse(ProblemCode::invalid_request, kBareLineFeed);
  }
  if (unread.size() >= limits_->header_bytes) return refuse(ProblemCode::headers_too_large);
  scanned_ = unread.size() < 3 ? 0 : unread.size() - 3;
  return State::need_more;
}

MessageReader::State MessageReader::parse_header(std::size_t size) {
  if (size > limits_->header_bytes) return refuse(ProblemCode::headers_too_large);
  const std::string_view header = bytes().substr(0, size);
  const std::string_view objection = objection_to_header(header);
  if (!objection.empty()) return refuse(ProblemCode::invalid_request, objection);

  body_.clear();
  parser_.emplace(*limits_, header_, body_);
  boost::beast::error_code ec;
  parser_->put(boost::asio::buffer(header.data(), header.size()), ec);
  request_.method = header_.method;
  request_.fields = header_.all();
  if (const auto accepted = request_.find(Field::accept_language)) {
    request_.language = negotiate_language(*accepted);
  }
  if (ec && ec != bhttp::error::need_more) return refuse_parse_error(ec);
  if (!parser_->is_header_done()) return refuse(ProblemCode::invalid_request);
  framing_ = frame(header_);
  if (!framing_.objection.empty()) return refuse(ProblemCode::invalid_request, framing_.objection);
  if (framing_.content_length > limits_->body_bytes) {
    return refuse(ProblemCode::payload_too_large);
  }
  header_end_ = begin_ + size;
  wire_bytes_ = 0;
  in_body_ = true;
  return next_body();
}

MessageReader::State MessageReader::next_body() {
  if (framing_.body == BodyKind::chunked) return next_chunks();
  const std::string_view there = behind_header();
  const std::size_t missing = static_cast<std::size_t>(framing_.content_length) - body_.size();
  parsed_ = header_end_ + std::min(missing, there.size());
  if (there.size() >= missing) {
    if (body_.empty()) return complete(there.substr(0, missing));  // in one piece, where it lies
    body_.append(there.substr(0, missing));
    return complete(body_);
  }
  if (end_ < capacity_) return State::need_more;
  // The buffer is full: collect, and read the rest into the same place.
  body_.append(there);
  end_ = header_end_;
  return State::need_more;
}

MessageReader::State MessageReader::next_chunks() {
  const std::string_view there = behind_header();
  if (there.empty()) return State::need_more;
  // Beast asserts that a last chunk which comes first comes in one piece.
  if (wire_bytes_ == 0 && there.front() == '0' && there.size() < kShortestChunked) {
    if (has_bare_line_feed('\0', there)) return refuse(ProblemCode::invalid_request, kBareLineFeed);
    return State::need_more;
  }
  boost::beast::error_code ec;
  const std::size_t used = parser_->put(boost::asio::buffer(there.data(), there.size()), ec);
  if (ec && ec != bhttp::error::need_more) return refuse_parse_error(ec);
  wire_bytes_ += used;
  if (parser_->is_done()) {
    parsed_ = header_end_ + used;
    return complete(body_);
  }
  // What the parser leaves is a line without its end, and one that ends in a bare line feed never
  // gets one.
  if (has_bare_line_feed('\0', there.substr(used))) {
    return refuse(ProblemCode::invalid_request, kBareLineFeed);
  }
  if (used > 0) {
    std::memmove(buffer_.get() + header_end_, there.data() + used, there.size() - used);
    end_ -= used;
  }
  if (end_ == capacity_ || wire_bytes_ > kWireFactor * limits_->body_bytes) {
    return refuse(ProblemCode::payload_too_large);
  }
  return State::need_more;
}

MessageReader::State MessageReader::complete(std::string_view body) {
  request_.body = body;
  if (!split_target()) {
    return refuse(ProblemCode::invalid_request, "The target must be a path or an http URL.");
  }
  return State::complete;
}

// Origin form, or absolute form, whose authority is of no interest here (RFC 9112, 3.2).
bool MessageReader::split_target() noexcept {
  std::string_view target = header_.target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() ||
        !equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      continue;
    }
    const std::size_t path = target.find('/', scheme.size());
    target = path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
    break;
  }
  if (target.empty() || target.front() != '/') return false;
  request_.path = take_until(target, '?');
  request_.query = target;
  return true;
}

void MessageReader::consume() noexcept {
  begin_ = parsed_;
  if (begin_ == end_) begin_ = end_ = 0;
  scanned_ = 0;
  in_body_ = false;
  skipped_empty_line_ = false;
  request_ = Request{};
  constexpr std::size_t kKept = 4096;
  if (body_.capacity() > kKept) std::string{}.swap(body_);
}

MessageReader::Phase MessageReader::phase() const noexcept {
  if (in_body_) return Phase::body;
  return begin_ < end_ ? Phase::header : Phase::nothing;
}

bool MessageReader::take_expectation() noexcept {
  const bool expected = in_body_ && framing_.expects_continue && behind_header().empty();
  framing_.expects_continue = false;
  return expected;
}

MessageReader::State MessageReader::refuse(ProblemCode code, std::string_view detail) noexcept {
  refusal_ = code;
  refusal_detail_ = detail;
  return State::refused;
}

MessageReader::State MessageReader::refuse_parse_error(
    const boost::beast::error_code& ec) noexcept {
  if (ec == bhttp::error::header_limit) return refuse(ProblemCode::headers_too_large);
  if (ec == bhttp::error::body_limit) return refuse(ProblemCode::payload_too_large);
  return refuse(ProblemCode::invalid_request, explain(ec));
}

}  // namespace janjid
