// A journal is followed from its store; what joins its chunks is judged besides what is in them.
#include "model/journal_replay.hpp"

#include <catch2/catch.hpp>

#include "journal/chunk.hpp"
#include "model/stream.hpp"
#include "store/memory_store.hpp"

namespace {

using namespace janji;
using namespace janji::model;

// Appends chunks as the engine's writer does, right or wrong as told.
class Writer {
 public:
  explicit Writer(store::MemoryFactory& factory) : stores_(factory.open({}).value()) {}

  store::JournalStore& journal() { return stores_->journal(); }

  void append(const std::vector<Bytes>& records, std::int64_t ledger_ms) {
    std::size_t size = 0;
    for (const Bytes& record : records) size += record.size();
    const Lsn first{point_.last.value + 1};
    REQUIRE(journal().begin().ok());
    const auto room = journal().append(first, journal::chunk_bytes(size));
    REQUIRE(room.ok());
    journal::ChunkEncoder encoder(*room, point_, 1, LedgerTime{ledger_ms});
    for (const Bytes& record : records) encoder.add(record::as<record::Header>(record.data()));
    point_ = encoder.finish();
    REQUIRE(journal().commit(true).ok());
  }
  void put_details(Lsn lsn, const Bytes& bytes) {
    REQUIRE(journal().begin().ok());
    REQUIRE(journal().put_details(lsn, bytes).ok());
    REQUIRE(journal().commit(true).ok());
  }
  journal::ChainPoint& point() { return point_; }

 private:
  std::unique_ptr<store::Stores> stores_;
  journal::ChainPoint point_{};
};

void refused(Finding verdict, Promise promise, const std::string& words) {
  REQUIRE(verdict);
  INFO(to_string(*verdict));
  REQUIRE(verdict->promise == promise);
  REQUIRE(verdict->words.find(words) != std::string::npos);
}

TEST_CASE("a journal is followed as it grows") {
  store::MemoryFactory factory;
  Writer writer(factory);
  JournalReplay replay;
  REQUIRE_FALSE(replay.follow(writer.journal()));
  writer.append(sample::opening(), 1000);
  std::vector<Lsn> seen;
  REQUIRE_FALSE(replay.follow(writer.journal(),
                              [&](Lsn lsn, auto, const LedgerModel&) { seen.push_back(lsn); }));
  REQUIRE(seen == std::vector<Lsn>{Lsn{1}, Lsn{2}, Lsn{3}});
  writer.append({to_bytes(sample::claim(1)), to_bytes(sample::claim(2))}, 2000);
  writer.append({to_bytes(sample::cancel(1, 100))}, 2500);
  REQUIRE_FALSE(replay.follow(writer.journal()));
  REQUIRE(replay.model().last_lsn() == Lsn{6});
  REQUIRE(replay.model().find_slot(sample::kNine)->taken == 1);
}

TEST_CASE("what a record breaks is found through the journal") {
  store::MemoryFactory factory;
  Writer writer(factory);
  writer.append(sample::opening(), 1000);
  writer.append(
      {to_bytes(sample::claim(1)), to_bytes(sample::claim(2)), to_bytes(sample::claim(3))}, 2000);
  JournalReplay replay;
  refused(replay.follow(writer.journal()), Promise::capacity, "3 of 2 seats");
}

TEST_CASE("chunks must join: hashes, LSNs and times") {
  store::MemoryFactory factory;
  Writer writer(factory);
  writer.append(sample::opening(), 1000);

  SECTION("another chunk before it") {
    ++writer.point().hash.lo;
    writer.append({to_bytes(sample::claim(1))}, 2000);
    refused(JournalReplay().follow(writer.journal()), Promise::order, "another one before");
  }
  SECTION("a gap") {
    ++writer.point().last.value;
    writer.append({to_bytes(sample::claim(1))}, 2000);
    refused(JournalReplay().follow(writer.journal()), Promise::order, "ended at LSN 3");
  }
  SECTION("time that runs back") {
    writer.append({to_bytes(sample::claim(1))}, 999);
    refused(JournalReplay().follow(writer.journal()), Promise::deadline, "ran back");
  }
  SECTION("a decision later than its chunk") {
    writer.append({to_bytes(sample::claim(1))}, 1999);
    refused(JournalReplay().follow(writer.journal()), Promise::deadline, "after its chunk");
  }
  SECTION("a flipped bit") {
    auto& bytes = factory.disk().chunks.at(1);
    bytes.back() ^= std::byte{1};
    refused(JournalReplay().follow(writer.journal()), Promise::form, "");
  }
}

TEST_CASE("details must be there and be those of the record") {
  store::MemoryFactory factory;
  Writer writer(factory);
  writer.append(sample::opening(), 1000);
  record::Confirm confirm = sample::confirm(1, 100);
  confirm.details_size = 3;
  confirm.details_hash = 0x1234;
  writer.append({to_bytes(sample::claim(1)), to_bytes(confirm)}, 2500);

  SECTION("they are missing") {
    refused(JournalReplay().follow(writer.journal()), Promise::durable, "0 bytes");
  }
  SECTION("they are others") {
    writer.put_details(Lsn{5}, Bytes(16 + 3, std::byte{7}));
    refused(JournalReplay().follow(writer.journal()), Promise::durable, "aren't those");
  }
  SECTION("nobody asked for them") {
    REQUIRE_FALSE(JournalReplay({0, false}).follow(writer.journal()));
  }
}

TEST_CASE("no place is freed before the retention is over") {
  store::MemoryFactory factory;
  Writer writer(factory);
  writer.append(sample::opening(), 1000);
  writer.append({to_bytes(sample::claim(1)), to_bytes(sample::cancel(1, 100))}, 2500);
  writer.append({to_bytes(sample::free_place(1))}, 3499);
  REQUIRE_FALSE(JournalReplay({999}).follow(writer.journal()));
  refused(JournalReplay({1000}).follow(writer.journal()), Promise::operation, "forgotten at 3499");
}

}  // namespace
