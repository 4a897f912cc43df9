// A journal, replayed on the model from its beginning.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>

#include <janji/result.hpp>

#include "model/ledger_model.hpp"
#include "record/hash.hpp"
#include "store/journal_store.hpp"

namespace janji::model {

struct ReplayRules {
  // When known: no place is freed sooner than this after its booking ended.
  std::int64_t retention_ms{0};
  // The rows of details must be there and be what their records say.
  bool details{true};
  // Those that a record erased must be gone: but for a journal that keeps what the engine's has
  // trimmed.
  bool erased{true};
};

// Follows one journal: each call of follow() takes up what has been added since the last one.
// Checks the chunks' chain and times besides what the model checks. One thread.
class JournalReplay {
 public:
  using AfterEach = std::function<void(Lsn, std::span<const std::byte>, const LedgerModel&)>;

  explicit JournalReplay(ReplayRules rules = {}) : rules_(rules) {}

  // Calls `after_each` for each record that the model accepted.
  Finding follow(const store::JournalStore& journal, const AfterEach& after_each = {});

  const LedgerModel& model() const { return model_; }

 private:
  Finding follow_chunk(const store::StoredChunk& chunk, const store::JournalStore& journal,
                       const AfterEach& after_each);
  Finding check_chunk(const store::StoredChunk& chunk) const;
  Finding check_record(Lsn lsn, std::span<const std::byte> record, std::int64_t chunk_ms) const;
  Finding check_details(Lsn lsn, std::span<const std::byte> record,
                        const store::JournalStore& journal);
  Finding check_erased() const;

  ReplayRules rules_;
  LedgerModel model_;
  record::Hash128 last_hash_{};
  std::int64_t last_ms_{0};
  std::map<BookingId, Lsn> to_be_erased_;  // whose details are gone, by a record to come
};

// The whole journal of a data directory that no engine has open.
// Errors: those of opening the stores.
Result<Finding> replay_directory(const std::filesystem::path& directory, JournalReplay& replay,
                                 const JournalReplay::AfterEach& after_each = {});

}  // namespace janji::model
