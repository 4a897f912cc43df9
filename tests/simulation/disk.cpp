#include "simulation/disk.hpp"

#include <iterator>
#include <string>
#include <utility>

#include <janji/check.hpp>

#include "support/forwarding_journal.hpp"
#include "support/forwarding_state.hpp"

namespace janji::simulation {
namespace {

Error broken(const std::string& name) {
  return {Code::io_error, name + ": the simulated disk failed"};
}

std::unique_ptr<store::MemoryFactory> copy_of(store::MemoryFactory& from) {
  auto copy = std::make_unique<store::MemoryFactory>();
  copy->disk().chunks = from.disk().chunks;
  copy->disk().details = from.disk().details;
  for (std::size_t table = 0; table < store::kStateTables; ++table) {
    copy->disk().state[table] = from.disk().state[table];
  }
  return copy;
}

}  // namespace

class SimulatedDisk::Journal final : public test::ForwardingJournal {
 public:
  Journal(store::JournalStore& inner, SimulatedDisk& disk)
      : ForwardingJournal(inner), disk_(disk) {}

  Status begin() override {
    chunks_.clear();
    details_.clear();
    erased_.clear();
    return fails() ? broken(name()) : ForwardingJournal::begin();
  }
  Result<std::span<std::byte>> append(Lsn first, std::size_t size) override {
    if (fails()) return broken(name());
    auto room = ForwardingJournal::append(first, size);
    if (room.ok()) chunks_.push_back({first, *room});
    return room;
  }
  Status put_details(Lsn lsn, std::span<const std::byte> bytes) override {
    if (fails()) return broken(name());
    details_.push_back({lsn, {bytes.begin(), bytes.end()}});
    return ForwardingJournal::put_details(lsn, bytes);
  }
  Status erase_details(Lsn lsn) override {
    if (fails()) return broken(name());
    erased_.push_back(lsn);
    return ForwardingJournal::erase_details(lsn);
  }
  Result<std::size_t> trim(Lsn before, std::size_t chunks_max) override {
    if (fails()) return broken(name());
    return ForwardingJournal::trim(before, chunks_max);
  }

  Status commit(bool sync) override {
    disk_.take_time();
    if (disk_.dead()) return broken(name());
    const bool failed = disk_.fails(disk_.wear_.fail_permille);
    disk_.journal_failed_ = failed;
    if (failed && disk_.random_.percent(50)) return broken(name());
    archive();
    if (Status done = ForwardingJournal::commit(sync || failed); !done.ok()) return done;
    if (disk_.observer_) disk_.observer_();
    disk_.take_time();
    return failed || disk_.dead() ? broken(name()) : success();
  }

  Result<std::vector<store::StoredChunk>> read(Lsn from, std::size_t chunks_max) const override {
    disk_.scheduler_.step("disk_read");
    if (disk_.dead() || disk_.fails(disk_.wear_.read_fail_permille)) return broken(name());
    return ForwardingJournal::read(from, chunks_max);
  }
  Result<std::size_t> free_bytes() const override { return disk_.room(); }

 private:
  bool fails() {
    disk_.scheduler_.step("disk_write");
    if (disk_.dead() || disk_.fails(disk_.wear_.fail_permille)) disk_.journal_failed_ = true;
    return disk_.journal_failed_;
  }
  void archive() {
    store::MemoryJournal& archive = *disk_.archive_;
    JANJI_CHECK(archive.begin().ok());
    for (const auto& [first, bytes] : chunks_) {
      const auto room = archive.append(first, bytes.size());
      std::copy(bytes.begin(), bytes.end(), room.value().begin());
    }
    for (const auto& [lsn, bytes] : details_) JANJI_CHECK(archive.put_details(lsn, bytes).ok());
    for (const Lsn lsn : erased_) {
      disk_.keep_what_is_erased(chunks_.front().first, lsn);
      JANJI_CHECK(archive.erase_details(lsn).ok());
    }
    JANJI_CHECK(archive.commit(true).ok());
  }

  SimulatedDisk& disk_;
  std::vector<std::pair<Lsn, std::span<const std::byte>>> chunks_;
  std::vector<std::pair<Lsn, std::vector<std::byte>>> details_;
  std::vector<Lsn> erased_;
};

class SimulatedDisk::State final : public test::ForwardingState {
 public:
  State(store::StateStore& inner, SimulatedDisk& disk) : ForwardingState(inner), disk_(disk) {}

