// The daemon put together: engine, identity, server.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include <janji/catalogue.hpp>
#include <janji/engine.hpp>

#include "api/api.hpp"
#include "api/backup_desk.hpp"
#include "api/catalogue_desk.hpp"
#include "api/site.hpp"
#include "config/config.hpp"
#include "identity/identity.hpp"
#include "net/commit_bell.hpp"
#include "net/server.hpp"

namespace janjid {

// run() listens first, so that a busy port is known at once, then recovers the engine on a thread
// of its own, while /healthz, /readyz and /metrics answer already; then serves until a signal.
//
// When a commit fails nothing more can be acknowledged by this process: what waited hears
// outcome_unknown, and the process ends, so that its next start recovers from the disk.
class House {
 public:
  explicit House(Config config) : config_(std::move(config)) {}
  ~House();

  // The process's exit status: 0 after a signal, 1 when something can't be opened or a commit
  // failed.
  int run();

 private:
  // Ends the server at the first failed commit.
  class FailureWatch final : public janji::ProgressListener {
   public:
    explicit FailureWatch(House& house) : house_(house) {}
    void on_progress(const janji::Progress& progress) noexcept override;

   private:
    House& house_;
  };

  // Says in the log what the engine says of itself, once for each change. The writer's thread.
  class ProblemLog final : public janji::ProgressListener {
   public:
    explicit ProblemLog(House& house) : house_(house) {}
    void on_progress(const janji::Progress& progress) noexcept override;

   private:
    House& house_;
    std::string said_;
  };

  bool load_catalogue();
  bool load_identity();
  void open_engine();
  void compare_catalogue() const;
  void read_catalogue_anew();
  void announce() const;
  std::string metrics() const;
  void stop_listening();
  void close_engine();

  Config config_;
  Site site_;
  CommitBell bell_;
  FailureWatch failure_watch_{*this};
  ProblemLog problem_log_{*this};
  std::shared_ptr<const janji::Catalogue> catalogue_;
  std::unique_ptr<Identity> identity_;
  std::unique_ptr<AccessWatch> access_;
  std::unique_ptr<Server> server_;
  std::thread opener_;
  std::atomic<bool> failed_{false};
  std::unique_ptr<janji::Engine> engine_;  // opened by opener_, published by site_.set_api()
  std::unique_ptr<Api> api_;
  std::unique_ptr<BackupDesk> backups_;        // published with it
  std::unique_ptr<CatalogueDesk> catalogues_;  // likewise
};

}  // namespace janjid
