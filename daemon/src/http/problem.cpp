#include "http/problem.hpp"

#include <fmt/format.h>

namespace janjid {
namespace {

void write_document(JsonWriter& json, const ProblemEntry& entry, const Audience& audience,
                    const ProblemExtras& extras) {
  json.begin_object();
  json.name("type").plain([&](std::string& out) { out.append("/problems/").append(entry.name); });
  json.name("title").string(entry.title.in(audience.language));
  json.name("status").number(entry.status);
  json.name("detail").string(extras.detail.empty() ? entry.detail.in(audience.language)
                                                   : extras.detail);
  json.name("code").string(entry.name);
  json.name("request_id").string(audience.id.view());
  if (entry.retry_after_ms > 0) json.name("retry_after_ms").number(entry.retry_after_ms);
  if (!extras.alternatives_json.empty()) json.name("alternatives").raw(extras.alternatives_json);
  if (!extras.pointer.empty()) json.name("pointer").string(extras.pointer);
  if (!extras.opens_at.empty()) json.name("opens_at").string(extras.opens_at);
  if (extras.more_seats != 0) {
    json.name("more_at").string(extras.more_at);
    json.name("more_seats").number(extras.more_seats);
  }
  if (extras.oldest) json.name("oldest").number(extras.oldest->value);
  if (extras.errors != nullptr && !extras.errors->empty()) {
    json.name("errors");
    extras.errors->write(json, audience.language);
  }
  json.end_object();
}

}  // namespace

Response problem(ProblemCode code, const Audience& audience, const ProblemExtras& extras) {
  const ProblemEntry& entry = entry_of(code);
  Response response;
  response.status = entry.status;
  response.content_type = kProblemJson;
  response.body.reserve(512);
  JsonWriter json{response.body};
  write_document(json, entry, audience, extras);
  response.add_header("Content-Language", to_string(audience.language));
  if (entry.retry_after_ms > 0 && entry.status == 503) {
    response.add_header("Retry-After", std::to_string((entry.retry_after_ms + 999) / 1000));
  }
  if (entry.status == 401) response.add_header("WWW-Authenticate", "Bearer realm=\"janji\"");
  return response;
}

Response invalid_request(const Audience& audience, const FieldErrors& errors) {
  return problem(ProblemCode::invalid_request, audience, {.errors = &errors});
}

// Texts of the table hold no character that HTML escapes, but for the <token> of one of them.
std::string problem_page(const ProblemEntry& entry, Language language) {
  std::string detail;
  for (const char c : entry.detail.in(language)) {
    if (c == '<') {
      detail += "&lt;";
    } else if (c == '>') {
      detail += "&gt;";
    } else {
      detail += c;
    }
  }
  return fmt::format(
      "<!doctype html>\n<html lang=\"{0}\">\n<meta charset=\"utf-8\">\n<title>{1}</title>\n"
      "<h1>{2}</h1>\n<p><code>{1}</code>, HTTP {3}</p>\n<p>{4}</p>\n</html>\n",
      to_string(language), entry.name, entry.title.in(language), entry.status, detail);
}

}  // namespace janjid
