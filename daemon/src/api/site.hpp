// What there is before and after the engine: how far the daemon is, and what it counts.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "api/stream_seats.hpp"

namespace janjid {

class Api;
class BackupDesk;
class CatalogueDesk;

// Shared by all threads.
class Site {
 public:
  // Null while the engine recovers. The Api, once there, outlives every request.
  const Api* api() const noexcept {
    return api_.load(std::memory_order_acquire);  // pairs with set_api's release
  }
  void set_api(const Api* api) noexcept { api_.store(api, std::memory_order_release); }

  bool draining() const noexcept { return draining_.load(std::memory_order_relaxed); }
  void set_draining() noexcept { draining_.store(true, std::memory_order_relaxed); }

  // Places for streams; their numbers are set before any request is served. Handlers have a const
  // site: to take one changes nothing of it but a count.
  StreamSeats& feed_seats() const noexcept { return feed_seats_; }
  StreamSeats& lane_seats() const noexcept { return lane_seats_; }

  // Null when none can be made. Set before set_api(), and there as long as the Api.
  BackupDesk* backups() const noexcept { return backups_; }
  void set_backups(BackupDesk* backups) noexcept { backups_ = backups; }

  // Set before set_api(), and there as long as the Api.
  CatalogueDesk* catalogues() const noexcept { return catalogues_; }
  void set_catalogues(CatalogueDesk* catalogues) noexcept { catalogues_ = catalogues; }

  // GET /metrics; set before any request is served.
  std::function<std::string()> metrics;

 private:
  std::atomic<const Api*> api_{nullptr};
  std::atomic<bool> draining_{false};
  BackupDesk* backups_{nullptr};        // published with the Api
  CatalogueDesk* catalogues_{nullptr};  // likewise
  mutable StreamSeats feed_seats_;
  mutable StreamSeats lane_seats_;
};

}  // namespace janjid
