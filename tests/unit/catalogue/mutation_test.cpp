// Whatever the files say, loading ends in a catalogue or in words, never in a crash.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using namespace janji;
using janji::test::SmallCatalogue;
using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
  return bound == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

constexpr std::string_view kBytes = ",\"\r\n;:-0 aZ\xC3\xFF\t";
constexpr std::string_view kCells[] = {
    "",           "0",
    "-1",         "99999999999999999999",
    "24:00",      "00:00",
    "23:59",      "2026-02-29",
    "2099-12-31", "general",
    "kiosk",      "priority",
    "none",       "UTC",
    "hq",         "Europe/London",
    "1440",       "keselamatan-pasport",
    "1",          "4095",
    "1000000",    "America/Santiago",
    "sun",        "\"\"\"\"",
};

// Where a cell of the text begins and ends, roughly: quotes are not minded.
std::pair<std::size_t, std::size_t> some_cell(Random& random, const std::string& text) {
  const std::size_t at = below(random, text.size());
  const std::size_t before = text.find_last_of(",\n", at == 0 ? 0 : at - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find_first_of(",\r\n", begin), text.size());
  return {begin, end - begin};
}

std::pair<std::size_t, std::size_t> some_line(Random& random, const std::string& text) {
  const std::size_t before = text.rfind('\n', below(random, text.size()));
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  return {begin, std::min(end + 1, text.size()) - begin};
}

void mutate(Random& random, std::string& text) {
  const auto [cell, cell_size] = some_cell(random, text);
  const auto [line, line_size] = some_line(random, text);
  switch (below(random, 9)) {
    case 0: text.insert(below(random, text.size()), 1, kBytes[below(random, kBytes.size())]); break;
    case 1: text.erase(below(random, text.size()), 1); break;
    case 2:
      if (!text.empty())
        text[below(random, text.size())] ^= static_cast<char>(1U << below(random, 8));
      break;
    case 3: text.erase(line, line_size); break;
    case 4: text.insert(line, text.substr(line, line_size)); break;
    case 5: text.replace(cell, cell_size, kCells[below(random, std::size(kCells))]); break;
    case 6: {
      const auto [other, other_size] = some_cell(random, text);
      text.replace(cell, cell_size, text.substr(other, other_size));
      break;
    }
    case 7: text.resize(below(random, text.size())); break;
    default: text.erase(cell, cell_size); break;
  }
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Asks a loaded catalogue for a bit of everything.
void use(Random& random, const Catalogue& catalogue) {
  for (int i = 0; i < 200 && !catalogue.lanes().empty(); ++i) {
    const auto lane = static_cast<std::uint32_t>(below(random, catalogue.lanes().size()));
    const std::uint32_t branch = catalogue.lanes()[lane].branch;
    const Day day{static_cast<std::int32_t>(18'000 + below(random, 30'000))};
    const DayPlan plan = catalogue.plan(lane, day);
    REQUIRE(plan.slots.size() <= catalogue.max_slots(lane));
    REQUIRE((plan.status == DayPlan::Status::open) == !plan.slots.empty());
    int end = 0;
    for (const SlotPlan& slot : plan.slots) {
      REQUIRE(slot.start.value >= end);
      REQUIRE(slot.capacity > 0);
      end = slot.start.value + slot.length_minutes;
      REQUIRE(catalogue.local_day(branch, catalogue.instant(branch, day, slot.start)) == day);
    }
  }
}

// Loads mutants of the files until `count` were tried; returns how many loaded.
int try_mutants(SmallCatalogue& files, std::map<std::string, std::string> texts, unsigned seed,
                int count) {
  Random random(seed);
  int loaded = 0;
  for (int i = 0; i < count; ++i) {
    auto chosen = texts.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(below(random, texts.size())));
    std::string text = chosen->second;
    for (std::size_t n = 1 + below(random, 3); n > 0; --n) mutate(random, text);
    files.put(chosen->first, text);
    const auto result = files.load();
    CAPTURE(seed, i, chosen->first);
    if (result) {
      ++loaded;
      use(random, **result);
    } else {
      REQUIRE(result.code() == Code::invalid_argument);
      REQUIRE_FALSE(result.error().detail.empty());
      REQUIRE(std::any_of(files.issues().begin(), files.issues().end(),
                          [](const CatalogueIssue& issue) { return !issue.warning; }));
    }
    for (const CatalogueIssue& issue : files.issues()) {
      CAPTURE(to_string(issue));
      REQUIRE_FALSE(issue.problem.empty());
      REQUIRE_FALSE(issue.remedy.empty());
      const bool only_counts = issue.problem.find("more problems") != std::string::npos;
      REQUIRE(issue.file.empty() == only_counts);
    }
    files.put(chosen->first, chosen->second);
  }
  return loaded;
}

std::map<std::string, std::string> read_all(const std::filesystem::path& directory) {
  std::map<std::string, std::string> texts;
  for (const std::string_view file : catalogue_files()) {
    texts[std::string(file)] = read_file(directory / file);
  }
  return texts;
}

TEST_CASE("mutation: damaged copies of the real files load or are refused with words") {
  SmallCatalogue files;
  const auto texts = read_all(janji::test::malaysia_directory());
  for (const auto& [file, text] : texts) files.put(file, text);
  REQUIRE(files.load().ok());
  const int loaded = try_mutants(files, texts, 2026, 150);
  CHECK(loaded > 0);
  CHECK(loaded < 150);
}

TEST_CASE("mutation: damaged copies of a small catalogue load or are refused with words") {
  SmallCatalogue files;
  const auto texts = read_all(files.directory());
  const int loaded = try_mutants(files, texts, 1122, 2000);
  CHECK(loaded > 100);
  CHECK(loaded < 1900);
}

TEST_CASE("mutation: ten thousand more, never the same", "[slow]") {
  SmallCatalogue files;
  const auto texts = read_all(files.directory());
  try_mutants(files, texts, std::random_device{}(), 10'000);
}

}  // namespace
