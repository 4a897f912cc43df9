// Whether a concurrent history could have come from one thing that does one operation at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace janji::linearizability {

// When an operation ran, by one clock that all threads share. Two operations are ordered when the
// one returned before the other was called; otherwise either may have been first.
inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
template <class Operation>
struct Call {
  Operation operation;
  std::int64_t called{};
  std::int64_t returned{kNever};  // kNever: it was cut off; it may have taken effect since, or not

  bool pending() const { return returned == kNever; }
};

// Problem: is there an order of all operations that returned, and of some that didn't, which
// agrees with their times and in which each operation's answer is what `Spec` says?
// Operation: the search of Wing and Gong as Lowe tells it: events by time in a linked list; an
// operation that could be next is lifted out with its return; on meeting the return of one that
// isn't lifted, the last lift is taken back. Pairs of (operations lifted, state) that were tried
// before aren't tried again.
// `Spec`: types State (copyable, ordered by <) and Operation, and
//   bool apply(State&, const Operation&)             one that returned, with its answer
//   bool apply_pending(State&, const Operation&)     one that was cut off, as if it took effect
// which say whether the operation is legal there; after `false` the state doesn't matter.
template <class Spec>
class Checker {
 public:
  using State = typename Spec::State;
  using Operation = typename Spec::Operation;

  explicit Checker(Spec spec = {}) : spec_(std::move(spec)) {}

  bool linearizable(const State& initial, const std::vector<Call<Operation>>& calls) {
    lay_out(calls);
    State state = initial;
    std::vector<bool> lifted(calls.size(), false);
    std::set<std::pair<std::vector<bool>, State>> tried;
    std::vector<std::pair<std::size_t, State>> lifts;  // the event, and the state before it
    std::size_t to_return = static_cast<std::size_t>(std::count_if(
        calls.begin(), calls.end(), [](const auto& call) { return !call.pending(); }));
    std::size_t at = events_[kHead].next;
    while (to_return != 0) {
      const Event& event = events_[at];
      if (event.is_call) {
        const Call<Operation>& call = calls[event.operation];
        State after = state;
        const bool legal = call.pending() ? spec_.apply_pending(after, call.operation)
                                          : spec_.apply(after, call.operation);
        if (legal) {
          lifted[event.operation] = true;
          if (tried.emplace(lifted, after).second) {
            lifts.emplace_back(at, std::exchange(state, std::move(after)));
            lift(at);
            if (!call.pending()) --to_return;
            at = events_[kHead].next;
            continue;
          }
          lifted[event.operation] = false;
        }
        at = event.next;
        continue;
      }
      // Whoever returned here must have taken effect before: one of the lifts was wrong.
      if (lifts.empty()) return false;
      auto [last, before] = std::move(lifts.back());
      lifts.pop_back();
      state = std::move(before);
      lifted[events_[last].operation] = false;
      put_back(last);
      if (!calls[events_[last].operation].pending()) ++to_return;
      at = events_[last].next;
    }
    return true;
  }

 private:
  static constexpr std::size_t kHead = 0;

  struct Event {
    std::size_t operation{};
    bool is_call{};
    std::size_t partner{};  // the other event of the operation; kHead: there is none
    std::size_t previous{}, next{};
  };

  void lay_out(const std::vector<Call<Operation>>& calls) {
    struct Moment {
      std::int64_t at;
      bool is_return;  // at one and the same time calls come first: either order is possible
      std::size_t operation;
      auto operator<=>(const Moment&) const = default;
    };
    std::vector<Moment> moments;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      moments.push_back({calls[i].called, false, i});
      if (!calls[i].pending()) moments.push_back({calls[i].returned, true, i});
    }
    std::sort(moments.begin(), moments.end());
    events_.assign(moments.size() + 1, {});
    std::vector<std::size_t> call_of(calls.size(), kHead);
    for (std::size_t i = 0; i < moments.size(); ++i) {
      Event& event = events_[i + 1];
      event.operation = moments[i].operation;
      event.is_call = !moments[i].is_return;
      event.previous = i;
      event.next = (i + 2) % events_.size();
      if (event.is_call) {
        call_of[event.operation] = i + 1;
      } else {
        event.partner = call_of[event.operation];
        events_[event.partner].partner = i + 1;
      }
    }
    events_[kHead].next = events_.size() > 1 ? 1 : kHead;
    events_[kHead].previous = events_.size() - 1;
  }

  void unlink(std::size_t at) {
    events_[events_[at].previous].next = events_[at].next;
    events_[events_[at].next].previous = events_[at].previous;
  }
  void relink(std::size_t at) {
    events_[events_[at].previous].next = at;
    events_[events_[at].next].previous = at;
  }
  void lift(std::size_t call) {
    unlink(call);
    if (events_[call].partner != kHead) unlink(events_[call].partner);
  }
  void put_back(std::size_t call) {
    if (events_[call].partner != kHead) relink(events_[call].partner);
    relink(call);
  }

  Spec spec_;
  std::vector<Event> events_;  // events_[kHead] is the list's head
};

}  // namespace janji::linearizability
