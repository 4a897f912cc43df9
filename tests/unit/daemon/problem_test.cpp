#include <set>
#include <string>

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "http/problem.hpp"

using namespace janjid;

TEST_CASE("every code has one name, a status of an error, and words in three languages") {
  std::set<std::string_view> names;
  for (const ProblemEntry& entry : problem_table()) {
    CAPTURE(entry.name);
    REQUIRE(names.insert(entry.name).second);
    REQUIRE(entry.status >= 400);
    REQUIRE(find_problem(entry.name) == entry.code);
    REQUIRE(&entry_of(entry.code) == &entry);
    for (const Text& text : {entry.title, entry.detail}) {
      REQUIRE_FALSE(text.ms.empty());
      REQUIRE_FALSE(text.en.empty());
      REQUIRE_FALSE(text.id.empty());
      REQUIRE(text.ms != text.en);
      REQUIRE(text.id != text.en);
    }
  }
  REQUIRE_FALSE(find_problem("no_such_code"));
}

TEST_CASE("every refusal of the engine becomes a problem, most by their own name") {
  int same = 0;
  for (unsigned char number = 1; number <= static_cast<unsigned char>(janji::Code::stopped);
       ++number) {
    const auto code = static_cast<janji::Code>(number);
    CAPTURE(janji::to_string(code));
    const ProblemEntry& entry = entry_of(problem_of(code));
    if (entry.name == janji::to_string(code)) ++same;
  }
  REQUIRE(same == 17);
}

TEST_CASE("a problem document says what, why, and what next, in the client's language") {
  RequestId id;
  id.chars.fill('7');
  const Response response = problem(ProblemCode::retry, {id, Language::id});
  REQUIRE(response.status == 503);
  REQUIRE(response.content_type == "application/problem+json");
  const auto document = boost::json::parse(response.body).as_object();
  REQUIRE(document.at("type") == "/problems/retry");
  REQUIRE(document.at("title") == "Coba lagi");
  REQUIRE(document.at("status") == 503);
  REQUIRE(document.at("code") == "retry");
  REQUIRE(document.at("request_id") == "7777777777777777");
  REQUIRE(document.at("retry_after_ms") == 100);
  REQUIRE_FALSE(document.contains("errors"));
  REQUIRE(response.headers == "Content-Language: id\r\nRetry-After: 1\r\n");
}

TEST_CASE("errors name their places and are escaped") {
  FieldErrors errors;
  errors.body("/a~1b\"", Fault::unknown);
  errors.query("from", Fault::bad_format, "YYYY-MM-DD");
  errors.header("Idempotency-Key", Fault::missing);
  const Response response = invalid_request({{}, Language::en}, errors);
  REQUIRE(response.status == 400);
  const auto document = boost::json::parse(response.body).as_object();
  const auto& list = document.at("errors").as_array();
  REQUIRE(list.size() == 3);
  REQUIRE(list[0].at("pointer") == "/a~1b\"");
  REQUIRE(list[0].at("code") == "unknown_member");
  REQUIRE(list[1].at("parameter") == "from");
  REQUIRE(list[1].at("detail") == "Malformed: YYYY-MM-DD");
  REQUIRE(list[2].at("header") == "Idempotency-Key");
  for (int i = 0; i < 100; ++i) errors.body("/x", Fault::unknown);
  REQUIRE(errors.all().size() == FieldErrors::kMax);
}

TEST_CASE("a token of a pointer is escaped, and cut between characters") {
  REQUIRE(pointer_token("a/b~c") == "a~1b~0c");
  const std::string text = std::string(63, 'x') + "\xC3\xA9zzz";
  REQUIRE(pointer_token(text) == std::string(63, 'x'));
}

TEST_CASE("pages explain codes and hold no markup of the texts") {
  const std::string page = problem_page(entry_of(ProblemCode::unauthorized), Language::ms);
  REQUIRE(page.find("&lt;token&gt;") != std::string::npos);
  REQUIRE(page.find("<token>") == std::string::npos);
  REQUIRE(page.find("lang=\"ms\"") != std::string::npos);
}
