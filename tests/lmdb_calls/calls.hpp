// The engine's calls to LMDB, seen by a test: counted, and one of them made to fail.
//
// A program that has calls.cpp has these functions in place of LMDB's. tests/io_faults lets the
// disk fail below LMDB; this reaches what LMDB itself finds wrong, at every single call: a page
// that it can't follow, a map that is full, an environment that it has given up.
#pragma once

#include <string>
#include <vector>

namespace janji::lmdb_calls {

// While it lives, call number `at` (from 0) of those that this thread makes and that can fail isn't
// made, and returns `error`.
// A transaction whose commit fails so is aborted; with `made`, it is committed all the same. One at
// a time.
class Failure {
 public:
  Failure(long at, int error, bool made = false);
  ~Failure();
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;

  // Which of LMDB's functions failed; empty: there were fewer calls.
  std::string function() const;
};

// Numbers that LMDB gives, for tests that don't include lmdb.h.
extern const int kCorrupted;
extern const int kPanic;
extern const int kMapFull;
// All that say that a file isn't what it should be.
extern const std::vector<int> kDamages;

}  // namespace janji::lmdb_calls
