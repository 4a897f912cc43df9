// Every chunk that a journal has, held to its form.
#pragma once

#include <cstdint>

#include <janji/result.hpp>
#include <janji/verify.hpp>

#include "engine/audit.hpp"
#include "store/journal_store.hpp"

namespace janji {

// Reads the whole journal, what the state has of it too: hashes, dense LSNs, the chain, and the
// details of each record that brings some. Counts into `totals`, and whatever is broken into
// `broken`. In bounded memory. Errors: those of the store, `damaged` excepted.
Status audit_journal(const store::JournalStore& journal, VerifyTotals& totals,
                     std::optional<Broken>& broken);

}  // namespace janji
