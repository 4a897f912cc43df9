// What takes longer than a thread that serves connections may wait: done on a thread of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "http/problem_code.hpp"

namespace janjid {

enum class OrderStep : std::uint8_t { running, done, refused };

// How far an order is; each kind of orders adds what comes of it.
struct OrderState {
  using Step = OrderStep;
  OrderStep step{OrderStep::running};
  bool repeated{false};  // it had been asked for already
  // When refused.
  ProblemCode code{ProblemCode::internal_error};
  std::string detail;
};

template <class State>
State refused_order(ProblemCode code, std::string detail) {
  State state;
  state.step = OrderStep::refused;
  state.code = code;
  state.detail = std::move(detail);
  return state;
}

// Operation: one order at a time. Who asks hears how far it is; the same order again, by its actor
// and idempotency key, is the same work, whether it runs or is over: what came of it is kept for
// the last `kept` orders, until the daemon ends. What was refused is told to whoever asks next, and
// then forgotten.
// Order: `actor`, `idempotency_key`, and ==. State: derived from OrderState.
// Concurrency: any thread; no call waits for the work. The end waits for what runs.
template <class Order, class State>
class OrderDesk {
 public:
  // `make` does the work, and throws nothing. What it uses must outlive the desk.
  OrderDesk(std::size_t kept, std::function<State(const Order&)> make)
      : kept_(kept), make_(std::move(make)) {}
  ~OrderDesk() {
    if (thread_.joinable()) thread_.join();
  }
  OrderDesk(const OrderDesk&) = delete;
  OrderDesk& operator=(const OrderDesk&) = delete;

  // Begins it, or says how far it is. Refusals of its own: idempotency_mismatch (that key named
  // another order), and `busy` when another runs or no thread can be had.
  State ask(const Order& order, ProblemCode busy, const char* words = "") {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) {
      return job.order.actor == order.actor && job.order.idempotency_key == order.idempotency_key;
    });
    if (known != jobs_.end()) {
      if (known->order != order) return refused_order<State>(ProblemCode::idempotency_mismatch, {});
      State state = known->state;
      state.repeated = true;
      if (state.step == OrderStep::refused) jobs_.erase(known);
      return state;
    }
    if (!jobs_.empty() && jobs_.front().state.step == OrderStep::running) {
      return refused_order<State>(busy, words);
    }
    if (thread_.joinable()) thread_.join();  // it said its last word already
    jobs_.push_front({order, {}});
    if (jobs_.size() > kept_) jobs_.pop_back();
    try {
      thread_ = std::thread([this, order] { run(order); });
    } catch (const std::system_error& error) {
      jobs_.pop_front();
      return refused_order<State>(busy, std::string("no thread: ") + error.what());
    }
    return jobs_.front().state;
  }

 private:
  struct Job {
    Order order;
    State state;
  };

  void run(const Order& order) {
    State state = make_(order);
    const std::lock_guard lock(mutex_);
    jobs_.front().state = std::move(state);  // no other began before this
  }

  // constant
  const std::size_t kept_;
  const std::function<State(const Order&)> make_;

  std::mutex mutex_;
  std::deque<Job> jobs_;  // the newest in front; guarded by mutex_
  std::thread thread_;    // of the newest; guarded by mutex_
};

}  // namespace janjid
