// The seam between the state and the disk: a few tables of rows under 64-bit keys, changed in
// atomic steps. What the rows mean is the business of state/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <janji/result.hpp>

namespace janji::store {

enum class StateTable : std::uint8_t {
  meta = 0,
  epochs,
  lanes,
  days,
  bookings,
  details,
  blocks,
  entitlements,
  eligible
};
inline constexpr std::size_t kStateTables = 9;

class StateStore {
 public:
  using Bytes = std::span<const std::byte>;
  // Gets a row; valid during the call, any alignment. An error ends the scan.
  using RowVisitor = std::function<Status(std::uint64_t key, Bytes value)>;
  using TableVisitor = std::function<Status(StateTable table, std::uint64_t key, Bytes value)>;

  virtual ~StateStore() = default;

  // ---- one thread: the checkpointer's. A step: begin, any of the next three, commit or abort ----

  virtual Status begin() = 0;
  // Sees what the step has changed. Nothing: no such row. Valid until the next call.
  virtual Result<std::optional<Bytes>> get(StateTable table, std::uint64_t key) = 0;
  virtual Status put(StateTable table, std::uint64_t key, Bytes value) = 0;
  virtual Status erase(StateTable table, std::uint64_t key) = 0;  // fine when there is no such row

  // Makes the step atomic and durable. After an error its outcome is unknown, and every further
  // call but the reading ones fails.
  virtual Status commit() = 0;
  virtual void abort() noexcept = 0;

  // Between steps: as JournalStore::compact().
  virtual Status compact() { return success(); }

  // ---- any thread; sees what was committed ----

  virtual Result<std::optional<std::vector<std::byte>>> read(StateTable table,
                                                             std::uint64_t key) const = 0;

  // Every row from `from` on, in the order of the keys, of one moment. Holds a read transaction
  // while it runs: for starts and audits, not beside a busy checkpointer.
  virtual Status scan(StateTable table, std::uint64_t from, const RowVisitor& visit) const = 0;

  // Every row of every table, one table after another, each in the order of its keys, all of one
  // moment: as scan(), but for a copy beside a checkpointer, whose steps make the file grow until
  // it ends. `visit` bounds how far.
  virtual Status scan_all(const TableVisitor& visit) const = 0;

  // Where it lies, for messages: a path, or words.
  virtual std::string name() const = 0;

  // As JournalStore::free_bytes(). Errors: outcome_unknown after a failed write, for nothing will
  // be written any more.
  virtual Result<std::size_t> free_bytes() const = 0;
};

}  // namespace janji::store
