// An answer that goes on for as long as its reader stays.
#pragma once

#include <cstdint>
#include <string>

namespace janjid {

// What is told piece by piece: its connection asks for the next piece when the one before has
// left, so nothing is kept for a reader that is slow; it then gets what is newest. All calls on
// the connection's thread. To destroy it is to end it.
class Stream {
 public:
  enum class Next : std::uint8_t {
    wait,  // for the engine's next round, or for time to pass
    more,  // there is more to tell at once
    end,   // that was all
  };
  struct Told {
    Next next{Next::wait};
    std::uint32_t events{0};  // that were told
  };

  virtual ~Stream() = default;
  // Appends what there is to tell, which may be nothing, and which is bounded. May throw: the
  // stream then ends.
  virtual Told tell(std::string& out) = 0;
  // Appends something that means nothing: what is silent for long is taken for dead.
  virtual void heartbeat(std::string& out) = 0;
};

}  // namespace janjid
