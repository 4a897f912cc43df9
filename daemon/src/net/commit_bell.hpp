// Brings the engine's progress to the io threads: once a commit and thread, not once a request.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include <janji/engine.hpp>

namespace janjid {

// Listens to the engine and rings for those who asked to be woken.
//
// Concurrency: on_progress() runs on the engine's writer; everything else may be called by any
// thread, but ears are added before the bell hears the engine.
//
// No wake-up is lost: the writer raises the progress, then takes the ear's wish; an io thread
// states its wish, then loads the progress. All four are sequentially consistent, so at least one
// of the two sees the other: either the ear is rung, or it sees the progress itself.
class CommitBell final : public janji::ProgressListener {
 public:
  class Ear {
   public:
    virtual ~Ear() = default;
    // There is progress since the wish. On the writer's thread: must only post.
    virtual void ring() noexcept = 0;

   private:
    friend class CommitBell;
    std::atomic<bool> wish_{false};
  };

  void add(Ear& ear) { ears_.push_back(&ear); }
  // What was durable before the engine knew of this listener. Call it after add_listener(): the
  // greater of this and what the writer says counts, whichever comes first.
  void begin(janji::Lsn durable) noexcept;

  void on_progress(const janji::Progress& progress) noexcept override;

  // The latest progress. Each of its parts only grows; together they are no single moment.
  janji::Progress latest() const noexcept;

  // `ear` wants to be rung once, at the next progress. Look at latest() after the call.
  void wish(Ear& ear) noexcept;

 private:
  static void raise(std::atomic<std::uint64_t>& cell, std::uint64_t value) noexcept;

  std::vector<Ear*> ears_;
  std::atomic<std::uint64_t> durable_{0};
  std::atomic<std::uint64_t> rounds_{0};
  std::atomic<bool> failed_{false};
};

}  // namespace janjid
