// Beast's parser, writing into a fixed table instead of a map of strings.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "http/request.hpp"
#include "net/limits.hpp"

namespace janjid {

// What stands in a header. Views into the bytes that were parsed.
struct ParsedHeader {
  Verb method{Verb::unknown};
  std::string_view target;
  int version{11};
  std::array<HeaderField, Limits::kMaxFields> fields{};
  std::size_t field_count{0};

  std::span<const HeaderField> all() const noexcept { return {fields.data(), field_count}; }
  // The bytes were moved: so are the views.
  void rebase(std::ptrdiff_t by) noexcept;
};

// Parses one message's header, and its body if it is chunked; no memory of its own. Extensions
// of chunks and fields behind the last one are refused: nobody here would read them.
class HeaderParser final : public boost::beast::http::basic_parser<true> {
 public:
  // Both must outlive the parser; a chunked body is appended to `body`.
  HeaderParser(const Limits& limits, ParsedHeader& header, std::string& body);

  bool too_many_fields() const noexcept { return too_many_fields_; }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(Verb method, string_view, string_view target, int version,
                       error_code&) override;
  void on_response_impl(int, string_view, int, error_code&) override;
  void on_field_impl(Field id, string_view name, string_view value, error_code& ec) override;
  void on_header_impl(error_code&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override;
  std::size_t on_body_impl(string_view piece, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, string_view extensions, error_code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override;
  void on_finish_impl(error_code&) override;

  std::size_t fields_max_;
  ParsedHeader* header_;
  std::string* body_;
  bool header_complete_{false};
  bool too_many_fields_{false};
};

}  // namespace janjid
