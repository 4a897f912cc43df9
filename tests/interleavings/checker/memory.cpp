#include "checker/memory.hpp"

#include <algorithm>
#include <cstring>

namespace janji::interleavings {

namespace {

bool acquires(std::memory_order order) {
  return order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}
bool releases(std::memory_order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

void join(Clock& into, const Clock& other) {
  for (std::size_t t = 0; t < kThreadsMax; ++t) into[t] = std::max(into[t], other[t]);
}

}  // namespace

void Memory::begin(const std::byte* base, std::size_t bytes) {
  for (std::size_t i = 0; i < used_; ++i) {
    if (base_ != nullptr) {
      const auto* at = static_cast<const std::byte*>(locations_[i]->at);
      index_[static_cast<std::size_t>(at - base_)] = 0;
    }
  }
  used_ = 0;
  base_ = base;
  bytes_ = bytes;
  index_.resize(bytes);
  granules_.resize(bytes / kGranule + 1);
  ++execution_;
  clock_ = {};
  clock_[0][0] = 1;
}

void Memory::start_threads(std::size_t threads, Staleness staleness) {
  staleness_ = staleness;
  for (std::size_t t = 1; t <= threads; ++t) {
    clock_[t] = clock_[0];
    clock_[t][t] = 1;
  }
}

// An atomic that is met for the first time holds what the set-up left there.
Memory::Location& Memory::location(const void* at, std::size_t size) {
  std::uint32_t& known =
      index_[static_cast<std::size_t>(static_cast<const std::byte*>(at) - base_)];
  if (known != 0) return *locations_[known - 1];
  if (used_ == locations_.size()) locations_.push_back(std::make_unique<Location>());
  Location& made = *locations_[used_++];
  known = static_cast<std::uint32_t>(used_);
  made.at = at;
  made.stores.clear();
  made.seq_cst_floor = 0;
  Store first{0, {}, {}, 0, false};
  std::memcpy(&first.value, at, size);
  first.seen[0] = 1;
  made.stores.push_back(first);
  return made;
}

// A store hides all older ones from a thread once anything that happened before the thread's load
// is that store, or a load that returned it.
std::size_t Memory::oldest_visible(const Location& where, std::size_t thread,
                                   std::memory_order order) const {
  std::size_t oldest = where.stores.size();
  bool hides = false;
  while (oldest > 0 && !hides) {
    const Store& store = where.stores[--oldest];
    for (std::size_t t = 0; t < kThreadsMax; ++t) {
      hides = hides || (store.seen[t] != 0 && store.seen[t] <= clock_[thread][t]);
    }
  }
  if (order == std::memory_order_seq_cst) oldest = std::max(oldest, where.seq_cst_floor);
  return oldest;
}

std::uint64_t Memory::load(std::size_t thread, const void* at, std::size_t size,
                           std::memory_order order) {
  Location& where = location(at, size);
  const std::size_t oldest = oldest_visible(where, thread, order);
  std::size_t chosen = where.stores.size() - 1;
  if (chosen != oldest && random_.often(staleness_.of_256)) {
    chosen = oldest;
    if (!staleness_.oldest) chosen += random_.below(where.stores.size() - oldest);
  }
  return load_at(where, thread, chosen, order);
}

std::uint64_t Memory::load_newest(std::size_t thread, const void* at, std::size_t size,
                                  std::memory_order order) {
  Location& where = location(at, size);
  return load_at(where, thread, where.stores.size() - 1, order);
}

std::uint64_t Memory::load_at(Location& where, std::size_t thread, std::size_t chosen,
                              std::memory_order order) {
  Store& store = where.stores[chosen];
  const std::uint32_t now = ++clock_[thread][thread];
  if (store.seen[thread] == 0) store.seen[thread] = now;
  const bool own_weaker = store.by == thread && !store.seq_cst;
  if (order == std::memory_order_seq_cst && !own_weaker) {
    where.seq_cst_floor = std::max(where.seq_cst_floor, chosen);
  }
  if (acquires(order)) join(clock_[thread], store.sync);
  return store.value;
}

void Memory::append(Location& where, std::size_t thread, std::uint64_t value,
                    std::memory_order order, const Clock& inherited) {
  const std::uint32_t now = ++clock_[thread][thread];
  Store made{value, inherited, {}, thread, order == std::memory_order_seq_cst};
  if (releases(order)) join(made.sync, clock_[thread]);
  made.seen[thread] = now;
  where.stores.push_back(made);
  if (order == std::memory_order_seq_cst) where.seq_cst_floor = where.stores.size() - 1;
  ++clock_[thread][thread];  // what follows isn't released by it
}

void Memory::store(std::size_t thread, void* at, std::size_t size, std::uint64_t value,
                   std::memory_order order) {
  append(location(at, size), thread, value, order, Clock{});
  std::memcpy(at, &value, size);
}

std::uint64_t Memory::newest(const void* at, std::size_t size) {
  return location(at, size).stores.back().value;
}

void Memory::modify(std::size_t thread, void* at, std::size_t size, std::uint64_t value,
                    std::memory_order order) {
  Location& where = location(at, size);
  const Clock inherited = where.stores.back().sync;
  if (acquires(order)) join(clock_[thread], inherited);
  append(where, thread, value, order, inherited);
  std::memcpy(at, &value, size);
}

Memory::Granule& Memory::granule(const void* at) {
  Granule& found =
      granules_[static_cast<std::size_t>(static_cast<const std::byte*>(at) - base_) / kGranule];
  if (found.execution != execution_) found = Granule{execution_, 0, 0, {}};
  return found;
}

std::string Memory::read(std::size_t thread, const void* at, std::size_t size) {
  const auto* byte = static_cast<const std::byte*>(at);
  const Clock& clock = clock_[thread];
  for (std::size_t i = 0; i < size; i += kGranule) {
    Granule& part = granule(byte + i);
    part.read[thread] = clock[thread];
    if (part.written > clock[part.writer]) return "a plain read beside another thread's write";
  }
  return "";
}

std::string Memory::write(std::size_t thread, const void* at, std::size_t size) {
  const auto* byte = static_cast<const std::byte*>(at);
  const Clock& clock = clock_[thread];
  for (std::size_t i = 0; i < size; i += kGranule) {
    Granule& part = granule(byte + i);
    if (part.written > clock[part.writer]) return "a plain write beside another thread's write";
    for (std::size_t t = 0; t < kThreadsMax; ++t) {
      if (part.read[t] > clock[t]) return "a plain write beside another thread's read";
    }
    part.writer = static_cast<std::uint32_t>(thread);
    part.written = clock[thread];
  }
  return "";
}

}  // namespace janji::interleavings
