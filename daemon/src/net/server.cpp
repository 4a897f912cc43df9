#include "net/server.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

#include <spdlog/spdlog.h>
#include <boost/asio/post.hpp>

namespace janjid {

using boost::system::error_code;

Server::Server(const Limits& limits, CommitBell& bell, std::size_t threads,
               const std::function<std::unique_ptr<RequestHandler>()>& make_handler)
    : limits_(limits) {
  std::vector<IoThread*> dealt;
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.push_back(std::make_unique<IoThread>(limits, bell, make_handler()));
    bell.add(*threads_.back());
    dealt.push_back(threads_.back().get());
  }
  listener_ = std::make_unique<Listener>(context_, std::move(dealt), limits.connections);
}

Server::~Server() {
  for (const auto& thread : threads_) thread->stop_and_join();
}

janji::Status Server::open(const std::string& host, std::uint16_t port) {
  return listener_->open(host, port);
}

namespace {

// Whoever asks a second time doesn't want to wait for anything, be it a request, the recovery or
// the closing of the ledger. So no handler that some loop must find the time to call.
void end_at_once_on_signals(boost::asio::signal_set& signals) {
  error_code ignored;
  signals.clear(ignored);
  for (const int signal : {SIGTERM, SIGINT}) {
    std::signal(signal, [](int number) { std::_Exit(128 + number); });
  }
}

}  // namespace

void Server::run(const std::function<void()>& on_drain, const std::function<void()>& on_hangup) {
  for (const auto& thread : threads_) thread->run();
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  on_drain_ = on_drain;
  on_hangup_ = on_hangup;
  await_signal();
  if (on_hangup_) {
    hangups_.add(SIGHUP);
    await_hangup();
  }
  listener_->start();
  context_.run();
  end_at_once_on_signals(signals_);  // stop() was no drain
  for (const auto& thread : threads_) thread->stop_and_join();
}

void Server::await_signal() {
  signals_.async_wait([this](const error_code& ec, int signal) {
    if (ec) return;
    spdlog::info("signal {}: finishing what is under way; a second one ends at once", signal);
    drain();
  });
}

void Server::await_hangup() {
  hangups_.async_wait([this](const error_code& ec, int) {
    if (ec) return;
    on_hangup_();
    await_hangup();
  });
}

void Server::end() {
  boost::asio::post(context_, [this] { drain(); });
}

void Server::drain() {
  if (std::exchange(draining_, true)) return;
  end_at_once_on_signals(signals_);
  on_drain_();
  listener_->close();
  busy_threads_ = threads_.size();
  for (const auto& thread : threads_) {
    thread->drain([this] {
      boost::asio::post(context_, [this] {
        if (--busy_threads_ == 0) context_.stop();
      });
    });
  }
  deadline_.expires_after(std::chrono::milliseconds{limits_.drain_ms});
  deadline_.async_wait([this](const error_code& ec) {
    if (ec) return;
    spdlog::warn("not all requests were finished in {} ms; their connections are cut",
                 limits_.drain_ms);
    context_.stop();
  });
}

std::vector<const RequestStats*> Server::stats() const {
  std::vector<const RequestStats*> all;
  for (const auto& thread : threads_) all.push_back(&thread->stats());
  return all;
}

}  // namespace janjid
