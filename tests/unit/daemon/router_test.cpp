#include <catch2/catch.hpp>

#include "http/router.hpp"

using namespace janjid;

namespace {

constexpr RoutePattern kPatterns[] = {
    {Verb::get, "/"},       {Verb::get, "/a/{x}/b/{y}"}, {Verb::post, "/a/{x}/b/{y}"},
    {Verb::get, "/a/list"}, {Verb::get, "/a/{x}"},
};

}  // namespace

TEST_CASE("a path finds its route and its parameters") {
  const Router router{kPatterns};
  const RouteMatch home = router.match(Verb::get, "/");
  REQUIRE(home.verdict == RouteVerdict::found);
  REQUIRE(home.route == 0);
  const RouteMatch post = router.match(Verb::post, "/a/one/b/two");
  REQUIRE(post.route == 2);
  REQUIRE(post.parameters.values[0] == "one");
  REQUIRE(post.parameters.values[1] == "two");
  REQUIRE(router.match(Verb::get, "/a/list").route == 3);
  REQUIRE(router.match(Verb::get, "/a/lists").route == 4);
}

TEST_CASE("HEAD goes where GET goes") {
  const Router router{kPatterns};
  REQUIRE(router.match(Verb::head, "/a/list").route == 3);
}

TEST_CASE("an unknown path and an unknown method are two things") {
  const Router router{kPatterns};
  for (const char* path :
       {"", "a", "//", "/a", "/a/", "/a/x/b/", "/a/x/b/y/", "/b", "/1/2/3/4/5/6/7/8/9"}) {
    CAPTURE(path);
    REQUIRE(router.match(Verb::get, path).verdict == RouteVerdict::no_path);
    REQUIRE(router.allowed(path).empty());
  }
  REQUIRE(router.match(Verb::delete_, "/a/x/b/y").verdict == RouteVerdict::no_method);
  REQUIRE(router.allowed("/a/x/b/y") == "GET, HEAD, POST");
}
