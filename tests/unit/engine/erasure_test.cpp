// Erasure: what is gone, from where, and what stays.
#include <array>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <janji/backup.hpp>
#include <janji/verify.hpp>

#include "engine_fixture.hpp"

using namespace janji;
using namespace janji::test;

namespace {

namespace fs = std::filesystem;

// Unsealed, so that it can be looked for: "<who>'s secret" over and over, up to `size`.
std::string secret_of(std::uint64_t who, std::size_t size = 100) {
  const std::string mark = "secret of applicant " + std::to_string(1'000'000 + who) + "; ";
  std::string text;
  while (text.size() < size) text += mark;
  text.resize(size);
  return text;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

BookingId confirmed(Engine& engine, std::uint64_t who, std::size_t size = 100,
                    SlotKey slot = slot_at()) {
  const auto held = engine.claim(claim_of(who, slot, who));
  REQUIRE(held.ok());
  const auto made = engine.confirm({held->id, {2, who}, 0, bytes_of(secret_of(who, size))});
  INFO((made.ok() ? std::string() : to_string(made.code()) + made.error().detail));
  REQUIRE(made.ok());
  return held->id;
}

BookingId ended(Engine& engine, std::uint64_t who, std::size_t size = 100,
                SlotKey slot = slot_at()) {
  const BookingId id = confirmed(engine, who, size, slot);
  REQUIRE(engine.cancel({id, {3, who}, 0}).ok());
  return id;
}

EraseRequest erase_of(BookingId id) {
  return {id, 7, ActorId{9}};
}

EraseQuery all_of(std::uint64_t who) {
  return {claim_of(who).applicant, {}, 7, ActorId{9}};
}

std::string text_of(const Result<std::vector<std::byte>>& details) {
  REQUIRE(details.ok());
  return {reinterpret_cast<const char*>(details->data()), details->size()};
}

Options stored_options(const ManualClock& clock, const fs::path& directory) {
  Options options = small_options(clock, 20);
  options.durability = Durability::strict;
  options.directory = directory;
  options.retention_ms = 30LL * 86'400'000;
  options.details_in_flight = 64;
  options.disk_low_water_bytes = std::size_t{4} << 20;
  return options;
}

// Which of the files in `directory` have a stretch of that applicant's details.
std::vector<std::string> files_with(const fs::path& directory, std::uint64_t who) {
  const std::string mark = "applicant " + std::to_string(1'000'000 + who);
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(stream), {}};
    if (all.find(mark) != std::string::npos) found.push_back(entry.path().filename().string());
  }
  return found;
}

void require_sound(const fs::path& directory) {
  const auto report = verify(directory);
  INFO((report.ok() ? std::string() : report.error().detail));
  REQUIRE(report.ok());
  INFO((report->sound() ? std::string() : report->broken()->words));
  REQUIRE(report->sound());
}

}  // namespace

TEST_CASE("the details of a booking that has ended are erased, and all else stays") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const BookingId id = ended(*engine, 1);
  const Booking before = *engine->find(id);
  CHECK(before.details_size == 100);
  CHECK_FALSE(before.details_erased);
  CHECK(text_of(engine->details(id)) == secret_of(1));
  REQUIRE(engine->erase(erase_of(id)).ok());
  CHECK(engine->details(id).code() == Code::details_erased);
  const Booking after = *engine->find(id);
  CHECK(after.details_size == 0);
  CHECK(after.details_erased);
  CHECK(after.version == before.version + 1);
  CHECK(after.lsn > before.lsn);
  CHECK(after.state == BookingState::cancelled);
  CHECK(after.confirmed_at == before.confirmed_at);
  CHECK(after.ended_at == before.ended_at);
  CHECK(engine->counters().erasures == 1);
  // What was granted before is still known under its id.
  Patience patience;
  const Decision again = engine->try_confirm({id, {2, 1}, 0, bytes_of(secret_of(1))}, patience);
  CHECK(again.verdict == Verdict::granted);
  CHECK(again.replayed);
}

