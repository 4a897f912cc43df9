// Counts what a deciding thread must not do: allocate, lock, call the system.
#pragma once

namespace janji::test {

struct ForbiddenCalls {
  long allocations{0};   // malloc and its family, operator new and delete
  long locks{0};         // pthread mutexes, condition variables, read-write locks
  long system_calls{0};  // any but the wake of a futex
  int last_system_call{-1};
};

// From here on this thread's system calls are trapped, for good: they are counted while watched,
// and fail with ENOSYS, except for what ending a thread needs. False: the kernel won't.
bool trap_system_calls();

// Between the two, this thread's calls are counted.
void begin_watching();
ForbiddenCalls end_watching();

}  // namespace janji::test
