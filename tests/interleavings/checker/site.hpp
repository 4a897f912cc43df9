// One access to an atomic in the source, and what a test does to it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace janji::interleavings {

enum class Access : std::uint8_t {
  load,
  store,
  exchange,
  compare,         // a compare-and-swap that succeeds
  compare_failed,  // and one that doesn't: only a load
  add,
  subtract,
  bit_and,
  bit_or
};

// What a read-modify-write that always succeeds leaves behind.
std::uint64_t modified(Access access, std::uint64_t before, std::uint64_t operand);

// Where the source accesses an atomic. The strings live as long as the program.
struct Place {
  const char* file;
  const char* function;
  std::uint32_t line;
  Access access;
  std::memory_order order;
};

// What sites are called: "KeyIndex::retract: bucket(hash, spot.step).cell[spot.cell].store
// release". Accesses that read alike in one function are one site.
std::string name_of(const Place& place);

// The sites that were met since forget_sites(), by name: those in files whose path has `part`.
std::vector<std::string> sites_met(const std::string& part);
void forget_sites();

// The orders that are one step weaker than the one at the end of a site's name.
std::vector<std::memory_order> weaker_than(const std::string& site);
const char* name_of(std::memory_order order);

// A bug made of one access: another order, or another value. Production code stays as it is; the
// checker acts as if it had been written so.
struct Plant {
  std::string site;  // as name_of() gives it; a * stands for any text
  std::optional<std::memory_order> order;
  // What a load returns instead, or a store or a read-modify-write leaves behind, given what was
  // there before and what should be now.
  std::function<std::uint64_t(std::uint64_t before, std::uint64_t now)> value;
};

// For the checker: what holds of the access at `place` under the plant in force.
struct Effect {
  std::memory_order order;
  const Plant* value{nullptr};  // whose value() applies, or null
};
Effect effect_at(const Place& place);
// Puts a plant in force, or takes it out: null. True at the end of a search that met it.
void plant(const Plant* plant);
bool plant_was_met();

}  // namespace janji::interleavings
