#include "audit.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>

#include "base/words.hpp"
#include "journal/chunk_chain.hpp"
#include "peers/bare_lmdb.hpp"
#include "record/booking_id.hpp"
#include "store/store_factory.hpp"

namespace janji::bench {

namespace {

using base::words;

constexpr std::uint64_t kNoSlot = ~std::uint64_t{0};

void compare(const World& world, const std::vector<std::uint32_t>& found, const Expected& expected,
             const char* where) {
  const std::uint64_t sold = std::accumulate(found.begin(), found.end(), std::uint64_t{0});
  if (sold != expected.granted) {
    fail_run(expected.run, words(where, ": ", sold, " seats sold, ", expected.granted, " granted"));
  }
  for (std::size_t i = 0; i < expected.seats.size(); ++i) {
    if (found[i] > world.capacity) {
      fail_run(expected.run,
               words(where, ": slot ", i, " sold ", found[i], " of ", world.capacity));
    }
    if (found[i] != expected.seats[i]) {
      fail_run(expected.run, words(where, ": slot ", i, " sold ", found[i], ", granted were ",
                                   expected.seats[i]));
    }
  }
}

// Plays the journal's records on empty slots.
class Replay {
 public:
  Replay(const World& world, const std::string& run)
      : world_(world), run_(run), seats_(world.slots(), 0) {}

  void see(Lsn lsn, const record::Header& header) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&header);
    switch (header.type) {
      case record::Type::claim: {
        const auto& claim = record::as<record::Claim>(bytes);
        const std::uint64_t slot = world_.index(SlotKey{claim.slot});
        take(lsn, record::place_of(BookingId{claim.booking}), slot, claim.seats);
        break;
      }
      case record::Type::cancel:
        give(lsn, record::place_of(BookingId{record::as<record::Cancel>(bytes).booking}));
        break;
      case record::Type::expire:
        give(lsn, record::place_of(BookingId{record::as<record::Expire>(bytes).booking}));
        break;
      default: break;
    }
  }
  const std::vector<std::uint32_t>& seats() const { return seats_; }

 private:
  struct Held {
    std::uint64_t slot{kNoSlot};
    std::uint32_t seats{0};
  };

  void take(Lsn lsn, std::uint32_t place, std::uint64_t slot, std::uint32_t seats) {
    if (place >= held_.size()) held_.resize(place * std::size_t{2} + 1024);
    if (held_[place].slot != kNoSlot) fail_run(run_, words("record ", lsn.value, ": place taken"));
    if (slot >= seats_.size() || (seats_[slot] += seats) > world_.capacity) {
      fail_run(run_, words("record ", lsn.value, " sells a seat that isn't there"));
    }
    held_[place] = {slot, seats};
  }
  void give(Lsn lsn, std::uint32_t place) {
    if (place >= held_.size() || held_[place].slot == kNoSlot) {
      fail_run(run_, words("record ", lsn.value, " ends no booking"));
    }
    seats_[held_[place].slot] -= held_[place].seats;
    held_[place] = Held{};
  }

  const World& world_;
  const std::string& run_;
  std::vector<std::uint32_t> seats_;
  std::vector<Held> held_;  // by place
};

std::vector<std::uint32_t> replay_journal(const World& world,
                                          const std::filesystem::path& directory,
                                          const std::string& run) {
  constexpr std::size_t kChunksAtOnce = 64;
  auto stores = store::lmdb_factory().open(
      {directory, Options{}.journal_map_bytes, Options{}.state_map_bytes});
  if (!stores.ok()) fail_run(run, "reopening: " + stores.error().detail);
  Replay replay(world, run);
  journal::ChunkChain chain;
  for (;;) {
    auto chunks = (*stores)->journal().read(Lsn{chain.point().last.value + 1}, kChunksAtOnce);
    if (!chunks.ok()) fail_run(run, "reading: " + chunks.error().detail);
    if (chunks->empty()) return replay.seats();
    for (const store::StoredChunk& stored : *chunks) {
      const auto chunk = journal::ChunkView::open(stored.bytes);
      if (!chunk.ok()) fail_run(run, chunk.error().detail);
      if (Status linked = chain.accept(*chunk); !linked.ok()) fail_run(run, linked.error().detail);
      (void)chunk->each([&](Lsn lsn, const record::Header& header) -> Status {
        replay.see(lsn, header);
        return success();
      });
    }
  }
}

}  // namespace

void fail_run(const std::string& run, const std::string& what) {
  std::fprintf(stderr, "AUDIT FAILED: %s: %s\n", run.c_str(), what.c_str());
  std::exit(1);
}

void audit_memory(const World& world, const Contestant& contestant, const Expected& expected) {
  compare(world, contestant.taken(), expected, "memory");
}

void audit_disk(const World& world, const std::filesystem::path& directory,
                const Expected& expected) {
  const std::filesystem::path bare = directory / "bare.mdb";
  if (!std::filesystem::exists(bare)) {
    compare(world, replay_journal(world, directory, expected.run), expected, "journal");
    return;
  }
  peers::BareLmdb lmdb(bare, Options{}.journal_map_bytes);
  const std::uint64_t stored = lmdb.stored_bytes() / sizeof(record::Claim);
  if (stored != expected.granted) {
    fail_run(expected.run, words("disk: ", stored, " records, ", expected.granted, " granted"));
  }
}

}  // namespace janji::bench
