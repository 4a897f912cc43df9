#include "peers/bare_limit.hpp"

#include <algorithm>

#include "journal/chunk.hpp"

namespace janji::bench::peers {

BareLimit::BareLimit(const std::filesystem::path& file, std::size_t map_bytes, std::uint64_t slots,
                     std::uint32_t capacity, std::size_t ring_cells, bool huge_pages)
    : slots_(slots, huge_pages),
      capacity_(capacity),
      ring_(ring_cells, huge_pages),
      lmdb_(file, map_bytes) {
  writer_ = std::thread([this] { run(); });
}

BareLimit::~BareLimit() {
  stop();
}

void BareLimit::stop() {
  if (!writer_.joinable()) return;
  rounds_.stop();
  writer_.join();
}

void BareLimit::run() noexcept {
  for (;;) {
    if (step()) continue;
    if (rounds_.stopped()) return;
    rounds_.idle([this] { return ring_.published() != ring_.committed(); }, 1000);
  }
}

bool BareLimit::step() noexcept {
  constexpr std::uint64_t kRecords = journal::kChunkRecordBytesMax / sizeof(record::Claim);
  rounds_.begin_round();
  Lsn at = ring_.committed();
  const Lsn last = ring_.published();
  if (at != last) {
    lmdb_.begin();
    while (at < last) {
      const std::uint64_t many = std::min(kRecords, last.value - at.value);
      std::byte* room = lmdb_.append(at.value + 1, many * sizeof(record::Claim));
      for (std::uint64_t i = 0; i < many; ++i) {
        std::memcpy(room + i * sizeof(record::Claim), &ring_.at(Lsn{++at.value}),
                    sizeof(record::Claim));
      }
    }
    lmdb_.commit();
    ring_.set_committed(last);
  }
  rounds_.end_round(last, last);
  return ring_.published() != last;
}

std::vector<std::uint32_t> BareLimit::taken() const {
  std::vector<std::uint32_t> made(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    made[i] = static_cast<std::uint32_t>(slots_[i].load(std::memory_order_relaxed));
  }
  return made;
}

std::uint64_t BareLimit::sold() const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    sum += slots_[i].load(std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace janji::bench::peers
