// The compiler's calls for plain accesses. The engine is compiled with -fsanitize=thread, which
// puts them in, but linked without that sanitizer's library: these take its place.
#include <cstddef>

#include "checker/arena.hpp"
#include "checker/execution.hpp"

namespace {

using janji::interleavings::Arena;
using janji::interleavings::Execution;

// Stacks, and what the checker and the test program keep, are no business of the scene's threads.
void read(const void* at, std::size_t size) {
  Execution* execution = Execution::current();
  if (execution != nullptr && Arena::instance().covers(at)) execution->plain_read(at, size);
}

void write(const void* at, std::size_t size) {
  Execution* execution = Execution::current();
  if (execution != nullptr && Arena::instance().covers(at)) execution->plain_write(at, size);
}

}  // namespace

// NOLINTBEGIN: the compiler chooses these names.
extern "C" {

void __tsan_init() {}
void __tsan_read1(void* at) {
  read(at, 1);
}
void __tsan_read2(void* at) {
  read(at, 2);
}
void __tsan_read4(void* at) {
  read(at, 4);
}
void __tsan_read8(void* at) {
  read(at, 8);
}
void __tsan_read16(void* at) {
  read(at, 16);
}
void __tsan_write1(void* at) {
  write(at, 1);
}
void __tsan_write2(void* at) {
  write(at, 2);
}
void __tsan_write4(void* at) {
  write(at, 4);
}
void __tsan_write8(void* at) {
  write(at, 8);
}
void __tsan_write16(void* at) {
  write(at, 16);
}
void __tsan_unaligned_read2(void* at) {
  read(at, 2);
}
void __tsan_unaligned_read4(void* at) {
  read(at, 4);
}
void __tsan_unaligned_read8(void* at) {
  read(at, 8);
}
void __tsan_unaligned_read16(void* at) {
  read(at, 16);
}
void __tsan_unaligned_write2(void* at) {
  write(at, 2);
}
void __tsan_unaligned_write4(void* at) {
  write(at, 4);
}
void __tsan_unaligned_write8(void* at) {
  write(at, 8);
}
void __tsan_unaligned_write16(void* at) {
  write(at, 16);
}
void __tsan_read_range(void* at, unsigned long size) {
  read(at, size);
}
void __tsan_write_range(void* at, unsigned long size) {
  write(at, size);
}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}

// The standard library's own atomics (guards of static objects, counts of shared_ptr): they are no
// part of a protocol.
unsigned char __tsan_atomic8_load(const volatile unsigned char* at, int) {
  return __atomic_load_n(at, __ATOMIC_SEQ_CST);
}
unsigned __tsan_atomic32_fetch_add(volatile unsigned* at, unsigned value, int) {
  return __atomic_fetch_add(at, value, __ATOMIC_SEQ_CST);
}
}
// NOLINTEND
