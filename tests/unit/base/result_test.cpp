#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#include <catch2/catch.hpp>

#include <janji/result.hpp>

namespace {

using janji::Code;
using janji::Error;
using janji::Result;

Result<int> half(int number) {
  if (number % 2 != 0) return Error{Code::invalid_argument, "number: odd"};
  return number / 2;
}

TEST_CASE("a result holds a value or an error, never both") {
  const Result<int> good = half(8);
  REQUIRE(good.ok());
  REQUIRE(good.value() == 4);
  REQUIRE(good.code() == Code::ok);

  const Result<int> bad = half(7);
  REQUIRE_FALSE(bad.ok());
  REQUIRE(bad.code() == Code::invalid_argument);
  REQUIRE(bad.error().detail == "number: odd");
}

TEST_CASE("a result gives up a value that can only be moved") {
  Result<std::unique_ptr<int>> result{std::make_unique<int>(3)};
  const std::unique_ptr<int> taken = std::move(result).value();
  REQUIRE(*taken == 3);
}

TEST_CASE("every code has a name of its own, and unknown numbers have none") {
  std::set<std::string> names;
  unsigned count = 0;
  for (unsigned number = 0; number < 256; ++number) {
    const std::string name = janji::to_string(static_cast<Code>(number));
    if (name == "unknown") continue;
    names.insert(name);
    ++count;
  }
  REQUIRE(names.size() == count);
  // 39 is kept free.
  REQUIRE(count == static_cast<unsigned>(Code::details_erased));
}

}  // namespace
