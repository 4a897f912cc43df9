#include "net/session.hpp"

#include <exception>
#include <utility>

#include <spdlog/spdlog.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "http/problem.hpp"
#include "net/io_thread.hpp"

namespace janjid {

namespace asio = boost::asio;
using boost::system::error_code;

Session::Session(IoThread& thread, Socket socket)
    : thread_(thread),
      limits_(thread.limits()),
      socket_(std::move(socket)),
      reader_(thread.limits()),
      pace_(thread.limits()) {}

Session::~Session() = default;

void Session::start() {
  error_code ignored;  // a connection without these works, only slower
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
  settle();
}

// ---- requests ----------------------------------------------------------------------------------

// Answers and sends until there is nothing more to do without waiting.
void Session::work() {
  // What has become durable makes room first, and nothing stands between the last serve() and
  // settle(): room that is made in between would let it read, while requests that were read long
  // ago wait for bytes that never come.
  do {
    flush();
  } while (serve());
  if (stream_) tell();
  settle();
}

// Answers the requests that are complete; true when there is something new to send.
bool Session::serve() {
  bool served = false;
  while (phase_ == Phase::open && !last_ && !parked_ && output_.held() < limits_.pipelined &&
         output_.size() < limits_.output_bytes) {
    const MessageReader::State state = reader_.next();
    if (state == MessageReader::State::need_more) {
      if (!reader_.take_expectation()) return served;
      output_.push_interim("HTTP/1.1 100 Continue\r\n\r\n");
      return true;
    }
    if (state == MessageReader::State::complete) {
      answer_request();
    } else {
      refuse_message(reader_.refusal(), reader_.refusal_detail());
    }
    served = true;
  }
  return served;
}

void Session::answer_request() {
  if (!output_.empty()) pipelines_ = true;
  Request& request = reader_.request();
  request.id = thread_.next_request_id();
  last_ = !reader_.keep_alive() || thread_.draining();
  current_ = PendingAnswer{};
  current_.envelope = {request.id, request.language, request.method == Verb::head, !last_,
                       reader_.http_1_0()};
  current_.started_ns = monotonic_ns();
  try {
    take(thread_.handler().handle(request));
  } catch (const std::exception& error) {
    spdlog::error("request {}: {}", request.id.view(), error.what());
    push(problem(ProblemCode::internal_error, audience_of(request)), {});
  }
  reader_.consume();
  read_phase_ = MessageReader::Phase::nothing;  // the next request has deadlines of its own
  read_deadline_ms_ = 0;
}

// Where the next message begins isn't known: answer, and close behind it.
void Session::refuse_message(ProblemCode code, std::string_view detail) {
  last_ = true;
  current_ = PendingAnswer{};
  current_.envelope.id = thread_.next_request_id();
  current_.envelope.language = reader_.request().language;
  current_.envelope.head_only = reader_.request().method == Verb::head;
  current_.envelope.keep_alive = false;
  current_.started_ns = monotonic_ns();
  push(problem(code, {current_.envelope.id, current_.envelope.language}, {.detail = detail}), {});
}

void Session::take(Reply reply) {
  if (reply.route != kNoRoute) current_.route = reply.route;
  if (reply.parked) {
    if (!parked_since_ms_) parked_since_ms_ = monotonic_ms();
    parked_ = std::move(reply.parked);
    return;
  }
  if (reply.stream) begin_stream(std::move(reply.stream));
  push(std::move(reply.response), reply.lsn);
}

void Session::push(Response response, janji::Lsn lsn) {
  parked_since_ms_ = 0;
  current_.lsn = lsn;
  current_.status = response.status;
  output_.push(current_, response, thread_.date());
}

void Session::look_again() {
  take_from_parked(&Parked::again);
}

void Session::give_up_parked() {
  take_from_parked(&Parked::give_up);
  work();
}

void Session::take_from_parked(Reply (Parked::*what)()) {
  const std::unique_ptr<Parked> parked = std::move(parked_);
  try {
    take((*parked.*what)());
  } catch (const std::exception& error) {
    spdlog::error("request {}: {}", current_.envelope.id.view(), error.what());
    push(problem(ProblemCode::internal_error, {current_.envelope.id, current_.envelope.language}),
         {});
  }
}

void Session::on_progress(const janji::Progress& progress) {
  if (phase_ == Phase::closed) return;
  if (progress.failed) give_up_held();
  if (progress.failed && stream_) end_stream(StreamEnd::server);
  if (parked_ && (progress.failed || progress.rounds >= parked_->round)) look_again();
  work();
}

bool Session::ready(const janji::Progress& progress) const noexcept {
  return progress.failed || (parked_ && progress.rounds >= parked_->round) ||
         (output_.held() > 0 && output_.oldest().lsn <= progress.durable) ||
         (stream_ && output_.held() == 0 && progress.rounds > pace_.rounds());
}

// What is held was decided but will not, or may not, become durable: nobody can say.
void Session::give_up_held() {
  release();  // what became durable in time is told as it was
  // A stream whose head is among the rest never began.
  if (stream_ && output_.held() > 0) forget_stream(StreamEnd::server);
  output_.replace_held(
      [](const PendingAnswer& answer) {
        return problem(ProblemCode::outcome_unknown,
                       {answer.envelope.id, answer.envelope.language});
      },
      thread_.date());
}

// ---- bytes -------------------------------------------------------------------------------------

void Session::release() {
  output_.release(thread_.progress().durable, [&](const PendingAnswer& answer) {
    thread_.stats().count(answer.route, answer.status, monotonic_ns() - answer.started_ns);
  });
}

void Session::flush() {
  release();
  while (phase_ == Phase::open && !writing_) {
    const std::string_view bytes = output_.sendable();
    if (bytes.empty()) return;
    error_code ec;
    const std::size_t size = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again) return wait_writable();
    if (ec) return close();
    output_.sent(size);
    write_deadline_ms_ = 0;
    if (stream_) pace_.sent(monotonic_ms());
  }
}

