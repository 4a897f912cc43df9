#include <fstream>
#include <iterator>
#include <string>

#include <boost/beast/http/verb.hpp>
#include <catch2/catch.hpp>

#include "api/routes.hpp"
#include "http/problem_code.hpp"

using namespace janjid;

namespace {

std::string document() {
  // This file is tests/unit/daemon/http_document_test.cpp.
  const std::string here = __FILE__;
  const std::string root = here.substr(0, here.rfind("/tests/unit/daemon/"));
  std::ifstream file{root + "/docs/http_api.md"};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

bool holds(const std::string& text, const std::string& line) {
  return text.find(line) != std::string::npos;
}

}  // namespace

TEST_CASE("the document names every route") {
  const std::string text = document();
  for (const Route& route : routes()) {
    const auto verb = boost::beast::http::to_string(route.method);
    const std::string row =
        "| `" + std::string{verb.data(), verb.size()} + " " + std::string{route.pattern} + "` |";
    CAPTURE(row);
    REQUIRE(holds(text, row));
  }
}

TEST_CASE("the document names every code with its status and when to try again") {
  const std::string text = document();
  for (const ProblemEntry& entry : problem_table()) {
    const std::string again =
        entry.retry_after_ms == 0 ? "" : std::to_string(entry.retry_after_ms) + " ms";
    const std::string row = "| `" + std::string{entry.name} + "` | " +
                            std::to_string(entry.status) + " | " + again + " | ";
    CAPTURE(row);
    REQUIRE(holds(text, row));
  }
}
