#include "support/engine_check.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "ledger/details_buffers.hpp"
#include "model/compare.hpp"
#include "model/names.hpp"

namespace janji::test {
namespace {

constexpr int kRoundsMax = 1000;
constexpr auto kPatience = std::chrono::seconds(20);  // far longer than anything here takes

std::string compare_details(const Engine& engine, const model::ModelBooking& booking,
                            const store::JournalStore& journal) {
  if (booking.details_size == 0) return {};
  const auto have = engine.details(booking.id);
  if (!have.ok()) return model::name(booking.id) + ", its details: " + have.error().detail;
  const auto want = journal.details(booking.details_lsn);
  if (!want.ok()) return want.error().detail;
  if (!std::equal(have->begin(), have->end(), want->begin() + ledger::kDetailsSalt, want->end())) {
    return model::name(booking.id) + " has other details than it was given";
  }
  return {};
}

std::string compare_slots(const Engine& engine, const model::LedgerModel& ledger) {
  std::array<SlotAvailability, 64> slots;
  std::size_t seen = 0;
  for (const auto& [day, archived] : ledger.days()) {
    const std::size_t many = engine.slots(day.first, day.second, slots);
    seen += many;
    for (std::size_t i = 0; i < many; ++i) {
      const model::ModelSlot* wanted = ledger.find_slot(slots[i].slot);
      if (wanted == nullptr) return model::name(slots[i].slot) + " was never opened";
      const std::uint32_t free = wanted->closed ? 0 : wanted->free();
      if (slots[i].free != free) {
        return model::name(slots[i].slot) + " has " + std::to_string(slots[i].free) +
               " seats free, not " + std::to_string(free);
      }
    }
  }
  if (seen != ledger.slots().size()) return "there are slots missing";
  return {};
}

}  // namespace

std::string wait_for_checkpoint(const Engine& engine, std::uint64_t backlog) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    if (engine.health() == Health::failed) return "it failed: " + engine.last_problem();
    const Counters counters = engine.counters();
    if (counters.durable.value - counters.applied.value < backlog) return {};
    if (std::chrono::steady_clock::now() > end) {
      return "the checkpointer doesn't come to rest: " + engine.last_problem();
    }
    std::this_thread::yield();
  }
}

std::string come_to_rest(Engine& engine, std::uint64_t backlog) {
  int quiet = 0;
  for (int round = 0; round < kRoundsMax; ++round) {
    if (std::string words = wait_for_checkpoint(engine, backlog); !words.empty()) return words;
    const Lsn before = engine.durable_lsn();
    if (const Status settled = engine.settle(); !settled.ok()) {
      return std::string("settling: ") + to_string(settled.code()) + ", " + settled.error().detail;
    }
    quiet = engine.durable_lsn() == before ? quiet + 1 : 0;
    if (quiet == 2) return {};
  }
  return "it doesn't come to rest";
}

std::string compare(Engine& engine, const model::LedgerModel& ledger,
                    const store::JournalStore& journal) {
  if (const model::Finding finding = ledger.audit()) return model::to_string(*finding);
  if (std::string words = model::compare_bookings(engine, ledger); !words.empty()) return words;
  for (const auto& [id, wanted] : ledger.bookings()) {
    if (std::string words = compare_details(engine, wanted, journal); !words.empty()) return words;
  }
  // By which a finished day is archived.
  const std::uint64_t in_days = engine.counters().bookings_in_days;
  if (in_days != ledger.bookings().size()) {
    return std::to_string(in_days) + " bookings are counted in days, not " +
           std::to_string(ledger.bookings().size());
  }
  return compare_slots(engine, ledger);
}

}  // namespace janji::test
