// Whatever the journal holds, wherever checkpoints and restarts fall: what is recovered is what a
// straight replay gives.
#include <optional>
#include <random>

#include <catch2/catch.hpp>

#include "state/checkpointer.hpp"
#include "state/recovery.hpp"
#include "unit/state/stream.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using samples::Kind;
using samples::Picture;
using samples::Place;
using samples::Stream;

// Small steps, so that many of them fall everywhere.
constexpr state::CheckpointLimits kSmall{3, 4, 4096, 1U << 18, 1};

void require_recovers(store::Stores& stores, const Stream& stream) {
  Picture recovered;
  const auto summary = state::recover(stores.journal(), stores.state(), recovered);
  if (!summary) FAIL(summary.error().detail);
  REQUIRE(summary->end == stream.point());
  REQUIRE(summary->epoch == stream.picture().epoch());
  REQUIRE(recovered.difference(stream.picture()) == "");
  REQUIRE(recovered.recount() == "");
  REQUIRE(summary->records == stream.point().last.value - summary->applied.value);
  for (const auto& [lsn, bytes] : stream.details()) {
    auto found = stores.journal().details(Lsn{lsn});
    REQUIRE(found.ok());
    if (found->empty()) {
      const auto row = stores.state().read(store::StateTable::details, lsn);
      REQUIRE((row.ok() && row->has_value()));
      REQUIRE((*row)->size() == 8 + bytes.size());
    } else {
      REQUIRE(*found == bytes);
    }
  }
}

void trim(store::JournalStore& journal, Lsn before, std::size_t chunks) {
  REQUIRE(journal.begin().ok());
  REQUIRE(journal.trim(before, chunks).ok());
  REQUIRE(journal.commit(true).ok());
}

void run(Kind kind, std::uint64_t seed, int rounds) {
  INFO("seed " << seed);
  Place place(kind);
  auto stores = place.open();
  Stream stream(seed);
  std::mt19937_64 random(seed ^ 0x5EED);
  stream.open(stores->journal());
  std::optional<state::Checkpointer> checkpointer;
  const auto start = [&] {
    checkpointer.emplace(stores->journal(), stores->state(), kSmall);
    REQUIRE(checkpointer->open().ok());
  };
  start();
  for (int round = 0; round < rounds; ++round) {
    stream.write(stores->journal(), 1 + random() % 300);
    for (std::uint64_t steps = random() % 8; steps > 0; --steps) {
      const auto stepped = checkpointer->step(stream.point().last);
      if (!stepped) FAIL(stepped.error().detail);
    }
    if (random() % 4 == 0) {
      trim(stores->journal(), Lsn{checkpointer->applied().value + 1}, random() % 5);
    }
    if (random() % 5 == 0) {
      checkpointer.reset();
      stores.reset();
      stores = place.open();
      require_recovers(*stores, stream);
      stream.open(stores->journal());
      start();
    }
  }
  require_recovers(*stores, stream);
  while (*checkpointer->step(stream.point().last)) {
  }
  REQUIRE(checkpointer->applied() == stream.point().last);
  require_recovers(*stores, stream);
}

TEST_CASE("checkpoints and restarts anywhere leave what a straight replay gives") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) run(Kind::memory, seed, 30);
}

TEST_CASE("and so do those on a disk") {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) run(Kind::lmdb, seed, 12);
}

TEST_CASE("and many more", "[slow]") {
  for (std::uint64_t seed = 100; seed < 500; ++seed) run(Kind::memory, seed, 40);
  for (std::uint64_t seed = 100; seed < 110; ++seed) run(Kind::lmdb, seed, 40);
}

}  // namespace
