#include "store/lmdb_state.hpp"

#include <utility>

#include <janji/check.hpp>

namespace janji::store {
namespace {

lmdb::Table table_of(const lmdb::Environment& environment, StateTable table) {
  return environment.table(static_cast<std::size_t>(table));
}

}  // namespace

lmdb::Config LmdbState::config(const std::filesystem::path& file, std::size_t map_bytes) {
  return lmdb::Config{file,
                      map_bytes,
                      "Options::state_map_bytes",
                      {"meta", "epochs", "lanes", "days", "bookings", "details", "blocks",
                       "entitlements", "eligible"}};
}

Status LmdbState::fail(Status status) {
  if (!status.ok()) {
    step_.reset();
    failed_.store(true, std::memory_order_release);  // pairs with failed()
  }
  return status;
}

Status LmdbState::check_usable() const {
  if (failed()) {
    return Error{Code::outcome_unknown,
                 environment_.file().string() + ": an earlier write failed: close and open again"};
  }
  return success();
}

Status LmdbState::begin() {
  if (Status status = check_usable(); !status.ok()) return status;
  JANJI_CHECK(!step_);
  auto transaction = environment_.now()->begin_write();
  if (!transaction) return fail(transaction.error());
  step_.emplace(std::move(*transaction));
  return success();
}

Result<std::optional<StateStore::Bytes>> LmdbState::get(StateTable table, std::uint64_t key) {
  JANJI_CHECK(step_.has_value());
  return step_->get(table_of(*environment_.now(), table), key);
}

Status LmdbState::put(StateTable table, std::uint64_t key, Bytes value) {
  JANJI_CHECK(step_.has_value());
  return fail(step_->put(table_of(*environment_.now(), table), key, value));
}

Status LmdbState::erase(StateTable table, std::uint64_t key) {
  JANJI_CHECK(step_.has_value());
  return fail(step_->erase(table_of(*environment_.now(), table), key));
}

Status LmdbState::commit() {
  JANJI_CHECK(step_.has_value());
  Status status = fail(step_->commit());
  step_.reset();
  return status;
}

Status LmdbState::compact() {
  if (Status status = check_usable(); !status.ok()) return status;
  JANJI_CHECK(!step_);
  Status status = environment_.compact();
  return status.code() == Code::outcome_unknown ? fail(std::move(status)) : status;
}

Result<std::optional<std::vector<std::byte>>> LmdbState::read(StateTable table,
                                                              std::uint64_t key) const {
  const auto environment = environment_.now();
  auto transaction = environment->begin_read();
  if (!transaction) return transaction.error();
  const auto row = transaction->get(table_of(*environment, table), key);
  if (!row) return row.error();
  if (!row->has_value()) return std::optional<std::vector<std::byte>>{};
  return std::optional{std::vector<std::byte>((*row)->begin(), (*row)->end())};
}

Result<std::size_t> LmdbState::free_bytes() const {
  if (Status status = check_usable(); !status.ok()) return status.error();
  return environment_.now()->free_bytes();
}

Status LmdbState::scan(StateTable table, std::uint64_t from, const RowVisitor& visit) const {
  const auto environment = environment_.now();
  auto transaction = environment->begin_read();
  if (!transaction) return transaction.error();
  return scan_in(*environment, *transaction, table, from, visit);
}

Status LmdbState::scan_all(const TableVisitor& visit) const {
  const auto environment = environment_.now();
  auto transaction = environment->begin_read();
  if (!transaction) return transaction.error();
  for (std::size_t i = 0; i < kStateTables; ++i) {
    const auto table = static_cast<StateTable>(i);
    const auto visit_row = [&](std::uint64_t key, Bytes value) { return visit(table, key, value); };
    if (Status status = scan_in(*environment, *transaction, table, 0, visit_row); !status.ok())
      return status;
  }
  return success();
}

Status LmdbState::scan_in(const lmdb::Environment& environment, lmdb::Transaction& transaction,
                          StateTable table, std::uint64_t from, const RowVisitor& visit) {
  auto cursor = transaction.cursor(table_of(environment, table));
  if (!cursor) return cursor.error();
  for (auto row = cursor->at_or_after(from);; row = cursor->next()) {
    if (!row) return row.error();
    if (!row->has_value()) return success();
    if (Status status = visit((*row)->key, (*row)->value); !status.ok()) return status;
  }
}

}  // namespace janji::store
