#include "journal/chunk_chain.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "unit/chunk/chunks.hpp"
#include "unit/record/samples.hpp"

namespace {

using namespace janji;
using journal::ChainPoint;
using journal::ChunkChain;
using journal::ChunkView;
using samples::Bytes;
using samples::MadeChunk;

const Bytes kEpoch1 = samples::bytes_of(samples::epoch(1, 0));
const Bytes kEpoch2 = samples::bytes_of(samples::epoch(2, 0));
const Bytes kTick = samples::bytes_of(samples::tick(5));

std::string accept(ChunkChain& chain, const MadeChunk& chunk) {
  const ChainPoint before = chain.point();
  const auto view = ChunkView::open(chunk.bytes);
  REQUIRE(view.ok());
  const Status status = chain.accept(*view);
  if (status.ok()) {
    REQUIRE(chain.point() == chunk.point);
    return "";
  }
  REQUIRE(status.code() == Code::damaged);
  REQUIRE(chain.point() == before);
  return status.error().detail;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("chunks in a row make a chain") {
  ChunkChain chain;
  const auto first = samples::make_chunk({kEpoch1, kTick}, {}, 1, 100);
  REQUIRE(accept(chain, first).empty());
  const auto second = samples::make_chunk({kTick, kTick, kTick}, first.point, 1, 100);
  REQUIRE(accept(chain, second).empty());
  REQUIRE(chain.point().last == Lsn{5});
  const auto third = samples::make_chunk({kEpoch2}, second.point, 2, 150);
  REQUIRE(accept(chain, third).empty());
  REQUIRE(chain.epoch() == 2);
  REQUIRE(chain.ledger_time() == LedgerTime{150});
}

TEST_CASE("a chain is taken up where it was left") {
  const auto first = samples::make_chunk({kEpoch1}, {}, 1, 100);
  const auto second = samples::make_chunk({kTick}, first.point, 1, 100);
  ChunkChain chain(first.point, 1, LedgerTime{100});
  REQUIRE(accept(chain, second).empty());
}

TEST_CASE("a missing, a repeated and a foreign chunk are found") {
  const auto first = samples::make_chunk({kEpoch1, kTick}, {}, 1);
  const auto second = samples::make_chunk({kTick}, first.point, 1);
  const auto third = samples::make_chunk({kTick}, second.point, 1);
  ChunkChain chain;
  CHECK(says(accept(chain, second), "LSN 1 should come next: 2 records are missing"));
  REQUIRE(accept(chain, first).empty());
  CHECK(says(accept(chain, third), "chunk at LSN 4: LSN 3 should come next: 1 records"));
  CHECK(says(accept(chain, first), "the chunk before it reaches into it"));
  const auto foreign = samples::make_chunk({kTick}, ChainPoint{Lsn{2}, {1, 2}}, 1);
  CHECK(says(accept(chain, foreign), "it doesn't follow the chunk that ends at LSN 2"));
  REQUIRE(accept(chain, second).empty());
}

TEST_CASE("ledger time never runs backwards") {
  ChunkChain chain;
  const auto first = samples::make_chunk({kEpoch1}, {}, 1, 100);
  REQUIRE(accept(chain, first).empty());
  CHECK(says(accept(chain, samples::make_chunk({kTick}, first.point, 1, 99)),
             "its ledger time 99 ms is before 100 ms"));
}

TEST_CASE("epochs are raised one by one, each by the first record of its chunk") {
  ChunkChain chain;
  CHECK(says(accept(chain, samples::make_chunk({kTick}, {}, 0)), "it is of epoch 0"));
  CHECK(says(accept(chain, samples::make_chunk({kEpoch2}, {}, 2)), "epoch 2 after epoch 0"));
  const auto first = samples::make_chunk({kEpoch1}, {}, 1);
  REQUIRE(accept(chain, first).empty());
  CHECK(says(accept(chain, samples::make_chunk({kTick}, first.point, 2)),
             "it is of epoch 2, in epoch 1"));
  CHECK(says(accept(chain, samples::make_chunk({kTick, kEpoch2}, first.point, 1)),
             "an epoch record inside of it, at LSN 3"));
  CHECK(
      says(accept(chain, samples::make_chunk({kEpoch1}, first.point, 1)), "epoch 1 after epoch 1"));
  REQUIRE(accept(chain, samples::make_chunk({kEpoch2}, first.point, 2)).empty());
}

}  // namespace
