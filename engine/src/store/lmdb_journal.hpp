// The journal in LMDB.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/journal_store.hpp"
#include "store/lmdb_compact.hpp"

namespace janji::store {

// Two tables of one environment: chunks by the LSN of their first record, details by the LSN of
// their confirm, each behind a checksum that is bound to that LSN. Chunks are only ever appended:
// random keys on the acknowledged path cost twenty times as much.
//
// Rounds that aren't synced wait in memory, and the next synced commit writes them as one
// transaction. So every state the file ever has is one that was flushed in full, in any mode: LMDB
// without its flushes (MDB_NOSYNC) would leave it to the kernel which pages come first, and a meta
// page that arrives before its tree is a hole. A transaction that stays open until the flush would
// do as well, but for LMDB's rule that it belongs to the thread that began it. How much waits is up
// to the writer, which syncs the round that makes it too much (WriterSettings).
class LmdbJournal final : public JournalStore {
 public:
  // What Environment::create and Environment::open need for a journal.
  static lmdb::Config config(const std::filesystem::path& file, std::size_t map_bytes);

  explicit LmdbJournal(std::unique_ptr<lmdb::Environment> environment)
      : environment_(std::move(environment)) {}

  Status begin() override;
  Result<std::span<std::byte>> append(Lsn first, std::size_t size) override;
  Status put_details(Lsn lsn, std::span<const std::byte> bytes) override;
  Status erase_details(Lsn lsn) override;
  Result<std::size_t> trim(Lsn before, std::size_t chunks_max) override;
  Status commit(bool sync) override;
  Status compact() override;
  void abandon() noexcept override;

  Result<std::vector<StoredChunk>> read(Lsn from, std::size_t chunks_max) const override;
  Result<std::vector<std::byte>> details(Lsn lsn) const override;
  Result<JournalBounds> bounds() const override;
  std::string name() const override { return environment_.file().string(); }
  Result<std::size_t> free_bytes() const override { return environment_.now()->free_bytes(); }

  // A write failed: what the page cache shows may not be on the disk.
  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }

 private:
  struct Row {
    Lsn lsn;
    std::vector<std::byte> bytes;
  };
  struct Trim {
    Lsn before;
    std::size_t chunks_max{0};
  };

  Error fail(Error error) noexcept;
  Status check_usable() const;
  Result<std::size_t> trim_now(const Trim& trim);
  Status trim_details(Lsn before);
  Status put_erased(Lsn lsn);
  Status start_waiting();
  Status write_waiting();

  lmdb::CompactableFile environment_;

  // The writer's.
  bool in_round_{false};
  std::optional<lmdb::Transaction> round_;  // of a round that is written as it is made
  std::vector<Lsn> round_chunks_;           // what it has appended
  std::vector<Lsn> round_details_;
  std::vector<Lsn> round_erased_;
  Trim round_trim_;

  bool waits_{false};  // since the first commit without sync: rounds are collected here
  std::deque<Row> waiting_chunks_;
  std::vector<Row> waiting_details_;
  std::vector<Lsn> waiting_erased_;  // whichever of the others brings them
  Trim waiting_trim_;

  std::atomic<bool> failed_{false};  // set by the writer once, read by any
};

}  // namespace janji::store
