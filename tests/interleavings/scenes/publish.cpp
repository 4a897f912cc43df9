// Publishing, the writer's rounds, and waiting for them.
#include <array>

#include "journal/record_blocks.hpp"
#include "scenes/crew.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

constexpr std::size_t kRecordsEach = 2;
constexpr std::size_t kPublishers = 2;
constexpr std::size_t kRecords = kPublishers * kRecordsEach;

// One block is kept for confirm and cancel, so publishers must wait for blocks to come back.
constexpr std::uint32_t kBlocks = 3;

class PublishedRecords final : public Scene {
 public:
  std::size_t threads() const override { return kPublishers + 1; }

  void run(std::size_t thread) override {
    if (thread != 0) {
      publish_all(static_cast<std::uint32_t>(thread));
      crew_.one_is_done();
      return;
    }
    run_rounds(rounds_, list_, [this] { return round(); });
  }

  void finish() override {
    require(next_ == kRecords + 1, "a record was lost");
    std::array<std::uint32_t, kPublishers + 1> of{};
    for (std::size_t lsn = 1; lsn <= kRecords; ++lsn) {
      const std::uint32_t publisher = committed_[lsn] / 10;
      require(committed_[lsn] % 10 == of[publisher]++, "a publisher's records in another order");
    }
  }

 private:
  std::uint32_t take_block(base::Stock& stock) {
    while (!blocks_.refill(stock)) {
      const std::uint64_t round = rounds_.next_round();
      if (blocks_.refill(stock)) break;
      rounds_.wait_round(round, -1);
    }
    return stock.take();
  }

  void publish_all(std::uint32_t publisher) {
    base::Stock stock;
    Lsn last{0};
    for (std::uint32_t n = 0; n < kRecordsEach; ++n) {
      const std::uint32_t index = take_block(stock);
      journal::RecordBlock& block = blocks_[index];
      block.slot = publisher * 10 + n;
      block.begin<record::Tick>().ledger_ms = publisher * 10 + n;
      const Lsn lsn = list_.publish(blocks_, index);
      rounds_.wake_if_idle();
      require(lsn > last, "an LSN not above the one before it");
      last = lsn;
      if (rounds_.committed() >= lsn) {
        require(committed_[lsn.value] != 0, "committed, and what was done before isn't there");
      }
      if (n % 2 != publisher % 2) continue;
      require(rounds_.wait_durable(lsn, -1), "not durable, but nothing failed");
      // Plain: what the writer did before it published the durable LSN is there.
      require(committed_[lsn.value] == publisher * 10 + n, "another record under this LSN");
    }
  }

  bool round() {
    rounds_.begin_round();
    const journal::PublishList::Taken taken = list_.take();
    std::size_t many = 0;
    for (std::uint32_t i = taken.newest; i != journal::kNoIndex; ++many) {
      const journal::RecordBlock& block = blocks_[i];
      const std::uint64_t lsn = taken.last.value - many;
      require(lsn >= 1 && lsn <= kRecords && committed_[lsn] == 0, "an LSN twice, or too many");
      const auto& tick = record::as<record::Tick>(block.bytes);
      require(tick.ledger_ms == block.slot, "a record that isn't whole");
      committed_[lsn] = block.slot;
      const std::uint32_t older = block.next.load(std::memory_order_relaxed);
      blocks_.give_back(i);
      i = older;
    }
    require(taken.last.value == next_ + many - 1, "LSNs aren't dense");
    next_ += many;
    blocks_.end_round();
    rounds_.end_round(taken.last, taken.last);
    return many != 0;
  }

  journal::RecordBlocks blocks_{kBlocks, 1, false};
  journal::PublishList list_;
  journal::Rounds rounds_;
  Crew crew_{rounds_, kPublishers};
  // the writer's, told of by the durable LSN
  std::uint64_t next_{1};
  std::array<std::uint32_t, kRecords + 1> committed_{};
};

// Publishes, and what was seen published is in the round that one waits for. Rounds are relaxed:
// durable is what somebody asked to be flushed.
class RoundsAskedFor final : public Scene {
 public:
  std::size_t threads() const override { return 4; }

  void run(std::size_t thread) override {
    switch (thread) {
      case 0: run_rounds(rounds_, list_, [this] { return round(); }); return;
      case 1: publish_and_flush(); break;
      case 2: look_and_wait(); break;
      default: ask_twice(); break;
    }
    crew_.one_is_done();
  }

 private:
  void publish_and_flush() {
    base::Stock stock;
    require(blocks_.refill(stock), "a block for each record");
    const Lsn lsn = list_.publish(blocks_, stock.take());
    rounds_.wake_if_idle();
    rounds_.request_flush();
    require(rounds_.wait_durable(lsn, -1), "not durable, but nothing failed");
  }
  void look_and_wait() {
    const Lsn seen = list_.last();
    const std::uint64_t round = rounds_.next_round();
    require(rounds_.wait_round(round, -1), "no round, but nothing failed");
    require(rounds_.committed() >= seen, "the round that began after the look lacks what was seen");
  }
  void ask_twice() {
    for (int i = 0; i < 2; ++i) {
      const std::uint64_t round = rounds_.next_round();
      require(rounds_.wait_round(round, -1), "no round, but nothing failed");
      require(rounds_.completed() >= round, "another round than the one waited for");
    }
  }
  bool round() {
    rounds_.begin_round();
    const bool flush = rounds_.take_flush_request();
    const journal::PublishList::Taken taken = list_.take();
    if (flush) durable_ = taken.last;
    rounds_.end_round(taken.last, durable_);
    return taken.newest != journal::kNoIndex;
  }

  journal::RecordBlocks blocks_{kBlocks, 1, false};
  journal::PublishList list_;
  journal::Rounds rounds_;
  Crew crew_{rounds_, 3};
  Lsn durable_{0};  // the writer's
};

// The writer gives up: who waits is told, and sees why.
class WriterFails final : public Scene {
 public:
  std::size_t threads() const override { return 3; }
  void run(std::size_t thread) override {
    if (thread == 0) {
      rounds_.begin_round();
      why_ = 7;
      rounds_.fail();
    } else if (thread == 1) {
      require(!rounds_.wait_durable(Lsn{1}, -1), "durable, though the writer failed");
      require(rounds_.failed() && why_ == 7, "failed, and nobody knows why");
    } else if (rounds_.failed()) {
      require(why_ == 7, "failed, and nobody knows why");
    }
  }

 private:
  journal::Rounds rounds_;
  std::uint64_t why_{0};
};

}  // namespace

std::unique_ptr<Scene> writer_fails() {
  return std::make_unique<WriterFails>();
}
std::unique_ptr<Scene> published_records() {
  return std::make_unique<PublishedRecords>();
}
std::unique_ptr<Scene> rounds_asked_for() {
  return std::make_unique<RoundsAskedFor>();
}

}  // namespace janji::interleavings
