// What an Engine is made of, and the writer's round as the engine sees it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include <janji/engine.hpp>

#include "base/time_keeper.hpp"
#include "engine/catalogue_changer.hpp"
#include "engine/catalogue_shelf.hpp"
#include "engine/clock_watch.hpp"
#include "engine/compactor.hpp"
#include "engine/day_archiver.hpp"
#include "engine/day_opener.hpp"
#include "engine/gatekeeper.hpp"
#include "engine/lane_book.hpp"
#include "engine/seat_releaser.hpp"
#include "engine/table_sizes.hpp"
#include "journal/publish_list.hpp"
#include "journal/record_blocks.hpp"
#include "journal/round_work.hpp"
#include "journal/rounds.hpp"
#include "journal/writer.hpp"
#include "ledger/ledger.hpp"
#include "state/checkpoint_thread.hpp"
#include "state/checkpointer.hpp"
#include "state/recovery.hpp"
#include "store/store_factory.hpp"

namespace janji {

// Members are in the order in which they must be made, and destroyed in the other order: the
// threads (writer, checkpointer) end first, the stores last.
class Engine::Impl final : public journal::RoundWork,
                           public ProgressListener,
                           private state::RecoverySink {
 public:
  Impl(Options options, const TableSizes& sizes, ClockWatch clock_watch,
       std::unique_ptr<store::Stores> stores, std::uint64_t seed);
  ~Impl() override;

  // engine_open.cpp: everything between the files and the first decision.
  Status recover(const Status& surveyed);

  // journal::RoundWork
  void fall_due(LedgerTime now, std::size_t budget) noexcept override;
  std::span<const std::byte> details(const journal::RecordBlock& block) const noexcept override;
  std::size_t gone(const journal::RecordBlock& block, Lsn first,
                   std::span<Lsn, kGoneMax> out) const noexcept override;
  void prefetch_far(const journal::RecordBlock& block) const noexcept override;
  void prefetch(const journal::RecordBlock& block) const noexcept override;
  void give_back(Lsn lsn, std::uint32_t block) noexcept override;
  void end_round() noexcept override;
  void failed(const Error& error) noexcept override;
  std::int64_t sleep_ms() const noexcept override;

  // ProgressListener: after each round.
  void on_progress(const Progress& progress) noexcept override;

  // Errors: retry while they aren't durable; as store::stored_details().
  Result<std::vector<std::byte>> read_details(Lsn lsn) const;
  Lsn applied() const noexcept;

  Status settle();
  Status complete_erasures();
  // engine_backup.cpp
  Result<BackupReport> backup(const std::filesystem::path& to, const std::atomic<bool>* give_up);

  // What went wrong in the background, each part's by itself, so that none hides another's.
  enum class Part : std::uint8_t { writer, checkpointer, days, compaction };
  void set_problem(Part part, std::string words);
  std::string problem() const;

  // constant
  const Options options;
  const TableSizes sizes;
  const std::uint64_t seed;

  // the world
  std::unique_ptr<store::Stores> stores;
  Threads& threads;
  base::TimeKeeper time;

  // the decision path
  journal::RecordBlocks blocks;
  journal::PublishList list;
  journal::Rounds rounds;
  LaneBook lanes;
  CatalogueShelf shelf;  // options.catalogue stays as well: the ledger goes by its places
  std::unique_ptr<ledger::Ledger> ledger;

  // the writer's side
  ClockWatch clock_watch;
  std::unique_ptr<DayOpener> days;
  std::unique_ptr<CatalogueChanger> changer;
  std::unique_ptr<DayArchiver> archiver;
  std::unique_ptr<SeatReleaser> seats;
  std::unique_ptr<Gatekeeper> gatekeeper;
  bool may_fall_due{false};  // nothing does before the opening's epoch and lanes are written
  LedgerTime last_tick;
  LedgerTime visits_end_from;  // no visit is ended by rule before: see recover()
  std::unique_ptr<state::Checkpointer> checkpointer;
  std::unique_ptr<Compactor> compactor;
  Lsn wanted;  // what the checkpointer was told to apply, however little that is
  std::atomic<std::uint64_t> apply_to{0};  // LSN; what others than the writer want of it
  std::unique_ptr<state::CheckpointThread> checkpoint_thread;
  std::unique_ptr<journal::Writer> writer;

  // A backup's: the first LSN that it may still want to read, kept from being trimmed.
  static constexpr std::uint64_t kNotPinned = ~std::uint64_t{0};
  std::mutex backup_mutex;
  std::atomic<std::uint64_t> trim_pin{kNotPinned};

 private:
  // engine_open.cpp
  // state::RecoverySink
  Status on_meta(const state::StateMeta& meta, std::span<const state::EpochRow> epochs) override;
  Status on_lane(LaneId lane, std::string_view key) override;
  Status on_day(LaneId lane, Day day, std::span<const state::DayRowSlot> slots,
                std::span<const record::SlotGrant> grants) override;
  Status on_booking(record::Place place, const record::BookingImage& image) override;
  Status on_block(std::uint32_t cell, const record::BlockImage& image) override;
  Status on_entitlement(std::uint32_t cell, const record::EntitlementImage& image) override;
  Status on_eligible(std::uint32_t cell, const record::EligibleKeys& keys) override;
  Status on_state_loaded() override;
  Status on_record(Lsn lsn, const record::Header& header) override;

  Status restore_day(LaneId lane, Day day, std::span<const record::DaySlot> slots,
                     std::span<const std::uint32_t> taken);
  void prepare_writer(const state::RecoverySummary& found);
  Status write_published();
  Status open_epoch(const state::RecoverySummary& found, LedgerTime now);
  Status number_lanes();
  void bind_pools();
  Status room_for_days(LedgerTime now);
  Status write_lanes(LaneId first);
  Status archive_days();
  Status open_days();

  // engine_rounds.cpp
  Lsn keep_from() const noexcept;
  void tick(LedgerTime now) noexcept;
  void tell_of_days();
  void look_at_erasures(LedgerTime now);

  std::set<std::uint32_t> epochs_used_;  // random parts; while recovering

  // the writer's: what was last said of days
  std::string days_problem_;
  std::uint64_t days_kept_{0};
  std::string compaction_problem_;

  mutable std::mutex problem_mutex_;
  std::array<std::string, 4> problems_;  // by Part
};

}  // namespace janji
