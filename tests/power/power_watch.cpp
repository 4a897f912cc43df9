#include "power/power_watch.hpp"

#include <xxhash.h>

#include <cerrno>
#include <utility>

namespace janji::power {

using disk::Call;
using disk::Kind;

PowerWatch::PowerWatch(const std::filesystem::path& root, Lies lies, model::Random random,
                       int permille, std::function<Outside()> outside)
    : root_size_(root.native().size()),
      lies_(lies),
      permille_(permille),
      outside_(std::move(outside)),
      random_(random),
      shadow_(root) {}

// In flight: from here on it may be on the disk, in part or whole.
Shadow::Ticket PowerWatch::begin(const Call& call) {
  switch (call.kind) {
    case Kind::open:
      if (call.creates) shadow_.make_file(call.path);
      if (call.empties) shadow_.resize(call.path, 0);
      return {};
    case Kind::make_directory: shadow_.make_directory(call.path); return {};
    case Kind::rename: shadow_.rename(call.path, call.to); return {};
    case Kind::remove: shadow_.remove(call.path); return {};
    case Kind::resize: shadow_.resize(call.path, call.at); return {};
    case Kind::map:
      if (call.writable) shadow_.map_for_writing(call.path);
      return {};
    case Kind::write:
      return shadow_.write(call.path, call.at, call.bytes, call.through && !lies_.through);
    case Kind::sync:
      if (shadow_.is_directory(call.path) ? lies_.directories : lies_.syncs) return {};
      return shadow_.sync(call.path);
    case Kind::ask:
    case Kind::seek:
    case Kind::read:
    case Kind::lock:
    case Kind::cache: break;  // nothing of it is durable sooner
  }
  return {};
}

void PowerWatch::note(const Call& call) {
  ++calls_;
  const std::string words = std::string(call.function) + call.path.substr(root_size_) + ' ' +
                            std::to_string(call.at) + ' ' + std::to_string(call.bytes.size());
  trace_ = XXH3_64bits_withSeed(words.data(), words.size(), trace_);
}

void PowerWatch::kill_at(std::uint64_t call, const std::string& in) {
  const std::lock_guard guard(mutex_);
  calls_left_ = call;
  counted_ = in;
}

bool PowerWatch::is_last(const Call& call) {
  if (calls_left_ == 0) return false;
  if (!counted_.empty() && (!call.through || call.path.substr(root_size_) != counted_))
    return false;
  return --calls_left_ == 0;
}

bool PowerWatch::killed() const {
  const std::lock_guard guard(mutex_);
  return killed_;
}

void PowerWatch::begin_anew() {
  const std::lock_guard guard(mutex_);
  calls_left_ = 0;
  killed_ = false;
  open_.clear();
}

disk::Ruling PowerWatch::before(const Call& call) {
  const std::lock_guard guard(mutex_);
  if (killed_) return {EIO, false, SIZE_MAX};
  if (call.kind == Kind::ask || call.kind == Kind::seek || call.kind == Kind::read ||
      call.kind == Kind::lock || call.kind == Kind::cache ||
      (call.kind == Kind::map && !call.writable)) {
    return {};
  }
  note(call);
  open_[std::this_thread::get_id()] = begin(call);
  take_one();
  killed_ = is_last(call);
  return {killed_ ? EIO : 0, true, SIZE_MAX};
}

void PowerWatch::after(const Call&, std::int64_t result) {
  const std::lock_guard guard(mutex_);
  const auto found = open_.find(std::this_thread::get_id());
  if (found == open_.end()) return;
  if (result >= 0) shadow_.done(found->second);
  open_.erase(found);
  take_one();
}

void PowerWatch::take_one() {
  if (random_.below(1000) >= static_cast<std::uint64_t>(permille_)) return;
  const Outside outside = outside_();
  const Fates fates = Fates::drawn(random_);
  moments_.push_back({calls_, shadow_.image(fates), outside.acknowledged, outside.civil_ms});
}

}  // namespace janji::power