TEST_CASE("an erasure is asked for twice, of an active booking, and of none") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const BookingId id = confirmed(*engine, 1);
  CHECK(engine->erase(erase_of(id)).code() == Code::illegal_transition);
  CHECK(engine->details(id).ok());
  REQUIRE(engine->cancel({id, {3, 1}, 0}).ok());
  Patience patience;
  const Decision first = engine->try_erase(erase_of(id), patience);
  CHECK(first.verdict == Verdict::granted);
  CHECK_FALSE(first.replayed);
  CHECK(first.booking == id);
  const Decision second = engine->try_erase(erase_of(id), patience);
  CHECK(second.verdict == Verdict::granted);
  CHECK(second.replayed);
  CHECK(second.lsn == first.lsn);
  CHECK(engine->counters().erasures == 1);
  CHECK(engine->erase(erase_of(BookingId{id.value + (1ULL << 40)})).code() ==
        Code::booking_not_found);
  CHECK(engine->erase(erase_of(BookingId{})).code() == Code::booking_not_found);
  // Without details there is nothing to refuse, once it has ended.
  const auto held = engine->claim(claim_of(2, slot_at(2)));
  CHECK(engine->erase(erase_of(held->id)).code() == Code::illegal_transition);
  REQUIRE(engine->cancel({held->id, {3, 2}, 0}).ok());
  CHECK(engine->erase(erase_of(held->id)).ok());
  CHECK_FALSE(engine->find(held->id)->details_erased);
  CHECK(engine->details(held->id).code() == Code::booking_not_found);
}

TEST_CASE("a group's details are erased when the last of its members has ended") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const std::array<ApplicantKey, 2> who{claim_of(1).applicant, claim_of(2).applicant};
  const std::array<GroupPart, 1> parts{
      GroupPart{slot_at().day(), slot_at().minute(), slot_at().minute(), 2}};
  GroupClaimRequest request;
  request.lane = LaneId{0};
  request.applicant = claim_of(50).applicant;
  request.members = who;
  request.parts = parts;
  const auto group = engine->claim_group(request);
  REQUIRE(group.ok());
  std::array<BookingId, 2> members;
  REQUIRE(engine->find_group(*group, members).ok());
  REQUIRE(engine->confirm({*group, {2, 1}, 0, bytes_of(secret_of(50))}).ok());
  REQUIRE(engine->cancel({members[0], {3, 1}, 0}).ok());
  CHECK(engine->erase(erase_of(*group)).code() == Code::illegal_transition);
  CHECK(engine->erase(erase_of(members[0])).code() == Code::illegal_transition);
  // A member's key has nothing of its own; who claimed it has them.
  CHECK(engine->erase_all(all_of(1))->active == 0);
  CHECK(engine->erase_all(all_of(50))->active == 1);
  CHECK(text_of(engine->details(members[0])) == secret_of(50));
  REQUIRE(engine->cancel({members[1], {3, 2}, 0}).ok());
  const Lsn before = engine->find(members[0])->lsn;
  REQUIRE(engine->erase(erase_of(members[0])).ok());
  for (const BookingId id : {*group, members[0], members[1]}) {
    CHECK(engine->details(id).code() == Code::details_erased);
  }
  CHECK(engine->find(members[0])->details_erased);
  CHECK(engine->find(members[0])->lsn == before);
  CHECK(engine->erase_all(all_of(50))->erased == 0);
}

