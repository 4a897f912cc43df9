// The stack of free places.
#include <array>

#include "base/index_stack.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

class PlacesHandedAround final : public Scene {
  auto links() {
    return [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return next_[i]; };
  }

 public:
  PlacesHandedAround() {
    for (std::uint32_t i = 0; i < kPlaces; ++i) stack_.push(i, links());
  }
  std::size_t threads() const override { return 3; }

  void run(std::size_t thread) override {
    if (thread == 0) {
      take_all_once();
      return;
    }
    for (int i = 0; i < 2; ++i) {
      const std::uint32_t place = stack_.pop(links());
      if (place == base::IndexStack::kNone) continue;
      own(place);
      // Two at once now and then, so that a link read from a popped place may be a stale one.
      const std::uint32_t second = i == 0 ? stack_.pop(links()) : base::IndexStack::kNone;
      if (second != base::IndexStack::kNone) own(second);
      stack_.push(place, links());
      if (second != base::IndexStack::kNone) stack_.push(second, links());
    }
  }

  void finish() override {
    std::array<int, kPlaces> found{};
    for (std::uint32_t i = stack_.pop(links()); i != base::IndexStack::kNone;
         i = stack_.pop(links())) {
      require(++found[i] == 1, "a place twice in the stack");
    }
    for (const int times : found) require(times == 1, "a place was lost");
  }

 private:
  static constexpr std::size_t kPlaces = 3;

  // Plain: two owners at once, or an owner who doesn't see what the last one left, are a race.
  void own(std::uint32_t place) { held_[place] = held_[place] + 1; }

  void take_all_once() {
    const std::uint32_t first = stack_.take_all();
    if (first == base::IndexStack::kNone) return;
    std::uint32_t last = first;
    for (;;) {
      own(last);
      const std::uint32_t below = next_[last].load(std::memory_order_relaxed);
      if (below == base::IndexStack::kNone) break;
      last = below;
    }
    stack_.push_chain(first, last, links());
  }

  base::IndexStack stack_;
  std::array<std::atomic<std::uint32_t>, kPlaces> next_;
  std::array<std::uint32_t, kPlaces> held_{};
};

}  // namespace

std::unique_ptr<Scene> places_handed_around() {
  return std::make_unique<PlacesHandedAround>();
}

}  // namespace janji::interleavings
