// One thread and its connections.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <thread>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include "metrics/request_stats.hpp"
#include "net/commit_bell.hpp"
#include "net/handler.hpp"
#include "net/http_clock.hpp"
#include "net/limits.hpp"
#include "net/session.hpp"

namespace janjid {

// Runs an io_context of its own, so that nothing of a connection is ever shared between threads.
//
// Deadlines: no timer per connection; a tick looks at all of them. Arming one is a store.
//
// adopt(), drain() and stop() may be called by any thread; the rest is for the thread's own
// sessions.
class IoThread final : public CommitBell::Ear {
 public:
  // All references must outlive the thread. The bell gets to know it by bell.add().
  IoThread(const Limits& limits, CommitBell& bell, std::unique_ptr<RequestHandler> handler);
  ~IoThread() override;
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::io_context& context() noexcept { return context_; }
  void run();  // starts the thread
  void adopt(Socket socket);
  // Finishes what is under way; calls `done` on this thread when no connection is left.
  void drain(std::function<void()> done);
  void stop_and_join();
  std::size_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
  const RequestStats& stats() const noexcept { return stats_; }

  // For sessions.
  const Limits& limits() const noexcept { return limits_; }
  RequestHandler& handler() noexcept { return *handler_; }
  RequestStats& stats() noexcept { return stats_; }
  bool draining() const noexcept { return draining_; }
  std::string_view date() const noexcept { return clock_.date(); }
  void refresh_clock() { clock_.refresh(); }
  RequestId next_request_id() noexcept;
  janji::Progress progress() const noexcept { return bell_.latest(); }
  void wait_for_progress(Session& session);
  boost::asio::mutable_buffer discard_room() noexcept { return boost::asio::buffer(discarded_); }
  void remove(Session& session);

  void ring() noexcept override;

 private:
  using Waiting = boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>>;
  static constexpr std::chrono::milliseconds kTick{100};

  void on_ring();
  void arm_tick();
  void on_tick();
  void check_drained();

  // Constant.
  const Limits& limits_;
  CommitBell& bell_;
  std::unique_ptr<RequestHandler> handler_;

  // Read by others.
  std::atomic<std::size_t> connections_{0};
  RequestStats stats_;

  // Of this thread alone.
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer tick_{context_};
  bool ticking_{false};
  HttpClock clock_;
  std::uint64_t request_seed_;
  std::uint64_t request_count_{0};
  bool draining_{false};
  std::function<void()> drained_;
  std::array<char, 16384> discarded_{};
  std::list<std::shared_ptr<Session>> sessions_;
  Waiting waiting_;
  bool wished_{false};  // the bell will ring, or has rung and on_ring() is under way

  std::thread thread_;
};

}  // namespace janjid
