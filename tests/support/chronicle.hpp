// All that engines ever put into the journal of one directory: what was trimmed too, and what a
// crash may have lost.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "store/memory_journal.hpp"
#include "store/memory_store.hpp"
#include "store/store_factory.hpp"

namespace janji::test {

// Problem: after a crash the journal must be a beginning of what the engine had put into it, ended
// where a synced commit ended; and what is only left in the state must still be what it was.
// Operation: the stores that ChroniclingFactory opens note each chunk before its commit is tried.
// When a directory is opened again, what is found is compared, and what lay behind it is forgotten.
// Concurrency: notes by the writer; reads by any thread.
class Chronicle {
 public:
  Chronicle() : disk_(std::make_shared<store::MemoryDisk>()) {}
  Chronicle(const Chronicle& other);
  Chronicle& operator=(const Chronicle&) = delete;

  // Whole from LSN 1 on, for a replay. With a commit that is being tried.
  store::MemoryJournal journal() const { return store::MemoryJournal(disk_); }
  Lsn last() const { return journal().bounds()->last; }

  // Words of what is wrong with a journal that is found after a crash: not chunk for chunk, and
  // details for details, a beginning of this one (of which the oldest part may have been trimmed),
  // or not one that ends with a commit.
  std::string compare(const store::JournalStore& found) const;
  // What lies behind never happened.
  void cut(Lsn last);

 private:
  friend class ChroniclingFactory;
  void commit_ends();
  // By a round that begins at `round`: until it is seen on the disk, they may be there.
  void note_erased(Lsn round, Lsn lsn, std::vector<std::byte> details);
  const std::vector<std::byte>* still_there(Lsn lsn, Lsn last) const;

  std::shared_ptr<store::MemoryDisk> disk_;
  struct Erased {
    Lsn round, lsn;
    std::vector<std::byte> details;
  };
  std::set<Lsn> ends_;  // of synced commits; under the disk's mutex
  std::vector<Erased> erased_;
};

// Opens LMDB's stores and notes in the chronicle what is written to their journal. One at a time.
class ChroniclingFactory final : public StoreFactory {
 public:
  explicit ChroniclingFactory(Chronicle& chronicle) : chronicle_(chronicle) {}
  Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override;

  // What the last opening that got as far as the stores found there.
  Lsn found() const { return found_; }
  const std::string& wrong() const { return wrong_; }
  // The LSN at which the journal on the disk begins now. While an engine has it open.
  Lsn oldest() const;

 private:
  class Journal;

  Chronicle& chronicle_;
  Lsn found_;
  std::string wrong_;
  const store::JournalStore* journal_{nullptr};
};

}  // namespace janji::test
