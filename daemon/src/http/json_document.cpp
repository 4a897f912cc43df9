#include "http/json_document.hpp"

#include <array>
#include <functional>
#include <limits>

#include <boost/json/basic_parser_impl.hpp>

#include <fmt/format.h>

namespace janjid {
namespace {

namespace json = boost::json;

// Beast's and JSON's string_view is Boost's own; both are a pointer and a size.
std::string_view view(json::string_view text) noexcept {
  return {text.data(), text.size()};
}

}  // namespace

// What Boost.JSON's parser calls: builds the nodes. Its functions have the names that it wants.
class JsonDocument::Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  void begin(JsonDocument& document, std::string_view text) {
    document_ = &document;
    text_ = text;
    depth_ = 0;
    key_ = {};
    too_many_ = false;
    document.nodes_.clear();
    document.unescaped_.clear();
    // No string grows by being unescaped, so views into it stay good.
    document.unescaped_.reserve(text.size());
    part_from_ = 0;
  }

  bool too_many() const noexcept { return too_many_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& ec) { return open(JsonKind::object, ec); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_begin(json::error_code& ec) { return open(JsonKind::array, ec); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return keep(part); }
  bool on_key(json::string_view last, std::size_t size, json::error_code&) {
    key_ = whole(last, size);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return keep(part); }
  bool on_string(json::string_view last, std::size_t size, json::error_code& ec) {
    JsonNode* node = add(JsonKind::string, ec);
    if (node != nullptr) node->text = whole(last, size);
    return node != nullptr;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, json::error_code& ec) {
    JsonNode* node = add(JsonKind::integer, ec);
    if (node != nullptr) node->integer = value;
    return node != nullptr;
  }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code& ec) {
    return add(JsonKind::other_number, ec) != nullptr;  // only called past int64's end
  }
  bool on_double(double, json::string_view, json::error_code& ec) {
    return add(JsonKind::other_number, ec) != nullptr;
  }
  bool on_bool(bool value, json::error_code& ec) {
    JsonNode* node = add(JsonKind::boolean, ec);
    if (node != nullptr) node->integer = value ? 1 : 0;
    return node != nullptr;
  }
  bool on_null(json::error_code& ec) { return add(JsonKind::null, ec) != nullptr; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool keep(json::string_view part) {
    document_->unescaped_.append(part.data(), part.size());
    return true;
  }

  // A string that came in one piece lies in the text itself; else its pieces are in unescaped_.
  std::string_view whole(json::string_view last, std::size_t size) {
    std::string& kept = document_->unescaped_;
    if (last.size() == size && in_text(last)) return view(last);
    kept.append(last.data(), last.size());
    const std::string_view text = std::string_view{kept}.substr(part_from_);
    part_from_ = kept.size();
    return text;
  }

  bool in_text(json::string_view piece) const noexcept {
    const std::less_equal<const char*> not_after;
    return not_after(text_.data(), piece.data()) &&
           not_after(piece.data(), text_.data() + text_.size());
  }

  bool open(JsonKind kind, json::error_code& ec) {
    if (add(kind, ec) == nullptr) return false;
    // The parser holds the depth below kMaxDepth before it calls.
    open_[depth_++] = static_cast<std::uint32_t>(document_->nodes_.size() - 1);
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }

  JsonNode* add(JsonKind kind, json::error_code& ec) {
    std::vector<JsonNode>& nodes = document_->nodes_;
    if (nodes.size() == kMaxNodes) {
      ec = json::error::too_deep;  // reported as "too many values", see parse()
      too_many_ = true;
      return nullptr;
    }
    const auto index = static_cast<std::uint32_t>(nodes.size());
    JsonNode& node = nodes.emplace_back();
    node.kind = kind;
    if (depth_ > 0) link(nodes[open_[depth_ - 1]], node, index);
    return &node;
  }

  void link(JsonNode& parent, JsonNode& node, std::uint32_t index) {
    std::vector<JsonNode>& nodes = document_->nodes_;
    if (parent.kind == JsonKind::object) {
      node.key = key_;
      for (std::uint32_t i = parent.first_child; i != JsonNode::kNone; i = nodes[i].next) {
        if (nodes[i].key == node.key) node.duplicate = true;
      }
    }
    if (parent.last_child == JsonNode::kNone) {
      parent.first_child = index;
    } else {
      nodes[parent.last_child].next = index;
    }
    parent.last_child = index;
  }

  JsonDocument* document_{nullptr};
  std::array<std::uint32_t, kMaxDepth + 1> open_{};  // the objects and arrays that we are in
  std::size_t depth_{0};
  std::string_view key_;
  std::size_t part_from_{0};  // where in unescaped_ the string begins whose pieces are coming
  std::string_view text_;
  bool too_many_{false};
};

struct JsonDocument::Parser {
  static json::parse_options options() {
    json::parse_options options;
    options.max_depth = kMaxDepth;
    return options;
  }
  json::basic_parser<Handler> parser{options()};
};

JsonDocument::JsonDocument() : parser_(std::make_unique<Parser>()) {
  nodes_.reserve(kMaxNodes);
}
JsonDocument::~JsonDocument() = default;

bool JsonDocument::parse(std::string_view text) {
  auto& parser = parser_->parser;
  parser.reset();
  Handler& handler = parser.handler();
  handler.begin(*this, text);
  json::error_code ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && read < text.size()) ec = json::error::extra_data;
  if (!ec) return true;
  error_ = handler.too_many() ? fmt::format("more than {} values", kMaxNodes)
                              : fmt::format("{} at byte {}", ec.message(),
                                            read < text.size() ? read : text.size());
  return false;
}

}  // namespace janjid
