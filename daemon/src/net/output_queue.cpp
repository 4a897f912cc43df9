#include "net/output_queue.hpp"

namespace janjid {

void OutputQueue::push(const PendingAnswer& answer, const Response& response,
                       std::string_view date) {
  render(response, answer.envelope, date, bytes_);
  held_.push_back({.answer = answer, .end = bytes_.size()});
}

void OutputQueue::push_interim(std::string_view bytes) {
  bytes_.append(bytes);
  if (held_.empty()) {
    released_ = bytes_.size();
  } else {
    held_.back().end = bytes_.size();  // leaves together with the answer in front of it
    held_.back().interim += bytes.size();
  }
}

void OutputQueue::sent(std::size_t size) noexcept {
  sent_ += size;
  if (sent_ < bytes_.size()) return cut_off_sent();
  sent_ = released_ = 0;
  if (bytes_.capacity() > kKept) {
    std::string{}.swap(bytes_);
  } else {
    bytes_.clear();
  }
}

// When it is the greater part, so that no byte is moved more than once for each byte sent.
void OutputQueue::cut_off_sent() noexcept {
  if (sent_ < kKept || sent_ < bytes_.size() / 2) return;
  bytes_.erase(0, sent_);
  for (Held& each : held_) each.end -= sent_;
  released_ -= sent_;
  sent_ = 0;
}

}  // namespace janjid
