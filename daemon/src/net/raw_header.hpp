// Checks of a header's raw bytes that the parser behind it doesn't make.
#pragma once

#include <cstddef>
#include <string_view>

namespace janjid {

// Why a header's bytes are refused; empty when they are fine. Refused are control characters but
// tabs, carriage returns and line feeds that don't come as a pair, and lines that continue the
// one before (obsolete folding): each is read in two ways by two programs, which is how requests
// are smuggled. `header` ends with its empty line.
std::string_view objection_to_header(std::string_view header) noexcept;

// True when a line feed stands there without its carriage return before it. `before` is the byte
// in front of `bytes` (0 when there is none). For headers that aren't complete yet: one that ends
// its lines with bare line feeds would never be.
bool has_bare_line_feed(char before, std::string_view bytes) noexcept;

}  // namespace janjid
