// How long one claim takes to be durable when nothing else happens, beside one bare LMDB commit of
// as many bytes, by turns.
#include <algorithm>

#include "audit.hpp"
#include "cases.hpp"
#include "house.hpp"
#include "peers/bare_lmdb.hpp"
#include "record/chunk_header.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

constexpr std::size_t kChunkBytes = sizeof(record::ChunkHeader) + sizeof(record::Claim);

double percentile(std::vector<double>& values, double share) {
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

}  // namespace

void run_latency(const Settings& settings, Report& report) {
  const std::uint64_t turns = settings.scaled(3000, 50);
  const ScratchDirectory scratch(settings), beside(settings);
  const std::uint64_t claims = turns * static_cast<std::uint64_t>(settings.rounds);
  const World world = make_world({.slots = 5000, .capacity = capacity_for(claims, 5000)});
  Options options = options_for(world, claims, 4096, settings.huge_pages);
  options.directory = scratch.path();
  const std::unique_ptr<Engine> engine = open_or_exit(options);
  peers::BareLmdb bare(beside.path() / "bare.mdb", options.journal_map_bytes);
  const Script script{&world, 1};
  std::uint64_t k = 0;
  for (int round = 0; round < settings.rounds; ++round) {
    std::vector<double> claimed, committed;
    for (std::uint64_t turn = 0; turn < turns; ++turn) {
      ClaimRequest request;
      script.make(0, k++, request);
      const double begin = seconds_now();
      const Result<Booking> booking = engine->claim(request);
      const double middle = seconds_now();
      if (!booking.ok()) fail_run("latency", to_string(booking.code()));
      bare.begin();
      std::fill_n(bare.append(k, kChunkBytes), kChunkBytes, std::byte{1});
      bare.commit();
      claimed.push_back((middle - begin) * 1e6);
      committed.push_back((seconds_now() - middle) * 1e6);
    }
    for (const double share : {0.5, 0.99}) {
      const std::string figure =
          std::string("durable latency, idle, ") + (share == 0.5 ? "p50" : "p99");
      report.add({figure, "bare LMDB commit", round, percentile(committed, share), "us", {}});
      report.add({figure, "engine, one claim", round, percentile(claimed, share), "us", {}});
    }
  }
  if (engine->counters().bookings_in_use != k) fail_run("latency", "bookings went astray");
}

}  // namespace janji::bench