  Status begin() override {
    if (failed_) return broken(name());
    return fails() ? broken(name()) : ForwardingState::begin();
  }
  Result<std::optional<Bytes>> get(store::StateTable table, std::uint64_t key) override {
    if (fails()) return broken(name());
    return ForwardingState::get(table, key);
  }
  Status put(store::StateTable table, std::uint64_t key, Bytes value) override {
    return fails() ? broken(name()) : ForwardingState::put(table, key, value);
  }
  Status erase(store::StateTable table, std::uint64_t key) override {
    return fails() ? broken(name()) : ForwardingState::erase(table, key);
  }
  Status commit() override {
    disk_.take_time();
    failed_ = failed_ || disk_.dead() || disk_.fails(disk_.wear_.fail_permille);
    if (failed_ && (disk_.dead() || disk_.random_.percent(50))) {
      inner_.abort();
      return broken(name());
    }
    if (Status done = ForwardingState::commit(); !done.ok()) return done;
    disk_.take_time();
    return failed_ || disk_.dead() ? broken(name()) : success();
  }
  Result<std::size_t> free_bytes() const override {
    if (failed_) return Error{Code::outcome_unknown, "an earlier write failed"};
    return disk_.room();
  }

 private:
  bool fails() {
    disk_.scheduler_.step("disk_state");
    failed_ = failed_ || disk_.dead() || disk_.fails(disk_.wear_.fail_permille);
    return failed_;
  }

  SimulatedDisk& disk_;
  bool failed_{false};
};

class SimulatedDisk::Stores final : public store::Stores {
 public:
  Stores(std::unique_ptr<store::Stores> inner, SimulatedDisk& disk)
      : inner_(std::move(inner)),
        journal_(inner_->journal(), disk),
        state_(inner_->state(), disk) {}
  store::JournalStore& journal() noexcept override { return journal_; }
  store::StateStore& state() noexcept override { return state_; }

 private:
  std::unique_ptr<store::Stores> inner_;
  Journal journal_;
  State state_;
};

SimulatedDisk::SimulatedDisk(Scheduler& scheduler, std::uint64_t seed, Wear wear)
    : scheduler_(scheduler),
      random_(seed),
      wear_(wear),
      platter_(std::make_unique<store::MemoryFactory>()),
      archived_(std::make_shared<store::MemoryDisk>()),
      archive_(std::make_unique<store::MemoryJournal>(archived_)) {}

SimulatedDisk::~SimulatedDisk() = default;

Result<std::unique_ptr<store::Stores>> SimulatedDisk::open(const store::Location& location) {
  if (dead()) return broken("the directory");
  journal_failed_ = false;
  auto inner = platter_->open(location);
  if (!inner.ok()) return inner.error();
  return std::unique_ptr<store::Stores>(std::make_unique<Stores>(std::move(*inner), *this));
}

void SimulatedDisk::take_time() {
  scheduler_.step("disk_commit");
  if (random_.percent(wear_.slow_percent)) scheduler_.sleep(random_.between(1, wear_.slow_ms));
}

// Either far above any low-water mark, or below all of them.
std::size_t SimulatedDisk::room() const {
  return short_of_room_ ? 4096 : SIZE_MAX;
}

void SimulatedDisk::lose_power() {
  if (dead()) return;
  flip_back();
  image_ = copy_of(*platter_);
}

bool SimulatedDisk::flip_a_bit() {
  store::MemoryDisk& disk = platter_->disk();
  std::vector<store::Rows*> tables{&disk.chunks, &disk.details};
  for (store::Rows& table : disk.state) tables.push_back(&table);
  std::erase_if(tables, [](const store::Rows* table) { return table->empty(); });
  if (tables.empty()) return false;
  flipped_in_ = tables[random_.below(tables.size())];
  const auto row = std::next(flipped_in_->begin(),
                             static_cast<std::ptrdiff_t>(random_.below(flipped_in_->size())));
  flipped_key_ = row->first;
  whole_ = row->second;
  row->second[random_.below(whole_.size())] ^= std::byte{1} << random_.below(8);
  flipped_ = row->second;
  return true;
}

// The row may have gone, or have been written anew, since.
void SimulatedDisk::flip_back() {
  if (flipped_in_ == nullptr) return;
  const auto row = flipped_in_->find(flipped_key_);
  if (row != flipped_in_->end() && row->second == flipped_) row->second = whole_;
  flipped_in_ = nullptr;
}

void SimulatedDisk::keep_what_is_erased(Lsn round, Lsn lsn) {
  const auto row = archived_->details.find(lsn.value);
  if (row != archived_->details.end()) erased_.push_back({round, lsn, row->second});
}

void SimulatedDisk::mend() {
  if (dead()) platter_ = std::move(image_);
  const auto& chunks = platter_->disk().chunks;
  const std::uint64_t last = chunks.empty() ? 0 : chunks.rbegin()->first;
  archived_->chunks.erase(archived_->chunks.upper_bound(last), archived_->chunks.end());
  // What was erased by a round that is lost is there again.
  for (auto at = erased_.rbegin(); at != erased_.rend(); ++at) {
    if (!archived_->chunks.contains(at->round.value)) archived_->details[at->lsn.value] = at->row;
  }
  erased_.clear();
  // Details lie under the LSNs of a chunk's records: those behind the last chunk's are lost.
  const auto bounds = archive_->bounds();
  archived_->details.erase(archived_->details.upper_bound(bounds->last.value),
                           archived_->details.end());
}

}  // namespace janji::simulation
