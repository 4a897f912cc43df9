// Notes what reaches the disk, call by call, and takes images on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <janji/types.hpp>

#include "model/random.hpp"
#include "power/shadow.hpp"
#include "support/disk/disk_watch.hpp"

namespace janji::power {

// What the disk leaves out without saying so: to it the same as a program that doesn't ask.
struct Lies {
  bool syncs{false};        // fsync and fdatasync of files do nothing
  bool through{false};      // O_DSYNC is an open like any other
  bool directories{false};  // fsync of directories does nothing
};

// A loss of power.
struct Moment {
  std::uint64_t call{0};  // its number among those that change anything
  Image image;
  Lsn acknowledged;  // what had been called durable
  std::int64_t civil_ms{0};
};

// What the world outside of the disk is like now; asked before the disk is looked at, so that the
// disk can only have more than what was promised by then.
struct Outside {
  Lsn acknowledged;
  std::int64_t civil_ms{0};
};

class PowerWatch final : public disk::Watcher {
 public:
  // An image is taken before a call, or rather in the middle of it, and after it, each with the
  // chance of `permille`; what it holds is drawn from the same `random`.
  PowerWatch(const std::filesystem::path& root, Lies lies, model::Random random, int permille,
             std::function<Outside()> outside);

  // The process is killed in the middle of this call, counted from now on: what it had written by
  // then stays in the kernel's cache, and no sync of it ever returned. Every later call fails,
  // until the next process is there.
  // With `in`: counted are the writes through to this file below the root only.
  void kill_at(std::uint64_t call, const std::string& in);
  bool killed() const;
  void begin_anew();

  disk::Ruling before(const disk::Call& call) override;
  void after(const disk::Call& call, std::int64_t result) override;

  // When no thread is at a file any more.
  std::vector<Moment>& moments() { return moments_; }
  std::uint64_t calls() const { return calls_; }
  // Of all calls, their order included: the same for two runs that did the same.
  std::uint64_t trace() const { return trace_; }

 private:
  Shadow::Ticket begin(const disk::Call& call);
  void note(const disk::Call& call);
  bool is_last(const disk::Call& call);
  void take_one();

  const std::size_t root_size_;
  const Lies lies_;
  const int permille_;
  const std::function<Outside()> outside_;

  mutable std::mutex mutex_;  // for everything below
  model::Random random_;
  Shadow shadow_;
  std::map<std::thread::id, Shadow::Ticket> open_;  // calls that haven't returned
  std::uint64_t calls_{0};
  std::uint64_t trace_{0};
  std::uint64_t calls_left_{0};  // of this process; 0: it isn't known
  std::string counted_;          // of writes through to this file; empty: of all
  bool killed_{false};
  std::vector<Moment> moments_;
};

}  // namespace janji::power
