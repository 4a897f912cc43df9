// Encoding and decoding of chunks: the writer's and recovery's share of a record.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <benchmark/benchmark.h>

#include "journal/chunk.hpp"
#include "record/booking_id.hpp"

namespace {

using namespace janji;

record::Claim claim(std::uint32_t place) {
  record::Claim r{};
  r.header.type = record::Type::claim;
  r.header.size = sizeof r;
  r.booking = record::make_booking_id(place, 0, 1).value;
  r.slot = SlotKey{LaneId{0}, Day{20000}, Minute{540}}.value;
  r.applicant_lo = place + 1;
  r.deadline_ms = 600'000;
  r.seats = 1;
  return r;
}

std::vector<record::Claim> claims_of_a_chunk() {
  std::vector<record::Claim> claims(journal::kChunkRecordBytesMax / sizeof(record::Claim));
  for (std::uint32_t i = 0; i < claims.size(); ++i) claims[i] = claim(i);
  return claims;
}

void set_per_record(benchmark::State& state, std::size_t records) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records));
  state.counters["ns_per_record"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(records) / 1e9,
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void encode_chunk(benchmark::State& state) {
  const std::vector<record::Claim> claims = claims_of_a_chunk();
  std::vector<std::byte> room(journal::chunk_bytes(claims.size() * sizeof(record::Claim)));
  journal::ChainPoint point;
  for (auto _ : state) {
    journal::ChunkEncoder encoder(room, point, 1, LedgerTime{});
    for (const record::Claim& r : claims) encoder.add(r.header);
    point = encoder.finish();
  }
  set_per_record(state, claims.size());
}
BENCHMARK(encode_chunk);

// What encode_chunk can't do without.
void copy_records(benchmark::State& state) {
  const std::vector<record::Claim> claims = claims_of_a_chunk();
  std::vector<std::byte> room(claims.size() * sizeof(record::Claim));
  for (auto _ : state) {
    std::byte* at = room.data();
    for (const record::Claim& r : claims) {
      std::memcpy(at, &r, sizeof r);
      benchmark::DoNotOptimize(at);
      at += sizeof r;
    }
    benchmark::ClobberMemory();
  }
  set_per_record(state, claims.size());
}
BENCHMARK(copy_records);

void decode_chunk(benchmark::State& state) {
  const std::vector<record::Claim> claims = claims_of_a_chunk();
  std::vector<std::byte> room(journal::chunk_bytes(claims.size() * sizeof(record::Claim)));
  journal::ChunkEncoder encoder(room, {}, 1, LedgerTime{});
  for (const record::Claim& r : claims) encoder.add(r.header);
  encoder.finish();
  for (auto _ : state) {
    const auto view = journal::ChunkView::open(room);
    std::uint64_t sum = 0;
    (void)view->each([&](Lsn lsn, const record::Header& header) -> Status {
      sum += lsn.value + header.size;
      return success();
    });
    benchmark::DoNotOptimize(sum);
  }
  set_per_record(state, claims.size());
}
BENCHMARK(decode_chunk);

}  // namespace
