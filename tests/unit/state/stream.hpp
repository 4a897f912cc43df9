// A random journal in which every record applies, from a seed.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "store/journal_store.hpp"
#include "unit/chunk/chunks.hpp"
#include "unit/state/picture.hpp"

namespace janji::samples {

// Claims, confirms (some with details), cancels, expiries, freed places, ticks, new and archived
// days, openings. Writes them in rounds to a journal, and keeps the picture of what it wrote.
class Stream {
 public:
  explicit Stream(std::uint64_t seed, record::Place places = 200);

  // Whatever an engine writes when it is opened: an epoch; the first time the lanes and days too.
  void open(store::JournalStore& journal);

  // One synced round of one to three chunks of `records` together.
  void write(store::JournalStore& journal, std::size_t records);

  const Picture& picture() const { return picture_; }
  const journal::ChainPoint& point() const { return point_; }
  // Of every confirm with details whose place wasn't freed yet, by LSN.
  const std::map<std::uint64_t, Bytes>& details() const { return details_; }

 private:
  using Records = std::vector<Bytes>;

  void put(const Bytes& record);
  void put_claim();
  void put_block(std::uint32_t cell);
  void put_entitlement(std::uint32_t cell);
  void put_change(record::Place place);
  void put_days();
  void flush(store::JournalStore& journal);
  std::uint64_t random(std::uint64_t below);

  std::mt19937_64 engine_;
  const record::Place places_;
  Picture picture_;
  journal::ChainPoint point_;
  std::int64_t now_ms_{0};
  std::int32_t next_day_{0};
  std::vector<std::int32_t> open_days_;
  std::uint32_t random_part_{0};
  std::map<std::uint64_t, int> free_seats_;
  std::map<std::uint64_t, Bytes> details_;

  // of the round being made
  Records records_;
  std::map<std::uint64_t, Bytes> new_details_;
  std::vector<Lsn> erased_;
};

}  // namespace janji::samples
