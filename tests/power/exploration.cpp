#include "power/exploration.hpp"

#include <utility>

#include "support/scratch_directory.hpp"
#include "support/small_office.hpp"

namespace janji::power {
namespace {

constexpr int kDepthMax = 3;  // a first life, and images of images of it

class Exploration {
 public:
  explicit Exploration(const Plan& plan) : plan_(plan) {}

  Tally run() {
    for (std::uint64_t seed = plan_.seed; !ended(); ++seed) begin(seed, conduct_of(seed, plan_));
    return std::move(tally_);
  }

  Tally run_kills(std::uint64_t first_call, std::uint64_t last_call, const std::string& in) {
    for (std::uint64_t call = first_call; call <= last_call && !ended(); ++call) {
      Conduct conduct = conduct_of(plan_.seed + call, plan_);
      conduct.crowded = false;
      conduct.trims = true;
      conduct.kill_at = call;
      conduct.steps = 8;
      conduct.kill_in = in;
      conduct.permille = in.empty() ? 20 : 100;
      begin(plan_.seed + call, conduct);
    }
    return std::move(tally_);
  }

 private:
  bool ended() const { return !tally_.wrong.empty() || tally_.images >= plan_.images; }

  void begin(std::uint64_t seed, const Conduct& conduct) {
    const Past nothing{{}, {}, test::office::kMorning};
    const test::ScratchDirectory directory;
    random_ = model::Random(seed);
    name_ = "JANJI_POWER_SEED=" + std::to_string(seed) + ", killed at call " +
            std::to_string(conduct.kill_at);
    ++tally_.lives;
    go_on(directory.path(), nothing, conduct, 1, {});
  }

  void go_on(const std::filesystem::path& root, const Past& past, const Conduct& conduct, int depth,
             const std::string& calls) {
    const Life life = live(root, past, conduct);
    if (depth > 1) tally_.empty += life.found == Lsn{} ? 1U : 0U;
    if (depth > 1) tally_.unacknowledged += life.found > past.acknowledged ? 1U : 0U;
    tally_.trimmed += life.trimmed ? 1U : 0U;
    tally_.checkpointed += life.checkpointed ? 1U : 0U;
    tally_.walk_ins += life.walk_ins;
    tally_.offers += life.offers;
    tally_.to_kill += conduct.kill_at != 0 ? 1U : 0U;
    tally_.killed += life.killed ? 1U : 0U;
    tally_.first_killed += depth == 1 && life.killed ? 1U : 0U;
    if (!life.wrong.empty()) {
      tally_.wrong = name_ + (conduct.crowded ? " (crowded)" : "") + calls + ": " + life.wrong;
      return;
    }
    for (const Moment& moment : life.moments) {
      if (ended()) return;
      open_image(life, moment, conduct, depth, calls + ", call " + std::to_string(moment.call));
    }
  }

  void open_image(const Life& life, const Moment& moment, const Conduct& before, int depth,
                  const std::string& calls) {
    ++tally_.images;
    tally_.of_images += depth > 1 ? 1U : 0U;
    const test::ScratchDirectory directory;
    moment.image.write_to(directory.path());
    Conduct conduct = before;
    conduct.crowded = false;
    conduct.kill_in.clear();
    conduct.seed = random_.next();
    conduct.steps = random_.percent(15) ? static_cast<int>(1 + random_.below(12)) : 0;
    conduct.permille = depth + 1 < kDepthMax ? 12 : 0;
    conduct.kill_at = random_.percent(25) ? 1 + random_.below(120) : 0;
    conduct.trims = random_.percent(50);
    conduct.durability = random_.percent(60) ? Durability::strict : Durability::relaxed;
    go_on(directory.path(), {life.chronicle, moment.acknowledged, moment.civil_ms}, conduct,
          depth + 1, calls);
    if (!tally_.wrong.empty() && plan_.keep && !kept_) keep(moment);
  }

  void keep(const Moment& moment) {
    kept_ = true;
    const auto place =
        std::filesystem::temp_directory_path() /
        ("janji-power-" + std::to_string(plan_.seed) + "-" + std::to_string(moment.call));
    std::filesystem::remove_all(place);
    std::filesystem::create_directory(place);
    moment.image.write_to(place);
    tally_.wrong += "; its image is in " + place.string();
  }

  const Plan plan_;
  Tally tally_;
  model::Random random_{0};
  std::string name_;
  bool kept_{false};
};

}  // namespace

Conduct conduct_of(std::uint64_t seed, const Plan& plan) {
  model::Random random(seed);
  Conduct conduct;
  conduct.durability = random.percent(60) ? Durability::strict : Durability::relaxed;
  conduct.trims = random.percent(60);
  conduct.crowded = random.percent(25);
  conduct.calm = random.percent(15);
  conduct.early = plan.early;
  conduct.lies = plan.lies;
  conduct.steps = static_cast<int>(20 + random.below(100));
  conduct.kill_at = random.percent(40) ? 1 + random.below(250) : 0;
  conduct.permille = 25;
  conduct.seed = random.next();
  return conduct;
}

Tally explore(const Plan& plan) {
  return Exploration(plan).run();
}

Tally explore_kills(const Plan& plan, std::uint64_t first_call, std::uint64_t last_call,
                    const std::string& in) {
  return Exploration(plan).run_kills(first_call, last_call, in);
}

}  // namespace janji::power
