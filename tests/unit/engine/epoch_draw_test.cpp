#include "engine/epoch_draw.hpp"

#include <catch2/catch.hpp>

using namespace janji;

TEST_CASE("every random part is drawn once, and then there is none") {
  std::set<std::uint32_t> used;
  for (int i = 0; i < 15; ++i) {
    const auto drawn = draw_epoch(42, Lsn{7}, used, 4);
    REQUIRE(drawn);
    CHECK(*drawn != 0);
    CHECK(*drawn < 16);
    REQUIRE(used.insert(*drawn).second);
  }
  CHECK_FALSE(draw_epoch(42, Lsn{7}, used, 4));
  used.insert(0);  // which is no part, whoever used it
  CHECK_FALSE(draw_epoch(42, Lsn{7}, used, 4));
}