TEST_CASE("all of one applicant's, of whatever is older than a time, or both") {
  ManualClock clock;
  Options options = small_options(clock, 20);
  auto engine = open_engine(options);
  const BookingId first = ended(*engine, 1);
  clock.advance(3'600'000);
  const auto again = engine->claim(claim_of(1, slot_at(2), 101));
  REQUIRE(again.ok());
  REQUIRE(engine->confirm({again->id, {2, 101}, 0, bytes_of(secret_of(1, 300))}).ok());
  const BookingId other = ended(*engine, 2);
  CHECK(engine->erase_all({}).code() == Code::invalid_argument);
  // Of both, what ended in the first hour.
  auto sum = engine->erase_all({{}, CivilTime{kMorning + 1}, 0, {}});
  REQUIRE(sum.ok());
  CHECK(sum->erased == 1);
  CHECK(sum->active == 0);
  CHECK(engine->details(first).code() == Code::details_erased);
  CHECK(engine->details(other).ok());
  sum = engine->erase_all(all_of(1));
  CHECK(sum->erased == 0);
  CHECK(sum->active == 1);
  CHECK(engine->details(again->id).ok());
  REQUIRE(engine->cancel({again->id, {3, 101}, 0}).ok());
  EraseQuery both = all_of(1);
  both.ended_before = CivilTime{kMorning + 3'600'000};
  CHECK(engine->erase_all(both)->erased == 0);
  both.ended_before.value += 1;
  CHECK(engine->erase_all(both)->erased == 1);
  CHECK(engine->details(again->id).code() == Code::details_erased);
  CHECK(engine->details(other).ok());
}

TEST_CASE("many are erased in pages, each of which ends somewhere") {
  ManualClock clock;
  Options options = small_options(clock, 400);
  options.operations_max = 4096;
  auto engine = open_engine(options);
  for (std::uint64_t who = 1; who <= 600; ++who) ended(*engine, who, 30);
  const EraseQuery query{{}, CivilTime{kMorning + 1}, 0, {}};
  EraseCursor cursor;
  const ErasePage page = engine->try_erase_all(query, cursor);
  CHECK(page.code == Code::ok);
  CHECK(page.erased == 256);
  CHECK_FALSE(cursor.at_end);
  const auto sum = engine->erase_all(query);  // from the beginning, as after a crash
  REQUIRE(sum.ok());
  CHECK(sum->erased == 600 - 256);
  CHECK(engine->counters().erasures == 600);
}

TEST_CASE("an erasure lasts, whether a start reads it from the journal or from the state") {
  const Durability durability = GENERATE(Durability::strict, Durability::relaxed);
  const bool checkpoint = GENERATE(true, false);
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  options.durability = durability;
  options.checkpoint = checkpoint;
  std::vector<BookingId> ids;
  {
    auto engine = open_engine(options);
    for (std::uint64_t who = 1; who <= 9; ++who) ids.push_back(ended(*engine, who, 40 * who));
  }
  {
    auto engine = open_engine(options);
    REQUIRE(engine->erase(erase_of(ids[0])).ok());
    // Confirmed and erased within one round, perhaps.
    ids.push_back(ended(*engine, 10));
    REQUIRE(engine->erase(erase_of(ids[9])).ok());
  }
  require_sound(options.directory);
  auto engine = open_engine(options);
  for (const std::size_t gone : {std::size_t{0}, std::size_t{9}}) {
    CHECK(engine->details(ids[gone]).code() == Code::details_erased);
    CHECK(engine->find(ids[gone])->details_erased);
  }
  for (std::uint64_t who = 2; who <= 9; ++who) {
    CHECK(text_of(engine->details(ids[who - 1])) == secret_of(who, 40 * who));
  }
}

