// The simulated disk: slow, unreliable, and able to lose its power.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "model/random.hpp"
#include "simulation/scheduler.hpp"
#include "store/memory_journal.hpp"
#include "store/memory_store.hpp"

namespace janji::simulation {

// How bad the disk is.
struct Wear {
  int fail_permille{0};  // a call that writes fails; a commit that fails may have been done
  int read_fail_permille{0};
  int slow_percent{30};      // a commit takes its time
  std::int64_t slow_ms{20};  // at most
};

// Problem: a disk on which everything that can happen to LMDB's transactions happens by the seed.
// Operation: stores in memory, which hold what was synced. A loss of power keeps an image of that;
// whoever still runs finds the disk dead from then on, until mend() puts the image in its place.
// Besides, everything that was ever committed by the journal stands in the archive, trimmed or not,
// for whoever judges; mend() takes out of it what the disk lost.
// Concurrency: the simulation's one thread; calls give way to other fibers.
class SimulatedDisk final : public StoreFactory {
 public:
  SimulatedDisk(Scheduler& scheduler, std::uint64_t seed, Wear wear);
  ~SimulatedDisk() override;

  Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override;

  void lose_power();
  bool dead() const { return image_ != nullptr; }
  // A call of the journal failed since it was opened: the engine has to give up.
  bool journal_failed() const { return journal_failed_; }
  // Nobody uses the disk. What is on it from now on: the image, or, without loss of power, what was
  // synced.
  void mend();

  void set_wear(Wear wear) { wear_ = wear; }
  void set_short_of_room(bool is_short) { short_of_room_ = is_short; }
  // Called when the archive has grown.
  void set_observer(std::function<void()> observer) { observer_ = std::move(observer); }

  const store::JournalStore& archive() const { return *archive_; }
  // One bit of what is on it turns over, until it is turned back. False: nothing is on it. Nobody
  // reads while it is turned.
  bool flip_a_bit();
  void flip_back();

 private:
  class Journal;
  class State;
  class Stores;

  bool fails(int permille) {
    return permille != 0 && random_.below(1000) < static_cast<std::uint64_t>(permille);
  }
  void take_time();
  void keep_what_is_erased(Lsn round, Lsn lsn);
  std::size_t room() const;

  Scheduler& scheduler_;
  model::Random random_;
  Wear wear_;
  bool short_of_room_{false};
  bool journal_failed_{false};
  std::unique_ptr<store::MemoryFactory> platter_;
  std::unique_ptr<store::MemoryFactory> image_;
  std::shared_ptr<store::MemoryDisk> archived_;
  std::unique_ptr<store::MemoryJournal> archive_;
  // Details that the archive lacks since rounds which may still be lost.
  struct ErasedRow {
    Lsn round;  // its first record
    Lsn lsn;
    std::vector<std::byte> row;
  };
  std::vector<ErasedRow> erased_;
  std::function<void()> observer_;

  // The row with the bit that is turned over, as it was and as it is.
  store::Rows* flipped_in_{nullptr};
  std::uint64_t flipped_key_{0};
  std::vector<std::byte> whole_, flipped_;
};

}  // namespace janji::simulation
