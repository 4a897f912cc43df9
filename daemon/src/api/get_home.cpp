#include "api/handlers.hpp"

namespace janjid {

Reply get_home(Exchange&) {
  static constexpr std::string_view kPage =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>janji</title>\n"
      "<h1>janji</h1>\n<p>Appointments that are kept. This is the interface for programs:</p>\n"
      "<ul>\n<li><a href=\"/openapi.json\">/openapi.json</a> describes it</li>\n"
      "<li><a href=\"/docs\">/docs</a> does so for people</li>\n"
      "<li><a href=\"/v1/catalogue\">/v1/catalogue</a> lists offices and services</li>\n"
      "<li><a href=\"/readyz\">/readyz</a> says whether it serves</li>\n</ul>\n</html>\n";
  return html_page(kPage);
}

}  // namespace janjid
