// A request's JSON, read strictly: what Boost.JSON's own tree would forgive (a member that stands
// twice, 1.0 for 1) is found out here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace janjid {

enum class JsonKind : std::uint8_t { null, boolean, integer, other_number, string, array, object };

struct JsonNode {
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  JsonKind kind{JsonKind::null};
  bool duplicate{false};    // a member of this name stands before it in the same object
  std::string_view key;     // its name, when it is a member
  std::string_view text;    // when it is a string
  std::int64_t integer{0};  // when it is an integer, or a boolean: 0 or 1
  std::uint32_t first_child{kNone};
  std::uint32_t last_child{kNone};
  std::uint32_t next{kNone};  // the next sibling
};

// Reads bodies, one after another; keeps its memory from one to the next. One thread.
//
// Strict as RFC 8259, UTF-8 validated, at most kMaxDepth deep and kMaxNodes values. An integer is
// what has neither fraction nor exponent and fits 64 bits with sign.
class JsonDocument {
 public:
  static constexpr std::size_t kMaxDepth = 8;
  static constexpr std::size_t kMaxNodes = 1024;

  JsonDocument();
  ~JsonDocument();
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  // True when `text` is JSON; else error() says why. Views into the nodes hold until the next
  // parse() and while `text` lives.
  bool parse(std::string_view text);
  const std::string& error() const noexcept { return error_; }  // "unexpected character at byte 7"

  const JsonNode& root() const noexcept { return nodes_.front(); }
  const JsonNode* first_child(const JsonNode& node) const noexcept { return at(node.first_child); }
  const JsonNode* next(const JsonNode& node) const noexcept { return at(node.next); }

 private:
  class Handler;
  struct Parser;

  const JsonNode* at(std::uint32_t index) const noexcept {
    return index == JsonNode::kNone ? nullptr : &nodes_[index];
  }

  std::vector<JsonNode> nodes_;
  std::string unescaped_;  // strings that aren't in the text as they are
  std::string error_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace janjid
