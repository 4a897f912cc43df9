#include "scenes/litmus.hpp"

#include <array>

#include "base/threads.hpp"

namespace janji::interleavings {

namespace {

using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_seq_cst;

// Threads given as functions over what the scene keeps.
template <class State>
class Small final : public Scene {
 public:
  using Threads = std::vector<std::function<void(State&)>>;
  Small(Threads threads, std::function<void(State&)> end)
      : threads_(std::move(threads)), end_(std::move(end)) {}
  std::size_t threads() const override { return threads_.size(); }
  void run(std::size_t thread) override { threads_[thread](state_); }
  void finish() override { end_(state_); }

 private:
  State state_;
  Threads threads_;
  std::function<void(State&)> end_;
};

struct Words {
  std::atomic<std::uint32_t> x{0}, y{0}, z{0};
  std::array<std::uint32_t, 4> seen{};
  std::uint64_t plain{0};
};

MakeScene small(
    typename Small<Words>::Threads threads, std::function<void(Words&)> end = [](Words&) {}) {
  return [=] { return std::make_unique<Small<Words>>(threads, end); };
}

}  // namespace

MakeScene message_passing(std::memory_order store, std::memory_order load) {
  return small({[=](Words& w) {
                  w.x.store(1, memory_order_relaxed);
                  w.y.store(1, store);
                },
                [=](Words& w) {
                  if (w.y.load(load) == 0) return;
                  require(w.x.load(memory_order_relaxed) == 1, "the flag without its message");
                }});
}

MakeScene message_through_modify(std::memory_order modify) {
  return small({[](Words& w) {
                  w.x.store(1, memory_order_relaxed);
                  w.y.store(1, std::memory_order_release);
                },
                [=](Words& w) { w.y.fetch_add(1, modify); },
                [](Words& w) {
                  if (w.y.load(memory_order_acquire) != 2) return;
                  require(w.x.load(memory_order_relaxed) == 1, "the sum without its message");
                }});
}

MakeScene message_past_a_plain_store() {
  return small({[](Words& w) {
                  w.x.store(1, memory_order_relaxed);
                  w.y.store(1, std::memory_order_release);
                  w.y.store(2, memory_order_relaxed);
                },
                [](Words& w) {
                  if (w.y.load(memory_order_acquire) != 2) return;
                  require(w.x.load(memory_order_relaxed) == 1, "a later store releases nothing");
                }});
}

MakeScene store_buffering_with_a_look(std::memory_order store) {
  return small({[=](Words& w) {
                  w.x.store(1, store);
                  if (w.x.load(memory_order_seq_cst) == 1)
                    w.seen[0] = w.y.load(memory_order_seq_cst);
                },
                [=](Words& w) {
                  w.y.store(1, store);
                  if (w.y.load(memory_order_seq_cst) == 1)
                    w.seen[1] = w.x.load(memory_order_seq_cst);
                }},
               [](Words& w) { require(w.seen[0] + w.seen[1] > 0, "both looked too early"); });
}

MakeScene store_buffering(std::memory_order order) {
  const bool strong = order == memory_order_seq_cst;
  const auto store = strong ? order : std::memory_order_release;
  const auto load = strong ? order : memory_order_acquire;
  return small({[=](Words& w) {
                  w.x.store(1, store);
                  w.seen[0] = w.y.load(load);
                },
                [=](Words& w) {
                  w.y.store(1, store);
                  w.seen[1] = w.x.load(load);
                }},
               [](Words& w) { require(w.seen[0] + w.seen[1] > 0, "both looked too early"); });
}

MakeScene independent_reads(std::memory_order order) {
  const bool strong = order == memory_order_seq_cst;
  const auto store = strong ? order : std::memory_order_release;
  const auto load = strong ? order : memory_order_acquire;
  return small({[=](Words& w) { w.x.store(1, store); }, [=](Words& w) { w.y.store(1, store); },
                [=](Words& w) {
                  w.seen[0] = w.x.load(load);
                  w.seen[1] = w.y.load(load);
                },
                [=](Words& w) {
                  w.seen[2] = w.y.load(load);
                  w.seen[3] = w.x.load(load);
                }},
               [](Words& w) {
                 require(!(w.seen[0] == 1 && w.seen[1] == 0 && w.seen[2] == 1 && w.seen[3] == 0),
                         "two readers saw two orders");
               });
}

MakeScene reads_go_backwards() {
  return small({[](Words& w) {
                  w.x.store(1, memory_order_relaxed);
                  w.x.store(2, memory_order_relaxed);
                },
                [](Words& w) {
                  const std::uint32_t first = w.x.load(memory_order_relaxed);
                  require(w.x.load(memory_order_relaxed) >= first, "a read went backwards");
                }});
}

MakeScene two_successful_swaps() {
  const auto swap = [](Words& w) {
    std::uint32_t none = 0;
    if (w.x.compare_exchange_strong(none, 1, memory_order_relaxed, memory_order_relaxed)) {
      w.y.fetch_add(1, memory_order_relaxed);
    } else {
      require(none == 1, "a strong swap failed with what it expected");
    }
  };
  return small({swap, swap}, [](Words& w) {
    require(w.y.load(memory_order_relaxed) == 1, "one swap and no more succeeds");
  });
}

MakeScene sleep_without_a_waker() {
  return small({[](Words& w) { system_threads().wait(w.x, 0, -1); }});
}

MakeScene sleep_with_a_waker(bool look_again) {
  return small({[=](Words& w) {
                  w.x.store(1, memory_order_seq_cst);
                  if (look_again && w.y.load(memory_order_seq_cst) != 0) return;
                  system_threads().wait(w.x, 1, -1);
                },
                [](Words& w) {
                  w.y.store(1, memory_order_seq_cst);
                  if (w.x.load(memory_order_seq_cst) == 0) return;
                  w.x.store(0, memory_order_seq_cst);
                  system_threads().wake_all(w.x);
                }});
}

MakeScene told_of_plain_data(bool first_writes, bool second_writes, std::memory_order tell) {
  const auto touch = [](Words& w, bool write, std::size_t who) {
    if (write) {
      w.plain = who;
    } else {
      w.seen[who] = static_cast<std::uint32_t>(w.plain);
    }
  };
  return small({[=](Words& w) {
                  touch(w, first_writes, 0);
                  w.x.store(1, tell);
                },
                [=](Words& w) {
                  if (w.x.load(memory_order_acquire) != 0) touch(w, second_writes, 1);
                }});
}

MakeScene handed_over_by_lock(std::memory_order unlock) {
  const auto add = [=](Words& w) {
    while (w.x.exchange(1, memory_order_acquire) != 0) {
    }
    w.plain = w.plain + 1;
    w.x.store(0, unlock);
  };
  return small({add, add}, [](Words& w) { require(w.plain == 2, "an addition was lost"); });
}

}  // namespace janji::interleavings
