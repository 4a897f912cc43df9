#include "net/header_parser.hpp"

#include <algorithm>

#include <boost/beast/http/error.hpp>

namespace janjid {
namespace {

std::string_view view(boost::beast::string_view text) noexcept {
  return {text.data(), text.size()};
}

void shift(std::string_view& text, std::ptrdiff_t by) noexcept {
  if (text.data() != nullptr) text = {text.data() + by, text.size()};
}

}  // namespace

void ParsedHeader::rebase(std::ptrdiff_t by) noexcept {
  shift(target, by);
  for (std::size_t i = 0; i < field_count; ++i) {
    shift(fields[i].name, by);
    shift(fields[i].value, by);
  }
}

HeaderParser::HeaderParser(const Limits& limits, ParsedHeader& header, std::string& body)
    : fields_max_(std::min(limits.header_fields, Limits::kMaxFields)),
      header_(&header),
      body_(&body) {
  header.method = Verb::unknown;
  header.field_count = 0;
  header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  body_limit(limits.body_bytes);
  eager(true);
}

void HeaderParser::on_request_impl(Verb method, string_view, string_view target, int version,
                                   error_code&) {
  header_->method = method;
  header_->target = view(target);
  header_->version = version;
}

void HeaderParser::on_response_impl(int, string_view, int, error_code&) {}

void HeaderParser::on_field_impl(Field id, string_view name, string_view value, error_code& ec) {
  if (header_complete_) {
    ec = boost::beast::http::error::bad_field;
    return;
  }
  if (header_->field_count == fields_max_) {
    too_many_fields_ = true;
    ec = boost::beast::http::error::header_limit;
    return;
  }
  header_->fields[header_->field_count++] = {id, view(name), view(value)};
}

void HeaderParser::on_header_impl(error_code&) {
  header_complete_ = true;
}

void HeaderParser::on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) {}

std::size_t HeaderParser::on_body_impl(string_view piece, error_code&) {
  body_->append(piece.data(), piece.size());
  return piece.size();
}

void HeaderParser::on_chunk_header_impl(std::uint64_t, string_view extensions, error_code& ec) {
  // Beast lets blanks pass between size and line end, as if they were an extension of nothing. The
  // view, empty or not, lies in the line that was found complete.
  if (!extensions.empty() || *extensions.data() != '\r')
    ec = boost::beast::http::error::bad_chunk_extension;
}

std::size_t HeaderParser::on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) {
  body_->append(piece.data(), piece.size());
  return piece.size();
}

void HeaderParser::on_finish_impl(error_code&) {}

}  // namespace janjid
