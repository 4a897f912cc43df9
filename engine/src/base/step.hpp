// Named steps of the protocol, where a test can stop a thread. Nothing at all in a normal build;
// with JANJI_STEPS defined for the whole build, each calls the hook that a test has set.
#pragma once

#ifdef JANJI_STEPS

#include <atomic>

namespace janji::base {

using StepHook = void (*)(const char* name);

// Set before the threads under test start. Null: nothing is called.
inline std::atomic<StepHook> step_hook{nullptr};

}  // namespace janji::base

#define JANJI_STEP(name)                                                          \
  do {                                                                            \
    if (auto* hook_ = ::janji::base::step_hook.load(std::memory_order_acquire)) { \
      hook_(name);                                                                \
    }                                                                             \
  } while (false)

#else
#define JANJI_STEP(name) \
  do {                   \
  } while (false)
#endif
