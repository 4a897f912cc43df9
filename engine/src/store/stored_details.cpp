#include "store/stored_details.hpp"

#include "base/words.hpp"
#include "store/details_row.hpp"

namespace janji::store {

Result<std::vector<std::byte>> stored_details(const JournalStore& journal, const StateStore& state,
                                              Lsn lsn) {
  Result<std::vector<std::byte>> found = journal.details(lsn);
  if (!found.ok() || !found->empty()) return found;
  // Trimmed from the journal, hence in the state, whose row is the same.
  const auto row = state.read(StateTable::details, lsn.value);
  if (!row.ok()) return row.error();
  if (!row->has_value()) {
    // An index that doesn't lead to a row doesn't say whose it is.
    return Error{Code::damaged, base::words("the details of LSN ", lsn.value, " are neither in ",
                                            journal.name(), " nor in ", state.name())};
  }
  return decode_details_row(state.name(), lsn, **row);
}

}  // namespace janji::store
