// Catalogues that are read anew: who asks hears how far it is.
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

#include <janji/engine.hpp>

#include "api/catalogue_desk.hpp"
#include "support/scratch_directory.hpp"

using namespace janjid;

namespace {

using Step = CatalogueState::Step;

// Two offices' files, and an engine that was opened with them.
class Office {
 public:
  Office() {
    write("branches.csv",
          "branch_id,name,state,state_code,kind,city,timezone\n"
          "north,North,Selangor,MY-10,branch,North,Asia/Kuala_Lumpur\n");
    write("hours.csv",
          "kind,state_code,weekday,open,close\n"
          "branch,MY-10,mon,08:00,10:00\nbranch,MY-10,tue,08:00,10:00\n"
          "branch,MY-10,wed,08:00,10:00\nbranch,MY-10,thu,08:00,10:00\n"
          "branch,MY-10,fri,08:00,10:00\nbranch,MY-10,sat,08:00,10:00\n"
          "branch,MY-10,sun,08:00,10:00\n");
    write("breaks.csv", "kind,state_code,weekday,start,end\n");
    write("services.csv",
          "service_id,name_ms,name_en,name_id,applicant_categories,needs_group,progress,note\n"
          "passport,Pasport,Passport,Paspor,citizen,no,,\n");
    write("holidays.csv", "date,state_code,name,type\n");
    write(
        "offers.csv",
        "kind,branch_id,service_id,pool,percent,first_day,last_day\nbranch,,passport,general,,,\n");
    seats(2);
    janji::Options options;
    options.durability = janji::Durability::memory;
    const auto loaded = janji::Catalogue::load(directory(), nullptr);
    INFO((loaded.ok() ? std::string() : loaded.error().detail));
    REQUIRE(loaded.ok());
    options.catalogue = *loaded;
    options.bookings_max = 64;
    options.huge_pages = false;
    auto opened = janji::Engine::open(std::move(options));
    REQUIRE(opened.ok());
    engine_ = std::move(*opened);
    desk_ = std::make_unique<CatalogueDesk>(*engine_, directory());
  }

  std::filesystem::path directory() const { return scratch_.path(); }
  janji::Engine& engine() { return *engine_; }
  CatalogueDesk& desk() { return *desk_; }
  void end_desk() { desk_.reset(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(directory() / name) << text;
  }
  void seats(int capacity) const {
    write("schedule.csv",
          "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,horizon_days,"
          "seats_max\n,,,60," +
              std::to_string(capacity) + ",600,0,7,1\n");
  }

  CatalogueState ask(const std::string& key, bool dry_run, std::uint64_t digest = 0) {
    const CatalogueOrder order{1, key, dry_run, digest};
    CatalogueState state = desk().ask(order);
    while (state.step == Step::running) {
      std::this_thread::yield();
      state = desk().ask(order);
    }
    return state;
  }

 private:
  janji::test::ScratchDirectory scratch_;
  std::unique_ptr<janji::Engine> engine_;
  std::unique_ptr<CatalogueDesk> desk_;
};

}  // namespace

TEST_CASE("catalogue desk: an order is done once, and told again") {
  Office office;
  office.seats(3);
  const CatalogueState seen = office.ask("a", true);
  REQUIRE(seen.step == Step::done);
  CHECK(seen.preview.days.size() >= 6);
  CHECK(office.ask("b", false, seen.preview.digest + 1).code == ProblemCode::catalogue_changed);
  const CatalogueState done = office.ask("c", false, seen.preview.digest);
  REQUIRE(done.step == Step::done);
  CHECK(done.preview.digest == seen.preview.digest);
  const auto edition = office.engine().catalogue_edition();
  CHECK(office.engine().catalogue().lanes()[0].capacity == 3);
  const CatalogueState again = office.ask("c", false, seen.preview.digest);
  CHECK(again.repeated);
  CHECK(again.step == Step::done);
  CHECK(office.engine().catalogue_edition() == edition);
  CHECK(office.desk().ask({1, "c", true, 0}).code == ProblemCode::idempotency_mismatch);
  // Under another key: somebody lost the answer.
  CHECK(office.ask("d", false, seen.preview.digest).step == Step::done);
  CHECK(office.engine().catalogue_edition() == edition);
}

TEST_CASE("catalogue desk: a digest is of all that stands in the files") {
  Office office;
  const CatalogueState seen = office.ask("a", true);
  REQUIRE(seen.step == Step::done);
  CHECK(office.ask("b", true).preview.digest == seen.preview.digest);
  // No slot goes by a name.
  office.write("services.csv",
               "service_id,name_ms,name_en,name_id,applicant_categories,needs_group,progress,note\n"
               "passport,Pasport,Passports,Paspor,citizen,no,,\n");
  const CatalogueState edited = office.ask("c", true);
  REQUIRE(edited.step == Step::done);
  CHECK(edited.preview.digest != seen.preview.digest);
  CHECK(office.ask("d", false, seen.preview.digest).code == ProblemCode::catalogue_changed);
}

TEST_CASE("catalogue desk: files with errors are named and change nothing") {
  Office office;
  office.seats(0);
  const CatalogueState state = office.ask("a", true);
  REQUIRE(state.step == Step::refused);
  CHECK(state.code == ProblemCode::catalogue_invalid);
  CHECK(state.detail.find("schedule.csv:2") != std::string::npos);
  std::filesystem::remove(office.directory() / "schedule.csv");
  CHECK(office.ask("b", true).code == ProblemCode::catalogue_invalid);
  office.seats(3);
  CHECK(office.ask("a", true).step == Step::done);  // the refusal isn't remembered
  CHECK(office.engine().catalogue().lanes()[0].capacity == 2);
}

TEST_CASE("catalogue desk: a signal does what displaces nobody, and its end waits for it") {
  Office office;
  office.seats(5);
  office.desk().read_anew();
  office.end_desk();
  CHECK(office.engine().catalogue().lanes()[0].capacity == 5);
}

TEST_CASE("catalogue desk: a digest is sixteen digits") {
  CHECK(digest_text(0x1a) == "000000000000001a");
  CHECK(parse_digest("000000000000001a") == 0x1a);
  CHECK(parse_digest(digest_text(~std::uint64_t{0})) == ~std::uint64_t{0});
  for (const char* wrong : {"", "1a", "000000000000001g", "0x0000000000001a", "+00000000000001a",
                            "0000000000000000", "000000000000001a0"}) {
    CAPTURE(wrong);
    CHECK(parse_digest(wrong) == 0);
  }
}
