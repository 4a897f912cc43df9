// When claims stop, when everything does, and when it goes on.
#include "engine/gatekeeper.hpp"
#include "engine_fixture.hpp"
#include "store/memory_store.hpp"
#include "support/forwarding_journal.hpp"
#include "unit/state/failing_state.hpp"

using namespace janji;
using namespace janji::test;
using ledger::Gate;

namespace {

constexpr std::size_t kMark = 1000;

// A journal that has as much room as it is told.
class FillingJournal final : public ForwardingJournal {
 public:
  using ForwardingJournal::ForwardingJournal;
  Result<std::size_t> free_bytes() const override {
    ++asked;
    if (fails) return Error{Code::damaged, "a test wanted it so"};
    return room;
  }
  std::size_t room{10 * kMark};
  bool fails{false};
  mutable int asked{0};
};

struct House {
  House() {
    REQUIRE(stores.ok());
    time.start({});
    ledger.set_gate(Gate::open);
  }

  static Options options_for(const ManualClock& clock) {
    Options options = small_options(clock);
    options.durability = Durability::strict;
    options.backlog_max = 100;
    options.disk_low_water_bytes = kMark;
    return options;
  }
  Gate look(std::uint64_t durable, std::uint64_t applied) {
    now += 100;  // it looks at the disk ten times a second at most
    gatekeeper.look(LedgerTime{now}, Lsn{durable}, Lsn{applied});
    return ledger.gate();
  }

  ManualClock clock;
  Options options = options_for(clock);
  store::MemoryFactory disk;
  Result<std::unique_ptr<store::Stores>> stores = disk.open({});
  FillingJournal journal{(*stores)->journal()};
  samples::FailingState state{(*stores)->state(), 0, false};
  journal::RecordBlocks blocks{64, 8, false};
  journal::PublishList list;
  journal::Rounds rounds;
  base::TimeKeeper time{clock};
  ledger::Ledger ledger{options, 2, 8, {blocks, list, rounds}, time, 1};
  Gatekeeper gatekeeper{options, ledger, journal, state};
  std::int64_t now{0};
};

}  // namespace

TEST_CASE("gatekeeper: open while the state keeps up and there is room") {
  House house;
  CHECK(house.look(100, 0) == Gate::open);
  CHECK(house.look(1000, 1000) == Gate::open);
  CHECK(house.look(5, 10) == Gate::open);  // the state may be ahead of what it is told
}

TEST_CASE("gatekeeper: a state that lags stops claims first, then everything, and lets go") {
  House house;
  CHECK(house.look(1101, 1000) == Gate::backlog);
  CHECK(house.look(1200, 1000) == Gate::backlog);
  CHECK(house.look(1201, 1000) == Gate::read_only);
  CHECK(house.look(1201, 1050) == Gate::backlog);
  CHECK(house.look(1201, 1101) == Gate::open);
}

TEST_CASE("gatekeeper: without checkpoints nothing lags") {
  House house;
  house.options.checkpoint = false;
  CHECK(house.look(1'000'000, 0) == Gate::open);
}

TEST_CASE("gatekeeper: too little room ends writing until there is half as much again") {
  House house;
  house.journal.room = kMark;
  CHECK(house.look(1, 1) == Gate::open);
  house.journal.room = kMark - 1;
  CHECK(house.look(1, 1) == Gate::read_only);
  house.journal.room = kMark + kMark / 2 - 1;
  CHECK(house.look(1, 1) == Gate::read_only);
  house.journal.room = kMark + kMark / 2;
  CHECK(house.look(1, 1) == Gate::open);
}

TEST_CASE("gatekeeper: a disk that doesn't say how much room it has counts as full") {
  House house;
  house.journal.fails = true;
  CHECK(house.look(1, 1) == Gate::read_only);
  house.journal.fails = false;
  CHECK(house.look(1, 1) == Gate::open);
}

TEST_CASE("gatekeeper: a state that failed needs no room: that it lags behind is what counts") {
  House house;
  REQUIRE_FALSE(house.state.begin().ok());
  REQUIRE_FALSE(house.state.free_bytes().ok());
  CHECK(house.look(1000, 1000) == Gate::open);
  CHECK(house.look(1101, 1000) == Gate::backlog);
  CHECK(house.look(1201, 1000) == Gate::read_only);
}

TEST_CASE("gatekeeper: asks the disk ten times a second at most") {
  House house;
  CHECK(house.look(1, 1) == Gate::open);
  house.journal.room = 0;
  const int asked = house.journal.asked;
  house.gatekeeper.look(LedgerTime{house.now + 99}, Lsn{1}, Lsn{1});
  CHECK(house.journal.asked == asked);
  CHECK(house.ledger.gate() == Gate::open);
  CHECK(house.look(1, 1) == Gate::read_only);
  CHECK(house.journal.asked == asked + 1);
}

TEST_CASE("gatekeeper: a failed engine, or a closed one, never opens again") {
  House house;
  SECTION("failed") {
    house.gatekeeper.fail();
    CHECK(house.look(1, 1) == Gate::failed);
  }
  SECTION("closed") {
    house.ledger.set_gate(Gate::closed);
    CHECK(house.look(1, 1) == Gate::closed);
  }
}
