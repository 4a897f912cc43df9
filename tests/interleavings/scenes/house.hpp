// A small ledger with its writer.
#pragma once

#include <array>
#include <initializer_list>

#include "checker/scene.hpp"
#include "journal/writer.hpp"
#include "ledger/ledger.hpp"
#include "scenes/audit.hpp"
#include "scenes/crew.hpp"

namespace janji::interleavings {

// Two lanes, each with a scope of its own and a day of two slots. Everything is the production code
// but the disk, which keeps nothing, and the clock, which scenes move.
class House : public Scene {
 public:
  std::size_t threads() const override { return callers_ + 1; }
  void start() final;
  // Thread 0 is the writer.
  void run(std::size_t thread) override;
  void finish() override;

 protected:
  struct Size {
    std::uint32_t capacity;
    std::uint32_t bookings;
    std::int64_t hold_ms{1000};
  };
  House(std::uint32_t callers, Size size);

  virtual void call(std::size_t caller) = 0;  // 1 .. callers, each on a thread of its own
  // The writer, in each round of the threads', behind what falls due.
  virtual void look_at_days() {}
  // When everybody has gone: what the slots' words say.
  virtual void finish_slots();

  static SlotKey slot(int i, std::uint32_t lane = 0);
  static OperationId id_of(std::uint64_t operation);
  static ClaimRequest claim_of(std::uint64_t applicant, SlotKey slot, std::uint64_t operation = 0);

  // As the engine does it: waits for the round that a decision names, and decides again. Grants
  // and refusals come back undurable, with their LSN.
  Decision claim(const ClaimRequest& request);
  Decision confirm(BookingId booking, std::uint64_t operation,
                   std::span<const std::byte> details = {});
  Decision cancel(BookingId booking, std::uint64_t operation);
  Decision reschedule(BookingId booking, SlotKey slot, std::uint64_t operation);
  Decision act(Act what, BookingId booking, std::uint64_t operation);
  Decision change_slot(SlotKey slot, SlotChangeRequest::Doors doors, std::uint64_t operation = 0);
  // Until so long behind the beginning of the scene's time; 0: lifts the block.
  Decision block(std::uint64_t applicant, std::int64_t until_ms, std::uint64_t operation);
  Decision erase(BookingId booking);
  Decision join(std::uint64_t applicant, SlotKey slot, std::uint64_t operation);
  // For any slot of the day that this one is of.
  Decision join_day(std::uint64_t applicant, SlotKey slot, std::uint64_t operation);
  // As a group, for this slot or, with `whole_day`, any of its day.
  using Members = std::initializer_list<std::uint64_t>;
  Decision join_group(Members applicants, SlotKey slot, bool whole_day, std::uint64_t operation);
  Decision walk_in(std::uint64_t applicant, SlotKey slot, std::uint64_t operation);
  // In the constructor: lane 0 is a kiosk's, and the first of its slots goes on when the threads
  // begin.
  void open_kiosk();
  // In the constructor: somebody who waits for the slot when the threads begin. The writer hands
  // out seats then.
  BookingId waits(std::uint64_t applicant, SlotKey slot, std::uint64_t operation);
  void hand_out() { hands_out_ = true; }
  // The writer's walk over blocks.
  void forget_blocks();
  void wait_durable(const Decision& decision);
  // In the constructor: a hold that is durable when the threads begin.
  BookingId held(std::uint64_t applicant, SlotKey slot, std::uint64_t operation = 0);
  // Likewise, confirmed. Visits of both slots are over at kBothVisitsOverMs, that of the first
  // some minutes behind its start; the writer walks past all bookings.
  BookingId confirmed(std::uint64_t applicant, SlotKey slot, std::uint64_t operation);
  static constexpr std::int64_t kBothVisitsOverMs = 7'600'000;
  // In the constructor: applicant 1's booking of slot 0 under id 101, cancelled under 102, whose
  // place is free for others once the threads' first round has looked at what is due.
  BookingId about_to_be_freed();
  // A round of the writer's: in the constructor, or on the thread that is the writer's.
  void round() { writer_.step(); }

  // The clock is nobody's memory: it may be read and moved by any thread.
  static void set_now(std::int64_t ms);
  static std::int64_t civil(std::int64_t ms);
  // In the constructor: what it says when the threads begin.
  void start_at(std::int64_t ms) { start_ms_ = ms; }

  const Audit& audit() const { return audit_; }
  ledger::Ledger& ledger() { return ledger_; }
  const ledger::Ledger& ledger() const { return ledger_; }
  journal::Rounds& rounds() { return rounds_; }

 private:
  class TestClock;
  class NoDisk;
  class Work final : public journal::RoundWork {
   public:
    explicit Work(House& house) : house_(house) {}
    void fall_due(LedgerTime now, std::size_t budget) noexcept override;
    std::span<const std::byte> details(const journal::RecordBlock& block) const noexcept override;
    void prefetch_far(const journal::RecordBlock&) const noexcept override {}
    void prefetch(const journal::RecordBlock&) const noexcept override {}
    std::size_t gone(const journal::RecordBlock& block, Lsn first,
                     std::span<Lsn, kGoneMax> out) const noexcept override;
    void give_back(Lsn lsn, std::uint32_t block) noexcept override;
    void end_round() noexcept override;
    void failed(const Error&) noexcept override { require(false, "a round failed"); }
    std::int64_t sleep_ms() const noexcept override { return 1000; }

   private:
    House& house_;
  };

  static Options options(Size size);
  template <class Try>
  Decision decide(Try&& attempt);

  std::uint32_t callers_;
  std::int64_t start_ms_{0};
  bool patrols_{false};
  bool hands_out_{false};
  bool begun_{false};
  journal::RecordBlocks blocks_;
  journal::PublishList list_;
  journal::Rounds rounds_;
  base::TimeKeeper time_;
  Options options_;
  ledger::Ledger ledger_;
  Work work_{*this};
  journal::Writer writer_;
  Crew crew_;
  Audit audit_;  // the writer's, told of by what it gives back and by the durable LSN
};

}  // namespace janji::interleavings
