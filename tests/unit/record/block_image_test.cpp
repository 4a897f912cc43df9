#include "record/block_image.hpp"

#include <cstring>
#include <string>

#include <catch2/catch.hpp>

#include "unit/record/samples.hpp"

namespace {

using namespace janji;
using record::BlockImage;

constexpr std::int64_t kLater = 1'800'000'000'000;

std::string why(BlockImage& image, const auto& change, std::uint64_t lsn = 9) {
  const BlockImage before = image;
  const Status applied = record::apply(image, Lsn{lsn}, change);
  if (applied.ok()) return "";
  REQUIRE(applied.code() == Code::damaged);
  REQUIRE(std::memcmp(&before, &image, sizeof image) == 0);
  return applied.error().detail;
}

bool says(const std::string& words, const char* what) {
  return words.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a block is what its last record says, and remembers each operation") {
  BlockImage image{};
  record::Block block = samples::block(1, kLater, 3);
  block.header.actor = 8;
  REQUIRE(why(image, block, 5).empty());
  CHECK(image.applicant_lo == 1);
  CHECK(image.until_ms == kLater);
  CHECK(image.actor == 8);
  CHECK(image.reason == 4);
  CHECK(image.lsn == 5);
  CHECK(record::is_in_force(image, kLater - 1));
  CHECK_FALSE(record::is_in_force(image, kLater));
  REQUIRE(why(image, samples::block(1, 0, 3), 6).empty());
  CHECK_FALSE(record::is_in_force(image, 0));
  CHECK(image.operations == 2);
  CHECK(image.operation[0].lsn == 5);
  CHECK(image.operation[1].lsn == 6);
  CHECK(record::why_senseless(image) == nullptr);
  REQUIRE(why(image, samples::forget_block(1, 3)).empty());
  CHECK(image.operations == 0);
  CHECK(image.applicant_lo == 0);
}

TEST_CASE("a record about a block that doesn't apply is damage, and changes nothing") {
  BlockImage image{};
  CHECK(says(why(image, samples::block(1, 0)), "nothing is to be lifted"));
  CHECK(says(why(image, samples::forget_block(1)), "it isn't there"));
  REQUIRE(why(image, samples::block(1, kLater)).empty());
  CHECK(says(why(image, samples::block(2, kLater)), "another applicant's"));
  CHECK(says(why(image, samples::forget_block(2)), "it isn't there"));
  CHECK(says(why(image, samples::forget_block(1)), "it isn't over"));
  for (int i = 1; i < 8; ++i) REQUIRE(why(image, samples::block(1, kLater)).empty());
  CHECK(says(why(image, samples::block(1, kLater)), "changed too often"));
}

TEST_CASE("a row of a block that can't be is told from one that can") {
  BlockImage image{};
  CHECK(says(record::why_senseless(image), "names no applicant"));
  REQUIRE(why(image, samples::block(1, kLater), 5).empty());
  REQUIRE(why(image, samples::block(1, kLater + 1), 7).empty());
  const auto spoiled = [&](auto&& spoil) {
    BlockImage other = image;
    spoil(other);
    const char* words = record::why_senseless(other);
    return std::string(words == nullptr ? "" : words);
  };
  CHECK(spoiled([](BlockImage&) {}).empty());
  CHECK(says(spoiled([](BlockImage& i) { i.until_ms = -1; }), "times"));
  CHECK(says(spoiled([](BlockImage& i) { i.acted_ms = INT64_MIN; }), "times"));
  CHECK(says(spoiled([](BlockImage& i) { i.decided_ms = -1; }), "times"));
  CHECK(says(spoiled([](BlockImage& i) { i.operations = 0; }), "as many changes"));
  CHECK(says(spoiled([](BlockImage& i) { i.operations = 9; }), "as many changes"));
  CHECK(says(spoiled([](BlockImage& i) { i.operation[1].lsn = 5; }), "a change of it is none"));
  CHECK(says(spoiled([](BlockImage& i) { i.operation[0].type = 4; }), "a change of it is none"));
  CHECK(says(spoiled([](BlockImage& i) { i.operation[0].details_size = 1; }), "is none"));
  CHECK(says(spoiled([](BlockImage& i) { i.operation[0].details_hash = 1; }), "is none"));
  CHECK(says(spoiled([](BlockImage& i) { i.operation[0].at_ms = INT64_MAX; }), "is none"));
  CHECK(says(spoiled([](BlockImage& i) { i.lsn = 8; }), "last change"));
}
