// The same semantics behind a mutex, and on a thread of its own.
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "contestant.hpp"
#include "drive.hpp"
#include "peers/locks.hpp"
#include "peers/mutex_peer.hpp"
#include "peers/owner_peer.hpp"
#include "store/store_factory.hpp"

namespace janji::bench {

namespace {

using peers::MutexPeer;
using peers::OwnerPeer;

std::unique_ptr<store::Stores> open_stores(const Setup& setup) {
  StoreFactory& factory = setup.store != nullptr ? *setup.store : store::lmdb_factory();
  auto opened = factory.open(
      {setup.options.directory, setup.options.journal_map_bytes, std::size_t{64} << 20});
  if (!opened.ok()) {
    std::fprintf(stderr, "stores: %s\n", opened.error().detail.c_str());
    std::exit(1);
  }
  return std::move(*opened);
}

std::vector<std::uint32_t> taken_in(const peers::PlainLedger& ledger, const World& world) {
  std::vector<std::uint32_t> made;
  for (std::uint64_t i = 0; i < world.slots(); i += world.per_day) {
    const SlotKey first = world.slot(i);
    ledger::DayView view;
    JANJI_CHECK(ledger.day_table().find(first.lane(), first.day(), view));
    for (std::uint32_t s = 0; s < world.per_day; ++s) {
      made.push_back(ledger.taken(view.first_slot + s));
    }
  }
  return made;
}

template <class Lock>
struct MutexHouse {
  MutexPeer<Lock>& peer;

  Decision try_claim(const ClaimRequest& request, Patience& patience) {
    return peer.try_claim(request, patience);
  }
  Decision try_cancel(const CancelRequest& request, Patience& patience) {
    return peer.try_cancel(request, patience);
  }
  void prepare(const ClaimRequest& request) { peer.prepare(request); }
  void wait(std::uint64_t round) { peer.wait_round(round); }
  void wait_for_room(Lsn last) {
    const Lsn durable = peer.durable();
    if (durable < last) {
      peer.wait_durable(Lsn{durable.value + 1});
    } else {
      peer.wait_round(peer.next_round());
    }
  }
};

template <class Lock>
class MutexContestant final : public Contestant {
 public:
  explicit MutexContestant(const Setup& setup)
      : world_(*setup.world),
        stores_(open_stores(setup)),
        peer_(setup.options, stores_->journal(), setup.options.seed) {
    commits_before_ = peer_.commits();
    peer_.start();
  }
  ~MutexContestant() override { peer_.stop(); }

  void claim(const Stretch& stretch, Tally& tally) override {
    MutexHouse<Lock> house{peer_};
    drive(house, stretch, tally);
  }
  void settle() override { peer_.wait_round(peer_.next_round()); }
  std::uint64_t commits() const override { return peer_.commits() - commits_before_; }
  std::uint64_t live() const override { return peer_.ledger().in_use(); }
  std::vector<std::uint32_t> taken() const override { return taken_in(peer_.ledger(), world_); }

 private:
  const World& world_;
  std::unique_ptr<store::Stores> stores_;
  MutexPeer<Lock> peer_;
  std::uint64_t commits_before_{0};
};

class OwnerContestant final : public Contestant {
 public:
  explicit OwnerContestant(const Setup& setup)
      : world_(*setup.world),
        stores_(open_stores(setup)),
        peer_(setup.options, stores_->journal(), setup.options.seed, setup.callers) {
    peer_.start_writer();
    settle();
    commits_before_ = peer_.commits();
  }
  ~OwnerContestant() override { peer_.stop(); }

  void claim(const Stretch& stretch, Tally& tally) override {
    JANJI_CHECK(stretch.cancelled == 0);
    OwnerPeer::Port& port = peer_.port(stretch.thread);
    const auto answered = [&](const Decision& decision) { tally.count(decision); };
    ClaimRequest request;
    for (std::uint64_t k = stretch.from; k < stretch.from + stretch.count; ++k) {
      stretch.script->make(stretch.thread, k, request);
      port.submit(request, answered);
    }
    port.finish(answered);
  }
  void settle() override {
    while (!peer_.settled()) std::this_thread::yield();
  }
  std::uint64_t commits() const override { return peer_.commits() - commits_before_; }
  std::uint64_t live() const override { return peer_.ledger().in_use(); }
  std::vector<std::uint32_t> taken() const override { return taken_in(peer_.ledger(), world_); }

 private:
  const World& world_;
  std::unique_ptr<store::Stores> stores_;
  OwnerPeer peer_;
  std::uint64_t commits_before_{0};
};

}  // namespace

std::unique_ptr<Contestant> make_mutex(const Setup& setup) {
  return std::make_unique<MutexContestant<std::mutex>>(setup);
}
std::unique_ptr<Contestant> make_spinning_mutex(const Setup& setup) {
  return std::make_unique<MutexContestant<peers::SpinThenSleepLock>>(setup);
}
std::unique_ptr<Contestant> make_owner(const Setup& setup) {
  return std::make_unique<OwnerContestant>(setup);
}

}  // namespace janji::bench
