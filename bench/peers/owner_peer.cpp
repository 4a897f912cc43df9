#include "peers/owner_peer.hpp"

#include <algorithm>

#include <janji/check.hpp>
#include <janji/clock.hpp>

namespace janji::bench::peers {

namespace {

constexpr std::uint64_t kAtOnce = 32;  // requests whose memory is fetched together
constexpr std::size_t kSweepAtOnce = 4096;

base::TimeKeeper started_clock() {
  base::TimeKeeper made(system_clock());
  made.start(LedgerTime{0});
  return made;
}

}  // namespace

OwnerPeer::OwnerPeer(const Options& options, store::JournalStore& store, std::uint64_t seed,
                     std::uint32_t callers)
    : time_(started_clock()), ledger_(options, seed, time_.ledger_now()), chunks_(store) {
  for (std::uint32_t i = 0; i < callers; ++i) ports_.push_back(std::make_unique<Port>(*this));
  owner_ = std::thread([this] { own(); });
}

OwnerPeer::~OwnerPeer() {
  stop();
}

void OwnerPeer::start_writer() {
  writer_ = std::thread([this] {
    const RecordRing& ring = ledger_.ring();
    while (!stop_.load(std::memory_order_seq_cst)) {
      writer_bell_.wait([&] {
        return ring.published() != ring.committed() || stop_.load(std::memory_order_seq_cst);
      });
      while (step()) {
      }
    }
  });
}

void OwnerPeer::stop() {
  if (stop_.exchange(true, std::memory_order_seq_cst)) return;
  owner_bell_.ring();
  writer_bell_.ring();
  owner_.join();
  if (writer_.joinable()) writer_.join();
}

bool OwnerPeer::settled() const noexcept {
  return given_back_shown_.load(std::memory_order_acquire) == ledger_.ring().published().value;
}

bool OwnerPeer::step() noexcept {
  const Lsn before = ledger_.ring().committed();
  const Result<Lsn> written = chunks_.write(ledger_.ring(), time_.ledger_now());
  JANJI_CHECK(written.ok());
  if (*written == before) return false;
  ledger_.ring().set_committed(*written);
  owner_bell_.ring();
  return true;
}

bool OwnerPeer::work_waits() const noexcept {
  if (stop_.load(std::memory_order_seq_cst)) return true;
  if (ledger_.ring().committed() != given_back_) return true;
  if (ledger_.ring().full()) return false;
  return std::any_of(ports_.begin(), ports_.end(), [](const auto& port) {
    return port->visible_.load(std::memory_order_seq_cst) !=
           port->done_.load(std::memory_order_relaxed);
  });
}

void OwnerPeer::own() noexcept {
  while (!stop_.load(std::memory_order_relaxed)) {
    bool any = look_after();
    for (const auto& port : ports_) any = serve(*port) || any;
    if (!any) owner_bell_.wait([this] { return work_waits(); });
  }
}

// Decides what waits at one port. False: nothing did, or there is no room.
bool OwnerPeer::serve(Port& port) noexcept {
  const std::uint64_t done = port.done_.load(std::memory_order_relaxed);
  const std::uint64_t waiting =
      std::min(port.visible_.load(std::memory_order_acquire) - done, kAtOnce);
  if (waiting == 0 || ledger_.ring().full()) return false;
  const Moment now{time_.ledger_now(), time_.civil_now()};
  for (std::uint64_t i = 0; i < waiting; ++i) {
    const Port::Entry& entry = port.ring_[(done + i) % kRing];
    if (entry.why == Code::ok) ledger_.prefetch(entry.task);
  }
  std::uint64_t served = 0;
  for (; served < waiting && !ledger_.ring().full(); ++served) {
    Port::Entry& entry = port.ring_[(done + served) % kRing];
    entry.decision = entry.why == Code::ok
                         ? ledger_.claim(entry.task, now)
                         : Decision{Verdict::refused, entry.why, false, {}, {}, 0};
  }
  ledger_.ring().publish(std::memory_order_seq_cst);
  writer_bell_.ring();
  port.done_.store(done + served, std::memory_order_seq_cst);
  port.bell_.ring();
  return true;
}

// Gives back what was committed, and lets holds fall due. False: there was nothing to do.
bool OwnerPeer::look_after() noexcept {
  const LedgerTime now = time_.ledger_now();
  if (now.value / 1000 != swept_s_) {
    swept_s_ = now.value / 1000;
    ledger_.sweep({now, time_.civil_now()}, kSweepAtOnce);
    ledger_.ring().publish(std::memory_order_seq_cst);
    writer_bell_.ring();
  }
  const Lsn committed = ledger_.ring().committed();
  if (committed == given_back_) return false;
  while (!ledger_.give_back(committed, kSweepAtOnce, now)) {
  }
  given_back_ = committed;
  given_back_shown_.store(committed.value, std::memory_order_release);
  return true;
}

}  // namespace janji::bench::peers
