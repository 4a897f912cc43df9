// Bodies in JSON: what is read is what stands there, what is wrong is named, and what we write is
// read back the same.
#include <string>

#include <boost/json/parse.hpp>

#include "api/civil_text.hpp"
#include "api/claim_body.hpp"
#include "api/details_body.hpp"
#include "fuzz/complain.hpp"
#include "fuzz/targets.hpp"
#include "http/json_reader.hpp"
#include "http/json_writer.hpp"

namespace janji::fuzz {
namespace {

namespace boost_json = boost::json;
using namespace janjid;

boost_json::value read_by_boost(std::string_view text, boost::system::error_code& ec) {
  boost_json::parse_options options;
  options.max_depth = JsonDocument::kMaxDepth;
  return boost_json::parse({text.data(), text.size()}, ec, {}, options);
}

std::string_view view(const boost_json::string& text) {
  return {text.data(), text.size()};
}

// Both readings of one text; members that stand twice are in ours only.
bool same(const JsonDocument& json, const JsonNode& node, const boost_json::value& value) {
  switch (node.kind) {
    case JsonKind::null: return value.is_null();
    case JsonKind::boolean: return value.is_bool();
    case JsonKind::integer: return value.is_int64() && value.get_int64() == node.integer;
    case JsonKind::other_number: return value.is_double() || value.is_uint64();
    case JsonKind::string: return value.is_string() && view(value.get_string()) == node.text;
    case JsonKind::array: {
      if (!value.is_array()) return false;
      std::size_t count = 0;
      for (auto* each = json.first_child(node); each; each = json.next(*each), ++count) {
        if (count == value.get_array().size()) return false;
        if (!same(json, *each, value.get_array()[count])) return false;
      }
      return count == value.get_array().size();
    }
    case JsonKind::object: {
      if (!value.is_object()) return false;
      std::size_t count = 0;
      bool twice = false;
      for (auto* each = json.first_child(node); each; each = json.next(*each)) {
        twice = twice || each->duplicate;
        count += each->duplicate ? 0U : 1U;
        if (!value.get_object().contains({each->key.data(), each->key.size()})) return false;
      }
      if (count != value.get_object().size()) return false;
      for (auto* each = json.first_child(node); each && !twice; each = json.next(*each)) {
        const auto& member = value.get_object().at({each->key.data(), each->key.size()});
        if (!same(json, *each, member)) return false;
      }
      return true;
    }
  }
  return false;
}

void write(JsonWriter& writer, const JsonDocument& json, const JsonNode& node) {
  switch (node.kind) {
    case JsonKind::null: writer.null(); return;
    case JsonKind::boolean: writer.boolean(node.integer != 0); return;
    case JsonKind::integer: writer.number(node.integer); return;
    case JsonKind::other_number: writer.raw("0.5"); return;
    case JsonKind::string: writer.string(node.text); return;
    case JsonKind::array:
      writer.begin_array();
      for (auto* each = json.first_child(node); each; each = json.next(*each)) {
        write(writer, json, *each);
      }
      writer.end_array();
      return;
    case JsonKind::object:
      writer.begin_object();
      for (auto* each = json.first_child(node); each; each = json.next(*each)) {
        write(writer.escaped_name(each->key), json, *each);
      }
      writer.end_object();
  }
}

bool same(const JsonDocument& a, const JsonNode& left, const JsonDocument& b,
          const JsonNode& right) {
  if (left.kind != right.kind || left.duplicate != right.duplicate || left.key != right.key ||
      left.text != right.text || left.integer != right.integer) {
    return false;
  }
  const JsonNode* other = b.first_child(right);
  for (auto* each = a.first_child(left); each; each = a.next(*each), other = b.next(*other)) {
    if (other == nullptr || !same(a, *each, b, *other)) return false;
  }
  return other == nullptr;
}

// Each error says where; as an answer they are JSON, in every language.
void check_errors(const FieldErrors& errors) {
  for (const FieldError& error : errors.all()) {
    const bool of_all = error.fault == Fault::malformed_json || error.fault == Fault::not_object;
    require(error.where.empty() ? of_all : error.where.front() == '/', "an error names no field");
  }
  for (const Language language : {Language::ms, Language::en, Language::id}) {
    std::string text;
    JsonWriter writer(text);
    errors.write(writer, language);
    boost::system::error_code ec;
    (void)boost_json::parse({text.data(), text.size()}, ec);
    if (ec) complain("errors that are no JSON: " + text);
  }
}

std::string date_text(Day day) {
  std::string text;
  append_date(text, day);
  return text;
}

std::string write_claim(const ClaimBody& claim) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  if (claim.slot) {
    writer.name("slot").string(*claim.slot);
  } else {
    claim.state ? writer.name("state").string(*claim.state)
                : writer.name("branch").string(claim.branch);
    writer.name("service").string(claim.service);
    writer.name("pool").string(to_string(claim.pool));
    writer.name("date_from").string(date_text(claim.first_day));
    writer.name("date_to").string(date_text(claim.last_day));
  }
  writer.name("seats").number(claim.seats);
  writer.name("applicant").begin_object();
  writer.name("category").string(to_string(claim.category));
  writer.name("id_type").string(to_string(claim.document->type()));
  writer.name("id_number").string(claim.document->number());
  writer.end_object().end_object();
  return text;
}

void try_claim(const JsonDocument& json) {
  FieldErrors errors;
  const ClaimBody claim = read_claim_body(json, errors);
  check_errors(errors);
  if (!errors.empty()) return;
  require(claim.document.has_value(), "a claim for nobody");
  const std::string text = write_claim(claim);
  JsonDocument again;
  if (!again.parse(text)) complain("a claim that isn't read again: " + text);
  const ClaimBody read = read_claim_body(again, errors);
  require(errors.empty(), "a claim that is refused when it is written down");
  require(read.slot == claim.slot && read.state == claim.state && read.branch == claim.branch &&
              read.service == claim.service && read.pool == claim.pool &&
              read.first_day == claim.first_day && read.last_day == claim.last_day &&
              read.seats == claim.seats && read.category == claim.category &&
              read.document->type() == claim.document->type() &&
              read.document->number() == claim.document->number(),
          "a claim is another one when it is written down");
}

void try_details(const JsonDocument& json, const ServiceRules& rules) {
  FieldErrors errors;
  const DetailsBody body = read_details_body(json, rules, errors);
  check_errors(errors);
  if (!errors.empty()) return;
  const std::string text = R"({"details":)" + body.plain_json() + "}";
  JsonDocument again;
  if (!again.parse(text)) complain("details that aren't read again: " + text);
  const DetailsBody read = read_details_body(again, rules, errors);
  require(errors.empty() && read.plain_json() == body.plain_json(),
          "details are others when they are written down");
}

void try_cancel(const JsonDocument& json) {
  FieldErrors errors;
  JsonReader{json, json.root(), "", errors}.finish();
  check_errors(errors);
  const bool empty_object =
      json.root().kind == JsonKind::object && json.first_child(json.root()) == nullptr;
  require(errors.empty() == empty_object, "a cancel's body isn't empty");
}

}  // namespace

void fuzz_json(Input input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  JsonDocument json;
  const bool good = json.parse(text);
  boost::system::error_code ec;
  const boost_json::value value = read_by_boost(text, ec);
  if (!good) {
    require(!json.error().empty(), "refused without words");
    // Our bound on their number is all that may part the two.
    return require(ec || json.error().find("more than") == 0, "refused, though it is JSON");
  }
  require(!ec, "taken, though it is no JSON");
  require(same(json, json.root(), value), "not what stands there");

  std::string written;
  JsonWriter writer(written);
  write(writer, json, json.root());
  JsonDocument again;
  if (!again.parse(written)) complain("what we wrote isn't read: " + written);
  require(same(json, json.root(), again, again.root()), "what we wrote is read otherwise");

  ServiceRules strict;
  strict.required_details = {"employer", "name"};
  try_claim(json);
  try_details(json, {});
  try_details(json, strict);
  try_cancel(json);
}

}  // namespace janji::fuzz
