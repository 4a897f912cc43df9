#include "api/handlers.hpp"

namespace janjid {

Reply get_problem(Exchange& exchange) {
  const auto code = find_problem(exchange.path.values[0]);
  if (!code) return problem(ProblemCode::not_found, exchange.audience());
  Response response;
  response.content_type = kHtml;
  response.cache_control = "public, max-age=300";
  response.body = problem_page(entry_of(*code), exchange.request.language);
  response.add_header("Content-Language", to_string(exchange.request.language));
  response.add_header("Vary", "Accept-Language");
  return response;
}

}  // namespace janjid
