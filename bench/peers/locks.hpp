// The two kinds of lock that an expert would try.
#pragma once

#include <pthread.h>

namespace janji::bench::peers {

// Spins for a moment before it sleeps: good when the lock is held for less than a sleep costs.
class SpinThenSleepLock {
 public:
  SpinThenSleepLock() {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(&mutex_, &attributes);
    pthread_mutexattr_destroy(&attributes);
  }
  ~SpinThenSleepLock() { pthread_mutex_destroy(&mutex_); }
  SpinThenSleepLock(const SpinThenSleepLock&) = delete;
  SpinThenSleepLock& operator=(const SpinThenSleepLock&) = delete;

  void lock() { pthread_mutex_lock(&mutex_); }
  void unlock() { pthread_mutex_unlock(&mutex_); }

 private:
  pthread_mutex_t mutex_;
};

}  // namespace janji::bench::peers
