#include "net/io_thread.hpp"

#include <random>
#include <utility>

#include <boost/asio/post.hpp>

namespace janjid {
namespace {

std::uint64_t random_bits() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

// SplitMix64's finisher: neighbours look like strangers, and no two numbers become one.
std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace

IoThread::IoThread(const Limits& limits, CommitBell& bell, std::unique_ptr<RequestHandler> handler)
    : limits_(limits),
      bell_(bell),
      handler_(std::move(handler)),
      work_(boost::asio::make_work_guard(context_)),
      request_seed_(random_bits()) {}

IoThread::~IoThread() {
  stop_and_join();
}

void IoThread::run() {
  clock_.refresh();
  thread_ = std::thread([this] { context_.run(); });
}

void IoThread::adopt(Socket socket) {
  connections_.fetch_add(1, std::memory_order_relaxed);
  boost::asio::post(context_, [this, socket = std::move(socket)]() mutable {
    stats_.connections_opened.fetch_add(1, std::memory_order_relaxed);
    sessions_.push_front(std::make_shared<Session>(*this, std::move(socket)));
    const std::shared_ptr<Session> session = sessions_.front();
    session->place = sessions_.begin();
    clock_.refresh();
    if (!ticking_) arm_tick();
    session->start();
  });
}

void IoThread::remove(Session& session) {
  sessions_.erase(session.place);
  connections_.fetch_sub(1, std::memory_order_relaxed);
  stats_.connections_closed.fetch_add(1, std::memory_order_relaxed);
  check_drained();
}

RequestId IoThread::next_request_id() noexcept {
  constexpr char kDigits[] = "0123456789abcdef";
  std::uint64_t bits = mix(request_seed_ + ++request_count_);
  RequestId id;
  for (char& c : id.chars) {
    c = kDigits[bits & 15];
    bits >>= 4;
  }
  return id;
}

// ---- progress ----------------------------------------------------------------------------------

void IoThread::wait_for_progress(Session& session) {
  if (session.WaitingHook::is_linked()) return;
  waiting_.push_back(session);
  if (wished_) return;  // whatever comes after the wish rings
  wished_ = true;
  bell_.wish(*this);
  // What came between the session's look and the wish rings for nobody: look once more.
  if (session.ready(bell_.latest())) ring();
}

void IoThread::ring() noexcept {
  boost::asio::post(context_, [this] { on_ring(); });
}

void IoThread::on_ring() {
  wished_ = false;
  if (waiting_.empty()) return;
  Waiting woken;
  woken.swap(waiting_);
  clock_.refresh();
  const janji::Progress progress = bell_.latest();
  while (!woken.empty()) {
    const std::shared_ptr<Session> session = woken.front().shared_from_this();
    woken.pop_front();
    session->on_progress(progress);  // joins waiting_ again if it must
  }
}

// ---- deadlines ---------------------------------------------------------------------------------

void IoThread::arm_tick() {
  ticking_ = true;
  tick_.expires_after(kTick);
  tick_.async_wait([this](const boost::system::error_code& ec) {
    ticking_ = false;
    if (!ec) on_tick();
  });
}

void IoThread::on_tick() {
  clock_.refresh();
  const std::int64_t now = monotonic_ms();
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    const std::shared_ptr<Session> session = *at++;  // it may leave the list
    session->tick(now);
  }
  if (!sessions_.empty()) arm_tick();
}

// ---- the end -----------------------------------------------------------------------------------

void IoThread::drain(std::function<void()> done) {
  boost::asio::post(context_, [this, done = std::move(done)]() mutable {
    draining_ = true;
    drained_ = std::move(done);
    for (auto at = sessions_.begin(); at != sessions_.end();) {
      const std::shared_ptr<Session> session = *at++;
      session->drain();
    }
    check_drained();
  });
}

void IoThread::check_drained() {
  if (!draining_ || !drained_ || !sessions_.empty()) return;
  std::exchange(drained_, nullptr)();
}

void IoThread::stop_and_join() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
  // Nothing runs any more: cut what is left.
  drained_ = nullptr;
  while (!sessions_.empty()) {
    const std::shared_ptr<Session> session = sessions_.front();
    session->close();
  }
}

}  // namespace janjid
