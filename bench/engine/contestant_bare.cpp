// The bare limit: see peers/bare_limit.hpp.
#include <filesystem>

#include "contestant.hpp"
#include "peers/bare_limit.hpp"

namespace janji::bench {

namespace {

class BareContestant final : public Contestant {
 public:
  explicit BareContestant(const Setup& setup)
      : world_(*setup.world),
        bare_(file_in(setup.options.directory), setup.options.journal_map_bytes,
              setup.world->slots(), setup.world->capacity, setup.options.record_blocks,
              setup.options.huge_pages) {
    JANJI_CHECK(setup.callers == 1 && setup.medium == Medium::disk);
  }

  void claim(const Stretch& stretch, Tally& tally) override {
    record::Claim record{};
    record.header.type = record::Type::claim;
    record.header.size = sizeof record;
    for (std::uint64_t k = stretch.from; k < stretch.from + stretch.count; ++k) {
      const std::uint64_t slot = stretch.script->slot_index(stretch.thread, k);
      record.booking = k;
      record.slot = slot;
      if (bare_.claim(slot, record)) {
        ++tally.granted;
      } else {
        ++tally.full;
      }
    }
  }
  void settle() override { bare_.settle(); }
  std::uint64_t commits() const override { return bare_.commits(); }
  std::uint64_t live() const override { return bare_.sold(); }
  std::vector<std::uint32_t> taken() const override { return bare_.taken(); }

 private:
  static std::filesystem::path file_in(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    return directory / "bare.mdb";
  }

  const World& world_;
  peers::BareLimit bare_;
};

}  // namespace

std::unique_ptr<Contestant> make_bare(const Setup& setup) {
  return std::make_unique<BareContestant>(setup);
}

}  // namespace janji::bench
