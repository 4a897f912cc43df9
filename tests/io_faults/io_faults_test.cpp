// Every call to the disk fails once, each in every way that it can: nothing that was acknowledged
// is lost, nothing false is acknowledged, and a disk that is good again is recovered from.
//
// JANJI_IO_SEED chooses other operations, JANJI_IO_FAULTS how many faults the soak injects.
#include <catch2/catch.hpp>

#include <cstdio>
#include <map>
#include <sstream>
#include <string>

#include "io_faults/short_run.hpp"
#include "io_faults/watchdog.hpp"
#include "model/random.hpp"
#include "support/counted.hpp"

namespace {

using namespace janji;
using namespace janji::io_faults;

constexpr std::uint64_t kSeed = 4;

struct Tally {
  std::uint64_t faults{0}, open_failed{0}, writer_failed{0}, checkpointer_failed{0}, read_only{0};
  std::map<std::string, std::uint64_t> of_kind;

  void add(const Outcome& outcome) {
    if (outcome.fault.empty()) return;
    ++faults;
    open_failed += outcome.open_failed ? 1U : 0U;
    writer_failed += outcome.writer_failed ? 1U : 0U;
    checkpointer_failed += outcome.checkpointer_failed ? 1U : 0U;
    read_only += outcome.read_only ? 1U : 0U;
  }
  std::string words() const {
    std::ostringstream out;
    out << faults << " faults: " << open_failed << " openings refused, " << writer_failed
        << " writers failed, " << checkpointer_failed << " checkpointers, " << read_only
        << " engines read-only;";
    for (const auto& [kind, many] : of_kind) out << ' ' << many << ' ' << kind;
    return out.str();
  }
};

class Injector {
 public:
  explicit Injector(std::uint64_t seed, Durability durability = Durability::strict)
      : seed_(seed), durability_(durability) {
    watchdog_.begin("without a fault");
    const Outcome good = short_run(seed, durability, {});
    INFO("JANJI_IO_SEED=" << seed << ", without a fault");
    REQUIRE(good.wrong == "");
    kinds_ = good.kinds;
    whole_ = good.checkpointed && good.trimmed;
  }
  std::uint64_t calls() const { return kinds_.size(); }
  disk::Kind kind(std::uint64_t call) const { return kinds_[call - 1]; }
  // The run has everything that can fail.
  bool whole() const { return whole_; }

  void inject(const Fault& fault, Tally& tally) {
    std::ostringstream what;
    what << "JANJI_IO_SEED=" << seed_ << ", call " << fault.call << " of " << calls() << ", way "
         << fault.way << (fault.for_good ? ", for good" : ", once")
         << (durability_ == Durability::relaxed ? ", relaxed" : "");
    watchdog_.begin(what.str());
    const Outcome outcome = short_run(seed_, durability_, fault);
    INFO(what.str() << ": " << outcome.fault);
    REQUIRE(outcome.wrong == "");
    tally.add(outcome);
    if (!outcome.fault.empty()) ++tally.of_kind[disk::name_of(kind(fault.call))];
  }

 private:
  const std::uint64_t seed_;
  const Durability durability_;
  Watchdog watchdog_;
  std::vector<disk::Kind> kinds_;
  bool whole_{false};
};

void every_call(bool for_good) {
  const std::uint64_t seed = model::number_from("JANJI_IO_SEED", kSeed);
  Injector injector(seed);
  REQUIRE(injector.whole());
  Tally tally;
  std::uint64_t injected = 0;
  for (std::uint64_t call = 1; call <= injector.calls(); ++call) {
    for (std::size_t way = 0; way < ways_of(injector.kind(call)).size(); ++way) {
      injector.inject({call, way, for_good}, tally);
      ++injected;
    }
  }
  std::printf("io faults, seed %llu, %s: %s\n", static_cast<unsigned long long>(seed),
              for_good ? "for good" : "once", tally.words().c_str());
  // That they struck, and where it hurts.
  CHECK(tally.faults == injected);
  CHECK(tally.open_failed > 0);
  CHECK(tally.writer_failed > 0);
  CHECK(tally.checkpointer_failed > 0);
  CHECK(tally.read_only > 0);
}

TEST_CASE("every call of a short run fails once, in each way") {
  every_call(false);
}

TEST_CASE("every call of a short run fails, and those like it from then on", "[slow]") {
  every_call(true);
}

// Of runs with an even seed in strict mode, of the others relaxed.
void some_calls(std::uint64_t seed, std::uint64_t faults) {
  Tally tally;
  for (; tally.faults < faults; ++seed) {
    Injector injector(seed, seed % 2 == 0 ? Durability::strict : Durability::relaxed);
    model::Random random(seed);
    for (int i = 0; i < 50 && tally.faults < faults; ++i) {
      injector.inject({1 + random.below(injector.calls()), random.below(4), random.percent(50)},
                      tally);
    }
  }
  std::printf("io faults, seeds up to %llu: %s\n", static_cast<unsigned long long>(seed - 1),
              tally.words().c_str());
  test::counted(tally.faults, "faults");
  CHECK(tally.open_failed > 0);
  CHECK(tally.writer_failed > 0);
}

TEST_CASE("some calls of random runs fail in strict mode and relaxed") {
  some_calls(model::number_from("JANJI_IO_SEED", kSeed), 150);
}

TEST_CASE("thousands of calls of random runs fail", "[soak]") {
  some_calls(model::number_from("JANJI_IO_SEED", kSeed),
             model::number_from("JANJI_IO_FAULTS", 5000));
}

}  // namespace
