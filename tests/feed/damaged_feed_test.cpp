// A journal that was damaged while it was open: the feed says so and where, and tells nothing of
// what it can't believe.
#include <array>
#include <functional>
#include <optional>
#include <string>

#include "feed_case.hpp"
#include "support/forwarding_journal.hpp"

using namespace janji;
using namespace janji::test;

namespace {

using Chunks = std::vector<store::StoredChunk>;

// Stores whose journal's reads pass through `spoil`, once it is set.
class SpoiledFactory final : public StoreFactory {
 public:
  Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override {
    auto inner = disk_.open(location);
    if (!inner.ok()) return inner.error();
    return std::unique_ptr<store::Stores>(
        std::make_unique<StoresWithJournal<Journal>>(std::move(*inner), *this));
  }
  std::function<Result<Chunks>(Chunks)> spoil;

 private:
  class Journal final : public ForwardingJournal {
   public:
    Journal(store::JournalStore& inner, SpoiledFactory& disk)
        : ForwardingJournal(inner), disk_(disk) {}
    Result<Chunks> read(Lsn from, std::size_t chunks_max) const override {
      auto chunks = ForwardingJournal::read(from, chunks_max);
      return chunks.ok() && disk_.spoil ? disk_.spoil(std::move(*chunks)) : std::move(chunks);
    }

   private:
    SpoiledFactory& disk_;
  };
  store::MemoryFactory disk_;
};

// An engine with six bookings, each in a chunk of its own.
struct Case {
  explicit Case(std::uint64_t first_applicant = 1) {
    Options options = small_options(clock, 10);
    options.store = &disk;
    options.checkpoint = false;  // the feed alone reads
    engine = open_engine(options);
    before = engine->durable_lsn();
    for (std::uint64_t i = 0; i < 6; ++i) {
      REQUIRE(engine->claim(claim_of(first_applicant + i)).ok());
    }
    end = engine->durable_lsn();
  }
  Result<FeedPage> read(Lsn after) { return engine->read_feed(after, some); }

  ManualClock clock;
  SpoiledFactory disk;
  std::unique_ptr<Engine> engine;
  Lsn before, end;
  std::array<Event, 100> some;
};

}  // namespace

TEST_CASE("every bit of a chunk that is turned is found, and what stands before it is told") {
  Case one;
  const Lsn bad{one.before.value + 3};
  std::size_t bits = 1;
  for (std::size_t bit = 0; bit < bits; ++bit) {
    one.disk.spoil = [&](Chunks chunks) -> Result<Chunks> {
      for (store::StoredChunk& chunk : chunks) {
        if (chunk.first != bad) continue;
        bits = chunk.bytes.size() * 8;
        chunk.bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
      }
      return chunks;
    };
    INFO("bit " << bit);
    const auto until_there = one.read(one.before);
    REQUIRE(until_there.ok());
    REQUIRE(until_there->events == 2);
    REQUIRE(until_there->next.value == bad.value - 1);
    const auto there = one.read(until_there->next);
    REQUIRE(there.code() == Code::damaged);
    REQUIRE(there.error().detail.find("LSN " + std::to_string(bad.value)) != std::string::npos);
  }
  REQUIRE(bits > 1000);
  one.disk.spoil = {};
  CHECK(one.read(one.before)->next == one.end);
}

TEST_CASE("chunks that are cut short, lost, exchanged or repeated are damage, not a gap") {
  Case one;
  SECTION("cut short, to any length") {
    const std::size_t left = GENERATE(0U, 1U, 16U, 71U, 72U, 80U, 160U, 167U);
    one.disk.spoil = [left](Chunks chunks) -> Result<Chunks> {
      for (auto& chunk : chunks) chunk.bytes.resize(left);
      return chunks;
    };
  }
  SECTION("the next one lost") {
    one.disk.spoil = [&](Chunks chunks) -> Result<Chunks> {
      std::erase_if(chunks,
                    [&](const auto& chunk) { return chunk.first.value == one.before.value + 1; });
      return chunks;
    };
  }
  SECTION("all of them lost") {
    one.disk.spoil = [](const Chunks&) -> Result<Chunks> { return Chunks{}; };
  }
  SECTION("another under its key") {
    const auto others = [&] {
      Chunks seen;
      one.disk.spoil = [&](Chunks chunks) -> Result<Chunks> {
        seen = chunks;
        return chunks;
      };
      (void)one.read(Lsn{one.end.value - 1});
      return seen;
    }();
    REQUIRE_FALSE(others.empty());
    one.disk.spoil = [others](Chunks chunks) -> Result<Chunks> {
      chunks.front().bytes = others.front().bytes;
      return chunks;
    };
  }
  SECTION("one that ends before what was asked for") {
    Chunks earlier;
    one.disk.spoil = [&](Chunks chunks) -> Result<Chunks> {
      earlier = chunks;
      return chunks;
    };
    (void)one.read(Lsn{0});
    one.disk.spoil = [earlier](Chunks) -> Result<Chunks> { return earlier; };
  }
  const auto read = one.read(one.before);
  REQUIRE(read.code() == Code::damaged);
  CHECK(read.error().detail.find("in memory") != std::string::npos);
  CHECK(read.error().detail.find("LSN ") != std::string::npos);
}

TEST_CASE("a hole behind what could be told is met by the next call") {
  Case one;
  one.disk.spoil = [&](Chunks chunks) -> Result<Chunks> {
    std::erase_if(chunks,
                  [&](const auto& chunk) { return chunk.first.value == one.before.value + 4; });
    return chunks;
  };
  const auto until_there = one.read(one.before);
  REQUIRE(until_there.ok());
  CHECK(until_there->next.value == one.before.value + 3);
  const auto there = one.read(until_there->next);
  REQUIRE(there.code() == Code::damaged);
  CHECK(there.error().detail.find("1 records are missing") != std::string::npos);
}

TEST_CASE("a chunk of another journal is found by the one before it, from wherever one reads") {
  Case one;
  Case other(100);  // as long, with other people in it
  REQUIRE(one.end == other.end);
  const Lsn bad{one.before.value + 4};
  std::optional<store::StoredChunk> foreign;
  other.disk.spoil = [&](Chunks chunks) -> Result<Chunks> {
    for (const auto& chunk : chunks) {
      if (chunk.first == bad) foreign = chunk;
    }
    return chunks;
  };
  REQUIRE(other.read(other.before).ok());
  REQUIRE(foreign.has_value());
  one.disk.spoil = [&](Chunks chunks) -> Result<Chunks> {
    for (auto& chunk : chunks) {
      if (chunk.first == bad) chunk = *foreign;
    }
    return chunks;
  };
  const auto until_there = one.read(one.before);
  REQUIRE(until_there.ok());
  CHECK(until_there->next.value == bad.value - 1);
  const auto there = one.read(until_there->next);
  REQUIRE(there.code() == Code::damaged);
  CHECK(there.error().detail.find("another journal") != std::string::npos);
}

TEST_CASE("a read that fails is told as it is") {
  Case one;
  one.disk.spoil = [](const Chunks&) -> Result<Chunks> {
    return Error{Code::io_error, "the cable is out"};
  };
  const auto read = one.read(one.before);
  REQUIRE(read.code() == Code::io_error);
  CHECK(read.error().detail == "the cable is out");
}