void Session::wait_writable() {
  writing_ = true;
  if (write_deadline_ms_ == 0) write_deadline_ms_ = monotonic_ms() + limits_.write_ms;
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& ec) {
    self->writing_ = false;
    if (self->phase_ == Phase::closed) return;
    if (ec) return self->close();
    self->work();
  });
}

void Session::read() {
  reading_ = true;
  socket_.async_read_some(reader_.room(),
                          [self = shared_from_this()](const error_code& ec, std::size_t size) {
                            self->on_read(ec, size);
                          });
}

void Session::on_read(const error_code& ec, std::size_t size) {
  reading_ = false;
  if (phase_ == Phase::closed) return;
  if (ec && ec != asio::error::eof) return close();
  if (phase_ == Phase::lingering || deaf_) {
    forgotten_bytes_ += size;
    constexpr std::size_t kForgottenMost = 1U << 20;
    // Who reads a stream and says that it is done has gone: no client of streams closes one side.
    if (forgotten_bytes_ > kForgottenMost || (ec && (phase_ == Phase::lingering || stream_))) {
      return close();
    }
    if (phase_ == Phase::lingering) return linger();
  }
  if (deaf_) {
    peer_done_ = peer_done_ || ec;
  } else if (ec) {
    peer_done_ = true;  // it may still listen: what is under way is answered
  } else {
    reader_.commit(size);
    thread_.refresh_clock();
  }
  work();
}

// Closing with unread bytes resets the connection, and the client may lose our last answer: so
// say that we are done, and read what still comes, for a while.
void Session::linger() {
  if (phase_ != Phase::lingering) {
    phase_ = Phase::lingering;
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    read_deadline_ms_ = monotonic_ms() + limits_.linger_ms;
  }
  read_and_forget();
}

void Session::read_and_forget() {
  if (reading_) return;
  reading_ = true;
  socket_.async_read_some(thread_.discard_room(),
                          [self = shared_from_this()](const error_code& ec, std::size_t size) {
                            self->on_read(ec, size);
                          });
}

void Session::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  error_code ignored;
  socket_.close(ignored);
  parked_.reset();
  if (stream_) forget_stream(StreamEnd::left);
  WaitingHook::unlink();
  thread_.remove(*this);
}

