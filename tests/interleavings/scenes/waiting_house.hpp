// A house in which somebody waits, with one seat in each slot.
#pragma once

#include "scenes/house.hpp"

namespace janji::interleavings {

// When everybody has gone, nobody waits where a seat is free.
class WaitingHouse : public House {
 protected:
  using House::House;
  void finish_slots() override {
    // Whoever left last may have asked for a round, and the house was closed before it began.
    for (int rounds = 0; rounds < 3; ++rounds) round();
    House::finish_slots();
    for (int i = 0; i < 2; ++i) {
      require(audit().taken(slot(i)) == 1 || !audit().anyone_waits(slot(i)),
              "somebody waits where a seat is free, and nobody is left to look");
    }
  }
};

}  // namespace janji::interleavings
