// The stores on a real disk: what a start, a checkpoint and a commit cost. Each benchmark makes its
// own data directory under the current one, runs once, and says its figures as counters.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "journal/chunk.hpp"
#include "record/booking_id.hpp"
#include "state/checkpointer.hpp"
#include "state/recovery.hpp"
#include "store/store_factory.hpp"

namespace {

using namespace janji;
using Steady = std::chrono::steady_clock;

constexpr std::uint32_t kRandom = 7;
constexpr std::uint32_t kLanes = 400;
constexpr std::int32_t kDays = 25;
constexpr std::uint32_t kSlotsADay = 10;
constexpr std::uint32_t kSlots = kLanes * kDays * kSlotsADay;
constexpr std::uint16_t kCapacity = 16'000;

double seconds_since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

// Of this thread on a processor: on a busy machine, what the work itself costs.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class T>
T must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.error().detail.c_str());
    std::exit(1);
  }
  return std::move(result).value();
}

class Directory {
 public:
  Directory() {
    path_ = std::filesystem::current_path() / "bench_store_data";
    std::filesystem::remove_all(path_);
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::unique_ptr<store::Stores> open() const {
    return must(store::lmdb_factory().open({path_, std::size_t{16} << 30, std::size_t{16} << 30}));
  }

 private:
  std::filesystem::path path_;
};

template <class R>
R begin_record(std::size_t size = sizeof(R)) {
  R record{};
  record.header.type = R::kType;
  record.header.size = static_cast<std::uint16_t>(size);
  return record;
}

// Writes rounds of chunks as the engine's writer does.
class Journal {
 public:
  explicit Journal(store::JournalStore& store) : store_(store) {
    auto epoch = begin_record<record::Epoch>();
    epoch.number = 1;
    epoch.random = kRandom;
    epoch.format = record::kFormat;
    add(epoch);
    commit();
    for (std::uint32_t lane = 0; lane < kLanes; ++lane) add_lane(lane);
    commit();
  }

  template <class R>
  void add(const R& record) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof record);
    std::memcpy(bytes_.data() + at, &record, sizeof record);
    sizes_.push_back(sizeof record);
  }
  std::size_t waiting() const { return sizes_.size(); }
  Lsn last() const { return point_.last; }

  // One round of everything that was added; trims as many chunks before `before` as it appends.
  void commit(Lsn before = Lsn{0}) {
    must(store_.begin());
    std::size_t chunks = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < sizes_.size(); ++chunks) {
      std::size_t end = i;
      std::size_t bytes = 0;
      while (end < sizes_.size() && bytes + sizes_[end] <= journal::kChunkRecordBytesMax) {
        bytes += sizes_[end++];
      }
      const auto room =
          must(store_.append(Lsn{point_.last.value + 1}, journal::chunk_bytes(bytes)));
      journal::ChunkEncoder encoder(room, point_, 1, LedgerTime{0});
      for (; i < end; at += sizes_[i++]) {
        encoder.add(record::as<record::Header>(bytes_.data() + at));
      }
      point_ = encoder.finish();
    }
    if (before.value > 0) must(store_.trim(before, std::max<std::size_t>(chunks, 4)));
    must(store_.commit(true));
    bytes_.clear();
    sizes_.clear();
  }

 private:
  void add_lane(std::uint32_t number) {
    struct {
      record::Lane lane = begin_record<record::Lane>(sizeof(record::Lane) + 8);
      char key[8];
    } r{};
    r.lane.lane = number;
    r.lane.key_size = 8;
    std::snprintf(r.key, sizeof r.key, "%07u", number);
    r.key[7] = 'x';
    add(r);
    for (std::int32_t day = 0; day < kDays; ++day) {
      struct {
        record::Day day =
            begin_record<record::Day>(sizeof(record::Day) + kSlotsADay * sizeof(record::DaySlot));
        record::DaySlot slots[kSlotsADay];
      } d{};
      d.day.lane = number;
      d.day.day = 20'000 + day;
      d.day.slots = kSlotsADay;
      for (std::uint32_t i = 0; i < kSlotsADay; ++i) {
        d.slots[i] = {static_cast<std::uint16_t>(540 + 20 * i), 20, kCapacity, 0};
      }
      add(d);
    }
  }

  store::JournalStore& store_;
  journal::ChainPoint point_;
  std::vector<std::byte> bytes_;
  std::vector<std::size_t> sizes_;
};

