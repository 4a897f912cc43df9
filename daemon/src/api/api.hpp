// What all handlers share once the engine is open.
#pragma once

#include <cstdint>

#include <janji/catalogue.hpp>
#include <janji/engine.hpp>

#include "api/catalogue_card.hpp"
#include "api/catalogue_pin.hpp"
#include "api/lane_board.hpp"
#include "api/lane_view.hpp"
#include "identity/access_watch.hpp"
#include "identity/identity.hpp"
#include "net/commit_bell.hpp"

namespace janjid {

// Constant but for engine, keys, board and cards, which are thread-safe.
class Api {
 public:
  // All four must outlive it. `waits_for_disk`: answers are told once their record is durable
  // (strict mode); else at once.
  Api(janji::Engine& engine, const Identity& identity, AccessWatch& access, const CommitBell& bell,
      bool waits_for_disk);

  janji::Engine& engine() const noexcept { return engine_; }
  // The one that this thread's request goes by.
  const janji::Catalogue& catalogue() const { return CataloguePin::of(engine_); }
  const Identity& identity() const noexcept { return identity_; }
  AccessWatch& access() const noexcept { return access_; }
  LaneBoard& board() const noexcept { return board_; }

  CatalogueCards& catalogue_cards() const noexcept { return catalogue_cards_; }

  // When an answer that rests on `lsn` may be told.
  janji::Lsn acknowledge_at(janji::Lsn lsn) const noexcept {
    return waits_for_disk_ ? lsn : janji::Lsn{};
  }
  bool waits_for_disk() const noexcept { return waits_for_disk_; }
  // Rounds of the writer that are complete.
  std::uint64_t rounds() const noexcept { return bell_.latest().rounds; }

 private:
  janji::Engine& engine_;
  const Identity& identity_;
  AccessWatch& access_;
  const CommitBell& bell_;
  mutable LaneBoard board_;
  const bool waits_for_disk_;
  mutable CatalogueCards catalogue_cards_;
};

}  // namespace janjid
