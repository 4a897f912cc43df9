// Catalogues that are read anew while the daemon runs.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <janji/catalogue_change.hpp>
#include <janji/engine.hpp>

#include "http/problem_code.hpp"

namespace janjid {

// What somebody wants.
struct CatalogueOrder {
  std::uint32_t actor{0};       // the access key's number
  std::string idempotency_key;  // with the actor, names the order
  bool dry_run{true};
  std::uint64_t digest{0};  // of the dry run that was seen; 0: whatever displaces nobody

  friend bool operator==(const CatalogueOrder&, const CatalogueOrder&) = default;
};

// How far that is.
struct CatalogueState {
  enum class Step : std::uint8_t { running, done, refused };
  Step step{Step::running};
  bool repeated{false};  // it had been asked for already
  // When refused.
  ProblemCode code{ProblemCode::internal_error};
  std::string detail;
  // When done: what it comes to, as it was before.
  janji::CataloguePreview preview;
  std::vector<std::string> warnings;  // about the files
};

// Problem: to read a catalogue and change some thousand slots takes longer than a thread that
// serves connections may wait. Operation: one at a time runs on a thread of its own. Who asks hears
// how far it is; the same order again is the same reading, whether it runs or is over: what came of
// it is kept for the last kKept orders, until the daemon ends. Files with errors change nothing.
// Concurrency: any thread; no call waits for the disk. The end waits for what runs.
class CatalogueDesk {
 public:
  static constexpr std::size_t kKept = 8;

  // `directory`: the files'. The engine must outlive it.
  CatalogueDesk(janji::Engine& engine, std::filesystem::path directory)
      : engine_(engine), directory_(std::move(directory)) {}
  ~CatalogueDesk();
  CatalogueDesk(const CatalogueDesk&) = delete;
  CatalogueDesk& operator=(const CatalogueDesk&) = delete;

  // Begins it, or says how far it is. Refusals, not kept: idempotency_mismatch (that key named
  // another order), retry (another runs). Those that are kept: catalogue_invalid, catalogue_changed
  // (it comes to something else by now), and those of Engine::change_catalogue().
  CatalogueState ask(const CatalogueOrder& order);

  // SIGHUP: reads the files and does what displaces nobody; if somebody would be, says so in the
  // log and how to go on.
  void read_anew();

 private:
  struct Job {
    CatalogueOrder order;
    CatalogueState state;
  };

  Job* find(const CatalogueOrder& order) noexcept;
  void run(const CatalogueOrder& order);
  CatalogueState make(const CatalogueOrder& order);

  janji::Engine& engine_;
  const std::filesystem::path directory_;

  std::mutex mutex_;
  std::deque<Job> jobs_;  // the newest in front; guarded by mutex_
  std::thread thread_;    // of the newest; guarded by mutex_
  std::uint64_t signals_{0};
};

// As it stands in bodies: 16 digits. 0: it isn't one.
std::string digest_text(std::uint64_t digest);
std::uint64_t parse_digest(std::string_view text) noexcept;

}  // namespace janjid
