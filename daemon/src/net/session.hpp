// One connection: reads requests, hands them on, sends the answers in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/intrusive/list.hpp>

#include <janji/engine.hpp>

#include "http/response.hpp"
#include "net/limits.hpp"
#include "net/message_reader.hpp"
#include "net/output_queue.hpp"
#include "net/stream_pace.hpp"

namespace janjid {

// A socket whose executor is known, not erased: one indirection less at each operation.
using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

class IoThread;
enum class StreamEnd : std::uint8_t;

using WaitingHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

// Life of a connection: read → requests in the order they come → handler → answer, which waits
// in the output queue until its record is durable → write → read on.
//
// Requests of one connection are decided one after another, so that a pipelined claim and what
// follows it happen in the order they were sent; but the next one is decided while the answer of
// the one before still waits for the disk. A request that the engine can't decide yet (parked)
// stops those behind it. At most Limits::pipelined answers, and Limits::output_bytes of them, may
// wait: past that nothing more is read.
//
// Deadlines are armed per request and looked at by tick(), some times a second.
//
// A stream (session_stream.cpp) is a connection's last answer, and has one deadline only: for a
// reader that takes nothing. Its next piece is made when the one before has left, so at most one
// lies here; what its client sends besides is read and forgotten, to know when it is gone.
//
// All on the thread that owns it. Lives while an operation of its socket is under way or the
// thread's list has it.
class Session : public std::enable_shared_from_this<Session>, public WaitingHook {
 public:
  Session(IoThread& thread, Socket socket);
  ~Session();

  void start();
  // The engine went on: send what became durable, look again for what is parked.
  void on_progress(const janji::Progress& progress);
  // True when on_progress(progress) would find something to do.
  bool ready(const janji::Progress& progress) const noexcept;
  void tick(std::int64_t now_ms);
  // Finish what is under way, then close; close at once if nothing is.
  void drain();
  void close();

  // Where the thread keeps it; the thread's affair.
  std::list<std::shared_ptr<Session>>::iterator place;

 private:
  enum class Phase : std::uint8_t { open, lingering, closed };

  void work();
  bool serve();
  void answer_request();
  void refuse_message(ProblemCode code, std::string_view detail);
  void take(Reply reply);
  void push(Response response, janji::Lsn lsn);
  void look_again();
  void give_up_parked();
  void take_from_parked(Reply (Parked::*what)());
  void give_up_held();
  void release();
  void flush();
  void settle();
  void arm_read_deadline();
  bool idle() const noexcept;

  void read();
  void read_after_the_others();
  void on_read(const boost::system::error_code& ec, std::size_t size);
  void wait_writable();
  void linger();
  void read_and_forget();

  // session_stream.cpp
  void begin_stream(std::unique_ptr<Stream> stream);
  void tell();
  bool tell_more(std::int64_t now_ms);
  void end_stream(StreamEnd why);
  void forget_stream(StreamEnd why);
  void tick_stream(std::int64_t now_ms);
  void hurry_stream_out(std::int64_t now_ms);
  bool waits_for_commits() const noexcept;

  // Constant.
  IoThread& thread_;
  const Limits& limits_;

  Socket socket_;
  MessageReader reader_;
  OutputQueue output_;
  Phase phase_{Phase::open};
  bool reading_{false};  // a read is under way
  bool read_put_off_{false};
  bool pipelines_{false};  // the client sends requests before it has its answers
  bool writing_{false};    // the socket took no more: a wait for it is under way
  bool last_{false};       // no further request after those that were taken
  bool peer_done_{false};  // the client will send no more

  // The request that is being answered; its envelope is kept while it is parked.
  PendingAnswer current_;
  std::unique_ptr<Parked> parked_;
  std::int64_t parked_since_ms_{0};

  // The answer that goes on, if there is one.
  std::unique_ptr<Stream> stream_;
  StreamPace pace_;
  bool chunked_{false};   // its pieces have their sizes in front
  bool deaf_{false};      // there was one: whatever the client still sends is forgotten
  bool resuming_{false};  // more of it is told when the others had their turn

  // Deadlines; 0: none.
  MessageReader::Phase read_phase_{MessageReader::Phase::nothing};
  std::int64_t read_deadline_ms_{0};
  std::int64_t write_deadline_ms_{0};
  std::size_t forgotten_bytes_{0};
};

}  // namespace janjid
