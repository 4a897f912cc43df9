#include "api/details_body.hpp"

#include <algorithm>
#include <cstddef>

#include "http/json_writer.hpp"

namespace janjid {
namespace {

// Bounds in characters. A telephone number has its own alphabet, an e-mail address its at sign.
struct Shape {
  std::string_view name;
  std::size_t min, max;
  std::string_view bounds;
};
constexpr Shape kShapes[] = {
    {"address", 1, 500, "1-500"},
    {"email", 3, 254, "3-254"},
    {"name", 1, 200, "1-200"},
    {"phone", 5, 32, "5-32"},
};
constexpr Shape kOther{"", 1, 500, "1-500"};
constexpr std::string_view kAlwaysRequired[] = {"name", "phone"};

const Shape& shape_of(std::string_view name) {
  for (const Shape& shape : kShapes) {
    if (shape.name == name) return shape;
  }
  return kOther;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_phone(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      ++digits;
    } else if (std::string_view{"+-() "}.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return digits >= 5;
}

// No more than what surely can't be one: mail alone proves an address.
bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find(' ') == std::string_view::npos;
}

void check(JsonReader& details, std::string_view name, std::string_view value) {
  const Shape& shape = shape_of(name);
  const std::size_t length = characters(value);
  if (length < shape.min || length > shape.max) {
    details.report(name, Fault::bad_length, shape.bounds);
  } else if (has_control(value) || value.find_first_not_of(' ') == std::string_view::npos) {
    details.report(name, Fault::bad_format);
  } else if (name == "phone" && !is_phone(value)) {
    details.report(name, Fault::bad_format, "+60 12-345 6789");
  } else if (name == "email" && !is_email(value)) {
    details.report(name, Fault::bad_format, "nama@contoh.my");
  }
}

// Every name that is known here, each once, in order.
std::vector<std::string_view> known_names(const janji::ServiceRules& rules) {
  std::vector<std::string_view> names;
  for (const Shape& shape : kShapes) names.push_back(shape.name);
  names.insert(names.end(), rules.required_details.begin(), rules.required_details.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool is_required(std::string_view name, const janji::ServiceRules& rules) {
  const auto& also = rules.required_details;
  return std::find(std::begin(kAlwaysRequired), std::end(kAlwaysRequired), name) !=
             std::end(kAlwaysRequired) ||
         std::find(also.begin(), also.end(), name) != also.end();
}

}  // namespace

std::string DetailsBody::plain_json() const {
  std::string text;
  JsonWriter json{text};
  json.begin_object();
  for (const Detail& detail : details) json.escaped_name(detail.name).string(detail.value);
  json.end_object();
  return text;
}

std::uint64_t DetailsBody::payload(const OperationIds& operations) const {
  PayloadHash hash = operations.payload();
  for (const Detail& detail : details) hash.add(detail.name).add(detail.value);
  return hash.finish();
}

DetailsBody read_details(JsonReader& body, const janji::ServiceRules& rules) {
  DetailsBody read;
  auto details = body.object("details", JsonReader::Need::required);
  if (!details) return read;
  for (const std::string_view name : known_names(rules)) {
    const auto need =
        is_required(name, rules) ? JsonReader::Need::required : JsonReader::Need::optional;
    if (const auto value = details->string(name, need)) {
      check(*details, name, *value);
      read.details.push_back({name, *value});
    }
  }
  details->finish();
  return read;
}

DetailsBody read_details_body(const JsonDocument& json, const janji::ServiceRules& rules,
                              FieldErrors& errors) {
  JsonReader root{json, json.root(), "", errors};
  DetailsBody body = read_details(root, rules);
  root.finish();
  return body;
}

}  // namespace janjid
