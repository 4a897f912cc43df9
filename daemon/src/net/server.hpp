// The network side of the daemon: threads, listener, and how it ends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <janji/result.hpp>

#include "net/commit_bell.hpp"
#include "net/handler.hpp"
#include "net/io_thread.hpp"
#include "net/limits.hpp"
#include "net/listener.hpp"

namespace janjid {

// Order of calls: construct, open(), run(), destroy. All on one thread, which run() keeps until
// SIGTERM, SIGINT or end() have been obeyed: stop accepting, finish what is under way within
// `drain_ms`, stop the threads. A further signal ends the process at once, with 128 + its number,
// and so does any signal after run(): the rest of the process's end can take a while, too.
class Server {
 public:
  // Makes one handler per thread. `limits` and `bell` must outlive the server.
  Server(const Limits& limits, CommitBell& bell, std::size_t threads,
         const std::function<std::unique_ptr<RequestHandler>()>& make_handler);
  ~Server();

  // From here on clients may connect; they wait until run(). Errors: as Listener::open.
  janji::Status open(const std::string& host, std::uint16_t port);
  std::string address() const { return listener_->address(); }

  // Ends as a signal does, from within. Any thread, any number of times.
  void end();

  // `on_drain` is called once, when the first signal or end() came; `on_hangup` at every SIGHUP,
  // which ends nothing.
  void run(const std::function<void()>& on_drain, const std::function<void()>& on_hangup = {});

  // Makes run() return, without waiting for what is under way. Any thread.
  void stop() noexcept { context_.stop(); }

  std::vector<const RequestStats*> stats() const;

 private:
  void await_signal();
  void await_hangup();
  void drain();

  const Limits& limits_;
  // Before context_, which is therefore destroyed first: an accept that was cancelled and never
  // heard of it still lies there, with a socket of one of these threads.
  std::vector<std::unique_ptr<IoThread>> threads_;
  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_{context_};
  boost::asio::signal_set hangups_{context_};
  boost::asio::steady_timer deadline_{context_};
  std::unique_ptr<Listener> listener_;
  std::function<void()> on_drain_;
  std::function<void()> on_hangup_;
  std::size_t busy_threads_{0};
  bool draining_{false};
};

}  // namespace janjid
