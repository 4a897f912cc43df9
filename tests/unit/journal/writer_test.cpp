// The writer against a store that can fail, and rounds against threads that wait.
#include <chrono>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "journal/writer.hpp"
#include "store/memory_store.hpp"
#include "support/forwarding_journal.hpp"

using namespace janji;
using journal::RecordBlock;
using journal::Writer;

namespace {

// Passes everything on, until told to fail.
class FailingStore final : public test::ForwardingJournal {
 public:
  using ForwardingJournal::ForwardingJournal;
  bool fail_append{false}, fail_commit{false};
  int commits{0};
  std::thread::id committed_by, abandoned_by;

  Result<std::span<std::byte>> append(Lsn first, std::size_t size) override {
    if (fail_append) return Error{Code::io_error, "no room for a chunk"};
    return ForwardingJournal::append(first, size);
  }
  Status commit(bool sync) override {
    ++commits;
    committed_by = std::this_thread::get_id();
    if (fail_commit) return Error{Code::io_error, "the disk is gone"};
    return ForwardingJournal::commit(sync);
  }
  void abandon() noexcept override {
    abandoned_by = std::this_thread::get_id();
    ForwardingJournal::abandon();
  }
};

// Notes what is given back, and what was durable then.
class Notes final : public journal::RoundWork {
 public:
  Notes(journal::RecordBlocks& blocks, journal::Rounds& rounds)
      : blocks_(blocks), rounds_(rounds) {}
  void fall_due(LedgerTime, std::size_t budget) noexcept override { budgets.push_back(budget); }
  std::span<const std::byte> details(const RecordBlock&) const noexcept override { return {}; }
  std::size_t gone(const RecordBlock&, Lsn, std::span<Lsn, kGoneMax>) const noexcept override {
    return 0;
  }
  void prefetch_far(const RecordBlock&) const noexcept override {}
  void prefetch(const RecordBlock&) const noexcept override {}
  void give_back(Lsn lsn, std::uint32_t block) noexcept override {
    if (rounds_.durable() >= lsn) durable_too_soon = true;
    given_back.push_back(lsn.value);
    blocks_.give_back(block);
  }
  void end_round() noexcept override { blocks_.end_round(); }
  void failed(const Error& error) noexcept override {
    if (rounds_.failed()) told_too_late = true;
    failures.push_back(error.code);
  }
  std::int64_t sleep_ms() const noexcept override { return 1000; }

  std::vector<std::uint64_t> given_back;
  std::vector<std::size_t> budgets;
  std::vector<Code> failures;
  bool durable_too_soon{false};
  bool told_too_late{false};

 private:
  journal::RecordBlocks& blocks_;
  journal::Rounds& rounds_;
};

struct Bench {
  Bench() = default;
  explicit Bench(const journal::WriterSettings& wanted) : settings(wanted) {}

  store::MemoryFactory disk;
  std::unique_ptr<store::Stores> stores{disk.open({}).value()};
  FailingStore store{stores->journal()};
  journal::RecordBlocks blocks{2048, 32, false};
  journal::PublishList list;
  journal::Rounds rounds;
  Notes notes{blocks, rounds};
  base::TimeKeeper time{system_clock()};
  journal::WriterSettings settings;
  Writer writer{store, blocks, list, rounds, notes, time, settings};

  // An epoch first, as every journal begins.
  Lsn publish(std::uint32_t index, bool epoch = false) {
    RecordBlock& block = blocks[index];
    if (epoch) {
      block.begin<record::Epoch>().number = 1;
    } else {
      block.begin<record::Tick>().ledger_ms = 1;
    }
    block.slot = block.place = block.operation = block.details = journal::kNoIndex;
    return list.publish(blocks, index);
  }
};

}  // namespace

TEST_CASE("a round commits once, gives back in order, and only then says durable") {
  Bench bench;
  bench.publish(0, true);
  for (std::uint32_t i = 1; i < 100; ++i) bench.publish(i);
  CHECK(bench.writer.step());
  CHECK(bench.store.commits == 1);
  CHECK(bench.rounds.durable() == Lsn{100});
  CHECK_FALSE(bench.notes.durable_too_soon);
  REQUIRE(bench.notes.given_back.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) CHECK(bench.notes.given_back[i] == i + 1);
  CHECK_FALSE(bench.writer.step());
  CHECK(bench.store.commits == 1);
  CHECK(bench.rounds.completed() == 2);
}

TEST_CASE("what falls due gets a third of a round's room, as the last one was") {
  Bench bench;
  bench.publish(0, true);
  for (std::uint32_t i = 1; i < 1500; ++i) bench.publish(i);
  CHECK(bench.writer.step());
  CHECK_FALSE(bench.writer.step());
  CHECK_FALSE(bench.writer.step());
  CHECK(bench.notes.budgets == std::vector<std::size_t>{256, 500, 256});
}

TEST_CASE("relaxed rounds are flushed before their time when too much waits") {
  journal::WriterSettings settings;
  settings.durability = Durability::relaxed;
  settings.flush_ms = 3'600'000;
  settings.unflushed_bytes_max = 4096;
  Bench bench(settings);
  bench.publish(0, true);
  REQUIRE(bench.writer.step());  // not on the writer's own thread: an opening's, flushed
  REQUIRE(bench.rounds.durable() == Lsn{1});
  bench.writer.start();
  const auto wait_for = [&](const auto& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return done();
  };
  const auto publish = [&](std::uint32_t index) {
    const std::uint64_t rounds = bench.rounds.completed();
    bench.publish(index);
    bench.rounds.wake_if_idle();
    REQUIRE(wait_for([&] { return bench.rounds.completed() > rounds + 1; }));
  };
  publish(1);
  CHECK(bench.rounds.durable() == Lsn{1});  // little waits, and it isn't time
  for (std::uint32_t i = 2; i < 200 && bench.rounds.durable() == Lsn{1}; ++i) publish(i);
  CHECK(bench.rounds.durable() > Lsn{10});
  CHECK(bench.rounds.durable() < Lsn{100});
  bench.writer.stop();
}

