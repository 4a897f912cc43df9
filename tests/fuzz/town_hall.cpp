#include "fuzz/town_hall.hpp"

#include <optional>

#include "fuzz/complain.hpp"
#include "model/small_town.hpp"
#include "unit/identity/fixed_ring.hpp"

namespace janji::fuzz {
namespace {

constexpr int kLooksMax = 100;

Options options(const Clock& clock) {
  Options options;
  options.durability = Durability::memory;
  options.catalogue = model::small_town();
  options.slots_max = 4096;
  options.bookings_max = 256;
  options.blocks_max = 64;
  options.entitlements_max = 64;
  options.eligible_max = 256;
  options.record_blocks = 64;
  options.callers_max = 4;
  options.details_in_flight = 4;
  options.huge_pages = false;
  options.clock = &clock;
  options.seed = 42;
  return options;
}

void replace_all(std::string& text, std::string_view name, std::string_view value) {
  for (std::size_t at = text.find(name); at != std::string::npos;
       at = text.find(name, at + value.size())) {
    text.replace(at, name.size(), value);
  }
}

}  // namespace

TownHall::TownHall()
    : clock_(model::kTownStart),
      engine_(Engine::open(options(clock_)).value()),
      identity_(janjid::test::fixed_ring()) {
  engine_->add_listener(bell_);
  bell_.begin(engine_->durable_lsn());
  held_ = make_booking(1, false);
  confirmed_ = make_booking(2, true);
  require(engine_->settle().ok(), "the town hall doesn't open");
  begun_ = engine_->durable_lsn();
  api_ = std::make_unique<janjid::Api>(*engine_, identity_, access_, bell_, true);
  site_.metrics = [] { return std::string("# none\n"); };
  site_.set_api(api_.get());
  pipeline_ = std::make_unique<janjid::Pipeline>(site_);
}

TownHall::~TownHall() {
  engine_->remove_listener(bell_);
}

TownHall::Known TownHall::make_booking(std::uint64_t applicant, bool confirm) {
  ClaimRequest request;
  request.slot = SlotKey(engine_->lane(0), Day{model::kTownMonday.value + 1}, Minute{540});
  request.applicant = {7, applicant};
  const auto booking = engine_->claim(request);
  require(booking.ok(), "nobody gets a seat");
  if (confirm) {
    ConfirmRequest confirmation;
    confirmation.booking = booking->id;
    require(engine_->confirm(confirmation).ok(), "nobody can confirm");
  }
  return {std::string(identity_.references.format(booking->id).view()),
          std::string(identity_.tokens.make(booking->id).view())};
}

janjid::Response TownHall::answer(const janjid::Request& request) {
  janjid::Reply reply = pipeline_->handle(request);
  for (int looks = 0; reply.parked && looks < kLooksMax; ++looks) {
    require(engine_->settle().ok(), "the engine failed");
    const std::unique_ptr<janjid::Parked> parked = std::move(reply.parked);
    reply = parked->again();
  }
  require(!reply.parked, "a request waits for ever");
  require(engine_->settle().ok(), "the engine failed");
  require(reply.lsn <= engine_->durable_lsn(), "an answer waits for what nobody decided");
  return std::move(reply.response);
}

std::string TownHall::filled_in(std::string text) const {
  if (text.find('<') == std::string::npos) return text;
  replace_all(text, "<held>", held_.reference);
  replace_all(text, "<held token>", held_.token);
  replace_all(text, "<confirmed>", confirmed_.reference);
  replace_all(text, "<confirmed token>", confirmed_.token);
  return text;
}

bool TownHall::changed() const {
  return engine_->durable_lsn() != begun_;
}

TownHall& town_hall() {
  static std::optional<TownHall> hall;
  if (!hall || hall->changed()) hall.emplace();
  return *hall;
}

}  // namespace janji::fuzz
