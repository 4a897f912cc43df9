#include "janjid/table_sizes.hpp"

#include <catch2/catch.hpp>

#include <janji/catalogue_builder.hpp>

using namespace janji;
using janjid::bookings_for;

TEST_CASE("there is room for as many bookings as the catalogue's horizon has seats") {
  UniformCatalogue spec;
  spec.lanes = 100;
  spec.slots_per_day = 20;
  spec.slot_minutes = 30;
  spec.capacity = 5;
  spec.rules.horizon_days = 50;
  const auto catalogue = make_uniform_catalogue(spec);
  REQUIRE(catalogue);
  const auto bookings = bookings_for(**catalogue, CivilTime{1'795'478'400'000});
  const std::uint64_t slots = 100 * 20 * 50;
  CHECK(bookings >= slots * 5 * 5 / 4);
  CHECK(bookings <= slots * 5 * 5 / 4 + 70'000);
}

TEST_CASE("a tiny catalogue leaves room to grow, a huge one stays countable") {
  UniformCatalogue spec;
  spec.lanes = 1;
  spec.slots_per_day = 1;
  spec.slot_minutes = 60;
  spec.capacity = 1;
  spec.rules.horizon_days = 1;
  CHECK(bookings_for(**make_uniform_catalogue(spec), CivilTime{1'795'478'400'000}) >= 65'536);
  spec.lanes = 4000;
  spec.slots_per_day = 288;
  spec.slot_minutes = 5;
  spec.capacity = 500;
  spec.rules.horizon_days = 90;
  CHECK(bookings_for(**make_uniform_catalogue(spec), CivilTime{1'795'478'400'000}) ==
        (1U << 28) - 1);
}
