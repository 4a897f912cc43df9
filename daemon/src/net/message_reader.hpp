// From a connection's bytes to complete requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>

#include "http/problem_code.hpp"
#include "http/request.hpp"
#include "net/framing.hpp"
#include "net/header_parser.hpp"
#include "net/limits.hpp"

namespace janjid {

// Owns a connection's input buffer and cuts it into requests, in order. What is refused ends the
// connection: where the next message would begin is not known then.
//
// One buffer of fixed size: a header lies in it in one piece until its request is done; bytes of
// a body that doesn't fit behind it are collected in a string of at most `body_bytes`.
class MessageReader {
 public:
  enum class State : std::uint8_t { need_more, complete, refused };
  enum class Phase : std::uint8_t { nothing, header, body };

  explicit MessageReader(const Limits& limits);

  // Where the next bytes go; never empty. Only when next() last said need_more, or before it was
  // ever asked: it will say so until commit(), so that nothing moves while a read is under way.
  boost::asio::mutable_buffer room();
  void commit(std::size_t size) noexcept {
    end_ += size;
    wants_bytes_ = false;
  }

  // Looks whether the next request is complete. Once it is, request() holds until consume().
  // Before, and when it is refused, its method and language hold as far as the header could be
  // read.
  State next();
  Request& request() noexcept { return request_; }
  bool keep_alive() const { return parser_->keep_alive(); }
  bool http_1_0() const noexcept { return header_.version < 11; }
  void consume() noexcept;

  // When refused.
  ProblemCode refusal() const noexcept { return refusal_; }
  std::string_view refusal_detail() const noexcept { return refusal_detail_; }

  Phase phase() const noexcept;
  // True once a request: its client waits for "100 Continue" before it sends the body.
  bool take_expectation() noexcept;

 private:
  State next_header();
  State parse_header(std::size_t size);
  State next_body();
  State next_chunks();
  State complete(std::string_view body);
  State refuse(ProblemCode code, std::string_view detail = {}) noexcept;
  State refuse_parse_error(const boost::beast::error_code& ec) noexcept;
  bool split_target() noexcept;
  std::string_view bytes() const noexcept { return {buffer_.get() + begin_, end_ - begin_}; }
  std::string_view behind_header() const noexcept {
    return {buffer_.get() + header_end_, end_ - header_end_};
  }

  const Limits* limits_;
  std::size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_{0};       // of the current request
  std::size_t end_{0};         // of what was read
  std::size_t scanned_{0};     // no end of the header before begin_ + scanned_
  std::size_t header_end_{0};  // when the header is complete
  std::size_t parsed_{0};      // where the next request begins, when this one is complete
  std::size_t wire_bytes_{0};  // of a chunked body, with its framing

  ParsedHeader header_;
  std::optional<HeaderParser> parser_;
  Framing framing_;
  bool wants_bytes_{true};  // next() has seen all there is
  bool in_body_{false};
  bool skipped_empty_line_{false};
  std::string body_;
  Request request_;
  ProblemCode refusal_{ProblemCode::invalid_request};
  std::string_view refusal_detail_;
};

}  // namespace janjid
