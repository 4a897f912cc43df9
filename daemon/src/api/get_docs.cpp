#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "api/handlers.hpp"
#include "api/openapi.hpp"

namespace janjid {
namespace {

namespace json = boost::json;

void append_text(std::string& page, std::string_view text) {
  for (const char c : text) {
    if (c == '<') {
      page += "&lt;";
    } else if (c == '>') {
      page += "&gt;";
    } else if (c == '&') {
      page += "&amp;";
    } else {
      page += c;
    }
  }
}

std::string_view text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

// "GET /v1/catalogue", what it is, and its answers.
void append_operation(std::string& page, std::string_view path, std::string_view method,
                      const json::object& operation) {
  page += "<h2><code>";
  for (const char c : method) page += static_cast<char>(c - 'a' + 'A');
  page += ' ';
  append_text(page, path);
  page += "</code></h2>\n<p>";
  append_text(page, text_of(operation, "summary"));
  page += ".</p>\n<ul>\n";
  for (const auto& answer : operation.at("responses").as_object()) {
    page += "<li>";
    append_text(page, {answer.key().data(), answer.key().size()});
    const std::string_view description = text_of(answer.value().as_object(), "description");
    if (!description.empty()) page += ": ";
    append_text(page, description);
    page += "</li>\n";
  }
  page += "</ul>\n";
}

// The document is ours, and a test reads the page: whatever is missing there is a fault.
std::string make_page() {
  const json::value document = json::parse({openapi_json().data(), openapi_json().size()});
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>janji: the interface"
      "</title>\n<h1>The interface</h1>\n<p>";
  append_text(page, text_of(document.at("info").as_object(), "description"));
  page += "</p>\n<p>All of it, for programs: <a href=\"/openapi.json\">/openapi.json</a></p>\n";
  for (const auto& path : document.at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      append_operation(page, {path.key().data(), path.key().size()},
                       {operation.key().data(), operation.key().size()},
                       operation.value().as_object());
    }
  }
  return page + "</html>\n";
}

}  // namespace

Reply get_docs(Exchange&) {
  static const std::string kPage = make_page();
  return html_page(kPage);
}

}  // namespace janjid
