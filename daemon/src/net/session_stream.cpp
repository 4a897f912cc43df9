// A connection's stream: when more of it is told, and how it ends.
#include <netinet/tcp.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <utility>

#include <spdlog/spdlog.h>
#include <boost/asio/post.hpp>

#include "net/io_thread.hpp"
#include "net/session.hpp"

namespace janjid {

namespace {

constexpr std::string_view kLastChunk = "0\r\n\r\n";

// A piece of a body whose length nobody knows (RFC 9112, 7.1).
std::string chunk_of(std::string_view piece) {
  char digits[16];
  char* const end = std::to_chars(digits, digits + sizeof digits, piece.size(), 16).ptr;
  std::string chunk(digits, end);
  chunk.append("\r\n").append(piece).append("\r\n");
  return chunk;
}

}  // namespace

// Its head is pushed behind this.
void Session::begin_stream(std::unique_ptr<Stream> stream) {
  stream_ = std::move(stream);
  chunked_ = !current_.envelope.http_1_0;
  deaf_ = last_ = true;
  current_.envelope.keep_alive = false;
  pace_.sent(monotonic_ms());
  boost::system::error_code ignored;  // a stream without these works, only less well
  socket_.set_option(
      boost::asio::socket_base::send_buffer_size{static_cast<int>(limits_.stream_send_buffer)},
      ignored);
  // A peer that is gone without a word acknowledges nothing: the heartbeat finds it out, the
  // kernel says so. Later than our own deadline, which counts those that live and don't read.
  using UserTimeout = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
  socket_.set_option(UserTimeout{static_cast<int>(2 * limits_.write_ms)}, ignored);
}

// True when its next wake-up is a commit's.
bool Session::waits_for_commits() const noexcept {
  return stream_ && output_.empty() && !resuming_ && pace_.wants_commits(monotonic_ms());
}

// Nothing is made while something is on its way: a slow reader gets what is newest later.
void Session::tell() {
  if (phase_ != Phase::open || resuming_ || !output_.empty()) return;
  if (!tell_more(monotonic_ms())) return;
  flush();
  // One piece a turn: a reader that is far behind doesn't keep the thread from the others.
  if (phase_ != Phase::open || !stream_ || !output_.empty()) return;
  resuming_ = true;
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->resuming_ = false;
    if (self->phase_ == Phase::open) self->work();
  });
}

// True when there is a reason to come again without being woken.
bool Session::tell_more(std::int64_t now_ms) {
  const std::uint64_t rounds = thread_.progress().rounds;
  if (!pace_.due(rounds, now_ms)) return false;
  std::string piece;
  Stream::Told told;
  try {
    told = stream_->tell(piece);
  } catch (const std::exception& error) {
    spdlog::error("stream of request {}: {}", current_.envelope.id.view(), error.what());
    told.next = Stream::Next::end;
  }
  pace_.looked(rounds, now_ms, told.next == Stream::Next::more);
  thread_.stats().count_stream_events(told.events);
  if (piece.empty() && told.next == Stream::Next::wait && pace_.silent_too_long(now_ms)) {
    stream_->heartbeat(piece);
  }
  if (!piece.empty()) output_.push_interim(chunked_ ? chunk_of(piece) : piece);
  if (told.next == Stream::Next::end) end_stream(StreamEnd::told);
  return !piece.empty() || told.next != Stream::Next::wait;
}

// What was told is sent to its end, then the connection is closed.
void Session::end_stream(StreamEnd why) {
  forget_stream(why);
  if (chunked_) output_.push_interim(kLastChunk);
}

void Session::forget_stream(StreamEnd why) {
  stream_.reset();
  thread_.stats().count_stream_end(why);
}

void Session::tick_stream(std::int64_t now_ms) {
  if (output_.empty() && pace_.due(thread_.progress().rounds, now_ms)) return work();
  // Its pace allows it to be woken by commits again.
  settle();
}

// A daemon that ends doesn't wait long for readers that don't read.
void Session::hurry_stream_out(std::int64_t now_ms) {
  const std::int64_t latest = now_ms + std::min(limits_.write_ms, limits_.drain_ms / 2);
  if (write_deadline_ms_ == 0 || write_deadline_ms_ > latest) write_deadline_ms_ = latest;
}

}  // namespace janjid