SlotKey slot_of(std::uint64_t number) {
  const auto mixed = static_cast<std::uint32_t>((number * 0x9E3779B97F4A7C15ULL) >> 40) % kSlots;
  const std::uint32_t day = mixed / kSlotsADay;
  return SlotKey(LaneId{day % kLanes}, Day{20'000 + static_cast<std::int32_t>(day / kLanes)},
                 Minute{static_cast<std::uint16_t>(540 + 20 * (mixed % kSlotsADay))});
}

record::Claim claim(std::uint32_t place, std::uint32_t generation) {
  auto r = begin_record<record::Claim>();
  r.booking = record::make_booking_id(place, generation, kRandom).value;
  r.slot = slot_of(place * 31ULL + generation).value;
  r.applicant_hi = r.booking * 0x9E3779B97F4A7C15ULL;
  r.applicant_lo = place;
  r.operation_hi = ~r.applicant_hi;
  r.operation_lo = place;
  r.payload = r.applicant_hi ^ 99;
  r.decided_ms = 90'000'000;
  r.deadline_ms = 90'600'000;
  r.created_ms = 1'790'000'000'000;
  r.seats = 1;
  r.scope = 1;
  return r;
}

record::Confirm confirm(std::uint32_t place, std::uint32_t generation) {
  auto r = begin_record<record::Confirm>();
  r.booking = record::make_booking_id(place, generation, kRandom).value;
  r.operation_hi = r.booking * 0xD6E8FEB86659FD93ULL;
  r.payload = r.operation_hi ^ 77;
  r.decided_ms = 90'000'000;
  r.confirmed_ms = 1'790'000'000'000;
  return r;
}

record::Cancel cancel(std::uint32_t place, std::uint32_t generation) {
  auto r = begin_record<record::Cancel>();
  r.booking = record::make_booking_id(place, generation, kRandom).value;
  r.operation_hi = r.booking * 0xD6E8FEB86659FD93ULL;
  r.payload = r.operation_hi ^ 55;
  r.decided_ms = 90'000'000;
  r.ended_ms = 1'790'000'000'000;
  return r;
}

record::Free free_place(std::uint32_t place, std::uint32_t generation) {
  auto r = begin_record<record::Free>();
  r.booking = record::make_booking_id(place, generation, kRandom).value;
  return r;
}

// Counts, and looks at enough of each to have read it.
class CountingSink final : public state::RecoverySink {
 public:
  Status on_meta(const state::StateMeta&, std::span<const state::EpochRow>) override {
    return success();
  }
  Status on_lane(LaneId, std::string_view) override { return success(); }
  Status on_day(LaneId, Day, std::span<const state::DayRowSlot>,
                std::span<const record::SlotGrant>) override {
    return success();
  }
  Status on_booking(record::Place place, const record::BookingImage& image) override {
    sum_ += place + image.lsn;
    ++bookings_;
    return success();
  }
  Status on_block(std::uint32_t, const record::BlockImage&) override { return success(); }
  Status on_entitlement(std::uint32_t, const record::EntitlementImage&) override {
    return success();
  }
  Status on_eligible(std::uint32_t, const record::EligibleKeys&) override { return success(); }
  Status on_state_loaded() override { return success(); }
  Status on_record(Lsn, const record::Header& header) override {
    sum_ += header.size;
    ++records_;
    return success();
  }
  std::uint64_t bookings_{0}, records_{0}, sum_{0};
};

void drain(state::Checkpointer& checkpointer, Lsn durable) {
  while (must(checkpointer.step(durable))) {
  }
}

// `state.range(0)` confirmed bookings in the state, or as many claims in the journal alone.
void recover_from_state(benchmark::State& state) {
  const Directory directory;
  const auto bookings = static_cast<std::uint32_t>(state.range(0));
  auto stores = directory.open();
  {
    Journal journal(stores->journal());
    state::Checkpointer checkpointer(stores->journal(), stores->state());
    must(checkpointer.open());
    for (std::uint32_t place = 0; place < bookings; ++place) {
      journal.add(claim(place, 0));
      journal.add(confirm(place, 0));
      if (journal.waiting() < 16'000) continue;
      journal.commit(Lsn{checkpointer.applied().value + 1});
      drain(checkpointer, journal.last());
    }
    journal.commit();
    drain(checkpointer, journal.last());
  }
  stores.reset();
  for (auto _ : state) {
    auto begin = Steady::now();
    stores = directory.open();
    state.counters["open_ms"] = seconds_since(begin) * 1e3;
    CountingSink sink;
    begin = Steady::now();
    const double cpu = cpu_seconds();
    must(state::recover(stores->journal(), stores->state(), sink));
    const auto many = static_cast<double>(sink.bookings_);
    state.counters["bookings_per_s"] = many / seconds_since(begin);
    state.counters["per_cpu_s"] = many / (cpu_seconds() - cpu);
    benchmark::DoNotOptimize(sink.sum_);
    stores.reset();
  }
}
BENCHMARK(recover_from_state)->Arg(2'000'000)->Iterations(3)->Unit(benchmark::kMillisecond);

void recover_from_journal(benchmark::State& state) {
  const Directory directory;
  const auto claims = static_cast<std::uint32_t>(state.range(0));
  auto stores = directory.open();
  {
    Journal journal(stores->journal());
    for (std::uint32_t place = 0; place < claims; ++place) {
      journal.add(claim(place, 0));
      if (journal.waiting() == 8192) journal.commit();
    }
    journal.commit();
  }
  stores.reset();
  for (auto _ : state) {
    stores = directory.open();
    CountingSink sink;
    const auto begin = Steady::now();
    const double cpu = cpu_seconds();
    must(state::recover(stores->journal(), stores->state(), sink));
    const auto many = static_cast<double>(sink.records_);
    state.counters["records_per_s"] = many / seconds_since(begin);
    state.counters["per_cpu_s"] = many / (cpu_seconds() - cpu);
    benchmark::DoNotOptimize(sink.sum_);
    stores.reset();
  }
}
BENCHMARK(recover_from_journal)->Arg(4'000'000)->Iterations(3)->Unit(benchmark::kMillisecond);

// Claims, each cancelled and freed `live` claims later: what the checkpointer alone can take in,
// with the places ended in the order of their claims, or in any.
void checkpoint(benchmark::State& state) {
  const auto live = static_cast<std::uint32_t>(state.range(0));
  const bool in_order = state.range(1) == 0;
  const Directory directory;
  const auto stores = directory.open();
  Journal journal(stores->journal());
  state::Checkpointer checkpointer(stores->journal(), stores->state());
  must(checkpointer.open());
  const auto round = [&](std::uint32_t first, std::uint32_t many, std::uint32_t generation) {
    for (std::uint32_t i = first; i < first + many; ++i) {
      // An odd multiplier permutes the places when there are a power of two of them.
      const std::uint32_t place = in_order ? i : (i * 2'654'435'769U) % live;
      if (generation > 0) {
        journal.add(cancel(place, generation - 1));
        journal.add(free_place(place, generation - 1));
      }
      journal.add(claim(place, generation));
      if (journal.waiting() >= 8190) journal.commit(Lsn{checkpointer.applied().value + 1});
    }
    journal.commit(Lsn{checkpointer.applied().value + 1});
  };
  for (std::uint32_t at = 0; at < live; at += 65'536) {
    round(at, 65'536, 0);
    drain(checkpointer, journal.last());
  }
  std::uint32_t at = 0;
  double took = 0;
  double cpu_took = 0;
  std::uint64_t records = 0;
  std::size_t steps = 0;
  double longest = 0;
  for (auto _ : state) {
    for (int i = 0; i < 16; ++i, at += 65'536) {
      round(at % live, 65'536, 1 + at / live);
      const std::uint64_t before = checkpointer.applied().value;
      for (;;) {
        const auto begin = Steady::now();
        const double cpu = cpu_seconds();
        if (!must(checkpointer.step(journal.last()))) break;
        cpu_took += cpu_seconds() - cpu;
        const double step = seconds_since(begin);
        longest = std::max(longest, step);
        took += step;
        ++steps;
      }
      records += checkpointer.applied().value - before;
    }
  }
  state.counters["records_per_s"] = static_cast<double>(records) / took;
  state.counters["per_cpu_s"] = static_cast<double>(records) / cpu_took;
  state.counters["steps"] = static_cast<double>(steps);
  state.counters["longest_step_ms"] = longest * 1e3;
}
BENCHMARK(checkpoint)
    ->Args({1 << 22, 0})
    ->Args({1 << 18, 1})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// Commits of `state.range(0)` claims with as much trimmed as appended, after very much of it: does
// the list of free pages stay short?
void commit_beside_trimming(benchmark::State& state) {
  const auto batch = static_cast<std::size_t>(state.range(0));
  const Directory directory;
  const auto stores = directory.open();
  Journal journal(stores->journal());
  constexpr std::uint64_t kKept = 1'000'000;
  std::uint32_t place = 0;
  const auto commit = [&](std::size_t many) {
    for (std::size_t i = 0; i < many; ++i) journal.add(claim(place++ % 1'000'000, 0));
    const std::uint64_t last = journal.last().value;
    const auto begin = Steady::now();
    journal.commit(Lsn{last > kKept ? last - kKept : 1});
    return seconds_since(begin);
  };
  // Rounds of every size, as a real load has them, through the journal's length many times.
  for (std::uint32_t round = 0; journal.last().value < 8 * kKept; ++round) {
    commit(1 + (round * 7919) % (2 * batch));
  }
  std::vector<double> took;
  for (auto _ : state) took.push_back(commit(batch));
  std::sort(took.begin(), took.end());
  state.counters["p50_us"] = took[took.size() / 2] * 1e6;
  state.counters["p99_us"] = took[took.size() * 99 / 100] * 1e6;
  state.counters["worst_us"] = took.back() * 1e6;
  state.counters["records_per_s"] =
      benchmark::Counter(static_cast<double>(batch * took.size()), benchmark::Counter::kIsRate);
}
BENCHMARK(commit_beside_trimming)
    ->Arg(1024)
    ->Arg(8192)
    ->Iterations(1000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
