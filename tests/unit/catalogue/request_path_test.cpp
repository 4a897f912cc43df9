// What a request asks of the catalogue allocates nothing.
#include <cstdlib>
#include <new>

#include <catch2/catch.hpp>

#include <janji/catalogue.hpp>

#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

thread_local long allocations = 0;

void* counted(std::size_t size) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}

void* counted_or_throw(std::size_t size) {
  if (void* memory = counted(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted_or_throw(size);
}
void* operator new[](std::size_t size) {
  return counted_or_throw(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace {

using namespace janji;

TEST_CASE("request path: look-ups, plans and times allocate nothing") {
  const auto loaded = Catalogue::load(janji::test::malaysia_directory(), nullptr);
  REQUIRE(loaded.ok());
  const Catalogue& catalogue = **loaded;
  const std::string_view branch_id = "kota-kinabalu-international-airport";
  const std::string_view service_id = "keselamatan-pasport";
  const std::string_view key = "kota-kinabalu-international-airport/keselamatan-pasport/general";

  REQUIRE(allocations > 0);
  const long before = allocations;
  long found = 0;
  for (int d = 0; d < 90; ++d) {
    const auto branch = catalogue.find_branch(branch_id);
    const auto service = catalogue.find_service(service_id);
    const auto lane = catalogue.find_lane(*branch, *service, Pool::general);
    found += catalogue.find_lane(key) == lane ? 1 : 0;
    const Day day{20'779 + d};
    const DayPlan plan = catalogue.plan(*lane, day);
    found += static_cast<long>(plan.slots.size() + plan.reason.size());
    const CivilTime at = catalogue.instant(*branch, day, Minute{600});
    found += catalogue.local_day(*branch, at) == day ? 1 : 0;
    found += catalogue.utc_offset_seconds(*branch, at) == 28'800 ? 1 : 0;
    found += static_cast<long>(catalogue.services_at(*branch).size());
  }
  const long after = allocations;
  CHECK(after == before);
  CHECK(found > 90 * 3);
}

}  // namespace
