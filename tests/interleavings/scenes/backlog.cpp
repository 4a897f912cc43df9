// The checkpointing thread's sleep. The world wakes nobody by time: a wake-up that is lost is
// found.
#include "state/backlog.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

constexpr std::uint64_t kStart = 2;

// As CheckpointThread, but that a step is a look at what the writer wrote.
class Backlogged : public Scene {
 public:
  std::size_t threads() const override { return 2; }

 protected:
  // The writer's, told of by notify().
  void write(std::uint64_t lsn) {
    written_[lsn] = lsn;
    backlog_.notify(Lsn{lsn}, Lsn{applied_.load(std::memory_order_acquire)});
  }
  // Until all up to `last` is applied but what isn't worth a step, or it is stopped.
  void checkpoint(std::uint64_t last) {
    std::uint64_t applied = 0;
    while (last - applied >= kStart) {
      const state::Backlog::Need need = backlog_.await(Lsn{applied});
      if (need == state::Backlog::Need::nothing) break;
      const std::uint64_t durable = backlog_.durable().value;
      const bool is_finished = need == state::Backlog::Need::finish && durable == applied;
      require(is_finished || need == state::Backlog::Need::finish || durable - applied >= kStart,
              "woken for nothing");
      for (std::uint64_t lsn = applied + 1; lsn <= durable; ++lsn) {
        require(written_[lsn] == lsn, "notified of, and not there");
      }
      applied = durable;
      applied_.store(applied, std::memory_order_release);
      if (is_finished) break;
    }
  }

  state::Backlog backlog_{Lsn{0}, kStart, system_threads()};
  std::atomic<std::uint64_t> applied_{0};
  static constexpr std::uint64_t kLast = 5;
  std::uint64_t written_[kLast + 1]{};
};

class BacklogGrows final : public Backlogged {
 public:
  void run(std::size_t thread) override {
    if (thread == 0) {
      checkpoint(kLast);
      return;
    }
    for (std::uint64_t lsn = 1; lsn <= kLast; ++lsn) write(lsn);
  }
  void finish() override {
    require(kLast - applied_.load(std::memory_order_relaxed) < kStart, "a backlog was left");
  }
};

// The owner stops it when the writer has ended: all is applied that it was notified of before.
class BacklogStopped final : public Backlogged {
 public:
  void run(std::size_t thread) override {
    if (thread == 0) {
      checkpoint(UINT64_MAX);
      return;
    }
    write(1);
    backlog_.stop(true);
  }
  void finish() override {
    require(applied_.load(std::memory_order_relaxed) == 1, "stopped, and not finished");
  }
};

// Stopped without: it ends, and what it applied is whole.
class BacklogAbandoned final : public Backlogged {
 public:
  void run(std::size_t thread) override {
    if (thread == 0) {
      checkpoint(UINT64_MAX);
      ended_ = true;
      return;
    }
    write(1);
    write(2);
    backlog_.stop(false);
  }
  void finish() override {
    require(ended_, "stopped, and not ended");
    const std::uint64_t applied = applied_.load(std::memory_order_relaxed);
    require(applied == 0 || applied == 2, "a step of less than is worth it");
  }

 private:
  bool ended_{false};
};

// Little is written, and wanted all the same; then the files are to be written anew.
class BacklogAsked final : public Backlogged {
 public:
  void run(std::size_t thread) override {
    if (thread != 0) {
      backlog_.want(Lsn{1});
      write(1);
      covered_ = 1;
      backlog_.ask_compaction(Lsn{1});
      return;
    }
    std::uint64_t applied = 0;
    bool compacted = false;
    while (applied == 0 || !compacted) {
      const state::Backlog::Need need = backlog_.await(Lsn{applied});
      if (need == state::Backlog::Need::compact) {
        require(backlog_.compaction().value == covered_, "asked for something else");
        backlog_.end_compaction();
        compacted = true;
      } else {
        require(need == state::Backlog::Need::work, "nobody stops it");
        applied = backlog_.durable().value;
        require(applied == 1 && written_[1] == 1, "woken for nothing");
      }
    }
    done_ = true;
  }
  void finish() override { require(done_, "something was left"); }

 private:
  std::uint64_t covered_{0};
  bool done_{false};
};

}  // namespace

std::unique_ptr<Scene> backlog_asked() {
  return std::make_unique<BacklogAsked>();
}
std::unique_ptr<Scene> backlog_grows() {
  return std::make_unique<BacklogGrows>();
}
std::unique_ptr<Scene> backlog_stopped() {
  return std::make_unique<BacklogStopped>();
}

std::unique_ptr<Scene> backlog_abandoned() {
  return std::make_unique<BacklogAbandoned>();
}

}  // namespace janji::interleavings
