#include "http/response.hpp"

#include <charconv>

#include <boost/beast/http/status.hpp>

#include <janji/check.hpp>

namespace janjid {
namespace {

bool free_of_controls(std::string_view text) noexcept {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  }
  return true;
}

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

}  // namespace

Response html_page(std::string_view page) {
  Response response;
  response.content_type = kHtml;
  response.cache_control = "public, max-age=300";
  response.borrowed_body = page;
  return response;
}

void Response::add_header(std::string_view name, std::string_view value) {
  JANJI_CHECK(free_of_controls(name) && free_of_controls(value));
  headers.append(name).append(": ").append(value).append("\r\n");
}

void render(const Response& response, const Envelope& envelope, std::string_view date,
            std::string& out) {
  const std::string_view content = response.content();
  out.append("HTTP/1.1 ");
  append_number(out, response.status);
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  out.append(" ").append(reason.data(), reason.size());
  out.append("\r\nDate: ").append(date);
  if (!response.content_type.empty()) {
    out.append("\r\nContent-Type: ").append(response.content_type);
  }
  if (response.endless) {
    // The end of a stream is told from a cut by its last chunk; HTTP/1.0 can't be helped.
    if (!envelope.head_only && !envelope.http_1_0) out.append("\r\nTransfer-Encoding: chunked");
  } else if (response.status != 304) {
    out.append("\r\nContent-Length: ");
    append_number(out, content.size());
  }
  out.append("\r\nCache-Control: ").append(response.cache_control);
  out.append("\r\nX-Request-Id: ").append(envelope.id.view());
  out.append("\r\nX-Content-Type-Options: nosniff\r\n");
  if (!envelope.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (envelope.http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append(response.headers).append("\r\n");
  if (!envelope.head_only && response.status != 304) out.append(content);
}

Reply::Reply(std::unique_ptr<Parked> p) : parked(std::move(p)) {}
Reply::Reply(Reply&&) noexcept = default;
Reply& Reply::operator=(Reply&&) noexcept = default;
Reply::~Reply() = default;

}  // namespace janjid