TEST_CASE("what the state has is trimmed without records beside it when room is short") {
  Bench bench;
  Lsn keep_from{0};
  bool room_is_low = true;
  bench.writer.set_trim([&] { return keep_from; }, [&] { return room_is_low; });
  const auto first = [&] { return bench.store.bounds().value().first; };
  // A hundred chunks of few records, and many more records than one chunk could have.
  std::uint32_t round = 0;
  Lsn last;
  for (; last.value < 25'000; ++round) {
    for (std::uint32_t i = 0; i < 250; ++i) last = bench.publish(i, round == 0 && i == 0);
    REQUIRE(bench.writer.step());
  }
  REQUIRE(first() == Lsn{1});
  CHECK_FALSE(bench.writer.step());

  keep_from = Lsn{100};  // a few: not worth a commit
  CHECK_FALSE(bench.writer.step());
  CHECK(first() == Lsn{1});

  keep_from = Lsn{last.value + 1};
  room_is_low = false;
  CHECK_FALSE(bench.writer.step());
  CHECK(first() == Lsn{1});

  room_is_low = true;
  const Lsn durable = bench.rounds.durable();
  int rounds = 0;
  while (bench.writer.step()) ++rounds;
  CHECK(rounds == 2);  // 64 chunks, and the rest but for what the next record trims
  CHECK(first() > Lsn{20'000});
  CHECK(bench.rounds.durable() == durable);
  const int commits = bench.store.commits;
  CHECK_FALSE(bench.writer.step());
  CHECK(bench.store.commits == commits);

  // And the journal goes on where it was.
  bench.publish(0);
  CHECK(bench.writer.step());
  CHECK(bench.rounds.durable() == Lsn{durable.value + 1});
}

TEST_CASE("after a failed commit nothing is given back and nothing becomes durable") {
  Bench bench;
  bench.publish(0, true);
  REQUIRE(bench.writer.step());
  bench.publish(1);
  SECTION("the commit fails") {
    bench.store.fail_commit = true;
  }
  SECTION("a chunk can't be placed") {
    bench.store.fail_append = true;
  }
  CHECK_FALSE(bench.writer.step());
  CHECK(bench.rounds.failed());
  CHECK(bench.writer.failure().code == Code::io_error);
  CHECK(bench.notes.failures == std::vector{Code::io_error});
  CHECK_FALSE(bench.notes.told_too_late);
  CHECK(bench.rounds.durable() == Lsn{1});
  CHECK(bench.notes.given_back.size() == 1);
  CHECK_FALSE(bench.rounds.wait_durable(Lsn{2}, -1));  // returns, though nothing will come
  const int commits = bench.store.commits;
  bench.store.fail_commit = bench.store.fail_append = false;
  bench.writer.start();  // ends by itself: a failed writer never tries again
  bench.writer.stop();
  CHECK(bench.store.commits == commits);
}

TEST_CASE("the thread that began a round gives it up when it fails") {
  Bench bench;
  bench.store.fail_commit = true;
  bench.writer.start();
  bench.publish(0, true);
  bench.rounds.wake_if_idle();
  CHECK_FALSE(bench.rounds.wait_durable(Lsn{1}, 10'000));
  bench.writer.stop();
  CHECK(bench.store.abandoned_by == bench.store.committed_by);
  CHECK(bench.store.abandoned_by != std::this_thread::get_id());
  CHECK(bench.store.begin().code() == Code::outcome_unknown);
}

TEST_CASE("whoever waits for a round or an LSN is woken, however idle the writer is") {
  Bench bench;
  bench.writer.start();
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Lsn lsn = bench.publish(i, i == 0);
    bench.rounds.wake_if_idle();
    REQUIRE(bench.rounds.wait_durable(lsn, 10'000));
    REQUIRE(bench.rounds.wait_round(bench.rounds.next_round(), 10'000));
  }
  std::vector<std::thread> threads;
  std::atomic<int> late{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        if (!bench.rounds.wait_round(bench.rounds.next_round(), 10'000)) ++late;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(late == 0);
  bench.writer.stop();
}

TEST_CASE("stopping finishes what was published") {
  Bench bench;
  bench.writer.start();
  Lsn last;
  for (std::uint32_t i = 0; i < 256; ++i) last = bench.publish(i, i == 0);
  bench.writer.stop();
  CHECK(bench.rounds.durable() == last);
  CHECK(bench.notes.given_back.size() == 256);
}

TEST_CASE("listeners hear of every round until they are removed") {
  struct Ear final : ProgressListener {
    void on_progress(const Progress& progress) noexcept override { heard.push_back(progress); }
    std::vector<Progress> heard;
  } ear;
  Bench bench;
  bench.writer.listeners().add(ear);
  bench.publish(0, true);
  bench.writer.step();
  REQUIRE(ear.heard.size() == 1);
  CHECK(ear.heard[0].durable == Lsn{1});
  bench.store.fail_commit = true;
  bench.publish(1);
  bench.writer.step();
  REQUIRE(ear.heard.size() == 2);
  CHECK(ear.heard[1].failed);
  CHECK(ear.heard[1].durable == Lsn{1});
  bench.writer.listeners().remove(ear);
  bench.writer.step();
  CHECK(ear.heard.size() == 2);
}
