// From the shim to the execution; where there is none, or the atomic isn't the scene's, straight
// to memory.
#include "checker/atomic_shim.hpp"

// The checker's own sources use the real one.
#undef atomic

#include "checker/arena.hpp"
#include "checker/execution.hpp"

namespace janji::interleavings {

namespace {

Execution* execution_of(const void* raw) {
  return Arena::instance().covers(raw) ? Execution::current() : nullptr;
}

Place place_of(const std::source_location& at, Access access, std::memory_order order) {
  return {at.file_name(), at.function_name(), at.line(), access, order};
}

Access access_of(Operation operation) {
  switch (operation) {
    case Operation::exchange: return Access::exchange;
    case Operation::add: return Access::add;
    case Operation::subtract: return Access::subtract;
    case Operation::bit_and: return Access::bit_and;
    case Operation::bit_or: return Access::bit_or;
  }
  return Access::exchange;
}

std::uint64_t raw_value(const void* raw, std::size_t size) {
  std::uint64_t value = 0;
  std::memcpy(&value, raw, size);
  return value;
}

}  // namespace

std::uint64_t shim_load(const void* raw, std::size_t size, std::memory_order order,
                        const std::source_location& at) {
  Execution* execution = execution_of(raw);
  if (execution == nullptr) return raw_value(raw, size);
  return execution->load(raw, size, place_of(at, Access::load, order));
}

void shim_store(void* raw, std::size_t size, std::uint64_t value, std::memory_order order,
                const std::source_location& at) {
  Execution* execution = execution_of(raw);
  if (execution != nullptr) {
    execution->store(raw, size, value, place_of(at, Access::store, order));
  } else {
    std::memcpy(raw, &value, size);
  }
}

bool shim_compare(void* raw, std::size_t size, std::uint64_t& expected, std::uint64_t next,
                  bool weak, std::memory_order good, std::memory_order bad,
                  const std::source_location& at) {
  if (Execution* execution = execution_of(raw)) {
    return execution->compare_exchange(raw, size, expected, next, weak,
                                       place_of(at, Access::compare, good),
                                       place_of(at, Access::compare_failed, bad));
  }
  const std::uint64_t seen = raw_value(raw, size);
  if (seen != expected) {
    expected = seen;
    return false;
  }
  std::memcpy(raw, &next, size);
  return true;
}

std::uint64_t shim_modify(void* raw, std::size_t size, std::uint64_t operand, Operation operation,
                          std::memory_order order, const std::source_location& at) {
  const Access access = access_of(operation);
  if (Execution* execution = execution_of(raw)) {
    return execution->modify(raw, size, operand, place_of(at, access, order));
  }
  const std::uint64_t before = raw_value(raw, size);
  const std::uint64_t next = modified(access, before, operand);
  std::memcpy(raw, &next, size);
  return before;
}

}  // namespace janji::interleavings
