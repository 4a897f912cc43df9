// Whoever can sell seats, seen from a bench.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <janji/decision.hpp>
#include <janji/options.hpp>

#include "world.hpp"

namespace janji::bench {

// What a caller was told.
struct Tally {
  std::uint64_t granted{0}, full{0}, other{0};
  std::uint64_t waits{0}, overloads{0};  // asked again: met something in flight; no room
  Code last_other{Code::ok};

  void count(const Decision& decision) {
    if (decision.verdict == Verdict::granted) {
      ++granted;
    } else if (decision.code == Code::slot_full) {
      ++full;
    } else {
      ++other;
      last_other = decision.code;
    }
  }
  void add(const Tally& more) {
    granted += more.granted;
    full += more.full;
    other += more.other;
    waits += more.waits;
    overloads += more.overloads;
    if (more.other != 0) last_other = more.last_other;
  }
};

// Which requests a thread makes.
struct Stretch {
  const Script* script{nullptr};
  std::uint32_t thread{0};
  std::uint64_t from{0}, count{0};
  int ahead{0};  // claims prepared ahead
  // 0: claims only. Else each claim's booking is cancelled so many claims later, the rest at the
  // end, and whoever finds the slot full waits until something was given back.
  std::uint64_t cancelled{0};
};

class Contestant {
 public:
  virtual ~Contestant() = default;

  // From any thread, one at a time for each thread number. The stretch is answered when it
  // returns, not necessarily committed.
  virtual void claim(const Stretch& stretch, Tally& tally) = 0;
  // Everything answered is committed and given back.
  virtual void settle() = 0;
  virtual std::uint64_t commits() const = 0;

  // ---- for audits; settled ----

  virtual std::uint64_t live() const = 0;  // bookings
  // Seats taken in each of the world's slots, in the order of World::slot(). Empty: can't say.
  virtual std::vector<std::uint32_t> taken() const = 0;
};

enum class Medium {
  gated,  // nothing is committed but when the gate is opened: the decisions alone
  null,   // records are laid down in chunks, which are dropped: all but the disk
  disk,   // LMDB
};
const char* to_string(Medium medium);

struct Setup {
  const World* world{nullptr};
  Options options;
  StoreFactory* store{nullptr};  // of the medium
  Medium medium{Medium::disk};
  std::uint32_t callers{1};
};

struct Rival {
  std::string name;
  std::function<std::unique_ptr<Contestant>(const Setup&)> make;
};

std::unique_ptr<Contestant> make_engine(const Setup& setup);
std::unique_ptr<Contestant> make_mutex(const Setup& setup);           // std::mutex
std::unique_ptr<Contestant> make_spinning_mutex(const Setup& setup);  // spins, then sleeps
std::unique_ptr<Contestant> make_owner(const Setup& setup);
std::unique_ptr<Contestant> make_bare(const Setup& setup);  // disk only

}  // namespace janji::bench
