// Each bound that build() holds a catalogue to: what is just inside it is taken, and what is just
// outside is refused in words that name the part.
#include <functional>
#include <string>

#include <catch2/catch.hpp>

#include <janji/catalogue_builder.hpp>

namespace {

using namespace janji;

Service service_of(const std::string& id) {
  Service service;
  service.id = id;
  service.name = {id, id, id};
  service.categories = category_bit(Category::citizen);
  return service;
}

// The refusal of a catalogue of one office, one service and one week that `change` changed; empty
// if it is taken.
struct Draft {
  Branch branch{"a", "Office a", "North", "N-1", "hq", "Town", "Asia/Kuala_Lumpur"};
  Service service = service_of("s");
  OpeningWeek week = OpeningWeek::every_day(60, 360);
  CatalogueBuilder::Lane lane;

  std::string refusal() const {
    CatalogueBuilder builder;
    builder.add_branch(branch);
    builder.add_service(service);
    builder.add_week(week);
    builder.add_lane(lane);
    const auto built = builder.build();
    if (built) return "";
    CHECK(built.code() == Code::invalid_argument);
    return built.error().detail;
  }
};

template <class Change>
std::string refusal(Change&& change) {
  Draft draft;
  change(draft);
  return draft.refusal();
}

TEST_CASE("builder words: when seats of a pool fall back") {
  const auto falls_back = [](std::int64_t ms, Pool pool = Pool::kiosk, std::int64_t lead_ms = 0) {
    return refusal([&](Draft& d) {
      d.service.rules.lead_ms = lead_ms;
      d.lane.pool = pool;
      d.lane.fall_back_ms = ms;
    });
  };
  CHECK(falls_back(0).empty());
  CHECK(falls_back(1).empty());
  CHECK(falls_back(kMaxFallBackMs).empty());
  CHECK(falls_back(-1) == "lane 0: fall_back_ms out of bounds");
  CHECK(falls_back(kMaxFallBackMs + 1) == "lane 0: fall_back_ms out of bounds");
  CHECK(falls_back(0, Pool::general).empty());
  CHECK(falls_back(1, Pool::general) ==
        "lane 0: fall_back_ms: the general pool has none to fall back to");
  CHECK(falls_back(1001, Pool::kiosk, 1000).empty());
  CHECK(falls_back(1000, Pool::kiosk, 1000) ==
        "lane 0: fall_back_ms: by then the slot can't be claimed any more (lead_ms)");
}

TEST_CASE("builder words: rules of a service") {
  struct Bound {
    const char* words;
    std::function<void(ServiceRules&, std::int64_t)> set;
    std::int64_t least, most;
  };
  const Bound bounds[] = {
      {"hold_ms", [](ServiceRules& r, std::int64_t v) { r.hold_ms = v; }, 1, kMaxHoldMs},
      {"lead_ms", [](ServiceRules& r, std::int64_t v) { r.lead_ms = v; }, 0, kMaxLeadMs},
      {"horizon_days",
       [](ServiceRules& r, std::int64_t v) { r.horizon_days = static_cast<int>(v); }, 1,
       kMaxHorizonDays},
      {"seats_max",
       [](ServiceRules& r, std::int64_t v) { r.seats_max = static_cast<std::uint16_t>(v); }, 1,
       kMaxSlotCapacity},
      {"reschedule_cutoff_ms", [](ServiceRules& r, std::int64_t v) { r.reschedule_cutoff_ms = v; },
       0, kMaxLeadMs},
  };
  for (const Bound& bound : bounds) {
    const auto with = [&](std::int64_t value) {
      return refusal([&](Draft& d) { bound.set(d.service.rules, value); });
    };
    const std::string words = std::string("service s: ") + bound.words + " out of bounds";
    CHECK(with(bound.least).empty());
    CHECK(with(bound.most).empty());
    CHECK(with(bound.least - 1) == words);
    CHECK(with(bound.most + 1) == words);
  }
  const auto moves = [](std::uint8_t most) {
    return refusal([&](Draft& d) { d.service.rules.reschedules_max = most; });
  };
  CHECK(moves(0).empty());
  CHECK(moves(kMaxReschedules).empty());
  CHECK(moves(kMaxReschedules + 1) == "service s: reschedules_max out of bounds");
}

TEST_CASE("builder words: ids") {
  for (const std::string id : {"", "A", "-a", "a-", "a b"}) {
    CHECK(refusal([&](Draft& d) { d.service.id = id; }) == "service \"" + id + "\": not an id");
    CHECK(refusal([&](Draft& d) { d.branch.id = id; }) == "branch \"" + id + "\": not an id");
  }
}

TEST_CASE("builder words: lanes") {
  const auto lane = [](auto&& change) { return refusal([&](Draft& d) { change(d.lane); }); };
  using Lane = CatalogueBuilder::Lane;
  CHECK(lane([](Lane& l) { l.branch = 1; }) == "lane 0: no such branch");
  CHECK(lane([](Lane& l) { l.service = 1; }) == "lane 0: no such service");
  CHECK(lane([](Lane& l) { l.week = 1; }) == "lane 0: no such week");
  CHECK(lane([](Lane& l) { l.pool = static_cast<Pool>(kPools); }) == "lane 0: no such pool");
  CHECK(lane([](Lane& l) { l.slot_minutes = 1440; }).empty());
  CHECK(lane([](Lane& l) { l.slot_minutes = 1441; }) == "lane 0: slot_minutes out of bounds");
  CHECK(lane([](Lane& l) { l.slot_minutes = 0; }) == "lane 0: slot_minutes out of bounds");
  CHECK(lane([](Lane& l) { l.capacity = kMaxSlotCapacity; }).empty());
  CHECK(lane([](Lane& l) { l.capacity = kMaxSlotCapacity + 1; }) ==
        "lane 0: capacity out of bounds");
  CHECK(lane([](Lane& l) { l.capacity = 0; }) == "lane 0: capacity out of bounds");
  const std::string days = "lane 0: first_day or last_day out of bounds";
  CHECK(lane([](Lane& l) { l.first_day = l.last_day; }).empty());
  CHECK(lane([](Lane& l) { l.last_day = Day{l.first_day.value - 1}; }) == days);
  CHECK(lane([](Lane& l) { l.first_day = Day{kFirstPlannedDay.value - 1}; }) == days);
  CHECK(lane([](Lane& l) { l.last_day = Day{kLastPlannedDay.value + 1}; }) == days);
}

TEST_CASE("builder words: hours and breaks of a week") {
  const auto monday = [](std::vector<WallSpan> open, std::vector<WallSpan> breaks) {
    return refusal([&](Draft& d) { d.week.days[0] = {open, breaks}; });
  };
  const std::string words =
      "week 0: hours or breaks overlap, are unsorted, or a break lies outside the hours";
  CHECK(monday({{0, 60}, {60, 1440}}, {{0, 30}, {30, 60}, {60, 90}}).empty());
  CHECK(monday({}, {}).empty());
  CHECK(monday({{0, 60}, {59, 120}}, {}) == words);
  CHECK(monday({{60, 120}, {0, 60}}, {}) == words);
  CHECK(monday({{60, 60}}, {}) == words);
  CHECK(monday({{90, 60}}, {}) == words);
  CHECK(monday({{0, 1441}}, {}) == words);
  CHECK(monday({{60, 360}}, {{100, 100}}) == words);
  CHECK(monday({{60, 360}}, {{100, 130}, {120, 140}}) == words);
  CHECK(monday({{60, 360}}, {{59, 70}}) == words);
  CHECK(monday({{60, 360}}, {{350, 361}}) == words);
  CHECK(monday({{60, 120}, {120, 360}}, {{110, 130}}) == words);
  CHECK(monday({}, {{100, 130}}) == words);
}

TEST_CASE("builder words: more services than a catalogue can have") {
  CatalogueBuilder builder;
  for (std::uint32_t i = 0; i < kMaxServices; ++i) {
    builder.add_service(service_of("s" + std::to_string(i)));
  }
  REQUIRE(builder.build().ok());
  for (std::uint32_t i = 0; i <= kMaxServices; ++i) {
    builder.add_service(service_of("s" + std::to_string(i)));
  }
  CHECK(builder.build().error().detail == "more than 4096 services");
}

TEST_CASE("builder words: a uniform catalogue") {
  const auto uniform = [](std::uint32_t lanes, int slots, int minutes) {
    UniformCatalogue spec;
    spec.lanes = lanes;
    spec.slots_per_day = static_cast<std::uint16_t>(slots);
    spec.slot_minutes = static_cast<std::uint16_t>(minutes);
    const auto made = make_uniform_catalogue(spec);
    return made ? std::string() : made.error().detail;
  };
  const std::string minutes = "slots_per_day × slot_minutes: 1 to 1440 minutes";
  CHECK(uniform(1, 96, 15).empty());
  CHECK(uniform(1, 97, 15) == minutes);
  CHECK(uniform(1, 0, 15) == minutes);
  CHECK(uniform(1, 96, 0) == minutes);
  CHECK(uniform(kMaxBranches + 1, 96, 15) == "lanes: at most 1048576");
}

}  // namespace
