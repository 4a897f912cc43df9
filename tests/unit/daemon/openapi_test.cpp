#include <set>
#include <string>

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "api/openapi.hpp"
#include "api/routes.hpp"
#include "http/problem_code.hpp"

using namespace janjid;

namespace {

using Names = std::set<std::string>;

Names in_table() {
  Names names;
  for (const Route& route : routes()) {
    const auto verb = boost::beast::http::to_string(route.method);
    names.insert(std::string{verb.data(), verb.size()} + " " + std::string{route.pattern});
  }
  return names;
}

Names in_document(const boost::json::value& document) {
  Names names;
  for (const auto& path : document.at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      std::string verb{operation.key()};
      for (char& c : verb) c = static_cast<char>(c - 'a' + 'A');
      names.insert(verb + " " + std::string{path.key()});
    }
  }
  return names;
}

// What one has and the other lacks, either way.
Names difference(const Names& a, const Names& b) {
  Names lone;
  for (const auto& name : a) {
    if (b.count(name) == 0) lone.insert(name);
  }
  for (const auto& name : b) {
    if (a.count(name) == 0) lone.insert(name);
  }
  return lone;
}

boost::json::value document() {
  return boost::json::parse({openapi_json().data(), openapi_json().size()});
}

}  // namespace

TEST_CASE("the router's table and the OpenAPI document have the same routes") {
  REQUIRE(difference(in_table(), in_document(document())).empty());
}

TEST_CASE("the comparison of table and document can fail, both ways") {
  auto less = document();
  less.at("paths").as_object().erase("/v1/claims");
  REQUIRE(difference(in_table(), in_document(less)) == Names{"POST /v1/claims"});
  auto more = document();
  more.at("paths").as_object()["/v1/more"] = {{"get", boost::json::object{}}};
  REQUIRE(difference(in_table(), in_document(more)) == Names{"GET /v1/more"});
}

TEST_CASE("the document lists every code there is") {
  const auto parsed = document();
  Names listed;
  for (const auto& code :
       parsed.at("components").at("schemas").at("ProblemCode").at("enum").as_array()) {
    listed.insert(std::string{code.as_string()});
  }
  Names known;
  for (const ProblemEntry& entry : problem_table()) known.insert(std::string{entry.name});
  REQUIRE(difference(listed, known).empty());
}

namespace {

// Follows every $ref.
void check_references(const boost::json::value& at, const boost::json::value& root) {
  if (const auto* object = at.if_object()) {
    if (const auto* reference = object->if_contains("$ref")) {
      const std::string path{reference->as_string()};
      CAPTURE(path);
      REQUIRE(path.substr(0, 2) == "#/");
      boost::system::error_code ec;
      root.find_pointer(path.substr(1), ec);
      REQUIRE_FALSE(ec);
    }
    for (const auto& member : *object) check_references(member.value(), root);
  } else if (const auto* array = at.if_array()) {
    for (const auto& element : *array) check_references(element, root);
  }
}

}  // namespace

TEST_CASE("every reference in the document leads somewhere") {
  const auto parsed = document();
  check_references(parsed, parsed);
}
