// What the scenes' threads share: how callers tell the writer that they are done, and the writer's
// loop.
#pragma once

#include <atomic>

#include "checker/scene.hpp"
#include "journal/publish_list.hpp"
#include "journal/rounds.hpp"

namespace janji::interleavings {

// The last of the callers stops the writer.
class Crew {
 public:
  Crew(journal::Rounds& rounds, std::uint32_t callers) : rounds_(rounds), left_(callers) {}
  void one_is_done() {
    if (left_.fetch_sub(1, std::memory_order_seq_cst) == 1) rounds_.stop();
  }

 private:
  journal::Rounds& rounds_;
  std::atomic<std::uint32_t> left_;
};

// As Writer::run() does it, but that it sleeps without a time limit: what nobody wakes it for is
// found. `round` says whether there was something to write.
template <class Round>
void run_rounds(journal::Rounds& rounds, journal::PublishList& list, Round&& round) {
  for (;;) {
    if (round()) continue;
    if (rounds.stopped()) {
      if (list.empty()) return;
      continue;
    }
    rounds.idle([&] { return !list.empty(); }, -1);
  }
}

}  // namespace janji::interleavings
