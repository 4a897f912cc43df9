// Answers of one connection, in the order of their requests, each held until it may be told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include <janji/types.hpp>

#include "http/response.hpp"

namespace janjid {

// What is kept of an answer until it is sent.
struct PendingAnswer {
  Envelope envelope;
  janji::Lsn lsn;  // sent only when this is durable; 0: at once
  std::uint8_t route{kNoRoute};
  unsigned status{0};
  std::int64_t started_ns{0};  // when its request was complete
};

// A string of rendered answers with three marks in it: what was sent, what may be sent, and the
// end. An answer whose record isn't durable holds back all that stand behind it.
//
// What was sent is cut off from time to time, also while there is always an answer that is held:
// its memory is bounded by what waits, not by how long the connection lasts.
class OutputQueue {
 public:
  // Renders an answer behind the others.
  void push(const PendingAnswer& answer, const Response& response, std::string_view date);
  // Bytes that are no answer ("100 Continue"), in their place between the answers.
  void push_interim(std::string_view bytes);

  // Lets go whatever is durable; calls told(const PendingAnswer&) for each.
  template <class Told>
  void release(janji::Lsn durable, Told told) {
    while (!held_.empty() && held_.front().answer.lsn <= durable) {
      told(held_.front().answer);
      released_ = held_.front().end;
      held_.pop_front();
    }
  }

  // What was decided won't be known to be durable: in the place of every answer that is held
  // stands instead({answer}), at once; what is no answer stays. For the rare case only: it renders
  // all of them again.
  template <class Instead>
  void replace_held(Instead instead, std::string_view date) {
    std::deque<Held> held;
    held.swap(held_);
    const std::string old = bytes_.substr(released_);
    const std::size_t begin = released_;
    bytes_.resize(released_);
    for (Held& each : held) {
      const Response response = instead(each.answer);
      each.answer.lsn = {};
      each.answer.status = response.status;
      push(each.answer, response, date);
      if (each.interim == 0) continue;
      push_interim(std::string_view{old}.substr(each.end - begin - each.interim, each.interim));
    }
  }

  std::string_view sendable() const noexcept {
    return std::string_view{bytes_}.substr(sent_, released_ - sent_);
  }
  void sent(std::size_t size) noexcept;

  bool empty() const noexcept { return sent_ == bytes_.size(); }
  std::size_t size() const noexcept { return bytes_.size() - sent_; }
  std::size_t held() const noexcept { return held_.size(); }
  std::size_t memory_bytes() const noexcept { return bytes_.capacity(); }
  // The oldest answer that is held; there must be one.
  const PendingAnswer& oldest() const noexcept { return held_.front().answer; }

 private:
  struct Held {
    PendingAnswer answer;
    std::size_t end;         // in bytes_
    std::size_t interim{0};  // so many bytes before the end are no answer, but stand behind it
  };
  static constexpr std::size_t kKept = 65536;  // of memory, when nothing is to be sent

  void cut_off_sent() noexcept;

  std::string bytes_;
  std::size_t sent_{0};
  std::size_t released_{0};
  std::deque<Held> held_;
};

}  // namespace janjid
