// Data directories whose files are sound, and whose records say what the test wants.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <janji/verify.hpp>

#include "ledger/details_buffers.hpp"
#include "state/checkpointer.hpp"
#include "unit/store/stores.hpp"

namespace janji::test {

using samples::Bytes;

// Begins with an opening, a lane, and a day of three slots with two seats each.
class CraftedDirectory {
 public:
  CraftedDirectory() {
    add(samples::bytes_of(samples::epoch(1, 0)));
    add(samples::lane(samples::kLane, "one"));
    add(samples::day(samples::kLane, samples::kDay, 3, 2));
    cut();
  }

  const std::filesystem::path& path() const { return place_.directory(); }
  Lsn last() const { return Lsn{point_.last.value + records_.size()}; }

  void add(const Bytes& record) {
    if (samples::header_of(record).type == record::Type::epoch) {
      REQUIRE(records_.empty());
      ++epoch_;
    }
    records_.push_back(record);
  }
  template <class R>
  void add(const R& record) {
    add(samples::bytes_of(record));
  }

  // A confirm with details that match, but for what `spoil` does to them.
  void add_details(BookingId id, const std::string& text, bool missing = false,
                   bool other = false) {
    const auto bytes = std::as_bytes(std::span(text));
    auto record =
        samples::confirm(id, 2000, static_cast<std::uint32_t>(bytes.size() - ledger::kDetailsSalt));
    record.details_hash = ledger::details_hash(bytes) + (other ? 1 : 0);
    add(record);
    if (!missing) details_.push_back({last(), {bytes.begin(), bytes.end()}});
  }

  void add_group_details(BookingId head, const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    auto record = samples::group_change_head(head, record::Type::confirm);
    record.details_size = static_cast<std::uint32_t>(bytes.size() - ledger::kDetailsSalt);
    record.details_hash = ledger::details_hash(bytes);
    add(samples::with_members(record, samples::member_ids(head)));
    details_.push_back({last(), {bytes.begin(), bytes.end()}});
  }

  // The erasure of the details under `details`; or, with `left`, of all but the row.
  void add_erase(BookingId id, Lsn details, bool left = false, bool is_group = false) {
    add(samples::erase(id, details, 3400, is_group));
    if (!left) erased_.push_back(details);
  }

  void erase_without_record(Lsn details) {
    cut_if_any();
    const auto stores = place_.open();
    REQUIRE(stores->journal().begin().ok());
    REQUIRE(stores->journal().erase_details(details).ok());
    REQUIRE(stores->journal().commit(true).ok());
  }

  // What was added, as a chunk; with `lost`, it isn't written, and with `another`, it follows a
  // chunk that never was.
  void cut(bool lost = false, bool another = false) {
    if (another) ++point_.hash.lo;
    const samples::MadeChunk chunk = samples::make_chunk(records_, point_, epoch_, ledger_ms);
    if (!lost) {
      const auto stores = place_.open();
      REQUIRE(stores->journal().begin().ok());
      REQUIRE(samples::append(stores->journal(), chunk).ok());
      for (const auto& [lsn, bytes] : details_) {
        REQUIRE(stores->journal().put_details(lsn, bytes).ok());
      }
      for (const Lsn lsn : erased_) REQUIRE(stores->journal().erase_details(lsn).ok());
      REQUIRE(stores->journal().commit(true).ok());
    }
    point_ = chunk.point;
    erased_.clear();
    records_.clear();
    details_.clear();
  }

  // All that was cut goes into the state; then `change` may do what it likes to it.
  template <class Change>
  void checkpoint(Change&& change) {
    const auto stores = place_.open();
    state::Checkpointer checkpointer(stores->journal(), stores->state());
    REQUIRE(checkpointer.open().ok());
    REQUIRE(checkpointer.step(point_.last).ok());
    REQUIRE(stores->state().begin().ok());
    change(stores->state());
    REQUIRE(stores->state().commit().ok());
  }
  void checkpoint() {
    checkpoint([](store::StateStore&) {});
  }
  void trim(Lsn before) {
    const auto stores = place_.open();
    REQUIRE(stores->journal().begin().ok());
    REQUIRE(stores->journal().trim(before, 1000).ok());
    REQUIRE(stores->journal().commit(true).ok());
  }

  // "check: words" of what is broken first, or "sound".
  std::string verdict() const {
    const auto report = verify(path());
    if (!report.ok()) return std::string("not verified: ") + report.error().detail;
    const VerifyCheck* broken = report->broken();
    return broken == nullptr ? "sound" : std::string(broken->name) + ": " + broken->words;
  }

  std::int64_t ledger_ms{0};  // of the chunks to come

 private:
  void cut_if_any() {
    if (!records_.empty()) cut();
  }

  struct Details {
    Lsn lsn;
    Bytes bytes;
  };

  samples::Place place_{samples::Kind::lmdb};
  journal::ChainPoint point_;
  std::uint64_t epoch_{0};
  std::vector<Bytes> records_;
  std::vector<Details> details_;
  std::vector<Lsn> erased_;
};

}  // namespace janji::test
