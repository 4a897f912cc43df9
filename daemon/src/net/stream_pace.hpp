// When a stream is asked for more.
#pragma once

#include <cstdint>

#include "net/limits.hpp"

namespace janjid {

// Problem: thousands of streams that each look at the engine after each of its thousands of
// commits a second would leave no time for anything else; and one that looks at commits only
// would miss what passes with time alone.
// Operation: after quiet, the next commit is looked at at once; after a look the next one is due
// `stream_pace_ms` later at the earliest, if there was a round, and `stream_look_ms` later in any
// case. All times are of one monotonic clock.
class StreamPace {
 public:
  explicit StreamPace(const Limits& limits) noexcept : limits_(&limits) {}

  // A look is due. `rounds`: of the engine's writer, complete now.
  bool due(std::uint64_t rounds, std::int64_t now_ms) const noexcept {
    if (at_once_) return true;
    if (now_ms < not_before_ms_) return false;
    return rounds > rounds_ || now_ms - looked_ms_ >= limits_->stream_look_ms;
  }
  // The next commit makes a look due, so it is worth being woken.
  bool wants_commits(std::int64_t now_ms) const noexcept {
    return at_once_ || now_ms >= not_before_ms_;
  }
  // `rounds` was read before the look, so that what is decided meanwhile is looked for again.
  void looked(std::uint64_t rounds, std::int64_t now_ms, bool more) noexcept {
    rounds_ = rounds;
    looked_ms_ = now_ms;
    not_before_ms_ = now_ms + limits_->stream_pace_ms;
    at_once_ = more;
  }
  std::uint64_t rounds() const noexcept { return rounds_; }

  void sent(std::int64_t now_ms) noexcept { sent_ms_ = now_ms; }
  bool silent_too_long(std::int64_t now_ms) const noexcept {
    return now_ms - sent_ms_ >= limits_->stream_heartbeat_ms;
  }

 private:
  const Limits* limits_;
  bool at_once_{true};
  std::uint64_t rounds_{0};
  std::int64_t looked_ms_{0};
  std::int64_t not_before_ms_{0};
  std::int64_t sent_ms_{0};
};

}  // namespace janjid
