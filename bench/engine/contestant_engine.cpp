// The engine itself, by its public face.
#include <cstdio>
#include <cstdlib>

#include <janji/engine.hpp>

#include "contestant.hpp"
#include "drive.hpp"

namespace janji::bench {

namespace {

struct EngineHouse {
  Engine& engine;

  Decision try_claim(const ClaimRequest& request, Patience& patience) {
    return engine.try_claim(request, patience);
  }
  Decision try_cancel(const CancelRequest& request, Patience& patience) {
    return engine.try_cancel(request, patience);
  }
  void prepare(const ClaimRequest& request) { engine.prepare(request); }
  void wait(std::uint64_t round) { (void)engine.wait_round(round); }
  void wait_for_room(Lsn last) {
    const Lsn durable = engine.durable_lsn();
    // With a record of our own still to come, the next commit is sure to.
    if (durable < last) {
      (void)engine.wait_durable(Lsn{durable.value + 1});
    } else {
      (void)engine.settle();
    }
  }
};

class EngineContestant final : public Contestant {
 public:
  explicit EngineContestant(const Setup& setup) : world_(*setup.world) {
    Options options = setup.options;
    options.store = setup.store;
    auto opened = Engine::open(std::move(options));
    if (!opened.ok()) {
      std::fprintf(stderr, "engine: %s: %s\n", to_string(opened.code()),
                   opened.error().detail.c_str());
      std::exit(1);
    }
    engine_ = std::move(*opened);
    commits_before_ = engine_->counters().commits;
  }

  void claim(const Stretch& stretch, Tally& tally) override {
    EngineHouse house{*engine_};
    drive(house, stretch, tally);
  }
  void settle() override {
    if (const Status settled = engine_->settle(); !settled.ok()) {
      std::fprintf(stderr, "engine: %s\n", settled.error().detail.c_str());
      std::exit(1);
    }
  }
  std::uint64_t commits() const override { return engine_->counters().commits - commits_before_; }
  std::uint64_t live() const override { return engine_->counters().bookings_in_use; }
  std::vector<std::uint32_t> taken() const override {
    std::vector<std::uint32_t> made;
    std::vector<SlotAvailability> day(world_.per_day);
    for (std::uint64_t i = 0; i < world_.slots(); i += world_.per_day) {
      const SlotKey first = world_.slot(i);
      const std::size_t many = engine_->slots(first.lane(), first.day(), day);
      JANJI_CHECK(many == world_.per_day && day[0].slot == first);
      for (const SlotAvailability& slot : day) {
        made.push_back(static_cast<std::uint32_t>(slot.capacity - slot.free));
      }
    }
    return made;
  }

 private:
  const World& world_;
  std::unique_ptr<Engine> engine_;
  std::uint64_t commits_before_{0};
};

}  // namespace

std::unique_ptr<Contestant> make_engine(const Setup& setup) {
  return std::make_unique<EngineContestant>(setup);
}

const char* to_string(Medium medium) {
  switch (medium) {
    case Medium::gated: return "decided";
    case Medium::null: return "no disk";
    case Medium::disk: return "durable";
  }
  return "";
}

}  // namespace janji::bench
