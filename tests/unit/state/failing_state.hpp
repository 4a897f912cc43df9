// A state that fails when told to.
#pragma once

#include <cstddef>

#include "support/forwarding_state.hpp"

namespace janji::samples {

// Passes everything on, until the call of a step that is number `fail_at` (from 0): that one fails,
// and with `torn`, a commit that fails has been done all the same.
class FailingState final : public test::ForwardingState {
 public:
  FailingState(store::StateStore& real, std::size_t fail_at, bool torn)
      : ForwardingState(real), fail_at_(fail_at), torn_(torn) {}

  Status begin() override { return fails() ? error() : inner_.begin(); }
  Result<std::optional<Bytes>> get(store::StateTable table, std::uint64_t key) override {
    if (fails()) return error().error();
    return inner_.get(table, key);
  }
  Status put(store::StateTable table, std::uint64_t key, Bytes value) override {
    return fails() ? error() : inner_.put(table, key, value);
  }
  Status erase(store::StateTable table, std::uint64_t key) override {
    return fails() ? error() : inner_.erase(table, key);
  }
  Status commit() override {
    if (!fails()) return inner_.commit();
    if (torn_) {
      (void)inner_.commit();
    } else {
      inner_.abort();
    }
    return error();
  }
  Result<std::size_t> free_bytes() const override {
    if (failed()) return Error{Code::outcome_unknown, "a planted failure"};
    return inner_.free_bytes();
  }

  bool failed() const { return calls_ > fail_at_; }

 private:
  bool fails() { return calls_++ == fail_at_; }
  static Status error() { return Error{Code::io_error, "a planted failure"}; }

  const std::size_t fail_at_;
  const bool torn_;
  std::size_t calls_{0};
};

}  // namespace janji::samples
