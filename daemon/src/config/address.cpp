#include <charconv>

#include <fmt/format.h>

#include "config/config.hpp"

namespace janjid {
namespace {

janji::Error bad(const std::string& text) {
  return {janji::Code::invalid_argument,
          fmt::format("\"{}\" is not HOST:PORT; write e.g. 127.0.0.1:8080 or [::1]:8080", text)};
}

}  // namespace

janji::Result<Address> parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return bad(text);
  Address address;
  address.host = text.substr(0, colon);
  const bool bracketed = address.host.front() == '[' && address.host.back() == ']';
  if (bracketed) address.host = address.host.substr(1, address.host.size() - 2);
  // More colons than one: an IPv6 address must stand in brackets.
  if (!bracketed && address.host.find(':') != std::string::npos) return bad(text);
  if (address.host.empty()) return bad(text);
  const char* first = text.data() + colon + 1;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(first, last, address.port);
  if (error != std::errc{} || end != last || first == last) return bad(text);
  return address;
}

}  // namespace janjid
