#include "noted_calls.hpp"

namespace janji::test {

void NotedCalls::begin(const std::filesystem::path& file) {
  const std::lock_guard guard(mutex_);
  file_ = file.string();
  seen_.clear();
}

std::string NotedCalls::seen() const {
  const std::lock_guard guard(mutex_);
  return seen_;
}

// A call counts once it has returned: what is noted before an acknowledgement was done before it.
void NotedCalls::after(const disk::Call& call, std::int64_t) {
  const std::lock_guard guard(mutex_);
  if (file_.empty() || call.path != file_) return;
  if (call.kind == disk::Kind::sync) seen_ += 's';
  if (call.kind == disk::Kind::cache) seen_ += 'c';
  if (call.kind == disk::Kind::map) seen_ += 'm';
  if (call.kind == disk::Kind::write) seen_ += call.through ? 'W' : 'w';
}

}  // namespace janji::test
