// Eight threads race for 1,000 seats in every mix of operations; then the journal is replayed on
// the model, and the engine, its journal and all that the threads were told must agree.
//
// JANJI_STRESS_SEED chooses another run, JANJI_STRESS_SECONDS a longer one (per mode).
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

#include "model/compare.hpp"
#include "model/feed_mirror.hpp"
#include "model/judge.hpp"
#include "model/names.hpp"
#include "stress/client.hpp"
#include "stress/world.hpp"
#include "support/counted.hpp"

namespace {

using namespace janji;
using namespace janji::stress;

constexpr int kThreads = 8;
constexpr std::size_t kCallsMaxPerSecond = 15'000;  // of one thread: bounds memory and replay

struct Race {
  World world;
  Town town;
  std::vector<Client> clients;

  Race(Durability durability, std::uint64_t seed, Checkpoints checkpoints)
      : world(durability, seed, checkpoints), town(seed) {
    for (std::uint64_t i = 0; i < kThreads; ++i) clients.emplace_back(world, town, i);
  }

  void run(std::uint64_t seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::vector<std::thread> threads;
    for (Client& client : clients) {
      threads.emplace_back(
          [&, end] { client.run(end, client.diary().size() + kCallsMaxPerSecond * seconds); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const Client& client : clients) REQUIRE(client.wrong() == "");
  }

  // Claims that were refused so.
  std::size_t refused(Code code) const {
    std::size_t many = 0;
    for (const Client& client : clients) {
      const auto& calls = client.diary();
      many +=
          static_cast<std::size_t>(std::count_if(calls.begin(), calls.end(), [&](const Call& call) {
            return call.kind == model::Kind::claim && call.decision.code == code;
          }));
    }
    return many;
  }
};

// The engine's bookings and seats are those of the model.
std::string compare(Engine& engine, const model::LedgerModel& ledger) {
  if (std::string words = model::compare_bookings(engine, ledger); !words.empty()) return words;
  if (engine.counters().bookings_in_days != ledger.bookings().size()) {
    return "another number of bookings is counted in days than there are";
  }
  std::array<SlotAvailability, kSlotsPerDay> slots;  // the kiosk has fewer
  for (const auto& [day, archived] : ledger.days()) {
    const std::size_t many = engine.slots(day.first, day.second, slots);
    for (std::size_t i = 0; i < many; ++i) {
      const model::ModelSlot* wanted = ledger.find_slot(slots[i].slot);
      const std::uint32_t free = wanted == nullptr || wanted->closed ? 0 : wanted->free();
      if (wanted == nullptr || slots[i].free != free) return model::name(slots[i].slot);
    }
  }
  return {};
}

void race(Durability durability, const char* mode, Checkpoints checkpoints = Checkpoints::off) {
  const std::uint64_t seed = model::number_from("JANJI_STRESS_SEED", 20260302);
  const std::uint64_t seconds = model::number_from("JANJI_STRESS_SECONDS", 2);
  INFO(mode << ", JANJI_STRESS_SEED=" << seed);
  Race race(durability, seed, checkpoints);
  race.run(seconds);
  const auto applied_until_now = [&] { return race.world.engine().counters().applied; };
  // It is to be a race with the checkpointer, which a slow machine comes to later.
  if (checkpoints == Checkpoints::on) {
    for (int more = 0; more < 30 && applied_until_now().value == 0; ++more) race.run(1);
  }
  // Likewise with seats that fall back beside claims, not only before any.
  constexpr std::uint64_t kAtOnce = kFallBackMs / 86'400'000 * kSlotsPerDay * kCapacity;
  const auto fallen = [&] { return race.world.engine().counters().seats_fallen_back; };
  for (int more = 0; more < 30 && fallen() <= kAtOnce; ++more) race.run(1);
  // And with seats that come, though staff may have lowered some slots and closed others.
  constexpr std::uint64_t kFirst = kSlotsPerDay * kCapacity / 10;
  const auto released = [&] { return race.world.engine().counters().seats_released; };
  for (int more = 0; more < 30 && released() < kFirst; ++more) race.run(1);
  // And with somebody who is blocked, which in some races is seldom.
  for (int more = 0; more < 30 && race.refused(Code::blocked) <= 5; ++more) race.run(1);
  // And with another catalogue, of which many tries are put off.
  const auto changed = [&] { return race.town.catalogue_changes.load(); };
  for (int more = 0; more < 30 && changed() == 0; ++more) race.run(1);
  const Lsn applied = applied_until_now();
  REQUIRE(race.world.come_to_rest() == "");
  REQUIRE(changed() > 0);
  // Or these were no part of it.
  REQUIRE(fallen() > kAtOnce);
  REQUIRE(released() >= kFirst);

  model::FeedMirror mirror;
  model::JournalReplay replay({kRetentionMs});
  model::Judge judge(race.world.commits());
  const auto is_pool = [&](LaneId lane) {
    return lane == race.world.lane(kLanes + kPoolLanes - 1);
  };
  judge.set_no_way([&](LaneId from, LaneId to) { return is_pool(from) != is_pool(to); });
  const auto follow = [&] {
    const model::Finding finding = replay.follow(
        race.world.journal(), [&](Lsn lsn, auto record, const model::LedgerModel& ledger) {
          judge.note(lsn, record, ledger);
        });
    REQUIRE((finding ? model::to_string(*finding) : "") == "");
    const model::Finding audit = replay.model().audit();
    REQUIRE((audit ? model::to_string(*audit) : "") == "");
    REQUIRE(compare(race.world.engine(), replay.model()) == "");
    REQUIRE(mirror.follow(race.world.engine()) == "");
    REQUIRE(mirror.compare(race.world.engine()) == "");
  };
  follow();
  for (const Client& client : race.clients) {
    for (const Call& call : client.diary()) {
      if (std::string words = judge.hear(call); !words.empty()) FAIL(words);
    }
  }
  REQUIRE(judge.conclude() == "");

  const Lsn last = race.world.engine().durable_lsn();
  race.world.reopen();
  if (checkpoints == Checkpoints::on) {
    // Or it was no race with the checkpointer, and no opening from the state alone.
    REQUIRE(applied.value > 0);
    REQUIRE(race.world.engine().counters().applied >= last);
  }
  REQUIRE(race.world.come_to_rest() == "");
  follow();

  std::printf("%s, seed %llu: %llu records, %llu in the state at the end of the race\n", mode,
              static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(replay.model().last_lsn().value),
              static_cast<unsigned long long>(applied.value));
  test::counted(replay.model().last_lsn().value, "records");
  // Of an engine that turns everybody away every answer would be true, too.
  const auto heard = [&](const char* answer) {
    const auto found = judge.answers().find(answer);
    return found == judge.answers().end() ? 0 : found->second;
  };
  for (const char* answer : {"claim ok",
                             "claim replayed",
                             "claim slot_full",
                             "claim already_booked",
                             "confirm ok",
                             "cancel ok",
                             "find ok",
                             "reschedule ok",
                             "claim_group ok",
                             "claim_group replayed",
                             "claim_group slot_full",
                             "claim_group entitlement_exhausted",
                             "move_group ok",
                             "block ok",
                             "claim blocked",
                             "join ok",
                             "join replayed",
                             "walk_in ok",
                             "walk_in replayed",
                             "join_group ok"}) {
    INFO(answer << ": " << heard(answer));
    REQUIRE(heard(answer) > 5);
  }
  REQUIRE(heard("claim ok") > 100);
  for (const auto& [answer, times] : judge.answers()) {
    std::printf("  %s: %llu\n", answer.c_str(), static_cast<unsigned long long>(times));
  }
}

TEST_CASE("eight threads race for 1,000 seats, strict") {
  race(Durability::strict, "strict");
}
TEST_CASE("eight threads race for 1,000 seats, relaxed") {
  race(Durability::relaxed, "relaxed");
}
TEST_CASE("eight threads race for 1,000 seats, memory") {
  race(Durability::memory, "memory");
}
TEST_CASE("eight threads race for 1,000 seats, strict, beside the checkpointer") {
  race(Durability::strict, "strict with checkpoints", Checkpoints::on);
}
TEST_CASE("eight threads race for 1,000 seats, relaxed, beside the checkpointer") {
  race(Durability::relaxed, "relaxed with checkpoints", Checkpoints::on);
}

}  // namespace