TEST_CASE("files that were written anew have nothing of what was erased") {
  const Durability durability = GENERATE(Durability::strict, Durability::relaxed);
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  options.durability = durability;
  auto engine = open_engine(options);
  constexpr std::uint64_t kMany = 24;
  const auto size_of = [](std::uint64_t who) { return who % 3 == 0 ? 4096 : 40 + 90 * who; };
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who <= kMany; ++who) {
    ids.push_back(ended(*engine, who, size_of(who), slot_at(static_cast<int>(1 + who % 5))));
  }
  REQUIRE(engine->settle().ok());
  CHECK_FALSE(files_with(options.directory, 1).empty());
  for (std::uint64_t who = 1; who <= kMany; who += 2) {
    REQUIRE(engine->erase_all(all_of(who))->erased == 1);
  }
  CHECK(engine->counters().compactions == 0);
  // No backup from then on has them, though the files still may.
  const auto backup = engine->backup(directory.path() / "backup");
  INFO((backup.ok() ? std::string() : backup.error().detail));
  REQUIRE(backup.ok());
  const Status completed = engine->complete_erasures();
  INFO((completed.ok() ? std::string() : completed.error().detail));
  REQUIRE(completed.ok());
  CHECK(engine->counters().compactions == 1);
  for (std::uint64_t who = 1; who <= kMany; ++who) {
    CAPTURE(who);
    const bool erased = who % 2 == 1;
    CHECK(files_with(options.directory, who).empty() == erased);
    CHECK(files_with(directory.path() / "backup", who).empty() == erased);
    const auto details = engine->details(ids[who - 1]);
    if (erased) {
      CHECK(details.code() == Code::details_erased);
    } else {
      CHECK(text_of(details) == secret_of(who, size_of(who)));
    }
  }
  // It goes on in the new files, as if nothing had been.
  const BookingId later = ended(*engine, 90);
  engine.reset();
  require_sound(options.directory);
  require_sound(directory.path() / "backup");
  for (const char* place : {"data", "backup"}) {
    Options there = options;
    there.directory = directory.path() / place;
    const auto opened = open_engine(there);
    CHECK(opened->details(ids[0]).code() == Code::details_erased);
    CHECK(text_of(opened->details(ids[1])) == secret_of(2, size_of(2)));
    CHECK(opened->find(later).ok() == (there.directory == options.directory));
  }
}

TEST_CASE("what is forgotten takes its details along, also from a journal that is kept") {
  const Durability durability = GENERATE(Durability::strict, Durability::relaxed);
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  options.durability = durability;
  options.journal_retain_lsn = 1U << 20;
  options.retention_ms = 3'600'000;
  auto engine = open_engine(options);
  const BookingId gone = ended(*engine, 1);
  const BookingId kept = confirmed(*engine, 2, 100, slot_at(3));
  const std::array<ApplicantKey, 2> who{claim_of(11).applicant, claim_of(12).applicant};
  const std::array<GroupPart, 1> parts{
      GroupPart{slot_at(2).day(), slot_at(2).minute(), slot_at(2).minute(), 2}};
  GroupClaimRequest request;
  request.lane = LaneId{0};
  request.applicant = claim_of(50).applicant;
  request.members = who;
  request.parts = parts;
  const auto group = engine->claim_group(request);
  REQUIRE(group.ok());
  REQUIRE(engine->confirm({*group, {2, 50}, 0, bytes_of(secret_of(50))}).ok());
  REQUIRE(engine->cancel({*group, {3, 50}, 0}).ok());
  REQUIRE(engine->settle().ok());
  CHECK_FALSE(files_with(options.directory, 50).empty());
  for (int hours = 0; hours < 3; ++hours) {
    clock.advance(3'600'000);
    for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  }
  CHECK(engine->find(gone).code() == Code::booking_not_found);
  CHECK(engine->find_group(*group, {}).code() == Code::booking_not_found);
  REQUIRE(engine->complete_erasures().ok());
  REQUIRE(engine->backup(directory.path() / "backup").ok());
  for (const char* place : {"data", "backup"}) {
    CAPTURE(place);
    CHECK(files_with(directory.path() / place, 1).empty());
    CHECK(files_with(directory.path() / place, 50).empty());
    CHECK_FALSE(files_with(directory.path() / place, 2).empty());
  }
  CHECK(text_of(engine->details(kept)) == secret_of(2));
  engine.reset();
  require_sound(options.directory);
  require_sound(directory.path() / "backup");
}

