// What both states promise.
#include "store/state_store.hpp"

#include <catch2/catch.hpp>

#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using samples::Kind;
using samples::Place;
using store::StateTable;

Kind either() {
  return GENERATE(Kind::lmdb, Kind::memory);
}

samples::Bytes row_of(const store::StateStore& state, StateTable table, std::uint64_t key) {
  const auto row = state.read(table, key);
  REQUIRE(row.ok());
  return row->value_or(samples::Bytes{});
}

void put(store::StateStore& state, StateTable table, std::uint64_t key, std::size_t size) {
  REQUIRE(state.begin().ok());
  REQUIRE(state.put(table, key, samples::some_bytes(size, static_cast<unsigned>(key))).ok());
  REQUIRE(state.commit().ok());
}

TEST_CASE("a step's rows are there after it, in their own table, and stay") {
  Place place(either());
  auto stores = place.open();
  put(stores->state(), StateTable::bookings, 7, 4000);
  CHECK(row_of(stores->state(), StateTable::bookings, 7) == samples::some_bytes(4000, 7));
  CHECK(row_of(stores->state(), StateTable::days, 7).empty());
  CHECK(row_of(stores->state(), StateTable::bookings, 8).empty());
  stores.reset();
  stores = place.open();
  CHECK(row_of(stores->state(), StateTable::bookings, 7) == samples::some_bytes(4000, 7));
}

TEST_CASE("a step sees its own changes, others don't until it is committed") {
  Place place(either());
  const auto stores = place.open();
  store::StateStore& state = stores->state();
  put(state, StateTable::days, 1, 10);
  REQUIRE(state.begin().ok());
  REQUIRE(state.put(StateTable::days, 2, samples::some_bytes(20, 2)).ok());
  REQUIRE(state.erase(StateTable::days, 1).ok());
  REQUIRE(state.erase(StateTable::days, 99).ok());
  CHECK((*state.get(StateTable::days, 2))->size() == 20);
  CHECK_FALSE((*state.get(StateTable::days, 1)).has_value());
  CHECK(row_of(state, StateTable::days, 1).size() == 10);
  CHECK(row_of(state, StateTable::days, 2).empty());
  REQUIRE(state.commit().ok());
  CHECK(row_of(state, StateTable::days, 1).empty());
  CHECK(row_of(state, StateTable::days, 2).size() == 20);
}

TEST_CASE("an aborted step leaves nothing, nor does one that was never ended") {
  Place place(either());
  auto stores = place.open();
  put(stores->state(), StateTable::lanes, 1, 10);
  REQUIRE(stores->state().begin().ok());
  REQUIRE(stores->state().put(StateTable::lanes, 1, samples::some_bytes(20, 1)).ok());
  stores->state().abort();
  CHECK(row_of(stores->state(), StateTable::lanes, 1).size() == 10);
  REQUIRE(stores->state().begin().ok());
  REQUIRE(stores->state().put(StateTable::lanes, 1, samples::some_bytes(30, 1)).ok());
  stores.reset();
  stores = place.open();
  CHECK(row_of(stores->state(), StateTable::lanes, 1).size() == 10);
}

TEST_CASE("a scan goes through the keys in order from where it is told") {
  Place place(either());
  const auto stores = place.open();
  store::StateStore& state = stores->state();
  REQUIRE(state.begin().ok());
  for (const std::uint64_t key : {300U, 2U, 70'000U, 1U, 256U}) {
    REQUIRE(state.put(StateTable::bookings, key, samples::some_bytes(5, 1)).ok());
  }
  REQUIRE(state.commit().ok());
  const auto scan = [&](std::uint64_t from) {
    std::vector<std::uint64_t> keys;
    REQUIRE(state
                .scan(StateTable::bookings, from,
                      [&](std::uint64_t key, auto value) -> Status {
                        REQUIRE(value.size() == 5);
                        keys.push_back(key);
                        return success();
                      })
                .ok());
    return keys;
  };
  CHECK(scan(0) == std::vector<std::uint64_t>{1, 2, 256, 300, 70'000});
  CHECK(scan(2) == std::vector<std::uint64_t>{2, 256, 300, 70'000});
  CHECK(scan(3) == std::vector<std::uint64_t>{256, 300, 70'000});
  CHECK(scan(70'001).empty());
  int calls = 0;
  const Status status = state.scan(StateTable::bookings, 0, [&](std::uint64_t, auto) -> Status {
    if (++calls == 2) return Error{Code::stopped, ""};
    return success();
  });
  CHECK(status.code() == Code::stopped);
  CHECK(calls == 2);
}

}  // namespace
