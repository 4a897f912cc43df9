// Backups that are asked for while the daemon runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

#include <janji/backup.hpp>
#include <janji/engine.hpp>

#include "api/order_desk.hpp"

namespace janjid {

// What somebody wants.
struct BackupOrder {
  std::uint32_t actor{0};           // the access key's number
  std::string idempotency_key;      // with the actor, names the order
  std::filesystem::path directory;  // see backup_path()
  bool with_keys{true};             // the key file and the access keys, too

  friend bool operator==(const BackupOrder&, const BackupOrder&) = default;
};

// How far that is.
struct BackupState : OrderState {
  // When done.
  janji::BackupReport report;
  std::uint64_t bytes{0};  // of all files, on the disk
};

// Problem: a backup takes as long as the disks need, and a thread that serves connections may not
// wait for it, nor may whoever asked have to keep a connection for so long.
// Operation: as OrderDesk says. Concurrency: any thread; no call waits for the disk. The end waits
// for the backup that runs, which gives up then.
class BackupDesk {
 public:
  static constexpr std::size_t kKept = 16;

  // Both must outlive it. `data`: the daemon's directory, for the keys; `root`: what backup_path()
  // goes by.
  BackupDesk(janji::Engine& engine, std::filesystem::path data, std::filesystem::path root);
  ~BackupDesk();
  BackupDesk(const BackupDesk&) = delete;
  BackupDesk& operator=(const BackupDesk&) = delete;

  const std::filesystem::path& root() const noexcept { return root_; }

  // Begins the backup, or says how far it is. Refusals: idempotency_mismatch (that key named
  // another order), backup_running (another), directory_not_empty, backup_failed with the engine's
  // words, outcome_unknown, retry (the daemon ends).
  BackupState ask(const BackupOrder& order) {
    return desk_.ask(order, ProblemCode::backup_running);
  }

  // Whatever runs, or is asked for from here on, is given up: the daemon ends.
  void give_up() noexcept {
    give_up_.store(true, std::memory_order_relaxed);  // pairs with nothing: it is only to be seen
  }

 private:
  BackupState run(const BackupOrder& order);
  BackupState make(const BackupOrder& order);

  janji::Engine& engine_;
  const std::filesystem::path data_;
  const std::filesystem::path root_;
  std::atomic<bool> give_up_{false};

  OrderDesk<BackupOrder, BackupState> desk_{kKept, [this](const auto& o) { return run(o); }};
};

}  // namespace janjid
