#include "http/server_sent_event.hpp"

#include <charconv>

namespace janjid {
namespace {

void append_field(std::string& out, std::string_view name, std::uint64_t number) {
  char digits[20];
  char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(name).append(": ").append(digits, end).append("\n");
}

}  // namespace

void append_retry(std::string& out, std::uint32_t ms) {
  append_field(out, "retry", ms);
  out.append("\n");
}

void begin_event(std::string& out, std::string_view type, std::optional<std::uint64_t> id) {
  if (id) append_field(out, "id", *id);
  out.append("event: ").append(type).append("\ndata: ");
}

void end_event(std::string& out) {
  out.append("\n\n");
}

void append_position(std::string& out, std::uint64_t id) {
  append_field(out, "id", id);
  out.append("\n");
}

}  // namespace janjid
