// What memory costs on this machine: figures in nanoseconds mean little without it.
#pragma once

#include <cstddef>

namespace janji::bench {

// Nanoseconds of one load that needs the result of the one before, at random among the cache
// lines of `bytes`, in huge pages.
double dependent_load_ns(std::size_t bytes);

// Nanoseconds of one atomic read-modify-write of a word that nobody else touches.
double locked_operation_ns();

}  // namespace janji::bench