// ---- what to wait for --------------------------------------------------------------------------

bool Session::idle() const noexcept {
  return !parked_ && !stream_ && output_.empty();
}

// Whatever happened: wait for the engine, for the socket, or be done.
void Session::settle() {
  if (phase_ != Phase::open) return;
  if (parked_ || output_.held() > 0 || waits_for_commits()) thread_.wait_for_progress(*this);
  const bool between_requests = idle() && reader_.phase() == MessageReader::Phase::nothing;
  if (idle() && last_) return linger();
  if (idle() && peer_done_) return close();
  if (between_requests && thread_.draining()) {
    error_code ec;  // bytes that wait were sent in time: they are read and answered
    if (socket_.available(ec) == 0) return close();
  }
  if (deaf_ && !peer_done_) read_and_forget();
  const bool room = output_.held() < limits_.pipelined && output_.size() < limits_.output_bytes;
  if (last_ || peer_done_ || parked_ || !room) {
    read_deadline_ms_ = 0;
    return;
  }
  arm_read_deadline();
  if (reading_) return;
  // Whoever waits for an answer before asking again sends nothing meanwhile: a read now would only
  // find that out. Read once all answers of the commit have left, when the next ones have come.
  if (!pipelines_ && output_.held() > 0) {
    read_put_off_ = true;
  } else if (std::exchange(read_put_off_, false)) {
    read_after_the_others();
  } else {
    read();
  }
}

void Session::read_after_the_others() {
  reading_ = true;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->reading_ = false;
    self->phase_ == Phase::lingering ? self->linger() : self->settle();
  });
}

// Absolute: a byte now and then doesn't move them.
void Session::arm_read_deadline() {
  const MessageReader::Phase phase = reader_.phase();
  if (phase == MessageReader::Phase::nothing && !idle()) {
    read_deadline_ms_ = 0;  // it is our turn, not the client's
    read_phase_ = phase;
    return;
  }
  if (phase == read_phase_ && read_deadline_ms_ != 0) return;
  read_phase_ = phase;
  const std::int64_t allowed = phase == MessageReader::Phase::nothing  ? limits_.idle_ms
                               : phase == MessageReader::Phase::header ? limits_.header_ms
                                                                       : limits_.body_ms;
  read_deadline_ms_ = monotonic_ms() + allowed;
}

void Session::tick(std::int64_t now_ms) {
  if (phase_ == Phase::closed) return;
  if (write_deadline_ms_ != 0 && now_ms >= write_deadline_ms_) {
    if (stream_) forget_stream(StreamEnd::slow);
    return close();
  }
  const bool read_late = read_deadline_ms_ != 0 && now_ms >= read_deadline_ms_;
  if (read_late && phase_ == Phase::lingering) return close();
  if (parked_) {
    const std::int64_t allowed = parked_->poll_ms != 0 ? parked_->poll_ms : limits_.wait_ms;
    if (now_ms - parked_since_ms_ >= allowed) return give_up_parked();
    if (!parked_->by_time) return;
    look_again();
    return work();
  }
  if (output_.held() > 0) {
    const std::int64_t held_ms = (monotonic_ns() - output_.oldest().started_ns) / 1'000'000;
    if (held_ms < limits_.commit_ms) return;
    give_up_held();
    return work();
  }
  if (stream_) return tick_stream(now_ms);
  if (!read_late) return;
  if (reader_.phase() == MessageReader::Phase::nothing) return close();
  refuse_message(ProblemCode::request_timeout, {});
  work();
}

void Session::drain() {
  if (phase_ == Phase::open && stream_) {
    end_stream(StreamEnd::server);
    hurry_stream_out(monotonic_ms());
    return work();
  }
  if (phase_ == Phase::open && parked_ && parked_->poll_ms != 0) return give_up_parked();
  if (phase_ != Phase::open || !idle() || reader_.phase() != MessageReader::Phase::nothing) return;
  error_code ec;
  // Bytes that wait in the socket are a request that was sent in time: its read is under way.
  if (socket_.available(ec) == 0) close();
}

}  // namespace janjid