TEST_CASE("what was erased is in no file any more by the deadline, restarts included") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  options.erase_within_ms = 3'600'000;
  {
    auto engine = open_engine(options);
    const BookingId id = ended(*engine, 1);
    CHECK(engine->counters().erasure_pending_ms == 0);
    REQUIRE(engine->erase(erase_of(id)).ok());
    REQUIRE(engine->settle().ok());
    clock.advance(1'800'000);
    REQUIRE(engine->settle().ok());
    CHECK(engine->counters().erasure_pending_ms > 0);
    CHECK(engine->counters().compactions == 0);
  }
  CHECK_FALSE(files_with(options.directory, 1).empty());
  {
    auto engine = open_engine(options);
    CHECK(engine->counters().erasure_pending_ms >= 1'800'000);
    clock.advance(1'800'000);
    while (engine->counters().compactions == 0) REQUIRE(engine->settle().ok());
    CHECK(files_with(options.directory, 1).empty());
    while (engine->counters().erasure_pending_ms != 0) REQUIRE(engine->settle().ok());
    clock.advance(7'200'000);
    for (int i = 0; i < 5; ++i) REQUIRE(engine->settle().ok());
    CHECK(engine->counters().compactions == 1);
  }
  // That it is complete is known to the next life, too.
  auto engine = open_engine(options);
  clock.advance(7'200'000);
  for (int i = 0; i < 5; ++i) REQUIRE(engine->settle().ok());
  CHECK(engine->counters().compactions == 0);
  CHECK(engine->counters().erasure_pending_ms == 0);
}

TEST_CASE("files are written anew beside claims, erasures, readers and backups") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  options.operations_max = 0;
  options.backlog_max = 1U << 16;
  auto engine = open_engine(options);
  std::atomic<bool> stop{false};
  std::atomic<const char*> wrong{nullptr};
  std::atomic<std::uint64_t> lives{0};
  {
    std::jthread client([&] {
      for (std::uint64_t who = 1; !stop; ++who) {
        const auto held = engine->claim(claim_of(who, slot_at(1 + static_cast<int>(who % 5))));
        if (held.code() == Code::overloaded || held.code() == Code::limit_reached) continue;
        if (!held.ok()) wrong = to_string(held.code());
        if (wrong != nullptr) return;
        const std::string text = secret_of(who, 20 + who % 2000);
        const bool done = engine->confirm({held->id, {}, 0, bytes_of(text)}).ok() &&
                          engine->cancel({held->id, {}, 0}).ok();
        const auto details = engine->details(held->id);
        if (!done || !details.ok() || !engine->erase(erase_of(held->id)).ok() ||
            engine->details(held->id).code() != Code::details_erased) {
          wrong = "a life of a booking";
          return;
        }
        ++lives;
      }
    });
    for (int i = 0; i < 4 && wrong == nullptr; ++i) {
      const std::uint64_t until = lives + 20;
      while (lives < until && wrong == nullptr && engine->counters().bookings_in_use < 900) {
        std::this_thread::yield();
      }
      REQUIRE(engine->complete_erasures().ok());
      REQUIRE(engine->backup(directory.path() / std::to_string(i)).ok());
      require_sound(directory.path() / std::to_string(i));
    }
    stop = true;
  }
  INFO((wrong == nullptr ? "" : wrong.load()));
  CHECK(wrong == nullptr);
  CHECK(lives > 20);
  REQUIRE(engine->complete_erasures().ok());
  CHECK(files_with(options.directory, 1).empty());
  engine.reset();
  require_sound(options.directory);
}

TEST_CASE("the feed tells of an erasure, and by whom") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const BookingId id = ended(*engine, 1);
  REQUIRE(engine->erase(erase_of(id)).ok());
  std::array<Event, 400> events;
  const auto page = engine->read_feed(Lsn{}, events);
  REQUIRE(page.ok());
  REQUIRE(page->events > 0);
  const Event& last = events[page->events - 1];
  CHECK(last.kind == EventKind::erase);
  CHECK(std::string(to_string(last.kind)) == "erase");
  CHECK(last.booking == id);
  CHECK(last.group == BookingId{});
  CHECK(last.state == BookingState::none);
  CHECK(last.argument == 7);
  CHECK(last.actor == ActorId{9});
  CHECK(last.civil_at == CivilTime{kMorning});
}

TEST_CASE("nothing is erased without checkpoints from the state, and it says so") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  options.checkpoint = false;
  auto engine = open_engine(options);
  REQUIRE(engine->erase(erase_of(ended(*engine, 1))).ok());
  CHECK(engine->complete_erasures().code() == Code::invalid_argument);
  CHECK(engine->backup(directory.path() / "backup").code() == Code::invalid_argument);
}
