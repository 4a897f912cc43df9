// Catalogues that are read anew while the daemon runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <janji/catalogue_change.hpp>
#include <janji/engine.hpp>

#include "api/order_desk.hpp"

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
struct CatalogueState : OrderState {
  // When done: what it comes to, as it was before; its digest is of the files as well, since more
  // may stand there than changes what is open.
  janji::CataloguePreview preview;
  std::vector<std::string> warnings;  // about the files
};

// Problem: to read a catalogue and change some thousand slots takes longer than a thread that
// serves connections may wait. Operation: as OrderDesk says. Files with errors change nothing.
// Concurrency: any thread; no call waits for the disk. The end waits for what runs.
class CatalogueDesk {
 public:
  static constexpr std::size_t kKept = 8;

  // `directory`: the files'. The engine must outlive it.
  CatalogueDesk(janji::Engine& engine, std::filesystem::path directory)
      : engine_(engine), directory_(std::move(directory)) {}

  // Begins it, or says how far it is. Refusals: idempotency_mismatch (that key named another
  // order), retry (another runs), catalogue_invalid, catalogue_changed (it comes to something else
  // by now), and those of Engine::change_catalogue().
  CatalogueState ask(const CatalogueOrder& order) {
    return desk_.ask(order, ProblemCode::retry, "another catalogue is being read");
  }

  // SIGHUP: reads the files and does what displaces nobody; if somebody would be, says so in the
  // log and how to go on.
  void read_anew();

 private:
  CatalogueState run(const CatalogueOrder& order);
  CatalogueState make(const CatalogueOrder& order);

  janji::Engine& engine_;
  const std::filesystem::path directory_;

  std::uint64_t done_{0}, done_files_{0};  // the last digest that was done, and of which files
  std::atomic<std::uint64_t> signals_{0};  // only that no two have one number
  OrderDesk<CatalogueOrder, CatalogueState> desk_{kKept, [this](const auto& o) { return run(o); }};
};

// As it stands in bodies: 16 digits. 0: it isn't one.
std::string digest_text(std::uint64_t digest);
std::uint64_t parse_digest(std::string_view text) noexcept;

}  // namespace janjid
