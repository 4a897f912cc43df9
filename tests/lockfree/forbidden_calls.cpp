#include "forbidden_calls.hpp"

#include <dlfcn.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

// Plain and initialised statically: touching them allocates nothing.
thread_local bool watched = false;
thread_local janji::test::ForbiddenCalls counted;

void count(long janji::test::ForbiddenCalls::*what) {
  if (watched) ++(counted.*what);
}

void count_system_call(int number) {
  if (!watched) return;
  ++counted.system_calls;
  counted.last_system_call = number;
}

template <class Function>
Function next_of(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// glibc's own names behind malloc: dlsym() would allocate before there is anything to allocate
// with.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t many, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) {
  count(&janji::test::ForbiddenCalls::allocations);
  return __libc_malloc(size);
}
void* calloc(std::size_t many, std::size_t size) {
  count(&janji::test::ForbiddenCalls::allocations);
  return __libc_calloc(many, size);
}
void* realloc(void* old, std::size_t size) {
  count(&janji::test::ForbiddenCalls::allocations);
  return __libc_realloc(old, size);
}
void free(void* memory) {
  if (memory != nullptr) count(&janji::test::ForbiddenCalls::allocations);
  __libc_free(memory);
}

void* __libc_memalign(std::size_t alignment, std::size_t size);

void* memalign(std::size_t alignment, std::size_t size) {
  count(&janji::test::ForbiddenCalls::allocations);
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

#define JANJI_COUNT_LOCK(name, type)                                  \
  int name(type* object) {                                            \
    count(&janji::test::ForbiddenCalls::locks);                       \
    static int (*const real)(type*) = next_of<int (*)(type*)>(#name); \
    return real(object);                                              \
  }
JANJI_COUNT_LOCK(pthread_mutex_lock, pthread_mutex_t)
JANJI_COUNT_LOCK(pthread_mutex_trylock, pthread_mutex_t)
JANJI_COUNT_LOCK(pthread_rwlock_rdlock, pthread_rwlock_t)
JANJI_COUNT_LOCK(pthread_rwlock_wrlock, pthread_rwlock_t)
JANJI_COUNT_LOCK(pthread_rwlock_tryrdlock, pthread_rwlock_t)
JANJI_COUNT_LOCK(pthread_rwlock_trywrlock, pthread_rwlock_t)
JANJI_COUNT_LOCK(pthread_cond_signal, pthread_cond_t)
JANJI_COUNT_LOCK(pthread_cond_broadcast, pthread_cond_t)
#undef JANJI_COUNT_LOCK

// The filter lets these through, for the end of a thread makes them: counted by their names.
int madvise(void* at, std::size_t size, int advice) {
  count_system_call(SYS_madvise);
  return static_cast<int>(syscall(SYS_madvise, at, size, advice));
}
int munmap(void* at, std::size_t size) {
  count_system_call(SYS_munmap);
  return static_cast<int>(syscall(SYS_munmap, at, size));
}
int sigprocmask(int how, const sigset_t* now, sigset_t* before) {
  count_system_call(SYS_rt_sigprocmask);
  return pthread_sigmask(how, now, before);
}

int pthread_spin_lock(pthread_spinlock_t* object) {
  count(&janji::test::ForbiddenCalls::locks);
  static auto* const real = next_of<int (*)(pthread_spinlock_t*)>("pthread_spin_lock");
  return real(object);
}
int pthread_mutex_timedlock(pthread_mutex_t* object, const timespec* until) {
  count(&janji::test::ForbiddenCalls::locks);
  static auto* const real =
      next_of<int (*)(pthread_mutex_t*, const timespec*)>("pthread_mutex_timedlock");
  return real(object, until);
}
int pthread_mutex_clocklock(pthread_mutex_t* object, clockid_t clock, const timespec* until) {
  count(&janji::test::ForbiddenCalls::locks);
  static auto* const real =
      next_of<int (*)(pthread_mutex_t*, clockid_t, const timespec*)>("pthread_mutex_clocklock");
  return real(object, clock, until);
}
}

namespace janji::test {

namespace {

void on_trapped_call(int, siginfo_t* info, void*) {
  count_system_call(info->si_syscall);
}

}  // namespace

bool trap_system_calls() {
  struct sigaction action {};
  action.sa_sigaction = on_trapped_call;
  action.sa_flags = SA_SIGINFO;
  if (sigaction(SIGSYS, &action, nullptr) != 0) return false;
  constexpr unsigned kNumber = offsetof(seccomp_data, nr);
  constexpr unsigned kSecond = offsetof(seccomp_data, args[1]);
  const auto allow_if = [](unsigned number, unsigned char skip) {
    return sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, skip, 0);
  };
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kNumber),
      // What the end of a thread and of a signal handler needs.
      allow_if(SYS_rt_sigreturn, 9),
      allow_if(SYS_exit, 8),
      allow_if(SYS_exit_group, 7),
      allow_if(SYS_madvise, 6),
      allow_if(SYS_munmap, 5),
      allow_if(SYS_rt_sigprocmask, 4),
      // A futex, but only to wake: the one call that a decision may make.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kSecond),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FUTEX_WAKE_PRIVATE, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program{};
  program.len = static_cast<unsigned short>(sizeof filter / sizeof filter[0]);
  program.filter = filter;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void begin_watching() {
  counted = {};
  watched = true;
}

ForbiddenCalls end_watching() {
  watched = false;
  return counted;
}

}  // namespace janji::test
