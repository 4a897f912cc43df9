// Flips bits anywhere in both files of a data directory. Each is found and named, or changes
// nothing of what is read.
#include <fstream>
#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "model/random.hpp"
#include "state/checkpointer.hpp"
#include "state/recovery.hpp"
#include "store/stored_details.hpp"
#include "support/counted.hpp"
#include "unit/state/stream.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using samples::Bytes;
using samples::Kind;
using samples::Picture;
using samples::Place;
using samples::Stream;
namespace fs = std::filesystem;

constexpr std::size_t kPage = 4096;
constexpr std::size_t kMetaBytes = 16 + 136;  // of each of the two first pages

class Victim {
 public:
  Victim() {
    auto stores = place_.open();
    stream_.open(stores->journal());
    state::Checkpointer checkpointer(stores->journal(), stores->state());
    REQUIRE(checkpointer.open().ok());
    for (int i = 0; i < 40; ++i) {
      stream_.write(stores->journal(), 120);
      if (i < 30) REQUIRE(*checkpointer.step(stream_.point().last));
      if (i % 3 == 0) {
        REQUIRE(stores->journal().begin().ok());
        REQUIRE(stores->journal().trim(checkpointer.applied(), 2).ok());
        REQUIRE(stores->journal().commit(true).ok());
      }
    }
    stores.reset();
    for (const char* name : {"journal.mdb", "state.mdb"}) contents_[name] = read(name);
    REQUIRE(outcome("journal.mdb") == "");
  }

  std::size_t size(const std::string& name) const { return contents_.at(name).size(); }

  // What came of flipping `bit`, if it was wrong.
  std::string flip(const std::string& name, std::size_t bit) {
    const char was = contents_.at(name)[bit / 8];
    put(name, bit / 8, static_cast<char>(was ^ (1 << (bit % 8))));
    std::string words = outcome(name);
    put(name, bit / 8, was);
    if (words.empty()) return "";
    return name + ", byte " + std::to_string(bit / 8) + ", bit " + std::to_string(bit % 8) + ": " +
           words;
  }

  int found() const { return found_; }

 private:
  std::string read(const std::string& name) const {
    std::ifstream file(place_.directory() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& name, std::size_t at, char byte) const {
    std::fstream file(place_.directory() / name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  }

  // Empty when it is as it should be: all is as before, or the damage is named.
  std::string outcome(const std::string& damaged) {
    auto stores = place_.try_open();
    if (!stores) return named(damaged, stores.error());
    Picture picture;
    const auto summary = state::recover((*stores)->journal(), (*stores)->state(), picture);
    if (!summary) return named(damaged, summary.error());
    if (summary->end != stream_.point()) return "another end is served";
    if (picture.difference(stream_.picture()) != "") return "another past is served";
    return check_details(**stores, damaged);
  }

  std::string named(const std::string& damaged, const Error& error) {
    ++found_;
    if (error.code != Code::damaged) return "not called damage: " + error.detail;
    return error.detail.find(damaged) != std::string::npos ? "" : "not named: " + error.detail;
  }

  std::string check_details(store::Stores& stores, const std::string& damaged) {
    for (const auto& [lsn, bytes] : stream_.details()) {
      const auto found = store::stored_details(stores.journal(), stores.state(), Lsn{lsn});
      if (!found) return named(damaged, found.error());
      if (*found != bytes) return "other details are served";
    }
    return "";
  }

  Place place_{Kind::lmdb};
  Stream stream_{2024};
  std::map<std::string, std::string> contents_;
  int found_{0};
};

void flip_many(std::size_t metas, std::size_t anywhere, std::uint64_t seed) {
  Victim victim;
  std::mt19937_64 random(seed);
  for (const std::string name : {"journal.mdb", "state.mdb"}) {
    for (std::size_t i = 0; i < metas; ++i) {
      const std::size_t at = (random() % 2) * kPage + random() % kMetaBytes;
      REQUIRE(victim.flip(name, at * 8 + random() % 8) == "");
    }
    for (std::size_t i = 0; i < anywhere; ++i) {
      REQUIRE(victim.flip(name, random() % (victim.size(name) * 8)) == "");
    }
  }
  CHECK(victim.found() > static_cast<int>(metas));
}

TEST_CASE("a flipped bit anywhere on the disk is found and named, or changes nothing") {
  flip_many(60, 120, 1);
}

TEST_CASE("and so is each of the meta pages, and many others", "[slow]") {
  {
    Victim victim;
    for (const std::string name : {"journal.mdb", "state.mdb"}) {
      for (std::size_t page = 0; page < 2; ++page) {
        for (std::size_t bit = 0; bit < kMetaBytes * 8; ++bit) {
          REQUIRE(victim.flip(name, page * kPage * 8 + bit) == "");
        }
      }
    }
  }
  flip_many(0, 3000, 2);
}

TEST_CASE("ten thousand flips more", "[soak]") {
  const std::uint64_t first = model::number_from("JANJI_FLIPS_SEED", 10);
  const std::size_t flips = model::number_from("JANJI_FLIPS", 10'000);
  // Ten directories, half the flips in either file.
  for (std::uint64_t seed = first; seed < first + 10; ++seed) flip_many(0, flips / 20, seed);
  test::counted(flips / 20 * 20, "flips");
}

}  // namespace
