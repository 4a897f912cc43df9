#include "net/raw_header.hpp"

#include <cstdint>

namespace janjid {
namespace {

constexpr bool is_control(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
}

}  // namespace

// Counts instead of looking for the first: without a way out in the middle the compiler makes
// vector instructions of it.
std::string_view objection_to_header(std::string_view header) noexcept {
  const char* bytes = header.data();
  std::uint32_t controls = 0;
  std::uint32_t pairs = 0;
  std::uint32_t folds = 0;
  const std::size_t last = header.empty() ? 0 : header.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    controls += is_control(bytes[i]) ? 1U : 0U;
    pairs += (bytes[i] == '\r') & (bytes[i + 1] == '\n') ? 1U : 0U;
    folds += (bytes[i] == '\n') & ((bytes[i + 1] == ' ') | (bytes[i + 1] == '\t')) ? 1U : 0U;
  }
  if (!header.empty()) controls += is_control(bytes[last]) ? 1U : 0U;
  // Each pair holds two controls; any other control is one too many.
  if (controls != 2 * pairs) {
    return "The header holds a control character, or a carriage return or line feed that stands "
           "alone.";
  }
  if (folds != 0) return "A header field goes on in the next line: send it in one.";
  return {};
}

bool has_bare_line_feed(char before, std::string_view bytes) noexcept {
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    if ((at == 0 ? before : bytes[at - 1]) != '\r') return true;
  }
  return false;
}

}  // namespace janjid
